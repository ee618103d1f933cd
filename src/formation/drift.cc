#include "formation/drift.hh"
#include "formation/hidden.hh"

#include <algorithm>
#include <set>

#include "base/json.hh"
#include "formation/provider.hh"

namespace mainstay::formation {
namespace {

// What follows a dynamic reference is kept nowhere, and so not compared either.
bool has_reference(const Value& v) {
  return to_json(v).contains("{{resolve:");
}

// Tags that the stack gave the resource are no difference to what the template says of it.
bool is_from_stack(const std::string& key, const Value& value, const Value& expected,
                   const Value& given) {
  if (key.starts_with("aws:")) return true;
  for (const Value& tag : expected.items())
    if (tag["Key"].as_string() == key) return false;
  if (expected.is_map() && expected.has(key)) return false;
  return std::any_of(given.items().begin(), given.items().end(), [&](const Value& tag) {
    return tag["Key"].as_string() == key && tag["Value"] == value;
  });
}

Value without_stack_tags(const Value& actual, const Value& expected, const Value& given) {
  Value out = actual.is_map() ? Value::map({}) : Value::list();
  for (const auto& [key, value] : actual.members())
    if (!is_from_stack(key, value, expected, given)) out.set(key, value);
  for (const Value& tag : actual.items())
    if (!is_from_stack(tag["Key"].as_string(), tag["Value"], expected, given)) out.push_back(tag);
  return out;
}

Subject subject_of(cloud::Cloud& cloud, const cloud::Caller& caller, const StackKey& key,
                   const Value& r) {
  return Subject{cloud,
                 caller,
                 whereabouts_of(key, r),
                 r["Properties"].is_map() ? r["Properties"] : Value::map({}),
                 Value::map({}),
                 r["_tags"],
                 Value::list(),
                 Value(),
                 r["PhysicalResourceId"].as_string(),
                 r["Attributes"].is_map() ? r["Attributes"] : Value::map({})};
}

// What came of one detection.
struct Findings {
  std::vector<Value> drifts;
  bool failed = false;
};

Findings check_all(cloud::Cloud& cloud, const cloud::Caller& caller, const StackKey& key,
                   const std::vector<Value>& resources, Time at) {
  Findings out;
  for (const Value& r : resources) {
    if (cloud.is_ending()) return out;
    auto drift = check_drift(cloud, caller, key, r, at);
    if (!drift.has_value())
      out.failed = true;
    else if (!drift->is_null())
      out.drifts.push_back(std::move(*drift));
  }
  return out;
}

// The stack's state follows from all that is known of its resources.
void conclude(Call& call, const StackKey& key, Value detection, const Findings& findings) {
  for (const Value& drift : findings.drifts) keep_drift(call, key, drift);
  int64_t checked = 0, drifted = 0;
  for (const Value& r : rows_of(call, "resource", key.uuid())) {
    Value known = known_drift(call, r, key.uuid());
    if (known.is_null()) continue;
    ++checked;
    if (known["StackResourceDriftStatus"].as_string() != "IN_SYNC") ++drifted;
  }
  const char* status = drifted > 0       ? "DRIFTED"
                       : findings.failed ? "UNKNOWN"
                       : checked > 0     ? "IN_SYNC"
                                         : "NOT_CHECKED";
  detection.set("DetectionStatus", findings.failed ? "DETECTION_FAILED" : "DETECTION_COMPLETE")
      .set("StackDriftStatus", status)
      .set("DriftedStackResourceCount", drifted);
  if (findings.failed)
    detection.set("DetectionStatusReason",
                  "The stack drift detection operation has failed for at least one resource in the "
                  "stack. Results will be available for resources on which CloudFormation "
                  "successfully completed drift detection.");
  call.put("drift-detection", detection["StackDriftDetectionId"].as_string(), detection);
  auto stack = find_stack(call, key.id);
  if (!stack.has_value()) return;
  stack->set("DriftInformation", Value::map({{"StackDriftStatus", status},
                                             {"LastCheckTimestamp", detection["Timestamp"]}}));
  put_stack(call, *stack);
}

}  // namespace

bool is_running(const Value& detection) {
  return detection["DetectionStatus"].as_string() == "DETECTION_IN_PROGRESS";
}

Value known_drift(const Call& call, const Value& resource, std::string_view uuid) {
  const Value* found =
      call.find("resource-drift", row(uuid, resource["LogicalResourceId"].as_string()));
  if (!found || !is_present(resource)) return {};
  return (*found)["PhysicalResourceId"] == resource["PhysicalResourceId"] ? *found : Value();
}

void keep_drift(Call& call, const StackKey& key, const Value& drift) {
  call.put("resource-drift", row(key.uuid(), drift["LogicalResourceId"].as_string()), drift);
}

// A difference in what is hidden is told, and its values are not.
Value without_values(Value difference, const std::set<std::string>& hidden) {
  const std::string& path = difference["PropertyPath"].as_string();
  if (!hidden.contains(path.substr(1, path.find('/', 1) - 1))) return difference;
  for (const char* side : {"ExpectedValue", "ActualValue"})
    if (difference.has(side)) difference.set(side, hidden_value);
  return difference;
}

Result<Drift> compare_with_actual(cloud::Cloud& cloud, const cloud::Caller& caller,
                                  const StackKey& key, const Value& resource) {
  Subject s = subject_of(cloud, caller, key, resource);
  TRY(Actual found, provider().read(s));
  Drift out{found.can_be_read, found.exists, Value::map({}), Value::map({}), found.properties, {}};
  if (!found.can_be_read || !found.exists) return out;
  const cfn::Schema* schema = Types::all().schema(s.where.type);
  for (const auto& [name, value] : found.properties.members()) {
    const Value& wanted = s.properties[name];
    if (wanted.is_null() || has_reference(wanted)) continue;
    out.expected.set(name, wanted);
    bool tags = schema && schema->tag_property() == name;
    Value is = tags ? without_stack_tags(value, wanted, s.tags) : value;
    if (!is.is_null()) out.actual.set(name, std::move(is));
  }
  const Value& spec = Types::all().spec(s.where.type)["drift"];
  out.differences = compare_properties(out.expected, out.actual, schema, spec);
  return out;
}

Result<Value> check_drift(cloud::Cloud& cloud, const cloud::Caller& caller, const StackKey& key,
                          const Value& resource, Time at) {
  TRY(Drift found, compare_with_actual(cloud, caller, key, resource));
  if (!found.can_be_read) return Value();
  Value drift = Value::map({{"StackId", key.id},
                            {"LogicalResourceId", resource["LogicalResourceId"]},
                            {"PhysicalResourceId", resource["PhysicalResourceId"]},
                            {"ResourceType", resource["ResourceType"]},
                            {"StackResourceDriftStatus", "DELETED"},
                            {"PropertyDifferences", Value::list()},
                            {"Timestamp", at}});
  if (!found.exists) return drift;
  auto hidden = hidden_properties(resource);
  for (const PropertyDifference& d : found.differences)
    drift.member("PropertyDifferences").push_back(without_values(d.shown(), hidden));
  for (const std::string& name : hidden)
    for (Value* side : {&found.expected, &found.actual})
      if (side->has(name)) side->set(name, hidden_value);
  return drift.set("StackResourceDriftStatus", found.differences.empty() ? "IN_SYNC" : "MODIFIED")
      .set("ExpectedProperties", to_json(found.expected))
      .set("ActualProperties", to_json(found.actual));
}

Status run_detection(cloud::Cloud& cloud, const cloud::Place& place, const Value& detection_id) {
  Value detection;
  StackKey stack;
  std::vector<Value> resources;
  auto in_state = [&](const std::function<Status(Call&)>& work) {
    return cloud.update("cloudformation", place.account, place.region, work);
  };
  Status read = in_state([&](Call& call) -> Status {
    const Value* found = call.find("drift-detection", detection_id.as_string());
    if (!found) return {};
    detection = *found;
    stack = {place.account, place.region, detection["StackId"].as_string()};
    std::set<std::string> only;
    for (const Value& id : detection["_only"].items()) only.insert(id.as_string());
    for (const Value& r : rows_of(call, "resource", stack.uuid()))
      if (is_present(r) && (only.empty() || only.contains(r["LogicalResourceId"].as_string())))
        resources.push_back(r);
    return {};
  });
  if (!read.has_value() || !is_running(detection)) return read;
  Findings findings = check_all(cloud, to_caller(detection["_caller"]), stack, resources,
                                detection["Timestamp"].as_time());
  if (cloud.is_ending()) return Error("Interrupted", "the cloud ends", 500);
  return in_state([&](Call& call) -> Status {
    conclude(call, stack, detection, findings);
    return {};
  });
}

}  // namespace mainstay::formation
