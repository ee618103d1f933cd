#include "stacks/rendering.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "blueprints/blueprint.hh"
#include "cfn/evaluate.hh"
#include "stacks/lookups.hh"
#include "stacks/pinned_zones.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t template_bytes_max = 1024 * 1024;

// Whether a class is the program's own to make.
bool is_ours(const Workshop& workshop, const std::string& class_path) {
  bool public_name = class_path.starts_with("stacker_blueprints.");
  if (workshop.programs && workshop.python_first && public_name) return false;
  return blueprints::find(class_path).has_value();
}

// Configurations share variables among stacks, so one line has to do for all of them.
void warn_of_unused(Rendered& rendered, const StackConfig& stack,
                    const std::vector<std::string>& names) {
  if (names.empty()) return;
  rendered.warnings.push_back("stack " + stack.name + ": " + stack.class_path +
                              " does not use the variable" + (names.size() > 1 ? "s " : " ") +
                              printable(join(names, ", ")));
}

Result<Rendered> render_ours(const Config& config, const StackConfig& stack,
                             const Value& variables) {
  TRY(const blueprints::Blueprint* blueprint, blueprints::find(stack.class_path));
  auto made = blueprints::render(*blueprint, {stack.name, config.full_name(stack), variables});
  if (!made) return std::move(made.error()).where(config.at(stack, "variables"));
  Rendered rendered;
  warn_of_unused(rendered, stack, blueprints::unknown_variables(*blueprint, variables));
  Value root = Value::map({{"AWSTemplateFormatVersion", "2010-09-09"}});
  if (!stack.description.empty()) root.set("Description", stack.description);
  if (!config.mappings.empty()) root.set("Mappings", config.mappings);
  for (const auto& [section, content] : made->members()) {
    Value whole = section == "Mappings" ? config.mappings : Value::map();
    for (const auto& [name, one] : content.members()) whole.set(name, one);
    root.set(section, std::move(whole));
  }
  rendered.body = to_json_pretty(root);
  rendered.document = {"", std::move(root), {}};
  return rendered;
}

// What a program has printed, as a template.
Result<Rendered> read_made(MadeTemplate made, const std::string& maker) {
  Rendered rendered;
  auto document = cfn::parse_document(made.body, "", cfn::ParseOptions::for_template());
  if (!document || !document->root.is_map()) {
    std::string why = document ? "a template is a map with Resources" : document.error().message;
    return Error("TemplateInvalid", "what " + maker + " made is no template: " + why);
  }
  rendered.document = std::move(*document);
  rendered.document.places = {};  // lines of a text that nobody has before them
  rendered.needs_change_set = rendered.document.root.has("Transform");
  rendered.body = std::move(made.body);
  rendered.parameters = std::move(made.parameters);
  return rendered;
}

Result<Rendered> render_class(const Workshop& workshop, const StackConfig& stack,
                              const Value& variables) {
  const Config& config = workshop.config;
  if (is_ours(workshop, stack.class_path)) return render_ours(config, stack, variables);
  if (!workshop.programs) return blueprints::find(stack.class_path).error();
  auto made = workshop.programs->render(stack, variables, workshop.hook_data, workshop.ask);
  if (!made) return std::move(made.error()).where(config.at(stack, "variables"));
  std::vector<std::string> unknown = std::move(made->unknown);
  auto rendered = read_made(std::move(*made), stack.class_path);
  if (!rendered) return std::move(rendered.error()).where(config.at(stack, "class_path"));
  warn_of_unused(*rendered, stack, unknown);
  return rendered;
}

Result<Rendered> render_command(const Workshop& workshop, const StackConfig& stack,
                                const Value& variables) {
  Position at = workshop.config.at(stack, "command");
  if (!workshop.programs)
    return Error("NotSupported", "nothing runs the command of a stack here").where(at);
  auto made = workshop.programs->run_command(stack, variables);
  if (!made) return std::move(made.error()).where(at);
  auto rendered = read_made(std::move(*made), "the command " + stack.command[0]);
  if (!rendered) return std::move(rendered.error()).where(at);
  return rendered;
}

