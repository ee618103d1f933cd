// What decisions about requests ask DynamoDB: the tags of a table, and the condition key
// dynamodb:LeadingKeys, the hash keys that a request reaches (developer guide, "Using IAM policy
// conditions for fine-grained access control").
#include "cloud/access.hh"

#include "services/dynamodb/expression.hh"
#include "services/dynamodb/handlers.hh"

namespace mainstay::dynamodb {
namespace {

using Keys = std::vector<std::string>;

void add_key(Keys& out, const Value& attribute) {
  if (!attribute.is_null()) out.push_back(content_of(attribute).as_bytes());
}

// The value that a query's condition gives for the hash key of what it queries. A condition that
// can't be read is the handler's to refuse.
void add_queried(Keys& out, const Value& table, const Value& in) {
  const Value* index =
      in.has("IndexName") ? find_index(table, in["IndexName"].as_string()) : nullptr;
  KeySchema schema = schema_of(table, (index ? *index : table)["KeySchema"]);
  auto placeholders = Placeholders::read(in);
  if (!placeholders.has_value()) return;
  auto condition = parse_condition(in["KeyConditionExpression"].as_string(),
                                   "KeyConditionExpression", *placeholders);
  if (!condition.has_value()) return;
  std::vector<Condition> parts{*condition};
  if (condition->kind == Condition::Kind::all) parts = condition->parts;
  for (const Condition& part : parts)
    for (const Operand& operand : part.operands)
      if (operand.kind == Operand::Kind::path && operand.path[0].name == schema.hash.name)
        for (const Operand& other : part.operands)
          if (other.kind == Operand::Kind::value) add_key(out, other.value);
}

Keys leading_keys(const Value& table, const Value& in) {
  const std::string hash = schema_of(table, table["KeySchema"]).hash.name;
  Keys out;
  add_key(out, in["Key"][hash]);
  add_key(out, in["Item"][hash]);
  if (in.has("KeyConditionExpression")) add_queried(out, table, in);
  for (const auto& [name, part] : in["RequestItems"].members()) {
    if (table_name(name) != table["TableName"].as_string()) continue;
    for (const Value& key : part["Keys"].items()) add_key(out, key[hash]);
    for (const Value& write : part.items()) {
      add_key(out, write["PutRequest"]["Item"][hash]);
      add_key(out, write["DeleteRequest"]["Key"][hash]);
    }
  }
  return out;
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Access& access) {
  const Value* table = call.find("table", table_name(access.request.resource));
  if (!table) return {};
  access.resource_tags((*table)["_Tags"]);
  Keys keys = leading_keys(*table, in);
  if (!keys.empty()) access.request.context.set_list("dynamodb:LeadingKeys", std::move(keys));
  return {};
}

}  // namespace mainstay::dynamodb
