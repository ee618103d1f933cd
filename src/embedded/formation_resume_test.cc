// What happens to stacks when the process ends in the middle, and how large stacks fare.
#include "embedded/formation_test_support.hh"
#include "formation/signals.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

std::string chain(size_t count) {
  std::string body = "Resources:\n";
  for (size_t i = 0; i < count; ++i) {
    body += "  Gateway" + std::to_string(i) + ": {Type: AWS::EC2::InternetGateway";
    if (i % 10 != 0) body += ", DependsOn: Gateway" + std::to_string(i - 1);
    body += "}\n";
  }
  return body;
}

constexpr const char* waiting = R"(
Resources:
  Gateway: {Type: AWS::EC2::InternetGateway}
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Condition:
    Type: AWS::CloudFormation::WaitCondition
    DependsOn: Gateway
    Properties: {Handle: !Ref Handle, Timeout: "600"}
  Role:
    Type: AWS::IAM::Role
    DependsOn: Condition
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
)";

size_t gateways(test::World& world) {
  auto all = world.ask("ec2", "DescribeInternetGateways", Value::map({}));
  return (*all)["InternetGateways"].size();
}

}  // namespace

TEST_CASE("a creation goes on where the process left it") {
  test::Folder folder;
  std::string url;
  size_t before = 0;
  {
    test::World world(folder.path.string());
    before = gateways(world);
    REQUIRE(world.get("CreateStack", world.request("w", waiting)).has("StackId"));
    world.run_due();
    url = world.physical("w", "Handle");
  }
  test::World world(folder.path.string(), 8);
  CHECK(world.status("w") == "CREATE_IN_PROGRESS");
  REQUIRE(
      signal_wait_handle(*world.cloud, url, R"({"Status":"SUCCESS","UniqueId":"1"})").has_value());
  CHECK(world.settled("w")["StackStatus"].as_string() == "CREATE_COMPLETE");
  CHECK(world.physical("w", "Role").starts_with("w-Role-"));
  CHECK(gateways(world) == before + 1);
  CHECK(world.remove("w")["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(gateways(world) == before);
}

TEST_CASE("a stack that is being made can be deleted, and its creation stops") {
  test::World world;
  size_t before = gateways(world);
  REQUIRE(world.get("CreateStack", world.request("w", waiting)).has("StackId"));
  world.run_due();
  CHECK(world.remove("w")["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(gateways(world) == before);
}

TEST_CASE("stopping at any moment loses no resource") {
  constexpr auto threads = test::World::Later::threads;
  for (int pause_ms : {0, 1, 2, 4, 8}) {
    CAPTURE(pause_ms);
    test::Folder folder;
    size_t before = 0;
    {
      test::World world(folder.path.string(), 7, threads);
      before = gateways(world);
      REQUIRE(world.get("CreateStack", world.request("c", chain(100))).has("StackId"));
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    }
    {
      test::World world(folder.path.string(), 8, threads);
      REQUIRE(world.settled("c")["StackStatus"].as_string() == "CREATE_COMPLETE");
      CHECK(gateways(world) == before + 100);
      world.get("DeleteStack", Value::map({{"StackName", "c"}}));
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    }
    test::World world(folder.path.string(), 9);
    world.run_due();
    CHECK(world.get("DescribeStacks", Value::map({{"StackName", "c"}})).has("Error"));
    CHECK(gateways(world) == before);
  }
}

TEST_CASE("a drift detection goes on where the process left it") {
  test::Folder folder;
  Value begun;
  {
    test::World world(folder.path.string());
    world.create("c", chain(100));
    begun = world.get("DetectStackDrift", Value::map({{"StackName", "c"}}));
    REQUIRE_MESSAGE(begun.has("StackDriftDetectionId"), to_json(begun));
  }
  test::World world(folder.path.string(), 8);
  world.run_due();
  Value status = world.get("DescribeStackDriftDetectionStatus", begun);
  CHECK(status["DetectionStatus"].as_string() == "DETECTION_COMPLETE");
  CHECK(world.stack("c")["DriftInformation"]["StackDriftStatus"].as_string() == "IN_SYNC");
}

TEST_CASE("two hundred resources: events in pages, resources in pages") {
  test::World world;
  REQUIRE(world.create("big", chain(200))["StackStatus"].as_string() == "CREATE_COMPLETE");
  CHECK(world.story("big").size() == 2 + 200 * 3);
  Value page = world.get("ListStackResources", Value::map({{"StackName", "big"}}));
  CHECK(page["StackResourceSummaries"].size() == 100);
  CHECK(page.has("NextToken"));
  CHECK(world.remove("big")["StackStatus"].as_string() == "DELETE_COMPLETE");
}

TEST_CASE("nested stacks: outputs flow up, updates and deletion flow down") {
  test::World world;
  auto bucket = world.ask("s3", "CreateBucket", Value::map({{"Bucket", "templates"}}));
  REQUIRE(bucket.has_value());
  auto keep = [&](const char* key, const std::string& body) {
    auto put =
        world.ask("s3", "PutObject",
                  Value::map({{"Bucket", "templates"}, {"Key", key}, {"Body", Bytes{body}}}));
    REQUIRE_MESSAGE(put.has_value(), (put.has_value() ? "" : put.error().to_string()));
  };
  keep("child.yaml", R"(
Parameters: {Cidr: {Type: String}}
Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}}
Outputs: {Vpc: {Value: !Ref Vpc}, Cidr: {Value: !GetAtt Vpc.CidrBlock}}
)");
  auto parent = [](const std::string& cidr) {
    return R"(
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://templates.s3.amazonaws.com/child.yaml
      Parameters: {Cidr: )" +
           cidr + R"(}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !GetAtt Child.Outputs.Vpc, CidrBlock: !Select [0, !Cidr [!GetAtt Child.Outputs.Cidr, 4, 8]]}
)";
  };
  Value made = world.create("top", parent("10.1.0.0/16"));
  CAPTURE(world.reasons("top"));
  REQUIRE(made["StackStatus"].as_string() == "CREATE_COMPLETE");
  std::string child = world.physical("top", "Child");
  CHECK(world.stack(child)["ParentId"] == made["StackId"]);
  CHECK(world.status(child) == "CREATE_COMPLETE");
  std::string subnet = world.physical("top", "Subnet");
  CHECK(world.update("top", parent("10.2.0.0/16"))["StackStatus"].as_string() == "UPDATE_COMPLETE");
  CHECK(world.physical("top", "Child") == child);
  CHECK(world.physical("top", "Subnet") != subnet);
  CHECK(world.remove("top")["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(world.status(child) == "DELETE_COMPLETE");
}

TEST_CASE("a bucket follows its template") {
  test::World world;
  auto body = [](const char* status, const char* tag) {
    return std::string(R"(
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties:
      VersioningConfiguration: {Status: )") +
           status + "}\n      Tags: [{Key: stage, Value: " + tag + R"(}]
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "s3:*", Resource: !Sub "${Bucket.Arn}/*", Condition: {Bool: {"aws:SecureTransport": "false"}}}]}
)";
  };
  Value made = world.create("b", body("Enabled", "one"));
  CAPTURE(world.reasons("b"));
  REQUIRE(made["StackStatus"].as_string() == "CREATE_COMPLETE");
  Value in = Value::map({{"Bucket", world.physical("b", "Bucket")}});
  CHECK((*world.ask("s3", "GetBucketVersioning", in))["Status"].as_string() == "Enabled");
  CHECK(world.ask("s3", "GetBucketPolicy", in).has_value());
  CHECK(world.update("b", body("Suspended", "two"))["StackStatus"].as_string() ==
        "UPDATE_COMPLETE");
  CHECK((*world.ask("s3", "GetBucketVersioning", in))["Status"].as_string() == "Suspended");
  CHECK(to_json((*world.ask("s3", "GetBucketTagging", in))).contains("two"));
  CHECK(world.remove("b")["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(world.ask("s3", "GetBucketVersioning", in).has_value());
}
