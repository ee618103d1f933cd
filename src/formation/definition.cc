#include "formation/definition.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cfn/summary.hh"
#include "cloud/partition.hh"
#include "formation/secure_reference.hh"
#include "formation/template_source.hh"
#include "formation/template_values.hh"
#include "formation/transform.hh"
#include "formation/types.hh"

namespace mainstay::formation {
namespace {

// Both forms of a template's inputs, for parsing.
cfn::TemplateInputs template_inputs(const Map& given, const cfn::PseudoParameters& pseudo) {
  cfn::TemplateInputs inputs;
  inputs.parameters = given;
  inputs.pseudo = pseudo;
  inputs.is_known_type = Types::is_known;
  return inputs;
}

// The request's Parameters over those of before: name to text. Parameters that the request does not
// name take their default again, as UpdateStack has it.
Result<cfn::ParameterInputs> parameter_inputs(const Value& in, const Value& before) {
  cfn::ParameterInputs inputs;
  for (const auto& [name, text] : before["Parameters"].members()) inputs.previous.set(name, text);
  for (const Value& p : in["Parameters"].items()) {
    const std::string& name = p["ParameterKey"].as_string();
    if (p["UsePreviousValue"].as_bool()) {
      inputs.use_previous.push_back(name);
    } else {
      inputs.given.set(name, p["ParameterValue"].as_string());
    }
  }
  return inputs;
}

bool has_capability(const Value& in, std::string_view name) {
  const List& given = in["Capabilities"].items();
  return std::find(given.begin(), given.end(), Value(name)) != given.end();
}

Status check_capabilities(const cfn::Template& t, const Value& in) {
  cfn::Capabilities needed = cfn::required_capabilities(t);
  for (const std::string& name : needed.names)
    if (!has_capability(in, name) && !has_capability(in, "CAPABILITY_NAMED_IAM"))
      return aws_error("InsufficientCapabilitiesException",
                       "Requires capabilities : [" + name + "]");
  return {};
}

// CreateStack, ResourceTypes: what the template may have, "AWS::*", "AWS::EC2::*" or a type.
Status check_resource_types(const cfn::Template& t, const Value& in) {
  const Value& allowed = in["ResourceTypes"];
  if (allowed.empty()) return {};
  std::vector<std::string> patterns;
  for (const Value& pattern : allowed.items()) patterns.push_back(pattern.as_string());
  for (const std::string& type : cfn::resource_types(t)) {
    bool fits = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      bool is_family = pattern.ends_with("::*");
      return is_family ? type.starts_with(pattern.substr(0, pattern.size() - 1)) : type == pattern;
    });
    if (!fits)
      return validation_error("Resource type " + type +
                              " is not allowed by parameter ResourceTypes [" +
                              join(patterns, ", ") + "]");
  }
  return {};
}

Status check_tags(const Value& tags) {
  constexpr size_t tags_max = 50;  // CreateStack, Tags
  if (tags.size() > tags_max)
    return validation_error(
        "1 validation error detected: Value at 'tags' failed to satisfy "
        "constraint: Member must have length less than or equal to 50");
  for (const Value& tag : tags.items())
    if (tag["Key"].as_string().starts_with("aws:"))
      return validation_error(
          "Invalid tag key. aws: prefixed tag key names are not allowed for "
          "external use.");
  return {};
}

// Given values, and those taken over: what GetTemplate's successor update will find as "previous".
Value texts_of(const cfn::Template& t, const cfn::ParameterInputs& inputs) {
  Value texts = Value::map({});
  for (const cfn::Parameter& p : t.parameters) {
    if (const Value* given = inputs.given.find(p.name))
      texts.set(p.name, *given);
    else if (std::find(inputs.use_previous.begin(), inputs.use_previous.end(), p.name) !=
             inputs.use_previous.end()) {
      if (const Value* previous = inputs.previous.find(p.name)) texts.set(p.name, *previous);
    } else if (p.default_value) {
      texts.set(p.name, *p.default_value);
    }
  }
  return texts;
}

Map previous_texts(const cfn::ParameterInputs& inputs) {
  Map all = inputs.given;
  for (const std::string& name : inputs.use_previous)
    if (const Value* text = inputs.previous.find(name)) all.set(name, *text);
  return all;
}

}  // namespace

cfn::PseudoParameters pseudo_parameters(const StackKey& key, const Value& definition) {
  cfn::PseudoParameters p;
  p.account_id = key.account;
  p.region = key.region;
  p.stack_id = key.id;
  p.stack_name = key.name();
  p.partition = cloud::partition_of(key.region);
  if (p.partition == "aws-cn") p.url_suffix = "amazonaws.com.cn";
  for (const Value& arn : definition["NotificationARNs"].items())
    p.notification_arns.push_back(arn.as_string());
  return p;
}

