// One run over a configuration: what it works with, and the outputs it has seen.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>

#include "aws/client.hh"
#include "base/digest.hh"
#include "base/secrets.hh"
#include "host/executor.hh"
#include "host/files.hh"
#include "host/process.hh"
#include "host/surroundings.hh"
#include "stacks/cloudformation.hh"
#include "stacks/config.hh"
#include "stacks/graph_keeper.hh"
#include "stacks/knowledge.hh"
#include "stacks/lookups.hh"
#include "stacks/poller.hh"
#include "stacks/rendering.hh"
#include "stacks/report.hh"

namespace mainstay::stacks {

// How often to ask how a stack is doing: soon at first, then less and less often.
struct PollPolicy {
  int64_t first_ms = 15;
  double growth = 1.4;
  int64_t longest_ms = 5'000;
  int64_t patience_ms = 6 * 3600 * 1000;  // then give up waiting (the stack goes on)
  size_t together_from = 0;               // see poller.hh
  int64_t stale_ms = 5'000;  // for so long a look may show what was before the last request
};

struct RunOptions {
  std::set<std::string> force;              // stacks to work on though they are locked
  std::set<std::string> targets;            // stacks and targets to limit the run to; empty: all
  std::map<std::string, std::string> plan;  // fingerprints of stacks, as they were shown
  bool recreate_failed = false;
  bool interactive = false;
  bool replacements_only = false;  // with interactive: only they need a yes
  size_t at_once = 0;              // stacks at the same time; 0: no limit
  bool dumping = false;       // templates are only to be seen: whatever they are, they are made
  bool offline = false;       // what only AWS knows is not asked for
  bool python_first = false;  // classes of stacker_blueprints come from Python
  // By stack, resources that a stuck rollback is to leave as they are.
  std::map<std::string, std::vector<std::string>> skipped_resources = {};
  bool continue_rollback = false;  // stacks whose rollback is stuck are helped on
  bool pruning = false;            // the configuration is that of prune.hh
};

// What a person may ask of a run while it goes on.
struct Interruption {
  std::stop_token begin_nothing;  // no further stack is begun
  std::stop_token stop_waiting;   // what goes on is no longer waited for
  std::stop_token take_back;      // updates that go on are cancelled, and still waited for
};

// What another program needs to go where the run goes.
struct AwsAccess {
  std::string endpoint;  // "" for AWS's own
  std::string access_key_id, secret_access_key, session_token;
  std::string region;
};

// What the run has from outside. All must outlive it.
struct Surroundings {
  const Environment& process;
  const Files& files;
  std::shared_ptr<Clock> clock;
  Executor& executor;
  // By profile ("" for the run's own).
  std::function<Result<std::shared_ptr<aws::Client>>(const std::string& profile)> client;
  Reporter& reporter;
  Approver& approver;
  PollPolicy poll;
  Interruption interruption;
  std::string run_id;  // starts the tokens of requests
  Knowledge knowledge = {};
  Secrets* secrets = nullptr;    // told of values that must not be shown; may be null
  Programs* programs = nullptr;  // runs what is of the user's own; null: nothing is
  // Keys and place of the run, for programs that speak to AWS themselves; may be empty.
  std::function<Result<AwsAccess>(const std::string& profile)> access = {};
  std::function<std::string(size_t bytes)> random = secure_random;
  Processes* processes = nullptr;  // null: hooks run no commands
  GraphKeeper* graph = nullptr;    // held by the run; null: none is kept
};

class Foresight;

// Outputs by full name and output name. One that will change but has no value yet holds a text
// that says so, for diffs.
using Outputs = std::map<std::string, std::string>;

class Session {
 public:
  Session(const Config& config, const EnvironmentFile& environment, RunOptions options,
          Surroundings around)
      : config(config),
        environment(environment),
        options(std::move(options)),
        around(around),
        poller(around.poll.together_from) {}

  const Config& config;
  const EnvironmentFile& environment;
  const RunOptions options;
  Surroundings around;
  mutable StackPoller poller;
  std::set<std::string> not_to_delete;  // stacks whose data was not given up; set before they go
  std::map<std::string, std::string> kept;  // stacks that stay in spite of `down`, and why
  std::shared_ptr<Foresight> foresight;     // of a run that changes stacks
  const StackConfig run_place{};            // of what belongs to no stack
  bool hooks_run = false;  // before any stack; else what they give is not known yet

  std::string region_of(const StackConfig& stack, const aws::Client& client) const;
  Result<CloudFormation> cloud_for(const StackConfig& stack) const;
  StepReport report_for(const StackConfig& stack) const;
  void say(const StackConfig& stack, StepState state, const std::string& reason,
           bool changed = false);
  void begins(const StackConfig& stack, const std::string& region, Operation operation,
              size_t resources);
  void warn_once(const std::string& text);
  // Whether an operation of CloudFormation is being waited for, on some thread.
  bool is_waiting() const { return waits_ > 0; }
  struct Waiting {
    explicit Waiting(const Session& s) : session(s) { ++session.waits_; }
    ~Waiting() { --session.waits_; }
    const Session& session;
  };

  void keep_outputs(const std::string& full_name, const Map& outputs);
  // With lookups resolved.
  Result<Value> variables_of(const StackConfig& stack);
  // v with its lookups resolved, as for the stack; path: of v in the configuration.
  Result<Value> resolved(const StackConfig& stack, const Value& v, const cfn::Path& path);
  // The same again for the same variables and hooks' data is not made twice.
  Result<Rendered> render(const StackConfig& stack, const Value& variables);
  Workshop workshop_for(const StackConfig& stack);
  // By data_key, what hooks have given so far.
  Value hook_data() const;
  void keep_hook_data(const std::string& data_key, const Value& data);
  // One of stacker's own hooks, by its full path. Error "HookFailed".
  Result<Value> run_own_hook(const std::string& path, const Value& args);
  // What a program may ask for while it runs for the stack.
  Result<Value> answer(const StackConfig& stack, const std::string& what, const Value& with);
  // Of the request that makes the stack: the same for the same run and stack, so that one that is
  // sent twice counts once.
  std::string token_for(const StackConfig& stack) const;
  Result<Submission> submission_for(const StackConfig& stack, const Rendered& rendered,
                                    const Value& variables,
                                    const std::optional<DeployedStack>& deployed) const;

 private:
  Result<std::string> output_of(const StackConfig& asking, const std::string& stack,
                                const std::string& output);
  Result<std::string> output_at(const StackConfig& where, const std::string& full_name,
                                const std::string& output);
  Result<LookupContext> lookup_context(const StackConfig& stack);
  Result<Value> hook_datum(const std::string& key, const std::string& field) const;

  mutable std::atomic<int> waits_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Outputs> outputs_;
  Value hook_data_ = Value::map();
  struct Made {
    Value variables, hook_data;
    Rendered rendered;
  };
  std::map<std::string, Made> made_;  // by stack
  std::set<std::string> warned_;
};

}  // namespace mainstay::stacks
