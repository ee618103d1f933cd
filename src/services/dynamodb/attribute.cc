#include "services/dynamodb/attribute.hh"

#include <algorithm>
#include <array>

#include "services/dynamodb/decimal.hh"

namespace mainstay::dynamodb {
namespace {

constexpr int levels_max = 32;
constexpr std::array<std::string_view, 10> types = {"S",  "N", "B", "SS",   "NS",
                                                    "BS", "M", "L", "NULL", "BOOL"};

Result<Value> read_number(const Value& sent) {
  TRY(Decimal number, parse_decimal(sent.as_string()));
  return Value(to_text(number));
}

Result<Value> read_set(const std::string& type, const Value& sent) {
  const char* what = type == "SS" ? "string" : type == "NS" ? "number" : "binary";
  if (sent.empty())
    return validation("One or more parameter values were invalid: An " + std::string(what) +
                      " set  may not be empty");
  Value out = sent;
  std::set<std::string> seen;
  for (Value& item : out.make_list()) {
    if (type == "NS") {
      TRY(item, read_number(item));
    }
    if (!seen.insert(item.as_bytes()).second)
      return validation(
          "One or more parameter values were invalid: Input collection contains "
          "duplicates.");
  }
  return out;
}

Result<Value> read_nested(const Value& sent, int level);

Result<Value> read_content(const std::string& type, const Value& sent, int level) {
  if (type == "N") return read_number(sent);
  if (is_set_type(type)) return read_set(type, sent);
  if (type == "NULL" && !sent.as_bool())
    return validation(
        "One or more parameter values were invalid: Null attribute value types must have the value "
        "of true");
  Value out = sent;
  if (type == "L")
    for (Value& item : out.make_list()) {
      TRY(item, read_nested(item, level + 1));
    }
  if (type == "M") {
    Map& map = out.make_map();
    for (size_t i = 0; i < map.size(); ++i) {
      TRY(map.nth_value(i), read_nested(map.nth(i).second, level + 1));
    }
  }
  return out;
}

Result<Value> read_nested(const Value& sent, int level) {
  if (level > levels_max)
    return validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have "
        "nested levels beyond supported limit");
  if (sent.empty())
    return validation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  if (sent.size() > 1)
    return validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes");
  const auto& [type, value] = *sent.members().begin();
  if (std::find(types.begin(), types.end(), type) == types.end())
    return validation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  TRY(Value content, read_content(type, value, level));
  return Value::map({{type, std::move(content)}});
}

// A number takes a byte for two digits, and one more.
int64_t size_of_number(const std::string& text) {
  auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return (digits + 1) / 2 + 1;
}

std::vector<std::string> sorted(const Value& set) {
  std::vector<std::string> out;
  for (const Value& item : set.items()) out.push_back(item.as_bytes());
  std::sort(out.begin(), out.end());
  return out;
}

bool equal_maps(const Value& a, const Value& b) {
  const Map& members = a.members();
  return a.size() == b.size() && std::all_of(members.begin(), members.end(), [&](const auto& m) {
           const Value* other = b.find(m.first);
           return other && equal(m.second, *other);
         });
}

}  // namespace

Error validation(std::string message) {
  return aws_error("ValidationException", std::move(message));
}

const std::string& type_of(const Value& attribute) {
  static const std::string none;
  return attribute.size() == 1 && attribute.is_map() ? attribute.members().begin()->first : none;
}

const Value& content_of(const Value& attribute) {
  return attribute[type_of(attribute)];
}

bool is_set_type(std::string_view type) {
  return type == "SS" || type == "NS" || type == "BS";
}

Result<Value> read_attribute(const Value& sent) {
  return read_nested(sent, 1);
}

Result<Value> read_item(const Value& sent) {
  Value out = Value::map({});
  for (const auto& [name, attribute] : sent.members()) {
    TRY(Value read, read_attribute(attribute));
    out.set(name, std::move(read));
  }
  return out;
}

int64_t size_of(const Value& attribute) {
  constexpr int64_t of_container = 3, of_element = 1;
  const std::string& type = type_of(attribute);
  const Value& content = content_of(attribute);
  if (type == "N") return size_of_number(content.as_string());
  if (type == "BOOL" || type == "NULL") return 1;
  if (type == "S" || type == "B") return static_cast<int64_t>(content.as_bytes().size());
  int64_t total = is_set_type(type) ? 0 : of_container;
  for (const Value& item : content.items()) {
    if (type == "NS")
      total += size_of_number(item.as_string());
    else if (is_set_type(type))
      total += static_cast<int64_t>(item.as_bytes().size());
    else
      total += of_element + size_of(item);
  }
  for (const auto& [name, member] : content.members())
    total += of_element + static_cast<int64_t>(name.size()) + size_of(member);
  return total;
}

int64_t size_of_item(const Value& item) {
  int64_t total = 0;
  for (const auto& [name, attribute] : item.members())
    total += static_cast<int64_t>(name.size()) + size_of(attribute);
  return total;
}

bool equal(const Value& a, const Value& b) {
  const std::string& type = type_of(a);
  if (type != type_of(b)) return false;
  const Value &left = content_of(a), &right = content_of(b);
  if (is_set_type(type)) return sorted(left) == sorted(right);
  if (type == "M") return equal_maps(left, right);
  if (type != "L") return left == right;
  return left.size() == right.size() &&
         std::equal(left.items().begin(), left.items().end(), right.items().begin(), equal);
}

std::optional<std::strong_ordering> order(const Value& a, const Value& b) {
  const std::string& type = type_of(a);
  if (type != type_of(b)) return std::nullopt;
  const std::string &left = content_of(a).as_bytes(), &right = content_of(b).as_bytes();
  if (type == "S" || type == "B") return left <=> right;
  if (type != "N") return std::nullopt;
  auto x = parse_decimal(left), y = parse_decimal(right);
  if (!x.has_value() || !y.has_value()) return std::nullopt;
  return compare(*x, *y);
}

}  // namespace mainstay::dynamodb
