// How events end, and what Lambda says about it: the lines of the log and the words of failures as
// recorded on AWS.
#include <algorithm>
#include <cstdio>

#include "backings/environment.hh"

namespace mainstay::backings {
namespace {

std::string two_decimals(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string in_seconds(int64_t ms) {
  return two_decimals(static_cast<double>(ms) / 1000);
}

std::string in_megabytes(uint64_t bytes) {
  constexpr uint64_t megabyte = 1 << 20;
  return std::to_string((bytes + megabyte - 1) / megabyte);
}

void add_line(std::string& log, const std::string& text) {
  if (!log.empty() && !log.ends_with('\n')) log += '\n';
  log += text;
}

}  // namespace

// "Viewing CloudWatch logs for Lambda functions": START, what was printed, END, REPORT.
std::string ExecutionEnvironment::log_of(const Work& work, const std::string& last_words) {
  const std::string& id = work.event.request_id;
  std::string log = first_ ? init_log_ : "";
  add_line(log, "START RequestId: " + id + " Version: " + spec_.version + "\n");
  if (output_) log += output_->take(workshop_.limits.log_bytes_max);
  if (!last_words.empty()) add_line(log, last_words);
  int64_t ran_ms = work.began_ms > 0 ? workshop_.clock.monotonic_ms() - work.began_ms : 0;
  ran_ms = std::clamp<int64_t>(ran_ms, 1, spec_.timeout_ms);
  bool is_cold = first_ && init_ms_ >= 0;
  int64_t billed_ms = ran_ms + (is_cold ? init_ms_ : 0);  // "Lambda pricing": since August 2025
  add_line(log, "END RequestId: " + id + "\n");
  log += "REPORT RequestId: " + id + "\tDuration: " + two_decimals(static_cast<double>(ran_ms)) +
         " ms\tBilled Duration: " + std::to_string(billed_ms) +
         " ms\tMemory Size: " + std::to_string(spec_.memory_mb) +
         " MB\tMax Memory Used: " + in_megabytes(memory_peak_) + " MB\t";
  if (is_cold) log += "Init Duration: " + two_decimals(static_cast<double>(init_ms_)) + " ms\t";
  return log + "\n";
}

void ExecutionEnvironment::finish(FunctionOutcome outcome, const std::string& last_words,
                                  std::string_view request_id) {
  Functions::Done done;
  {
    std::scoped_lock lock(mutex_);
    if (!work_ || (!request_id.empty() && work_->event.request_id != request_id)) return;
    if (process_)
      if (auto usage = process_->usage())
        memory_peak_ = std::max(memory_peak_, usage->resident_bytes_peak);
    if (!outcome.not_run) outcome.log = log_of(*work_, last_words);
    outcome.log_stream = log_stream_;
    done = std::move(work_->done);
    work_.reset();
    first_ = false;
    used_ms_ = workshop_.clock.monotonic_ms();
  }
  done(std::move(outcome));
}

void ExecutionEnvironment::fail_to_start(const Error& error) {
  {
    std::scoped_lock lock(mutex_);
    stage_ = Stage::ended;
    if (!work_) return;
  }
  FunctionOutcome outcome;
  // What AWS tells as the function's own failure, having no bootstrap to run.
  if (error.code == "Runtime.InvalidEntrypoint") {
    outcome.failed = true;
    outcome.payload = error_payload(
        error.code, "RequestId: " + work_->event.request_id + " Error: " + error.message);
  } else {
    outcome.not_run = error;
  }
  finish(std::move(outcome));
}

// The process has ended, or will not be waited for: whoever waits for an answer is told why there
// is none.
void ExecutionEnvironment::end_without_answer(const ProcessExit& exit) {
  std::unique_lock lock(mutex_);
  stage_ = Stage::ended;
  if (!work_) return;
  FunctionOutcome outcome;
  outcome.failed = true;
  const std::string id = work_->event.request_id, prefix = "RequestId: " + id + " Error: ";
  std::string last_words;
  if (stopping_) {
    outcome.not_run = Error("FunctionsStopped", "the functions have been stopped");
  } else if (late_) {
    std::string words = "Task timed out after " + in_seconds(spec_.timeout_ms) + " seconds";
    outcome.payload = error_payload("Sandbox.Timedout", prefix + words);
    last_words = format_iso8601(workshop_.clock.now(), true) + " " + id + " " + words + "\n\n";
  } else if (work_->began_ms == 0 && !init_error_.empty()) {
    outcome.payload = init_error_;
  } else {
    std::string words = exit.code == 0 ? "Runtime exited without providing a reason"
                                       : "Runtime exited with error: " + exit.text();
    outcome.payload = error_payload("Runtime.ExitError", prefix + words);
    last_words = "RequestId: " + id + " Error: " + words + "\nRuntime.ExitError\n";
  }
  lock.unlock();
  finish(std::move(outcome), last_words);
}

}  // namespace mainstay::backings
