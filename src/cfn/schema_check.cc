// Schema::check_properties: values against a resource schema, in the words of CloudFormation's
// validator (a JSON schema validator for Java; its messages are quoted in many bug reports).

#include <algorithm>
#include <cmath>

#include "base/json.hh"
#include "base/text.hh"
#include "cfn/pattern.hh"
#include "cfn/schema.hh"

namespace mainstay::cfn {
namespace {

constexpr size_t violations_max = 20;

// What the validator calls a kind of value, and a type of the schema.
const char* java_name(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::boolean:
      return "Boolean";
    case Value::Kind::integer:
      return "Integer";
    case Value::Kind::real:
      return "BigDecimal";
    case Value::Kind::list:
      return "JSONArray";
    case Value::Kind::map:
      return "JSONObject";
    case Value::Kind::null:
      return "Null";
    default:
      return "String";
  }
}

std::string type_title(const std::string& type) {
  if (type == "array") return "JSONArray";
  if (type == "object") return "JSONObject";
  std::string out = type;
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

// v as the type wants it, or nullopt where no turning helps.
std::optional<Value> convert(const Value& v, const std::string& type) {
  if (type == "object") return v.is_map() ? std::optional(v) : std::nullopt;
  if (type == "array") return v.is_list() ? std::optional(v) : std::nullopt;
  if (!v.is_scalar() || v.is_null()) return std::nullopt;
  if (type == "string") return v.is_string() ? v : Value(v.to_text());
  std::string text = to_lower(trim(v.to_text()));
  if (type == "boolean") {
    if (text == "true") return Value(true);
    return text == "false" ? std::optional(Value(false)) : std::nullopt;
  }
  if (v.is_bool()) return std::nullopt;
  if (auto n = parse_int(text)) return Value(*n);
  auto d = parse_real(text);
  if (!d || !std::isfinite(*d)) return std::nullopt;
  if (type == "number") return Value(*d);
  bool whole = *d == std::floor(*d) && std::abs(*d) < 9e15;
  return type == "integer" && whole ? std::optional(Value(static_cast<int64_t>(*d))) : std::nullopt;
}

std::vector<std::string> types_of(const Value& node) {
  std::vector<std::string> out;
  if (node["type"].is_string()) out.push_back(node["type"].as_string());
  for (const Value& t : node["type"].items()) out.push_back(t.as_string());
  if (out.empty() && node.has("properties")) out.emplace_back("object");
  return out;
}

bool is_kind(const Value& v, const std::string& type) {
  if (type == "string") return v.is_string();
  if (type == "boolean") return v.is_bool();
  if (type == "integer") return v.is_int();
  if (type == "number") return v.is_number();
  return type == "object" ? v.is_map() : type == "array" && v.is_list();
}

class SchemaChecker {
 public:
  explicit SchemaChecker(const Schema& schema) : schema_(schema) {}

  Value check(const Value& v, const Value& node_or_ref, const std::string& at) {
    if (v.is_bytes()) return v;  // not known before deployment
    const Value& node = schema_.resolve(node_or_ref);
    Value out = typed(v, node, at);
    if (out.is_map()) return object(out, node, at);
    if (out.is_list()) return array(out, node, at);
    scalar(out, node, at);
    return out;
  }

  std::vector<std::string> violations;

 private:
  void violate(const std::string& at, const std::string& what) {
    if (violations.size() < violations_max) violations.push_back("#" + at + ": " + what);
  }

  Value typed(const Value& v, const Value& node, const std::string& at) {
    std::vector<std::string> types = types_of(node);
    if (types.empty()) return v;
    for (const std::string& type : types)
      if (is_kind(v, type)) return v;
    for (const std::string& type : types)
      if (auto converted = convert(v, type)) return *converted;
    violate(at, "expected type: " + type_title(types[0]) + ", found: " + java_name(v));
    return v;
  }

  Value object(const Value& v, const Value& node, const std::string& at) {
    const Value& known = node["properties"];
    for (const Value& name : node["required"].items())
      if (!v.has(name.as_string()) && !(at.empty() && schema_.is_read_only(name.as_string())))
        violate(at, "required key [" + name.as_string() + "] not found");
    bool closed = node.has("additionalProperties") && !node["additionalProperties"].as_bool(true) &&
                  !node["additionalProperties"].is_map() && !known.empty();
    Value out = Value::map();
    for (const auto& [name, member] : v.members()) {
      std::string where = at + "/" + name;
      if (const Value* sub = known.find(name)) {
        out.set(name, check(member, *sub, where));
      } else if (const Value* pattern = pattern_property(node, name)) {
        out.set(name, check(member, *pattern, where));
      } else if (node["additionalProperties"].is_map()) {
        out.set(name, check(member, node["additionalProperties"], where));
      } else {
        if (closed) violate(at, "extraneous key [" + name + "] is not permitted");
        out.set(name, member);
      }
    }
    return out;
  }

  static const Value* pattern_property(const Value& node, const std::string& name) {
    for (const auto& [pattern, sub] : node["patternProperties"].members())
      if (matches(pattern, name)) return &sub;
    return nullptr;
  }

  Value array(const Value& v, const Value& node, const std::string& at) {
    auto size = static_cast<int64_t>(v.size());
    if (size < node["minItems"].as_int(0))
      violate(at, "expected minimum item count: " + node["minItems"].to_text() +
                      ", found: " + std::to_string(size));
    if (node.has("maxItems") && size > node["maxItems"].as_int())
      violate(at, "expected maximum item count: " + node["maxItems"].to_text() +
                      ", found: " + std::to_string(size));
    Value out = Value::list();
    for (size_t i = 0; i < v.size(); ++i)
      out.push_back(check(v.at(i), node["items"], at + "/" + std::to_string(i)));
    if (node["uniqueItems"].as_bool() && has_duplicate(out))
      violate(at, "array items are not unique");
    return out;
  }

  static bool has_duplicate(const Value& list) {
    std::vector<std::string> texts;
    for (const Value& item : list.items()) texts.push_back(to_canonical_json(item));
    std::sort(texts.begin(), texts.end());
    return std::adjacent_find(texts.begin(), texts.end()) != texts.end();
  }

  void scalar(const Value& v, const Value& node, const std::string& at) {
    if (node.has("enum")) {
      const List& allowed = node["enum"].items();
      bool found = std::any_of(allowed.begin(), allowed.end(),
                               [&](const Value& a) { return a.to_text() == v.to_text(); });
      if (!found) violate(at, v.to_text() + " is not a valid enum value");
    }
    if (v.is_number()) return number(v, node, at);
    if (v.is_string()) text(v.as_string(), node, at);
  }

  void number(const Value& v, const Value& node, const std::string& at) {
    if (node["minimum"].is_number() && v.as_real() < node["minimum"].as_real())
      violate(at, v.to_text() + " is not greater or equal to " + node["minimum"].to_text());
    if (node["maximum"].is_number() && v.as_real() > node["maximum"].as_real())
      violate(at, v.to_text() + " is not less or equal to " + node["maximum"].to_text());
  }

  void text(const std::string& v, const Value& node, const std::string& at) {
    auto size = static_cast<int64_t>(utf8_length(v));
    if (v.contains("{{resolve:")) return;
    if (size < node["minLength"].as_int(0))
      violate(at, "expected minLength: " + node["minLength"].to_text() +
                      ", actual: " + std::to_string(size));
    if (node.has("maxLength") && size > node["maxLength"].as_int())
      violate(at, "expected maxLength: " + node["maxLength"].to_text() +
                      ", actual: " + std::to_string(size));
    const std::string& pattern = node["pattern"].as_string();
    if (!pattern.empty() && !matches(pattern, v))
      violate(at, "string [" + v + "] does not match pattern " + pattern);
  }

  // Also true where the pattern can't be read: then the service decides.
  static bool matches(const std::string& pattern, const std::string& text) {
    return find_in(pattern, text) != Match::no;
  }

  const Schema& schema_;
};

}  // namespace

Result<Value> Schema::check_properties(const Value& properties,
                                       const std::string& logical_id) const {
  Value given = properties.is_null() ? Value::map() : properties;
  std::vector<std::string> known;
  for (const auto& [name, node] : root_["properties"].members())
    if (!is_read_only(name)) known.push_back(name);
  for (const auto& [name, value] : given.members()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (is_read_only(name) || !root_["additionalProperties"].as_bool(false)) {
      Error e("ValidationError", "Encountered unsupported property " + name);
      if (auto better = nearest(name, known))
        return std::move(e).with_hint("did you mean " + *better + "?");
      return e;
    }
  }
  SchemaChecker checker(*this);
  Value out = checker.check(given, root_, "");
  if (checker.violations.empty()) return out;
  std::string message =
      "Properties validation failed for resource " + logical_id + " with message:\n";
  if (checker.violations.size() > 1)
    message += "#: " + std::to_string(checker.violations.size()) + " schema violations found\n";
  return Error("ValidationError", message + join(checker.violations, "\n"));
}

}  // namespace mainstay::cfn
