#include <fmt/core.h>

#include <map>
#include <thread>

#include "base/text.hh"
#include "cli/progress.hh"

namespace mainstay::cli {
namespace {

using stacks::StepState;

class PlainProgress : public Progress {
 public:
  PlainProgress(ProgressOptions options, Clock& clock, const Files& files)
      : options_(std::move(options)), clock_(clock), files_(files) {
    heartbeat_ = std::jthread([this](std::stop_token stop) { beat(stop); });
  }
  ~PlainProgress() override { finish(); }

  void step(const stacks::StepReport& report) override {
    std::scoped_lock lock(mutex_);
    last_line_ms_ = clock_.monotonic_ms();
    if (report.state == StepState::running)
      running_[report.stack] = report.reason;
    else
      running_.erase(report.stack);
    write(fmt::format("{}: {} ({})\n", printable(report.stack), stacks::state_name(report.state),
                      printable(report.reason)));
  }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    std::scoped_lock lock(mutex_);
    last_line_ms_ = clock_.monotonic_ms();
    write(fmt::format("{}: [{}] {} {}{}\n", printable(stack), event.status,
                      printable(event.logical_id), printable(event.type),
                      event.reason.empty() ? "" : " " + printable(event.reason)));
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    std::scoped_lock lock(mutex_);
    write(failure_text(stack, error, failure, files_, options_.style));
  }
  void warning(const std::string& text) override {
    std::scoped_lock lock(mutex_);
    write("warning: " + text + "\n");
  }
  bool wants_events() const override { return options_.tail; }
  void finish() override {
    heartbeat_.request_stop();
    if (heartbeat_.joinable()) heartbeat_.join();
  }

 private:
  void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), options_.out);
    std::fflush(options_.out);
  }

  void beat(std::stop_token stop) {
    constexpr int64_t silence_ms_max = 30'000, look_every_ms = 1'000;
    while (clock_.sleep_ms(look_every_ms, stop)) {
      std::scoped_lock lock(mutex_);
      if (running_.empty() || clock_.monotonic_ms() - last_line_ms_ < silence_ms_max) continue;
      last_line_ms_ = clock_.monotonic_ms();
      std::vector<std::string> names;
      for (const auto& [name, reason] : running_) names.push_back(name + " (" + reason + ")");
      write("waiting for " + printable(join(names, ", ")) + "\n");
    }
  }

  ProgressOptions options_;
  Clock& clock_;
  const Files& files_;
  std::mutex mutex_;
  std::map<std::string, std::string> running_;
  int64_t last_line_ms_ = 0;
  std::jthread heartbeat_;
};

}  // namespace

std::unique_ptr<Progress> plain_progress(ProgressOptions options, Clock& clock,
                                         const Files& files) {
  return std::make_unique<PlainProgress>(std::move(options), clock, files);
}

}  // namespace mainstay::cli
