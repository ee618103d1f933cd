// What a record of the journal holds: the changes of one unit of one shard,
// [service, account, region, [[table, id, document or null]...]] in CBOR.
#pragma once

#include <string>
#include <string_view>

#include "base/cbor.hh"
#include "store/store.hh"

namespace mainstay::store {

inline Value change_value(std::string_view table, std::string_view id, Value document) {
  return Value::list({table, id, std::move(document)});
}

// How much of a record a change takes, but for a few bytes of lengths.
inline size_t change_size(std::string_view table, std::string_view id, const Value& document) {
  constexpr size_t lengths = 4;
  return lengths + table.size() + id.size() + cbor_size(document);
}

inline std::string record_of(const ShardKey& key, List changes) {
  return to_cbor(Value::list({key.service, key.account, key.region, Value(std::move(changes))}));
}

}  // namespace mainstay::store
