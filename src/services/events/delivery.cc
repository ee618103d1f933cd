#include "services/events/delivery.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/caller.hh"
#include "cloud/cloud.hh"
#include "cloud/role_session.hh"
#include "cloud/target.hh"
#include "services/events/handlers.hh"
#include "services/events/input.hh"
#include "services/events/rule.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

using cloud::Delivery;

constexpr std::string_view us = "events.amazonaws.com";
// RetryPolicy: at most, and where a target says nothing.
constexpr int64_t retries_max = 185, age_s_max = 86'400;
constexpr int64_t retry_ms_first = 1000, retry_ms_most = 600'000;
constexpr int hops_max = 16;

struct Way {
  wire::Arn arn;
  std::string text;  // the input
  Value target;
  const Event& event;
};

// A stream of the event's own, made just before it on the same lane.
Delivery to_log_group(Call& call, const Way& way) {
  std::string group = way.arn.resource.substr(way.arn.resource.find(':') + 1);
  group = group.substr(0, group.find(':'));
  std::string stream = call.random.uuid();
  Value names = Value::map({{"logGroupName", group}, {"logStreamName", stream}});
  call.later({.service = "logs",
              .operation = "CreateLogStream",
              .input = names,
              .account = way.arn.account,
              .region = way.arn.region,
              .lane = "logs/" + stream});
  Value line = Value::map({{"timestamp", call.now.ms}, {"message", way.text}});
  Delivery out{"logs", "PutLogEvents", names.set("logEvents", Value::list({std::move(line)}))};
  out.lane = "logs/" + stream;
  return out;
}

Delivery to_bus(const Way& way) {
  const Value& body = way.event.body;
  Value entry = Value::map({{"Source", body["source"]},
                            {"DetailType", body["detail-type"]},
                            {"Detail", to_json(body["detail"])},
                            {"Resources", body["resources"]},
                            {"EventBusName", way.arn.to_string()}});
  // Members that no client can send, since they are not of the model.
  entry.set("_Body", body).set("_Hops", way.event.hops + 1);
  return {"events", "PutEvents", Value::map({{"Entries", Value::list({std::move(entry)})}})};
}

bool is_bus(const wire::Arn& arn) {
  return arn.service == "events" && arn.resource.starts_with("event-bus/");
}

bool is_log_group(const wire::Arn& arn) {
  return arn.service == "logs" && arn.resource.starts_with("log-group:");
}

bool is_known(const wire::Arn& arn) {
  return is_bus(arn) || is_log_group(arn) || cloud::delivery_to(arn, "");
}

Delivery delivery_for(Call& call, const Way& way) {
  if (is_bus(way.arn)) return to_bus(way);
  if (is_log_group(way.arn)) return to_log_group(call, way);
  return *cloud::delivery_to(way.arn, way.text,
                             way.target["SqsParameters"]["MessageGroupId"].as_string());
}

// Of a delivery: what its answer is told with.
Value note_of(Call& call, const Value& rule, const Value& target, const Event& event,
              int64_t attempts) {
  return Value::map({{"Rule", rule["Name"]},
                     {"Bus", rule["EventBusName"]},
                     {"Target", target},
                     {"Event", event.body},
                     {"Hops", event.hops},
                     {"First", call.now},
                     {"Attempts", attempts}});
}

void bury(Call& call, const Value& note, const Error& error, std::string_view exhausted) {
  const Value& target = note["Target"];
  std::string rule = rule_arn(call, note["Bus"].as_string(), note["Rule"].as_string());
  call.cloud.warn(
      Error(error).because("an event of " + rule + " did not reach " + target["Arn"].as_string()));
  auto queue = wire::parse_arn(target["DeadLetterConfig"]["Arn"].as_string());
  if (!queue.has_value()) return;
  Value attributes =
      Value::map({{"RULE_ARN", rule},
                  {"TARGET_ARN", target["Arn"]},
                  {"ERROR_CODE", cloud::failure_reason(error)},
                  {"ERROR_MESSAGE", error.message.empty() ? error.code : error.message},
                  {"RETRY_ATTEMPTS", std::to_string(note["Attempts"].as_int())},
                  {"EXHAUSTED_RETRY_CONDITION", exhausted}});
  Delivery letter = cloud::dead_letter(*queue, to_json(note["Event"]), attributes);
  letter.caller = cloud::Caller::service_for(queue->account, us, rule);
  call.later(std::move(letter));
}

