#include "formation/drift_revert.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "formation/hidden.hh"
#include "formation/provider.hh"
#include "formation/template_values.hh"

namespace mainstay::formation {
namespace {

// "/Tags/0/Value" as {"Tags", "0", "Value"}
cfn::Path steps_of(const std::string& path) {
  return split(path.substr(1), "/");
}

std::string text_of_value(const Value& v) {
  return v.is_bytes()    ? "{{changeSet:KNOWN_AFTER_APPLY}}"
         : v.is_scalar() ? v.to_text()
                         : to_json(v);
}

bool is_foreign_tag(const PropertyDifference& d, const cfn::Schema* schema) {
  return schema && steps_of(d.path).front() == schema->tag_property() && d.expected.is_null();
}

bool is_immutable(const cfn::Schema* schema, const PropertyDifference& d) {
  return schema && schema->recreation(steps_of(d.path)) == cfn::Recreation::always;
}

// Of the tags that CloudFormation gave it: those that are gone or otherwise, as they are.
Value actual_tags(const Value& given, const Value& found) {
  Value out = Value::list();
  for (Value tag : given.items()) {
    const std::string& key = tag["Key"].as_string();
    if (found.is_map()) {
      if (key.starts_with("aws:"))
        out.push_back(tag);
      else if (found.has(key))
        out.push_back(tag.set("Value", found[key]));
      continue;
    }
    auto it = std::find_if(found.items().begin(), found.items().end(),
                           [&](const Value& t) { return t["Key"] == tag["Key"]; });
    if (it != found.items().end())
      out.push_back(tag.set("Value", (*it)["Value"]));
    else if (key.starts_with("aws:"))
      out.push_back(tag);
  }
  return out;
}

Value ignored_attributes(const Value& resource, const cfn::Schema* schema, const Value& spec) {
  Value out = Value::list();
  std::set<std::string> paths;
  auto ignore = [&](const std::string& path, const char* reason) {
    if (resource["Properties"].has(path.substr(0, path.find('/'))) && paths.insert(path).second)
      out.push_back(Value::map({{"Path", "/Properties/" + path}, {"Reason", reason}}));
  };
  for (const std::string& name : hidden_properties(resource)) ignore(name, "SENSITIVE_PROPERTY");
  for (const Value& path : spec["unread"].items()) ignore(path.as_string(), "WRITE_ONLY_PROPERTY");
  if (schema)
    for (const std::string& name : schema->write_only())
      ignore(replace_all(name, ".", "/"), "WRITE_ONLY_PROPERTY");
  return out;
}

ActualState state_of(const Asker& asker, const StackKey& key, const Value& resource) {
  const std::string& type = resource["ResourceType"].as_string();
  ActualState out;
  auto found = compare_with_actual(asker.cloud, asker.caller, key, resource);
  out.status = !found.has_value()           ? "UNKNOWN"
               : !found->can_be_read        ? "UNSUPPORTED"
               : !found->exists             ? "DELETED"
               : found->differences.empty() ? "IN_SYNC"
                                            : "MODIFIED";
  out.properties = resource["Properties"];
  out.tags = resource["_tags"];
  if (out.status != "IN_SYNC" && out.status != "MODIFIED") return out;
  const cfn::Schema* schema = Types::all().schema(type);
  out.ignored = ignored_attributes(resource, schema, Types::all().spec(type)["drift"]);
  auto hidden = hidden_properties(resource);
  bool tags_differ = false;
  for (const PropertyDifference& d : found->differences) {
    const std::string name = steps_of(d.path).front();
    if (is_foreign_tag(d, schema) || is_immutable(schema, d) || hidden.contains(name)) continue;
    out.differences.push_back(d);
    tags_differ |= schema && schema->tag_property() == name;
    out.properties.erase(name);
    if (const Value& is = found->found[name]; !is.is_null()) out.properties.set(name, is);
  }
  if (tags_differ) out.tags = actual_tags(resource["_tags"], found->found[schema->tag_property()]);
  return out;
}

// One property that drifted, as a ResourceChangeDetail. "NoModification entities are changes made
// to the template that matches the actual state of the resource" (API reference, ChangeSource).
Value detail_of(const PropertyDifference& d, const Value& desired, const cfn::Schema* schema,
                Time at) {
  const cfn::Path steps = steps_of(d.path);
  bool is_tag = schema && steps.front() == schema->tag_property();
  bool same = !desired.is_null() && !d.actual.is_null() &&
              text_of_value(desired) == text_of_value(d.actual);
  Value drift = Value::map({{"DriftDetectionTimestamp", at}});
  if (!d.expected.is_null()) drift.set("PreviousValue", text_of_value(d.expected));
  if (!d.actual.is_null()) drift.set("ActualValue", text_of_value(d.actual));
  Value target =
      Value::map({{"Attribute", is_tag ? "Tags" : "Properties"},
                  {"RequiresRecreation",
                   schema && !is_tag ? cfn::recreation_name(schema->recreation(steps)) : "Never"},
                  {"Path", "/Properties" + d.path},
                  {"Drift", std::move(drift)},
                  {"AttributeChangeType", same                 ? "SyncWithActual"
                                          : d.actual.is_null() ? "Add"
                                          : desired.is_null()  ? "Remove"
                                                               : "Modify"}});
  if (!is_tag) target.set("Name", steps.front());
  if (!d.actual.is_null())
    target.set("BeforeValue", text_of_value(d.actual)).set("BeforeValueFrom", "ACTUAL_STATE");
  if (!desired.is_null())
    target.set("AfterValue", text_of_value(desired)).set("AfterValueFrom", "TEMPLATE");
  return Value::map({{"Target", std::move(target)},
                     {"Evaluation", "Static"},
                     {"ChangeSource", same ? "NoModification" : "DirectModification"}});
}

class DriftAdder {
 public:
  DriftAdder(List& changes, const Prepared& now, Time at) : changes_(changes), now_(now), at_(at) {}

