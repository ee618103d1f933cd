#include <algorithm>

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/lambda/filter.hh"
#include "services/lambda/mapping.hh"
#include "services/lambda/runner.hh"
#include "services/lambda/settings.hh"

namespace mainstay::lambda {
namespace {

// CreateEventSourceMapping, what holds for SQS: "BatchSize … maximum 10,000 … more than 10 needs a
// window of at least one second" and, of FIFO queues, "maximum 10".
constexpr int64_t batch_default = 10, batch_max = 10'000, batch_without_window_max = 10;

Value answer(const Call& call, const Value& mapping, const char* state) {
  Value out = mapping["Config"];
  const std::string& id = mapping["UUID"].as_string();
  out.set("UUID", id);
  out.set("EventSourceMappingArn", call.arn("event-source-mapping:" + id));
  out.set("FunctionArn",
          function_arn(call, mapping["Function"].as_string(), mapping["Qualifier"].as_string()));
  out.set("LastModified", mapping["Changed"]);
  out.set("State", state);
  out.set("StateTransitionReason", "USER_INITIATED");
  if (mapping.has("Result")) out.set("LastProcessingResult", mapping["Result"]);
  return out;
}

const char* state_of(const Value& mapping) {
  return mapping["Enabled"].as_bool() ? "Enabled" : "Disabled";
}

Result<Value> find_mapping(const Call& call, const Value& in) {
  const Value* found = call.find("mapping", in["UUID"].as_string());
  if (!found) return not_found("The resource you requested does not exist.");
  return *found;
}

// Only queues are polled here; what can't be is refused, not kept for show.
Status check_source(const Value& in) {
  auto parts = split(in["EventSourceArn"].as_string(), ":");
  if (parts.size() < 6 || parts[2] != "sqs")
    return not_here(in.has("EventSourceArn") && parts.size() > 2
                        ? "event sources of " + parts[2]
                        : std::string("event sources other than SQS queues"));
  for (const char* member : {"KMSKeyArn", "MetricsConfig", "LoggingConfig",
                             "ProvisionedPollerConfig", "SelfManagedEventSource"})
    if (in.has(member) && !in[member].empty())
      return not_here("the parameter " + std::string(member) + " of event source mappings");
  for (const char* member :
       {"StartingPosition", "ParallelizationFactor", "MaximumRecordAgeInSeconds",
        "BisectBatchOnFunctionError", "MaximumRetryAttempts", "TumblingWindowInSeconds"})
    if (in.has(member))
      return invalid_parameter("Unsupported parameter " + std::string(member) +
                               " for given event source mapping type.");
  return {};
}

Status check_batch(const Value& config) {
  int64_t batch = config["BatchSize"].as_int();
  bool is_fifo = config["EventSourceArn"].as_string().ends_with(".fifo");
  if (batch > batch_max || (is_fifo && batch > batch_without_window_max))
    return invalid_parameter("Batch size must be less than or equal to " +
                             std::to_string(is_fifo ? batch_without_window_max : batch_max));
  if (batch > batch_without_window_max && config["MaximumBatchingWindowInSeconds"].as_int() == 0)
    return invalid_parameter(
        "Maximum batch window in seconds must be greater than 0 if maximum "
        "batch size is greater than 10");
  return {};
}

// The queue is there, the role may ask it, and a message stays hidden for as long as the function
// may take.
Status check_queue(Call& call, const Value& mapping, int64_t timeout_s) {
  TRY(cloud::Caller caller, poller_of(call, mapping));
  auto parts = split(mapping["Config"]["EventSourceArn"].as_string(), ":");
  auto queue = call.cloud.invoke(
      caller, parts[4], call.region, "sqs", "GetQueueAttributes",
      Value::map(
          {{"QueueUrl", "https://sqs." + parts[3] + ".amazonaws.com/" + parts[4] + "/" + parts[5]},
           {"AttributeNames", Value::list({"VisibilityTimeout"})}}));
  if (!queue.has_value()) {
    const Error& why = queue.error();
    if (why.status == 403 || why.code.contains("AccessDenied"))
      return invalid_parameter(
          "The function execution role does not have permissions to call ReceiveMessage on SQS");
    return invalid_parameter("Error occurred while ReceiveMessage. SQS Error Code: " + why.code +
                             ". SQS Error Message: " + why.message);
  }
  int64_t hidden_s = parse_int((*queue)["Attributes"]["VisibilityTimeout"].as_string()).value_or(0);
  if (hidden_s < timeout_s)
    return invalid_parameter(
        "Queue visibility timeout: " + std::to_string(hidden_s) +
        " seconds is less than Function timeout: " + std::to_string(timeout_s) + " seconds");
  return {};
}

// Who gets the events: put into the mapping.
Status name_function(Call& call, Value& mapping, const Value& in, int64_t& timeout_s) {
  TRY(FunctionName named, function_named(call, in));
  auto target = find_target(call, named);
  if (!target.has_value()) return function_not_found(call, named.name, named.qualifier);
  timeout_s = target->document["Config"]["Timeout"].as_int();
  mapping.set("Function", named.name);
  mapping.set("Qualifier", named.qualifier);
  return {};
}

constexpr const char* changeable[] = {"BatchSize",         "MaximumBatchingWindowInSeconds",
                                      "ScalingConfig",     "FunctionResponseTypes",
                                      "DestinationConfig", "FilterCriteria"};

Value put(Call& call, Value mapping) {
  mapping.set("Changed", call.now);
  mapping.set("Generation", mapping["Generation"].as_int() + 1);
  call.put("mapping", mapping["UUID"].as_string(), mapping);
  start_polling(call, mapping);
  return mapping;
}

}  // namespace

Result<cloud::Caller> poller_of(Call& call, const Value& mapping) {
  return role_session(call, mapping["Function"].as_string());
}

Result<Value> create_mapping(Call& call, const Value& in) {
  Value mapping = Value::map({{"UUID", call.random.uuid()},
                              {"Enabled", !in.has("Enabled") || in["Enabled"].as_bool()},
                              {"Generation", 0},
                              {"Tags", in.has("Tags") ? in["Tags"] : Value::map({})}});
  int64_t timeout_s = 0;
  CHECK_OK(check_tags(call, in["Tags"]));
  CHECK_OK(name_function(call, mapping, in, timeout_s));
  CHECK_OK(check_source(in));
  Value config = Value::map({{"EventSourceArn", in["EventSourceArn"]},
                             {"BatchSize", batch_default},
                             {"MaximumBatchingWindowInSeconds", 0},
                             {"FunctionResponseTypes", Value::list()}});
  for (const char* member : changeable)
    if (in.has(member)) config.set(member, in[member]);
  if (config["FilterCriteria"]["Filters"].empty()) config.erase("FilterCriteria");
  CHECK_OK(check_batch(config));
  CHECK_OK(check_filters(config["FilterCriteria"]));
  mapping.set("Config", std::move(config));
  for (const std::string& id :
       call.find_by("mapping", "Function", mapping["Function"].as_string())) {
    const Value& other = *call.find("mapping", id);
    if (other["Config"]["EventSourceArn"] == in["EventSourceArn"] &&
        other["Qualifier"] == mapping["Qualifier"])
      return conflict("The event source arn (\" " + in["EventSourceArn"].as_string() +
                      " \") and function (\" " + mapping["Function"].as_string() +
                      " \") provided mapping already exists. Please update or delete the existing "
                      "mapping with UUID " +
                      id);
  }
  CHECK_OK(check_queue(call, mapping, timeout_s));
  bool is_enabled = mapping["Enabled"].as_bool();
  return answer(call, put(call, std::move(mapping)), is_enabled ? "Creating" : "Disabled");
}

Result<Value> get_mapping(Call& call, const Value& in) {
  TRY(Value mapping, find_mapping(call, in));
  return answer(call, mapping, state_of(mapping));
}

Result<Value> list_mappings(Call& call, const Value& in) {
  std::string name;
  if (in.has("FunctionName")) name = parse_function(in["FunctionName"].as_string()).name;
  List items;
  auto is_of_source = [&](const Value& mapping) {
    return !in.has("EventSourceArn") || mapping["Config"]["EventSourceArn"] == in["EventSourceArn"];
  };
  auto show = [&](const Value& mapping) { return answer(call, mapping, state_of(mapping)); };
  if (name.empty()) {
    constexpr cloud::ResourceKind kind = {.table = "mapping",
                                          .list = "EventSourceMappings",
                                          .missing_code = "",
                                          .missing = "",
                                          .pages = page_words};
    return cloud::list_resources(call, kind, in, {.has = is_of_source, .show = show});
  }
  for (const std::string& id : call.find_by("mapping", "Function", name))
    if (const Value& mapping = *call.find("mapping", id); is_of_source(mapping))
      items.push_back(show(mapping));
  auto key = [](const Value& item) { return item["UUID"].as_string(); };
  return answer_page(std::move(items), key, in, "EventSourceMappings");
}

Result<Value> update_mapping(Call& call, const Value& in) {
  TRY(Value mapping, find_mapping(call, in));
  Value source = in;
  source.set("EventSourceArn", mapping["Config"]["EventSourceArn"]);
  CHECK_OK(check_source(source));
  const bool was_enabled = mapping["Enabled"].as_bool();
  int64_t timeout_s = 0;
  if (in.has("FunctionName")) {
    CHECK_OK(name_function(call, mapping, in, timeout_s));
    CHECK_OK(check_queue(call, mapping, timeout_s));
  }
  if (in.has("Enabled")) mapping.set("Enabled", in["Enabled"]);
  for (const char* member : changeable)
    if (in.has(member)) mapping.member("Config").set(member, in[member]);
  if (mapping["Config"]["FilterCriteria"]["Filters"].empty())
    mapping.member("Config").erase("FilterCriteria");
  CHECK_OK(check_batch(mapping["Config"]));
  CHECK_OK(check_filters(mapping["Config"]["FilterCriteria"]));
  bool is_enabled = mapping["Enabled"].as_bool();
  const char* state = is_enabled == was_enabled ? "Updating"
                      : is_enabled              ? "Enabling"
                                                : "Disabling";
  return answer(call, put(call, std::move(mapping)), state);
}

Result<Value> delete_mapping(Call& call, const Value& in) {
  TRY(Value mapping, find_mapping(call, in));
  call.remove("mapping", mapping["UUID"].as_string());
  return answer(call, mapping, "Deleting");
}

}  // namespace mainstay::lambda
