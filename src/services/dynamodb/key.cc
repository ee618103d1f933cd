#include "services/dynamodb/key.hh"

#include "base/text.hh"
#include "services/dynamodb/decimal.hh"

namespace mainstay::dynamodb {
namespace {

constexpr size_t hash_bytes_max = 2048, range_bytes_max = 1024;

Status check_part(const KeyAttribute& part, const Value& attribute, size_t bytes_max) {
  if (content_of(attribute).as_bytes().empty())
    return validation(
        "One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty " +
        std::string(part.type == "B" ? "binary" : "string") + " value. Key: " + part.name);
  if (content_of(attribute).as_bytes().size() > bytes_max)
    return validation("One or more parameter values were invalid: Size of " +
                      std::string(bytes_max == hash_bytes_max ? "hashkey" : "rangekey") +
                      " has exceeded the maximum size limit of " + std::to_string(bytes_max) +
                      " bytes");
  return {};
}

Status check_item_part(const KeyAttribute& part, const Value& item, size_t bytes_max) {
  const Value* attribute = item.find(part.name);
  if (!attribute)
    return validation("One or more parameter values were invalid: Missing the key " + part.name +
                      " in the item");
  if (type_of(*attribute) != part.type)
    return validation("One or more parameter values were invalid: Type mismatch for key " +
                      part.name + " expected: " + part.type + " actual: " + type_of(*attribute));
  return check_part(part, *attribute, bytes_max);
}

// An item need not have an index's key; if it has, it has its type.
Status check_index_part(const Value& index, const KeyAttribute& part, const Value& item) {
  const Value* attribute = item.find(part.name);
  if (!attribute) return {};
  const std::string index_name = index["IndexName"].as_string();
  if (type_of(*attribute) != part.type)
    return validation("One or more parameter values were invalid: Type mismatch for Index Key " +
                      part.name + " Expected: " + part.type + " Actual: " + type_of(*attribute) +
                      " IndexName: " + index_name);
  if (content_of(*attribute).as_bytes().empty())
    return validation(
        "One or more parameter values are not valid. A value specified for a "
        "secondary index key is not supported. The AttributeValue for a key "
        "attribute cannot contain an empty string value. IndexName: " +
        index_name + ", IndexKey: " + part.name);
  return {};
}

}  // namespace

KeySchema schema_of(const Value& table, const Value& key_schema) {
  auto attribute = [&](const Value& element) {
    KeyAttribute out{element["AttributeName"].as_string(), ""};
    for (const Value& defined : table["AttributeDefinitions"].items())
      if (defined["AttributeName"].as_string() == out.name)
        out.type = defined["AttributeType"].as_string();
    return out;
  };
  KeySchema out{attribute(key_schema.at(0)), std::nullopt};
  if (key_schema.size() > 1) out.range = attribute(key_schema.at(1));
  return out;
}

std::string part_of(const Value& attribute) {
  const std::string& content = content_of(attribute).as_bytes();
  if (type_of(attribute) != "N") return hex_encode(content);
  auto number = parse_decimal(content);
  return number.has_value() ? ordered_text(*number) : "";
}

std::optional<std::string> key_of(const KeySchema& schema, const Value& item) {
  const Value& hash = item[schema.hash.name];
  if (type_of(hash) != schema.hash.type) return std::nullopt;
  std::string key = part_of(hash) + ".";
  if (!schema.range) return key;
  const Value& range = item[schema.range->name];
  if (type_of(range) != schema.range->type) return std::nullopt;
  return key + part_of(range) + ".";
}

Status check_key(const KeySchema& schema, const Value& key) {
  if (key.size() != (schema.range ? 2u : 1u) || !key_of(schema, key))
    return validation("The provided key element does not match the schema");
  CHECK_OK(check_part(schema.hash, key[schema.hash.name], hash_bytes_max));
  if (!schema.range) return {};
  return check_part(*schema.range, key[schema.range->name], range_bytes_max);
}

Status check_item(const Value& table, const Value& item) {
  constexpr int64_t item_bytes_max = 400 << 10;
  KeySchema schema = schema_of(table, table["KeySchema"]);
  CHECK_OK(check_item_part(schema.hash, item, hash_bytes_max));
  if (schema.range) CHECK_OK(check_item_part(*schema.range, item, range_bytes_max));
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    for (const Value& index : table[kind].items()) {
      KeySchema of_index = schema_of(table, index["KeySchema"]);
      CHECK_OK(check_index_part(index, of_index.hash, item));
      if (of_index.range) CHECK_OK(check_index_part(index, *of_index.range, item));
    }
  if (size_of_item(item) > item_bytes_max)
    return validation("Item size has exceeded the maximum allowed size");
  return {};
}

Value key_attributes(const KeySchema& schema, const Value& item) {
  Value out = Value::map({{schema.hash.name, item[schema.hash.name]}});
  if (schema.range) out.set(schema.range->name, item[schema.range->name]);
  return out;
}

}  // namespace mainstay::dynamodb
