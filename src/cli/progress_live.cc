#include <fmt/core.h>

#include <thread>

#include "base/text.hh"
#include "cli/progress.hh"

namespace mainstay::cli {
namespace {

using stacks::StepState;

struct LiveRow {
  std::string stack, reason, resource;
  int64_t started_ms = 0;
  size_t made = 0;  // resources done so far
};

// What is done scrolls away above; below stand the running stacks and a line for them all.
class LiveProgress : public Progress {
 public:
  LiveProgress(ProgressOptions options, Clock& clock, const Files& files)
      : options_(std::move(options)),
        clock_(clock),
        files_(files),
        started_ms_(clock.monotonic_ms()) {
    painter_ = std::jthread([this](std::stop_token stop) { paint_regularly(stop); });
  }
  ~LiveProgress() override { finish(); }

  void step(const stacks::StepReport& report) override {
    std::scoped_lock lock(mutex_);
    auto row = std::ranges::find(rows_, report.stack, &LiveRow::stack);
    if (report.state == StepState::running) {
      if (row == rows_.end())
        rows_.push_back({report.stack, report.reason, "", clock_.monotonic_ms(), 0});
      else
        row->reason = report.reason;
      return;
    }
    int64_t took_ms = row == rows_.end() ? 0 : clock_.monotonic_ms() - row->started_ms;
    if (row != rows_.end()) rows_.erase(row);
    ++finished_;
    scroll(finished_line(report, took_ms));
  }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    std::scoped_lock lock(mutex_);
    auto row = std::ranges::find(rows_, stack, &LiveRow::stack);
    if (row != rows_.end() && !event.is_stack) {
      row->resource = event.logical_id;
      row->made += event.status.ends_with("_COMPLETE");
    }
    if (options_.tail)
      scroll(fmt::format("  {}: [{}] {} {} {}\n", printable(stack), event.status,
                         printable(event.logical_id), printable(event.type),
                         printable(event.reason)));
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    std::scoped_lock lock(mutex_);
    scroll(failure_text(stack, error, failure, files_, options_.style));
  }
  void warning(const std::string& text) override {
    std::scoped_lock lock(mutex_);
    scroll("warning: " + text + "\n");
  }
  bool wants_events() const override { return true; }
  void hold(bool held) override {
    std::scoped_lock lock(mutex_);
    held_ = held;
    if (held) write(erased());
  }
  void finish() override {
    painter_.request_stop();
    if (painter_.joinable()) painter_.join();
    std::scoped_lock lock(mutex_);
    rows_.clear();
    write(erased());
  }

 private:
  static constexpr int64_t frame_ms = 100;
  static constexpr size_t rows_max = 20;

  std::string finished_line(const stacks::StepReport& report, int64_t took_ms) const {
    struct Look {
      const char *symbol, *word;
      Ink ink;
    };
    static constexpr Look looks[] = {{"·", "waiting", Ink::faint},
                                     {"▸", "running", Ink::busy},
                                     {"✓", "done", Ink::good},
                                     {"-", "skipped", Ink::faint},
                                     {"✗", "failed", Ink::bad}};
    const Look& look = looks[static_cast<size_t>(report.state)];
    std::string line =
        options_.style.paint(look.ink, fmt::format("  {} {:<8}", look.symbol, look.word));
    line += fmt::format("{}  {}", printable(report.stack), printable(report.reason));
    if (took_ms > 0) line += "  " + took_text(took_ms);
    return line + "\n";
  }

  std::string row_line(const LiveRow& row) const {
    std::string line = fmt::format("  ▸ {}  {}", printable(row.stack), printable(row.reason));
    if (!row.resource.empty())
      line += fmt::format(": {} ({} done)", printable(row.resource), row.made);
    line += "  " + duration_text(clock_.monotonic_ms() - row.started_ms);
    return fitted(line);
  }

  // Cut to the terminal's width, counting characters rather than bytes.
  std::string fitted(const std::string& line) const {
    int columns = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      bool starts = (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;
      if (starts && ++columns >= options_.terminal.width) return line.substr(0, i);
    }
    return line;
  }

  std::string erased() {
    std::string text;
    if (drawn_ > 0) text = fmt::format("\x1b[{}A\r\x1b[J", drawn_);
    drawn_ = 0;
    return text;
  }
  void scroll(const std::string& text) { write(erased() + text); }
  void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), options_.out);
    std::fflush(options_.out);
  }

  void paint_regularly(std::stop_token stop) {
    while (clock_.sleep_ms(frame_ms, stop)) {
      std::scoped_lock lock(mutex_);
      if (held_) continue;
      std::string text = erased();
      for (size_t i = 0; i < std::min(rows_.size(), rows_max); ++i, ++drawn_)
        text += row_line(rows_[i]) + "\n";
      text += fitted(fmt::format("  {} running, {} finished  {}", rows_.size(), finished_,
                                 duration_text(clock_.monotonic_ms() - started_ms_))) +
              "\n";
      ++drawn_;
      write(text);
    }
  }

  ProgressOptions options_;
  Clock& clock_;
  const Files& files_;
  int64_t started_ms_;
  std::mutex mutex_;
  std::vector<LiveRow> rows_;
  size_t finished_ = 0;
  bool held_ = false;
  int drawn_ = 0;  // lines that will be drawn over
  std::jthread painter_;
};

}  // namespace

std::unique_ptr<Progress> live_progress(ProgressOptions options, Clock& clock, const Files& files) {
  return std::make_unique<LiveProgress>(std::move(options), clock, files);
}

}  // namespace mainstay::cli
