// Taking resources away, and putting those of a failed update back: see operation.hh.
#include "formation/operation.hh"

namespace mainstay::formation {

// What is still in use may come free as others go, so that is no failure before the last try.
Status Operation::remove_one(Value r, bool retain, bool last_try) {
  if (r["PhysicalResourceId"].as_string().empty()) {
    r.set("PhysicalResourceId", "");
    return set_status(r, "DELETE_COMPLETE");
  }
  if (retain) return set_status(r, "DELETE_SKIPPED");
  if (r["ResourceStatus"].as_string() != "DELETE_IN_PROGRESS")
    CHECK_OK(set_status(r, "DELETE_IN_PROGRESS"));
  Subject s = subject(r);
  Status done = engine_.provider().remove(s);
  if (done.has_value()) return set_status(r, "DELETE_COMPLETE");
  bool in_use = done.error().code.contains("DependencyViolation") ||
                done.error().code.contains("InUse") || done.error().code == "DeleteConflict";
  if (shut_down() || (in_use && !last_try)) return done;
  CHECK_OK(set_status(r, "DELETE_FAILED", done.error().message));
  return done;
}

// In rounds, as long as a round gets anywhere: resources may be in use by others of the stack
// without the template saying so (an internet gateway by addresses).
Outcome Operation::remove_resources(const std::vector<Value>& resources, bool may_retain) {
  std::vector<Value> left = resources;
  for (bool last_try = false;;) {
    size_t before = left.size();
    Outcome outcome = remove_round(left, may_retain, last_try);
    if (outcome.failed.empty() || shut_down() || last_try) return outcome;
    std::erase_if(left, [&](Value& r) {
      r = resource(r["LogicalResourceId"].as_string());
      const std::string& status = r["ResourceStatus"].as_string();
      return status == "DELETE_COMPLETE" || status == "DELETE_SKIPPED";
    });
    last_try = left.size() == before;
  }
}

// Dependants first.
Outcome Operation::remove_round(const std::vector<Value>& resources, bool may_retain,
                                bool last_try) {
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
        bool retain =
            kept.contains(id) || (may_retain && r["_deletion_policy"].as_string() == "Retain");
        return remove_one(r, retain, last_try);
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
    if (stop_.stop_requested()) return outcome.interrupted = true, outcome;
    Value event = old;
    auto tell = [&](std::string_view status, std::string_view reason) {
      return commit([&](Call& call) -> Status {
        Value what = Value::map({{"LogicalResourceId", old["LogicalResourceId"]},
                                 {"PhysicalResourceId", old["PhysicalResourceId"]},
                                 {"ResourceType", old["ResourceType"]},
                                 {"ResourceStatus", status}});
        if (!reason.empty()) what.set("ResourceStatusReason", reason);
        add_event(call, stack_, std::move(what));
        if (status != "DELETE_IN_PROGRESS")
          call.remove("leftover", row(key_.uuid(), old["PhysicalResourceId"].as_string()));
        return {};
      });
    };
    bool retain = old["_replace_policy"].as_string() == "Retain";
    Status told = tell(retain ? "DELETE_SKIPPED" : "DELETE_IN_PROGRESS", "");
    if (retain || !told.has_value()) continue;
    Subject s = subject(old);
    Status done = engine_.provider().remove(s);
    told = done.has_value() ? tell("DELETE_COMPLETE", "")
                            : tell("DELETE_FAILED", done.error().message);
  }
  return outcome;
}

// A resource back to what it was before the update: changed again, or the old one in its place.
Status Operation::restore_one(const Value& former) {
  const std::string id = former["LogicalResourceId"].as_string();
  Value now = resource(id);
  if (former["_added"].as_bool()) return {};
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
    set_resource_status(call, stack_, now, "UPDATE_IN_PROGRESS");
    return {};
  }));
  if (replaced) return set_status(back, "UPDATE_COMPLETE");
  Subject s = subject(former);
  s.before = now.has("_attempted") ? now["_attempted"] : now["Properties"];
  s.tags_before = now["_tags"];
  s.restoring = true;
  Status done = engine_.provider().update(s);
  if (!done.has_value() && shut_down()) return done;
  if (done.has_value()) {
    back.set("Attributes", s.attributes);
    return made(s, back, "UPDATE_COMPLETE", "");
  }
  CHECK_OK(made(s, now, "UPDATE_FAILED", done.error().message));
  return done;
}

}  // namespace mainstay::formation
