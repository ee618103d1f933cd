// The life of stacks on the embedded cloud: created, seen, deleted.
#include "embedded/formation_test_support.hh"
#include "formation/types.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

constexpr const char* network = R"(
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, Tags: [{Key: Name, Value: !Ref "AWS::StackName"}]}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""], MapPublicIpOnLaunch: true}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
  Record:
    Type: AWS::Route53::RecordSet
    Properties: {HostedZoneId: !Ref Zone, Name: www.example.com, Type: A, TTL: "60", ResourceRecords: [10.0.0.1]}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt Address.AllocationId}}
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Queue: {Type: AWS::SQS::Queue}
Outputs:
  VpcId: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-Vpc"}}
  RoleArn: {Value: !GetAtt Role.Arn}
  Group: {Value: !GetAtt Group.GroupId}
  QueueArn: {Value: !GetAtt Queue.Arn}
)";

}  // namespace

TEST_CASE("forms of recorded types name types and attributes that AWS has") {
  const formation::Types& types = formation::Types::all();
  CHECK(types.with_form().size() > 200);
  for (const std::string& type : types.with_form()) {
    const cfn::Schema* schema = types.schema(type);
    CHECK_MESSAGE(schema, type);
    if (!schema) continue;
    for (const auto& [name, form] : types.recorded(type)["attributes"].members()) {
      bool known = schema->is_read_only(name) || schema->has_property(name);
      CHECK_MESSAGE(known, (type + "." + name));
    }
  }
}

TEST_CASE("a network is built in order, described and taken away") {
  test::World world;
  Value made = world.create("net", network);
  CAPTURE(world.reasons("net"));
  REQUIRE(made["StackStatus"].as_string() == "CREATE_COMPLETE");
  std::string vpc = world.output("net", "VpcId");
  CHECK(vpc.starts_with("vpc-"));
  CHECK(world.output("net", "RoleArn").starts_with("arn:aws:iam::123456789012:role/net-Role-"));
  CHECK(world.output("net", "QueueArn").starts_with("arn:aws:sqs:us-east-1:123456789012:"));
  Value tags =
      (*world.ask("ec2", "DescribeVpcs", Value::map({{"VpcIds", Value::list({vpc})}})))["Vpcs"].at(
          0)["Tags"];
  CHECK(to_json(tags).contains("aws:cloudformation:stack-name"));
  CHECK(world.get("ListExports", Value::map({}))["Exports"].at(0)["Name"].as_string() == "net-Vpc");
  Value gone = world.remove("net");
  CAPTURE(world.reasons(made["StackId"].as_string()));
  CHECK(gone["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(world.get("DescribeStacks", Value::map({{"StackName", "net"}}))["Message"].as_string() ==
        "Stack with id net does not exist");
  CHECK(world.get("ListExports", Value::map({}))["Exports"].empty());
  CHECK(
      !world.ask("ec2", "DescribeVpcs", Value::map({{"VpcIds", Value::list({vpc})}})).has_value());
}

TEST_CASE("parameters and keys are made, changed and taken away") {
  test::World world;
  auto body = [](const char* value) {
    return std::string(R"(
Resources:
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /app/size, Type: String, Value: )") +
           value + R"(, Tags: {stage: test}}}
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}]}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/app, TargetKeyId: !Ref Key}}
Outputs: {Arn: {Value: !GetAtt Key.Arn}}
)";
  };
  Value named = Value::map({{"Name", "/app/size"}});
  CHECK(world.create("p", body("one"))["StackStatus"].as_string() == "CREATE_COMPLETE");
  CAPTURE(world.reasons("p"));
  CHECK((*world.ask("ssm", "GetParameter", named))["Parameter"]["Value"].as_string() == "one");
  CHECK(world.update("p", body("two"))["StackStatus"].as_string() == "UPDATE_COMPLETE");
  CHECK((*world.ask("ssm", "GetParameter", named))["Parameter"]["Value"].as_string() == "two");
  CHECK(world.remove("p")["StackStatus"].as_string() == "DELETE_COMPLETE");
  CHECK(!world.ask("ssm", "GetParameter", named).has_value());
}
