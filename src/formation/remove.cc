// Taking resources away, and putting those of a failed update back: see operation.hh.
#include "formation/operation.hh"

namespace mainstay::formation {

// A resource whose making was interrupted before its id was known may have been made all the same.
// The calls get the answers that they got then.
Status Operation::learn_id(Value& r) {
  Subject s = subject(r);
  s.operation = r["_begun_by"].as_string();
  s.initiated = [&]() -> Status {
    return put_resource(r.set("PhysicalResourceId", s.physical_id));
  };
  Status made = provider().create(s);
  // One that was asked for and has not answered has the id that its deletion is asked for by.
  if (!made.has_value() && is_not_yet(made.error()) && s.physical_id.empty())
    s.physical_id = physical_name(s.where, {});
  if (s.physical_id.empty()) return {};  // not made, even now: there is nothing to take away
  return put_resource(r.set("PhysicalResourceId", s.physical_id).set("Attributes", s.attributes));
}

// What is still in use may come free as others go, so that is no failure before the last try.
Status Operation::remove_one(Value r, bool retain) {
  // What this very operation has only taken over is let go as it was.
  retain |= r.has("_imported_by") && r["_imported_by"] == operation_id();
  bool is_known = !r["PhysicalResourceId"].as_string().empty();
  if (!is_known && r["ResourceStatus"].as_string() == "CREATE_IN_PROGRESS" && r.has("_begun_by")) {
    CHECK_OK(learn_id(r));
    is_known = !r["PhysicalResourceId"].as_string().empty();
  }
  if (!is_known) {
    r.set("PhysicalResourceId", "");
    return set_status(r, "DELETE_COMPLETE");
  }
  if (is_done(r) && r["ResourceStatus"].as_string() == "DELETE_FAILED")
    return validation_error(r["ResourceStatusReason"].as_string());
  if (retain) return set_status(r, "DELETE_SKIPPED");
  if (!has_begun(r)) {
    r.erase("_state");
    CHECK_OK(set_status(r.set("_begun_by", step()), "DELETE_IN_PROGRESS"));
  }
  Subject s = subject(r);
  Status done = provider().remove(s);
  if (done.has_value()) return set_status(r, "DELETE_COMPLETE");
  const std::string& code = done.error().code;
  bool in_use =
      code.contains("DependencyViolation") || code.contains("InUse") || code == "DeleteConflict";
  if (in_use && !is_last_try_) done = blocked(done.error());
  if (is_not_yet(done.error()) || is_blocked(done.error())) return put_off(s, r, done.error());
  if (stack_["_operation"]["Force"].as_bool())
    return set_status(r, "DELETE_SKIPPED", done.error().message);
  CHECK_OK(set_status(r.set("_done_by", step()), "DELETE_FAILED", done.error().message));
  return done;
}

// By DeletionPolicy, and by what the operation said of resources that it had just made (template
// reference, "DeletionPolicy attribute"; API reference, RetainExceptOnCreate).
bool Operation::is_retained(const Value& r) const {
  const std::string& policy = r["_deletion_policy"].as_string();
  bool undoes_creation = stack_["StackStatus"].as_string() == "ROLLBACK_IN_PROGRESS";
  if (policy == "RetainExceptOnCreate") return !undoes_creation;
  return policy == "Retain" &&
         !(undoes_creation && stack_["_operation"]["RetainExceptOnCreate"].as_bool());
}

// Dependants first. Resources may be in use by others of the stack without the template saying so
// (an internet gateway by addresses): the walk tries those again.
Outcome Operation::remove_resources(const std::vector<Value>& resources, bool may_retain) {
  graph::Dag dag;
  std::map<std::string, Value> by_id;
  for (const Value& r : resources) {
    by_id[r["LogicalResourceId"].as_string()] = r;
    dag.add(r["LogicalResourceId"].as_string());
  }
  for (const auto& [id, r] : by_id)
    for (const Value& need : r["_needs"].items())
      if (by_id.contains(need.as_string())) dag.depend(dag.add(need.as_string()), dag.add(id));
  std::set<std::string> kept;
  for (const Value& id : stack_["_operation"]["Retain"].items()) kept.insert(id.as_string());
  return walk(
      dag,
      [&](const std::string& id) {
        const Value& r = by_id.at(id);
        return remove_one(resource(id), kept.contains(id) || (may_retain && is_retained(r)));
      },
      false);
}

// What replacement left behind. A failure is told in the events and otherwise let be, as AWS does.
Outcome Operation::remove_leftovers() {
  std::vector<Value> leftovers;
  Outcome outcome;
  Status read = commit([&](Call& call) -> Status {
    leftovers = rows_of(call, "leftover", key_.uuid());
    return {};
  });
  if (!read.has_value()) outcome.error = read.error().message;
  for (const Value& old : leftovers) {
    if (halted() == Halt::ended) return is_over_ = true, outcome;
    Status done = remove_leftover(old);
    if (!done.has_value() && is_not_yet(done.error())) is_over_ = outcome.waits = true;
  }
  return outcome;
}

Status Operation::remove_leftover(Value old) {
  auto tell = [&](std::string_view status, std::string_view reason) {
    return commit([&](Call& call) -> Status {
      Value what = Value::map({{"LogicalResourceId", old["LogicalResourceId"]},
                               {"PhysicalResourceId", old["PhysicalResourceId"]},
                               {"ResourceType", old["ResourceType"]},
                               {"ResourceStatus", status}});
      if (!reason.empty()) what.set("ResourceStatusReason", reason);
      add_event(call, stack_, std::move(what));
      std::string id = row(key_.uuid(), old["PhysicalResourceId"].as_string());
      if (status == "DELETE_IN_PROGRESS")
        call.put("leftover", id, old.set("_begun_by", step()));
      else
        call.remove("leftover", id);
      return {};
    });
  };
  if (old["_replace_policy"].as_string() == "Retain") return tell("DELETE_SKIPPED", "");
  if (!has_begun(old)) {
    old.erase("_state");
    CHECK_OK(tell("DELETE_IN_PROGRESS", ""));
  }
  Subject s = subject(old);
  s.removal_policy = old["_replace_policy"];
  s.is_last_try = true;
  Status done = provider().remove(s);
  if (!done.has_value() && is_not_yet(done.error())) {
    if (s.look_at) look_again_at(*s.look_at);
    CHECK_OK(commit([&](Call& call) -> Status {
      call.put("leftover", row(key_.uuid(), old["PhysicalResourceId"].as_string()),
               old.set("_state", s.state));
      return {};
    }));
    return done;
  }
  return done.has_value() ? tell("DELETE_COMPLETE", "")
                          : tell("DELETE_FAILED", done.error().message);
}

// A resource back to what it was before the update: changed again, or the old one in its place.
Status Operation::restore_one(const Value& former) {
  const std::string id = former["LogicalResourceId"].as_string();
  Value now = resource(id);
  if (former["_added"].as_bool() || is_done(now)) return {};
  Value back = former;
  const std::string& old_id = former["PhysicalResourceId"].as_string();
  bool replaced = now["PhysicalResourceId"] != former["PhysicalResourceId"];
  CHECK_OK(commit([&](Call& call) -> Status {
    // Not replaced though it was to be: the new one never got as far as an id.
    call.remove("leftover", row(key_.uuid(), old_id));
    if (replaced) {
      if (!now["PhysicalResourceId"].as_string().empty())
        call.put("leftover", row(key_.uuid(), now["PhysicalResourceId"].as_string()), now);
      return {};
    }
    return {};
  }));
  back.erase("_state");
  if (replaced) return set_status(back.set("_done_by", step()), "UPDATE_COMPLETE");
  if (!has_begun(now)) {
    now.erase("_state");
    CHECK_OK(set_status(now.set("_begun_by", step()), "UPDATE_IN_PROGRESS"));
  }
  Subject s = subject(former);
  s.state = now["_state"];
  s.before = now.has("_attempted") ? now["_attempted"] : now["Properties"];
  s.tags_before = now["_tags"];
  s.restoring = true;
  // "restore resources to their actual pre-deployment state" (user guide, "Using drift-aware change
  // sets")
  if (const Value actual = actual_state(former); !actual.is_null()) {
    s.properties = actual["Properties"];
    s.tags = actual["Tags"];
    back.erase("_actual");
  }
  Status done = provider().update(s);
  if (done.has_value()) {
    if (s.physical_id != now["PhysicalResourceId"].as_string()) CHECK_OK(leave_over(now));
    back.set("Attributes", s.attributes).set("PhysicalResourceId", s.physical_id);
    return made(s, back, "UPDATE_COMPLETE", "");
  }
  if (is_not_yet(done.error()) || is_blocked(done.error())) return put_off(s, now, done.error());
  CHECK_OK(made(s, now, "UPDATE_FAILED", done.error().message));
  return done;
}

}  // namespace mainstay::formation
