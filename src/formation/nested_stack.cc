// AWS::CloudFormation::Stack: a stack of its own, with runs of its own, whose end wakes its parent.
#include "base/text.hh"
#include "formation/engine.hh"
#include "formation/requests.hh"
#include "formation/special.hh"

namespace mainstay::formation {
namespace {

constexpr size_t child_name_max = 128;

// What was acknowledged of the parent holds for its nested stacks (API reference, CreateStack,
// Capabilities, on nested stacks with macros).
Value request_of(const Subject& s, const std::string& name, const Value& parent) {
  Value capabilities = Value::list({"CAPABILITY_NAMED_IAM"});
  for (const Value& capability : parent["Capabilities"].items())
    if (capability.as_string() == "CAPABILITY_AUTO_EXPAND") capabilities.push_back(capability);
  Value parameters = Value::list();
  for (const auto& [key, value] : s.properties["Parameters"].members())
    parameters.push_back(Value::map({{"ParameterKey", key}, {"ParameterValue", value.to_text()}}));
  Value tags = Value::list();
  for (const Value& tag : s.tags.items())
    if (!tag["Key"].as_string().starts_with("aws:")) tags.push_back(tag);
  return Value::map({{"StackName", name},
                     {"TemplateURL", s.properties["TemplateURL"]},
                     {"Parameters", parameters},
                     {"NotificationARNs", s.properties["NotificationARNs"]},
                     {"Capabilities", capabilities},
                     {"Tags", tags}});
}

StackKey child_key(const Subject& s) {
  return {s.where.account, s.where.region, s.physical_id};
}

Status in_state(Subject& s, const std::function<Status(Call&)>& work) {
  return s.cloud.update("cloudformation", s.where.account, s.where.region,
                        [&](Call& call) -> Status {
                          call.caller = s.caller;
                          // The same each time that it is asked, as macros want to know it.
                          call.request_id = s.operation + "/" + s.where.logical_id;
                          return work(call);
                        });
}

void take_outputs(Subject& s, const Value& child) {
  s.attributes = Value::map({});
  for (const Value& o : child["Outputs"].items())
    s.attributes.set("Outputs." + o["OutputKey"].as_string(), o["OutputValue"]);
}

// What this very operation of the parent has begun on the child, maybe before the process was
// killed, is not begun again.
Status mark_begun(Call& call, const Subject& s) {
  TRY(Value child, find_stack(call, s.physical_id));
  put_stack(call, child.set("_begun_by", s.operation));
  return {};
}

bool has_begun(const Value& child, const Subject& s) {
  return child["_begun_by"].as_string() == s.operation;
}

// Once the child has come to its end: whether that is a good one, and its outputs.
Status end_of_child(Subject& s, std::string_view good) {
  StackKey key = child_key(s);
  Value child;
  CHECK_OK(in_state(s, [&](Call& call) -> Status {
    TRY(child, find_stack(call, key.id));
    if (!s.is_unwanted || !in_progress(child) || child["_operation"]["Cancel"].as_bool()) return {};
    child.member("_operation").set("Cancel", true);
    put_stack(call, child);
    wake(call, key);
    return {};
  }));
  if (in_progress(child)) return not_yet();
  if (child["StackStatus"].as_string() != good)
    return validation_error("Embedded stack " + key.id + " was not successfully " +
                            (good == "DELETE_COMPLETE" ? "deleted" : "created or updated") + ": " +
                            child["StackStatusReason"].as_string());
  take_outputs(s, child);
  return {};
}

}  // namespace

Status create_nested(Subject& s) {
  bool waits = false;
  std::string name = physical_name(s.where, {child_name_max, false});
  CHECK_OK(in_state(s, [&](Call& call) -> Status {
    if (auto begun = find_stack(call, name); begun.has_value() && has_begun(*begun, s)) {
      s.physical_id = (*begun)["StackId"].as_string();
      return {};
    }
    TRY(Value parent, find_stack(call, s.where.stack_id));
    Value in = request_of(s, name, parent);
    in.set("OnFailure", "DO_NOTHING");
    if (auto minutes = parse_int(s.properties["TimeoutInMinutes"].to_text()))
      in.set("TimeoutInMinutes", *minutes);
    auto out = begin_create(call, in, parent);
    if (!out.has_value() && is_not_yet(out.error())) {
      waits = true;  // for a macro; that it was asked for is kept
      return {};
    }
    if (!out.has_value()) return out.error();
    s.physical_id = (*out)["StackId"].as_string();
    wake(call, child_key(s));
    return mark_begun(call, s);
  }));
  if (waits && s.is_unwanted) return Error("Cancelled", "Resource creation cancelled");
  if (waits) return not_yet();
  CHECK_OK(s.initiated());
  return end_of_child(s, "CREATE_COMPLETE");
}

Status update_nested(Subject& s) {
  bool unchanged = false, waits = false;
  CHECK_OK(in_state(s, [&](Call& call) -> Status {
    TRY(Value child, find_stack(call, s.physical_id));
    if (has_begun(child, s)) return {};
    TRY(Value parent, find_stack(call, s.where.stack_id));
    auto begun = begin_update(call, request_of(s, s.physical_id, parent));
    waits = !begun.has_value() && is_not_yet(begun.error());
    if (waits) return {};
    unchanged = !begun.has_value() && begun.error().message == "No updates are to be performed.";
    if (unchanged) take_outputs(s, child);
    if (!begun.has_value()) return unchanged ? Status() : Status(begun.error());
    CHECK_OK(s.may_change());
    wake(call, child_key(s));
    return mark_begun(call, s);
  }));
  if (waits) return not_yet();
  return unchanged ? Status() : end_of_child(s, "UPDATE_COMPLETE");
}

Status remove_nested(Subject& s) {
  CHECK_OK(in_state(s, [&](Call& call) -> Status {
    TRY(Value child, find_stack(call, s.physical_id));
    if (has_begun(child, s)) return {};
    CHECK_OK(begin_delete(call, Value::map({{"StackName", s.physical_id}})));
    wake(call, child_key(s));
    return mark_begun(call, s);
  }));
  return end_of_child(s, "DELETE_COMPLETE");
}

}  // namespace mainstay::formation
