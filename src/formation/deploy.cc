// Bringing resources to what the template wants: see operation.hh.
#include <algorithm>

#include "base/text.hh"
#include "formation/creation_policy.hh"
#include "formation/operation.hh"
#include "formation/secure_reference.hh"
#include "formation/stack_policy.hh"
#include "formation/template_source.hh"

namespace mainstay::formation {
namespace {

constexpr std::string_view replacing_reason =
    "Requested update requires the creation of a new physical resource; hence creating one.";

bool has_started_making(const Value& r) {
  return r["_incomplete"].as_bool() && !r["PhysicalResourceId"].as_string().empty();
}

Result<Value> follow_references(const Asker& asker, const std::string& type, const Value& v) {
  CHECK_OK(check_secure_references(type, v));
  return cfn::resolve_dynamic_references(v, make_environment(asker, {}));
}

// The former document's bookkeeping goes over to the one that takes its place.
void take_over(Value& to, const Value& from, std::initializer_list<const char*> members) {
  for (const char* member : members)
    if (from.has(member)) to.set(member, from[member]);
}

// The event of its beginning shows what the resource is to be.
void announce(Value& present, const Value& wanted) {
  present.set("_announced", wanted.has("_shown") ? wanted["_shown"] : wanted["Properties"]);
}

}  // namespace

// Dynamic references are followed only now, so that no document holds what they hide.
Status Operation::make(Subject& s, Value& r) {
  TRY(s.properties, follow_references(asker(), s.where.type, s.properties));
  s.initiated = [&]() -> Status {
    if (has_started_making(r) && r["PhysicalResourceId"].as_string() == s.physical_id) return {};
    r.set("PhysicalResourceId", s.physical_id)
        .set("Attributes", s.attributes)
        .set("_state", s.state)
        .set("_incomplete", true);
    bool replaces = r["_prefix"].as_string() == "UPDATE";
    return set_status(r, replaces ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS",
                      "Resource creation Initiated");
  };
  Status made = provider().create(s);
  if (made.has_value()) made = await_signals(s);
  r.set("PhysicalResourceId", s.physical_id).set("Attributes", s.attributes);
  if (made.has_value()) {
    r.erase("_incomplete");
    r.erase("_state");
  }
  return made;
}

// What was made is kept before the answers that told of it are forgotten.
Status Operation::made(const Subject& s, Value& r, std::string_view status,
                       std::string_view reason) {
  CHECK_OK(set_status(r.set("_done_by", step()), status, reason));
  cloud_.forget_answers(key_.account, key_.region, s.calls);
  return {};
}

Status Operation::create_one(Value wanted, const Value& present) {
  const Value& there = stack_["_operation"]["Imports"][wanted["LogicalResourceId"].as_string()];
  if (there.is_string()) return import_one(std::move(wanted), there.as_string());
  const bool goes_on = has_begun(present);
  wanted.set("_prefix", "CREATE").set("_made_by", operation_id()).set("_begun_by", step());
  if (goes_on) {
    take_over(wanted, present,
              {"_prefix", "_made_by", "_incomplete", "_state", "PhysicalResourceId", "Attributes",
               "LastUpdatedTimestamp"});
  } else {
    CHECK_OK(commit([&](Call& call) -> Status {
      note_former(
          call, wanted["LogicalResourceId"].as_string(),
          Value::map({{"LogicalResourceId", wanted["LogicalResourceId"]}, {"_added", true}}));
      return {};
    }));
    CHECK_OK(set_status(wanted, "CREATE_IN_PROGRESS"));
  }
  const std::string prefix = wanted["_prefix"].as_string();
  Subject s = subject(wanted);
  Status done = make(s, wanted);
  if (done.has_value()) return made(s, wanted, prefix + "_COMPLETE", s.note);
  wanted.set("ResourceStatus", prefix + "_IN_PROGRESS");
  if (is_not_yet(done.error()) || is_blocked(done.error())) return put_off(s, wanted, done.error());
  bool cancelled = done.error().code == "Cancelled";
  CHECK_OK(made(s, wanted, prefix + "_FAILED",
                cancelled ? "Resource creation cancelled" : done.error().message));
  return done;
}

Status Operation::update_one(Value present, const Value& wanted) {
  const std::string id = present["LogicalResourceId"].as_string();
  const Value former = present;
  if (!has_begun(present)) {
    present.set("_attempted", wanted["Properties"])
        .set("_prefix", "UPDATE")
        .set("_begun_by", step());
    CHECK_OK(commit([&](Call& call) -> Status {
      note_former(call, id, former);
      return {};
    }));
    announce(present, wanted);
    CHECK_OK(set_status(present, "UPDATE_IN_PROGRESS"));
  }
  Value next = wanted;
  take_over(next, present,
            {"PhysicalResourceId", "Attributes", "_generation", "_state", "_made_in", "_made_as"});
  next.set("_prefix", "UPDATE");
  Subject s = subject(next);
  const Value actual = actual_state(former);
  s.before = actual.is_null() ? former["Properties"] : actual["Properties"];
  s.tags_before = actual.is_null() ? former["_tags"] : actual["Tags"];
  s.may_change = [&] { return check_policy(update_action::modify, former); };
  auto resolved = follow_references(asker(), s.where.type, s.properties);
  Status done = resolved.has_value() ? Status() : Status(resolved.error());
  if (done.has_value()) {
    s.properties = *resolved;
    done = provider().update(s);
  }
  if (done.has_value()) {
    // Some types are replaced only once they say so: their new id tells (custom resources).
    if (s.physical_id != present["PhysicalResourceId"].as_string()) CHECK_OK(leave_over(present));
    next.set("Attributes", s.attributes).set("PhysicalResourceId", s.physical_id);
    next.erase("_state");
    return made(s, next, "UPDATE_COMPLETE", s.note);
  }
  if (is_not_yet(done.error()) || is_blocked(done.error()))
    return put_off(s, present, done.error());
  present.erase("_state");
  if (is_refused(done.error())) present.erase("_attempted");
  CHECK_OK(made(s, present, "UPDATE_FAILED", done.error().message));
  return done;
}

// For the clean-up.
Status Operation::leave_over(const Value& old) {
  return commit([&](Call& call) -> Status {
    call.put("leftover", row(key_.uuid(), old["PhysicalResourceId"].as_string()), old);
    return {};
  });
}

// The new one before the old one goes; that one is left over for the clean-up.
Status Operation::replace_one(Value present, Value wanted) {
  const std::string id = present["LogicalResourceId"].as_string();
  const Value old = present;
  wanted.set("_prefix", "UPDATE")
      .set("_made_by", operation_id())
      .set("_begun_by", step())
      .set("_generation", present["_generation"].as_int() + 1);
  if (!has_begun(present)) {
    CHECK_OK(commit([&](Call& call) -> Status {
      note_former(call, id, old);
      call.put("leftover", row(key_.uuid(), old["PhysicalResourceId"].as_string()), old);
      return {};
    }));
    announce(present, wanted);
    CHECK_OK(set_status(present.set("_begun_by", step()), "UPDATE_IN_PROGRESS", replacing_reason));
  }
  Subject s = subject(wanted);
  Status done = make(s, wanted);
  if (done.has_value()) return made(s, wanted, "UPDATE_COMPLETE", s.note);
  // One that has an id by now is half made, and stands as such; else nothing has changed yet.
  if (is_not_yet(done.error()) || is_blocked(done.error())) {
    if (s.physical_id.empty()) return done;
    wanted.set("ResourceStatus", "UPDATE_IN_PROGRESS");
    return put_off(s, wanted, done.error());
  }
  if (s.physical_id.empty()) wanted = old;
  CHECK_OK(made(s, wanted, "UPDATE_FAILED", done.error().message));
  return done;
}

// A resource that this operation was making when its last run ended is made as if for the first
// time: its calls get the answers they got then. One that failed is taken away and made anew, under
// another name.
Status Operation::take_up_half_made(Value& present) {
  bool under_way = present["ResourceStatus"].as_string().ends_with("_IN_PROGRESS");
  if (under_way && present["_made_by"] == operation_id()) return {};
  if (!present["PhysicalResourceId"].as_string().empty()) {
    Subject s = subject(present);
    CHECK_OK(provider().remove(s));
  }
  present = Value::map({{"_generation", present["_generation"].as_int() + 1}});
  return {};
}

Status Operation::deploy_one(const Prepared& prepared, const std::string& id) {
  Value present = resource(id);
  if (is_done(present))
    return present["ResourceStatus"].as_string().ends_with("_FAILED")
               ? Status(validation_error(present["ResourceStatusReason"].as_string()))
               : Status();
  auto wanted = wanted_resource(prepared, id);
  const std::string status = present["ResourceStatus"].as_string();
  bool half_made = present["_incomplete"].as_bool() || status == "CREATE_IN_PROGRESS" ||
                   status == "CREATE_FAILED";
  if (half_made) CHECK_OK(take_up_half_made(present));
  // One that is gone is made anew, and taken away again if the update is rolled back.
  if (actual_state(present)["Gone"].as_bool())
    present = Value::map({{"_generation", present["_generation"].as_int() + 1}});
  bool there = !half_made && is_present(present);
  if (!wanted.has_value()) {
    Value failed = there ? present
                         : Value::map({{"LogicalResourceId", id},
                                       {"PhysicalResourceId", ""},
                                       {"ResourceType", prepared.tmpl.find_resource(id)->type}});
    CHECK_OK(set_status(failed, there ? "UPDATE_FAILED" : "CREATE_FAILED", wanted.error().message));
    return wanted.error();
  }
  if (there) return change_one(std::move(present), *wanted);
  wanted->set("_generation", present["_generation"].as_int());
  return create_one(*wanted, present);
}

Status Operation::change_one(Value present, const Value& wanted) {
  const std::string& type = present["ResourceType"].as_string();
  const Value actual = actual_state(present);
  const Value& before = actual.is_null() ? present["Properties"] : actual["Properties"];
  const Value& tags_before = actual.is_null() ? present["_tags"] : actual["Tags"];
  auto changes = cfn::diff_properties(before, wanted["Properties"], Types::all().schema(type));
  bool nested = type == "AWS::CloudFormation::Stack";
  if (changes.empty() && tags_before == wanted["_tags"] && !nested) {
    present.set("Properties", wanted["Properties"]).set("_tags", wanted["_tags"]);
    present.erase("_actual");
    for (const char* member :
         {"_needs", "_deletion_policy", "_replace_policy", "_zones", "Metadata"}) {
      present.erase(member);
      if (wanted.has(member)) present.set(member, wanted[member]);
    }
    return put_resource(present.set("_done_by", step()));
  }
  bool replaced = provider().replaces(type, before, wanted["Properties"]);
  if (!nested || !changes.empty()) {
    Status may = check_policy(replaced ? update_action::replace : update_action::modify, present);
    if (!may.has_value()) return refuse(present, may.error());
  }
  if (replaced && !nested) {
    std::string name = provider().custom_name(type, wanted["Properties"]);
    if (!name.empty() && name == provider().custom_name(type, present["Properties"]))
      return refuse(
          present,
          validation_error("CloudFormation cannot update a stack when a custom-named resource "
                           "requires replacing. Rename " +
                           name + " and update the stack again."));
  }
  if (replaced) return replace_one(std::move(present), wanted);
  return update_one(std::move(present), wanted);
}

// Only an update asks the policy: neither a creation nor a rollback does.
Status Operation::check_policy(std::string_view action, const Value& present) const {
  if (stack_["StackStatus"].as_string() != "UPDATE_IN_PROGRESS") return {};
  auto why =
      policy_refusal(policy_in_force(stack_).as_string(), action,
                     present["LogicalResourceId"].as_string(), present["ResourceType"].as_string());
  return why ? Status(validation_error(*why)) : Status();
}

Status Operation::refuse(Value present, Error why) {
  CHECK_OK(commit([&](Call& call) -> Status {
    note_former(call, present["LogicalResourceId"].as_string(), present);
    return {};
  }));
  CHECK_OK(set_status(present, "UPDATE_FAILED", why.message));
  return why;
}

// What the template no longer has goes only in the clean-up, when it is too late to refuse.
Outcome Operation::refuse_removals(const Prepared& prepared) {
  Outcome outcome;
  std::set<std::string> wanted = logical_ids(prepared);
  const std::map<std::string, Value> all = resources_;
  for (const auto& [id, r] : all) {
    if (wanted.contains(id) || !is_present(r)) continue;
    Status may = check_policy(update_action::remove, r);
    if (may.has_value()) continue;
    (void)refuse(r, may.error());
    outcome.failed.push_back(id);
  }
  return outcome;
}

Outcome Operation::deploy(const Prepared& prepared) {
  if (Outcome refused = refuse_removals(prepared); !refused.good()) return refused;
  graph::Dag dag;
  for (const std::string& id : prepared.dependencies.order) dag.add(id);
  for (const auto& [id, needs] : prepared.dependencies.needs)
    for (const std::string& need : needs) dag.depend(dag.add(id), dag.add(need));
  Outcome outcome =
      walk(dag, [&](const std::string& id) { return deploy_one(prepared, id); }, true);
  if (!outcome.good()) return outcome;
  if (Status done = finish_outputs(prepared); !done.has_value())
    outcome.error = done.error().message;
  return outcome;
}

}  // namespace mainstay::formation
