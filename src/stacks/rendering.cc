#include "stacks/rendering.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "blueprints/blueprint.hh"
#include "cfn/evaluate.hh"
#include "stacks/lookups.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t template_bytes_max = 1024 * 1024;

Result<Rendered> render_blueprint(const Config& config, const StackConfig& stack,
                                  const Value& variables) {
  auto blueprint = blueprints::find(stack.class_path);
  if (!blueprint) return std::move(blueprint.error()).where(config.at(stack, "class_path"));
  auto made = blueprints::render(**blueprint, variables);
  if (!made) return std::move(made.error()).where(config.at(stack, "variables"));
  Rendered rendered;
  for (const std::string& name : blueprints::unknown_variables(**blueprint, variables))
    rendered.warnings.push_back("stack " + stack.name + ": " + stack.class_path +
                                " does not use the variable " + printable(name));
  Value root = Value::map({{"AWSTemplateFormatVersion", "2010-09-09"}});
  if (!stack.description.empty()) root.set("Description", stack.description);
  if (!config.mappings.empty()) root.set("Mappings", config.mappings);
  for (const auto& [section, content] : made->members()) root.set(section, content);
  rendered.body = to_json_pretty(root);
  rendered.document = {"", std::move(root), {}};
  return rendered;
}

// As given, beside the configuration, then where sys_path says.
Result<std::string> read_template(const Config& config, const std::string& path, const Files& files,
                                  std::string& found_at) {
  std::vector<std::string> places{path, join_path(config.directory, path)};
  for (const std::string& directory : config.search_paths) {
    places.push_back(join_path(directory, path));
    places.push_back(join_path(config.directory, join_path(directory, path)));
  }
  for (const std::string& place : places) {
    auto text = files.read(place, template_bytes_max);
    if (!text && text.error().code == "FileNotFound") continue;
    found_at = place;
    return text;
  }
  return Error("FileNotFound", "there is no template " + path)
      .with_hint("it is looked for as given, beside the configuration, and in sys_path");
}

Result<Rendered> render_file(const Config& config, const StackConfig& stack, const Value& variables,
                             const Files& files) {
  Position at = config.at(stack, "template_path");
  if (stack.template_path.ends_with(".j2"))
    return Error("NotSupported", "Jinja templates (.j2) are not supported by mainstay yet")
        .where(at);
  Rendered rendered;
  std::string file;
  auto text = read_template(config, stack.template_path, files, file);
  if (!text) return std::move(text.error()).where(at);
  TRY(rendered.document, cfn::parse_document(*text, file, cfn::ParseOptions::for_template()));
  rendered.body = std::move(*text);
  const Value& root = rendered.document.root;
  if (!root.is_map())
    return Error("TemplateInvalid", "a template is a map with Resources").where({file, 1, 1});
  rendered.needs_change_set = root.has("Transform");
  for (const auto& [name, value] : variables.members())
    if (!root["Parameters"].has(name))
      rendered.warnings.push_back("stack " + stack.name + ": " + stack.template_path +
                                  " has no parameter " + printable(name));
  return rendered;
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

Status check_sources(const Config& config, const StackConfig& stack, const Files& files) {
  cfn::Path variables = stack.path;
  variables.push_back("variables");
  CHECK_OK(check_lookups(stack.variables, config.document, variables));
  if (stack.class_path.empty()) {
    CHECK_OK(render_file(config, stack, Value::map(), files));
    return {};
  }
  auto blueprint = blueprints::find(stack.class_path);
  if (!blueprint) return std::move(blueprint.error()).where(config.at(stack, "class_path"));
  return {};
}

Result<Rendered> render_stack(const Config& config, const StackConfig& stack,
                              const Value& variables, const Files& files) {
  return stack.class_path.empty() ? render_file(config, stack, variables, files)
                                  : render_blueprint(config, stack, variables);
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
