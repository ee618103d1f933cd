// What stands between the service's state and the functions that run: which function with what, how
// many at once, and what becomes of their answers and logs.
//
// Threads: any. Nothing is called under its lock. Bounds: answers that nobody fetches are dropped
// after answer_ms_max.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "backings/function.hh"
#include "services/lambda/function.hh"

namespace mainstay::lambda {

// A run of a function, ready to be started once the state's lock is gone.
struct Run {
  std::string account, region;
  std::string function;  // its name
  std::string version;
  std::string role, log_group;
  int64_t limit = -1;        // reserved concurrency, -1 for a share of the account's
  int64_t reserved_sum = 0;  // by all functions of the account, here
  backings::FunctionSpec spec;
  backings::FunctionEvent event;
};

// The code of what was not run because the cloud is a fork.
inline constexpr std::string_view not_in_forks = "NotImplemented";
// Whether it stays as it is, queued, because functions can't run now: at the end of the program,
// and in a fork.
bool stays_queued(const backings::FunctionOutcome& outcome);

class Runner : public cloud::Background {
 public:
  explicit Runner(std::unique_ptr<backings::Functions> functions);
  ~Runner() override;
  void start(cloud::Cloud& cloud) override;
  void stop() override;

  // Takes one of the function's places; where there is none, the error that Invoke answers.
  // Whoever entered has to begin.
  Status enter(const Run& run);
  // Runs it and tells the logs; then leaves the place and calls done.
  void begin(Run run, std::function<void(backings::FunctionOutcome)> done);
  void abandon(const Run& run) { leave(run); }  // entered, but will not begin
  void retire(const std::string& owner);

  // Answers on their way to a handler that waits for them.
  void keep_answer(const std::string& id, backings::FunctionOutcome outcome);
  std::optional<backings::FunctionOutcome> take_answer(const std::string& id);

 private:
  static constexpr int64_t answer_ms_max = 60'000;
  static constexpr size_t streams_max = 10'000;
  struct Answer {
    Time kept;
    backings::FunctionOutcome outcome;
  };
  void leave(const Run& run);
  void write_log(const Run& run, const backings::FunctionOutcome& outcome);  // log.cc
  bool knows_stream(const std::string& stream);

  const bool makes_functions_;
  cloud::Cloud* cloud_ = nullptr;
  std::shared_ptr<backings::Functions> functions_;
  std::mutex mutex_;
  std::map<std::string, int64_t> running_;     // by function's ARN
  std::map<std::string, int64_t> unreserved_;  // by account and region
  std::map<std::string, Answer> answers_;      // by invocation
  std::set<std::string> streams_;  // of logs, that have been made; streams_max, then anew
};

Runner& runner_of(const Call& call);
Run make_run(Call& call, const Target& target, std::string payload, std::string request_id);
// Who Lambda is when it does something for a function: a session of the function's role. Asks IAM.
Result<cloud::Caller> role_session(Call& call, const std::string& function);
// Once the change is kept: what runs goes on as it was, what comes is the new one's.
void retire_environments(Call& call, const std::string& function);

}  // namespace mainstay::lambda
