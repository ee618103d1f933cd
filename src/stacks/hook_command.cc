// The hook that runs a command.
#include "base/text.hh"
#include "host/process.hh"
#include "stacks/own_hooks.hh"

namespace mainstay::stacks {
namespace {

constexpr int64_t command_ms_max = 3'600'000;
constexpr size_t output_bytes_max = 4 * 1024 * 1024;

constexpr std::string_view known_arguments[] = {
    "command", "capture", "interactive", "ignore_status", "quiet", "stdin", "env", "cwd", "shell"};

Status check_arguments(const Value& args) {
  for (const auto& [name, value] : args.members())
    if (std::ranges::find(known_arguments, name) == std::end(known_arguments))
      return hook_error("it has no argument " + printable(name));
  if (args["quiet"].as_bool() && args["capture"].as_bool())
    return hook_error("quiet and capture exclude each other");
  return {};
}

Result<std::vector<std::string>> command_line(const Value& args) {
  const Value& command = args["command"];
  std::vector<std::string> words;
  for (const Value& word : command.items()) words.push_back(word.to_text());
  std::string text = command.is_string() ? command.as_string() : join(words, " ");
  if (args["shell"].as_bool()) return std::vector<std::string>{"/bin/sh", "-c", text};
  if (command.is_string()) words = {text};
  if (words.empty() || words[0].empty()) return hook_error("it needs the argument command");
  if (words.size() == 1 && words[0].contains(' '))
    return Error("HookFailed", "there is no program called \"" + printable(words[0]) + "\"")
        .with_hint("give a list of the program and its arguments, or shell: true");
  return words;
}

// As stacker's: ours, with what it says; and the run's keys, so that `aws` goes where the run goes.
Result<std::vector<std::string>> command_environment(const HookCall& call) {
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : call.session.around.process.all())
    if (!name.starts_with("AWS_")) variables[name] = value;
  if (call.session.around.access) {
    TRY(AwsAccess access, call.session.around.access(""));
    variables["AWS_ACCESS_KEY_ID"] = access.access_key_id;
    variables["AWS_SECRET_ACCESS_KEY"] = access.secret_access_key;
    if (!access.session_token.empty()) variables["AWS_SESSION_TOKEN"] = access.session_token;
    if (!access.endpoint.empty()) variables["AWS_ENDPOINT_URL"] = access.endpoint;
    variables["AWS_REGION"] = variables["AWS_DEFAULT_REGION"] = access.region;
  }
  for (const auto& [name, value] : call.args["env"].members()) variables[name] = value.to_text();
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

Result<ProcessResult> run_interactive(Processes& processes, ProcessSpec spec) {
  spec.input = spec.output = spec.errors = ProcessSpec::Stream::inherited();
  TRY(auto process, processes.spawn(spec));
  TRY(ProcessExit exit, process->wait(-1));
  return ProcessResult{exit, "", ""};
}

void show(Reporter& reporter, const std::string& program, const std::string& text) {
  for (const std::string& line : split(text, "\n"))
    if (!line.empty()) reporter.said(program, line);
}

}  // namespace

Result<Value> run_command(const HookCall& call) {
  CHECK_OK(check_arguments(call.args));
  if (!call.session.around.processes) return hook_error("nothing runs commands here");
  Processes& processes = *call.session.around.processes;
  ProcessSpec spec;
  TRY(spec.argv, command_line(call.args));
  TRY(spec.environment, command_environment(call));
  spec.directory = call.args["cwd"].to_text();
  std::string input = call.args["stdin"].to_text();
  bool interactive = call.args["interactive"].as_bool() && input.empty();
  bool capture = call.args["capture"].as_bool(), quiet = call.args["quiet"].as_bool();
  std::string name = printable(join(spec.argv, " "));
  auto ran = interactive && !capture
                 ? run_interactive(processes, spec)
                 : run_process(processes, spec, input, {command_ms_max, output_bytes_max});
  if (!ran) return hook_error(name + ": " + ran.error().message);
  if (!capture && !quiet) {
    show(call.session.around.reporter, spec.argv[0], ran->output);
    show(call.session.around.reporter, spec.argv[0], ran->errors);
  }
  if (ran->exit.code != 0 && !call.args["ignore_status"].as_bool())
    return hook_error(name + " ended with " + ran->exit.text());
  return Value::map({{"returncode", ran->exit.code},
                     {"stdout", capture ? Value(ran->output) : Value()},
                     {"stderr", capture ? Value(ran->errors) : Value()}});
}

}  // namespace mainstay::stacks
