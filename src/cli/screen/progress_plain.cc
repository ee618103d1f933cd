#include <fmt/core.h>

#include <map>
#include <thread>

#include "base/text.hh"
#include "cli/screen/progress.hh"

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

  void plan(const std::vector<stacks::PlannedStack>&) override {}
  void begins(const stacks::OperationReport& report) override {
    auto usual = options_.usual ? options_.usual(report) : std::nullopt;
    if (!usual) return;
    std::scoped_lock lock(mutex_);
    write(one_line(report.stack) + ": " + usual_text(*usual) + "\n");
  }
  void step(const stacks::StepReport& report) override {
    std::scoped_lock lock(mutex_);
    last_line_ms_ = clock_.monotonic_ms();
    std::string took;
    if (report.state == StepState::running) {
      auto [at, fresh] = running_.try_emplace(report.stack, "", last_line_ms_);
      at->second.reason = report.reason;
    } else if (auto at = running_.find(report.stack); at != running_.end()) {
      took = " in " + took_text(last_line_ms_ - at->second.since_ms);
      running_.erase(at);
    }
    write(fmt::format("{}: {} ({}){}\n", one_line(report.stack), stacks::state_name(report.state),
                      one_line(report.reason), took));
  }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    std::scoped_lock lock(mutex_);
    last_line_ms_ = clock_.monotonic_ms();
    write(fmt::format("{}: [{}] {} {}{}\n", one_line(stack), one_line(event.status),
                      one_line(event.logical_id), one_line(event.type),
                      event.reason.empty() ? "" : " " + one_line(event.reason)));
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    if (error.code == "Interrupted") return;  // the step has said so
    std::scoped_lock lock(mutex_);
    write(failure_text(stack, error, failure, files_, options_.style, options_.next));
  }
  void warning(const std::string& text) override {
    std::scoped_lock lock(mutex_);
    write("warning: " + one_line(text) + "\n");
  }
  void hook(const stacks::HookReport& report) override {
    std::scoped_lock lock(mutex_);
    write(hook_line(report));
  }
  void said(const std::string& program, const std::string& line) override {
    std::scoped_lock lock(mutex_);
    write(one_line(program) + ": " + one_line(line) + "\n");
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
      for (const auto& [name, row] : running_)
        names.push_back(fmt::format("{} ({}, {})", name, row.reason,
                                    duration_text(last_line_ms_ - row.since_ms)));
      write("waiting for " + one_line(join(names, ", ")) + "\n");
    }
  }

  ProgressOptions options_;
  Clock& clock_;
  const Files& files_;
  std::mutex mutex_;
  struct Running {
    std::string reason;
    int64_t since_ms = 0;
  };
  std::map<std::string, Running> running_;
  int64_t last_line_ms_ = 0;
  std::jthread heartbeat_;
};

}  // namespace

std::string hook_line(const stacks::HookReport& report) {
  std::string more = report.reason.empty() ? report.stage : report.stage + ": " + report.reason;
  return fmt::format("hook {}: {} ({})\n", one_line(report.hook), stacks::state_name(report.state),
                     one_line(more));
}

std::unique_ptr<Progress> plain_progress(ProgressOptions options, Clock& clock,
                                         const Files& files) {
  return std::make_unique<PlainProgress>(std::move(options), clock, files);
}

}  // namespace mainstay::cli