namespace {

Status check_auto_expand(const Call& call, const Value& in) {
  // "This capability doesn't apply to creating change sets" (API reference, CreateChangeSet).
  if (call.operation == "CreateChangeSet" || has_capability(in, "CAPABILITY_AUTO_EXPAND"))
    return {};
  return aws_error("InsufficientCapabilitiesException",
                   "Requires capabilities : [CAPABILITY_AUTO_EXPAND]");
}

// Runs the transforms of the definition's template, if it has any. What fails in them, or in what
// they made, is told by the stack, not by the request.
Status transform(Call& call, const Value& in, TransformInputs about, cfn::ParameterInputs& given,
                 Value& definition) {
  const std::string body = definition["Body"].as_string();
  if (!body.contains("Transform")) return {};
  TRY(cfn::Document document,
      cfn::parse_document(body, "template", cfn::ParseOptions::for_template()));
  if (!cfn::has_transform(document.root)) return {};
  TRY(cfn::Template declared, cfn::read_declarations(std::move(document)));
  CHECK_OK(check_auto_expand(call, in));
  TRY(about.parameters, cfn::resolve_parameters(declared, given));
  about.declared = &declared;
  auto processed = process_template(call, about);
  if (!processed.has_value() && !is_transform_failure(processed.error())) return processed.error();
  definition.set("Original", body).set("Parameters", texts_of(declared, given));
  std::string why = processed.has_value() ? "" : processed.error().message;
  if (processed.has_value()) {
    definition.set("Body", to_json(*processed));
    auto read = cfn::parse_template_text(definition["Body"].as_string(), "template",
                                         template_inputs(previous_texts(given), about.pseudo));
    if (!read.has_value()) why = read.error().message;
  }
  if (why.empty()) return {};
  definition.set("TransformFailed", why);
  definition.erase("Body");
  return {};
}

// What goes over from the definition before where a request does not say it.
Value definition_of_request(const Value& in, const Value& before, std::string body) {
  Value definition = Value::map({{"Body", std::move(body)}});
  for (const char* member : {"Capabilities", "NotificationARNs", "RoleARN", "Tags"}) {
    if (in.has(member))
      definition.set(member, in[member]);
    else if (before.has(member))
      definition.set(member, before[member]);
  }
  // The template before is taken as its transforms made it (API reference, UpdateStack,
  // UsePreviousTemplate).
  bool is_new = in.has("TemplateBody") || in.has("TemplateURL");
  if (!is_new && before.has("Original")) definition.set("Original", before["Original"]);
  return definition;
}

}  // namespace

Result<Value> make_definition(Call& call, const Value& in, const StackKey& key, const Value& before,
                              const std::string& parent_id) {
  TRY(std::string body, template_of_request(call, in, before));
  Value definition = definition_of_request(in, before, std::move(body));
  CHECK_OK(check_tags(definition["Tags"]));
  cfn::PseudoParameters pseudo = pseudo_parameters(key, definition);
  TRY(cfn::ParameterInputs inputs, parameter_inputs(in, before));
  Asker asker = asker_of(call);
  inputs.read_ssm = [&asker](const std::string& name) { return read_ssm(asker, name); };
  if (!definition.has("Original"))
    CHECK_OK(transform(call, in, {nullptr, {}, pseudo, parent_id}, inputs, definition));
  if (definition.has("TransformFailed")) return definition;
  TRY(cfn::Template t, cfn::parse_template_text(definition["Body"].as_string(), "template",
                                                template_inputs(previous_texts(inputs), pseudo)));
  TRY(Map resolved, cfn::resolve_parameters(t, inputs));
  cfn::Environment environment = make_environment(asker, pseudo);
  CHECK_OK(cfn::check_rules(t, resolved, environment));
  CHECK_OK(check_capabilities(t, in));
  CHECK_OK(check_resource_types(t, in));
  definition.set("Parameters", texts_of(t, inputs)).set("Resolved", Value(std::move(resolved)));
  TRY(Prepared prepared, prepare(asker, key, definition));
  CHECK_OK(check_secure_references(prepared));
  CHECK_OK(check_values(prepared));
  return definition;
}

Result<Prepared> prepare(const Asker& asker, const StackKey& key, const Value& definition) {
  if (definition.has("TransformFailed"))
    return Error("TransformFailed", definition["TransformFailed"].as_string());
  Prepared p;
  p.pseudo = pseudo_parameters(key, definition);
  p.parameters = definition["Resolved"].members();
  TRY(p.tmpl,
      cfn::parse_template_text(definition["Body"].as_string(), "template",
                               template_inputs(definition["Parameters"].members(), p.pseudo)));
  TRY(p.conditions,
      cfn::evaluate_conditions(p.tmpl, p.parameters, make_environment(asker, p.pseudo)));
  TRY(p.dependencies, cfn::find_dependencies(p.tmpl, p.conditions));
  return p;
}

std::set<std::string> logical_ids(const Prepared& prepared) {
  return {prepared.dependencies.order.begin(), prepared.dependencies.order.end()};
}

List shown_parameters(const Prepared& prepared, const Value& definition) {
  List out;
  for (const cfn::Parameter& p : prepared.tmpl.parameters) {
    const Value& text = definition["Parameters"][p.name];
    Value shown = Value::map(
        {{"ParameterKey", p.name}, {"ParameterValue", p.no_echo ? Value("****") : text}});
    const Value& resolved = definition["Resolved"][p.name];
    auto type = cfn::parse_parameter_type(p.type);
    if (type && type->is_ssm_value && !p.no_echo) {
      std::vector<std::string> parts;
      for (const Value& part : resolved.items()) parts.push_back(part.to_text());
      shown.set("ResolvedValue", resolved.is_list() ? join(parts, ",") : resolved.to_text());
    }
    out.push_back(std::move(shown));
  }
  return out;
}

void show_request(Value& stack, const Value& definition) {
  for (const char* member : {"Capabilities", "NotificationARNs", "Tags"})
    stack.set(member, definition.has(member) ? definition[member] : Value::list());
  if (definition.has("RoleARN")) stack.set("RoleARN", definition["RoleARN"]);
}

void show_definition(Value& stack, const Prepared& prepared, const Value& definition) {
  stack.set("Parameters", Value(shown_parameters(prepared, definition)));
  show_request(stack, definition);
  stack.erase("Description");
  if (!prepared.tmpl.description.empty()) stack.set("Description", prepared.tmpl.description);
}

Asker asker_of(Call& call) {
  cloud::Caller caller = call.caller;
  caller.via = {"cloudformation.amazonaws.com"};
  return {call.cloud, caller, call.account, call.region, &call};
}

}  // namespace mainstay::formation
