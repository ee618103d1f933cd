#include "formation/change_context.hh"

#include "base/json.hh"
#include "formation/hidden.hh"
#include "formation/wanted.hh"

namespace mainstay::formation {
namespace {

// Values that are not known stand for themselves.
Value shown_values(const Value& v) {
  if (v.is_bytes()) return known_after_apply;
  if (v.is_list()) {
    Value out = Value::list();
    for (const Value& item : v.items()) out.push_back(shown_values(item));
    return out;
  }
  if (!v.is_map()) return v;
  Value out = Value::map({});
  for (const auto& [name, item] : v.members()) out.set(name, shown_values(item));
  return out;
}

Value without_hidden(Value properties, const std::set<std::string>& hidden) {
  for (const std::string& name : hidden)
    if (properties.has(name)) properties.set(name, hidden_value);
  return properties;
}

using Rows = std::map<std::string, Value, std::less<>>;

// Where references lead: to what is there and stays, else to what is not known.
cfn::Environment environment_of(Call& call, const Prepared& prepared, const Rows& rows) {
  cfn::Environment out = make_environment(asker_of(call), prepared.pseudo);
  out.ref = [&rows](const std::string& id) -> Result<Value> {
    auto it = rows.find(id);
    return it == rows.end() ? Value(Bytes{id}) : it->second["PhysicalResourceId"];
  };
  out.get_att = [&rows](const std::string& id, const std::string& name) -> Result<Value> {
    auto it = rows.find(id);
    if (it == rows.end()) return Value(Bytes{id});
    auto found = attribute_of(it->second, name);
    return found.has_value() ? *found : Value(Bytes{id});
  };
  out.import_value = [&call](const std::string& name) -> Result<Value> {
    const Value* found = call.find("export", name);
    return found ? (*found)["Value"] : Value(Bytes{name});
  };
  out.resolve = [resolve = out.resolve](const std::string& service,
                                        const std::string& reference) -> Result<std::string> {
    if (service == "ssm") return resolve(service, reference);
    return "{{resolve:" + service + ":" + reference + "}}";
  };
  return out;
}

Result<Value> evaluated(const Prepared& prepared, const cfn::Environment& environment,
                        const std::string& id) {
  const cfn::Resource* declared = prepared.tmpl.find_resource(id);
  if (!declared) return Value();
  cfn::Context context{&prepared.tmpl,
                       &prepared.parameters,
                       &prepared.conditions,
                       &environment,
                       {"Resources", id, "Properties"}};
  TRY(Value properties, cfn::evaluate(declared->properties, context));
  if (!properties.is_map()) properties = Value::map({});
  return without_hidden(shown_values(properties), hidden_properties(prepared, id));
}

}  // namespace

Result<std::vector<ChangeContext>> contexts_of(Call& call, const StackKey& key, const Value& before,
                                               const Prepared& now, const Plan& plan) {
  Rows rows, none;
  for (const Value& r : rows_of(call, "resource", key.uuid()))
    if (is_present(r)) rows.emplace(r["LogicalResourceId"].as_string(), r);
  Rows staying = rows;
  for (const cfn::ResourceChange& change : plan.changes)
    if (change.replacement != cfn::Replacement::no) staying.erase(change.logical_id);
  Prepared then;
  if (!before.is_null()) {
    TRY(then, prepare(asker_of(call), key, before));
  }
  const cfn::Environment after = environment_of(call, now, staying),
                         unknown = environment_of(call, then, none);
  std::vector<ChangeContext> out;
  for (const cfn::ResourceChange& change : plan.changes) {
    ChangeContext context;
    auto row = rows.find(change.logical_id);
    if (change.action == cfn::Action::remove) {
      TRY(context.before, evaluated(then, unknown, change.logical_id));
    } else {
      TRY(context.after, evaluated(now, after, change.logical_id));
    }
    if (change.action == cfn::Action::modify && row != rows.end())
      context.before = without_hidden(
          row->second.has("_shown") ? row->second["_shown"] : row->second["Properties"],
          hidden_properties(then, change.logical_id));
    out.push_back(std::move(context));
  }
  return out;
}

}  // namespace mainstay::formation
