// One Python process for all that a run asks of it: started with the first operation, ended with
// the worker. See the room's README for the messages.
//
// Limits: frames of 64 MB; lines of its log of 4 KB, 20,000 of them. Errors: "PythonFailed" where
// the process could not be started, died, hung, or wrote something else than messages: it is ended,
// and every later call fails alike; "PythonRaised" with the place in the user's code;
// "PythonPackageMissing" with the command that installs it; "PythonNameUnknown"; "Interrupted".
// Threads: any; one operation runs at a time, the others wait for their turn.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "host/clock.hh"
#include "host/process.hh"

namespace mainstay::python {

struct WorkerSetup {
  Processes& processes;
  std::shared_ptr<Clock> clock;
  std::string interpreter;
  std::vector<std::string> environment;  // "NAME=value"; without keys of AWS
  Value hello;                           // arguments of the operation "hello", sent first
  std::function<void(const std::string& line)> log;  // of what the process prints
  std::stop_token stop;                              // ends what is under way
};

class Worker {
 public:
  // What the process may ask for while an operation runs; called on the caller's thread.
  using Answer = std::function<Result<Value>(const std::string& what, const Value& with)>;

  explicit Worker(WorkerSetup setup) : setup_(std::move(setup)) {}
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // timeout_ms: of the process's own time; what it waits for answers doesn't count.
  Result<Value> call(const std::string& operation, const Value& with, const Answer& answer,
                     int64_t timeout_ms);
  // What "hello" gave: the version of Python, its path, whose stacker. Null before the first call.
  Value greeting() const;

 private:
  struct Turn;
  Status start(const Answer& answer);
  Result<Value> exchange(const std::string& operation, const Value& with, const Answer& answer,
                         int64_t timeout_ms);
  Status send(const std::string& text);
  Result<Value> receive(int64_t deadline_ms);
  Result<std::optional<std::string>> take_frame();
  void read_log();
  void take_log(std::string_view bytes);
  Status reply(const Value& message, const Answer& answer);
  Error give_up(const std::string& why);

  WorkerSetup setup_;
  mutable std::mutex mutex_;  // of the turn and the greeting
  std::condition_variable free_;
  std::thread::id whose_turn_;
  size_t depth_ = 0;
  Value greeting_;

  // Of whoever has the turn.
  std::unique_ptr<Process> process_;
  std::optional<Error> broken_;
  std::string unread_, log_line_;
  std::deque<std::string> last_lines_;
  size_t log_lines_ = 0;
};

}  // namespace mainstay::python
