#include "formation/operation.hh"

#include <algorithm>

#include "base/text.hh"
#include "formation/deleted.hh"

namespace mainstay::formation {
namespace {

std::string listed(std::string_view what, std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  return "The following resource(s) failed to " + std::string(what) + ": [" + join(ids, ", ") +
         "]. ";
}

// Maybe only half: made as far as an id or not.
bool may_be_there(const Value& r) {
  const std::string& status = r["ResourceStatus"].as_string();
  return is_present(r) || status == "CREATE_FAILED" || status == "CREATE_IN_PROGRESS";
}

}  // namespace

std::string reason_of(const Outcome& outcome, std::string_view what) {
  if (!outcome.failed.empty()) return listed(what, outcome.failed);
  return outcome.error.empty() ? "" : outcome.error + ". ";
}

struct Operation::Phase {
  std::string_view status;
  Status (Operation::*run)();
};

const std::vector<Operation::Phase>& Operation::phases() {
  static const std::vector<Phase> all = {
      {"CREATE_IN_PROGRESS", &Operation::create},
      {"ROLLBACK_IN_PROGRESS", &Operation::roll_back_creation},
      {"IMPORT_IN_PROGRESS", &Operation::import_resources},
      {"IMPORT_ROLLBACK_IN_PROGRESS", &Operation::roll_back_import},
      {"DELETE_IN_PROGRESS", &Operation::remove_stack},
      {"UPDATE_IN_PROGRESS", &Operation::update},
      {"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", &Operation::clean_up},
      {"UPDATE_ROLLBACK_IN_PROGRESS", &Operation::roll_back_update},
      {"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", &Operation::clean_up_rollback}};
  return all;
}

// A run ends when the stack rests, when all that can be done now is done, or when the process ends:
// then the documents know where it is.
void Operation::run() {
  while (!cloud_.is_ending()) {
    if (!load().has_value()) return;
    const std::string status = stack_["StackStatus"].as_string();
    auto phase = std::find_if(phases().begin(), phases().end(),
                              [&](const Phase& p) { return p.status == status; });
    if (phase == phases().end()) return;
    is_over_ = false;
    look_at_.reset();
    Status done = (this->*phase->run)();
    if (is_over_ && halted() != Halt::ended) {
      if (Status waits = wait_to_be_woken(); !waits.has_value()) cloud_.warn(waits.error());
      return;
    }
    if (is_over_ || done.has_value()) continue;
    std::string failed = replace_all(status, "_IN_PROGRESS", "_FAILED");
    if (status.contains("CLEANUP")) failed = status.substr(0, status.find("_CLEANUP"));
    if (!set_stack(failed, done.error().message).has_value()) return;
  }
}

Outcome Operation::deploy_definition() {
  Outcome outcome;
  if (const Value& invalid = stack_["_operation"]["Invalid"]; !invalid.is_null()) {
    outcome.error = invalid.as_string();
    return outcome;
  }
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

Status Operation::create() {
  Outcome outcome = deploy_definition();
  if (is_over_) return {};
  if (outcome.good())
    return set_stack("CREATE_COMPLETE", "", [&](Call& call) -> Status {
      call.put("definition", row(key_.uuid(), "current"), definition_);
      call.remove("definition", row(key_.uuid(), "target"));
      return {};
    });
  // The words are those of recorded events.
  std::string reason = outcome.late ? "Stack creation time exceeded the specified timeout. "
                                    : reason_of(outcome, "create");
  if (reason.empty()) reason = "Resource creation cancelled. ";
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
    if (may_be_there(r)) all.push_back(r);
  Outcome leftovers = remove_leftovers();
  Outcome outcome = remove_resources(all, true);
  if (is_over_) return {};
  if (!outcome.good()) return set_stack("ROLLBACK_FAILED", reason_of(outcome, "delete"));
  stack_.set("Outputs", Value::list());
  CHECK_OK(set_stack("ROLLBACK_COMPLETE"));
  return {};
}

Status Operation::remove_stack() {
  std::vector<Value> all;
  for (const auto& [id, r] : resources_)
    if (may_be_there(r)) all.push_back(r);
  Outcome leftovers = remove_leftovers();
  Outcome outcome = remove_resources(all, true);
  if (is_over_) return {};
  if (!outcome.good()) return set_stack("DELETE_FAILED", reason_of(outcome, "delete"));
  stack_.erase("ChangeSetId");  // recorded: a stack that is gone shows none
  return set_stack("DELETE_COMPLETE", "", [&](Call& call) -> Status {
    CHECK_OK(forget_stack(call, stack_));
    stack_.set("DeletionTime", call.now);
    remember_deleted(call, stack_);
    return {};
  });
}

Status Operation::update() {
  Outcome outcome = deploy_definition();
  if (is_over_) return {};
  if (outcome.good()) return set_stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  bool keep_failed = stack_["_operation"]["DisableRollback"].as_bool();
  std::string reason = reason_of(outcome, "update");
  if (outcome.cancelled) reason = "User Initiated. ";
  return set_stack(keep_failed ? "UPDATE_FAILED" : "UPDATE_ROLLBACK_IN_PROGRESS", reason);
}

// The replaced and the removed go only now, when all else has succeeded.
Status Operation::clean_up() {
  TRY(Prepared prepared, prepare(asker(), key_, definition_));
  std::set<std::string> wanted(prepared.dependencies.order.begin(),
                               prepared.dependencies.order.end());
  std::vector<Value> gone;
  for (const auto& [id, r] : resources_)
    if (!wanted.contains(id) && may_be_there(r)) gone.push_back(r);
  Outcome removed = remove_resources(gone, true);
  Outcome leftovers = remove_leftovers();
  if (is_over_) return {};
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
        if (is_done(resource(id))) return Status();
        return set_status(back.set("_done_by", step()), "UPDATE_COMPLETE",
                          "Resource was skipped during rollback");
      },
      true);
  if (is_over_) return {};
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
  if (is_over_) return {};
  return set_stack("UPDATE_ROLLBACK_COMPLETE", "", [&](Call& call) -> Status {
    call.remove("definition", row(key_.uuid(), "target"));
    remove_rows(call, "former", key_.uuid());
    return {};
  });
}

}  // namespace mainstay::formation
