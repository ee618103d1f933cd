#include "formation/plan.hh"

#include "formation/hidden.hh"

#include "formation/provider.hh"
#include "formation/types.hh"

namespace mainstay::formation {
namespace {

// Both sides' outputs, as far as they are known.
Value outputs_of(const Prepared& p, const cfn::Environment& environment) {
  Value out = Value::map({});
  cfn::Context context{&p.tmpl, &p.parameters, &p.conditions, &environment, {}};
  for (const cfn::Output& o : p.tmpl.outputs) {
    if (!cfn::holds(o.condition, p.conditions)) continue;
    auto value = cfn::evaluate(o.value, context);
    auto name = cfn::evaluate(o.export_name, context);
    out.set(o.id, Value::list({value.has_value() ? *value : Value(), o.description,
                               name.has_value() ? *name : Value()}));
  }
  return out;
}

// What Fn::GetAZs gave when the stack's resources were made, by region.
Value zones_of_resources(const Call& call, const StackKey& key) {
  Value zones = Value::map({});
  for (const Value& r : rows_of(call, "resource", key.uuid()))
    for (const auto& [region, names] : r["_zones"].members()) zones.set(region, names);
  return zones;
}

// An update that asks for the same as before is none, whatever has changed around the stack.
bool asks_for_the_same(const Value& before, const Value& after) {
  return before["Body"] == after["Body"] && before["Resolved"] == after["Resolved"] &&
         before["Tags"] == after["Tags"];
}

void remember_zones(cfn::Environment& then, const Value& zones, const std::string& own_region) {
  then.get_azs = [zones, own_region, ask = then.get_azs](const std::string& region) {
    const Value* known = zones.find(region.empty() ? own_region : region);
    return known ? Result<Value>(*known) : ask(region);
  };
}

// Plans are shown, so they don't hold what is not to be seen.
void hide_values(Plan& plan, const Prepared& then, const Prepared& now) {
  for (cfn::ResourceChange& change : plan.changes) {
    std::set<std::string> hidden = hidden_properties(now, change.logical_id);
    hidden.merge(hidden_properties(then, change.logical_id));
    for (cfn::Cause& cause : change.causes) {
      if (!hidden.contains(cause.name)) continue;
      for (Value* value : {&cause.before, &cause.after})
        if (!value->is_null()) *value = hidden_value;
    }
  }
}

}  // namespace

Result<Plan> make_plan(Call& call, const StackKey& key, const Value& before, const Value& after) {
  Asker asker = asker_of(call);
  TRY(Prepared now, prepare(asker, key, after));
  Prepared then;
  if (!before.is_null()) {
    TRY(then, prepare(asker, key, before));
  }
  cfn::Environment now_environment = make_environment(asker, now.pseudo);
  cfn::Environment then_environment = make_environment(asker, then.pseudo);
  for (cfn::Environment* e : {&now_environment, &then_environment})
    e->import_value = [&call](const std::string& name) -> Result<Value> {
      if (const Value* found = call.find("export", name)) return (*found)["Value"];
      return validation_error("No export named " + name + " found.");
    };
  if (!before.is_null() && !asks_for_the_same(before, after))
    remember_zones(then_environment, zones_of_resources(call, key), key.region);
  const Types& types = Types::all();
  cfn::PlanOptions options;
  options.schema = [&types](const std::string& type) { return types.schema(type); };
  options.recreation = [](const std::string& type, const cfn::Path& path, const Value& was,
                          const Value& is) { return provider().recreation(type, path, was, is); };
  options.stack_tags_changed = !before.is_null() && before["Tags"] != after["Tags"];
  options.nested_stacks_change = true;
  Plan plan;
  TRY(plan.changes, cfn::plan_changes({&then.tmpl, &then.parameters, &then_environment},
                                      {&now.tmpl, &now.parameters, &now_environment}, options));
  hide_values(plan, then, now);
  plan.outputs_changed = outputs_of(then, then_environment) != outputs_of(now, now_environment);
  return plan;
}

}  // namespace mainstay::formation
