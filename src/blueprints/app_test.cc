// What the App blueprint generates, and what it refuses to.
#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/text.hh"
#include "blueprints/blueprint.hh"
#include "blueprints/least_privilege.hh"

using namespace mainstay;
using namespace mainstay::blueprints;

namespace {

Result<Value> render_app_of(const char* variables) {
  return render(*find("mainstay.app.App").value(),
                {"one", "acme-one", parse_json(variables).value()});
}

constexpr const char* everything = R"({"App": "api", "Environment": "dev", "Queues": true,
  "Secrets": true, "Buckets": ["data"], "KmsKeys": ["arn:aws:kms:us-east-1:111122223333:key/k"]})";

}  // namespace

TEST_CASE("the task role has a statement for each kind of data, and none of them deletes tables") {
  Value made = render_app_of(everything).value();
  const Value& role = made["Resources"]["TaskRole"]["Properties"];
  CHECK(role["RoleName"].as_string() == "dev-api-task");
  const Value& policy = role["Policies"].at(0)["PolicyDocument"];
  std::string sids;
  for (const Value& s : policy["Statement"].items()) sids += s["Sid"].as_string() + " ";
  CHECK(sids == "Tables Streams Queues Secrets Objects Listing Keys TablesStay ");
  CHECK(to_json(policy["Statement"].at(0)["Resource"]) ==
        R"([{"Fn::Sub":"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:)"
        R"(table/dev-api-*"}])");
  CHECK(role["AssumeRolePolicyDocument"]["Statement"].at(0)["Principal"]["Service"].as_string() ==
        "ecs-tasks.amazonaws.com");
}

TEST_CASE("an application whose names this one's reach is refused, or kept out by a denial") {
  auto refused =
      render_app_of(R"({"App": "api", "Environment": "dev", "OtherApps": ["web", "api-admin"]})");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().to_string().contains(
      "the names of application api, dev-api-*, reach those of api-admin, dev-api-admin-*"));
  CHECK(render_app_of(R"({"App": "api-admin", "Environment": "dev", "OtherApps": ["api"]})")
            .has_value());
  Value apart = render_app_of(R"({"App": "api", "Environment": "dev", "OtherApps": ["api-admin"],
                                 "Overlap": "exclude"})")
                    .value();
  std::string text = to_json(apart);
  CHECK(text.contains("NotOthers"));
  CHECK(text.contains("table/dev-api-admin-*"));
}

TEST_CASE("names that could mean another environment's or application's are refused") {
  for (const char* variables :
       {R"({"App": "api", "Environment": "dev-2"})", R"({"App": "*", "Environment": "dev"})",
        R"({"App": "api-", "Environment": "dev"})", R"({"App": "a--b", "Environment": "dev"})",
        R"({"App": "api", "Environment": "${aws:username}"})", R"({"App": "", "Environment": "d"})",
        R"({"App": "api", "Environment": "dev", "Overlap": "ignore"})"})
    CHECK(render_app_of(variables).error().code == "BlueprintInvalid");
}

TEST_CASE("a policy beyond its limits does not pass, and the error names a request") {
  Value wide = policy_of(Value::list({allow("Wide", {"dynamodb:*"}, {"*"})}));
  Status deletes = prove(wide, {never_allows({"dynamodb:DeleteTable"})});
  REQUIRE_FALSE(deletes.has_value());
  CHECK(to_lower(deletes.error().message).contains("allow dynamodb:deletetable on"));
  CHECK_FALSE(prove(wide, {stays_on({arn_here("dynamodb", "table/dev-api-*")})}).has_value());
  CHECK_FALSE(
      prove(wide, {never_reaches({arn_here("dynamodb", "table/dev-api-admin-*")})}).has_value());
  CHECK(prove(wide, {never_allows({"s3:*"})}).has_value());
}
