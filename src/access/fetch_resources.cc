// Other resources that have policies of their own, a row a kind: queues, topics, secrets,
// functions, tables. A service that an endpoint does not have at all has no resources.
#include <map>

#include "access/fetch.hh"
#include "base/json.hh"

namespace mainstay::access {
namespace {

constexpr int resource_policy_depth_max = 128;

// One resource of a kind, as its list names it.
struct Listed {
  aws::Client& client;
  const std::string& region;
  const std::string& account;
  const Value& item;
};

Result<Value> policy_in(const Value& text) {
  if (text.as_string().empty()) return Value();
  return parse_json(text.as_string(), resource_policy_depth_max);
}

Result<Resource> read_queue(const Listed& listed) {
  TRY(Value answer,
      listed.client.call("sqs", "GetQueueAttributes",
                         Value::map({{"QueueUrl", listed.item},
                                     {"AttributeNames", Value::list({"QueueArn", "Policy"})}}),
                         listed.region));
  const Value& attributes = answer["Attributes"];
  TRY(Value policy, policy_in(attributes["Policy"]));
  return Resource{attributes["QueueArn"].as_string(), std::move(policy), {}};
}

Result<Resource> read_topic(const Listed& listed) {
  TRY(Value answer,
      listed.client.call("sns", "GetTopicAttributes",
                         Value::map({{"TopicArn", listed.item["TopicArn"]}}), listed.region));
  TRY(Value policy, policy_in(answer["Attributes"]["Policy"]));
  return Resource{listed.item["TopicArn"].as_string(), std::move(policy), {}};
}

// The policy by an operation that has an error for there being none.
Result<Value> optional_policy(const Listed& listed, std::string_view service,
                              std::string_view operation, Value input, const char* member,
                              std::string_view absent) {
  auto answer = listed.client.call(service, operation, input, listed.region);
  if (answer) return policy_in((*answer)[member]);
  if (answer.error().code == absent) return Value();
  return answer.error();
}

Result<Resource> read_secret(const Listed& listed) {
  const std::string& arn = listed.item["ARN"].as_string();
  TRY(Value policy, optional_policy(listed, "secretsmanager", "GetResourcePolicy",
                                    Value::map({{"SecretId", arn}}), "ResourcePolicy", ""));
  Resource secret{arn, std::move(policy), {}};
  for (const Value& tag : listed.item["Tags"].items())
    secret.tags.emplace_back(tag["Key"].as_string(), tag["Value"].as_string());
  return secret;
}

Result<Resource> read_function(const Listed& listed) {
  TRY(Value policy, optional_policy(listed, "lambda", "GetPolicy",
                                    Value::map({{"FunctionName", listed.item["FunctionName"]}}),
                                    "Policy", "ResourceNotFoundException"));
  return Resource{listed.item["FunctionArn"].as_string(), std::move(policy), {}};
}

Result<Resource> read_table(const Listed& listed) {
  std::string arn = "arn:aws:dynamodb:" + listed.region + ":" + listed.account + ":table/" +
                    listed.item.as_string();
  TRY(Value policy,
      optional_policy(listed, "dynamodb", "GetResourcePolicy", Value::map({{"ResourceArn", arn}}),
                      "Policy", "PolicyNotFoundException"));
  return Resource{arn, std::move(policy), {}};
}

struct ResourceKind {
  const char* noun;
  const char* service;
  aws::Pages pages;
  int64_t page_size;  // where the list has to be told, else 0
  Result<Resource> (*read)(const Listed&);
};
constexpr ResourceKind resource_kinds[] = {
    {"queues", "sqs", {"ListQueues", "QueueUrls", "NextToken", "NextToken"}, 1000, read_queue},
    {"topics", "sns", {"ListTopics", "Topics", "NextToken", "NextToken"}, 0, read_topic},
    {"secrets",
     "secretsmanager",
     {"ListSecrets", "SecretList", "NextToken", "NextToken"},
     0,
     read_secret},
    {"functions",
     "lambda",
     {"ListFunctions", "Functions", "Marker", "NextMarker"},
     0,
     read_function},
    {"tables",
     "dynamodb",
     {"ListTables", "TableNames", "ExclusiveStartTableName", "LastEvaluatedTableName"},
     0,
     read_table}};

void fetch_kind(aws::Client& client, const ResourceKind& kind, const std::string& region,
                Account& account, Notes& notes) {
  Value input = Value::map();
  if (kind.page_size > 0) input.set("MaxResults", kind.page_size);
  auto listed = client.list(kind.service, kind.pages, input, region);
  if (!listed) {
    if (listed.error().code != "NotImplemented")
      notes.unread(std::string(kind.noun) + " of account " + account.id + " in " + region,
                   listed.error());
    return;
  }
  // The same reason, once for all that have it.
  std::map<std::string, std::pair<size_t, Error>> unread;
  for (const Value& item : *listed) {
    auto resource = kind.read({client, region, account.id, item});
    if (resource)
      account.resources.push_back(std::move(*resource));
    else
      ++unread.try_emplace(resource.error().code, 0, resource.error()).first->second.first;
  }
  for (const auto& [code, why] : unread)
    notes.unread(std::to_string(why.first) + " of the " + std::to_string(listed->size()) + " " +
                     kind.noun + " of account " + account.id + " in " + region,
                 why.second);
}

}  // namespace

void fetch_resources(aws::Client& client, const std::set<std::string>& regions, Account& account,
                     Notes& notes) {
  for (const std::string& region : regions)
    for (const ResourceKind& kind : resource_kinds)
      fetch_kind(client, kind, region, account, notes);
}

}  // namespace mainstay::access
