// Polling of queues: a chain of reactions and deliveries for each poller of each mapping.
//
//   poll ─► ReceiveMessage (waits) ─► take_messages ─► run_batch ─► the function ─►
//   DeleteMessageBatch ─► poll
//
// Each step is a timer or delivery, kept with the state, so a chain goes on after a kill. Messages
// that a killed run had come again once they are visible, as SQS means it.
#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/lambda/filter.hh"
#include "services/lambda/invoke.hh"
#include "services/lambda/mapping.hh"

namespace mainstay::lambda {
namespace {

constexpr int64_t pollers = 2;
constexpr int64_t receive_max = 10, delete_max = 10, wait_s_max = 20;
constexpr int64_t trouble_ms = 10'000;   // after an error of the queue's
constexpr int64_t throttled_ms = 1'000;  // where there is no place for the function

std::string batch_id(const Value& argument) {
  return argument["UUID"].as_string() + "/" + argument["Poller"].to_text();
}

std::string timer_id(const Value& argument) {
  return "poll/" + batch_id(argument);
}

// The mapping, as long as this chain is its own.
const Value* mapping_of(const Call& call, const Value& argument) {
  const Value* mapping = call.find("mapping", argument["UUID"].as_string());
  bool is_current = mapping && (*mapping)["Enabled"].as_bool() &&
                    (*mapping)["Generation"] == argument["Generation"];
  return is_current ? mapping : nullptr;
}

std::string queue_url(const Value& mapping) {
  auto parts = split(mapping["Config"]["EventSourceArn"].as_string(), ":");
  return "https://sqs." + parts[3] + ".amazonaws.com/" + parts[4] + "/" + parts[5];
}

void again(Call& call, const Value& argument, int64_t ms = 0) {
  call.after(ms, "poll", argument, timer_id(argument));
}

void set_result(Call& call, const Value& argument, const std::string& text) {
  const Value* found = call.find("mapping", argument["UUID"].as_string());
  if (!found || (*found)["Result"].as_string() == text) return;
  Value mapping = *found;
  call.put("mapping", argument["UUID"].as_string(), mapping.set("Result", text));
}

// "Using Lambda with Amazon SQS", the example event.
Value record_of(const Call& call, const Value& mapping, const Value& message) {
  Value attributes = Value::map({});
  for (const auto& [name, given] : message["MessageAttributes"].members()) {
    Value one = Value::map({{"stringListValues", Value::list()},
                            {"binaryListValues", Value::list()},
                            {"dataType", given["DataType"]}});
    if (given.has("StringValue")) one.set("stringValue", given["StringValue"]);
    if (given.has("BinaryValue"))
      one.set("binaryValue", base64_encode(given["BinaryValue"].as_bytes()));
    attributes.set(name, std::move(one));
  }
  Value record = Value::map({{"messageId", message["MessageId"]},
                             {"receiptHandle", message["ReceiptHandle"]},
                             {"body", message["Body"]},
                             {"attributes", message["Attributes"]},
                             {"messageAttributes", std::move(attributes)},
                             {"md5OfBody", message["MD5OfBody"]},
                             {"eventSource", "aws:sqs"},
                             {"eventSourceARN", mapping["Config"]["EventSourceArn"]},
                             {"awsRegion", call.region}});
  if (message.has("MD5OfMessageAttributes"))
    record.set("md5OfMessageAttributes", message["MD5OfMessageAttributes"]);
  return record;
}

// "Reporting batch item failures": the messages that stay in the queue. Nothing where the answer
// can't be understood, which fails the whole batch.
std::optional<std::set<std::string>> failed_items(const Value& mapping,
                                                  const std::string& payload) {
  const List& types = mapping["Config"]["FunctionResponseTypes"].items();
  std::set<std::string> failed;
  bool reports =
      std::find(types.begin(), types.end(), Value("ReportBatchItemFailures")) != types.end();
  if (!reports) return failed;
  auto answer = parse_json(payload);
  if (!answer.has_value()) return std::nullopt;
  const Value& items = (*answer)["batchItemFailures"];
  if (items.is_null()) return failed;  // "an empty or null … is a complete success"
  for (const Value& item : items.items()) {
    const std::string& id = item["itemIdentifier"].as_string();
    if (id.empty()) return std::nullopt;
    failed.insert(id);
  }
  return failed;
}

void delete_messages(Call& call, const Value& mapping, const Value& argument, const Value& messages,
                     const std::set<std::string>& but) {
  auto caller = poller_of(call, mapping);
  if (!caller.has_value()) return;
  Value entries = Value::list();
  auto deliver = [&] {
    if (entries.empty()) return;
    cloud::Delivery delivery{"sqs", "DeleteMessageBatch",
                             Value::map({{"QueueUrl", queue_url(mapping)}, {"Entries", entries}})};
    delivery.account = split(mapping["Config"]["EventSourceArn"].as_string(), ":")[4];
    delivery.caller = *caller;
    delivery.lane = batch_id(argument);
    call.later(std::move(delivery));
    entries = Value::list();
  };
  for (const Value& message : messages.items()) {
    if (but.contains(message["MessageId"].as_string())) continue;
    entries.push_back(Value::map(
        {{"Id", std::to_string(entries.size())}, {"ReceiptHandle", message["ReceiptHandle"]}}));
    if (entries.size() == delete_max) deliver();
  }
  deliver();
}

void finish(cloud::Cloud& cloud, const Run& run, const Value& argument,
            const backings::FunctionOutcome& outcome) {
  if (stays_queued(outcome)) return;
  (void)cloud.update("lambda", run.account, run.region, [&](Call& call) -> Status {
    const Value* batch = call.find("batch", batch_id(argument));
    const Value* mapping = call.find("mapping", argument["UUID"].as_string());
    if (!batch || !mapping) return {};
    bool succeeded = !outcome.failed && !outcome.not_run;
    auto failed = succeeded ? failed_items(*mapping, outcome.payload) : std::nullopt;
    Value messages = (*batch)["Messages"];
    call.remove("batch", batch_id(argument));
    if (failed) delete_messages(call, *mapping, argument, messages, *failed);
    std::string result = outcome.not_run ? "PROBLEM: " + outcome.not_run->to_string()
                         : !failed       ? "PROBLEM: Function call failed"
                                         : "OK";
    set_result(call, argument, result);
    again(call, argument);
    return {};
  });
}

}  // namespace

void start_polling(Call& call, const Value& mapping) {
  for (int64_t poller = 0; poller < pollers; ++poller) {
    Value argument = Value::map(
        {{"UUID", mapping["UUID"]}, {"Generation", mapping["Generation"]}, {"Poller", poller}});
    again(call, argument);
  }
}

Status poll(Call& call, const Value& argument) {
  const Value* mapping = mapping_of(call, argument);
  if (!mapping) return {};
  auto caller = poller_of(call, *mapping);
  if (!caller.has_value()) {
    set_result(call, argument, "PROBLEM: " + caller.error().message);
    return again(call, argument, trouble_ms), Status();
  }
  const Value& config = (*mapping)["Config"];
  const Value* batch = call.find("batch", batch_id(argument));
  int64_t have = batch ? static_cast<int64_t>((*batch)["Messages"].size()) : 0;
  int64_t wait_s = wait_s_max;
  if (have > 0)
    wait_s = std::clamp<int64_t>(
        (((*batch)["Since"].as_time() + config["MaximumBatchingWindowInSeconds"].as_int() * 1000) -
         call.now + 999) /
            1000,
        0, wait_s_max);
  cloud::Delivery delivery{
      "sqs", "ReceiveMessage",
      Value::map({{"QueueUrl", queue_url(*mapping)},
                  {"MaxNumberOfMessages",
                   std::clamp<int64_t>(config["BatchSize"].as_int() - have, 1, receive_max)},
                  {"WaitTimeSeconds", wait_s},
                  {"AttributeNames", Value::list({"All"})},
                  {"MessageAttributeNames", Value::list({"All"})}})};
  delivery.account = split(config["EventSourceArn"].as_string(), ":")[4];
  delivery.caller = *caller;
  delivery.lane = batch_id(argument);
  delivery.then = "take-messages";
  delivery.argument = argument;
  call.later(std::move(delivery));
  return {};
}

Status take_messages(Call& call, const Value& answer) {
  const Value& argument = answer["Argument"];
  const Value* mapping = mapping_of(call, argument);
  if (!mapping) return call.remove("batch", batch_id(argument)), Status();
  if (answer.has("Error")) {
    set_result(call, argument, "PROBLEM: " + answer["Error"]["Message"].as_string());
    return again(call, argument, trouble_ms), Status();
  }
  const Value* found = call.find("batch", batch_id(argument));
  Value batch = found ? *found : Value::map({{"Messages", Value::list()}, {"Since", call.now}});
  const Value& config = (*mapping)["Config"];
  Value unwanted = Value::list();
  for (const Value& message : answer["Output"]["Messages"].items()) {
    bool passes = passes_filters(config["FilterCriteria"], record_of(call, *mapping, message));
    (passes ? batch.member("Messages") : unwanted).push_back(message);
  }
  // "Lambda removes the messages that do not satisfy the filter criteria from the queue."
  delete_messages(call, *mapping, argument, unwanted, {});
  auto have = static_cast<int64_t>(batch["Messages"].size());
  bool is_due = call.now - batch["Since"].as_time() >=
                config["MaximumBatchingWindowInSeconds"].as_int() * 1000;
  if (have == 0) return call.remove("batch", batch_id(argument)), again(call, argument), Status();
  call.put("batch", batch_id(argument), batch);
  if (have < config["BatchSize"].as_int() && !is_due) return again(call, argument), Status();
  return run_batch(call, argument);
}

Status run_batch(Call& call, const Value& argument) {
  const Value* mapping = mapping_of(call, argument);
  const Value* batch = call.find("batch", batch_id(argument));
  if (!mapping || !batch) return call.remove("batch", batch_id(argument)), Status();
  FunctionName named{(*mapping)["Function"].as_string(), (*mapping)["Qualifier"].as_string(), "",
                     ""};
  auto target = target_of_event(call, named);
  if (!target.has_value()) {
    set_result(call, argument, "PROBLEM: " + target.error().message);
    call.remove("batch", batch_id(argument));
    return again(call, argument, trouble_ms), Status();
  }
  Value records = Value::list();
  for (const Value& message : (*batch)["Messages"].items())
    records.push_back(record_of(call, *mapping, message));
  Run run = make_run(call, *target, to_json(Value::map({{"Records", std::move(records)}})),
                     call.random.uuid());
  Runner& runner = runner_of(call);
  if (!runner.enter(run).has_value())
    return call.after(throttled_ms, "run-batch", argument, timer_id(argument)), Status();
  Value running = *batch;
  call.put("batch", batch_id(argument), running.set("Running", argument));
  call.after_failure.push_back([&runner, run] { runner.abandon(run); });
  call.after_commit.push_back([&cloud = call.cloud, &runner, run, argument] {
    runner.begin(run, [&cloud, run, argument](backings::FunctionOutcome outcome) {
      finish(cloud, run, argument, outcome);
    });
  });
  return {};
}

// A chain whose function was running has no timer and no delivery that would go on with it.
void take_up_polling(cloud::Cloud& cloud) {
  for (store::Shard* shard : cloud.store().shards("lambda"))
    (void)cloud.update("lambda", shard->key.account, shard->key.region, [&](Call& call) -> Status {
      std::vector<Value> running;
      for (const auto& [id, batch] : call.all("batch"))
        if (batch.has("Running")) running.push_back(batch["Running"]);
      for (const Value& argument : running) {
        call.remove("batch", batch_id(argument));
        again(call, argument);
      }
      return {};
    });
}

}  // namespace mainstay::lambda
