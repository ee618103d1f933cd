#include "formation/template_values.hh"

#include <algorithm>

#include "formation/types.hh"

namespace mainstay::formation {
namespace {

Result<Value> unknown(const std::string& what) {
  return Value(Bytes{"${" + what + "}"});
}

// By the schema and by what our own spec of the type gives. Nested stacks and custom resources have
// what they turn out to have.
bool may_have_attribute(const std::string& type, const std::string& name) {
  const cfn::Schema* schema = Types::all().schema(type);
  if (!schema || Types::is_custom(type)) return true;
  if (type == "AWS::CloudFormation::Stack") return name.starts_with("Outputs.");
  if (schema->is_read_only(name) || schema->has_property(name.substr(0, name.find('.'))))
    return true;
  if (Types::all().spec(type)["attributes"].has(name)) return true;
  return std::any_of(schema->read_only().begin(), schema->read_only().end(),
                     [&](const std::string& known) {
                       return known.starts_with(name + ".") || name.starts_with(known + ".");
                     });
}

cfn::Environment environment_of(const Prepared& prepared) {
  cfn::Environment e;
  e.pseudo = prepared.pseudo;
  e.ref = e.import_value = e.get_azs = unknown;
  e.get_att = [&prepared](const std::string& id, const std::string& name) -> Result<Value> {
    const cfn::Resource* r = prepared.tmpl.find_resource(id);
    if (!r || may_have_attribute(r->type, name)) return unknown(id + "." + name);
    return validation_error("Template error: resource " + id + " does not support attribute type " +
                            name + " in Fn::GetAtt");
  };
  return e;
}

}  // namespace

Result<Value> known_properties(const Prepared& prepared, const cfn::Resource& resource) {
  const cfn::Environment environment = environment_of(prepared);
  cfn::Context context{&prepared.tmpl,
                       &prepared.parameters,
                       &prepared.conditions,
                       &environment,
                       {"Resources", resource.id, "Properties"}};
  TRY(Value properties, cfn::evaluate(resource.properties, context));
  return properties.is_null() ? Value::map({}) : properties;
}

Status check_values(const Prepared& prepared) {
  const cfn::Environment environment = environment_of(prepared);
  cfn::Context context{
      &prepared.tmpl, &prepared.parameters, &prepared.conditions, &environment, {}};
  for (const cfn::Resource& r : prepared.tmpl.resources) {
    if (!cfn::holds(r.condition, prepared.conditions)) continue;
    context.path = {"Resources", r.id, "Properties"};
    CHECK_OK(cfn::evaluate(r.properties, context));
  }
  for (const cfn::Output& o : prepared.tmpl.outputs) {
    if (!cfn::holds(o.condition, prepared.conditions)) continue;
    context.path = {"Outputs", o.id, "Value"};
    CHECK_OK(cfn::evaluate(o.value, context));
  }
  return {};
}

}  // namespace mainstay::formation
