// A schedule that is due: its target is called as its role; what fails is tried again, then put
// into the dead-letter queue.
#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/role_session.hh"
#include "cloud/target.hh"
#include "services/scheduler/handlers.hh"
#include "services/scheduler/target.hh"

namespace mainstay::scheduler {
namespace {

constexpr std::string_view us = "scheduler.amazonaws.com";
// RetryPolicy: what a target has that says nothing.
constexpr int64_t retries_default = 185, age_s_default = 86'400;
constexpr int64_t pause_ms_first = 1000, pause_ms_max = 600'000;

// What a target is given that names no input ("Templated targets").
std::string default_input(Call& call, const Value& note) {
  return to_json(Value::map({{"version", "0"},
                             {"id", note["Execution"]},
                             {"detail-type", "Scheduled Event"},
                             {"source", "aws.scheduler"},
                             {"account", call.account},
                             {"time", note["Due"]},
                             {"region", call.region},
                             {"resources", Value::list({note["Schedule"]})},
                             {"detail", "{}"}}));
}

// "Context attributes" stand for what is known of the invocation.
std::string input_of(Call& call, const Value& note) {
  const Value& target = note["Target"];
  bool is_universal = target["Arn"].as_string().contains(":::aws-sdk:");
  if (!target.has("Input")) return is_universal ? "" : default_input(call, note);
  std::string out = target["Input"].as_string();
  out = replace_all(out, "<aws.scheduler.schedule-arn>", note["Schedule"].as_string());
  out = replace_all(out, "<aws.scheduler.scheduled-time>", note["Due"].as_string());
  out = replace_all(out, "<aws.scheduler.execution-id>", note["Execution"].as_string());
  return replace_all(out, "<aws.scheduler.attempt-number>",
                     std::to_string(note["Attempts"].as_int() + 1));
}

Result<cloud::Caller> role_of(Call& call, const Value& note) {
  return cloud::session_of_role(
      call.cloud, call.account, call.region, us, note["Target"]["RoleArn"].as_string(),
      note["Execution"].as_string(), group_arn(call, note["Group"].as_string()));
}

void bury(Call& call, const Value& note, const Error& error, const char* exhausted) {
  const Value& target = note["Target"];
  call.cloud.warn(Error(error).because("schedule " + note["Schedule"].as_string() +
                                       " did not reach " + target["Arn"].as_string()));
  auto queue = wire::parse_arn(target["DeadLetterConfig"]["Arn"].as_string());
  if (!queue.has_value()) return;
  // "The execution role must have permission to deliver to the queue" ("Configuring a dead-letter
  // queue"): without the role there is nobody to send.
  auto role = role_of(call, note);
  if (!role.has_value()) return;
  Value attributes =
      Value::map({{"ERROR_CODE", cloud::failure_reason(error)},
                  {"ERROR_MESSAGE", error.message.empty() ? error.code : error.message},
                  {"EXHAUSTED_RETRY_CONDITION", exhausted},
                  {"RETRY_ATTEMPTS", std::to_string(note["Attempts"].as_int())},
                  {"SCHEDULED_TIME", note["Due"]},
                  {"SCHEDULE_ARN", note["Schedule"]},
                  {"TARGET_ARN", target["Arn"]}});
  cloud::Delivery letter = cloud::dead_letter(*queue, input_of(call, note), attributes);
  letter.caller = std::move(*role);
  call.later(std::move(letter));
}

Status attempt(Call& call, const Value& note) {
  TRY(cloud::Delivery delivery, delivery_of(call, note["Target"], input_of(call, note)));
  TRY(cloud::Caller role, role_of(call, note));
  delivery.caller = std::move(role);
  delivery.then = "target answered";
  delivery.argument = note;
  call.later(std::move(delivery));
  return {};
}

}  // namespace

Status fire(Call& call, const Value& argument) {
  const Value* found = call.find("schedule", argument["Key"].as_string());
  if (!found) return {};
  const Value schedule = *found;
  Time due = argument["Due"].as_time();
  Value note = Value::map({{"Schedule", schedule_arn(call, schedule)},
                           {"Group", group_of(schedule)},
                           {"Target", schedule["Target"]},
                           {"Due", format_iso8601(due)},
                           {"Execution", call.random.uuid()},
                           {"First", call.now},
                           {"Attempts", 0}});
  Status begun = attempt(call, note);
  if (!begun.has_value()) bury(call, note, begun.error(), "");
  // Times that passed while nothing ran are not made up for.
  Time window_end =
      due + schedule["FlexibleTimeWindow"]["MaximumWindowInMinutes"].as_int() * minute_ms;
  plan_next(call, schedule, call.now > window_end ? call.now : due);
  return {};
}

Status target_answered(Call& call, const Value& how) {
  if (!how.has("Error")) return {};
  Value note = how["Argument"];
  const Value& why = how["Error"];
  Error error(why["Code"].as_string(), why["Message"].as_string(),
              static_cast<int>(why["Status"].as_int()));
  const Value& policy = note["Target"]["RetryPolicy"];
  int64_t attempts = note["Attempts"].as_int();
  bool too_many = attempts >= policy["MaximumRetryAttempts"].as_int(retries_default);
  bool too_old = call.now - note["First"].as_time() >=
                 policy["MaximumEventAgeInSeconds"].as_int(age_s_default) * 1000;
  if (!cloud::is_passing(error)) {
    bury(call, note, error, "");
  } else if (too_many || too_old) {
    bury(call, note, error, too_many ? "MaximumRetryAttempts" : "MaximumEventAgeInSeconds");
  } else {
    constexpr int64_t doublings_max = 20;
    int64_t pause_ms = std::min(pause_ms_first << std::min(attempts, doublings_max), pause_ms_max);
    call.after(pause_ms, "try again", note.set("Attempts", attempts + 1));
  }
  return {};
}

Status try_again(Call& call, const Value& note) {
  Status begun = attempt(call, note);
  if (!begun.has_value()) bury(call, note, begun.error(), "");
  return {};
}

}  // namespace mainstay::scheduler
