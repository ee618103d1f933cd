#include "services/dynamodb/table.hh"

#include "base/text.hh"
#include "services/dynamodb/items.hh"

namespace mainstay::dynamodb {
namespace {

Error not_found(const std::string& what) {
  return aws_error("ResourceNotFoundException", "Requested resource not found" + what);
}

// AWS counts every six hours; here the size is that of the first items, scaled up.
int64_t estimated_bytes(const store::Documents& items) {
  constexpr size_t sample_max = 100;
  size_t seen = 0;
  int64_t bytes = 0;
  for (auto it = items.begin(); it != items.end() && seen < sample_max; ++it, ++seen)
    bytes += size_of_item(it->second);
  return seen == 0 ? 0 : bytes * static_cast<int64_t>(items.size()) / static_cast<int64_t>(seen);
}

}  // namespace

std::string table_name(const std::string& name_or_arn) {
  if (!name_or_arn.starts_with("arn:")) return name_or_arn;
  constexpr std::string_view mark = ":table/";
  size_t at = name_or_arn.find(mark);
  if (at == std::string::npos) return name_or_arn;
  std::string name = name_or_arn.substr(at + mark.size());
  return name.substr(0, name.find('/'));
}

const Value* table_meant(const Call& call, const std::string& name_or_arn) {
  const Value* found = call.find("table", table_name(name_or_arn));
  bool by_arn = name_or_arn.starts_with("arn:");
  return found && (!by_arn || (*found)["TableArn"].as_string() == name_or_arn) ? found : nullptr;
}

Result<Value> find_table(Call& call, const Value& name_or_arn) {
  const Value* found = table_meant(call, name_or_arn.as_string());
  if (!found) return not_found("");
  return *found;
}

Result<Value> find_table_for_api(Call& call, const Value& name_or_arn) {
  std::string name = table_name(name_or_arn.as_string());
  const Value* found = table_meant(call, name_or_arn.as_string());
  if (!found) return not_found(": Table: " + name + " not found");
  return *found;
}

void put_table(Call& call, const Value& table) {
  call.put("table", table["TableName"].as_string(), table);
}

Value shown_table(Call& call, const Value& table) {
  Value out = Value::map({});
  for (const auto& [name, value] : table.members())
    if (!name.starts_with("_")) out.set(name, value);
  const store::Documents& items = call.all(items_of(table));
  out.set("ItemCount", items.size());
  List none;
  out.set("TableSizeBytes", estimated_bytes(items));
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    for (Value& index : out.has(kind) ? out.member(kind).make_list() : none) {
      const store::Documents& entries = call.all(entries_of(table, index["IndexName"].as_string()));
      index.set("ItemCount", entries.size());
      index.set("IndexSizeBytes", 0);
    }
  return out;
}

const Value* find_index(const Value& table, const std::string& name) {
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    for (const Value& index : table[kind].items())
      if (index["IndexName"].as_string() == name) return &index;
  return nullptr;
}

bool is_global_index(const Value& table, const std::string& name) {
  for (const Value& index : table["GlobalSecondaryIndexes"].items())
    if (index["IndexName"].as_string() == name) return true;
  return false;
}

}  // namespace mainstay::dynamodb
