#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/lambda/invoke.hh"

namespace mainstay::lambda {
namespace {

constexpr int64_t tries_default = 2, age_s_default = 21'600;  // "retries twice", "6 hours"
// "Lambda waits one minute before the first retry, two minutes before the second".
constexpr int64_t retry_ms[] = {60'000, 120'000};
// "Throttles … retries with exponential backoff from 1 second to a maximum of 5 minutes".
constexpr int64_t throttle_ms_min = 1'000, throttle_ms_max = 300'000;

struct Limits {
  int64_t retries = tries_default, age_ms = age_s_default * 1000;
  std::string on_success, on_failure;
};

Limits limits_of(const Call& call, const Value& event) {
  Limits out;
  std::string qualifier = event["Qualifier"].as_string();
  const Value* config =
      call.find("event_config", key_of(event["Function"].as_string(),
                                       qualifier.empty() ? latest : std::string_view(qualifier)));
  if (!config) return out;
  out.retries = (*config)["MaximumRetryAttempts"].as_int(tries_default);
  out.age_ms = (*config)["MaximumEventAgeInSeconds"].as_int(age_s_default) * 1000;
  out.on_success = (*config)["DestinationConfig"]["OnSuccess"]["Destination"].as_string();
  out.on_failure = (*config)["DestinationConfig"]["OnFailure"]["Destination"].as_string();
  return out;
}

// What is sent where, as JSON text: to a queue, a topic, a bus, a bucket or a function.
struct Sending {
  std::string function, arn, body;
  Value attributes;  // of a message, {name: {DataType, StringValue}}
  bool succeeded = false;
};

void send(Call& call, const Sending& sending) {
  auto parts = split(sending.arn, ":");
  if (parts.size() < 6) return;
  cloud::Delivery delivery;
  delivery.region = parts[3].empty() ? call.region : parts[3];
  delivery.account = parts[4].empty() ? call.account : parts[4];
  if (parts[2] == "sqs") {
    delivery.service = "sqs";
    delivery.operation = "SendMessage";
    delivery.input = Value::map(
        {{"QueueUrl", "https://sqs." + parts[3] + ".amazonaws.com/" + parts[4] + "/" + parts[5]},
         {"MessageBody", sending.body}});
  } else if (parts[2] == "sns") {
    delivery.service = "sns";
    delivery.operation = "Publish";
    delivery.input = Value::map({{"TopicArn", sending.arn}, {"Message", sending.body}});
  } else if (parts[2] == "lambda") {
    delivery.service = "lambda";
    delivery.operation = "Invoke";
    delivery.input = Value::map({{"FunctionName", sending.arn},
                                 {"InvocationType", "Event"},
                                 {"Payload", Bytes{sending.body}}});
  } else if (parts[2] == "events") {
    delivery.service = "events";
    delivery.operation = "PutEvents";
    Value entry = Value::map({{"Source", "lambda"},
                              {"DetailType", std::string("Lambda Function Invocation Result - ") +
                                                 (sending.succeeded ? "Success" : "Failure")},
                              {"Detail", sending.body},
                              {"EventBusName", sending.arn}});
    delivery.input = Value::map({{"Entries", Value::list({entry})}});
  } else if (parts[2] == "s3") {
    delivery.service = "s3";
    delivery.operation = "PutObject";
    delivery.input = Value::map(
        {{"Bucket", parts[5]},
         {"Key", "aws/lambda/async/" + replace_all(format_iso8601(call.now, true), ":", ".") + "-" +
                     call.random.uuid()},
         {"Body", Bytes{sending.body}}});
  } else {
    return;
  }
  if (!sending.attributes.is_null()) delivery.input.set("MessageAttributes", sending.attributes);
  // With the rights of the function's role ("Destinations", "Dead-letter queues": permissions).
  auto caller = role_session(call, sending.function);
  if (!caller.has_value() || !call.cloud.has_service(delivery.service)) return;
  delivery.caller = *caller;
  call.later(std::move(delivery));
}

// "Destinations", invocation record.
std::string record_of(const Call& call, const Value& event, const std::string& condition,
                      const backings::FunctionOutcome& outcome) {
  const std::string qualifier = event["Qualifier"].as_string();
  std::string arn = function_arn(call, event["Function"].as_string(),
                                 qualifier.empty() ? latest : std::string_view(qualifier));
  Value context = Value::map({{"statusCode", 200}, {"executedVersion", event["Version"]}});
  if (outcome.failed) context.set("functionError", "Unhandled");
  Value record =
      Value::map({{"version", "1.0"},
                  {"timestamp", format_iso8601(call.now, true)},
                  {"requestContext", Value::map({{"requestId", event["Id"]},
                                                 {"functionArn", arn},
                                                 {"condition", condition},
                                                 {"approximateInvokeCount", event["Tries"]}})},
                  {"requestPayload", parse_json(event["Payload"].as_string()).value_or(Value())},
                  {"responseContext", std::move(context)}});
  auto payload = parse_json(outcome.payload);
  record.set("responsePayload", payload.has_value() ? *payload : Value(outcome.payload));
  return to_json(record);
}

// "Dead-letter queues": the event itself, with what went wrong as attributes.
void send_dead_letter(Call& call, const Value& event, const backings::FunctionOutcome& outcome) {
  const Value* function = call.find("function", event["Function"].as_string());
  if (!function) return;
  const std::string arn = (*function)["Config"]["DeadLetterConfig"]["TargetArn"].as_string();
  if (arn.empty()) return;
  auto attribute = [](const char* type, const std::string& text) {
    return Value::map({{"DataType", type}, {"StringValue", text}});
  };
  auto error = parse_json(outcome.payload);
  std::string message = error.has_value() ? (*error)["errorMessage"].as_string() : "";
  constexpr size_t message_bytes_max = 1024;  // "the first 1 KB of the error message"
  Value attributes = Value::map({{"RequestID", attribute("String", event["Id"].as_string())},
                                 {"ErrorCode", attribute("Number", "200")}});
  if (!message.empty())
    attributes.set("ErrorMessage", attribute("String", message.substr(0, message_bytes_max)));
  send(call, {event["Function"].as_string(), arn, event["Payload"].as_string(),
              std::move(attributes), false});
}

void give_up(Call& call, const Value& event, const std::string& condition,
             const backings::FunctionOutcome& outcome) {
  Limits limits = limits_of(call, event);
  if (!limits.on_failure.empty())
    send(call, {event["Function"].as_string(),
                limits.on_failure,
                record_of(call, event, condition, outcome),
                {},
                false});
  send_dead_letter(call, event, outcome);
  call.remove("event", event["Id"].as_string());
}

// It ran, whatever came of it.
void settle(Call& call, Value event, const backings::FunctionOutcome& outcome) {
  Limits limits = limits_of(call, event);
  const std::string id = event["Id"].as_string();
  if (!outcome.failed) {
    if (!limits.on_success.empty())
      send(call, {event["Function"].as_string(),
                  limits.on_success,
                  record_of(call, event, "Success", outcome),
                  {},
                  true});
    call.remove("event", id);
    return;
  }
  int64_t failures = event["Failures"].as_int() + 1;
  event.set("Failures", failures);
  if (failures > limits.retries) return give_up(call, event, "RetriesExhausted", outcome);
  int64_t pause_ms = call.duration(retry_ms[std::min<int64_t>(failures, 2) - 1]);
  if (call.now - event["Queued"].as_time() + pause_ms > limits.age_ms)
    return give_up(call, event, "EventAgeExceeded", outcome);
  event.set("Running", false);
  call.put("event", id, event);
  call.after(pause_ms, "run-event", Value::map({{"Id", id}}), "event/" + id);
}

// There is no place for it now.
void postpone(Call& call, Value event, const Error& why) {
  const std::string id = event["Id"].as_string();
  if (call.now - event["Queued"].as_time() > limits_of(call, event).age_ms) {
    backings::FunctionOutcome outcome;
    outcome.failed = true;
    outcome.payload = backings::error_payload(why.code, why.message);
    return give_up(call, event, "EventAgeExceeded", outcome);
  }
  int64_t throttles = event["Throttles"].as_int();
  int64_t pause_ms = std::min(throttle_ms_max, throttle_ms_min << std::min<int64_t>(throttles, 9));
  event.set("Throttles", throttles + 1);
  event.set("Running", false);
  call.put("event", id, event);
  call.after(pause_ms, "run-event", Value::map({{"Id", id}}), "event/" + id);
}

void finish(cloud::Cloud& cloud, const std::string& account, const std::string& region,
            const std::string& id, const backings::FunctionOutcome& outcome) {
  // It runs again at the next start.
  if (stays_queued(outcome)) return;
  (void)cloud.update("lambda", account, region, [&](Call& call) -> Status {
    const Value* event = call.find("event", id);
    if (!event) return {};
    if (!outcome.not_run) return settle(call, *event, outcome), Status();
    if (outcome.not_run->code == "FunctionsBusy")
      return postpone(call, *event, *outcome.not_run), Status();
    cloud.warn(Error(*outcome.not_run)
                   .because("an event of function " + (*event)["Function"].as_string()));
    backings::FunctionOutcome failed;
    failed.failed = true;
    failed.payload = backings::error_payload(outcome.not_run->code, outcome.not_run->message);
    return settle(call, *event, failed), Status();
  });
}

}  // namespace

void queue_event(Call& call, const FunctionName& named, const std::string& payload,
                 const std::string& id) {
  call.put("event", id,
           Value::map({{"Id", id},
                       {"Function", named.name},
                       {"Qualifier", named.qualifier},
                       {"Payload", payload},
                       {"Tries", 0},
                       {"Queued", call.now}}));
  call.after(0, "run-event", Value::map({{"Id", id}}), "event/" + id);
}

Status run_event(Call& call, const Value& argument) {
  const std::string id = argument["Id"].as_string();
  const Value* found = call.find("event", id);
  if (!found) return {};
  Value event = *found;
  FunctionName named{event["Function"].as_string(), event["Qualifier"].as_string(), "", ""};
  auto target = target_of_event(call, named);
  // Deleted in the meantime: nobody is left to run it or to be told.
  if (!target.has_value()) return call.remove("event", id), Status();
  Run run = make_run(call, *target, event["Payload"].as_string(), id);
  Runner& runner = runner_of(call);
  if (Status entered = runner.enter(run); !entered.has_value())
    return postpone(call, event, entered.error()), Status();
  event.set("Tries", event["Tries"].as_int() + 1);
  event.set("Version", run.version);
  event.set("Running", true);
  call.put("event", id, event);
  call.after_failure.push_back([&runner, run] { runner.abandon(run); });
  call.after_commit.push_back([&cloud = call.cloud, &runner, run, id] {
    runner.begin(run, [&cloud, account = run.account, region = run.region,
                       id](backings::FunctionOutcome outcome) {
      finish(cloud, account, region, id, outcome);
    });
  });
  return {};
}

void take_up_events(cloud::Cloud& cloud) {
  for (store::Shard* shard : cloud.store().shards("lambda"))
    (void)cloud.update("lambda", shard->key.account, shard->key.region, [&](Call& call) -> Status {
      std::vector<std::string> ids;
      for (const auto& [id, event] : call.all("event"))
        if (event["Running"].as_bool()) ids.push_back(id);
      for (const std::string& id : ids)
        call.after(0, "run-event", Value::map({{"Id", id}}), "event/" + id);
      return {};
    });
}

}  // namespace mainstay::lambda
