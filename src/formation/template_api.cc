// Operations on templates: GetTemplate, GetTemplateSummary, ValidateTemplate.
#include "base/json.hh"
#include "cfn/summary.hh"
#include "cfn/transform.hh"
#include "formation/definition.hh"
#include "formation/handlers.hh"
#include "formation/requests.hh"
#include "formation/types.hh"

namespace mainstay::formation {
namespace {

Result<cfn::Template> parse(const Call& call, const std::string& body) {
  cfn::TemplateInputs inputs;
  inputs.pseudo.account_id = call.account;
  inputs.pseudo.region = call.region;
  inputs.is_known_type = Types::is_known;
  TRY(cfn::Document document,
      cfn::parse_document(body, "template", cfn::ParseOptions::for_template()));
  // Neither summaries nor validation run transforms.
  if (cfn::has_transform(document.root)) return cfn::read_declarations(std::move(document));
  return cfn::parse_template(std::move(document), inputs);
}

void add_capabilities(Value& out, const cfn::Template& t) {
  cfn::Capabilities needed = cfn::required_capabilities(t);
  if (cfn::has_transform(t.document.root)) needed.names.push_back("CAPABILITY_AUTO_EXPAND");
  if (needed.names.empty()) return;
  out.set("Capabilities", Value::texts(needed.names));
  if (!needed.reason.empty()) out.set("CapabilitiesReason", needed.reason);
}

// By what resources of each type are told apart: their schema's primary identifier.
Value identifier_summaries(const cfn::Template& t) {
  Value out = Value::list();
  for (const std::string& type : cfn::resource_types(t)) {
    const cfn::Schema* schema = Types::is_custom(type) ? nullptr : Types::all().schema(type);
    if (!schema || schema->primary_identifier().empty()) continue;
    Value ids = Value::list();
    for (const cfn::Resource& r : t.resources)
      if (r.type == type) ids.push_back(r.id);
    out.push_back(
        Value::map({{"ResourceType", type},
                    {"LogicalResourceIds", std::move(ids)},
                    {"ResourceIdentifiers", Value::texts(schema->primary_identifier())}}));
  }
  return out;
}

// Of a change set or a stack: its template is in a definition.
Result<Value> definition_named(Call& call, const Value& in) {
  bool is_named = in.has("StackName") || in["ChangeSetName"].as_string().starts_with("arn:");
  if (!is_named) return validation_error("StackName is a required parameter.");
  if (in.has("ChangeSetName")) {
    TRY(Value set, find_change_set(call, in));
    return set["_definition"];
  }
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  return shown_definition(call, stack);
}

}  // namespace

Result<Value> get_template(Call& call, const Value& in) {
  TRY(Value definition, definition_named(call, in));
  const bool was_processed = definition.has("Original") && definition.has("Body");
  const bool failed = definition.has("TransformFailed");
  const std::string& stage = in["TemplateStage"].as_string();
  if (failed && stage == "Processed")
    return validation_error("Template stage Processed is not available: " +
                            definition["TransformFailed"].as_string());
  bool original = failed || (was_processed && stage != "Processed");
  Value stages = Value::list({"Original"});
  if (!failed) stages.push_back("Processed");
  return Value::map({{"TemplateBody", definition[original ? "Original" : "Body"]},
                     {"StagesAvailable", std::move(stages)}});
}

Result<Value> get_template_summary(Call& call, const Value& in) {
  std::string body;
  if (in.has("StackName")) {
    TRY(Value stack, find_stack(call, in["StackName"].as_string()));
    Value definition = shown_definition(call, stack);
    body = definition[definition.has("Original") ? "Original" : "Body"].as_string();
  } else {
    TRY(body, template_of_request(call, in, Value()));
  }
  TRY(cfn::Template t, parse(call, body));
  Value parameters = Value::list();
  for (const cfn::Parameter& p : t.parameters) {
    Value shown =
        Value::map({{"ParameterKey", p.name},
                    {"ParameterType", p.type},
                    {"NoEcho", p.no_echo},
                    {"ParameterConstraints",
                     p.allowed_values.empty()
                         ? Value::map({})
                         : Value::map({{"AllowedValues", Value::texts(p.allowed_values)}})}});
    if (p.default_value) shown.set("DefaultValue", p.no_echo ? "****" : *p.default_value);
    if (!p.description.empty()) shown.set("Description", p.description);
    parameters.push_back(std::move(shown));
  }
  Value out = Value::map({{"Parameters", parameters},
                          {"ResourceTypes", Value::texts(cfn::resource_types(t))},
                          {"Version", "2010-09-09"},
                          {"ResourceIdentifierSummaries", identifier_summaries(t)}});
  if (!t.transforms.empty()) out.set("DeclaredTransforms", Value::texts(t.transforms));
  if (!t.description.empty()) out.set("Description", t.description);
  if (!t.metadata.is_null()) out.set("Metadata", to_json(t.metadata));
  add_capabilities(out, t);
  return out;
}

Result<Value> validate_template(Call& call, const Value& in) {
  TRY(std::string body, template_of_request(call, in, Value()));
  TRY(cfn::Template t, parse(call, body));
  Value parameters = Value::list();
  for (const cfn::Parameter& p : t.parameters) {
    Value shown = Value::map({{"ParameterKey", p.name}, {"NoEcho", p.no_echo}});
    if (p.default_value) shown.set("DefaultValue", *p.default_value);
    if (!p.description.empty()) shown.set("Description", p.description);
    parameters.push_back(std::move(shown));
  }
  Value out = Value::map({{"Parameters", parameters}});
  if (!t.transforms.empty()) out.set("DeclaredTransforms", Value::texts(t.transforms));
  if (!t.description.empty()) out.set("Description", t.description);
  add_capabilities(out, t);
  return out;
}

}  // namespace mainstay::formation
