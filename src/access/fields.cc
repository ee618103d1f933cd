#include "access/fields.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::access {

Fields::Fields(const Value& object, std::string place, size_t items_max)
    : object_(object), place_(std::move(place)), items_max_(items_max) {
  if (!object.is_map()) fail(std::string("must be an object, not ") + kind_name(object.kind()));
}

void Fields::fail(std::string message) {
  if (failed()) return;
  error_ = Error("SnapshotInvalid", (place_.empty() ? "the snapshot" : place_) + " " + message);
}

std::string Fields::place_of(std::string_view name) const {
  return place_.empty() ? std::string(name) : place_ + "." + std::string(name);
}

void Fields::wrong_kind(std::string_view name, const char* wanted, const Value& found) {
  if (failed()) return;
  error_ = Error("SnapshotInvalid",
                 place_of(name) + " must be " + wanted + ", not " + kind_name(found.kind()));
}

const Value& Fields::member(std::string_view name) {
  known_.emplace_back(name);
  return object_[name];
}

std::string Fields::text(std::string_view name, std::string otherwise) {
  const Value& found = member(name);
  if (found.is_null()) return otherwise;
  if (!found.is_string()) wrong_kind(name, "text", found);
  return found.as_string();
}

std::string Fields::required(std::string_view name) {
  std::string found = text(name);
  if (found.empty()) fail("lacks \"" + std::string(name) + "\"");
  return found;
}

bool Fields::flag(std::string_view name) {
  const Value& found = member(name);
  if (!found.is_null() && !found.is_bool()) wrong_kind(name, "true or false", found);
  return found.as_bool();
}

const List& Fields::items_of(std::string_view name) {
  const Value& found = member(name);
  if (!found.is_null() && !found.is_list()) wrong_kind(name, "a list", found);
  if (found.size() > items_max_)
    fail("has more than " + std::to_string(items_max_) + " items in \"" + std::string(name) + "\"");
  return found.items();
}

std::vector<std::string> Fields::texts(std::string_view name) {
  std::vector<std::string> out;
  for (const Value& item : items_of(name)) {
    if (!item.is_string()) wrong_kind(name, "a list of texts", item);
    out.push_back(item.as_string());
  }
  return out;
}

Value Fields::document(std::string_view name) {
  Value found = member(name);
  if (found.is_string()) {
    auto parsed = parse_json(found.as_string());
    if (!parsed)
      fail("has a policy in \"" + std::string(name) +
           "\" that is not JSON: " + parsed.error().message);
    found = parsed ? std::move(*parsed) : Value();
  }
  if (!found.is_null() && !found.is_map()) wrong_kind(name, "a policy document", found);
  return found;
}

Value Fields::any(std::string_view name) {
  return member(name);
}

std::vector<std::pair<std::string, std::string>> Fields::pairs(std::string_view name) {
  const Value& found = member(name);
  if (!found.is_null() && !found.is_map()) wrong_kind(name, "an object", found);
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [key, value] : found.members()) {
    if (!value.is_string()) wrong_kind(name, "an object of texts", value);
    out.emplace_back(key, value.as_string());
  }
  return out;
}

void Fields::take(Fields& inner) {
  if (Status inner_done = inner.done(); !inner_done && !failed()) error_ = inner_done.error();
}

Status Fields::done() {
  if (failed()) return error_;
  for (const auto& [name, value] : object_.members()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    fail("has an unknown member \"" + name + "\"");
    auto meant = nearest(name, known_);
    return std::move(error_).with_hint(meant ? "did you mean \"" + *meant + "\"?"
                                             : "it may have: " + join(known_, ", "));
  }
  return {};
}

}  // namespace mainstay::access
