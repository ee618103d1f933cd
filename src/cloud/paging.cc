#include "cloud/paging.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::cloud {

std::string make_token(std::string_view position) {
  return base64_encode("p1:" + std::string(position));
}

std::optional<std::string> read_token(std::string_view token) {
  auto text = base64_decode(token);
  if (!text || !text->starts_with("p1:")) return std::nullopt;
  return text->substr(3);
}

Result<Page> paginate(List items, const std::function<std::string(const Value&)>& key,
                      std::string_view token, size_t count_max, const Error& bad_token) {
  auto first = items.begin();
  if (!token.empty()) {
    auto from = read_token(token);
    if (!from) return bad_token;
    first = std::find_if(items.begin(), items.end(),
                         [&](const Value& item) { return key(item) >= *from; });
  }
  Page page;
  size_t left = static_cast<size_t>(items.end() - first);
  auto last = first + static_cast<std::ptrdiff_t>(std::min(left, count_max));
  if (last != items.end()) page.next = make_token(key(*last));
  page.items.assign(std::make_move_iterator(first), std::make_move_iterator(last));
  return page;
}

Value merge_tags(const Value& tags, const Value& added, std::string_view key) {
  Value out = without_tags(tags, {}, key);
  for (const Value& tag : added.items()) {
    auto same = [&](const Value& t) { return t[key] == tag[key]; };
    List& list = out.make_list();
    auto it = std::find_if(list.begin(), list.end(), same);
    if (it == list.end()) {
      list.push_back(tag);
    } else {
      *it = tag;
    }
  }
  return out;
}

Value without_tags(const Value& tags, const Value& keys, std::string_view key) {
  Value out = Value::list();
  for (const Value& tag : tags.items())
    if (std::find(keys.items().begin(), keys.items().end(), tag[key]) == keys.items().end())
      out.push_back(tag);
  return out;
}

const Value* find_tag(const Value& tags, std::string_view key) {
  for (const Value& tag : tags.items())
    if (tag["Key"].as_string() == key) return tag.find("Value");
  return nullptr;
}

}  // namespace mainstay::cloud
