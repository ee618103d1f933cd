// Keys: what a table's or an index's schema asks of an item, and keys as text in their order.
//
// A key is "HASH." or "HASH.RANGE." with each part in letters and digits that sort as its values
// do, and '.' sorts before them: so the items of one hash stand together, in the order of their
// range.
#pragma once

#include <optional>
#include <string>

#include "services/dynamodb/attribute.hh"

namespace mainstay::dynamodb {

struct KeyAttribute {
  std::string name, type;  // type "S", "N" or "B"
};

struct KeySchema {
  KeyAttribute hash;
  std::optional<KeyAttribute> range;

  bool has(std::string_view name) const {
    return hash.name == name || (range && range->name == name);
  }
};

// A table's own, or that of one of its indexes: the types come from the table.
KeySchema schema_of(const Value& table, const Value& key_schema);

// One value's part of a key, without the '.'.
std::string part_of(const Value& attribute);
// The key of an item, nothing where it lacks an attribute or has it in another type (so that it is
// not in that index).
std::optional<std::string> key_of(const KeySchema& schema, const Value& item);

// "The provided key element does not match the schema" for anything but exactly the key.
Status check_key(const KeySchema& schema, const Value& key);
// An item that is put: its key is there, of the right types, and not empty. Index keys too.
Status check_item(const Value& table, const Value& item);
// The key attributes of an item.
Value key_attributes(const KeySchema& schema, const Value& item);

}  // namespace mainstay::dynamodb
