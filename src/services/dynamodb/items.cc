#include "services/dynamodb/items.hh"

namespace mainstay::dynamodb {
namespace {

// An index's entry for an item: its key there, nothing where the item is not in the index.
std::optional<std::string> entry_of(const Value& table, const Value& index, const Value& item,
                                    const std::string& key) {
  auto entry = key_of(schema_of(table, index["KeySchema"]), item);
  return entry ? std::optional(*entry + key) : std::nullopt;
}

// Changes the entries of an item that was `before` (null if new) and is `after` (null if gone).
void update_entries(Call& call, const Value& table, const std::string& key, const Value& before,
                    const Value& after) {
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    for (const Value& index : table[kind].items()) {
      std::string entries = entries_of(table, index["IndexName"].as_string());
      auto old_entry = entry_of(table, index, before, key);
      auto new_entry = entry_of(table, index, after, key);
      if (old_entry == new_entry) continue;
      if (old_entry) call.remove(entries, *old_entry);
      if (new_entry) call.put(entries, *new_entry, key);
    }
}

void drop_all(Call& call, const std::string& store_table) {
  std::vector<std::string> ids;
  for (const auto& [id, document] : call.all(store_table)) ids.push_back(id);
  for (const std::string& id : ids) call.remove(store_table, id);
}

}  // namespace

std::string items_of(const Value& table) {
  return "items/" + table["TableId"].as_string();
}

std::string entries_of(const Value& table, const std::string& index) {
  return "index/" + table["TableId"].as_string() + "/" + index;
}

const Value* find_item(Call& call, const Value& table, const std::string& key) {
  return call.find(items_of(table), key);
}

void put_item_at(Call& call, const Value& table, const std::string& key, const Value& item) {
  std::string items = items_of(table);
  const Value* found = call.find(items, key);
  update_entries(call, table, key, found ? *found : Value(), item);
  call.put(items, key, item);
}

void remove_item_at(Call& call, const Value& table, const std::string& key) {
  std::string items = items_of(table);
  const Value* found = call.find(items, key);
  if (!found) return;
  update_entries(call, table, key, *found, Value());
  call.remove(items, key);
}

void fill_index(Call& call, const Value& table, const Value& index) {
  std::string entries = entries_of(table, index["IndexName"].as_string());
  for (const auto& [key, item] : call.all(items_of(table)))
    if (auto entry = entry_of(table, index, item, key)) call.put(entries, *entry, key);
}

void drop_index(Call& call, const Value& table, const std::string& index) {
  drop_all(call, entries_of(table, index));
}

void drop_items(Call& call, const Value& table) {
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    for (const Value& index : table[kind].items())
      drop_index(call, table, index["IndexName"].as_string());
  drop_all(call, items_of(table));
}

}  // namespace mainstay::dynamodb
