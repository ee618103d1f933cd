#include "formation/refactor_run.hh"

#include <map>

#include "formation/exports.hh"
#include "formation/requests.hh"

namespace mainstay::formation {
namespace {

constexpr const char* shown_members[] = {"Parameters", "Capabilities", "NotificationARNs", "Tags",
                                         "Description"};

std::string row_of(const Value& place) {
  return row(uuid_of(place["StackId"].as_string()), place["LogicalResourceId"].as_string());
}

bool moves(const Value& resource) {
  return resource["From"] != resource["To"];
}

// All exports of these stacks change at once, so one may pass from one of them to another while a
// third imports it.
class SharedValues {
 public:
  SharedValues(Call& call, const Value& refactor) : call_(call), stacks_(refactor["_stacks"]) {
    for (const Value& s : stacks_.items()) ids_.insert(s["StackId"].as_string());
  }

  Status check() {
    for (const Value& s : stacks_.items())
      for (const Value& o : s["Outputs"].items())
        if (o.has("ExportName")) CHECK_OK(take(s["StackId"].as_string(), o));
    for (const std::string& id : ids_)
      for (const std::string& name : call_.find_by("export", "ExportingStackId", id))
        CHECK_OK(check_users(name));
    return {};
  }

  void keep() {
    for (const std::string& id : ids_)
      for (const std::string& name : call_.find_by("export", "ExportingStackId", id))
        call_.remove("export", name);
    for (const auto& [name, document] : after_) call_.put("export", name, document);
    for (const Value& s : stacks_.items()) {
      std::set<std::string> names;
      for (const Value& name : s["Imports"].items()) names.insert(name.as_string());
      replace_imports(call_, s, names);
    }
  }

 private:
  Status take(const std::string& stack_id, const Value& output) {
    const std::string& name = output["ExportName"].as_string();
    const Value* other = call_.find("export", name);
    const Value* twice = after_.find(name);
    bool is_foreign = other && !ids_.contains((*other)["ExportingStackId"].as_string());
    if (twice || is_foreign)
      return validation_error("Export with name " + name + " is already exported by stack " +
                              name_of((*(twice ? twice : other))["ExportingStackId"].as_string()) +
                              ".");
    after_.set(name, Value::map({{"ExportingStackId", stack_id},
                                 {"Name", name},
                                 {"Value", output["OutputValue"]}}));
    return {};
  }

  // Those that import it and are no part of the refactor must get what they had.
  Status check_users(const std::string& name) const {
    const Value* after = after_.find(name);
    if (after && (*after)["Value"] == (*call_.find("export", name))["Value"]) return {};
    for (const std::string& import : call_.find_by("import", "Name", name)) {
      const std::string& user = (*call_.find("import", import))["StackId"].as_string();
      if (!ids_.contains(user))
        return validation_error("Export " + name + " cannot be " + (after ? "updated" : "deleted") +
                                " as it is in use by " + name_of(user));
    }
    return {};
  }

  Call& call_;
  const Value& stacks_;
  std::set<std::string> ids_;
  Map after_;
};

Status check_names_free(const Call& call, const Value& refactor) {
  for (const Value& s : refactor["_stacks"].items())
    if (s["IsNew"].as_bool() && call.find("name", s["Stack"]["StackName"].as_string()))
      return aws_error("AlreadyExistsException",
                       "Stack [" + s["Stack"]["StackName"].as_string() + "] already exists");
  return {};
}

class RefactorRun {
 public:
  RefactorRun(Call& call, const Value& refactor) : call_(call), refactor_(refactor) {}

  void run() {
    for (const Value& s : refactor_["_stacks"].items()) begin(s);
    move_resources();
    for (const Value& s : refactor_["_stacks"].items()) end(s);
  }

 private:
  void begin(const Value& s) {
    const std::string& id = s["StackId"].as_string();
    bool is_new = s["IsNew"].as_bool();
    Value stack = is_new ? s["Stack"] : *call_.find("stack", id);
    Value operation = refactor_["_operation"];
    operation.set("Id", call_.random.uuid()).set("Type", is_new ? "CREATE_STACK" : "UPDATE_STACK");
    stack.set("_operation", std::move(operation));
    if (is_new) {
      call_.put("name", stack["StackName"].as_string(), id);
      stack.set("CreationTime", call_.now);
      set_stack_status(call_, stack, "REVIEW_IN_PROGRESS", "User Initiated");
      set_stack_status(call_, stack, "CREATE_IN_PROGRESS", "User Initiated");
    } else {
      make_plans_obsolete(call_, stack);
      stack.set("LastUpdatedTime", call_.now);
      set_stack_status(call_, stack, "UPDATE_IN_PROGRESS", "User Initiated");
    }
    stacks_[id] = std::move(stack);
  }

