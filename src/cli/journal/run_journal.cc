#include "cli/journal/run_journal.hh"

#include "cli/screen/progress_passing.hh"

namespace mainstay::cli {
namespace {

using stacks::StepState;

class JournalledProgress : public PassingProgress {
 public:
  JournalledProgress(std::unique_ptr<Progress> inner, std::shared_ptr<RunJournal> journal)
      : PassingProgress(std::move(inner)), journal_(std::move(journal)) {}

  void begins(const stacks::OperationReport& report) override {
    journal_->begins(report);
    inner_->begins(report);
  }
  void step(const stacks::StepReport& report) override {
    journal_->step(report);
    inner_->step(report);
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    journal_->failure(stack, error, failure);
    inner_->failure(stack, error, failure);
  }

 private:
  std::shared_ptr<RunJournal> journal_;
};

}  // namespace

void RunJournal::write(decltype(journal::Entry::what) what, bool synced) {
  Status written = journal_.append({setup_.clock.now(), setup_.run, std::move(what)}, synced);
  if (written) return;
  {
    std::scoped_lock lock(mutex_);
    if (std::exchange(warned_, true)) return;
  }
  if (warn_) warn_("this run is not (all) in the journal: " + written.error().to_string());
}

void RunJournal::begin(journal::RunBegun begun) {
  {
    std::scoped_lock lock(mutex_);
    begun_ = true;
    began_ms_ = setup_.clock.monotonic_ms();
  }
  for (std::string* text : {&begun.line, &begun.where, &begun.config, &begun.name_space})
    *text = setup_.secrets.redacted_text(*text);
  write(std::move(begun), true);
}

void RunJournal::begins(const stacks::OperationReport& report) {
  std::scoped_lock lock(mutex_);
  Work& work = work_[report.stack];
  work.operation = operation_name(report.operation);
  work.last.full_name = report.full_name;
  work.last.region = report.region;
  work.since_ms = setup_.clock.monotonic_ms();
}

void RunJournal::step(const stacks::StepReport& report) {
  {
    std::scoped_lock lock(mutex_);
    if (!begun_) return;
    Work& work = work_[report.stack];
    if (work.since_ms == 0) work.since_ms = setup_.clock.monotonic_ms();
    std::string region = report.region.empty() ? work.last.region : report.region;
    work.last = report;
    work.last.region = std::move(region);
  }
  if (report.state == StepState::done && report.changed)
    write_stack(report.stack, "complete", report.reason);
}

void RunJournal::failure(const std::string& stack, const Error& error,
                         const std::optional<stacks::Failure>& failure) {
  {
    // A hook that failed is among the errors of the end.
    std::scoped_lock lock(mutex_);
    if (!begun_ || !work_.contains(stack)) return;
  }
  std::string reason = error.code + ": " + error.message;
  if (failure && failure->rolled_back) reason += " (rolled back)";
  write_stack(stack, "failed", reason);
}

void RunJournal::write_stack(const std::string& stack, const std::string& outcome,
                             const std::string& reason) {
  journal::StackWorked worked;
  {
    std::scoped_lock lock(mutex_);
    const Work& work = work_[stack];
    worked = {stack,
              work.last.full_name,
              work.last.region,
              work.operation,
              outcome,
              setup_.secrets.redacted_text(reason),
              setup_.clock.monotonic_ms() - work.since_ms};
  }
  write(std::move(worked), false);
}

void RunJournal::end(journal::RunEnded ended) {
  {
    std::scoped_lock lock(mutex_);
    if (!begun_ || std::exchange(ended_, true)) return;
    ended.took_ms = setup_.clock.monotonic_ms() - began_ms_;
  }
  for (Error& error : ended.errors) error = setup_.secrets.redacted(std::move(error));
  write(std::move(ended), true);
}

std::unique_ptr<Progress> journalled_progress(std::unique_ptr<Progress> inner,
                                              std::shared_ptr<RunJournal> journal) {
  return std::make_unique<JournalledProgress>(std::move(inner), std::move(journal));
}

}  // namespace mainstay::cli
