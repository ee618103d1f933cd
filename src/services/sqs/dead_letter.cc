#include "services/sqs/dead_letter.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "services/sqs/handlers.hh"
#include "services/sqs/message.hh"
#include "services/sqs/places.hh"

namespace mainstay::sqs {
namespace {

constexpr int64_t receives_max = 1000;
constexpr size_t sources_named_max = 10;

Value policy_of(const Value& queue) {
  auto policy = parse_json(queue["Attributes"]["RedrivePolicy"].as_string());
  return policy.has_value() ? *policy : Value();
}

bool may_use(const Value& dead, const std::string& source_arn) {
  auto allows = parse_json(dead["Attributes"]["RedriveAllowPolicy"].as_string());
  if (!allows.has_value()) return true;
  const std::string& permission = (*allows)["redrivePermission"].as_string();
  const List& named = (*allows)["sourceQueueArns"].items();
  if (permission == "byQueue")
    return std::find(named.begin(), named.end(), Value(source_arn)) != named.end();
  return permission != "denyAll";
}

}  // namespace

Status check_redrive_policy(const Call& call, const Value& queue, const std::string& text) {
  auto bad = [&](const std::string& why) { return invalid_parameter(text, "RedrivePolicy", why); };
  auto policy = parse_json(text);
  if (!policy.has_value() || !policy->is_map())
    return bad("Redrive policy is not a valid JSON map.");
  for (const char* member : {"deadLetterTargetArn", "maxReceiveCount"})
    if (!policy->has(member))
      return bad(std::string("Redrive policy does not contain mandatory attribute: ") + member +
                 ".");
  auto most = parse_int((*policy)["maxReceiveCount"].to_text());
  if (!most || *most < 1 || *most > receives_max)
    return bad("Invalid value for maxReceiveCount: " + (*policy)["maxReceiveCount"].to_text() +
               ", valid values are from 1 to 1000 both inclusive.");
  Value dead = queue_of_arn(call, (*policy)["deadLetterTargetArn"].as_string());
  if (dead.is_null()) return bad("Dead letter target does not exist.");
  if (is_fifo(dead) != is_fifo(queue))
    return bad("Dead-letter queue must be same type of queue as the source.");
  if (!may_use(dead, call.arn(queue["QueueName"].as_string())))
    return bad("Queue does not have permission to use the dead letter queue.");
  return {};
}

Status check_redrive_allow_policy(const std::string& text) {
  auto bad = [&](const char* why) { return invalid_parameter(text, "RedriveAllowPolicy", why); };
  auto policy = parse_json(text);
  if (!policy.has_value() || !policy->is_map())
    return bad("Redrive allow policy is not a valid JSON map.");
  const std::string& permission = (*policy)["redrivePermission"].as_string();
  if (permission != "allowAll" && permission != "denyAll" && permission != "byQueue")
    return bad("Redrive allow policy has no valid redrivePermission.");
  size_t named = (*policy)["sourceQueueArns"].size();
  if ((permission == "byQueue") != (named > 0) || named > sources_named_max)
    return bad("sourceQueueArns are given, one to ten, for redrivePermission byQueue alone.");
  return {};
}

Value dead_letter_queue(const Call& call, const Value& queue, const Value& message) {
  Value policy = policy_of(queue);
  auto most = parse_int(policy["maxReceiveCount"].to_text());
  if (!most || message["_Received"].as_int() < *most) return {};
  return queue_of_arn(call, policy["deadLetterTargetArn"].as_string());
}

void move_message(Call& call, const Value& from, const Value& to, const Value& message,
                  const Value& source_arn) {
  Value moved = message;
  take_away(call, from, moved["MessageId"].as_string());
  if (source_arn.is_null())
    moved.erase("_Source");
  else
    moved.set("_Source", source_arn);
  moved.set("_Visible", call.now.ms);
  moved.set("_Number", next_number(call, to));
  if (is_fifo(to)) moved.set("_Sequence", sequence_of(moved["_Number"].as_int()));
  place(call, to, moved);
}

std::vector<std::string> sources_of(const Call& call, const Value& queue) {
  std::vector<std::string> out;
  std::string arn = call.arn(queue["QueueName"].as_string());
  for (const auto& [name, other] : call.all("queue"))
    if (other["Attributes"].has("RedrivePolicy") &&
        policy_of(other)["deadLetterTargetArn"].as_string() == arn)
      out.push_back(name);
  return out;
}

Result<Value> list_dead_letter_sources(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  int64_t asked = in["MaxResults"].as_int(1000);
  if (asked < 1 || asked > 1000)
    return invalid_parameter(std::to_string(asked), "MaxResults",
                             "Must be between 1 and 1000, if provided.");
  List names;
  for (const std::string& name : sources_of(call, queue)) names.emplace_back(name);
  TRY(cloud::Page page, cloud::paginate(
                            std::move(names), [](const Value& v) { return v.as_string(); },
                            in["NextToken"].as_string(), static_cast<size_t>(asked),
                            invalid_value("Invalid or expired next token.")));
  Value urls = Value::list();
  for (const Value& name : page.items) urls.push_back(url_of(call, name.as_string()));
  Value out = Value::map({{"queueUrls", std::move(urls)}});
  if (!page.next.empty()) out.set("NextToken", page.next);
  return out;
}

}  // namespace mainstay::sqs
