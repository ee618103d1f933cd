// TransactWriteItems and TransactGetItems: up to a hundred actions that all happen or none does
// ("Amazon DynamoDB Transactions: How it works", developer guide; "TransactionCanceledException",
// API reference). Each action is the operation of its own name; what those put is undone together
// where one of them fails.
#include <map>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/recent.hh"
#include "services/dynamodb/handlers.hh"
#include "services/dynamodb/items.hh"
#include "services/dynamodb/request.hh"

namespace mainstay::dynamodb {
namespace {

constexpr int64_t items_bytes_max = 4 << 20;  // of all items of a transaction
constexpr int64_t token_ms = 10 * 60 * 1000;  // "valid for 10 minutes"
constexpr const char* tokens = "transaction-token";

struct Part {
  std::string kind;  // "Put"
  Value in;          // the input of the operation of that kind
};

using Handler = Result<Value> (*)(Call&, const Value&);
struct Kind {
  std::string_view name;
  Handler handler;
};
constexpr Kind write_kinds[] = {{"ConditionCheck", check_item_condition},
                                {"Put", put_item},
                                {"Delete", delete_item},
                                {"Update", update_item}};
constexpr Kind get_kinds[] = {{"Get", get_item}};

Handler handler_of(std::string_view kind) {
  for (const Kind& one : write_kinds)
    if (one.name == kind) return one.handler;
  return get_item;
}

template <size_t n>
Result<std::vector<Part>> read_parts(const Value& in, const Kind (&kinds)[n]) {
  std::vector<Part> out;
  for (const Value& item : in["TransactItems"].items()) {
    Part part;
    for (const Kind& kind : kinds) {
      if (!item.has(kind.name)) continue;
      if (!part.kind.empty())
        return validation("TransactItems can only contain one of Check, Put, Update or Delete");
      part = {std::string(kind.name), item[kind.name]};
    }
    if (part.kind.empty())
      return validation(
          "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
    if (in.has("ReturnConsumedCapacity"))
      part.in.set("ReturnConsumedCapacity", in["ReturnConsumedCapacity"]);
    out.push_back(std::move(part));
  }
  return out;
}

// No item twice, and all tables there.
Status check_places(Call& call, const std::vector<Part>& parts) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Part& part : parts) {
    auto table = find_table(call, part.in["TableName"]);
    if (!table.has_value())
      return aws_error("ResourceNotFoundException", "Requested resource not found");
    auto key = read_item(part.in[part.in.has("Item") ? "Item" : "Key"]);
    if (!key.has_value()) continue;  // its operation has the words for that
    auto encoded = key_of(schema_of(*table, (*table)["KeySchema"]), *key);
    if (encoded && !seen.emplace((*table)["TableId"].as_string(), *encoded).second)
      return validation("Transaction request cannot include multiple operations on one item");
  }
  return {};
}

// Errors of the request rather than of the item: expressions that can't be read.
bool is_of_request(const Error& error) {
  constexpr std::string_view beginnings[] = {"Invalid ", "ExpressionAttribute", "Value provided in",
                                             "The expression", "Can not use"};
  bool is_expression =
      std::any_of(std::begin(beginnings), std::end(beginnings),
                  [&](std::string_view beginning) { return error.message.starts_with(beginning); });
  return error.code != "ConditionalCheckFailedException" &&
         (error.code != "ValidationException" || is_expression);
}

Value reason_of(const Error& error) {
  bool condition = error.code == "ConditionalCheckFailedException";
  Value out = Value::map({{"Code", condition ? "ConditionalCheckFailed" : "ValidationError"},
                          {"Message", error.message}});
  if (error.fields && error.fields->has("Item")) out.set("Item", (*error.fields)["Item"]);
  return out;
}

Error cancelled(const Value& reasons) {
  std::vector<std::string> codes;
  for (const Value& reason : reasons.items()) codes.push_back(reason["Code"].as_string());
  Error out = aws_error("TransactionCanceledException",
                        "Transaction cancelled, please refer cancellation reasons for specific "
                        "reasons [" +
                            join(codes, ", ") + "]");
  out.fields = std::make_shared<const Value>(Value::map({{"CancellationReasons", reasons}}));
  return out;
}

// Every action is tried, so that all reasons are told.
Result<List> run(Call& call, const std::vector<Part>& parts) {
  List answers;
  Value reasons = Value::list();
  bool failed = false;
  for (const Part& part : parts) {
    auto answer = handler_of(part.kind)(call, part.in);
    if (!answer.has_value() && is_of_request(answer.error())) return std::move(answer.error());
    reasons.push_back(answer.has_value() ? Value::map({{"Code", "None"}})
                                         : reason_of(answer.error()));
    failed |= !answer.has_value();
    if (answer.has_value()) answers.push_back(std::move(*answer));
  }
  if (failed) return cancelled(reasons);
  return answers;
}

// Twice what the actions take alone, by table ("Capacity management for transactions").
void add_consumed(Value& out, const List& answers) {
  std::map<std::string, double> units;
  for (const Value& answer : answers)
    if (const Value& one = answer["ConsumedCapacity"]; one.is_map())
      units[one["TableName"].as_string()] += 2 * one["CapacityUnits"].as_real();
  Value list = Value::list();
  for (const auto& [table, all] : units)
    list.push_back(Value::map({{"TableName", table}, {"CapacityUnits", all}}));
  if (!list.empty()) out.set("ConsumedCapacity", std::move(list));
}

Status check_bytes(const std::vector<Part>& parts) {
  int64_t bytes = 0;
  for (const Part& part : parts)
    if (auto item = read_item(part.in["Item"]); item.has_value()) bytes += size_of_item(*item);
  if (bytes <= items_bytes_max) return {};
  return validation("Member must have size less than or equal to 4194304");
}

}  // namespace

Result<Value> transact_write_items(Call& call, const Value& in) {
  TRY(std::vector<Part> parts, read_parts(in, write_kinds));
  const std::string& token = in["ClientRequestToken"].as_string();
  std::string asked = hex_encode(sha256(to_json(in["TransactItems"])));
  if (Value before = cloud::recall(call, tokens, token); !token.empty() && !before.is_null()) {
    if (before.as_string() == asked) return Value::map({});
    return aws_error("IdempotentParameterMismatchException",
                     "The provided ClientRequestToken was used with other parameters before");
  }
  CHECK_OK(check_places(call, parts));
  CHECK_OK(check_bytes(parts));
  TRY(List answers, run(call, parts));
  if (!token.empty()) cloud::remember(call, tokens, token, Value(asked), call.now + token_ms);
  Value out = Value::map({});
  add_consumed(out, answers);
  return out;
}

Result<Value> transact_get_items(Call& call, const Value& in) {
  TRY(std::vector<Part> parts, read_parts(in, get_kinds));
  CHECK_OK(check_places(call, parts));
  for (Part& part : parts) part.in.set("ConsistentRead", true);
  TRY(List answers, run(call, parts));
  Value out = Value::map({});
  add_consumed(out, answers);
  Value responses = Value::list();
  for (const Value& answer : answers)
    responses.push_back(answer.has("Item") ? Value::map({{"Item", answer["Item"]}})
                                           : Value::map({}));
  return out.set("Responses", std::move(responses));
}

}  // namespace mainstay::dynamodb
