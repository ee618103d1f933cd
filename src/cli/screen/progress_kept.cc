#include "cli/screen/progress_kept.hh"

#include <map>
#include <mutex>

#include "cli/screen/progress_passing.hh"

namespace mainstay::cli {
namespace {

class KeptProgress : public PassingProgress {
 public:
  KeptProgress(std::unique_ptr<Progress> inner, std::shared_ptr<KeptRuns> runs, Clock& clock,
               Files& files)
      : PassingProgress(std::move(inner)), runs_(std::move(runs)), clock_(clock), files_(files) {}
  ~KeptProgress() override { finish(); }

  void begins(const stacks::OperationReport& report) override {
    {
      std::scoped_lock lock(mutex_);
      begun_[report.stack] = {report, clock_.monotonic_ms()};
    }
    inner_->begins(report);
  }
  void step(const stacks::StepReport& report) override {
    if (report.state > stacks::StepState::running) note_end(report);
    inner_->step(report);
  }
  void finish() override {
    {
      std::scoped_lock lock(mutex_);
      if (runs_->history.has_news() && !saved_)
        if (Status saved = runs_->history.save(files_, runs_->path); !saved)
          inner_->warning("how long this run took is not kept: " + saved.error().to_string());
      saved_ = true;
    }
    inner_->finish();
  }

 private:
  struct Begun {
    stacks::OperationReport report;
    int64_t at_ms = 0;
  };

  // Only what ended well says how long it usually takes.
  void note_end(const stacks::StepReport& report) {
    std::scoped_lock lock(mutex_);
    auto begun = begun_.find(report.stack);
    if (begun == begun_.end()) return;
    if (report.state == stacks::StepState::done && report.changed)
      runs_->history.add(runs_->address_of(begun->second.report), begun->second.report.operation,
                         clock_.monotonic_ms() - begun->second.at_ms, clock_.now());
    begun_.erase(begun);
  }

  std::shared_ptr<KeptRuns> runs_;
  Clock& clock_;
  Files& files_;
  std::mutex mutex_;
  std::map<std::string, Begun> begun_;
  bool saved_ = false;
};

}  // namespace

std::string KeptRuns::address_of(const stacks::OperationReport& report) const {
  return target + " " + report.region + " " + report.full_name;
}

std::unique_ptr<Progress> kept_progress(std::unique_ptr<Progress> inner,
                                        std::shared_ptr<KeptRuns> runs, Clock& clock,
                                        Files& files) {
  return std::make_unique<KeptProgress>(std::move(inner), std::move(runs), clock, files);
}

}  // namespace mainstay::cli
