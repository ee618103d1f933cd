// Updates: changes in place, replacement, rollback, change sets, exports, waiting.
#include <thread>

#include "base/text.hh"
#include "embedded/formation_test_support.hh"
#include "formation/signals.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

std::string two_subnets(const std::string& cidr, const std::string& extra = "") {
  return R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: )" +
         cidr + R"(, Tags: [{Key: Name, Value: a}]}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
)" + extra +
         "Outputs: {Subnet: {Value: !Ref Subnet}}\n";
}

size_t place(const std::vector<std::string>& story, const std::string& line) {
  size_t at = story.size();
  for (size_t i = 0; i < story.size(); ++i)
    if (story[i] == line) at = i;
  CHECK_MESSAGE(at < story.size(), line);
  return at;
}

const char* role(const char* description, const char* action) {
  static std::string text;
  text = std::string(R"(
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Description: )") +
         description + R"(
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies:
        - {PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ")" +
         action + R"(", Resource: "*"}]}}
)";
  return text.c_str();
}

}  // namespace

TEST_CASE("a private zone moves to the network that replaces its own") {
  test::World world;
  auto zone = [](const std::string& cidr) {
    return "Resources:\n"
           "  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: " +
           cidr +
           "}}\n"
           "  Zone:\n"
           "    Type: AWS::Route53::HostedZone\n"
           "    Properties: {Name: inside, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}\n";
  };
  REQUIRE(world.create("z", zone("10.1.0.0/16"))["StackStatus"].as_string() == "CREATE_COMPLETE");
  std::string id = world.physical("z", "Zone");
  Value done = world.update("z", zone("10.2.0.0/16"));
  CAPTURE(world.reasons("z"));
  CHECK(done["StackStatus"].as_string() == "UPDATE_COMPLETE");
  auto found = world.ask("route53", "GetHostedZone", Value::map({{"Id", id}}));
  REQUIRE(found.has_value());
  REQUIRE((*found)["VPCs"].size() == 1);
  CHECK((*found)["VPCs"].at(0)["VPCId"].as_string() == world.physical("z", "Vpc"));
}

TEST_CASE("a change in place keeps the resource") {
  test::World world;
  REQUIRE(world.create("r", role("one", "s3:GetObject"))["StackStatus"].as_string() ==
          "CREATE_COMPLETE");
  std::string name = world.physical("r", "Role");
  Value done = world.update("r", role("two", "s3:PutObject"));
  CAPTURE(world.reasons("r"));
  CHECK(done["StackStatus"].as_string() == "UPDATE_COMPLETE");
  CHECK(world.physical("r", "Role") == name);
  auto in_iam = world.ask("iam", "GetRole", Value::map({{"RoleName", name}}));
  REQUIRE(in_iam.has_value());
  CHECK((*in_iam)["Role"]["Description"].as_string() == "two");
  auto policy =
      world.ask("iam", "GetRolePolicy", Value::map({{"RoleName", name}, {"PolicyName", "p"}}));
  REQUIRE(policy.has_value());
  CHECK(percent_decode((*policy)["PolicyDocument"].as_string()).contains("s3:PutObject"));
  CHECK(world.get("UpdateStack", world.request("r", role("two", "s3:PutObject")))["Message"] ==
        Value("No updates are to be performed."));
}

TEST_CASE("replacement makes the new before it takes the old away") {
  test::World world;
  REQUIRE(world.create("s", two_subnets("10.0.1.0/24"))["StackStatus"] == Value("CREATE_COMPLETE"));
  std::string before = world.output("s", "Subnet"), vpc = world.physical("s", "Vpc");
  Value done = world.update("s", two_subnets("10.0.2.0/24"));
  CAPTURE(world.reasons("s"));
  REQUIRE(done["StackStatus"].as_string() == "UPDATE_COMPLETE");
  CHECK(world.output("s", "Subnet") != before);
  CHECK(world.physical("s", "Vpc") == vpc);
  auto story = world.story("s");
  CHECK(place(story, "Subnet UPDATE_COMPLETE") <
        place(story, "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"));
  CHECK(place(story, "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") <
        place(story, "Subnet DELETE_COMPLETE"));
  CHECK(!world.ask("ec2", "DescribeSubnets", Value::map({{"SubnetIds", Value::list({before})}}))
             .has_value());
  CHECK(world.remove("s")["StackStatus"].as_string() == "DELETE_COMPLETE");
}

