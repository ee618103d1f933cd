#include "stacks/local_diff.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cfn/parameters.hh"
#include "stacks/placeholder.hh"

namespace mainstay::stacks {
namespace {

// What only AWS can tell, as something that is equal to itself.
Value unknown(const std::string& what) {
  return Bytes{what};
}

cfn::Environment environment_of(const DiffSides& sides) {
  cfn::Environment environment;
  environment.pseudo.region = sides.region;
  environment.pseudo.stack_name = sides.submission.stack_name;
  environment.pseudo.stack_id = sides.deployed ? sides.deployed->id : "";
  environment.pseudo.notification_arns = sides.submission.notification_arns;
  // arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID
  auto arn = split(environment.pseudo.stack_id, ":");
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

using ZoneAnswer = decltype(cfn::Environment::get_azs);

ZoneAnswer zones_then(const DiffSides& sides) {
  return [&zones = *sides.zones](const std::string& region) -> Result<Value> {
    Value given = zones_given(zones, region);
    return given.is_null() ? unknown("${zones " + region + "}") : given;
  };
}

ZoneAnswer zones_now(const DiffSides& sides) {
  return [&zones = *sides.zones](const std::string& region) -> Result<Value> {
    auto found = zones.gives.find(region);
    bool compared = found != zones.gives.end() && zones.gave.contains(region);
    return compared ? Value::texts(found->second) : unknown("${zones " + region + "}");
  };
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

cfn::Parameter unconstrained(cfn::Parameter p) {
  cfn::Parameter out;
  out.name = std::move(p.name);
  out.type = "String";
  out.default_value = std::move(p.default_value);
  out.no_echo = p.no_echo;
  return out;
}

// One template under its parameters.
struct LocalSide {
  cfn::Template tmpl;
  Map parameters;
  const cfn::Environment* environment;

  static Result<LocalSide> make(cfn::Document document, const Map& given,
                                const cfn::Environment& environment) {
    TRY(LocalTemplate read, with_parameters(std::move(document), given, environment.pseudo));
    return LocalSide{std::move(read.tmpl), std::move(read.parameters), &environment};
  }
  cfn::Side side() const { return {&tmpl, &parameters, environment}; }

  // What the template refers to, as placeholders.
  cfn::Environment standing_in(const Knowledge& knowledge) const {
    cfn::Environment out = *environment;
    out.get_att = [this, &knowledge](const std::string& id,
                                     const std::string& name) -> Result<Value> {
      const cfn::Resource* r = tmpl.find_resource(id);
      std::string type = r ? r->type : "";
      // Not known, so that functions which need the real one leave it alone.
      return Value(
          Bytes{placeholder(id, type, name, knowledge.schema ? knowledge.schema(type) : nullptr,
                            environment->pseudo)});
    };
    out.ref = [get = out.get_att](const std::string& id) { return get(id, ""); };
    return out;
  }
  Result<std::vector<cfn::ResolvedResource>> resources(const Knowledge& knowledge) const {
    cfn::Environment outside = standing_in(knowledge);
    return cfn::resolve_resources({&tmpl, &parameters, &outside});
  }
  Result<Map> outputs(const Knowledge& knowledge) const {
    cfn::Environment outside = standing_in(knowledge);
    return cfn::resolve_outputs({&tmpl, &parameters, &outside});
  }
};

const cfn::ResolvedResource* find(const std::vector<cfn::ResolvedResource>& in,
                                  const std::string& id) {
  auto it = std::ranges::find(in, id, &cfn::ResolvedResource::id);
  return it == in.end() ? nullptr : &*it;
}

std::string fate_word(const Value& policy) {
  return policy.as_string().starts_with("Retain") ? "retain" : to_lower(policy.as_string());
}

// Source: CloudFormation template reference, "UpdateReplacePolicy attribute".
std::string fate_on_replacement(const cfn::ResolvedResource* r) {
  return r && r->update_replace_policy.is_string() ? fate_word(r->update_replace_policy) : "delete";
}

void say_what_becomes(LocalVerdict& verdict, const Knowledge& knowledge) {
  for (ResourceChange& change : verdict.changes) {
    change.old_copy = old_copy_of(change, verdict);
    change.data = data_held_by(change.logical_id, change.type, verdict.before, knowledge);
  }
}

}  // namespace

Result<LocalTemplate> with_parameters(cfn::Document document, const Map& given,
                                      const cfn::PseudoParameters& pseudo) {
  LocalTemplate out;
  cfn::TemplateInputs inputs;
  inputs.parameters = given;
  inputs.pseudo = pseudo;
  TRY(out.tmpl, cfn::parse_template(std::move(document), inputs));
  // Hidden values read as "****", which no constraint is meant for.
  for (cfn::Parameter& p : out.tmpl.parameters)
    if (p.no_echo) p = unconstrained(std::move(p));
  TRY(out.parameters, parameters_of(out.tmpl, given));
  return out;
}

// Hidden ones read as they do in what is deployed, so that they get into no text.
Map submitted_parameters(const DeployedStack* deployed, const Rendered& rendered,
                         const Submission& submission) {
  Map values;
  const Value& declared = rendered.document.root["Parameters"];
  for (const ParameterValue& p : submission.parameters) {
    const Value* before = deployed ? deployed->parameters.find(p.key) : nullptr;
    bool hidden = is_hidden(declared[p.key]);
    values.set(p.key, before && (p.use_previous || hidden) ? *before
                      : hidden                             ? Value(hidden_text)
                                                           : Value(p.value));
  }
  return values;
}

// An instance of a cluster holds none: the data is in the cluster's volume, which outlives it.
// Source: Amazon Aurora User Guide, "Amazon Aurora storage"
DataHeld data_held_by(const std::string& id, const std::string& type,
                      const std::vector<cfn::ResolvedResource>& before,
                      const Knowledge& knowledge) {
  const cfn::ResolvedResource* r = find(before, id);
  bool of_cluster = r && type == "AWS::RDS::DBInstance" && r->properties.has("DBClusterIdentifier");
  if (of_cluster || !knowledge.data_held) return DataHeld::none;
  return knowledge.data_held(type);
}

// Source: CloudFormation template reference, "DeletionPolicy attribute", with its defaults.
std::string fate_on_removal(const cfn::ResolvedResource& r) {
  if (r.deletion_policy.is_string()) return fate_word(r.deletion_policy);
  bool snapshot = r.type == "AWS::RDS::DBCluster" ||
                  (r.type == "AWS::RDS::DBInstance" && !r.properties.has("DBClusterIdentifier"));
  return snapshot ? "snapshot" : "delete";
}

std::string old_copy_of(const ResourceChange& change, const LocalVerdict& verdict) {
  const cfn::ResolvedResource* before = find(verdict.before, change.logical_id);
  if (change.action == "Remove") return before ? fate_on_removal(*before) : "";
  if (!change.may_replace()) return "";
  std::string old = fate_on_replacement(before);
  return old == "delete" ? old : fate_on_replacement(find(verdict.after, change.logical_id));
}

Result<LocalVerdict> local_verdict(const DiffSides& sides, const Knowledge& knowledge) {
  cfn::Environment environment = environment_of(sides);
  if (sides.zones) environment.get_azs = zones_now(sides);
  LocalVerdict verdict;
  TRY(LocalSide after,
      LocalSide::make(sides.rendered.document,
                      submitted_parameters(sides.deployed, sides.rendered, sides.submission),
                      environment));
  TRY(verdict.after, after.resources(knowledge));
  if (!sides.deployed) return verdict;
  TRY(cfn::Document deployed, cfn::parse_document(sides.deployed_body, "deployed template",
                                                  cfn::ParseOptions::for_template()));
  cfn::Environment then = environment;
  if (sides.zones) then.get_azs = zones_then(sides);
  TRY(LocalSide before, LocalSide::make(std::move(deployed), sides.deployed->parameters, then));
  TRY(verdict.before, before.resources(knowledge));
  cfn::PlanOptions options;
  options.schema = knowledge.schema;
  TRY(auto planned, cfn::plan_changes(before.side(), after.side(), options));
  for (const cfn::ResourceChange& c : planned) verdict.changes.push_back(change_of(c));
  say_what_becomes(verdict, knowledge);
  TRY(Map told, before.outputs(knowledge));
  TRY(Map tells, after.outputs(knowledge));
  for (const auto& [name, value] : tells) {
    const Value* old = told.find(name);
    if (!old || !(*old == value)) verdict.changed_outputs.insert(name);
  }
  return verdict;
}

std::vector<Error> property_faults(const std::vector<cfn::ResolvedResource>& resources,
                                   const cfn::Document& document, const Knowledge& knowledge) {
  std::vector<Error> faults;
  for (const cfn::ResolvedResource& r : resources) {
    const cfn::Schema* schema = knowledge.schema ? knowledge.schema(r.type) : nullptr;
    if (!schema) continue;
    auto checked = schema->check_properties(r.properties, r.id);
    if (checked) continue;
    Position at = document.key_at(cfn::Path{"Resources", r.id});
    for (const auto& [name, value] : r.properties.members())
      if (checked.error().message.ends_with("property " + name))
        at = document.key_at(cfn::Path{"Resources", r.id, "Properties", name});
    faults.push_back(Error("PropertyInvalid", r.id + ": " + checked.error().message).where(at));
  }
  return faults;
}

std::vector<ResourceChange> merge_changes(std::vector<ResourceChange> theirs,
                                          std::vector<ResourceChange> ours) {
  for (ResourceChange& their : theirs) {
    auto our = std::ranges::find(ours, their.logical_id, &ResourceChange::logical_id);
    if (our == ours.end()) continue;
    their.seen_by = ResourceChange::SeenBy::both;
    if (!our->details.empty()) their.details = std::move(our->details);
    if (!our->old_copy.empty()) their.old_copy = our->old_copy;
    their.data = our->data;
    // The graver of the two verdicts stands: a replacement must not be missed.
    if (our->replacement == "True" || their.replacement.empty())
      their.replacement = our->replacement;
    ours.erase(our);
  }
  std::ranges::move(ours, std::back_inserter(theirs));
  return theirs;
}

}  // namespace mainstay::stacks
