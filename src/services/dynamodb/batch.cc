// BatchGetItem and BatchWriteItem: several items, of several tables.
#include "services/dynamodb/handlers.hh"
#include "services/dynamodb/items.hh"
#include "services/dynamodb/request.hh"

namespace mainstay::dynamodb {
namespace {

constexpr size_t gets_max = 100, writes_max = 25;
constexpr int64_t answer_bytes_max = 16 << 20;  // API reference, BatchGetItem

Error duplicates() {
  return validation("Provided list of item keys contains duplicates");
}

struct Write {
  Value table;
  std::string key;
  Value item;  // null to delete
};

Result<Write> read_write(Call& call, const std::string& table_named, const Value& request) {
  Write out;
  TRY(out.table, find_table(call, table_named));
  KeySchema schema = schema_of(out.table, out.table["KeySchema"]);
  if (request.has("PutRequest") == request.has("DeleteRequest"))
    return validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes: a WriteRequest is a PutRequest or a DeleteRequest");
  if (request.has("PutRequest")) {
    TRY(out.item, read_item(request["PutRequest"]["Item"]));
    CHECK_OK(check_item(out.table, out.item));
    out.key = *key_of(schema, out.item);
    return out;
  }
  TRY(Value key, read_item(request["DeleteRequest"]["Key"]));
  CHECK_OK(check_key(schema, key));
  out.key = *key_of(schema, key);
  return out;
}

Result<std::vector<Write>> read_writes(Call& call, const Value& in) {
  std::vector<Write> out;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& [table, requests] : in["RequestItems"].members())
    for (const Value& request : requests.items()) {
      if (out.size() == writes_max)
        return validation("Too many items requested for the BatchWriteItem call");
      TRY(Write write, read_write(call, table, request));
      if (!seen.emplace(write.table["TableId"].as_string(), write.key).second) return duplicates();
      out.push_back(std::move(write));
    }
  return out;
}

// One table's part of a BatchGetItem.
struct Reading {
  Value table;
  std::vector<std::string> keys;
  std::vector<Path> paths;
};

Result<Reading> read_keys(Call& call, const std::string& table_named, const Value& request) {
  CHECK_OK(refuse_legacy(request));
  Reading out;
  TRY(Placeholders placeholders, Placeholders::read(request));
  TRY(out.paths, read_projection(request, placeholders));
  CHECK_OK(placeholders.check_used());
  TRY(out.table, find_table(call, table_named));
  KeySchema schema = schema_of(out.table, out.table["KeySchema"]);
  std::set<std::string> seen;
  for (const Value& sent : request["Keys"].items()) {
    TRY(Value key, read_item(sent));
    CHECK_OK(check_key(schema, key));
    out.keys.push_back(*key_of(schema, key));
    if (!seen.insert(out.keys.back()).second) return duplicates();
  }
  return out;
}

}  // namespace

Result<Value> batch_write_item(Call& call, const Value& in) {
  TRY(std::vector<Write> writes, read_writes(call, in));
  Value capacity = Value::list();
  for (const Write& write : writes) {
    if (write.item.is_null())
      remove_item_at(call, write.table, write.key);
    else
      put_item_at(call, write.table, write.key, write.item);
    capacity.push_back(capacity_of(in, write.table, write_units(size_of_item(write.item))));
  }
  Value out = Value::map({{"UnprocessedItems", Value::map({})}});
  const std::string& wanted = in["ReturnConsumedCapacity"].as_string();
  if (!wanted.empty() && wanted != "NONE") out.set("ConsumedCapacity", std::move(capacity));
  return out;
}

Result<Value> batch_get_item(Call& call, const Value& in) {
  size_t count = 0;
  for (const auto& [table, request] : in["RequestItems"].members()) count += request["Keys"].size();
  if (count > gets_max) return validation("Too many items requested for the BatchGetItem call");
  Value responses = Value::map({}), left = Value::map({});
  int64_t bytes = 0;
  for (const auto& [name, request] : in["RequestItems"].members()) {
    TRY(Reading reading, read_keys(call, name, request));
    Value found = Value::list(), later = Value::list();
    for (size_t i = 0; i < reading.keys.size(); ++i) {
      const Value* item = find_item(call, reading.table, reading.keys[i]);
      if (!item) continue;
      bytes += size_of_item(*item);
      if (bytes > answer_bytes_max)
        later.push_back(request["Keys"].at(i));
      else
        found.push_back(projected(*item, reading.paths));
    }
    responses.set(name, std::move(found));
    if (later.empty()) continue;
    Value rest = request;
    left.set(name, rest.set("Keys", std::move(later)));
  }
  return Value::map({{"Responses", std::move(responses)}, {"UnprocessedKeys", std::move(left)}});
}

}  // namespace mainstay::dynamodb
