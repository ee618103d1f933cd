#include "services/events/event_path.hh"

#include "base/text.hh"

namespace mainstay::events {
namespace {

Error bad_path(std::string_view text) {
  return Error("PathInvalid", "Invalid JSON path: " + printable(text));
}

}  // namespace

Result<EventPath> EventPath::parse(std::string_view text) {
  if (!text.starts_with("$")) return bad_path(text);
  EventPath out;
  for (size_t at = 1; at < text.size();) {
    if (out.steps_.size() == steps_max) return bad_path(text);
    if (text[at] == '.') {
      size_t end = text.find_first_of(".[", at + 1);
      std::string_view name = text.substr(at + 1, end == text.npos ? end : end - at - 1);
      if (name.empty()) return bad_path(text);
      if (name == "*")
        out.steps_.emplace_back(All{});
      else
        out.steps_.emplace_back(std::string(name));
      at = end == text.npos ? text.size() : end;
      continue;
    }
    size_t end = text.find(']', at);
    if (text[at] != '[' || end == text.npos) return bad_path(text);
    std::string_view inner = text.substr(at + 1, end - at - 1);
    bool is_quoted =
        inner.size() >= 2 && (inner[0] == '\'' || inner[0] == '"') && inner.back() == inner[0];
    if (inner == "*") {
      out.steps_.emplace_back(All{});
    } else if (is_quoted) {
      out.steps_.emplace_back(std::string(inner.substr(1, inner.size() - 2)));
    } else {
      auto index = parse_int(inner);
      if (!index || *index < 0) return bad_path(text);
      out.steps_.emplace_back(static_cast<size_t>(*index));
    }
    at = end + 1;
  }
  return out;
}

std::optional<Value> EventPath::find_in(const Value& event) const {
  List found{event};
  bool is_list = false;
  for (const Step& step : steps_) {
    List next;
    for (const Value& value : found) {
      if (const auto* name = std::get_if<std::string>(&step)) {
        if (const Value* member = value.find(*name)) next.push_back(*member);
      } else if (const auto* index = std::get_if<size_t>(&step)) {
        if (*index < value.items().size()) next.push_back(value.at(*index));
      } else {
        is_list = true;
        for (const Value& item : value.items()) next.push_back(item);
        for (const auto& [key, member] : value.members()) next.push_back(member);
      }
    }
    found = std::move(next);
  }
  if (is_list) return Value(std::move(found));
  if (found.empty()) return std::nullopt;
  return found[0];
}

}  // namespace mainstay::events
