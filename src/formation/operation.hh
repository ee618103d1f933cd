// One operation on one stack, step by step through the states that StackStatus names.
//
// Each state has a phase that does its work and puts the stack into the next state; run() goes on
// until the stack rests or nothing can be done now. Since documents say all there is to know, an
// operation that waits, or that was interrupted, is taken up by running it again: what is done is
// skipped, what has begun is asked again. One thread at a time.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formation/definition.hh"
#include "formation/engine.hh"
#include "graph/dag.hh"

namespace mainstay::formation {

struct Outcome;
// The reason of a stack's failure: "The following resource(s) failed to update: [A]. ".
std::string reason_of(const Outcome& outcome, std::string_view what);

// What came of a walk over resources.
struct Outcome {
  std::vector<std::string> failed;
  bool waits = false;      // for what somebody will wake the stack for: the run is over
  bool cancelled = false;  // by CancelUpdateStack, or for the parent of a nested stack
  bool late = false;       // TimeoutInMinutes is over
  std::string error;       // of something that is no resource: outputs, exports
  bool good() const { return failed.empty() && !waits && !cancelled && !late && error.empty(); }
};

class Operation {
 public:
  Operation(cloud::Cloud& cloud, StackKey key) : cloud_(cloud), key_(std::move(key)) {}

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

  // import.cc
  Status import_resources();
  Status roll_back_import();
  Status import_one(Value wanted, const std::string& physical_id);

  // Deploying what the definition wants. deploy.cc
  Outcome deploy_definition();  // prepares what the stack is to become, deploys it and watches it
  Outcome deploy(const Prepared& prepared);
  Status deploy_one(const Prepared& prepared, const std::string& id);
  Status change_one(Value present, const Value& wanted);
  Status create_one(Value wanted, const Value& present);
  Status update_one(Value present, const Value& wanted);
  Status replace_one(Value present, Value wanted);
  Status leave_over(const Value& old);
  Status check_policy(std::string_view action, const Value& present) const;
  Status refuse(Value present, Error why);
  Outcome refuse_removals(const Prepared& prepared);
  Status take_up_half_made(Value& present);
  Status make(Subject& s, Value& resource);
  Status made(const Subject& s, Value& resource, std::string_view status, std::string_view reason);
  Status finish_outputs(const Prepared& prepared);
  Status tell_of_output(const Error& why);

  // What a resource is to become. wanted.cc
  Result<Value> wanted_resource(const Prepared& prepared, const std::string& id);
  cfn::Environment environment(const Prepared& prepared);

  // Removing. remove.cc
  Outcome remove_resources(const std::vector<Value>& resources, bool may_retain);
  Status remove_one(Value resource, bool retain);
  bool is_retained(const Value& resource) const;
  Status learn_id(Value& resource);
  Outcome remove_leftovers();
  Status remove_leftover(Value old);
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
  Value resource(const std::string& id) const;
  Status commit(const std::function<Status(Call&)>& work);
  Status set_status(Value& resource, std::string_view status, std::string_view reason = "");
  Status put_resource(const Value& resource);  // without an event
  // Keeps what a type that waits wants to know when it is asked again. Returns `why`.
  Status put_off(const Subject& s, Value& resource, const Error& why);
  // more: what is kept along with the new status.
  Status set_stack(std::string_view status, std::string_view reason = "",
                   const std::function<Status(Call&)>& more = {});
  void note_former(Call& call, const std::string& id, const Value& document);
  Value definition(std::string_view which);
  const Value& operation_id() const { return stack_["_operation"]["Id"]; }
  // What a drift-aware change set found of the resource (drift_revert.hh); null for others.
  Value actual_state(const Value& resource) const {
    const Value& actual = resource["_actual"];
    return actual["Operation"] == operation_id() ? actual : Value();
  }
  // Operation and phase: what a resource has been begun or finished by.
  std::string step() const;
  bool is_done(const Value& resource) const { return resource["_done_by"].as_string() == step(); }
  bool has_begun(const Value& resource) const {
    return resource["_begun_by"].as_string() == step();
  }

  // Walking. walk.cc
  enum class Halt : uint8_t { none, ended, cancelled, late };
  struct Round;
  Halt halted();
  Outcome walk(const graph::Dag& dag, const Work& work, bool stop_at_failure);
  void walk_round(Round& round);
  void end_waiting(Round& round);
  std::set<std::string> begun() const;
  void keep_failed(const Outcome& outcome);
  void look_again_at(Time when) { look_at_ = look_at_ ? std::min(*look_at_, when) : when; }
  Status wait_to_be_woken();

  cloud::Cloud& cloud_;
  StackKey key_;
  Value stack_;
  std::map<std::string, Value> resources_;
  std::set<std::string> imports_;
  Value definition_;  // the one that is being deployed

  // Of the walk under way.
  bool is_over_ = false;  // this run ends: it waits, or somebody else has taken the stack further
  bool ends_waiting_ = false;  // what waits is not wanted any more
  bool is_last_try_ = false;   // what is blocked won't come free
  std::optional<Time> look_at_;
};

}  // namespace mainstay::formation