// As given, beside the configuration, then where modules are looked for.
Result<std::string> read_template(const Config& config, const std::string& path, const Files& files,
                                  std::string& found_at) {
  std::vector<std::string> places{path, join_path(config.directory, path)};
  for (const std::string& directory : config.search_paths) {
    places.push_back(join_path(directory, path));
    places.push_back(join_path(config.directory, join_path(directory, path)));
  }
  for (const std::string& directory : config.package_paths)
    places.push_back(join_path(directory, path));
  for (const std::string& place : places) {
    auto text = files.read(place, template_bytes_max);
    if (!text && text.error().code == "FileNotFound") continue;
    found_at = place;
    return text;
  }
  return Error("FileNotFound", "there is no template " + path)
      .with_hint("it is looked for as given, beside the configuration, and in sys_path");
}

bool is_jinja(const std::string& path) {
  return path.ends_with(".j2");
}

void warn_of_no_parameter(Rendered& rendered, const StackConfig& stack, const Value& variables) {
  for (const auto& [name, value] : variables.members())
    if (!rendered.document.root["Parameters"].has(name))
      rendered.warnings.push_back("stack " + stack.name + ": " + stack.template_path +
                                  " has no parameter " + printable(name));
}

Result<Rendered> render_file(const Workshop& workshop, const StackConfig& stack,
                             const Value& variables) {
  const Config& config = workshop.config;
  Position at = config.at(stack, "template_path");
  Rendered rendered;
  std::string file;
  auto text = read_template(config, stack.template_path, workshop.files, file);
  if (!text) return std::move(text.error()).where(at);
  if (is_jinja(stack.template_path)) {
    if (!workshop.programs)
      return Error("NotSupported", "nothing fills in Jinja templates here").where(at);
    auto filled =
        workshop.programs->fill_in(file, *text, stack, variables, workshop.hook_data, workshop.ask);
    if (!filled) return std::move(filled.error()).where(at);
    text = std::move(*filled);
    file += " as filled in";
  }
  TRY(rendered.document, cfn::parse_document(*text, file, cfn::ParseOptions::for_template()));
  rendered.body = std::move(*text);
  const Value& root = rendered.document.root;
  if (!root.is_map())
    return Error("TemplateInvalid", "a template is a map with Resources").where({file, 1, 1});
  rendered.needs_change_set = root.has("Transform");
  // Jinja has other uses for variables than parameters.
  if (!is_jinja(stack.template_path)) warn_of_no_parameter(rendered, stack, variables);
  return rendered;
}

Status check_jinja(const Workshop& workshop, const StackConfig& stack) {
  Position at = workshop.config.at(stack, "template_path");
  std::string file;
  auto text = read_template(workshop.config, stack.template_path, workshop.files, file);
  if (!text) return std::move(text.error()).where(at);
  if (!workshop.programs) return {};
  Status good = workshop.programs->check_jinja(file, *text);
  return good ? good : std::move(good.error()).where(at);
}

std::string parameter_text(const Value& v) {
  if (!v.is_list()) return v.to_text();
  std::vector<std::string> texts;
  for (const Value& item : v.items()) texts.push_back(item.to_text());
  return join(texts, ",");
}

// What a parameter or a reference stands for may change though its text does not.
bool depends_on_elsewhere(const Value& root) {
  for (const auto& [name, parameter] : root["Parameters"].members())
    if (parameter["Type"].as_string().starts_with("AWS::SSM::")) return true;
  return root.has("Transform") || cfn::has_dynamic_reference(root);
}

std::vector<std::pair<std::string, std::string>> sorted(const std::vector<Tag>& tags) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Tag& tag : tags) pairs.emplace_back(tag.key, tag.value);
  std::ranges::sort(pairs);
  return pairs;
}

