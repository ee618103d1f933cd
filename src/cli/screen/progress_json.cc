#include "cli/screen/progress.hh"

namespace mainstay::cli {
namespace {

Value event_value(const stacks::StackEvent& event) {
  Value v = Value::map({{"logical_id", event.logical_id},
                        {"physical_id", event.physical_id},
                        {"resource_type", event.type},
                        {"status", event.status},
                        {"event_time", format_iso8601(event.time, true)}});
  if (!event.reason.empty()) v.set("reason", event.reason);
  return v;
}

class JsonProgress : public Progress {
 public:
  JsonProgress(std::shared_ptr<Ndjson> out, UsualSource usual)
      : out_(std::move(out)), usual_(std::move(usual)) {}

  void plan(const std::vector<stacks::PlannedStack>& stacks) override {
    Value list = Value::list();
    for (const stacks::PlannedStack& stack : stacks) {
      Value waits_for = Value::list();
      for (const std::string& other : stack.waits_for) waits_for.push_back(other);
      list.push_back(Value::map({{"stack", stack.stack}, {"waits_for", std::move(waits_for)}}));
    }
    out_->line("stacks", Value::map({{"stacks", std::move(list)}}));
  }
  void begins(const stacks::OperationReport& report) override {
    Value v = Value::map({{"stack", report.stack},
                          {"address", report.full_name},
                          {"region", report.region},
                          {"operation", operation_name(report.operation)}});
    if (report.resources > 0) v.set("resources", report.resources);
    auto usual = usual_ ? usual_(report) : std::nullopt;
    if (usual)
      v.set("usual",
            Value::map(
                {{"low_ms", usual->low_ms}, {"high_ms", usual->high_ms}, {"runs", usual->runs}}));
    out_->line("operation", std::move(v));
  }
  void step(const stacks::StepReport& report) override {
    out_->line("step", Value::map({{"stack", report.stack},
                                   {"address", report.full_name},
                                   {"state", stacks::state_name(report.state)},
                                   {"reason", report.reason},
                                   {"changed", report.changed}}));
  }
  void event(const std::string& stack, const stacks::StackEvent& event) override {
    Value v = event_value(event);
    v.set("stack", stack);
    out_->line("event", std::move(v));
  }
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure) override {
    out_->error(error, stack);
    if (!failure) return;
    Value v = Value::map({{"stack", stack},
                          {"status", failure->status},
                          {"rolled_back", failure->rolled_back},
                          {"cancelled", failure->cancelled},
                          {"failed_after_ms", failure->failed_after_ms},
                          {"rolled_back_in_ms", failure->rolled_back_in_ms},
                          {"left_behind", Value::texts(failure->left_behind)}});
    if (failure->cause) v.set("cause", event_value(*failure->cause));
    out_->line("failure", std::move(v));
  }
  void warning(const std::string& text) override {
    out_->line("warning", Value::map({{"message", text}}));
  }
  void hook(const stacks::HookReport& report) override {
    Value v = Value::map({{"hook", report.hook},
                          {"stage", report.stage},
                          {"state", stacks::state_name(report.state)}});
    if (!report.reason.empty()) v.set("reason", report.reason);
    out_->line("hook", std::move(v));
  }
  void said(const std::string& program, const std::string& line) override {
    out_->line("output", Value::map({{"program", program}, {"text", line}}));
  }
  bool wants_events() const override { return true; }
  void finish() override {}

 private:
  std::shared_ptr<Ndjson> out_;
  UsualSource usual_;
};

}  // namespace

std::unique_ptr<Progress> json_progress(std::shared_ptr<Ndjson> out, UsualSource usual) {
  return std::make_unique<JsonProgress>(std::move(out), std::move(usual));
}

}  // namespace mainstay::cli
