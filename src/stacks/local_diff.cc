#include "stacks/local_diff.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cfn/dependencies.hh"
#include "cfn/evaluate.hh"
#include "cfn/parameters.hh"

namespace mainstay::stacks {
namespace {

// What only AWS can tell, as something that is equal to itself.
Value unknown(const std::string& what) {
  return Bytes{what};
}

cfn::Environment environment_of(const DiffSides& sides) {
  cfn::Environment environment;
  environment.pseudo.region = sides.region;
  environment.pseudo.stack_name = sides.deployed.name;
  environment.pseudo.stack_id = sides.deployed.id;
  environment.pseudo.notification_arns = sides.submission.notification_arns;
  // arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID
  auto arn = split(sides.deployed.id, ":");
  if (arn.size() > 5) {
    environment.pseudo.partition = arn[1];
    environment.pseudo.account_id = arn[4];
  }
  environment.import_value = [](const std::string& name) -> Result<Value> {
    return unknown("${import " + name + "}");
  };
  environment.get_azs = [](const std::string& region) -> Result<Value> {
    return unknown("${zones " + region + "}");
  };
  return environment;
}

Result<Map> parameters_of(const cfn::Template& t, const Map& given) {
  cfn::ParameterInputs inputs;
  for (const cfn::Parameter& p : t.parameters)
    if (const Value* value = given.find(p.name)) inputs.given.set(p.name, *value);
  inputs.read_ssm = [](const std::string& name) -> Result<std::string> {
    return "<ssm " + name + ">";
  };
  return cfn::resolve_parameters(t, inputs);
}

// Hidden ones read as they do in what is deployed, so that they get into no text.
Map parameters_after(const DiffSides& sides) {
  Map values;
  const Value& declared = sides.rendered.document.root["Parameters"];
  for (const ParameterValue& p : sides.submission.parameters) {
    const Value* before = sides.deployed.parameters.find(p.key);
    bool hidden = is_hidden(declared[p.key]);
    values.set(p.key, before && (p.use_previous || hidden) ? *before
                      : hidden                             ? Value(hidden_text)
                                                           : Value(p.value));
  }
  return values;
}

Result<cfn::Template> template_of(cfn::Document document, const Map& parameters,
                                  const cfn::Environment& environment) {
  cfn::TemplateInputs inputs;
  inputs.parameters = parameters;
  inputs.pseudo = environment.pseudo;
  return cfn::parse_template(std::move(document), inputs);
}

std::string text_of(const Value& v) {
  if (v.is_null()) return "";
  if (v.is_bytes()) return v.as_bytes();
  return v.is_scalar() ? v.to_text() : to_json(v);
}

ResourceChange::Detail detail_of(const cfn::Cause& cause) {
  static constexpr const char* recreation[] = {"Never", "Conditionally", "Always"};
  ResourceChange::Detail detail;
  detail.attribute = cause.attribute;
  detail.name = cause.name;
  detail.requires_recreation = recreation[static_cast<size_t>(cause.recreation)];
  detail.evaluation = cause.is_static ? "Static" : "Dynamic";
  detail.source = cfn::source_name(cause.source);
  detail.causing_entity = cause.entity;
  detail.before = text_of(cause.before);
  detail.after = text_of(cause.after);
  detail.certain = cause.certain;
  return detail;
}

ResourceChange change_of(const cfn::ResourceChange& c) {
  ResourceChange change;
  change.action = cfn::action_name(c.action);
  change.logical_id = c.logical_id;
  change.type = c.type;
  if (c.action == cfn::Action::modify) change.replacement = cfn::replacement_name(c.replacement);
  change.scope = c.scope;
  for (const cfn::Cause& cause : c.causes) change.details.push_back(detail_of(cause));
  change.seen_by = ResourceChange::SeenBy::us;
  return change;
}

Result<size_t> count_resources(const DiffSides& sides) {
  cfn::Environment environment = environment_of(sides);
  Map given = parameters_after(sides);
  TRY(cfn::Template made, template_of(sides.rendered.document, given, environment));
  TRY(Map parameters, parameters_of(made, given));
  TRY(Map conditions, cfn::evaluate_conditions(made, parameters, environment));
  TRY(cfn::Dependencies dependencies, cfn::find_dependencies(made, conditions));
  return dependencies.order.size();
}

}  // namespace

size_t resource_count(const DiffSides& sides) {
  return count_resources(sides).value_or(0);
}

Result<std::vector<ResourceChange>> local_changes(const DiffSides& sides,
                                                  const SchemaSource& schemas) {
  cfn::Environment environment = environment_of(sides);
  TRY(cfn::Document deployed, cfn::parse_document(sides.deployed_body, "deployed template",
                                                  cfn::ParseOptions::for_template()));
  Map given = parameters_after(sides);
  TRY(cfn::Template before,
      template_of(std::move(deployed), sides.deployed.parameters, environment));
  TRY(cfn::Template after, template_of(sides.rendered.document, given, environment));
  TRY(Map parameters_before, parameters_of(before, sides.deployed.parameters));
  TRY(Map parameters_now, parameters_of(after, given));
  cfn::PlanOptions options;
  options.schema = schemas;
  TRY(auto planned, cfn::plan_changes({&before, &parameters_before, &environment},
                                      {&after, &parameters_now, &environment}, options));
  std::vector<ResourceChange> changes;
  for (const cfn::ResourceChange& c : planned) changes.push_back(change_of(c));
  return changes;
}

std::vector<ResourceChange> merge_changes(std::vector<ResourceChange> theirs,
                                          std::vector<ResourceChange> ours) {
  for (ResourceChange& their : theirs) {
    auto our = std::ranges::find(ours, their.logical_id, &ResourceChange::logical_id);
    if (our == ours.end()) continue;
    their.seen_by = ResourceChange::SeenBy::both;
    if (!our->details.empty()) their.details = std::move(our->details);
    // The graver of the two verdicts stands: a replacement must not be missed.
    if (our->replacement == "True" || their.replacement.empty())
      their.replacement = our->replacement;
    ours.erase(our);
  }
  std::ranges::move(ours, std::back_inserter(theirs));
  return theirs;
}

}  // namespace mainstay::stacks
