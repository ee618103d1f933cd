// What CreateTable and UpdateTable accept (API reference; messages as AWS answers them).
#include <algorithm>

#include "base/text.hh"
#include "services/dynamodb/table.hh"

namespace mainstay::dynamodb {
namespace {

constexpr size_t name_length_min = 3, name_length_max = 255;
constexpr size_t global_indexes_max = 20, local_indexes_max = 5;

Error bad_parameter(std::string message) {
  return validation("One or more parameter values were invalid: " + std::move(message));
}

std::string list_of(const std::vector<std::string>& names) {
  return "[" + join(names, ", ") + "]";
}

std::vector<std::string> names_in(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item["AttributeName"].as_string());
  return out;
}

Status check_key_schema(const Value& schema) {
  const List& keys = schema.items();
  if (keys.empty() || keys[0]["KeyType"].as_string() != "HASH")
    return bad_parameter("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (keys.size() > 2)
    return validation(
        "1 validation error detected: Value at 'keySchema' failed to satisfy "
        "constraint: Member must have length less than or equal to 2");
  if (keys.size() == 1) return {};
  if (keys[1]["KeyType"].as_string() != "RANGE")
    return bad_parameter("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  if (keys[0]["AttributeName"] == keys[1]["AttributeName"])
    return bad_parameter(
        "Both the Hash Key and the Range Key element in the KeySchema have the "
        "same name");
  return {};
}

Status check_defined(const Value& schema, const std::vector<std::string>& defined,
                     const char* what) {
  for (const std::string& name : names_in(schema))
    if (std::find(defined.begin(), defined.end(), name) == defined.end())
      return bad_parameter("Some " + std::string(what) +
                           " attributes are not defined in AttributeDefinitions. Keys: " +
                           list_of(names_in(schema)) +
                           ", AttributeDefinitions: " + list_of(defined));
  return {};
}

Status check_projection(const Value& index) {
  const Value& projection = index["Projection"];
  const std::string& type = projection["ProjectionType"].as_string();
  if (type.empty()) return bad_parameter("Unknown ProjectionType: null");
  bool names = projection.has("NonKeyAttributes");
  if (type == "INCLUDE" && !names)
    return bad_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  if (type != "INCLUDE" && names)
    return bad_parameter("ProjectionType is " + type + ", but NonKeyAttributes is specified");
  return {};
}

Status check_indexes(const Value& in, const char* kind, size_t count_max) {
  if (!in.has(kind)) return {};
  const List& indexes = in[kind].items();
  if (indexes.empty()) return bad_parameter("List of " + std::string(kind) + " is empty");
  if (indexes.size() > count_max)
    return bad_parameter("Number of " + std::string(kind) + " exceeds per-table limit of " +
                         std::to_string(count_max));
  std::vector<std::string> defined = names_in(in["AttributeDefinitions"]);
  std::set<std::string> names;
  for (const Value& index : indexes) {
    const std::string& name = index["IndexName"].as_string();
    if (!names.insert(name).second) return bad_parameter("Duplicate index name: " + name);
    CHECK_OK(check_key_schema(index["KeySchema"]));
    CHECK_OK(check_defined(index["KeySchema"], defined, "index key"));
    CHECK_OK(check_projection(index));
    bool local = std::string_view(kind) == "LocalSecondaryIndexes";
    if (local &&
        index["KeySchema"].at(0)["AttributeName"] != in["KeySchema"].at(0)["AttributeName"])
      return bad_parameter("Table KeySchema: The AttributeName of the HASH key of index " + name +
                           " must be that of the table's");
    if (local && (in["KeySchema"].size() < 2 || index["KeySchema"].size() < 2))
      return bad_parameter(
          "Table KeySchema does not have a range key, which is required when "
          "specifying a LocalSecondaryIndex");
  }
  return {};
}

// Every attribute that is defined is in some key.
Status check_all_used(const Value& in) {
  std::set<std::string> used, defined;
  for (const std::string& name : names_in(in["KeySchema"])) used.insert(name);
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    for (const Value& index : in[kind].items())
      for (const std::string& name : names_in(index["KeySchema"])) used.insert(name);
  for (const std::string& name : names_in(in["AttributeDefinitions"])) defined.insert(name);
  if (used == defined) return {};
  bool indexed = in.has("GlobalSecondaryIndexes") || in.has("LocalSecondaryIndexes");
  if (!indexed)
    return bad_parameter(
        "Number of attributes in KeySchema does not exactly match number of "
        "attributes defined in AttributeDefinitions");
  return bad_parameter("Some AttributeDefinitions are not used. AttributeDefinitions: " +
                       list_of({defined.begin(), defined.end()}) +
                       ", keys used: " + list_of({used.begin(), used.end()}));
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
}

}  // namespace

Status check_table_name(const std::string& name) {
  if (name.size() < name_length_min || name.size() > name_length_max)
    return validation(
        "TableName must be at least 3 characters long and at most 255 characters long");
  if (!std::all_of(name.begin(), name.end(), is_name_character))
    return validation("1 validation error detected: Value '" + name +
                      "' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
                      "expression pattern: [a-zA-Z0-9_.-]+");
  return {};
}

Status check_schemas(const Value& in) {
  CHECK_OK(check_key_schema(in["KeySchema"]));
  CHECK_OK(check_defined(in["KeySchema"], names_in(in["AttributeDefinitions"]), "index key"));
  CHECK_OK(check_indexes(in, "GlobalSecondaryIndexes", global_indexes_max));
  CHECK_OK(check_indexes(in, "LocalSecondaryIndexes", local_indexes_max));
  return check_all_used(in);
}

Status check_throughput(const std::string& billing_mode, const Value& in) {
  const Value& units = in["ProvisionedThroughput"];
  if (billing_mode == "PAY_PER_REQUEST" && !units.is_null())
    return bad_parameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
        "BillingMode is PAY_PER_REQUEST");
  if (billing_mode != "PAY_PER_REQUEST" && units.is_null())
    return bad_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
        "BillingMode is PROVISIONED");
  return {};
}

Value shown_throughput(const Value& in) {
  const Value& units = in["ProvisionedThroughput"];
  return Value::map({{"NumberOfDecreasesToday", 0},
                     {"ReadCapacityUnits", units["ReadCapacityUnits"].as_int()},
                     {"WriteCapacityUnits", units["WriteCapacityUnits"].as_int()}});
}

Value new_index(const Value& table, const Value& in, bool global) {
  Value out = Value::map(
      {{"IndexName", in["IndexName"]},
       {"KeySchema", in["KeySchema"]},
       {"Projection", in["Projection"]},
       {"IndexArn", table["TableArn"].as_string() + "/index/" + in["IndexName"].as_string()}});
  if (!global) return out;
  out.set("IndexStatus", "ACTIVE");
  out.set("ProvisionedThroughput", shown_throughput(in));
  if (in.has("OnDemandThroughput")) out.set("OnDemandThroughput", in["OnDemandThroughput"]);
  return out;
}

}  // namespace mainstay::dynamodb
