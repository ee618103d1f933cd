#include <fmt/core.h>

#include <thread>

#include "base/text.hh"
#include "cli/screen/progress.hh"
#include "cli/screen/progress_rows.hh"

namespace mainstay::cli {
namespace {

using stacks::StepState;

struct StateLook {
  const char *symbol, *word;
  Ink ink;
};

const StateLook& look_of(StepState state) {
  static constexpr StateLook looks[] = {{"·", "waiting", Ink::faint},
                                        {"▸", "running", Ink::busy},
                                        {"✓", "done", Ink::good},
                                        {"-", "skipped", Ink::faint},
                                        {"✗", "failed", Ink::bad}};
  return looks[static_cast<size_t>(state)];
}

// What is done scrolles away above; below stand the rows. Everything is written by frames, ten a
// second at most.
class LiveProgress : public Progress {
 public:
  LiveProgress(ProgressOptions options, Clock& clock, const Files& files)
      : options_(std::move(options)),
        clock_(clock),
        files_(files),
        rows_(options_.usual, clock.monotonic_ms()) {
    painter_ = std::jthread([this](std::stop_token stop) {
      while (clock_.sleep_ms(frame_ms, stop)) paint();
    });
  }
  ~LiveProgress() override { finish(); }

  void plan(const std::vector<stacks::PlannedStack>& stacks) override {
    std::scoped_lock lock(mutex_);
    rows_.plan(stacks);
  }
  void begins(const stacks::OperationReport& report) override {
    std::scoped_lock lock(mutex_);
    rows_.begins(report);
  }
  void step(const stacks::StepReport& report) override {
    std::scoped_lock lock(mutex_);
    int64_t took_ms = rows_.step(report, clock_.monotonic_ms());
    if (report.state > StepState::running) scroll(finished_line(report, took_ms));
  }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    std::scoped_lock lock(mutex_);
    rows_.event(stack, event, clock_.monotonic_ms());
    if (options_.tail)
      scroll(fmt::format("  {}: [{}] {} {} {}\n", one_line(stack), one_line(event.status),
                         one_line(event.logical_id), one_line(event.type), one_line(event.reason)));
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    if (error.code == "Interrupted") return;  // the step has said so
    std::scoped_lock lock(mutex_);
    scroll(failure_text(stack, error, failure, files_, options_.style, options_.next));
  }
  void warning(const std::string& text) override {
    std::scoped_lock lock(mutex_);
    scroll("warning: " + one_line(text) + "\n");
  }
  void hook(const stacks::HookReport& report) override {
    std::scoped_lock lock(mutex_);
    if (report.state != StepState::running) scroll("  " + hook_line(report));
  }
  void said(const std::string& program, const std::string& line) override {
    std::scoped_lock lock(mutex_);
    scroll(one_line(program) + ": " + one_line(line) + "\n");
  }
  bool wants_events() const override { return true; }
  void hold(bool held) override {
    std::scoped_lock lock(mutex_);
    held_ += held ? 1 : -1;
    if (held) write(erased() + std::exchange(scrolled_, ""));
  }
  void finish() override {
    painter_.request_stop();
    if (painter_.joinable()) painter_.join();
    std::scoped_lock lock(mutex_);
    write(erased() + std::exchange(scrolled_, ""));
    finished_ = true;
  }

 private:
  static constexpr int64_t frame_ms = 100;

  std::string finished_line(const stacks::StepReport& report, int64_t took_ms) const {
    const StateLook& look = look_of(report.state);
    std::string line =
        options_.style.paint(look.ink, fmt::format("  {} {:<8}", look.symbol, look.word));
    line += fmt::format("{}  {}", one_line(report.stack), one_line(report.reason));
    if (took_ms > 0) line += "  " + took_text(took_ms);
    return line + "\n";
  }

  // Back to where the rows begin, all below erased.
  std::string erased() {
    size_t lines = std::exchange(drawn_, {}).size();
    return lines == 0 ? "" : fmt::format("\x1b[{}A\r\x1b[J", lines);
  }
  // With the next frame, or at once where there are none any more.
  void scroll(const std::string& text) {
    if (finished_)
      write(text);
    else
      scrolled_ += text;
  }
  void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), options_.out);
    std::fflush(options_.out);
  }

  void paint() {
    // The window may have another size by now.
    Terminal terminal = options_.measure ? options_.measure() : options_.terminal;
    std::scoped_lock lock(mutex_);
    std::vector<std::string> lines = rows_.lines(clock_.monotonic_ms(), terminal, options_.style);
    if (held_ > 0 || (scrolled_.empty() && lines == drawn_)) return;
    std::string text = erased() + std::exchange(scrolled_, "");
    for (const std::string& line : lines) text += line + "\n";
    drawn_ = std::move(lines);
    write(text);
  }

  ProgressOptions options_;
  Clock& clock_;
  const Files& files_;
  std::mutex mutex_;
  ProgressRows rows_;
  std::string scrolled_;            // to be written above the rows
  std::vector<std::string> drawn_;  // lines that will be drawn over
  bool finished_ = false;
  int held_ = 0;  // questions that are open
  std::jthread painter_;
};

}  // namespace

std::unique_ptr<Progress> live_progress(ProgressOptions options, Clock& clock, const Files& files) {
  return std::make_unique<LiveProgress>(std::move(options), clock, files);
}

}  // namespace mainstay::cli
