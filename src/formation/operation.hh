// One operation on one stack, step by step through the states that StackStatus names.
//
// Each state has a phase that does its work and puts the stack into the next state; run() goes on
// until the stack rests or the engine stops. Since a state says all there is to know, an operation
// that was interrupted is taken up by running it again.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "formation/definition.hh"
#include "formation/engine.hh"
#include "graph/dag.hh"

namespace mainstay::formation {

// What came of a walk over resources.
struct Outcome {
  std::vector<std::string> failed;
  bool interrupted = false;  // by CancelUpdateStack, a deadline, or the engine's end
  std::string error;         // of something that is no resource: outputs, exports
  bool good() const { return failed.empty() && !interrupted && error.empty(); }
};

class Operation {
 public:
  Operation(Engine& engine, cloud::Cloud& cloud, StackKey key, std::stop_source stop)
      : engine_(engine), cloud_(cloud), key_(std::move(key)), stop_(std::move(stop)) {}

  void run();

 private:
  using Work = std::function<Status(const std::string& logical_id)>;
  struct Phase;
  static const std::vector<Phase>& phases();

  // The phases. operation.cc
  Status create();
  Status roll_back_creation();
  Status remove_stack();
  Status update();
  Status clean_up();
  Status roll_back_update();
  Status clean_up_rollback();

  // Deploying what the definition wants. deploy.cc
  Outcome deploy_definition();  // prepares what the stack is to become, deploys it and watches it
  Outcome deploy_in_time();     // the same within TimeoutInMinutes
  Outcome deploy(const Prepared& prepared);
  Status deploy_one(const Prepared& prepared, const std::string& id);
  Status create_one(const Prepared& prepared, Value wanted);
  Status update_one(Value present, const Value& wanted);
  Status replace_one(const Prepared& prepared, Value present, Value wanted);
  Status check_policy(std::string_view action, const Value& present) const;
  Status refuse(Value present, Error why);
  Outcome refuse_removals(const Prepared& prepared);
  Result<Value> wanted_resource(const Prepared& prepared, const std::string& id);
  Status take_up_half_made(Value& present);
  Status make(Subject& s, Value& resource);
  Status made(const Subject& s, Value& resource, std::string_view status, std::string_view reason);
  cfn::Environment environment(const Prepared& prepared);
  Status finish_outputs(const Prepared& prepared);

  // Removing. remove.cc
  Outcome remove_resources(const std::vector<Value>& resources, bool may_retain);
  Status remove_one(Value resource, bool retain, bool last_try);
  Outcome remove_round(const std::vector<Value>& resources, bool may_retain, bool last_try);
  Outcome remove_leftovers();
  Status restore_one(const Value& former);

  // monitor.cc
  Outcome check_triggers();
  Outcome monitor();

  // Tools. work.cc
  Status load();
  Asker asker() const;
  Subject subject(const Value& resource);
  Value effective_tags(const std::string& logical_id, const std::string& type,
                       const Value& properties) const;
  Value resource(const std::string& id);
  void keep(const Value& resource);
  Status commit(const std::function<Status(Call&)>& work);
  Status set_status(Value& resource, std::string_view status, std::string_view reason = "");
  // more: what is kept along with the new status.
  Status set_stack(std::string_view status, std::string_view reason = "",
                   const std::function<Status(Call&)>& more = {});
  void note_former(Call& call, const std::string& id, const Value& document);
  Outcome walk(const graph::Dag& dag, const Work& work, bool stop_at_failure);
  enum class Drop : uint8_t { never, when_cancelled, at_failure };  // what has not started yet
  Outcome walk_until(Drop drop, const graph::Dag& dag, const Work& work);
  std::set<std::string> begun() const;
  Value definition(std::string_view which);
  const Value& operation_id() const { return stack_["_operation"]["Id"]; }
  bool shut_down() const { return engine_.stopping(); }

  Engine& engine_;
  cloud::Cloud& cloud_;
  StackKey key_;
  std::stop_source stop_;  // of the whole operation
  std::stop_source halt_;  // of the walk under way: the operation's stop, or a resource's failure
  std::mutex mutex_;       // guards what follows while workers run
  Value stack_;
  std::map<std::string, Value> resources_;
  std::set<std::string> imports_;
  Value definition_;  // the one that is being deployed
};

}  // namespace mainstay::formation
