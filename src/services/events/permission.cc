// Who may put events onto a bus: its policy, whole or a statement at a time.
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "services/events/handlers.hh"

namespace mainstay::events {
namespace {

constexpr size_t policy_bytes_max = 10'240;  // "Amazon EventBridge quotas": policy size

Value statements_of(const Value& bus) {
  auto policy = parse_json(bus["Policy"].as_string());
  if (!policy.has_value()) return Value::list();
  const Value& statements = (*policy)["Statement"];
  return statements.is_list() ? statements : Value::list({statements});
}

// As it is to be kept (cloud/kept_policy.hh).
Result<std::string> take_policy(Call& call, const std::string& text) {
  auto taken = cloud::take_policy(call, text, policy::Kind::resource);
  if (!taken.has_value())
    return validation("This policy contains invalid Json or is not valid: " +
                      taken.error().message);
  return std::move(taken->kept);
}

Result<Value> take_statement(Call& call, Value statement) {
  TRY(std::string kept,
      take_policy(call, to_json(Value::map(
                            {{"Version", "2012-10-17"}, {"Statement", std::move(statement)}}))));
  TRY(Value policy, parse_json(kept));
  return policy["Statement"];
}

Status set_policy(Value& bus, const std::string& text) {
  if (text.size() > policy_bytes_max)
    return aws_error("PolicyLengthExceededException",
                     "The policy of the event bus is longer than 10240 bytes.");
  bus.set("Policy", text);
  return {};
}

Status set_statements(Value& bus, Value statements) {
  if (statements.empty()) {
    bus.erase("Policy");
    return {};
  }
  return set_policy(
      bus, to_json(Value::map({{"Version", "2012-10-17"}, {"Statement", std::move(statements)}})));
}

Value without_statement(const Value& statements, const Value& id) {
  Value out = Value::list();
  for (const Value& statement : statements.items())
    if (statement["Sid"] != id) out.push_back(statement);
  return out;
}

Result<Value> make_statement(Call& call, const Value& bus, const Value& in) {
  const std::string& principal = in["Principal"].as_string();
  for (const char* member : {"Action", "Principal", "StatementId"})
    if (!in.has(member))
      return validation(std::string("Parameter ") + member + " must be specified.");
  if (in["Action"].as_string() != "events:PutEvents")
    return not_valid("Action", "Provided value is not one of the allowed values.");
  if (principal != "*" && !is_account_id(principal))
    return not_valid("Principal", "Provided value is not an account id.");
  Value statement = Value::map({{"Sid", in["StatementId"]}, {"Effect", "Allow"}});
  statement.set("Principal", principal == "*"
                                 ? Value("*")
                                 : Value::map({{"AWS", "arn:aws:iam::" + principal + ":root"}}));
  statement.set("Action", in["Action"]);
  statement.set("Resource", bus_arn(call, bus["Name"].as_string()));
  if (const Value& condition = in["Condition"]; !condition.is_null())
    statement.set("Condition",
                  Value::map({{condition["Type"].as_string(),
                               Value::map({{condition["Key"].as_string(), condition["Value"]}})}}));
  return statement;
}

}  // namespace

Result<Value> put_permission(Call& call, const Value& in) {
  TRY(Value bus, find_bus(call, bus_name_of(in["EventBusName"])));
  bool is_one_statement = in.has("Policy") && in.has("StatementId") &&
                          call.caller.asking_service() == "cloudformation.amazonaws.com";
  if (is_one_statement) {
    // An AWS::Events::EventBusPolicy with a Statement, which the operation has no form for.
    auto statement = parse_json(in["Policy"].as_string());
    if (!statement.has_value()) return validation("Statement is no valid JSON.");
    Value statements = without_statement(statements_of(bus), in["StatementId"]);
    TRY(Value kept, take_statement(call, statement->set("Sid", in["StatementId"])));
    statements.push_back(std::move(kept));
    CHECK_OK(set_statements(bus, std::move(statements)));
  } else if (in.has("Policy")) {
    TRY(std::string kept, take_policy(call, in["Policy"].as_string()));
    CHECK_OK(set_policy(bus, kept));
  } else {
    TRY(Value statement, make_statement(call, bus, in));
    Value statements = without_statement(statements_of(bus), in["StatementId"]);
    TRY(Value kept, take_statement(call, std::move(statement)));
    statements.push_back(std::move(kept));
    CHECK_OK(set_statements(bus, std::move(statements)));
  }
  put_bus(call, bus.set("LastModifiedTime", call.now));
  return Value::map({});
}

Result<Value> remove_permission(Call& call, const Value& in) {
  TRY(Value bus, find_bus(call, bus_name_of(in["EventBusName"])));
  if (!bus.has("Policy")) return not_found("EventBus does not have a policy.");
  if (in["RemoveAllPermissions"].as_bool()) {
    bus.erase("Policy");
  } else {
    Value before = statements_of(bus);
    Value after = without_statement(before, in["StatementId"]);
    if (after.size() == before.size())
      return not_found("Statement with the provided id does not exist.");
    CHECK_OK(set_statements(bus, std::move(after)));
  }
  put_bus(call, bus.set("LastModifiedTime", call.now));
  return Value::map({});
}

}  // namespace mainstay::events
