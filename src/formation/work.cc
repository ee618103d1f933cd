// What all phases of an operation use: see operation.hh.
#include "cloud/paging.hh"
#include "formation/operation.hh"
#include "graph/walk.hh"

namespace mainstay::formation {
namespace {

constexpr size_t resources_at_once = 16;

}  // namespace

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
  return {cloud_, to_caller(stack_["_operation"]["Caller"]), key_.account, key_.region};
}

// The resource's own tags win over the stack's (user guide, "Resource tags").
Value Operation::effective_tags(const std::string& logical_id, const std::string& type,
                                const Value& properties) const {
  const cfn::Schema* schema = engine_.types().schema(type);
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
  Subject s{engine_,
            cloud_,
            asker().caller,
            {key_.account, key_.region, key_.id, r["LogicalResourceId"].as_string(),
             r["ResourceType"].as_string(), r["_generation"].as_int()},
            r["Properties"].is_map() ? r["Properties"] : Value::map({}),
            Value::map({}),
            r["_tags"],
            Value::list(),
            r["_creation_policy"],
            r["PhysicalResourceId"].as_string(),
            r["Attributes"].is_map() ? r["Attributes"] : Value::map({}),
            "",
            halt_.get_token()};
  s.operation = operation_id().as_string() + "/" + stack_["StackStatus"].as_string();
  return s;
}

Value Operation::resource(const std::string& id) {
  std::lock_guard guard(mutex_);
  auto it = resources_.find(id);
  return it == resources_.end() ? Value() : it->second;
}

void Operation::keep(const Value& r) {
  std::lock_guard guard(mutex_);
  resources_[r["LogicalResourceId"].as_string()] = r;
}

Status Operation::set_status(Value& r, std::string_view status, std::string_view reason) {
  CHECK_OK(commit([&](Call& call) -> Status {
    set_resource_status(call, stack_, r, status, reason);
    return {};
  }));
  keep(r);
  return {};
}

// Unless somebody else has put the stack into another state meanwhile (DeleteStack may): then run()
// goes on from there.
Status Operation::set_stack(std::string_view status, std::string_view reason,
                            const std::function<Status(Call&)>& more) {
  CHECK_OK(commit([&](Call& call) -> Status {
    TRY(Value now, find_stack(call, key_.id));
    if (now["StackStatus"] != stack_["StackStatus"]) return {};
    for (const char* set_by_requests :
         {"_policy", "EnableTerminationProtection", "DriftInformation"})
      if (now.has(set_by_requests)) stack_.set(set_by_requests, now[set_by_requests]);
    if (more) CHECK_OK(more(call));
    set_stack_status(call, stack_, status, reason);
    return {};
  }));
  engine_.notify();
  return {};
}

// The first state before this update counts: a retry must not overwrite it.
void Operation::note_former(Call& call, const std::string& id, const Value& document) {
  if (call.find("definition", row(key_.uuid(), "current")) == nullptr) return;
  if (!call.find("former", row(key_.uuid(), id)))
    call.put("former", row(key_.uuid(), id), document);
}

// A pool for each walk: a nested stack walks inside a worker of its parent's.
Outcome Operation::walk_until(Drop drop, const graph::Dag& dag, const Work& work) {
  Outcome outcome;
  std::mutex mutex;
  halt_ = std::stop_source();
  std::stop_callback outer(stop_.get_token(), [this] { halt_.request_stop(); });
  auto one = [&](graph::Node n) {
    Status done = work(dag.name(n));
    if (done.has_value()) return true;
    std::lock_guard guard(mutex);
    outcome.failed.push_back(dag.name(n));
    if (drop == Drop::at_failure) {
      halt_.request_stop();
      engine_.notify();
    }
    return false;
  };
  ThreadPool pool(resources_at_once);
  std::stop_token stop = drop == Drop::never ? std::stop_token() : halt_.get_token();
  graph::run_walk(dag, {resources_at_once, stop}, pool, one, [](graph::Node, graph::Outcome) {});
  outcome.interrupted = stop_.stop_requested();
  return outcome;
}

// Those that were being worked on when the process ended.
std::set<std::string> Operation::begun() const {
  std::set<std::string> ids;
  for (const auto& [id, r] : resources_)
    if (r["ResourceStatus"].as_string().ends_with("_IN_PROGRESS")) ids.insert(id);
  return ids;
}

// What had begun when the process ended goes first, and is dropped for nothing: what it has made so
// far is known only to the answers that its calls get when they are made again.
Outcome Operation::walk(const graph::Dag& dag, const Work& work, bool stop_at_failure) {
  if (!stop_at_failure) return walk_until(Drop::when_cancelled, dag, work);
  const std::set<std::string> first = begun();
  if (!first.empty()) {
    Outcome outcome = walk_until(Drop::never, dag, [&](const std::string& id) {
      if (!first.contains(id)) return Status();
      return shut_down() ? Status(Error("Cancelled", "the engine ends")) : work(id);
    });
    if (!outcome.good()) return outcome;
  }
  return walk_until(Drop::at_failure, dag, [&](const std::string& id) {
    return first.contains(id) ? Status() : work(id);
  });
}

}  // namespace mainstay::formation
