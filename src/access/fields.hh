// Reads members of a JSON object for a struct: each by name and kind, and nothing else may be
// there. The first fault is kept; done() gives it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::access {

class Fields {
 public:
  // `place` is where the object is, for messages: "accounts[0].roles[2]".
  Fields(const Value& object, std::string place, size_t items_max);

  std::string text(std::string_view name, std::string otherwise = "");
  std::string required(std::string_view name);
  bool flag(std::string_view name);
  std::vector<std::string> texts(std::string_view name);
  // A policy: an object, or its text.
  Value document(std::string_view name);
  Value any(std::string_view name);
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view name);
  // A struct for each item of a list, by read(Fields&).
  template <class T, class Read>
  std::vector<T> list(std::string_view name, Read read) {
    std::vector<T> out;
    const List& items = items_of(name);
    out.reserve(items.size());
    for (size_t i = 0; i < items.size() && !failed(); ++i) {
      Fields item(items[i], place_of(name) + "[" + std::to_string(i) + "]", items_max_);
      T value = read(item);
      take(item);
      out.push_back(std::move(value));
    }
    return out;
  }
  // One struct, if it is there.
  template <class Read>
  void object(std::string_view name, Read read) {
    const Value& found = member(name);
    if (found.is_null()) return;
    Fields item(found, place_of(name), items_max_);
    read(item);
    take(item);
  }
  void fail(std::string message);
  bool failed() const { return !error_.code.empty(); }
  // Error "SnapshotInvalid": the first fault, or a member that nothing asked for.
  Status done();

 private:
  const Value& member(std::string_view name);
  const List& items_of(std::string_view name);
  std::string place_of(std::string_view name) const;
  void wrong_kind(std::string_view name, const char* wanted, const Value& found);
  void take(Fields& inner);

  const Value& object_;
  std::string place_;
  size_t items_max_;
  std::vector<std::string> known_;
  Error error_;
};

}  // namespace mainstay::access
