#include "services/sqs/queue.hh"

#include "base/text.hh"

namespace mainstay::sqs {

QueueName parse_url(const std::string& url) {
  auto parts = split(url, "/");
  if (parts.size() < 2) return {};
  const std::string& account = parts[parts.size() - 2];
  return {is_account_id(account) ? account : "", parts.back()};
}

std::string url_of(const Call& call, const std::string& name) {
  std::string host =
      call.endpoint.empty() ? "https://sqs." + call.region + ".amazonaws.com" : call.endpoint;
  return host + "/" + call.account + "/" + name;
}

Result<Value> find_queue(Call& call, const Value& in) {
  std::string name =
      in.has("QueueUrl") ? parse_url(in["QueueUrl"].as_string()).name : in["QueueName"].as_string();
  const Value* found = call.find("queue", name);
  if (!found) return aws_error("QueueDoesNotExist", "The specified queue does not exist.");
  return *found;
}

void put_queue(Call& call, const Value& queue) {
  call.put("queue", queue["QueueName"].as_string(), queue);
}

Value default_attributes(bool fifo) {
  Value out = Value::map({{"VisibilityTimeout", "30"},
                          {"MaximumMessageSize", "1048576"},
                          {"MessageRetentionPeriod", "345600"},
                          {"DelaySeconds", "0"},
                          {"ReceiveMessageWaitTimeSeconds", "0"},
                          {"SqsManagedSseEnabled", "true"}});
  if (fifo)
    out.set("FifoQueue", "true")
        .set("ContentBasedDeduplication", "false")
        .set("DeduplicationScope", "queue")
        .set("FifoThroughputLimit", "perQueue");
  return out;
}

bool is_fifo(const Value& queue) {
  return queue["Attributes"].has("FifoQueue");
}

Value queue_of_arn(const Call& call, const std::string& arn) {
  size_t colon = arn.rfind(':');
  std::string name = colon == std::string::npos ? "" : arn.substr(colon + 1);
  const Value* found = arn == call.arn(name) ? call.find("queue", name) : nullptr;
  return found ? *found : Value();
}

int64_t number_of(const Value& queue, std::string_view attribute) {
  return parse_int(queue["Attributes"][attribute].as_string()).value_or(0);
}

Error invalid_value(std::string message) {
  return aws_error("InvalidParameterValue", std::move(message));
}

Error invalid_parameter(std::string_view value, std::string_view parameter, std::string_view why) {
  return invalid_value("Value " + std::string(value) + " for parameter " + std::string(parameter) +
                       " is invalid. Reason: " + std::string(why));
}

}  // namespace mainstay::sqs
