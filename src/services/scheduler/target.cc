#include "services/scheduler/target.hh"

#include <algorithm>
#include <array>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/target.hh"
#include "wire/model.hh"

namespace mainstay::scheduler {
namespace {

constexpr std::string_view universal = "aws-sdk:";

struct Universal {
  std::string service, operation;
};

// "aws-sdk:sqs:sendMessage"; empty where the resource is none.
Universal universal_of(const wire::Arn& arn) {
  auto parts = split(arn.resource, ":");
  if (arn.service != "scheduler" || parts.size() != 3 || parts[2].empty()) return {};
  std::string operation = parts[2];
  operation[0] = to_upper(operation.substr(0, 1))[0];
  return {parts[1], operation};
}

// "Unsupported actions" of universal targets: what only looks.
bool only_looks(const std::string& operation) {
  constexpr std::array<std::string_view, 11> verbs{"Get",     "Describe", "List",    "Poll",
                                                   "Receive", "Search",   "Scan",    "Query",
                                                   "Select",  "Read",     "Validate"};
  return std::any_of(verbs.begin(), verbs.end(),
                     [&](std::string_view verb) { return operation.starts_with(verb); });
}

Status check_universal(const wire::Arn& arn) {
  Universal what = universal_of(arn);
  if (what.service.empty()) return invalid("Provided Arn is not in correct format.");
  if (only_looks(what.operation))
    return invalid("The API action " + what.operation + " is not supported by universal targets.");
  return {};
}

// JSON as the model's input wants it: times and bytes are texts there.
Value fitted(const wire::Shape& shape, Value v) {
  switch (shape.type) {
    case wire::Type::structure: {
      Value out = Value::map({});
      for (const auto& [name, value] : v.members()) {
        const wire::Member* member = shape.member(name);
        out.set(name, member ? fitted(*member->shape, value) : value);
      }
      return out;
    }
    case wire::Type::list: {
      Value out = Value::list();
      for (const Value& item : v.items()) out.push_back(fitted(*shape.element().shape, item));
      return out;
    }
    case wire::Type::timestamp:
      if (auto time = parse_time(v.as_string())) return *time;
      return v.is_number() ? Value(Time{static_cast<int64_t>(v.as_real() * 1000)}) : v;
    case wire::Type::blob:
      return v.is_string() ? Value(Bytes{v.as_string()}) : v;
    default:
      return v;
  }
}

Result<cloud::Delivery> universal_delivery(Call& call, const wire::Arn& arn,
                                           const std::string& input) {
  Universal what = universal_of(arn);
  cloud::Delivery out;
  out.service = what.service;
  out.operation = what.operation;
  auto given = parse_json(input.empty() ? "{}" : input);
  if (!given.has_value() || !given->is_map()) return invalid("The input is no JSON object.");
  out.input = std::move(*given);
  auto loaded = call.cloud.models().load(what.service);
  if (loaded.has_value())
    if (const wire::Operation* modelled = loaded->model->operation(what.operation))
      if (modelled->input) out.input = fitted(*modelled->input, std::move(out.input));
  return out;
}

cloud::Delivery to_event_bus(const wire::Arn& arn, const Value& target, const std::string& input) {
  const Value& parameters = target["EventBridgeParameters"];
  Value entry = Value::map({{"EventBusName", arn.to_string()},
                            {"Source", parameters["Source"]},
                            {"DetailType", parameters["DetailType"]},
                            {"Detail", input}});
  cloud::Delivery out{"events", "PutEvents",
                      Value::map({{"Entries", Value::list({std::move(entry)})}})};
  out.account = arn.account;
  out.region = arn.region;
  return out;
}

}  // namespace

Status check_target(const Value& target) {
  auto arn = wire::parse_arn(target["Arn"].as_string());
  if (!arn.has_value()) return invalid("Provided Arn is not in correct format.");
  if (arn->resource.starts_with(universal)) return check_universal(*arn);
  bool is_bus = arn->service == "events" && arn->resource.starts_with("event-bus/");
  if (is_bus && !target.has("EventBridgeParameters"))
    return invalid("EventBridgeParameters must be provided for EventBridge targets.");
  if (!is_bus && !cloud::delivery_to(*arn, ""))
    return aws_error(
        "NotImplemented",
        "mainstay's embedded cloud does not implement templated targets of Scheduler in "
        "the service " +
            printable(arn->service) +
            "; it has queues, topics, functions, event buses and universal targets",
        501);
  bool is_fifo = arn->service == "sqs" && arn->resource.ends_with(".fifo");
  if (is_fifo && !target["SqsParameters"].has("MessageGroupId"))
    return invalid("SqsParameters must be provided for FIFO queues.");
  if (target.has("Input") && (is_bus || arn->service == "lambda") &&
      !parse_json(target["Input"].as_string()).has_value())
    return invalid("The Input of this target must be valid JSON.");
  return {};
}

Result<cloud::Delivery> delivery_of(Call& call, const Value& target, const std::string& input) {
  TRY(wire::Arn arn, wire::parse_arn(target["Arn"].as_string()));
  if (arn.resource.starts_with(universal)) return universal_delivery(call, arn, input);
  if (arn.service == "events") return to_event_bus(arn, target, input);
  auto out = cloud::delivery_to(arn, input, target["SqsParameters"]["MessageGroupId"].as_string());
  if (!out) return invalid("Provided Arn is no target.");
  return std::move(*out);
}

}  // namespace mainstay::scheduler