Result<cloud::Caller> caller_for(Call& call, const std::string& rule, const Value& target,
                                 const wire::Arn& arn) {
  if (!target.has("RoleArn")) return cloud::Caller::service_for(arn.account, us, rule);
  return cloud::session_of_role(call.cloud, call.account, call.region, us,
                                target["RoleArn"].as_string(), rule.substr(rule.rfind('/') + 1),
                                rule);
}

Status try_delivery(Call& call, const Value& rule, const Value& note, const Event& event) {
  const Value& target = note["Target"];
  TRY(wire::Arn arn, wire::parse_arn(target["Arn"].as_string()));
  if (!is_known(arn)) return Error("NotImplemented", "no target of this kind is implemented", 501);
  if (event.hops >= hops_max) return Error("TooManyHops", "the event came through 16 buses");
  TRY(std::string text, input_for(call, rule, target, event));
  TRY(cloud::Caller caller, caller_for(call, rule_arn(call, rule), target, arn));
  Delivery delivery = delivery_for(call, {arn, std::move(text), target, event});
  delivery.account = arn.account;
  delivery.region = arn.region;
  delivery.caller = std::move(caller);
  delivery.then = "target answered";
  delivery.argument = note;
  call.later(std::move(delivery));
  return {};
}

}  // namespace

Status check_target(Call& call, const Value& target) {
  const std::string id = target["Id"].as_string();
  auto arn = wire::parse_arn(target["Arn"].as_string());
  if (!arn.has_value()) return not_valid("TargetArn", "Provided Arn is not in correct format.");
  if (!is_known(*arn)) {
    Error absent = aws_error(
        "NotImplemented",
        "mainstay's embedded cloud does not implement targets of EventBridge in the service " +
            printable(arn->service) +
            "; it has queues, topics, functions, log groups and event buses",
        501);
    if (call.caller.asking_service() != "cloudformation.amazonaws.com") return absent;
    call.cloud.warn(std::move(absent).because("a stack's rule"));
  }
  bool is_fifo = arn->service == "sqs" && arn->resource.ends_with(".fifo");
  if (is_fifo && !target["SqsParameters"].has("MessageGroupId"))
    return validation("Parameter(s) SqsParameters must be specified for target: " + id + ".");
  if (arn->service == "logs" && target.has("RoleArn"))
    return validation("RoleArn is not supported for target " + target["Arn"].as_string() + ".");
  return check_input(target);
}

// Events that another account has sent are not sent on to a third ("Sending and receiving events
// between AWS accounts").
void deliver(Call& call, const Value& rule, const Value& target, const Event& event) {
  if (!event.sender.empty()) {
    auto arn = wire::parse_arn(target["Arn"].as_string());
    if (arn.has_value() && arn->service == "events" && arn->account != call.account) return;
  }
  Value note = note_of(call, rule, target, event, 0);
  Status begun = try_delivery(call, rule, note, event);
  if (!begun.has_value()) bury(call, note, begun.error(), "");
}

Status target_answered(Call& call, const Value& how) {
  if (!how.has("Error")) return {};
  Value note = how["Argument"];
  const Value& why = how["Error"];
  Error error(why["Code"].as_string(), why["Message"].as_string(),
              static_cast<int>(why["Status"].as_int()));
  int64_t attempts = note["Attempts"].as_int();
  const Value& policy = note["Target"]["RetryPolicy"];
  bool too_many = attempts >= policy["MaximumRetryAttempts"].as_int(retries_max);
  bool too_old = call.now - note["First"].as_time() >=
                 policy["MaximumEventAgeInSeconds"].as_int(age_s_max) * 1000;
  if (!cloud::is_passing(error)) {
    bury(call, note, error, "");
  } else if (too_many || too_old) {
    bury(call, note, error, too_many ? "MaximumRetryAttempts" : "MaximumEventAgeInSeconds");
  } else {
    int64_t pause_ms = std::min(retry_ms_first << std::min<int64_t>(attempts, 20), retry_ms_most);
    call.after(pause_ms, "deliver again", note.set("Attempts", attempts + 1));
  }
  return {};
}

Status deliver_again(Call& call, const Value& note) {
  auto rule = find_rule(call, note["Bus"].as_string(), note["Rule"].as_string());
  if (!rule.has_value()) return {};  // gone, and its events with it
  Event event;
  event.body = note["Event"];
  event.hops = static_cast<int>(note["Hops"].as_int());
  Status begun = try_delivery(call, *rule, note, event);
  if (!begun.has_value()) bury(call, note, begun.error(), "");
  return {};
}

}  // namespace mainstay::events
