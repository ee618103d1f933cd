// Tags, time to live, and continuous backups of tables. Items are not taken away when their time is
// over: AWS says "within a few days", and an item that is due may be read until then.
#include "services/dynamodb/handlers.hh"

namespace mainstay::dynamodb {
namespace {

constexpr size_t tags_max = 50;

Result<Value> tagged_table(Call& call, const Value& in) {
  const std::string& arn = in["ResourceArn"].as_string();
  const Value* table = call.find("table", table_name(arn));
  if (!table || (*table)["TableArn"].as_string() != arn)
    return aws_error("ResourceNotFoundException",
                     "Requested resource not found: ResourcArn: " + arn + " not found");
  return *table;
}

Value shown_backups(const Value& table) {
  bool enabled = table["_Backups"].has("EarliestRestorableDateTime");
  Value recovery = Value::map({{"PointInTimeRecoveryStatus", enabled ? "ENABLED" : "DISABLED"}});
  for (const auto& [name, value] : table["_Backups"].members()) recovery.set(name, value);
  return Value::map({{"ContinuousBackupsDescription",
                      Value::map({{"ContinuousBackupsStatus", "ENABLED"},
                                  {"PointInTimeRecoveryDescription", std::move(recovery)}})}});
}

Result<Value> backed_up_table(Call& call, const Value& in) {
  std::string name = table_name(in["TableName"].as_string());
  const Value* table = table_meant(call, in["TableName"].as_string());
  if (!table) return aws_error("TableNotFoundException", "Table not found: " + name);
  return *table;
}

}  // namespace

Status check_tags(const Value& tags) {
  if (tags.size() > tags_max)
    return validation("One or more parameter values were invalid: Too many tags, the limit is 50");
  for (const Value& tag : tags.items())
    if (tag["Key"].as_string().starts_with("aws:"))
      return validation(
          "One or more parameter values were invalid: Tag keys must not start with "
          "aws:");
  return {};
}

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Value table, tagged_table(call, in));
  CHECK_OK(check_tags(in["Tags"]));
  Value tags = cloud::merge_tags(table["_Tags"], in["Tags"]);
  CHECK_OK(check_tags(tags));
  put_table(call, table.set("_Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Value table, tagged_table(call, in));
  table.set("_Tags", cloud::without_tags(table["_Tags"], in["TagKeys"]));
  put_table(call, table);
  return Value::map({});
}

Result<Value> list_tags_of_resource(Call& call, const Value& in) {
  TRY(Value table, tagged_table(call, in));
  return Value::map({{"Tags", table["_Tags"]}});
}

Result<Value> describe_time_to_live(Call& call, const Value& in) {
  TRY(Value table, find_table_for_api(call, in["TableName"]));
  Value out = Value::map({{"TimeToLiveStatus", table.has("_Ttl") ? "ENABLED" : "DISABLED"}});
  if (table.has("_Ttl")) out.set("AttributeName", table["_Ttl"]);
  return Value::map({{"TimeToLiveDescription", std::move(out)}});
}

Result<Value> update_time_to_live(Call& call, const Value& in) {
  TRY(Value table, find_table_for_api(call, in["TableName"]));
  const Value& wanted = in["TimeToLiveSpecification"];
  bool enable = wanted["Enabled"].as_bool();
  if (enable == table.has("_Ttl"))
    return validation(enable ? "TimeToLive is already enabled" : "TimeToLive is already disabled");
  if (!enable && table["_Ttl"] != wanted["AttributeName"])
    return validation(
        "TimeToLive is active on a different AttributeName: current AttributeName is " +
        table["_Ttl"].as_string());
  if (enable)
    table.set("_Ttl", wanted["AttributeName"]);
  else
    table.erase("_Ttl");
  put_table(call, table);
  return Value::map({{"TimeToLiveSpecification", wanted}});
}

Result<Value> describe_continuous_backups(Call& call, const Value& in) {
  TRY(Value table, backed_up_table(call, in));
  return shown_backups(table);
}

Result<Value> update_continuous_backups(Call& call, const Value& in) {
  TRY(Value table, backed_up_table(call, in));
  const Value& wanted = in["PointInTimeRecoverySpecification"];
  table.erase("_Backups");
  if (wanted["PointInTimeRecoveryEnabled"].as_bool())
    table.set("_Backups",
              Value::map({{"RecoveryPeriodInDays", wanted["RecoveryPeriodInDays"].as_int(35)},
                          {"EarliestRestorableDateTime", call.now},
                          {"LatestRestorableDateTime", call.now}}));
  put_table(call, table);
  return shown_backups(table);
}

}  // namespace mainstay::dynamodb
