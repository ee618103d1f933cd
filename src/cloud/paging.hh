// Pages and tags: what the list operations of all services share.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::cloud {

// A part of a list and where the next part starts ("" at the end).
struct Page {
  List items;
  std::string next;
};

// Cuts a page out of items in the order of their keys. A token names the first key of its page, so
// it stays good when items come and go. Error: bad_token for a token that was never given out.
Result<Page> paginate(List items, const std::function<std::string(const Value&)>& key,
                      std::string_view token, size_t count_max, const Error& bad_token);

// The opaque form of a position.
std::string make_token(std::string_view position);
std::optional<std::string> read_token(std::string_view token);

// Lists of {Key, Value} maps (member names as given): `added` over `tags`, replacing equal keys.
Value merge_tags(const Value& tags, const Value& added, std::string_view key = "Key");
Value without_tags(const Value& tags, const Value& keys, std::string_view key = "Key");
// The value of a tag, or nullptr.
const Value* find_tag(const Value& tags, std::string_view key);

}  // namespace mainstay::cloud
