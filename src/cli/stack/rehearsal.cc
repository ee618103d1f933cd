#include "cli/stack/rehearsal.hh"

#include <algorithm>

#include "cli/screen/progress_passing.hh"

namespace mainstay::cli {
namespace {

class RecordedProgress : public PassingProgress {
 public:
  RecordedProgress(std::unique_ptr<Progress> inner, std::shared_ptr<RehearsalRecord> record)
      : PassingProgress(std::move(inner)), record_(std::move(record)) {}
  void step(const stacks::StepReport& report) override {
    record_->step(report);
    inner_->step(report);
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    record_->failure(stack, error, failure);
    inner_->failure(stack, error, failure);
  }

 private:
  std::shared_ptr<RehearsalRecord> record_;
};

class AgreeingApprover : public stacks::Approver {
 public:
  explicit AgreeingApprover(std::shared_ptr<RehearsalRecord> record) : record_(std::move(record)) {}
  Result<bool> approve(const stacks::ApprovalRequest& request) override {
    record_->consent(request.stack, request.consents);
    return true;
  }

 private:
  std::shared_ptr<RehearsalRecord> record_;
};

}  // namespace

RehearsedStack& RehearsalRecord::at(const std::string& stack) {
  auto found = std::ranges::find(stacks_, stack, &RehearsedStack::stack);
  if (found != stacks_.end()) return *found;
  stacks_.push_back({stack, stacks::StepState::waiting, "", false, {}, {}});
  return stacks_.back();
}

void RehearsalRecord::step(const stacks::StepReport& report) {
  std::scoped_lock lock(mutex_);
  RehearsedStack& one = at(report.stack);
  one.state = report.state;
  one.reason = report.reason;
  one.changed = report.changed;
}

void RehearsalRecord::failure(const std::string& stack, const Error& error,
                              const std::optional<stacks::Failure>& failure) {
  std::scoped_lock lock(mutex_);
  RehearsedStack& one = at(stack);
  one.error = error;
  one.failure = failure;
}

void RehearsalRecord::consent(const std::string& stack, const std::set<stacks::Consent>& consents) {
  std::scoped_lock lock(mutex_);
  consents_[stack].insert(consents.begin(), consents.end());
}

void RehearsalRecord::unproven(std::string what) {
  std::scoped_lock lock(mutex_);
  unproven_.push_back(std::move(what));
}

std::vector<RehearsedStack> RehearsalRecord::stacks() const {
  std::scoped_lock lock(mutex_);
  return stacks_;
}

std::unique_ptr<Progress> recorded_progress(std::unique_ptr<Progress> inner,
                                            std::shared_ptr<RehearsalRecord> record) {
  return std::make_unique<RecordedProgress>(std::move(inner), std::move(record));
}

std::unique_ptr<stacks::Approver> agreeing_approver(std::shared_ptr<RehearsalRecord> record) {
  return std::make_unique<AgreeingApprover>(std::move(record));
}

}  // namespace mainstay::cli
