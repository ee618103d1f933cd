#include "access/answer_value.hh"

namespace mainstay::access {
namespace {

Value row_value(const policy::TraceRow& row) {
  Value out = Value::map({{"layer", policy::kind_name(row.layer)},
                          {"policy", row.policy->name()},
                          {"statement", statement_label(*row.policy, *row.rule)},
                          {"effect", row.rule->allows() ? "Allow" : "Deny"},
                          {"outcome", outcome_name(row.outcome)}});
  if (!row.detail.empty()) out.set("detail", row.detail);
  return out;
}

Value step_value(const Step& step) {
  Value out = Value::map({{"title", step.title},
                          {"allowed", step.allowed()},
                          {"reason", reason(step)},
                          {"resource", step.request.resource}});
  if (step.decision.policy) {
    out.set("layer", policy::kind_name(step.decision.layer));
    out.set("policy", step.decision.policy->name());
    out.set("statement", statement_label(*step.decision.policy, *step.decision.rule));
  }
  Value trace = Value::list();
  for (const policy::TraceRow& row : step.trace) trace.push_back(row_value(row));
  return out.set("trace", std::move(trace));
}

}  // namespace

std::string statement_label(const policy::Policy& policy, const policy::Rule& rule) {
  const std::string& sid = rule.statement().sid;
  auto number = static_cast<size_t>(&rule - policy.rules().data()) + 1;
  return std::to_string(number) + (sid.empty() ? "" : " (" + sid + ")");
}

const char* outcome_name(policy::TraceRow::Outcome outcome) {
  using Outcome = policy::TraceRow::Outcome;
  switch (outcome) {
    case Outcome::applies:
      return "applies";
    case Outcome::other_action:
      return "other action";
    case Outcome::other_principal:
      return "other principal";
    case Outcome::other_resource:
      return "other resource";
    case Outcome::condition:
      return "condition does not hold";
  }
  return "";
}

Value to_value(const Answer& answer, const Question& question) {
  Value steps = Value::list(), notes = Value::list();
  for (const Step& step : answer.steps) steps.push_back(step_value(step));
  for (const std::string& note : answer.notes) notes.push_back(note);
  return Value::map({{"allowed", answer.allowed()},
                     {"principal", question.actor->arn},
                     {"action", question.action},
                     {"resource", question.target->arn},
                     {"steps", std::move(steps)},
                     {"notes", std::move(notes)}});
}

}  // namespace mainstay::access
