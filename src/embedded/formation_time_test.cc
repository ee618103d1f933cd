// Times that stacks keep to, on a clock that is moved by hand.
#include "embedded/formation_test_support.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

constexpr int64_t minute_ms = 60'000;

constexpr const char* endless = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Condition: {Type: AWS::CloudFormation::WaitCondition, DependsOn: Vpc, Properties: {Handle: !Ref Handle, Timeout: "3600"}}
)";

std::string parameter(const std::string& value) {
  return "Resources: {P: {Type: AWS::SSM::Parameter, Properties: {Name: /p, Type: String, Value: " +
         value + "}}}";
}

void begin(test::World& world, Value request) {
  Value out = world.get("CreateStack", std::move(request));
  REQUIRE_MESSAGE(out.has("StackId"), to_json(out));
}

size_t vpcs(test::World& world) {
  return (*world.ask("ec2", "DescribeVpcs", Value::map({})))["Vpcs"].size();
}

}  // namespace

TEST_CASE("a creation that takes longer than its timeout is rolled back") {
  test::World world("", 7);
  size_t before = vpcs(world);
  begin(world, world.request("s", endless).set("TimeoutInMinutes", 5));
  world.run_due();
  world.pass(4 * minute_ms);
  CHECK(world.status("s") == "CREATE_IN_PROGRESS");
  world.pass(minute_ms);
  CHECK(world.settled("s")["StackStatus"].as_string() == "ROLLBACK_COMPLETE");
  std::string reasons = world.reasons("s");
  CHECK(
      reasons.contains("s ROLLBACK_IN_PROGRESS: Stack creation time exceeded the specified "
                       "timeout. Rollback requested by user."));
  CHECK(reasons.contains("Condition CREATE_FAILED: Resource creation cancelled"));
  CHECK(vpcs(world) == before);
}

TEST_CASE("what a timeout does is OnFailure's to say") {
  for (auto [on_failure, status] :
       {std::pair("DO_NOTHING", "CREATE_FAILED"), std::pair("DELETE", "DELETE_COMPLETE")}) {
    CAPTURE(on_failure);
    test::World world("", 7);
    begin(world,
          world.request("s", endless).set("TimeoutInMinutes", 5).set("OnFailure", on_failure));
    world.run_due();
    std::string id = world.stack("s")["StackId"].as_string();
    world.pass(5 * minute_ms);
    CHECK(world.settled(id)["StackStatus"].as_string() == status);
    CHECK(world.reasons(id).contains("Stack creation time exceeded the specified timeout."));
  }
}

TEST_CASE("a timeout goes on over a restart, and harms nothing that is done in time") {
  test::Folder folder;
  {
    test::World world(folder.path.string(), 7);
    begin(world, world.request("s", endless).set("TimeoutInMinutes", 5));
    begin(world, world.request("quick", parameter("a")).set("TimeoutInMinutes", 5));
    CHECK(world.settled("quick")["StackStatus"].as_string() == "CREATE_COMPLETE");
    world.run_due();
    world.pass(3 * minute_ms);
  }
  test::World world(folder.path.string(), 8);
  world.pass(2 * minute_ms);
  CHECK(world.settled("s")["StackStatus"].as_string() == "ROLLBACK_COMPLETE");
  CHECK(world.reasons("s").contains("Stack creation time exceeded"));
  CHECK(world.status("quick") == "CREATE_COMPLETE");
}

TEST_CASE("a wait condition times out by the cloud's clock") {
  test::World world("", 7);
  begin(world, world.request("s", endless));
  world.run_due();
  world.pass(60 * minute_ms);
  CHECK(world.settled("s")["StackStatus"].as_string() == "ROLLBACK_COMPLETE");
  CHECK(world.reasons("s").contains("WaitCondition timed out. Received 0 conditions"));
}

TEST_CASE("a nested stack has a timeout of its own") {
  test::World world("", 7);
  REQUIRE(world.ask("s3", "CreateBucket", Value::map({{"Bucket", "templates"}})).has_value());
  Value object = Value::map({{"Bucket", "templates"}, {"Key", "c"}, {"Body", Bytes{endless}}});
  REQUIRE(world.ask("s3", "PutObject", object).has_value());
  begin(world, world.request("s", R"(
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: https://templates.s3.amazonaws.com/c, TimeoutInMinutes: 5}
)"));
  std::string child;
  world.run_due();
  world.pass(5 * minute_ms);
  CHECK(world.settled("s")["StackStatus"].as_string() == "ROLLBACK_COMPLETE");
  CHECK(world.reasons("s").contains("Stack creation time exceeded the specified timeout."));
}

TEST_CASE("after an update is deployed it is watched before old resources go") {
  test::Folder folder;
  auto network = [](const std::string& cidr) {
    return "Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: " + cidr + "}}}";
  };
  Value watched = Value::map({{"MonitoringTimeInMinutes", 10}});
  size_t before = 0;
  {
    test::World world(folder.path.string(), 7);
    before = vpcs(world);
    world.create("s", network("10.1.0.0/16"));
    Value update = world.request("s", network("10.2.0.0/16")).set("RollbackConfiguration", watched);
    REQUIRE(world.get("UpdateStack", update).has("StackId"));
    world.run_due();
    CHECK(world.status("s") == "UPDATE_IN_PROGRESS");
    world.pass(6 * minute_ms);
  }
  test::World world(folder.path.string(), 8);
  CHECK(world.status("s") == "UPDATE_IN_PROGRESS");
  CHECK(vpcs(world) == before + 2);
  world.pass(4 * minute_ms);
  CHECK(world.settled("s")["StackStatus"].as_string() == "UPDATE_COMPLETE");
  CHECK(vpcs(world) == before + 1);
}
