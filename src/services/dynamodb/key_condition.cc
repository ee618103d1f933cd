#include "services/dynamodb/key_condition.hh"

namespace mainstay::dynamodb {
namespace {

Error not_supported() {
  return validation("Query key condition not supported");
}

Error bad_operator(const std::string& word) {
  return validation("Invalid operator used in KeyConditionExpression: " + word);
}

// ":v < a" is "a > :v".
std::string flipped(const std::string& comparator) {
  if (comparator == "<") return ">";
  if (comparator == "<=") return ">=";
  if (comparator == ">") return "<";
  if (comparator == ">=") return "<=";
  return comparator;
}

struct Bound {
  std::string name, word;
  std::vector<Value> values;
};

// One comparison of a top-level attribute with values.
Result<Bound> bound_of(const Condition& c) {
  if (c.kind == Condition::Kind::any || c.kind == Condition::Kind::negation ||
      c.kind == Condition::Kind::in ||
      (c.kind == Condition::Kind::function && c.word != "begins_with"))
    return bad_operator(c.word);
  Condition turned = c;
  if (c.kind == Condition::Kind::comparison && c.operands[0].kind == Operand::Kind::value) {
    std::swap(turned.operands[0], turned.operands[1]);
    turned.word = flipped(c.word);
  }
  if (turned.operands[0].kind != Operand::Kind::path || turned.operands[0].path.size() != 1)
    return not_supported();
  Bound out{turned.operands[0].path[0].name, turned.word, {}};
  for (size_t i = 1; i < turned.operands.size(); ++i) {
    if (turned.operands[i].kind != Operand::Kind::value) return not_supported();
    out.values.push_back(turned.operands[i].value);
  }
  return out;
}

Status check_types(const Bound& bound, const KeyAttribute& attribute) {
  for (const Value& value : bound.values) {
    if (type_of(value) != attribute.type)
      return validation(
          "One or more parameter values were invalid: Condition parameter type does "
          "not match schema type");
    if (content_of(value).as_bytes().empty() && bound.word != "begins_with")
      return validation(
          "One or more parameter values are not valid. The AttributeValue for a key "
          "attribute cannot contain an empty string value. Key: " +
          attribute.name);
  }
  return {};
}

Result<KeyRange> range_of(const Bound& bound, const std::string& hash) {
  auto at = [&](size_t i) { return hash + part_of(bound.values[i]) + "."; };
  const std::string end = after_all_keys;
  if (bound.word == "=") return KeyRange{at(0), at(0) + end};
  if (bound.word == "<") return KeyRange{hash, at(0)};
  if (bound.word == "<=") return KeyRange{hash, at(0) + end};
  if (bound.word == ">") return KeyRange{at(0) + end, hash + end};
  if (bound.word == ">=") return KeyRange{at(0), hash + end};
  if (bound.word == "BETWEEN") return KeyRange{at(0), at(1) + end};
  if (bound.word != "begins_with") return bad_operator(bound.word);
  if (type_of(bound.values[0]) == "N") return not_supported();
  std::string beginning = hash + part_of(bound.values[0]);
  return KeyRange{beginning, beginning + end};
}

}  // namespace

Result<KeyRange> read_key_condition(const Condition& condition, const KeySchema& schema) {
  std::vector<Condition> parts{condition};
  if (condition.kind == Condition::Kind::all) parts = condition.parts;
  std::optional<Bound> hash, range;
  for (const Condition& part : parts) {
    TRY(Bound bound, bound_of(part));
    bool is_range = schema.range && bound.name == schema.range->name;
    std::optional<Bound>& place = is_range ? range : hash;
    if (!is_range && bound.name != schema.hash.name) {
      const std::string& missed = schema.range ? schema.range->name : schema.hash.name;
      return parts.size() > 1 && !schema.range
                 ? not_supported()
                 : validation("Query condition missed key schema element: " + missed);
    }
    if (place) return validation("KeyConditionExpressions must only contain one condition per key");
    CHECK_OK(check_types(bound, is_range ? *schema.range : schema.hash));
    place = std::move(bound);
  }
  if (!hash) return validation("Query condition missed key schema element: " + schema.hash.name);
  if (hash->word != "=") return not_supported();
  std::string prefix = part_of(hash->values[0]) + ".";
  if (range) return range_of(*range, prefix);
  return KeyRange{prefix, prefix + after_all_keys};
}

}  // namespace mainstay::dynamodb
