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
inline size_t change_bytes(std::string_view table, std::string_view id, size_t cbor_bytes) {
  constexpr size_t lengths = 4;
  return lengths + table.size() + id.size() + cbor_bytes;
}
inline size_t change_size(std::string_view table, std::string_view id, const Value& document) {
  return change_bytes(table, id, cbor_size(document));
}

inline std::string record_of(const ShardKey& key, List changes) {
  return to_cbor(Value::list({key.service, key.account, key.region, Value(std::move(changes))}));
}

// A record out of documents that are CBOR already.
class RecordWriter {
 public:
  explicit RecordWriter(const ShardKey& key) : key_(key) {}
  void add(std::string_view table, std::string_view id, std::string_view cbor) {
    append_cbor_list(changes_, 3);
    append_cbor_text(changes_, table);
    append_cbor_text(changes_, id);
    changes_ += cbor;
    ++count_;
  }
  size_t count() const { return count_; }
  size_t bytes() const { return changes_.size(); }
  // The record; the writer is empty again.
  std::string take() {
    std::string out;
    append_cbor_list(out, 4);
    for (const std::string* text : {&key_.service, &key_.account, &key_.region})
      append_cbor_text(out, *text);
    append_cbor_list(out, count_);
    out += changes_;
    changes_.clear();
    count_ = 0;
    return out;
  }

 private:
  const ShardKey& key_;
  std::string changes_;
  size_t count_ = 0;
};

}  // namespace mainstay::store
