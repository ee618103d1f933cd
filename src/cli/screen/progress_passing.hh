// Progress that passes everything on, for whoever wants to see some of it on its way.
#pragma once

#include "cli/screen/progress.hh"

namespace mainstay::cli {

class PassingProgress : public Progress {
 public:
  explicit PassingProgress(std::unique_ptr<Progress> inner) : inner_(std::move(inner)) {}

  void plan(const std::vector<stacks::PlannedStack>& stacks) override { inner_->plan(stacks); }
  void begins(const stacks::OperationReport& report) override { inner_->begins(report); }
  void step(const stacks::StepReport& report) override { inner_->step(report); }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    inner_->event(stack, event);
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    inner_->failure(stack, error, failure);
  }
  void warning(const std::string& text) override { inner_->warning(text); }
  void hook(const stacks::HookReport& report) override { inner_->hook(report); }
  void said(const std::string& program, const std::string& line) override {
    inner_->said(program, line);
  }
  bool wants_events() const override { return inner_->wants_events(); }
  void finish() override { inner_->finish(); }
  void hold(bool held) override { inner_->hold(held); }

 protected:
  std::unique_ptr<Progress> inner_;
};

}  // namespace mainstay::cli