bool same_parameters(const DeployedStack& deployed, const Value& root,
                     const std::vector<ParameterValue>& parameters) {
  Map wanted;
  for (const auto& [name, parameter] : root["Parameters"].members()) {
    if (is_hidden(parameter)) return false;
    wanted.set(name, parameter_text(parameter["Default"]));
  }
  for (const ParameterValue& p : parameters) {
    const Value* before = deployed.parameters.find(p.key);
    wanted.set(p.key, p.use_previous && before ? *before : Value(p.value));
  }
  if (wanted.size() != deployed.parameters.size()) return false;
  return std::ranges::all_of(wanted, [&](const Map::Member& member) {
    const Value* there = deployed.parameters.find(member.first);
    return there && *there == member.second;
  });
}

}  // namespace

bool is_hidden(const Value& declaration) {
  return declaration["NoEcho"].to_text() == "true";
}

Status check_sources(const Workshop& workshop, const StackConfig& stack) {
  const Config& config = workshop.config;
  cfn::Path variables = stack.path;
  variables.push_back("variables");
  CHECK_OK(check_lookups(stack.variables, config.lookups, config.document, variables));
  if (!stack.command.empty()) return {};
  if (stack.class_path.empty()) {
    if (is_jinja(stack.template_path)) return check_jinja(workshop, stack);
    CHECK_OK(render_file(workshop, stack, Value::map()));
    return {};
  }
  if (is_ours(workshop, stack.class_path)) return {};
  Status there = workshop.programs ? workshop.programs->check_class(stack.class_path)
                                   : Status(blueprints::find(stack.class_path).error());
  if (!there) return std::move(there.error()).where(config.at(stack, "class_path"));
  return {};
}

Result<Rendered> render_stack(const Workshop& workshop, const StackConfig& stack,
                              const Value& variables) {
  TRY(Rendered rendered, !stack.command.empty()     ? render_command(workshop, stack, variables)
                         : stack.class_path.empty() ? render_file(workshop, stack, variables)
                                                    : render_class(workshop, stack, variables));
  if (stack.zones.empty()) return rendered;
  rendered.document.root = with_zones(rendered.document.root, stack.zones);
  rendered.body = to_json_pretty(rendered.document.root);
  return rendered;
}

Result<std::vector<ParameterValue>> parameters_for(const Rendered& rendered, const Value& variables,
                                                   const std::optional<DeployedStack>& deployed) {
  std::vector<ParameterValue> values;
  std::vector<std::string> missing;
  for (const auto& [name, parameter] : rendered.document.root["Parameters"].members()) {
    const Value& given = variables[name];
    if (!given.is_null())
      values.push_back({name, parameter_text(given), false});
    else if (deployed && deployed->parameters.contains(name))
      values.push_back({name, "", true});
    else if (!parameter.has("Default"))
      missing.push_back(name);
  }
  if (missing.empty()) return values;
  return Error("ParameterMissing", "the template's parameters " + join(missing, ", ") +
                                       " have neither a value nor a default")
      .where(rendered.document.key_at(cfn::Path{"Parameters", missing[0]}))
      .with_hint("give them under the stack's variables");
}

Result<bool> is_unchanged(DeployedTemplate& there, const DeployedStack& deployed,
                          const Rendered& rendered, const Submission& submission) {
  const Value& root = rendered.document.root;
  auto topics = deployed.notification_arns, wanted_topics = submission.notification_arns;
  std::ranges::sort(topics);
  std::ranges::sort(wanted_topics);
  if (depends_on_elsewhere(root) || sorted(deployed.tags) != sorted(submission.tags) ||
      topics != wanted_topics || deployed.role_arn != submission.role_arn ||
      !submission.policy_body.empty() || !same_parameters(deployed, root, submission.parameters))
    return false;
  TRY(std::string body, there.body());
  if (body == rendered.body) return true;
  auto before = cfn::parse_document(body, "", cfn::ParseOptions::for_template());
  return before && to_canonical_json(before->root) == to_canonical_json(root);
}

}  // namespace mainstay::stacks
