#include "formation/operation.hh"

#include <algorithm>

#include "base/text.hh"
#include "formation/deadline.hh"

namespace mainstay::formation {
namespace {

std::string listed(std::string_view what, std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  return "The following resource(s) failed to " + std::string(what) + ": [" + join(ids, ", ") +
         "]. ";
}

std::string reason_of(const Outcome& outcome, std::string_view what) {
  if (!outcome.failed.empty()) return listed(what, outcome.failed);
  return outcome.error.empty() ? "" : outcome.error + " ";
}

}  // namespace

struct Operation::Phase {
  std::string_view status;
  Status (Operation::*run)();
};

const std::vector<Operation::Phase>& Operation::phases() {
  static const std::vector<Phase> all = {
      {"CREATE_IN_PROGRESS", &Operation::create},
      {"ROLLBACK_IN_PROGRESS", &Operation::roll_back_creation},
      {"DELETE_IN_PROGRESS", &Operation::remove_stack},
      {"UPDATE_IN_PROGRESS", &Operation::update},
      {"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", &Operation::clean_up},
      {"UPDATE_ROLLBACK_IN_PROGRESS", &Operation::roll_back_update},
      {"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", &Operation::clean_up_rollback}};
  return all;
}

// A phase that leaves the stack as it found it was interrupted; the journal knows where.
void Operation::run() {
  while (!shut_down()) {
    if (!load().has_value()) return;
    const std::string status = stack_["StackStatus"].as_string();
    auto phase = std::find_if(phases().begin(), phases().end(),
                              [&](const Phase& p) { return p.status == status; });
    if (phase == phases().end()) return;
    Status done = (this->*phase->run)();
    if (shut_down()) return;
    if (!done.has_value()) {
      std::string failed = replace_all(status, "_IN_PROGRESS", "_FAILED");
      if (status.contains("CLEANUP")) failed = status.substr(0, status.find("_CLEANUP"));
      if (!set_stack(failed, done.error().message).has_value()) return;
    }
    if (stop_.stop_requested()) stop_ = engine_.arm(key_);
  }
}

Outcome Operation::deploy_definition() {
  Outcome outcome;
  if (begun().empty()) outcome = check_triggers();
  if (!outcome.good()) return outcome;
  auto prepared = prepare(asker(), key_, definition_);
  if (!prepared.has_value()) {
    outcome.error = prepared.error().message;
    return outcome;
  }
  outcome = deploy(*prepared);
  return outcome.good() ? monitor() : outcome;
}

// The words are those of recorded events.
Outcome Operation::deploy_in_time() {
  Deadline deadline(engine_, stack_["_operation"]["Deadline"], stop_);
  Outcome outcome = deploy_definition();
  if (outcome.good() || !deadline.has_passed()) return outcome;
  Outcome late;
  late.error = "Stack creation time exceeded the specified timeout.";
  return late;
}

Status Operation::create() {
  Outcome outcome = deploy_in_time();
  if (shut_down()) return {};
  if (outcome.good())
    return set_stack("CREATE_COMPLETE", "", [&](Call& call) -> Status {
      call.put("definition", row(key_.uuid(), "current"), definition_);
      call.remove("definition", row(key_.uuid(), "target"));
      return {};
    });
  if (outcome.interrupted && outcome.failed.empty()) return {};  // DeleteStack: run() sees it
  std::string reason = reason_of(outcome, "create");
  const std::string& on_failure = stack_["_operation"]["OnFailure"].as_string();
  if (on_failure == "DO_NOTHING") return set_stack("CREATE_FAILED", reason);
  if (on_failure == "DELETE")
    return set_stack("DELETE_IN_PROGRESS", reason + "Delete requested by user.");
  return set_stack("ROLLBACK_IN_PROGRESS", reason + "Rollback requested by user.");
}

Status Operation::roll_back_creation() {
  std::string reason = stack_["StackStatusReason"].as_string();
  std::vector<Value> all;
  for (const auto& [id, r] : resources_)
    if (is_present(r) || r["ResourceStatus"].as_string() == "CREATE_FAILED") all.push_back(r);
  Outcome leftovers = remove_leftovers();
  Outcome outcome = remove_resources(all, true);
  if (shut_down()) return {};
  if (outcome.interrupted || leftovers.interrupted) return {};
  if (!outcome.good()) return set_stack("ROLLBACK_FAILED", reason_of(outcome, "delete"));
  stack_.set("Outputs", Value::list());
  CHECK_OK(set_stack("ROLLBACK_COMPLETE"));
  return {};
}

Status Operation::remove_stack() {
  std::vector<Value> all;
  for (const auto& [id, r] : resources_)
    if (is_present(r)) all.push_back(r);
  Outcome leftovers = remove_leftovers();
  Outcome outcome = remove_resources(all, true);
  if (shut_down()) return {};
  if (outcome.interrupted) return {};
  if (!outcome.good()) return set_stack("DELETE_FAILED", reason_of(outcome, "delete"));
  return set_stack("DELETE_COMPLETE", "", [&](Call& call) -> Status {
    CHECK_OK(forget_stack(call, stack_));
    stack_.set("DeletionTime", call.now);
    return {};
  });
}

Status Operation::update() {
  Outcome outcome = deploy_definition();
  if (shut_down()) return {};
  if (outcome.good()) return set_stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  bool keep_failed = stack_["_operation"]["DisableRollback"].as_bool();
  std::string reason = reason_of(outcome, "update");
  if (outcome.interrupted) reason = "User Initiated. ";
  return set_stack(keep_failed ? "UPDATE_FAILED" : "UPDATE_ROLLBACK_IN_PROGRESS", reason);
}

// The replaced and the removed go only now, when all else has succeeded.
Status Operation::clean_up() {
  TRY(Prepared prepared, prepare(asker(), key_, definition_));
  std::set<std::string> wanted(prepared.dependencies.order.begin(),
                               prepared.dependencies.order.end());
  std::vector<Value> gone;
  for (const auto& [id, r] : resources_)
    if (!wanted.contains(id) &&
        (is_present(r) || r["ResourceStatus"].as_string() == "CREATE_FAILED"))
      gone.push_back(r);
  Outcome removed = remove_resources(gone, true);
  Outcome leftovers = remove_leftovers();
  if (shut_down()) return {};
  if (removed.interrupted || leftovers.interrupted) return {};  // nor can a clean-up be cancelled
  return set_stack("UPDATE_COMPLETE", "", [&](Call& call) -> Status {
    call.put("definition", row(key_.uuid(), "current"), definition_);
    call.remove("definition", row(key_.uuid(), "target"));
    remove_rows(call, "former", key_.uuid());
    if (const Value& next = stack_["_operation"]["NextPolicy"]; !next.is_null())
      stack_.set("_policy", next);
    return {};
  });
}

Status Operation::roll_back_update() {
  std::vector<Value> former;
  CHECK_OK(commit([&](Call& call) -> Status {
    former = rows_of(call, "former", key_.uuid());
    return {};
  }));
  graph::Dag dag;
  std::map<std::string, Value> by_id;
  for (const Value& f : former) by_id[f["LogicalResourceId"].as_string()] = f;
  for (const auto& [id, f] : by_id) dag.add(id);
  for (const auto& [id, f] : by_id)
    for (const Value& need : f["_needs"].items())
      if (by_id.contains(need.as_string())) dag.depend(dag.add(id), dag.add(need.as_string()));
  std::set<std::string> skipped;
  for (const Value& id : stack_["_operation"]["Skip"].items()) skipped.insert(id.as_string());
  Outcome outcome = walk(
      dag,
      [&](const std::string& id) {
        if (!skipped.contains(id)) return restore_one(by_id.at(id));
        Value back = by_id.at(id);
        return set_status(back, "UPDATE_COMPLETE", "Resource was skipped during rollback");
      },
      true);
  if (shut_down()) return {};
  if (outcome.interrupted) return {};  // a rollback can't be cancelled: run() goes on with it
  if (!outcome.good()) return set_stack("UPDATE_ROLLBACK_FAILED", reason_of(outcome, "update"));
  Value current = definition("current");
  auto prepared = prepare(asker(), key_, current);
  if (prepared.has_value()) {
    show_definition(stack_, *prepared, current);
    std::swap(definition_, current);
    Status restored = finish_outputs(*prepared);
    std::swap(definition_, current);
    CHECK_OK(restored);
  }
  return set_stack("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
}

Status Operation::clean_up_rollback() {
  std::vector<Value> added;
  CHECK_OK(commit([&](Call& call) -> Status {
    for (const Value& f : rows_of(call, "former", key_.uuid()))
      if (f["_added"].as_bool())
        if (auto it = resources_.find(f["LogicalResourceId"].as_string()); it != resources_.end())
          added.push_back(it->second);
    return {};
  }));
  std::erase_if(
      added, [](const Value& r) { return r["ResourceStatus"].as_string().starts_with("DELETE_"); });
  Outcome removed = remove_resources(added, false);
  Outcome leftovers = remove_leftovers();
  if (shut_down()) return {};
  if (removed.interrupted || leftovers.interrupted) return {};  // nor can a clean-up be cancelled
  return set_stack("UPDATE_ROLLBACK_COMPLETE", "", [&](Call& call) -> Status {
    call.remove("definition", row(key_.uuid(), "target"));
    remove_rows(call, "former", key_.uuid());
    return {};
  });
}

}  // namespace mainstay::formation
