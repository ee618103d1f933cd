// What decisions about requests ask DynamoDB: the tags of a table, and the condition keys
// dynamodb:LeadingKeys, the hash keys that a request reaches, and dynamodb:Attributes, the
// top-level attributes that it names, wherever it names them (developer guide, "Using IAM policy
// conditions for fine-grained access control").
#include "cloud/authorization.hh"

#include <algorithm>
#include <array>

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

void add_path(Keys& out, const Path& path) {
  out.push_back(path[0].name);
}

void add_paths(Keys& out, const Condition& condition) {
  for (const Operand& operand : condition.operands)
    if (!operand.path.empty()) add_path(out, operand.path);
  for (const Condition& part : condition.parts) add_paths(out, part);
}

void add_paths(Keys& out, const Term& term) {
  if (!term.operand.path.empty()) add_path(out, term.operand.path);
  for (const Term& part : term.terms) add_paths(out, part);
}

void add_members(Keys& out, const Value& item) {
  for (const auto& [name, value] : item.members()) out.push_back(name);
}

// Of the expressions of a request, or of one table's part of a batch. What can't be read is the
// handler's to refuse.
void add_expressions(Keys& out, const Value& in) {
  auto placeholders = Placeholders::read(in);
  if (!placeholders.has_value()) return;
  for (const char* member : {"KeyConditionExpression", "FilterExpression", "ConditionExpression"})
    if (in.has(member))
      if (auto read = parse_condition(in[member].as_string(), member, *placeholders);
          read.has_value())
        add_paths(out, *read);
  if (in.has("ProjectionExpression"))
    if (auto read = parse_projection(in["ProjectionExpression"].as_string(), *placeholders);
        read.has_value())
      for (const Path& path : *read) add_path(out, path);
  if (!in.has("UpdateExpression")) return;
  auto update = parse_update(in["UpdateExpression"].as_string(), *placeholders);
  if (!update.has_value()) return;
  for (const Path& path : update->paths()) add_path(out, path);
  for (const Update::Set& set : update->set) add_paths(out, set.term);
}

// The actions of a transaction on this table that one IAM action is for.
std::vector<Value> actions_of(const Value& table, const Value& in, std::string_view action) {
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"dynamodb:PutItem", "Put"},
      {"dynamodb:UpdateItem", "Update"},
      {"dynamodb:DeleteItem", "Delete"},
      {"dynamodb:GetItem", "Get"},
      {"dynamodb:ConditionCheckItem", "ConditionCheck"}};
  std::vector<Value> out;
  for (const auto& [of, kind] : kinds)
    for (const Value& item : in["TransactItems"].items())
      if (of == action && item.has(kind) &&
          table_name(item[kind]["TableName"].as_string()) == table["TableName"].as_string())
        out.push_back(item[kind]);
  return out;
}

Keys attributes(const Value& table, const Value& in) {
  Keys out;
  add_members(out, in["Key"]);
  add_members(out, in["Item"]);
  for (const Value& name : in["AttributesToGet"].items()) out.push_back(name.as_string());
  add_expressions(out, in);
  for (const auto& [name, part] : in["RequestItems"].members()) {
    if (table_name(name) != table["TableName"].as_string()) continue;
    add_expressions(out, part);
    for (const Value& attribute : part["AttributesToGet"].items())
      out.push_back(attribute.as_string());
    for (const Value& key : part["Keys"].items()) add_members(out, key);
    for (const Value& write : part.items()) {
      add_members(out, write["PutRequest"]["Item"]);
      add_members(out, write["DeleteRequest"]["Key"]);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// What a read selects where it doesn't say so (API reference, Query, "Select"). A policy that holds
// reads to some attributes rests on it: "prevents the API action from returning any attributes that
// aren't allowed" (IAM user guide, "DynamoDB: Allows access to specific attributes").
const char* selection(const Value& in) {
  if (in.has("ProjectionExpression") || in.has("AttributesToGet")) return "SPECIFIC_ATTRIBUTES";
  return in.has("IndexName") ? "ALL_PROJECTED_ATTRIBUTES" : "ALL_ATTRIBUTES";
}

void add_selection(Call& call, const Value& table, const Value& in,
                   cloud::Authorization& authorization) {
  constexpr std::array reading{std::string_view("GetItem"), std::string_view("Query"),
                               std::string_view("Scan"), std::string_view("BatchGetItem")};
  if (in.has("Select") ||
      std::find(reading.begin(), reading.end(), call.operation) == reading.end())
    return;
  authorization.request.context.set("dynamodb:Select", selection(in));
  for (const auto& [name, part] : in["RequestItems"].members())
    if (table_name(name) == table["TableName"].as_string())
      authorization.request.context.set("dynamodb:Select", selection(part));
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

// The keys that all actions of a transaction have together. Each of its actions is decided as the
// operation of its own, within the transaction (dynamodb:EnclosingOperation).
void add_transaction(Call& call, const Value& table, const Value& in,
                     cloud::Authorization& authorization) {
  if (!call.operation.starts_with("Transact")) return;
  policy::Context& context = authorization.request.context;
  context.set("dynamodb:EnclosingOperation", std::string(call.operation));
  Keys keys, named;
  for (const Value& action : actions_of(table, in, authorization.request.action)) {
    for (std::string& key : leading_keys(table, action)) keys.push_back(std::move(key));
    for (std::string& name : attributes(table, action)) named.push_back(std::move(name));
  }
  if (!keys.empty()) context.set_list("dynamodb:LeadingKeys", std::move(keys));
  if (!named.empty()) context.set_list("dynamodb:Attributes", std::move(named));
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  const Value* table = call.find("table", table_name(authorization.request.resource));
  if (!table) return {};
  authorization.resource_tags((*table)["_Tags"]);
  Keys keys = leading_keys(*table, in);
  if (!keys.empty())
    authorization.request.context.set_list("dynamodb:LeadingKeys", std::move(keys));
  add_selection(call, *table, in, authorization);
  add_transaction(call, *table, in, authorization);
  Keys named = attributes(*table, in);
  if (!named.empty() && !in.has("TransactItems"))
    authorization.request.context.set_list("dynamodb:Attributes", std::move(named));
  return {};
}

}  // namespace mainstay::dynamodb
