#include "blueprints/app.hh"

#include <algorithm>

#include "base/text.hh"
#include "blueprints/builder.hh"
#include "blueprints/least_privilege.hh"

namespace mainstay::blueprints {
namespace {

constexpr size_t name_max = 40;

const Variable app_variables[] = {
    {"App",
     VariableType::text,
     true,
     {},
     "the application's name: a-z, 0-9 and single hyphens",
     {}},
    {"Environment", VariableType::text, true, {}, "dev, prod: a-z and 0-9 only", {}},
    {"OtherApps",
     VariableType::list,
     false,
     Value::list(),
     "the other applications of the account, whose names this one's prefix must not reach",
     {}},
    {"Overlap",
     VariableType::text,
     false,
     "refuse",
     "what to do with an application whose names begin as this one's do: refuse, or exclude (a "
     "denial keeps this role off them)",
     {}},
    {"Tables", VariableType::boolean, false, true, "DynamoDB tables <env>-<app>-*", {}},
    {"Queues", VariableType::boolean, false, false, "SQS queues <env>-<app>-*", {}},
    {"Secrets", VariableType::boolean, false, false, "secrets <env>/<app>/*", {}},
    {"Buckets",
     VariableType::list,
     false,
     Value::list(),
     "buckets in which the application has the prefix <env>/<app>/",
     {}},
    {"KmsKeys",
     VariableType::list,
     false,
     Value::list(),
     "ARNs of keys that it may use through those services",
     {}},
    {"PermissionsBoundary", VariableType::text, false, "", "the ARN of a boundary", {}},
};

Error invalid(std::string message, std::string hint) {
  return Error("BlueprintInvalid", std::move(message)).with_hint(std::move(hint));
}

bool is_plain(std::string_view name, bool hyphens) {
  std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (!hyphens) letters.remove_suffix(1);
  return !name.empty() && name.size() <= name_max &&
         name.find_first_not_of(letters) == std::string_view::npos && !name.starts_with('-') &&
         !name.ends_with('-') && name.find("--") == std::string_view::npos;
}

// The names that belong to one application: what stands before the part it chooses itself.
struct Names {
  std::string app, environment;
  std::string prefix() const { return environment + "-" + app + "-"; }
  std::string path() const { return environment + "/" + app + "/"; }