TEST_CASE("what was to be replaced by something that can't be made stays") {
  test::World world;
  world.create("s", two_subnets("10.0.1.0/24"));
  std::string before = world.physical("s", "Subnet");
  Value done = world.update("s", two_subnets("192.168.0.0/24"));
  CAPTURE(world.reasons("s"));
  CHECK(done["StackStatus"].as_string() == "UPDATE_ROLLBACK_COMPLETE");
  CHECK(world.physical("s", "Subnet") == before);
  CHECK(world.ask("ec2", "DescribeSubnets", Value::map({{"SubnetIds", Value::list({before})}}))
            .has_value());
  CHECK(world.remove("s")["StackStatus"].as_string() == "DELETE_COMPLETE");
}

TEST_CASE("a failed update puts everything back") {
  test::World world;
  world.create("s", two_subnets("10.0.1.0/24"));
  std::string before = world.output("s", "Subnet");
  Value done = world.update(
      "s", two_subnets("10.0.2.0/24",
                       "  Bad: {Type: AWS::EC2::Subnet, DependsOn: Association, Properties: "
                       "{VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}}\n"));
  CAPTURE(world.reasons("s"));
  CHECK(done["StackStatus"].as_string() == "UPDATE_ROLLBACK_COMPLETE");
  CHECK(world.output("s", "Subnet") == before);
  CHECK(world.physical("s", "Subnet") == before);
  CHECK(world.reasons("s").contains("The following resource(s) failed to update: [Bad]."));
  auto subnets = world.ask(
      "ec2", "DescribeSubnets",
      Value::map({{"Filters", Value::list({Value::map(
                                  {{"Name", "vpc-id"},
                                   {"Values", Value::list({world.physical("s", "Vpc")})}})})}}));
  CHECK((*subnets)["Subnets"].size() == 1);
  CHECK(world.update("s", two_subnets("10.0.3.0/24"))["StackStatus"].as_string() ==
        "UPDATE_COMPLETE");
  CHECK(world.remove("s")["StackStatus"].as_string() == "DELETE_COMPLETE");
}

