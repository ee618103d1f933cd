// CreateTable, DescribeTable, UpdateTable, DeleteTable, ListTables.
#include <algorithm>

#include "services/dynamodb/handlers.hh"
#include "services/dynamodb/items.hh"

namespace mainstay::dynamodb {
namespace {

constexpr int64_t tables_page_max = 100;

std::string billing_mode_of(const Value& in) {
  return in.has("BillingMode") ? in["BillingMode"].as_string() : "PROVISIONED";
}

std::string billing_mode_now(const Value& table) {
  return table.has("BillingModeSummary") ? table["BillingModeSummary"]["BillingMode"].as_string()
                                         : "PROVISIONED";
}

void set_billing_mode(Value& table, const std::string& mode, Time now) {
  if (mode == "PAY_PER_REQUEST")
    table.set("BillingModeSummary",
              Value::map({{"BillingMode", mode}, {"LastUpdateToPayPerRequestDateTime", now}}));
  else if (table.has("BillingModeSummary"))
    table.member("BillingModeSummary").set("BillingMode", mode);
}

// Streams are described; reading them is not implemented.
Status set_stream(const Call& call, Value& table, const Value& in) {
  if (!in.has("StreamSpecification")) return {};
  const Value& wanted = in["StreamSpecification"];
  if (!wanted["StreamEnabled"].as_bool()) {
    for (const char* member : {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel"})
      table.erase(member);
    return {};
  }
  if (!wanted.has("StreamViewType"))
    return validation(
        "One or more parameter values were invalid: StreamViewType is required when "
        "StreamEnabled is true");
  if (table.has("StreamSpecification"))
    return validation("Table already has an enabled stream: TableName: " +
                      table["TableName"].as_string());
  std::string label = format_iso8601(call.now, true);
  label.pop_back();
  table.set("StreamSpecification", wanted);
  table.set("LatestStreamLabel", label);
  table.set("LatestStreamArn", table["TableArn"].as_string() + "/stream/" + label);
  return {};
}

// Encryption under a key of KMS's; without one the table is under a key that DynamoDB owns.
Status set_encryption(Call& call, Value& table, const Value& in) {
  if (!in.has("SSESpecification")) return {};
  const Value& wanted = in["SSESpecification"];
  if (!wanted["Enabled"].as_bool()) {
    table.erase("SSEDescription");
    return {};
  }
  std::string key =
      wanted.has("KMSMasterKeyId") ? wanted["KMSMasterKeyId"].as_string() : "alias/aws/dynamodb";
  TRY(Value described, call.invoke("kms", "DescribeKey", Value::map({{"KeyId", key}})));
  table.set("SSEDescription", Value::map({{"Status", "ENABLED"},
                                          {"SSEType", "KMS"},
                                          {"KMSMasterKeyArn", described["KeyMetadata"]["Arn"]}}));
  return {};
}

// What both CreateTable and UpdateTable may set.
Status set_options(Call& call, Value& table, const Value& in) {
  CHECK_OK(set_stream(call, table, in));
  CHECK_OK(set_encryption(call, table, in));
  if (in.has("DeletionProtectionEnabled"))
    table.set("DeletionProtectionEnabled", in["DeletionProtectionEnabled"]);
  if (in.has("OnDemandThroughput")) table.set("OnDemandThroughput", in["OnDemandThroughput"]);
  if (in.has("TableClass"))
    table.set("TableClassSummary", Value::map({{"TableClass", in["TableClass"]}}));
  return {};
}

Status refuse_unknown(const Value& in, std::initializer_list<const char*> members) {
  for (const char* member : members)
    if (in.has(member))
      return aws_error(
          "NotImplemented",
          "mainstay's embedded cloud does not implement " + std::string(member) + " of tables",
          501);
  return {};
}

Status check_new_table(Call& call, const Value& in, const std::string& name) {
  CHECK_OK(refuse_unknown(in, {"GlobalTableSourceArn", "VectorIndexes", "ResourcePolicy"}));
  CHECK_OK(check_table_name(name));
  CHECK_OK(check_schemas(in));
  std::string billing = billing_mode_of(in);
  CHECK_OK(check_throughput(billing, in));
  for (const Value& index : in["GlobalSecondaryIndexes"].items())
    CHECK_OK(check_throughput(billing, index));
  CHECK_OK(check_tags(in["Tags"]));
  if (call.find("table", name))
    return aws_error("ResourceInUseException", "Table already exists: " + name);
  return {};
}

// What a table or a global index takes at once: what it is provisioned with, and on demand "12,000
// read units and 4,000 write units" ("Understanding DynamoDB warm throughput", developer guide).
Value warm_throughput(const Value& table, const Value& holder) {
  bool on_demand = billing_mode_now(table) == "PAY_PER_REQUEST";
  const Value& provisioned = holder["ProvisionedThroughput"];
  return Value::map(
      {{"ReadUnitsPerSecond", on_demand ? Value(12000) : provisioned["ReadCapacityUnits"]},
       {"WriteUnitsPerSecond", on_demand ? Value(4000) : provisioned["WriteCapacityUnits"]},
       {"Status", "ACTIVE"}});
}

Value described(Call& call, const Value& table) {
  return Value::map({{"TableDescription", shown_table(call, table)}});
}

Status create_index(Call& call, Value& table, const Value& in) {
  const std::string& name = in["IndexName"].as_string();
  if (find_index(table, name))
    return validation("Attempting to create an index which already exists: " + name);
  Value candidate = Value::map({{"AttributeDefinitions", table["AttributeDefinitions"]},
                                {"KeySchema", table["KeySchema"]},
                                {"LocalSecondaryIndexes", table["LocalSecondaryIndexes"]},
                                {"GlobalSecondaryIndexes", table["GlobalSecondaryIndexes"]}});
  candidate.member("GlobalSecondaryIndexes").push_back(in);
  if (candidate["LocalSecondaryIndexes"].empty()) candidate.erase("LocalSecondaryIndexes");
  CHECK_OK(check_schemas(candidate));
  CHECK_OK(check_throughput(billing_mode_now(table), in));
  Value index = new_index(table, in, true);
  fill_index(call, table, index);
  table.member("GlobalSecondaryIndexes").push_back(std::move(index));
  return {};
}

Error no_index(const std::string& name) {
  return aws_error("ResourceNotFoundException",
                   "Requested resource not found: Index: " + name + " not found");
}

Status delete_index(Call& call, Value& table, const std::string& name) {
  if (!is_global_index(table, name)) return no_index(name);
  drop_index(call, table, name);
  std::erase_if(table.member("GlobalSecondaryIndexes").make_list(),
                [&](const Value& i) { return i["IndexName"].as_string() == name; });
  if (table["GlobalSecondaryIndexes"].empty()) table.erase("GlobalSecondaryIndexes");
  return {};
}

Status update_index(Value& table, const Value& in) {
  const std::string& name = in["IndexName"].as_string();
  if (!is_global_index(table, name)) return no_index(name);
  for (Value& index : table.member("GlobalSecondaryIndexes").make_list())
    if (index["IndexName"].as_string() == name && in.has("ProvisionedThroughput"))
      index.set("ProvisionedThroughput", shown_throughput(in));
  return {};
}

Status update_indexes(Call& call, Value& table, const Value& in) {
  if (in.has("AttributeDefinitions")) table.set("AttributeDefinitions", in["AttributeDefinitions"]);
  for (const Value& change : in["GlobalSecondaryIndexUpdates"].items()) {
    if (change.has("Create")) CHECK_OK(create_index(call, table, change["Create"]));
    if (change.has("Update")) CHECK_OK(update_index(table, change["Update"]));
    if (change.has("Delete"))
      CHECK_OK(delete_index(call, table, change["Delete"]["IndexName"].as_string()));
  }
  // Definitions that no key uses any more go with their index.
  Value used = Value::list();
  for (const Value& definition : table["AttributeDefinitions"].items()) {
    auto has_it = [&](const Value& keyed) {
      return schema_of(table, keyed["KeySchema"]).has(definition["AttributeName"].as_string());
    };
    bool needed = has_it(table);
    for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
      for (const Value& index : table[kind].items()) needed = needed || has_it(index);
    if (needed) used.push_back(definition);
  }
  table.set("AttributeDefinitions", std::move(used));
  return {};
}

Status update_throughput(Call& call, Value& table, const Value& in) {
  if (!in.has("BillingMode") && !in.has("ProvisionedThroughput")) return {};
  std::string mode =
      in.has("BillingMode") ? in["BillingMode"].as_string() : billing_mode_now(table);
  CHECK_OK(check_throughput(mode, in));
  set_billing_mode(table, mode, call.now);
  table.set("ProvisionedThroughput", shown_throughput(in));
  return {};
}

}  // namespace

Result<Value> create_table(Call& call, const Value& in) {
  const std::string& asked = in["TableName"].as_string();
  std::string name = table_name(asked);
  if (asked != name && asked != call.arn("table/" + name))
    return validation("TableName: " + asked + " is not in this account and region");
  CHECK_OK(check_new_table(call, in, name));
  Value table = Value::map({{"TableName", name},
                            {"TableId", call.random.uuid()},
                            {"TableArn", call.arn("table/" + name)},
                            {"TableStatus", "ACTIVE"},
                            {"CreationDateTime", call.now},
                            {"AttributeDefinitions", in["AttributeDefinitions"]},
                            {"KeySchema", in["KeySchema"]},
                            {"ProvisionedThroughput", shown_throughput(in)},
                            {"DeletionProtectionEnabled", false},
                            {"_Tags", Value(List(in["Tags"].items()))}});
  set_billing_mode(table, billing_mode_of(in), call.now);
  for (const Value& index : in["GlobalSecondaryIndexes"].items())
    table.member("GlobalSecondaryIndexes").push_back(new_index(table, index, true));
  for (const Value& index : in["LocalSecondaryIndexes"].items())
    table.member("LocalSecondaryIndexes").push_back(new_index(table, index, false));
  CHECK_OK(set_options(call, table, in));
  put_table(call, table);
  return described(call, table);
}

Result<Value> describe_table(Call& call, const Value& in) {
  TRY(Value table, find_table_for_api(call, in["TableName"]));
  Value shown = shown_table(call, table);
  shown.set("WarmThroughput", warm_throughput(table, table));
  if (shown.has("GlobalSecondaryIndexes"))
    for (Value& index : shown.member("GlobalSecondaryIndexes").make_list())
      index.set("WarmThroughput", warm_throughput(table, index));
  return Value::map({{"Table", std::move(shown)}});
}

Result<Value> update_table(Call& call, const Value& in) {
  CHECK_OK(refuse_unknown(in, {"ReplicaUpdates", "VectorIndexUpdates"}));
  TRY(Value table, find_table_for_api(call, in["TableName"]));
  if (in.size() < 2)
    return validation(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is "
        "required");
  CHECK_OK(update_throughput(call, table, in));
  CHECK_OK(update_indexes(call, table, in));
  CHECK_OK(set_options(call, table, in));
  // The answer shows the encryption on its way, as it is left too (recorded on AWS).
  Value answer = described(call, table);
  const Value& before = (*call.find("table", table["TableName"].as_string()))["SSEDescription"];
  if (in.has("SSESpecification") && !before.is_null())
    answer.member("TableDescription")
        .set("SSEDescription", Value(before).set("Status", "UPDATING"));
  put_table(call, table);
  return answer;
}

Result<Value> delete_table(Call& call, const Value& in) {
  TRY(Value table, find_table_for_api(call, in["TableName"]));
  if (table["DeletionProtectionEnabled"].as_bool())
    return validation(
        "Resource cannot be deleted as it is currently protected against deletion. "
        "Disable deletion protection first.");
  Value answer = described(call, table);
  drop_items(call, table);
  call.remove("table", table["TableName"].as_string());
  answer.member("TableDescription").set("TableStatus", "DELETING");
  return answer;
}

Result<Value> list_tables(Call& call, const Value& in) {
  size_t count = static_cast<size_t>(in["Limit"].as_int(tables_page_max));
  Value out = Value::map({{"TableNames", Value::list()}});
  const store::Documents& tables = call.all("table");
  auto it = in.has("ExclusiveStartTableName")
                ? tables.upper_bound(in["ExclusiveStartTableName"].as_string())
                : tables.begin();
  for (; it != tables.end(); ++it) {
    if (out["TableNames"].size() == count)
      return out.set("LastEvaluatedTableName", out["TableNames"].at(count - 1));
    out.member("TableNames").push_back(it->first);
  }
  return out;
}

}  // namespace mainstay::dynamodb
