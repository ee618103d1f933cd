#include "stacks/user_programs.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "blueprints/blueprint.hh"
#include "python/interpreter.hh"
#include "stacks/config_keys.hh"
#include "stacks/module_paths.hh"

namespace mainstay::stacks {
namespace {

constexpr int64_t render_ms_max = 120'000;
constexpr int64_t hook_ms_max = 3'600'000;
constexpr size_t made_bytes_max = 1024 * 1024;
constexpr size_t shown_bytes_max = 2'000;  // of what a failed command complained of

Result<Value> no_answers(const std::string& what, const Value&) {
  return Error("NotSupported", "\"" + what + "\" can't be asked for while nothing runs yet");
}

// Everything but what speaks for somebody at AWS: the program asks for that where it is needed.
std::vector<std::string> without_keys(const Environment& environment) {
  std::vector<std::string> kept;
  for (const auto& [name, value] : environment.all())
    if (!name.starts_with("AWS_")) kept.push_back(name + "=" + value);
  return kept;
}

Value place_value(const ProgramPlace& place) {
  return Value::map(
      {{"region", place.region}, {"profile", place.profile}, {"hook_data", place.hook_data}});
}

Value merged(Value a, const Value& b) {
  for (const auto& [name, value] : b.members()) a.set(name, value);
  return a;
}

// The nearest of the program's own blueprints helps where Python has none either.
Error blueprint_error(Error error, const std::string& class_path) {
  auto ours = blueprints::find(class_path);
  if (ours) return error;
  if (error.code == "PythonNameUnknown") {
    Error unknown = ours.error();
    unknown.message += ", and " + error.message;
    if (unknown.hint.starts_with("there are")) unknown.hint = "";
    unknown.at = error.at;
    return unknown;
  }
  bool misspelt = ours.error().hint.starts_with("did you mean");
  if (error.code == "PythonPackageMissing" && misspelt &&
      class_path.starts_with("stacker_blueprints."))
    error.hint = ours.error().hint + " Else: " + error.hint;
  if (error.code == "PythonMissing")
    error.message = ours.error().message + " in the program, and " + error.message;
  return error;
}

}  // namespace

Value UserPrograms::hello() const {
  Value config = config_.document.root;
  config.set("namespace", config_.name_space);
  return Value::map({{"directory", absolute_path(config_.directory)},
                     {"region", setup_.region},
                     {"paths", Value::texts(module_paths(config_))},
                     {"config", std::move(config)},
                     {"environment", environment_},
                     {"hook_data", Value::map()},
                     {"stacker", setup_.environment.text("MAINSTAY_STACKER")}});
}

Result<python::Worker*> UserPrograms::worker() {
  std::scoped_lock lock(mutex_);
  if (!worker_) {
    TRY(std::string interpreter, python::find_interpreter(setup_.environment, setup_.processes));
    auto log = [say = setup_.log](const std::string& line) {
      if (say) say("python", line);
    };
    worker_ = std::make_unique<python::Worker>(
        python::WorkerSetup{setup_.processes, setup_.clock, std::move(interpreter),
                            without_keys(setup_.environment), hello(), log, setup_.stop});
  }
  return worker_.get();
}

Result<Value> UserPrograms::call(const std::string& operation, const Value& with,
                                 const ProgramAsk& ask, int64_t timeout_ms) {
  TRY(python::Worker * python, worker());
  return python->call(operation, with, ask, timeout_ms);
}

Status UserPrograms::check(const std::string& operation, const Value& with) {
  CHECK_OK(call(operation, with, no_answers, render_ms_max));
  return {};
}

Result<Value> UserPrograms::describe(const std::string& class_path) {
  auto described =
      call("describe", Value::map({{"class_path", class_path}}), no_answers, render_ms_max);
  if (!described) return blueprint_error(std::move(described.error()), class_path);
  return described;
}

Status UserPrograms::check_class(const std::string& class_path) {
  CHECK_OK(describe(class_path));
  return {};
}

Status UserPrograms::check_lookup(const std::string& path) {
  return check("check_lookup", Value::map({{"path", path}}));
}

Status UserPrograms::check_hook(const std::string& path) {
  return check("check_hook", Value::map({{"path", path}}));
}

Status UserPrograms::check_jinja(const std::string& file, const std::string& text) {
  return check("compile_jinja", Value::map({{"path", file}, {"text", text}}));
}

Result<MadeTemplate> UserPrograms::render(const StackConfig& stack, const Value& variables,
                                          const Value& hook_data, const ProgramAsk& ask) {
  Value with = Value::map({{"stack", Value::map({{"class_path", stack.class_path},
                                                 {"name", stack.name},
                                                 {"description", stack.description}})},
                           {"variables", variables},
                           {"hook_data", hook_data}});
  auto made = call("render", with, ask, render_ms_max);
  if (!made) return blueprint_error(std::move(made.error()), stack.class_path);
  MadeTemplate result;
  result.body = (*made)["template"].as_string();
  if (result.body.empty() || result.body.size() > made_bytes_max)
    return Error("BlueprintInvalid",
                 stack.class_path + (result.body.empty() ? " made no template"
                                                         : " made a template of more than 1 MB"));
  result.parameters = (*made)["parameters"];
  result.unknown = texts_of((*made)["unknown"]);
  return result;
}

Result<std::string> UserPrograms::fill_in(const std::string& file, const std::string& text,
                                          const StackConfig& stack, const Value& variables,
                                          const Value& hook_data, const ProgramAsk& ask) {
  Value with = Value::map({{"path", file},
                           {"text", text},
                           {"name", stack.name},
                           {"variables", variables},
                           {"hook_data", hook_data}});
  TRY(Value made, call("jinja", with, ask, render_ms_max));
  return made.as_string();
}

Result<MadeTemplate> UserPrograms::run_command(const StackConfig& stack, const Value& variables) {
  Value input = Value::map({{"name", stack.name},
                            {"stack_name", config_.full_name(stack)},
                            {"namespace", config_.name_space},
                            {"region", stack.region.empty() ? setup_.region : stack.region},
                            {"description", stack.description},
                            {"mappings", config_.mappings},
                            {"environment", environment_},
                            {"variables", variables}});
  ProcessSpec spec;
  spec.argv = stack.command;
  spec.environment = without_keys(setup_.environment);
  spec.directory = absolute_path(config_.directory);
  ProcessLimits limits{render_ms_max, made_bytes_max};
  auto ran = run_process(setup_.processes, spec, to_json(input), limits);
  std::string name = printable(join(stack.command, " "));
  if (!ran) return Error("CommandFailed", "the command " + name + ": " + ran.error().message);
  for (const std::string& line : split(ran->errors, "\n"))
    if (!line.empty() && setup_.log && ran->exit.code == 0) setup_.log(stack.command[0], line);
  if (ran->exit.code != 0)
    return Error("CommandFailed", "the command " + name + " ended with " + ran->exit.text())
        .with_hint(printable(trim(ran->errors.substr(0, shown_bytes_max))));
  return MadeTemplate{std::move(ran->output), std::nullopt, {}};
}

Result<Value> UserPrograms::look_up(const std::string& path, const std::string& data,
                                    const ProgramPlace& place, const ProgramAsk& ask) {
  Value with = merged(Value::map({{"path", path}, {"data", data}}), place_value(place));
  return call("lookup", with, ask, hook_ms_max);
}

Result<HookOutcome> UserPrograms::run_hook(const std::string& path, const std::string& data_key,
                                           const Value& args, const ProgramPlace& place,
                                           const ProgramAsk& ask) {
  Value with = merged(Value::map({{"path", path}, {"args", args}, {"data_key", data_key}}),
                      place_value(place));
  TRY(Value ran, call("hook", with, ask, hook_ms_max));
  return HookOutcome{ran["held"].as_bool(), ran["data"]};
}

}  // namespace mainstay::stacks
