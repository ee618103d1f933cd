#include "patterns/pattern.hh"

#include <algorithm>

#include "base/json.hh"

namespace mainstay::patterns {
namespace {

bool node_matches(const Node& node, const Value& event);

// What an event has under a name: the member itself, and members whose names go on with a dot,
// since fields are told apart by their joined names alone.
std::vector<Value> under(const Value& event, const std::string& name) {
  std::vector<Value> out;
  if (const Value* member = event.find(name)) out.push_back(*member);
  Value joined = Value::map({});
  for (const auto& [key, value] : event.members())
    if (key.size() > name.size() + 1 && key.starts_with(name) && key[name.size()] == '.')
      joined.set(key.substr(name.size() + 1), value);
  if (!joined.empty()) out.push_back(std::move(joined));
  return out;
}

// A list stands for its items; one that is empty for nothing.
bool any_leaf(const Value& value, const auto& wanted) {
  if (value.is_map()) return false;
  if (!value.is_list()) return wanted(value);
  const List& items = value.items();
  return std::any_of(items.begin(), items.end(),
                     [&](const Value& item) { return any_leaf(item, wanted); });
}

bool matchers_match(const std::vector<Matcher>& matchers, const std::vector<Value>& values) {
  auto any = [&](const auto& wanted) {
    return std::any_of(values.begin(), values.end(),
                       [&](const Value& value) { return any_leaf(value, wanted); });
  };
  bool is_there = any([](const Value&) { return true; });
  return std::any_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    if (matcher.kind == Matcher::Kind::exists) return is_there;
    if (matcher.kind == Matcher::Kind::absent) return !is_there;
    return any([&](const Value& leaf) { return matcher.fits(leaf); });
  });
}

// Of a list one and the same item must fit everything below.
bool below_matches(const Node& below, const std::vector<Value>& values) {
  const Value nothing = Value::map({});
  if (values.empty()) return node_matches(below, nothing);
  return std::any_of(values.begin(), values.end(), [&](const Value& value) {
    if (!value.is_list()) return node_matches(below, value.is_map() ? value : nothing);
    const List& items = value.items();
    if (items.empty()) return node_matches(below, nothing);
    return std::any_of(items.begin(), items.end(),
                       [&](const Value& item) { return below_matches(below, {item}); });
  });
}

bool node_matches(const Node& node, const Value& event) {
  for (const Node::Field& field : node.fields) {
    std::vector<Value> values = under(event, field.name);
    if (field.below ? !below_matches(*field.below, values)
                    : !matchers_match(field.matchers, values))
      return false;
  }
  return std::all_of(node.alternatives.begin(), node.alternatives.end(), [&](const auto& ways) {
    return std::any_of(ways.begin(), ways.end(),
                       [&](const Node& way) { return node_matches(way, event); });
  });
}

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text) {
  if (text.size() > text_max) return Error("PatternInvalid", "Pattern is too long");
  auto object = parse_json(text, depth_max);
  if (!object.has_value()) return Error("PatternInvalid", object.error().message);
  if (!object->is_map()) return Error("PatternInvalid", "Filter is not an object");
  TRY(Node root, read_node(*object, 0));
  return Pattern(std::move(root));
}

bool Pattern::matches(const Value& event) const {
  return node_matches(*root_, event);
}

}  // namespace mainstay::patterns
