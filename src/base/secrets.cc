#include "base/secrets.hh"

#include <algorithm>
#include <vector>

#include "base/text.hh"

namespace mainstay {
namespace {

// The value with change(scalar) for every scalar in it.
template <class Change>
Value with_scalars(const Value& v, const Change& change) {
  if (v.is_list()) {
    Value out = Value::list();
    for (const Value& item : v.items()) out.push_back(with_scalars(item, change));
    return out;
  }
  if (!v.is_map()) return change(v);
  Value out = Value::map();
  for (const auto& [key, item] : v.members()) out.set(key, with_scalars(item, change));
  return out;
}

}  // namespace

void Secrets::add(std::string_view secret) {
  // Files end with a newline that their values are often shown without.
  std::string_view bare = trim(secret);
  if (bare.empty()) return;
  std::scoped_lock lock(mutex_);
  for (std::string_view one : {secret, bare}) {
    values_.emplace(one);
    if (one.size() >= shortest_inside) secrets_.emplace(one);
  }
}

void Secrets::add_value(std::string_view value) {
  std::scoped_lock lock(mutex_);
  if (value.empty()) return;
  values_.emplace(value);
  if (value.size() >= shortest_value_inside) secrets_.emplace(value);
}

std::string Secrets::without(std::string_view text) const {
  // One secret may stand in another: the longer goes first.
  std::vector<std::string_view> longest_first(secrets_.begin(), secrets_.end());
  std::ranges::stable_sort(longest_first, std::greater<>(), &std::string_view::size);
  std::string out(text);
  for (std::string_view secret : longest_first)
    if (out.contains(secret)) out = replace_all(out, secret, shown);
  return out;
}

std::string Secrets::redacted_text(std::string_view text) const {
  std::scoped_lock lock(mutex_);
  return without(text);
}

Value Secrets::redacted(const Value& v) const {
  return with_scalars(v, [&](const Value& scalar) {
    return scalar.is_string() ? Value(redacted_text(scalar.as_string())) : scalar;
  });
}

Error Secrets::redacted(Error error) const {
  error.message = redacted_text(error.message);
  error.hint = redacted_text(error.hint);
  for (std::string& context : error.context) context = redacted_text(context);
  error.fields = nullptr;
  return error;
}

std::string Secrets::redacted_value(std::string_view text) const {
  std::scoped_lock lock(mutex_);
  return values_.contains(text) ? std::string(shown) : without(text);
}

Value Secrets::redacted_values(const Value& v) const {
  return with_scalars(v, [&](const Value& scalar) {
    if (scalar.is_null()) return scalar;
    std::string text = scalar.to_text(), out = redacted_value(text);
    return out == text ? scalar : Value(out);
  });
}

}  // namespace mainstay
