#include "cli/screen/progress.hh"

namespace mainstay::cli {
namespace {

class BothProgress : public Progress {
 public:
  BothProgress(std::unique_ptr<Progress> shown, std::unique_ptr<Progress> json)
      : shown_(std::move(shown)), json_(std::move(json)) {}

  void plan(const std::vector<stacks::PlannedStack>& stacks) override {
    json_->plan(stacks);
    shown_->plan(stacks);
  }
  void begins(const stacks::OperationReport& report) override {
    json_->begins(report);
    shown_->begins(report);
  }
  void step(const stacks::StepReport& report) override {
    json_->step(report);
    shown_->step(report);
  }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    json_->event(stack, event);
    if (shown_->wants_events()) shown_->event(stack, event);
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    json_->failure(stack, error, failure);
    shown_->failure(stack, error, failure);
  }
  void warning(const std::string& text) override {
    json_->warning(text);
    shown_->warning(text);
  }
  void hook(const stacks::HookReport& report) override {
    json_->hook(report);
    shown_->hook(report);
  }
  void said(const std::string& program, const std::string& line) override {
    json_->said(program, line);
    shown_->said(program, line);
  }
  bool wants_events() const override { return true; }
  void finish() override { shown_->finish(); }
  void hold(bool held) override { shown_->hold(held); }

 private:
  std::unique_ptr<Progress> shown_, json_;
};

}  // namespace

std::unique_ptr<Progress> with_json(std::unique_ptr<Progress> shown,
                                    std::unique_ptr<Progress> json) {
  if (!shown) return json;
  if (!json) return shown;
  return std::make_unique<BothProgress>(std::move(shown), std::move(json));
}

}  // namespace mainstay::cli
