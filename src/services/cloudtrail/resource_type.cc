// Which members of requests and answers name resources, and of which type: CloudTrail derives what
// LookupEvents finds by ResourceName from these.
#include <algorithm>
#include <array>

#include "services/cloudtrail/event.hh"

namespace mainstay::cloudtrail {
namespace {

struct Row {
  std::string_view service, member, type;
};

constexpr Row rows[] = {
    {"cloudformation", "StackName", "AWS::CloudFormation::Stack"},
    {"cloudformation", "StackId", "AWS::CloudFormation::Stack"},
    {"cloudformation", "ChangeSetName", "AWS::CloudFormation::ChangeSet"},
    {"dynamodb", "TableName", "AWS::DynamoDB::Table"},
    {"dynamodb", "TableArn", "AWS::DynamoDB::Table"},
    {"ec2", "AllocationId", "AWS::EC2::EIP"},
    {"ec2", "DhcpOptionsId", "AWS::EC2::DHCPOptions"},
    {"ec2", "GroupId", "AWS::EC2::SecurityGroup"},
    {"ec2", "GroupName", "AWS::EC2::SecurityGroup"},
    {"ec2", "ImageId", "AWS::EC2::Ami"},
    {"ec2", "InstanceId", "AWS::EC2::Instance"},
    {"ec2", "InstanceIds", "AWS::EC2::Instance"},
    {"ec2", "InternetGatewayId", "AWS::EC2::InternetGateway"},
    {"ec2", "KeyName", "AWS::EC2::KeyPair"},
    {"ec2", "NatGatewayId", "AWS::EC2::NatGateway"},
    {"ec2", "NetworkAclId", "AWS::EC2::NetworkAcl"},
    {"ec2", "NetworkInterfaceId", "AWS::EC2::NetworkInterface"},
    {"ec2", "RouteTableId", "AWS::EC2::RouteTable"},
    {"ec2", "SecurityGroupIds", "AWS::EC2::SecurityGroup"},
    {"ec2", "SubnetId", "AWS::EC2::Subnet"},
    {"ec2", "VolumeId", "AWS::EC2::Volume"},
    {"ec2", "VpcEndpointId", "AWS::EC2::VPCEndpoint"},
    {"ec2", "VpcId", "AWS::EC2::VPC"},
    {"iam", "AccessKeyId", "AWS::IAM::AccessKey"},
    {"iam", "GroupName", "AWS::IAM::Group"},
    {"iam", "InstanceProfileName", "AWS::IAM::InstanceProfile"},
    {"iam", "PolicyArn", "AWS::IAM::Policy"},
    {"iam", "PolicyName", "AWS::IAM::Policy"},
    {"iam", "RoleName", "AWS::IAM::Role"},
    {"iam", "UserName", "AWS::IAM::User"},
    {"kms", "AliasName", "AWS::KMS::Alias"},
    {"kms", "KeyId", "AWS::KMS::Key"},
    {"kms", "TargetKeyId", "AWS::KMS::Key"},
    {"organizations", "AccountId", "AWS::Organizations::Account"},
    {"organizations", "OrganizationalUnitId", "AWS::Organizations::OrganizationalUnit"},
    {"organizations", "PolicyId", "AWS::Organizations::Policy"},
    {"organizations", "RootId", "AWS::Organizations::Root"},
    {"organizations", "TargetId", "AWS::Organizations::Target"},
    {"route53", "HealthCheckId", "AWS::Route53::HealthCheck"},
    {"route53", "HostedZoneId", "AWS::Route53::HostedZone"},
    {"s3", "Bucket", "AWS::S3::Bucket"},
    {"secretsmanager", "SecretId", "AWS::SecretsManager::Secret"},
    {"sqs", "QueueName", "AWS::SQS::Queue"},
    {"sqs", "QueueUrl", "AWS::SQS::Queue"},
    {"ssm", "Name", "AWS::SSM::Parameter"},
    {"ssm", "Names", "AWS::SSM::Parameter"},
    {"sts", "RoleArn", "AWS::IAM::Role"},
    {"sts", "RoleSessionName", "AWS::STS::AssumedRole"}};

void collect(const std::string& service, const Value& value, const std::string& type, Value& out) {
  if (value.is_string() && !type.empty()) {
    Value found = Value::map({{"ResourceType", type}, {"ResourceName", value}});
    const List& known = out.items();
    if (std::find(known.begin(), known.end(), found) == known.end()) out.push_back(found);
  }
  for (const Value& item : value.items()) collect(service, item, type, out);
  for (const auto& [name, member] : value.members())
    collect(service, member, resource_type(service, name), out);
}

}  // namespace

std::string resource_type(const std::string& service, const std::string& member) {
  for (const Row& row : rows)
    if (row.service == service && row.member == member) return std::string(row.type);
  return "";
}

Value resources_of(const TrailEvent& event) {
  Value out = Value::list();
  collect(event.service, event.in, "", out);
  collect(event.service, event.out, "", out);
  return out;
}

}  // namespace mainstay::cloudtrail
