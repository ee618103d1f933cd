// What all phases of an operation use: see operation.hh.
#include "cloud/paging.hh"
#include "formation/custom_resource.hh"
#include "formation/operation.hh"

namespace mainstay::formation {
Status Operation::commit(const std::function<Status(Call&)>& work) {
  return cloud_.update("cloudformation", key_.account, key_.region, work);
}

Status Operation::load() {
  return commit([&](Call& call) -> Status {
    TRY(stack_, find_stack(call, key_.id));
    resources_.clear();
    for (const Value& r : rows_of(call, "resource", key_.uuid()))
      resources_[r["LogicalResourceId"].as_string()] = r;
    const Value* target = call.find("definition", row(key_.uuid(), "target"));
    const Value* current = call.find("definition", row(key_.uuid(), "current"));
    definition_ = target ? *target : current ? *current : Value();
    return {};
  });
}

Value Operation::definition(std::string_view which) {
  Value found;
  (void)commit([&](Call& call) -> Status {
    if (const Value* v = call.find("definition", row(key_.uuid(), which))) found = *v;
    return {};
  });
  return found;
}

Asker Operation::asker() const {
  return {cloud_, to_caller(stack_["_operation"]["Caller"]), key_.account, key_.region, nullptr};
}

// The resource's own tags win over the stack's (user guide, "Resource tags").
Value Operation::effective_tags(const std::string& logical_id, const std::string& type,
                                const Value& properties) const {
  const cfn::Schema* schema = Types::all().schema(type);
  Value own = schema ? properties[schema->tag_property()] : Value();
  if (own.is_map()) {
    Value list = Value::list();
    for (const auto& [key, value] : own.members())
      list.push_back(Value::map({{"Key", key}, {"Value", value}}));
    own = list;
  }
  Value tags = Value::list();
  for (const Value& tag : definition_["Tags"].items()) tags.push_back(tag);
  if (own.is_list())
    for (const Value& tag : own.items())
      if (tag.has("Key"))
        tags = cloud::merge_tags(
            tags, Value::list({Value::map({{"Key", tag["Key"]}, {"Value", tag["Value"]}})}));
  return cloud::merge_tags(
      tags,
      Value::list({Value::map({{"Key", "aws:cloudformation:stack-name"}, {"Value", key_.name()}}),
                   Value::map({{"Key", "aws:cloudformation:stack-id"}, {"Value", key_.id}}),
                   Value::map({{"Key", "aws:cloudformation:logical-id"}, {"Value", logical_id}})}));
}

Subject Operation::subject(const Value& r) {
  Subject s{cloud_,
            asker().caller,
            whereabouts_of(key_, r),
            r["Properties"].is_map() ? r["Properties"] : Value::map({}),
            Value::map({}),
            r["_tags"],
            Value::list(),
            r["_creation_policy"],
            r["PhysicalResourceId"].as_string(),
            r["Attributes"].is_map() ? r["Attributes"] : Value::map({})};
  s.operation = step();
  s.state = r["_state"];
  s.is_unwanted = ends_waiting_;
  s.is_last_try = is_last_try_;
  s.removal_policy = r["_deletion_policy"];
  return s;
}

std::string Operation::step() const {
  return operation_id().as_string() + "/" + stack_["StackStatus"].as_string();
}

Value Operation::resource(const std::string& id) const {
  auto it = resources_.find(id);
  return it == resources_.end() ? Value() : it->second;
}

Status Operation::set_status(Value& r, std::string_view status, std::string_view reason) {
  CHECK_OK(commit([&](Call& call) -> Status {
    set_resource_status(call, stack_, r, status, reason);
    return {};
  }));
  resources_[r["LogicalResourceId"].as_string()] = r;
  return {};
}

Status Operation::put_resource(const Value& r) {
  const std::string& id = r["LogicalResourceId"].as_string();
  CHECK_OK(commit([&](Call& call) -> Status {
    call.put("resource", row(key_.uuid(), id), r);
    return {};
  }));
  resources_[id] = r;
  return {};
}

Status Operation::put_off(const Subject& s, Value& r, const Error& why) {
  if (is_not_yet(why)) {
    if (s.look_at) look_again_at(*s.look_at);
    if (r["_state"] != s.state) CHECK_OK(put_resource(r.set("_state", s.state)));
  }
  return why;
}

// Unless somebody else has put the stack into another state meanwhile (DeleteStack may): then run()
// goes on from there.
Status Operation::set_stack(std::string_view status, std::string_view reason,
                            const std::function<Status(Call&)>& more) {
  const Value before = stack_;
  Status kept = commit([&](Call& call) -> Status {
    TRY(Value now, find_stack(call, key_.id));
    if (now["StackStatus"] != stack_["StackStatus"] || now["_operation"]["Id"] != operation_id())
      return {};
    for (const char* set_by_requests :
         {"_policy", "EnableTerminationProtection", "DriftInformation"})
      if (now.has(set_by_requests)) stack_.set(set_by_requests, now[set_by_requests]);
    if (more) CHECK_OK(more(call));
    set_stack_status(call, stack_, status, reason);
    if (in_progress(stack_)) return {};
    remove_rows(call, custom_responses, key_.uuid());
    if (stack_.has("ParentId"))
      wake(call, {key_.account, key_.region, stack_["ParentId"].as_string()});
    return {};
  });
  if (!kept.has_value()) stack_ = before;  // it was not journalled: the document is as it was
  return kept;
}

// The first state before this update counts: a retry must not overwrite it.
void Operation::note_former(Call& call, const std::string& id, const Value& document) {
  if (call.find("definition", row(key_.uuid(), "current")) == nullptr) return;
  if (!call.find("former", row(key_.uuid(), id)))
    call.put("former", row(key_.uuid(), id), document);
}

}  // namespace mainstay::formation
