// Many threads at once over one cloud: principals with policies, changes of those policies, stacks,
// and resets. What it looks for is found by the thread sanitizer (./dev build tsan, then
// build/tsan/src/embedded_test); here each answer is checked to be one of those that are possible.
#include <atomic>
#include <thread>

#include "embedded/formation_test_support.hh"
#include "wire/sigv4.hh"

using namespace mainstay;

namespace {

using formation::test::World;

constexpr int rounds = 25;

HttpRequest unsigned_form(const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.headers = {{"Host", "localhost:4566"},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = body;
  return request;
}

// A user with keys and one policy that another thread keeps changing.
struct Someone {
  wire::Credentials keys;

  explicit Someone(World& world) {
    REQUIRE(world.ask("iam", "CreateUser", Value::map({{"UserName", "ann"}})).has_value());
    allow(world, "ec2:*");
    auto made = world.ask("iam", "CreateAccessKey", Value::map({{"UserName", "ann"}}));
    REQUIRE(made.has_value());
    keys = {made->at_path("AccessKey.AccessKeyId").as_string(),
            made->at_path("AccessKey.SecretAccessKey").as_string(), ""};
  }

  static void allow(World& world, const std::string& action) {
    std::string document = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",)"
                           R"( "Action": ")" +
                           action + R"(", "Resource": "*"}})";
    auto put = world.ask(
        "iam", "PutUserPolicy",
        Value::map({{"UserName", "ann"}, {"PolicyName", "p"}, {"PolicyDocument", document}}));
    CHECK(put.has_value());
  }

  int status(World& world, const std::string& service, const std::string& body) const {
    HttpRequest request = unsigned_form(body);
    wire::sign(request, keys, "us-east-1", service, world.cloud->now());
    return world.cloud->handle(std::move(request)).status;
  }
};

const char* const vpc_template =
    R"({"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}})";

}  // namespace

TEST_CASE("requests, changes of policies and stacks at once") {
  World world("", 7, World::Later::threads);
  Someone ann(world);
  std::atomic<int> odd{0};
  auto asks = [&] {
    for (int i = 0; i < rounds; ++i) {
      int status = ann.status(world, "ec2", "Action=DescribeVpcs&Version=2016-11-15");
      if (status != 200 && status != 403) ++odd;
      if (ann.status(world, "sts", "Action=GetCallerIdentity&Version=2011-06-15") != 200) ++odd;
    }
  };
  auto changes = [&] {
    for (int i = 0; i < rounds; ++i) Someone::allow(world, i % 2 ? "ec2:*" : "s3:*");
  };
  auto makes = [&] {
    for (int i = 0; i < 3; ++i) {
      std::string name = "s" + std::to_string(i);
      if (!world.ask("CreateStack", world.request(name, vpc_template)).has_value()) ++odd;
      if (world.settled(name)["StackStatus"].as_string() != "CREATE_COMPLETE") ++odd;
    }
  };
  std::thread threads[] = {std::thread(asks), std::thread(asks), std::thread(changes),
                           std::thread(makes)};
  for (std::thread& thread : threads) thread.join();
  CHECK(odd == 0);
}

TEST_CASE("a reset amid requests leaves an empty cloud that goes on") {
  World world("", 7, World::Later::threads);
  std::atomic<int> odd{0};
  auto asks = [&] {
    for (int i = 0; i < rounds; ++i) {
      auto made =
          world.ask("iam", "CreateUser", Value::map({{"UserName", "u" + std::to_string(i)}}));
      if (!made.has_value() && made.error().code != "EntityAlreadyExists") ++odd;
    }
  };
  auto resets = [&] {
    for (int i = 0; i < 3; ++i) {
      HttpRequest request = unsigned_form("");
      request.path = "/moto-api/reset";
      if (world.cloud->handle(std::move(request)).status != 200) ++odd;
    }
  };
  std::thread threads[] = {std::thread(asks), std::thread(resets)};
  for (std::thread& thread : threads) thread.join();
  CHECK(odd == 0);
}