  void tell_of_export(const Value& from, const Value& resource) {
    for (auto [status, reason] : {std::pair("EXPORT_IN_PROGRESS", "Resource export started."),
                                  std::pair("EXPORT_COMPLETE", "Resource export completed.")}) {
      Value event = Value::map({{"ResourceStatus", status}, {"ResourceStatusReason", reason}});
      for (const char* member : {"LogicalResourceId", "PhysicalResourceId", "ResourceType"})
        event.set(member, resource[member]);
      add_event(call_, stacks_.at(from["StackId"].as_string()), std::move(event));
    }
  }

  // All leave before any arrives, since two may change places.
  void move_resources() {
    std::vector<Value> rows;
    for (const Value& r : refactor_["_resources"].items()) {
      rows.push_back(*call_.find("resource", row_of(r["From"])));
      if (!moves(r)) continue;
      tell_of_export(r["From"], rows.back());
      call_.remove("resource-drift", row_of(r["From"]));
    }
    for (const Value& r : refactor_["_resources"].items())
      if (moves(r)) call_.remove("resource", row_of(r["From"]));
    for (size_t i = 0; i < rows.size(); ++i)
      arrive(refactor_["_resources"].at(i), std::move(rows[i]));
  }

  void arrive(const Value& r, Value document) {
    const Value &from = r["From"], &to = r["To"];
    for (const auto& [name, value] : r["Wanted"].members()) document.set(name, value);
    if (!moves(r)) {
      call_.put("resource", row_of(to), std::move(document));
      return;
    }
    if (!document.has("_made_in"))
      document.set("_made_in", from["StackId"]).set("_made_as", from["LogicalResourceId"]);
    document.set("LogicalResourceId", to["LogicalResourceId"]);
    const Value& stack = stacks_.at(to["StackId"].as_string());
    set_resource_status(call_, stack, document, "IMPORT_IN_PROGRESS", "Resource import started.");
    set_resource_status(call_, stack, document, "IMPORT_COMPLETE", "Resource import completed.");
  }

  void end(const Value& s) {
    const std::string& id = s["StackId"].as_string();
    Value& stack = stacks_.at(id);
    for (const char* member : shown_members) {
      stack.erase(member);
      if (s["Stack"].has(member)) stack.set(member, s["Stack"][member]);
    }
    stack.set("Outputs", s["Outputs"]);
    call_.put("definition", row(uuid_of(id), "current"), s["Definition"]);
    set_stack_status(call_, stack, s["IsNew"].as_bool() ? "CREATE_COMPLETE" : "UPDATE_COMPLETE");
  }

  Call& call_;
  const Value& refactor_;
  std::map<std::string, Value> stacks_;
};

}  // namespace

Value stamp_of(const Value& stack) {
  return Value::list({stack["StackStatus"], stack["_operation"]["Id"]});
}

std::string obsolete_reason(const Call& call, const Value& refactor) {
  for (const Value& s : refactor["_stacks"].items()) {
    if (s["IsNew"].as_bool()) continue;
    const std::string& id = s["StackId"].as_string();
    const Value* stack = call.find("stack", id);
    if (!stack || stamp_of(*stack) != s["Stamp"]) return id + ": Stack was updated.";
  }
  return "";
}

Status run_refactor(Call& call, const Value& id) {
  const Value* found = call.find("refactor", id.as_string());
  if (!found || (*found)["ExecutionStatus"].as_string() != "EXECUTE_IN_PROGRESS") return {};
  Value refactor = *found;
  SharedValues sharing(call, refactor);
  std::string reason = obsolete_reason(call, refactor);
  for (Status may : {check_names_free(call, refactor), sharing.check()})
    if (reason.empty() && !may.has_value()) reason = may.error().message;
  if (reason.empty()) {
    RefactorRun(call, refactor).run();
    sharing.keep();
    refactor.set("ExecutionStatus", "EXECUTE_COMPLETE");
  } else {
    refactor.set("ExecutionStatus", "EXECUTE_FAILED").set("ExecutionStatusReason", reason);
  }
  // What it would have made of the stacks is theirs now, or nobody's.
  for (const char* member : {"_stacks", "_resources"}) refactor.erase(member);
  call.put("refactor", id.as_string(), std::move(refactor));
  return {};
}

}  // namespace mainstay::formation
