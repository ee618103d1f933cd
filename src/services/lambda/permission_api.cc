// Resource policies of functions, versions and aliases, made of statements that AddPermission
// words.
//
// Table "policy", by key_of(function, qualifier): Statements.
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "cloud/partition.hh"
#include "policy/document.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"

namespace mainstay::lambda {
namespace {

// AddPermission, "Principal": a service, an account, an ARN, or everybody.
Result<Value> principal_of(const Call& call, const std::string& text) {
  if (text == "*") return Value("*");
  if (is_account_id(text))
    return Value::map({{"AWS", "arn:" + std::string(cloud::partition_of(call.region)) +
                                   ":iam::" + text + ":root"}});
  if (text.starts_with("arn:")) return Value::map({{"AWS", text}});
  if (text.ends_with(".amazonaws.com") || text.ends_with(".amazon.com"))
    return Value::map({{"Service", text}});
  return invalid_parameter(
      "The provided principal was invalid. Please check the principal and try again.");
}

Value conditions_of(const Value& in) {
  Value out = Value::map({});
  struct Row {
    const char* member;
    const char* op;
    const char* key;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"SourceArn", "ArnLike", "AWS:SourceArn"},
           {"SourceAccount", "StringEquals", "AWS:SourceAccount"},
           {"PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"},
           {"FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"},
           {"EventSourceToken", "StringEquals", "lambda:EventSourceToken"},
           {"InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"}})
    if (in.has(row.member))
      out.member(row.op).set(
          row.key, in[row.member].is_bool() ? Value(in[row.member].to_text()) : in[row.member]);
  return out;
}

// What the permission is on: the document whose revision changes with it.
struct Guarded {
  const char* table;
  std::string key;
  Value document;
};

Result<Guarded> find_guarded(Call& call, const FunctionName& named) {
  const Value* function = call.find("function", named.name);
  if (!function) return function_not_found(call, named.name, named.qualifier);
  if (named.qualifier.empty()) return Guarded{"function", named.name, *function};
  if (named.qualifier == latest)
    return invalid_parameter("We currently do not support adding policies for $LATEST.");
  std::string key = key_of(named.name, named.qualifier);
  const char* table = is_number(named.qualifier) ? "version" : "alias";
  const Value* found = call.find(table, key);
  if (!found && is_number(named.qualifier))
    return function_not_found(call, named.name, named.qualifier);
  if (!found)
    return not_found("Cannot find alias arn: " + function_arn(call, named.name, named.qualifier));
  return Guarded{table, key, *found};
}

void put_policy(Call& call, const FunctionName& named, Guarded& guarded, Value statements) {
  std::string key = key_of(named.name, named.qualifier);
  if (statements.empty())
    call.remove("policy", key);
  else
    call.put("policy", key, Value::map({{"Statements", std::move(statements)}}));
  guarded.document.set("Revision", call.random.uuid()).erase("RevisionOnceSettled");
  call.put(guarded.table, guarded.key, guarded.document);
}

// As it is to be kept.
Result<Value> take_statement(Call& call, const Value& statement) {
  Value document = Value::map({{"Version", "2012-10-17"}, {"Statement", Value::list({statement})}});
  auto taken = cloud::take_policy(call, to_json(document), policy::Kind::resource);
  if (!taken.has_value())
    return invalid_parameter(
        "The provided principal was invalid. Please check the principal and try again.");
  TRY(Value kept, parse_json(taken->kept));
  return kept["Statement"].at(0);
}

}  // namespace

Result<Value> add_permission(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  TRY(Guarded guarded, find_guarded(call, named));
  std::string key = key_of(named.name, named.qualifier);
  const Value* policy = call.find("policy", key);
  Value statements = policy ? (*policy)["Statements"] : Value::list();
  CHECK_OK(
      check_revision(call, guarded.document, in, policy ? "GetPolicy" : "GetFunction/GetAlias"));
  const std::string& id = in["StatementId"].as_string();
  for (const Value& one : statements.items())
    if (one["Sid"].as_string() == id)
      return conflict("The statement id (" + id +
                      ") provided already exists. Please provide a new statement id, or remove the "
                      "existing statement.");
  TRY(Value principal, principal_of(call, in["Principal"].as_string()));
  Value statement = Value::map({{"Sid", id},
                                {"Effect", "Allow"},
                                {"Principal", std::move(principal)},
                                {"Action", in["Action"]},
                                {"Resource", function_arn(call, named.name, named.qualifier)}});
  Value conditions = conditions_of(in);
  if (!conditions.empty()) statement.set("Condition", std::move(conditions));
  TRY(Value kept, take_statement(call, statement));
  statements.push_back(std::move(kept));
  constexpr size_t policy_bytes_max = 20'480;  // "Lambda quotas", function resource-based policy
  if (to_json(statements).size() > policy_bytes_max)
    return aws_error("PolicyLengthExceededException",
                     "The final policy size is bigger than the limit (20480).");
  put_policy(call, named, guarded, std::move(statements));
  return Value::map({{"Statement", to_json(statement)}});
}

Result<Value> remove_permission(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  TRY(Guarded guarded, find_guarded(call, named));
  const Value* policy = call.find("policy", key_of(named.name, named.qualifier));
  if (!policy) return not_found("No policy is associated with the given resource.");
  CHECK_OK(check_revision(call, guarded.document, in, "GetPolicy"));
  Value kept = Value::list();
  for (const Value& one : (*policy)["Statements"].items())
    if (one["Sid"] != in["StatementId"]) kept.push_back(one);
  if (kept.size() == (*policy)["Statements"].size())
    return not_found("Statement " + in["StatementId"].as_string() +
                     " is not found in resource policy.");
  put_policy(call, named, guarded, std::move(kept));
  return Value::map({});
}

Result<Value> get_policy(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  if (named.qualifier == latest) named.qualifier.clear();
  TRY(Guarded guarded, find_guarded(call, named));
  const Value* policy = call.find("policy", key_of(named.name, named.qualifier));
  if (!policy) return not_found("The resource you requested does not exist.");
  Value document = Value::map(
      {{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", (*policy)["Statements"]}});
  return Value::map({{"Policy", cloud::shown_policy(call, to_json(document))},
                     {"RevisionId", current_revision(call, guarded.document)}});
}

}  // namespace mainstay::lambda