  void add(const Value& resource, const ActualState& state) {
    const std::string& id = resource["LogicalResourceId"].as_string();
    const cfn::Resource* declared = now_.tmpl.find_resource(id);
    bool stays = declared && now_.dependencies.needs.contains(id) &&
                 declared->type == resource["ResourceType"].as_string();
    Value* change = find(id);
    if (change) annotate(*change, resource, state);
    if (!stays || !state.is_brought_back()) return;
    if (!change) {
      changes_.push_back(
          Value::map({{"Type", "Resource"}, {"ResourceChange", new_change(resource, state)}}));
      change = find(id);
    }
    change->erase("_is_none");
    if (state.is_gone()) {
      change->set("Action", "Add");
      change->erase("Replacement");
      return;
    }
    auto desired = known_properties(now_, *declared);
    for (const PropertyDifference& d : state.differences)
      put_detail(*change, d, resource, desired.has_value() ? *desired : Value());
    conclude(*change);
  }

 private:
  Value* find(const std::string& id) {
    for (Value& change : changes_)
      if (change["ResourceChange"]["LogicalResourceId"].as_string() == id)
        return &change.member("ResourceChange");
    return nullptr;
  }

  // As change sets tell whole resources.
  static std::string context_of(Value properties, const Value& resource) {
    for (const std::string& name : hidden_properties(resource))
      if (properties.has(name)) properties.set(name, hidden_value);
    return to_json(Value::map({{"Properties", std::move(properties)}}));
  }

  static void annotate(Value& change, const Value& resource, const ActualState& state) {
    if (!state.differences.empty())
      change.set("BeforeContext", context_of(state.properties, resource));
    change.set("ResourceDriftStatus", state.status)
        .set("PreviousDeploymentContext", context_of(resource["Properties"], resource));
    if (!state.ignored.empty()) change.set("ResourceDriftIgnoredAttributes", state.ignored);
  }

