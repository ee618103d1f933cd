// What a run tells while it goes on, and what it asks. The cli shows it; tests keep it.
//
// Threads: called by many at once; implementations lock.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.hh"
#include "stacks/access_gain.hh"
#include "stacks/cloudformation.hh"

namespace mainstay::stacks {

enum class StepState : uint8_t { waiting, running, done, skipped, failed };
std::string_view state_name(StepState state);

// Where a step stands. reason says what is being done, or has been, or why not.
struct StepReport {
  std::string stack;      // its name in the configuration
  std::string full_name;  // in AWS
  std::string region;
  StepState state = StepState::waiting;
  std::string reason;
  bool changed = false;  // done, and something was changed in AWS
};

// What the run is going to look at, and what each waits for directly.
struct PlannedStack {
  std::string stack;
  std::vector<std::string> waits_for;  // stacks
};

enum class Operation : uint8_t { create, update, remove };
std::string_view operation_name(Operation operation);

// An operation that CloudFormation has been asked for.
struct OperationReport {
  std::string stack;      // its name in the configuration
  std::string full_name;  // in AWS
  std::string region;
  Operation operation = Operation::create;
  size_t resources = 0;  // that it will work on; 0: not known
};

// Why a stack's operation failed, taken from its events.
struct Failure {
  std::string status;                    // that the stack was left in
  bool rolled_back = false;              // cleanly
  std::optional<StackEvent> cause;       // the first failure that is not an effect of another
  Position at;                           // of the resource in its template, where that is known
  size_t cancelled = 0;                  // resources cancelled because of it
  int64_t failed_after_ms = 0;           // from the operation's start to the turn, or to its end
  int64_t rolled_back_in_ms = 0;         // from the turn to the end; 0: it was not taken back
  std::vector<std::string> left_behind;  // resources that the stack made and no longer has
};

// Where a hook of the configuration stands.
struct HookReport {
  std::string hook;   // its path
  std::string stage;  // "pre_build"
  StepState state = StepState::waiting;
  std::string reason;  // of a failure
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  // Before the first step.
  virtual void plan(const std::vector<PlannedStack>& stacks) = 0;
  virtual void step(const StepReport& report) = 0;
  virtual void hook(const HookReport& report) = 0;
  virtual void begins(const OperationReport& report) = 0;
  virtual void event(const std::string& stack, const StackEvent& event) = 0;
  virtual void failure(const std::string& stack, const Error& error,
                       const std::optional<Failure>& failure) = 0;
  virtual void warning(const std::string& text) = 0;
  // A line that a program of the configuration has printed.
  virtual void said(const std::string& program, const std::string& line) = 0;
  // Whether events are worth asking AWS for while a stack is being made.
  virtual bool wants_events() const = 0;
};

// What a person has to say yes to.
enum class Consent : uint8_t {
  protected_stack,  // the stack is protected
  replace,          // what holds data is replaced by something empty; the old copy is kept
  data,             // data would be lost
  access            // somebody may do more than before
};
std::string_view consent_name(Consent c);  // "protected", "replace", "data", "access"

struct ApprovalRequest {
  std::string stack;  // its name in the configuration
  bool deletes = false;
  std::set<Consent> consents;  // needed for it; may be empty where every change is asked about
  std::vector<ResourceChange> changes;
  std::vector<AccessGain> gains;
};

// Asked before a change that needs a person's yes.
class Approver {
 public:
  virtual ~Approver() = default;
  // Error "ApprovalNeeded" where nobody can be asked.
  virtual Result<bool> approve(const ApprovalRequest& request) = 0;
};

}  // namespace mainstay::stacks
