// Where items are: a table's items by key, and for each of its indexes an entry per item that is in
// it, by the index's key and then the item's, that leads to the item. Put, get and delete cost the
// logarithm of the number of items, times the indexes for changes.
#pragma once

#include "services/dynamodb/table.hh"

namespace mainstay::dynamodb {

// Names of store tables; by TableId, so that a table made anew has nothing of the old one.
std::string items_of(const Value& table);
std::string entries_of(const Value& table, const std::string& index);

// By an encoded key (key.hh); nullptr where there is none.
const Value* find_item(Call& call, const Value& table, const std::string& key);
// Replaces what stands under the item's key; the item is checked before.
void put_item_at(Call& call, const Value& table, const std::string& key, const Value& item);
void remove_item_at(Call& call, const Value& table, const std::string& key);

// An index that is added to a table with items, or taken away; all of a table.
void fill_index(Call& call, const Value& table, const Value& index);
void drop_index(Call& call, const Value& table, const std::string& index);
void drop_items(Call& call, const Value& table);

}  // namespace mainstay::dynamodb
