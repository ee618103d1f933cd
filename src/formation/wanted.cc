#include "formation/wanted.hh"

#include "base/json.hh"
#include "formation/operation.hh"
#include "formation/recorded.hh"

namespace mainstay::formation {
namespace {

// What a template says of a resource besides its properties; kept with it.
Status keep_policies(const cfn::Resource& declared, cfn::Context& context, Value& r) {
  const std::pair<const char*, const Value*> parts[] = {
      {"_deletion_policy", &declared.deletion_policy},
      {"_replace_policy", &declared.update_replace_policy},
      {"_creation_policy", &declared.creation_policy},
      {"Metadata", &declared.metadata}};
  for (auto [name, part] : parts) {
    r.erase(name);
    if (part->is_null()) continue;
    TRY(Value v, cfn::evaluate(*part, context));
    r.set(name, std::move(v));
  }
  return {};
}

constexpr const char* hidden = "****";

Value masked(const Value& v) {
  if (!v.is_list()) return hidden;
  return Value(List(v.items().size(), Value(hidden)));
}

// Properties as events show them: without the values of parameters that are NoEcho ("Parameters",
// user guide) and of secrets that are referred to. Null where there is nothing to hide.
Value shown_properties(const Prepared& prepared, const cfn::Resource& declared,
                       const cfn::Context& context) {
  Map parameters = prepared.parameters;
  bool hides = to_json(declared.properties).contains("{{resolve:");
  for (const cfn::Parameter& p : prepared.tmpl.parameters)
    if (p.no_echo && parameters.find(p.name)) {
      parameters.set(p.name, masked(*parameters.find(p.name)));
      hides = true;
    }
  if (!hides) return {};
  cfn::Environment env = *context.environment;
  env.resolve = [resolve = env.resolve](const std::string& service,
                                        const std::string& reference) -> Result<std::string> {
    if (service == "ssm") return resolve(service, reference);
    return "{{resolve:" + service + ":" + reference + "}}";
  };
  cfn::Context hidden_context = context;
  hidden_context.parameters = &parameters;
  hidden_context.environment = &env;
  auto shown = cfn::evaluate(declared.properties, hidden_context);
  // What can't be told without the hidden value is not told.
  return shown.has_value() ? std::move(*shown) : Value::map({});
}

// Null where there is none.
Value known_attribute(const Value& r, const std::string& name) {
  if (const Value* known = r["Attributes"].find(name)) return *known;
  const std::string& type = r["ResourceType"].as_string();
  if (Types::is_custom(type)) return {};
  const Value& property = r["Properties"].at_path(name);
  const cfn::Schema* schema = Types::all().schema(type);
  if (!property.is_null() || !schema) return property;
  bool made_up = Types::all().spec(type).is_null() &&
                 (schema->is_read_only(name) || schema->has_property(name));
  if (!made_up) return {};
  Whereabouts w{"", "", "", r["LogicalResourceId"].as_string(), type, 0};
  return recorded_attribute({w, *schema, r["Properties"]}, name,
                            r["PhysicalResourceId"].as_string());
}

}  // namespace

Result<Value> attribute_of(const Value& r, const std::string& name) {
  Value v = known_attribute(r, name);
  if (!v.is_null()) return v;
  if (Types::is_custom(r["ResourceType"].as_string()))
    return validation_error("CustomResource attribute error: Vendor response doesn't contain " +
                            name + " attribute in object " + r["PhysicalResourceId"].as_string());
  return validation_error("Template error: resource " + r["LogicalResourceId"].as_string() +
                          " does not support attribute type " + name + " in Fn::GetAtt");
}

Result<Value> resource_document(const Prepared& prepared, cfn::Environment env,
                                const std::string& region, const std::string& id) {
  const cfn::Resource& declared = *prepared.tmpl.find_resource(id);
  Value zones = Value::map({});
  env.get_azs = [&, ask = env.get_azs](const std::string& of) -> Result<Value> {
    TRY(Value found, ask(of));
    zones.set(of.empty() ? region : of, found);
    return found;
  };
  cfn::Context context{&prepared.tmpl,
                       &prepared.parameters,
                       &prepared.conditions,
                       &env,
                       {"Resources", id, "Properties"}};
  TRY(Value properties, cfn::evaluate(declared.properties, context));
  if (!properties.is_map()) properties = Value::map({});
  if (const cfn::Schema* schema = Types::all().schema(declared.type);
      schema && !Types::is_custom(declared.type)) {
    TRY(properties, schema->check_properties(properties, id));
  }
  Value r = Value::map({{"LogicalResourceId", id},
                        {"PhysicalResourceId", ""},
                        {"ResourceType", declared.type},
                        {"Properties", properties},
                        {"Attributes", Value::map({})}});
  if (Value shown = shown_properties(prepared, declared, context); !shown.is_null())
    r.set("_shown", std::move(shown));
  CHECK_OK(keep_policies(declared, context, r));
  if (!zones.empty()) r.set("_zones", std::move(zones));
  Value needs = Value::list();
  for (const std::string& need : prepared.dependencies.needs.at(id)) needs.push_back(need);
  r.set("_needs", std::move(needs));
  return r;
}

cfn::Environment Operation::environment(const Prepared& prepared) {
  cfn::Environment e = make_environment(asker(), prepared.pseudo);
  e.ref = [this](const std::string& id) -> Result<Value> {
    return resource(id)["PhysicalResourceId"];
  };
  e.get_att = [this](const std::string& id, const std::string& name) -> Result<Value> {
    return attribute_of(resource(id), name);
  };
  e.import_value = [this](const std::string& name) -> Result<Value> {
    Value found;
    CHECK_OK(commit([&](Call& call) -> Status {
      const Value* row_found = call.find("export", name);
      if (!row_found) return validation_error("No export named " + name + " found.");
      found = (*row_found)["Value"];
      return {};
    }));
    imports_.insert(name);
    return found;
  };
  return e;
}

Result<Value> Operation::wanted_resource(const Prepared& prepared, const std::string& id) {
  TRY(Value r, resource_document(prepared, environment(prepared), key_.region, id));
  Value tags = effective_tags(id, r["ResourceType"].as_string(), r["Properties"]);
  return r.set("_tags", std::move(tags));
}

}  // namespace mainstay::formation