  std::string tables() const { return arn_here("dynamodb", "table/" + prefix() + "*"); }
  std::string queues() const { return arn_here("sqs", prefix() + "*"); }
  std::string secrets() const { return arn_here("secretsmanager", "secret:" + path() + "*"); }
};

Status check_names(const Value& given, const Names& names) {
  if (!is_plain(names.app, true))
    return Error(invalid("App \"" + printable(names.app) + "\" is no name of an application",
                         "a-z, 0-9 and single hyphens between them, at most 40"))
        .because("variable App");
  // A hyphen in it would let environment "dev" and application "2-api" mean the same names as
  // environment "dev-2" and application "api".
  if (!is_plain(names.environment, false))
    return Error(invalid("Environment \"" + printable(names.environment) + "\" may not be used",
                         "a-z and 0-9 only, at most 40"))
        .because("variable Environment");
  const std::string& overlap = given["Overlap"].as_string();
  if (overlap != "refuse" && overlap != "exclude")
    return Error(invalid("Overlap is \"" + printable(overlap) + "\"", "refuse or exclude"))
        .because("variable Overlap");
  return {};
}

// The applications whose names begin as this one's: "api-admin" for "api".
std::vector<Names> reached(const Value& given, const Names& names) {
  std::vector<Names> out;
  for (const Value& other : given["OtherApps"].items()) {
    Names theirs{other.to_text(), names.environment};
    if (theirs.app != names.app && theirs.prefix().starts_with(names.prefix()))
      out.push_back(std::move(theirs));
  }
  return out;
}

void add_tables(Value& statements, const Names& names, std::vector<std::string>& own) {
  statements.push_back(
      allow("Tables",
            {"dynamodb:CreateTable", "dynamodb:UpdateTable", "dynamodb:DescribeTable",
             "dynamodb:UpdateTimeToLive", "dynamodb:DescribeTimeToLive", "dynamodb:TagResource",
             "dynamodb:UntagResource", "dynamodb:ListTagsOfResource", "dynamodb:GetItem",
             "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem",
             "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
             "dynamodb:ConditionCheckItem"},
            {names.tables()}));
  statements.push_back(allow(
      "Streams", {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
      {names.tables() + "/stream/*"}));
  own.push_back(names.tables());
}

void add_queues(Value& statements, const Names& names, std::vector<std::string>& own) {
  statements.push_back(
      allow("Queues",
            {"sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SendMessage", "sqs:ReceiveMessage",
             "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"},
            {names.queues()}));
  own.push_back(names.queues());
}

void add_secrets(Value& statements, const Names& names, std::vector<std::string>& own) {
  statements.push_back(allow("Secrets",
                             {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
                             {names.secrets()}));
  own.push_back(names.secrets());
}

void add_buckets(Value& statements, const Value& buckets, const Names& names,
                 std::vector<std::string>& own) {
  std::vector<std::string> objects, whole;
  for (const Value& bucket : buckets.items()) {
    whole.push_back("arn:${AWS::Partition}:s3:::" + bucket.to_text());
    objects.push_back(whole.back() + "/" + names.path() + "*");
  }
  if (whole.empty()) return;
  statements.push_back(allow(
      "Objects", {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"},
      objects));
  statements.push_back(
      allow("Listing", {"s3:ListBucket"}, whole,
            Value::map({{"StringLike", Value::map({{"s3:prefix", names.path() + "*"}})}})));
  for (const auto* list : {&objects, &whole}) own.insert(own.end(), list->begin(), list->end());
}

// Through the services that hold the application's data only, so that the key opens nothing else.
void add_keys(Value& statements, const Value& keys, std::vector<std::string>& own) {
  std::vector<std::string> arns;
  for (const Value& key : keys.items()) arns.push_back(key.to_text());
  if (arns.empty()) return;
  Value services = Value::list();
  for (const char* service : {"dynamodb", "s3", "secretsmanager", "sqs"})
    services.push_back(std::string(service) + ".${AWS::Region}.amazonaws.com");
  statements.push_back(
      allow("Keys", {"kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"}, arns,
            Value::map({{"StringEquals", Value::map({{"kms:ViaService", services}})}})));
  own.insert(own.end(), arns.begin(), arns.end());
}

// Whatever another policy of the role may allow, its tables stay, and so do other applications'.
std::vector<Limit> add_denials(Value& statements, const std::vector<Names>& others) {
  statements.push_back(deny("TablesStay", {"dynamodb:DeleteTable"}, {"*"}));
  std::vector<Limit> limits{never_allows({"dynamodb:DeleteTable"})};
  std::vector<std::string> theirs;
  for (const Names& other : others) {
    theirs.push_back(other.tables());
    theirs.push_back(other.queues());
  }
  if (theirs.empty()) return limits;
  statements.push_back(deny("NotOthers", {"dynamodb:*", "sqs:*"}, theirs));
  limits.push_back(never_reaches(theirs));
  return limits;
}

Result<Value> render_app(const Blueprint&, const RenderInput& input) {
  const Value& given = input.variables;
  Names names{given["App"].as_string(), given["Environment"].as_string()};
  CHECK_OK(check_names(given, names));
  std::vector<Names> others = reached(given, names);
  if (!others.empty() && given["Overlap"].as_string() == "refuse")
    return invalid("the names of application " + names.app + ", " + names.prefix() +
                       "*, reach those of " + others[0].app + ", " + others[0].prefix() + "*",
                   "name one of them differently, or set Overlap to exclude");
  Value statements = Value::list();
  std::vector<std::string> own;
  if (given["Tables"].as_bool()) add_tables(statements, names, own);
  if (given["Queues"].as_bool()) add_queues(statements, names, own);
  if (given["Secrets"].as_bool()) add_secrets(statements, names, own);
  add_buckets(statements, given["Buckets"], names, own);
  add_keys(statements, given["KmsKeys"], own);
  std::vector<Limit> limits = add_denials(statements, others);
  limits.push_back(stays_on(own));
  Value document = policy_of(std::move(statements));
  CHECK_OK(prove(document, limits));
  Builder t;
  std::string boundary = given["PermissionsBoundary"].as_string();
  t.resource(
      "TaskRole", "AWS::IAM::Role",
      Value::map(
          {{"RoleName", names.prefix() + "task"},
           {"AssumeRolePolicyDocument", trust_for("ecs-tasks.amazonaws.com")},
           {"PermissionsBoundary", boundary.empty() ? no_value() : Value(boundary)},
           {"Policies", Value::list({Value::map({{"PolicyName", "app"},
                                                 {"PolicyDocument", substituted(document)}})})}}));
  t.output("TaskRole", ref_to("TaskRole"));
  t.output("TaskRoleArn", get_att("TaskRole", "Arn"));
  t.output("NamePrefix", names.prefix());
  return std::move(t).finish();
}

}  // namespace

Blueprint app_blueprint() {
  return {"mainstay.app.App", "an application's task role, proved to reach only its own data",
          app_variables, render_app};
}

}  // namespace mainstay::blueprints
