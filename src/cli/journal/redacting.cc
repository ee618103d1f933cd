#include "cli/journal/redacting.hh"

namespace mainstay::cli {
namespace {

void redact_all(const Secrets& secrets, std::vector<std::string>& texts) {
  for (std::string& text : texts) text = secrets.redacted_text(text);
}

stacks::StackEvent redacted_event(const Secrets& secrets, stacks::StackEvent event) {
  for (std::string* text : {&event.logical_id, &event.physical_id, &event.reason})
    *text = secrets.redacted_text(*text);
  return event;
}

class RedactingProgress : public Progress {
 public:
  RedactingProgress(std::unique_ptr<Progress> inner, const Secrets& secrets)
      : inner_(std::move(inner)), secrets_(secrets) {}

  void plan(const std::vector<stacks::PlannedStack>& stacks) override { inner_->plan(stacks); }
  void begins(const stacks::OperationReport& report) override { inner_->begins(report); }
  void step(const stacks::StepReport& report) override {
    stacks::StepReport shown = report;
    shown.reason = secrets_.redacted_text(report.reason);
    inner_->step(shown);
  }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    inner_->event(stack, redacted_event(secrets_, event));
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    std::optional<stacks::Failure> shown = failure;
    if (shown && shown->cause) shown->cause = redacted_event(secrets_, std::move(*shown->cause));
    inner_->failure(stack, secrets_.redacted(error), shown);
  }
  void warning(const std::string& text) override { inner_->warning(secrets_.redacted_text(text)); }
  void hook(const stacks::HookReport& report) override {
    stacks::HookReport shown = report;
    shown.reason = secrets_.redacted_text(report.reason);
    inner_->hook(shown);
  }
  void said(const std::string& program, const std::string& line) override {
    inner_->said(program, secrets_.redacted_text(line));
  }
  bool wants_events() const override { return inner_->wants_events(); }
  void finish() override { inner_->finish(); }
  void hold(bool held) override { inner_->hold(held); }

 private:
  std::unique_ptr<Progress> inner_;
  const Secrets& secrets_;
};

}  // namespace

stacks::ResourceChange redacted(const Secrets& secrets, stacks::ResourceChange change) {
  change.physical_id = secrets.redacted_text(change.physical_id);
  for (auto& detail : change.details) {
    detail.before = secrets.redacted_value(detail.before);
    detail.after = secrets.redacted_value(detail.after);
  }
  return change;
}

stacks::AccessGain redacted(const Secrets& secrets, stacks::AccessGain gain) {
  for (auto* texts : {&gain.actions, &gain.resources, &gain.principals, &gain.had})
    redact_all(secrets, *texts);
  for (std::string* text : {&gain.holder, &gain.bounded_by, &gain.example, &gain.unproven})
    *text = secrets.redacted_text(*text);
  return gain;
}

stacks::StackDiff redacted(const Secrets& secrets, stacks::StackDiff diff) {
  diff.reason = secrets.redacted_text(diff.reason);
  if (diff.error) diff.error = secrets.redacted(std::move(*diff.error));
  for (stacks::ParameterDiff& p : diff.parameters)
    for (auto* value : {&p.before, &p.after})
      if (*value) *value = secrets.redacted_value(**value);
  for (auto& change : diff.changes) change = redacted(secrets, std::move(change));
  for (auto& gain : diff.gains) gain = redacted(secrets, std::move(gain));
  redact_all(secrets, diff.notes);
  return diff;
}

std::unique_ptr<Progress> redacting_progress(std::unique_ptr<Progress> inner,
                                             const Secrets& secrets) {
  return std::make_unique<RedactingProgress>(std::move(inner), secrets);
}

}  // namespace mainstay::cli
