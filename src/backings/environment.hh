// One execution environment of a function: a process that runs its runtime, and the server of the
// runtime API that only it speaks to.
//
//   away ─► idle ─► busy ─► away ─► idle … ─► ended
//
// away: the runtime has not asked for an event yet, at its start and after each answer.
//
// A thread of its own (run) starts the process, watches its time and memory, and cleans up after
// it; events are given by any thread, answers come on the server's thread.
//
// Memory is looked at 20 times a second while an event is handled: a process whose resident memory
// is over the function's is killed, as Lambda does.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "backings/function.hh"
#include "backings/output_file.hh"
#include "backings/packages.hh"
#include "backings/scratch.hh"
#include "host/clock.hh"
#include "host/process.hh"
#include "host/surroundings.hh"
#include "http/server.hh"

namespace mainstay::backings {

// What all environments share.
struct Workshop {
  Processes& processes;
  const Clock& clock;
  const mainstay::Environment& surroundings;
  const Scratch& scratch;
  Packages& packages;
  FunctionLimits limits;
};

class ExecutionEnvironment {
 public:
  ExecutionEnvironment(const Workshop& workshop, FunctionSpec spec, uint64_t number);

  const FunctionSpec& spec() const { return spec_; }
  // Takes the event where it may: idle or away, without one, and neither retired nor too old.
  // Otherwise false, and the arguments are untouched.
  bool offer(FunctionEvent& event, Functions::Done& done);
  bool ended() const;  // run() has nothing left to do but to return
  bool idle() const;
  int64_t used_ms() const;  // when it last got or finished an event
  // No more events; ends once it has none.
  void retire();
  // Ends at once; an event under way ends as not run.
  void stop();

  void run();  // the whole life

 private:
  enum class Stage { away, idle, busy, ended };
  struct Work {
    FunctionEvent event;
    Functions::Done done;
    int64_t began_ms = 0;     // when the runtime got it; 0 before
    int64_t deadline_ms = 0;  // when it is too late, on the monotonic clock
  };

  void live();
  Result<std::unique_ptr<Process>> start_process();
  void serve(HttpRequest&& request, http::Reply reply);
  void serve_next(http::Reply reply);
  void serve_answer(HttpRequest&& request, const std::string& request_id, bool failed,
                    const http::Reply& reply);
  void hand_over(Work& work);  // with the mutex held: to the runtime that waits
  void watch(Process& process);
  bool look_at(Process& process);
  // Ends the event under way, if there is one (or this one), with this outcome.
  void finish(FunctionOutcome outcome, const std::string& last_words = "",
              std::string_view request_id = "");
  std::string log_of(const Work& work, const std::string& last_words);
  void fail_to_start(const Error& error);
  void end_without_answer(const ProcessExit& exit);

  const Workshop& workshop_;
  const FunctionSpec spec_;
  const std::string name_;  // of its files

  mutable std::mutex mutex_;
  Stage stage_ = Stage::away;
  std::optional<Work> work_;
  std::optional<http::Reply> waiting_;  // the runtime's request for an event
  std::optional<OutputFile> output_;
  std::string init_log_, init_error_, log_stream_;
  std::string address_;  // of the runtime API
  int64_t started_ms_ = 0, used_ms_ = 0;
  int64_t init_ms_ = -1;  // from the start to the first request for an event
  uint64_t memory_peak_ = 0;
  bool first_ = true, retired_ = false, stopping_ = false, over_memory_ = false, late_ = false,
       over_ = false;
  Process* process_ = nullptr;  // while it runs
  Packages::Folder code_, layers_;
};

}  // namespace mainstay::backings