  Value new_change(const Value& resource, const ActualState& state) const {
    Value change = Value::map({{"Action", "Modify"},
                               {"LogicalResourceId", resource["LogicalResourceId"]},
                               {"PhysicalResourceId", resource["PhysicalResourceId"]},
                               {"ResourceType", resource["ResourceType"]},
                               {"Replacement", "False"},
                               {"Scope", Value::list()},
                               {"Details", Value::list()},
                               {"AfterContext", context_of(resource["Properties"], resource)}});
    annotate(change, resource, state);
    return change;
  }

  // What the template wants at a path: as it was deployed, unless the template changes it.
  void put_detail(Value& change, const PropertyDifference& d, const Value& resource,
                  const Value& desired) {
    const cfn::Schema* schema = Types::all().schema(resource["ResourceType"].as_string());
    const std::string path = "/Properties" + d.path, name = steps_of(d.path).front();
    Value& details = change.member("Details");
    auto is_of = [&](const Value& detail) {
      const Value& target = detail["Target"];
      return target["Path"].as_string() == path || target["Name"].as_string() == name;
    };
    bool changes_it = std::any_of(
        details.items().begin(), details.items().end(),
        [&](const Value& detail) { return is_of(detail) && !detail["Target"].has("Drift"); });
    Value wanted = d.expected;
    if (changes_it) {
      wanted = desired;
      for (const std::string& step : steps_of(d.path))
        wanted = wanted.is_list() ? item_at(wanted, step) : Value(wanted[step]);
    }
    std::erase_if(details.make_list(), [&](const Value& detail) {
      return detail["Target"]["Path"].as_string() == path && !detail["Target"].has("Drift");
    });
    details.push_back(detail_of(d, wanted, schema, at_));
    const Value scope = details.items().back()["Target"]["Attribute"];
    const List& scopes = change["Scope"].items();
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end())
      change.member("Scope").push_back(scope);
  }

  static Value item_at(const Value& list, const std::string& step) {
    auto index = parse_int(step);
    bool is_there = index && *index >= 0 && static_cast<size_t>(*index) < list.size();
    return is_there ? list.at(static_cast<size_t>(*index)) : Value();
  }

  static void conclude(Value& change) {
    const List& details = change["Details"].items();
    bool only_sync = std::all_of(details.begin(), details.end(), [](const Value& detail) {
      return detail["Target"]["AttributeChangeType"].as_string() == "SyncWithActual";
    });
    if (only_sync && change["Action"].as_string() == "Modify") {
      change.set("Action", "SyncWithActual");
      change.erase("Replacement");
    }
  }

  List& changes_;
  const Prepared& now_;
  Time at_;
};

}  // namespace

ActualStates read_actual_states(const Asker& asker, const StackKey& key,
                                const std::vector<Value>& resources) {
  ActualStates out;
  for (const Value& r : resources)
    if (is_present(r)) out[r["LogicalResourceId"].as_string()] = state_of(asker, key, r);
  return out;
}

const char* drift_status_of(const ActualStates& states) {
  auto any = [&](std::string_view status) {
    return std::any_of(states.begin(), states.end(),
                       [&](const auto& state) { return state.second.status == status; });
  };
  return any("MODIFIED") || any("DELETED") ? "DRIFTED" : any("UNKNOWN") ? "UNKNOWN" : "IN_SYNC";
}

void add_drift(List& changes, const ActualStates& states, const std::vector<Value>& resources,
               const Prepared& now, Time at) {
  DriftAdder adder(changes, now, at);
  for (const Value& r : resources)
    if (auto it = states.find(r["LogicalResourceId"].as_string()); it != states.end())
      adder.add(r, it->second);
}

Value kept_states(const ActualStates& states) {
  Value out = Value::map({});
  for (const auto& [id, state] : states) {
    if (!state.is_brought_back()) continue;
    Value kept = Value::map({{"Gone", state.is_gone()}});
    if (!state.is_gone()) kept.set("Properties", state.properties).set("Tags", state.tags);
    out.set(id, std::move(kept));
  }
  return out;
}

}  // namespace mainstay::formation