TEST_CASE("a failed creation is rolled back, kept or deleted, as OnFailure says") {
  test::World world;
  std::string bad = two_subnets("192.168.0.0/24");
  CHECK(world.create("a", bad)["StackStatus"].as_string() == "ROLLBACK_COMPLETE");
  CHECK(world.reasons("a").contains("(Service: Ec2, Status Code: 400, Request ID: "));
  Value in = world.request("b", bad);
  std::string id =
      world.get("CreateStack", in.set("OnFailure", "DO_NOTHING"))["StackId"].as_string();
  CHECK(world.settled(id)["StackStatus"].as_string() == "CREATE_FAILED");
  CHECK(world.status("b") == "CREATE_FAILED");
  in = world.request("c", bad);
  id = world.get("CreateStack", in.set("OnFailure", "DELETE"))["StackId"].as_string();
  CHECK(world.settled(id)["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(world.remove("a")["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(world.remove("b")["StackStatus"].as_string() == "DELETE_COMPLETE");
}

TEST_CASE("change sets: reviewed, executed, and empty ones refused") {
  test::World world;
  Value in = world.request("s", two_subnets("10.0.1.0/24"));
  in.set("ChangeSetName", "first").set("ChangeSetType", "CREATE");
  Value set = world.get("CreateChangeSet", in);
  REQUIRE_MESSAGE(set.has("Id"), to_json(set));
  CHECK(world.status("s") == "REVIEW_IN_PROGRESS");
  Value shown = world.get("DescribeChangeSet", Value::map({{"ChangeSetName", set["Id"]}}));
  CHECK(shown["Status"].as_string() == "CREATE_COMPLETE");
  CHECK(shown["Changes"].size() == 4);
  world.get("ExecuteChangeSet", Value::map({{"ChangeSetName", set["Id"]}}));
  CHECK(world.settled("s")["StackStatus"].as_string() == "CREATE_COMPLETE");
  in.set("ChangeSetType", "UPDATE").set("ChangeSetName", "second");
  Value empty = world.get("CreateChangeSet", in);
  shown = world.get("DescribeChangeSet", Value::map({{"ChangeSetName", empty["Id"]}}));
  CHECK(shown["Status"].as_string() == "FAILED");
  CHECK(shown["StatusReason"].as_string().contains("didn't contain changes"));
  in.set("TemplateBody", two_subnets("10.0.9.0/24")).set("ChangeSetName", "third");
  Value third = world.get("CreateChangeSet", in);
  shown = world.get("DescribeChangeSet", Value::map({{"ChangeSetName", third["Id"]}}));
  const Value& change = shown["Changes"].at(0)["ResourceChange"];
  CHECK(change["LogicalResourceId"].as_string() == "Subnet");
  CHECK(change["Replacement"].as_string() == "True");
  CHECK(change["PhysicalResourceId"].as_string() == world.physical("s", "Subnet"));
  world.get("ExecuteChangeSet", Value::map({{"ChangeSetName", "third"}, {"StackName", "s"}}));
  CHECK(world.settled("s")["StackStatus"].as_string() == "UPDATE_COMPLETE");
  CHECK(world
            .get("DescribeChangeSet",
                 Value::map({{"ChangeSetName", "nope"}, {"StackName", "s"}}))["Error"]
            .as_string() == "ChangeSetNotFound");
}

TEST_CASE("exports in use can neither change nor go") {
  test::World world;
  std::string out = R"(
Resources: {Gateway: {Type: AWS::EC2::InternetGateway}}
Outputs: {G: {Value: !Ref Gateway, Export: {Name: shared}}}
)";
  std::string in = R"(
Resources:
  Parameter: {Type: AWS::SQS::Queue, Properties: {QueueName: !ImportValue shared}}
)";
  REQUIRE(world.create("a", out)["StackStatus"].as_string() == "CREATE_COMPLETE");
  REQUIRE(world.create("b", in)["StackStatus"].as_string() == "CREATE_COMPLETE");
  CHECK(world.get("ListImports", Value::map({{"ExportName", "shared"}}))["Imports"].at(0) ==
        Value("b"));
  CHECK(world.get("DeleteStack", Value::map({{"StackName", "a"}}))["Message"].as_string() ==
        "Export shared cannot be deleted as it is in use by b");
  CHECK(world.create("c", out)["StackStatus"].as_string() == "ROLLBACK_COMPLETE");
  CHECK(world.remove("b")["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(world.remove("a")["StackStatus"].as_string() == "DELETE_COMPLETE");
}

TEST_CASE("a wait condition waits for its signals") {
  test::World world;
  auto body = [](int timeout) {
    return R"(
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Condition:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: !Ref Handle, Count: 1, Timeout: ")" +
           std::to_string(timeout) + "\"}\nOutputs: {Data: {Value: !GetAtt Condition.Data}}\n";
  };
  Value out = world.get("CreateStack", world.request("w", body(600)));
  REQUIRE(out.has("StackId"));
  world.run_due();
  std::string url = world.physical("w", "Handle");
  CHECK(!signal_wait_handle(*world.cloud, url, "{}").has_value());
  CHECK(
      signal_wait_handle(*world.cloud, url, R"({"Status":"SUCCESS","UniqueId":"1","Data":"ready"})")
          .has_value());
  CHECK(world.settled("w")["StackStatus"].as_string() == "CREATE_COMPLETE");
  CHECK(world.output("w", "Data") == R"({"1":"ready"})");
  CHECK(world.create("late", body(0))["StackStatus"].as_string() == "ROLLBACK_COMPLETE");
  CHECK(world.reasons("late").contains(
      "WaitCondition timed out. Received 0 conditions when expecting 1"));
}

TEST_CASE("what AWS refuses is refused in its words") {
  test::World world;
  std::string body = "Resources: {G: {Type: AWS::EC2::InternetGateway}}";
  world.create("s", body);
  CHECK(world.get("CreateStack", world.request("s", body))["Message"].as_string() ==
        "Stack [s] already exists");
  Value protect = Value::map({{"StackName", "s"}, {"EnableTerminationProtection", true}});
  world.get("UpdateTerminationProtection", protect);
  CHECK(world.get("DeleteStack", Value::map({{"StackName", "s"}}))["Message"].as_string() ==
        "Stack [s] cannot be deleted while TerminationProtection is enabled");
  CHECK(
      world
          .get("CreateStack", world.request("t", "Resources: {G: {Type: AWS::Nope::X}}"))["Message"]
          .as_string() == "Template format error: Unrecognized resource types: [AWS::Nope::X]");
  Value in = world.request("r", role("x", "s3:*"));
  in.erase("Capabilities");
  Value refused = world.get("CreateStack", in);
  CHECK(refused["Error"].as_string() == "InsufficientCapabilitiesException");
  CHECK(refused["Message"].as_string() == "Requires capabilities : [CAPABILITY_IAM]");
}
