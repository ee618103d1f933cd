// DynamoDB tables with their resource policies, where they have one.
#include "access/fetch.hh"
#include "base/json.hh"

namespace mainstay::access {
namespace {

constexpr int table_policy_depth_max = 128;

Value table_policy(aws::Client& client, const std::string& region, const std::string& arn,
                   Notes& notes) {
  auto answer =
      client.call("dynamodb", "GetResourcePolicy", Value::map({{"ResourceArn", arn}}), region);
  auto parsed = answer ? parse_json((*answer)["Policy"].as_string(), table_policy_depth_max)
                       : Result<Value>(answer.error());
  if (parsed) return *parsed;
  if (parsed.error().code != "PolicyNotFoundException")
    notes.unread("policy of table " + arn, parsed.error());
  return {};
}

}  // namespace

void fetch_tables(aws::Client& client, const std::set<std::string>& regions, Account& account,
                  Notes& notes) {
  for (const std::string& region : regions) {
    auto names = client.list(
        "dynamodb",
        {"ListTables", "TableNames", "ExclusiveStartTableName", "LastEvaluatedTableName"},
        Value::map(), region);
    if (!names) {
      notes.unread("tables of account " + account.id + " in " + region, names.error());
      continue;
    }
    for (const Value& name : *names) {
      Resource table;
      table.arn = "arn:aws:dynamodb:" + region + ":" + account.id + ":table/" + name.as_string();
      table.policy = table_policy(client, region, table.arn, notes);
      account.resources.push_back(std::move(table));
    }
  }
}

}  // namespace mainstay::access
