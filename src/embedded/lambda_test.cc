// Lambda within the cloud, where clients can't look: services that act for resources, and the role.
#include <doctest/doctest.h>

#include "base/json.hh"
#include "embedded/embedded.hh"
#include "zip/zip.hh"

using namespace mainstay;

namespace {

constexpr const char* account = "111122223333";
constexpr const char* region = "us-east-1";
constexpr const char* topic = "arn:aws:sns:us-east-1:111122223333:t";

struct World {
  std::unique_ptr<cloud::Cloud> cloud;

  Result<Value> ask(const char* service, const char* operation, Value in,
                    const cloud::Caller& caller = cloud::Caller::root_of(account)) {
    return cloud->invoke(caller, account, region, service, operation, std::move(in));
  }
  Result<Value> dry_run(const cloud::Caller& caller) {
    return ask("lambda", "Invoke",
               Value::map({{"FunctionName", "f"}, {"InvocationType", "DryRun"}}), caller);
  }

  explicit World(cloud::CloudOptions options = {})
      : cloud(embedded::open(std::move(options)).value()) {
    Value trust = parse_json(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})")
                      .value();
    auto role = ask("iam", "CreateRole",
                    Value::map({{"RoleName", "r"}, {"AssumeRolePolicyDocument", to_json(trust)}}));
    REQUIRE(role.has_value());
    std::string code = make_zip({{"index.py", "def handler(e, c): return e\n"}}).value();
    REQUIRE(ask("lambda", "CreateFunction",
                Value::map({{"FunctionName", "f"},
                            {"Runtime", "python3.12"},
                            {"Handler", "index.handler"},
                            {"Role", (*role)["Role"]["Arn"]},
                            {"Code", Value::map({{"ZipFile", Bytes{code}}})}}))
                .has_value());
  }
};

}  // namespace

TEST_CASE("a service that acts for a resource needs the function's policy") {
  World world;
  cloud::Caller sns = cloud::Caller::service_for(account, "sns.amazonaws.com", topic);
  CHECK(world.dry_run(sns).error().status == 403);
  auto add = [&](const char* id, const char* arn) {
    return world.ask("lambda", "AddPermission",
                     Value::map({{"FunctionName", "f"},
                                 {"StatementId", id},
                                 {"Action", "lambda:InvokeFunction"},
                                 {"Principal", "sns.amazonaws.com"},
                                 {"SourceArn", arn}}));
  };
  REQUIRE(add("other", "arn:aws:sns:us-east-1:111122223333:other").has_value());
  CHECK(world.dry_run(sns).error().status == 403);
  REQUIRE(add("topic", topic).has_value());
  CHECK(world.dry_run(sns).has_value());
  // Another service is not let in by it.
  cloud::Caller s3 = cloud::Caller::service_for(account, "s3.amazonaws.com", topic);
  CHECK(world.dry_run(s3).error().status == 403);
}

TEST_CASE("a role that is gone is told when a function is invoked") {
  World world;
  REQUIRE(world.ask("iam", "DeleteRole", Value::map({{"RoleName", "r"}})).has_value());
  auto answer = world.ask("lambda", "Invoke", Value::map({{"FunctionName", "f"}}));
  CHECK(answer.error().code == "AccessDeniedException");
  CHECK(answer.error().message == "The role defined for the function cannot be assumed by Lambda.");
}

TEST_CASE("functions do not run in a fork, and say so") {
  World world;
  auto fork = embedded::fork(*world.cloud);
  REQUIRE(fork.has_value());
  auto answer = (*fork)->invoke(cloud::Caller::root_of(account), account, region, "lambda",
                                "Invoke", Value::map({{"FunctionName", "f"}}));
  CHECK(answer.error().status == 501);
  CHECK(answer.error().message.contains("fork"));
}

TEST_CASE("a function that is being made can't be invoked yet, where that takes a while") {
  cloud::CloudOptions options;
  options.time = cloud::TimePlan::parse("stepped").value();
  World world(std::move(options));
  auto state = [&] {
    return world.ask("lambda", "GetFunctionConfiguration", Value::map({{"FunctionName", "f"}}))
        .value()["State"]
        .as_string();
  };
  cloud::Caller root = cloud::Caller::root_of(account);
  CHECK(state() == "Pending");
  CHECK(world.dry_run(root).error().code == "ResourceConflictException");
  world.cloud->clock().move_to(world.cloud->now() + 5'000);
  CHECK(state() == "Active");
  CHECK(world.dry_run(root).has_value());
}
