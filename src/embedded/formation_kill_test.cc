// What is left when the process is killed: the state is the journal up to some record. So a stack
// is made, changed, changed in vain and deleted, and then the journal is cut after every record in
// turn; whatever was under way must end as it did, with as many of everything.
#include <cstring>

#include "embedded/formation_test_support.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

std::string child(const std::string& value) {
  return "Resources: {P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: " + value +
         "}}}";
}

constexpr const char* bad_network = "10.0.0.0/99";
constexpr const char* bad_rule = "[{IpProtocol: tcp, FromPort: 9, ToPort: 9, CidrIp: 10.0.0.0/99}]";
constexpr const char* one_rule = "[{IpProtocol: tcp, FromPort: 9, ToPort: 9, CidrIp: 10.0.0.0/8}]";
constexpr const char* three_rules =
    "[{IpProtocol: tcp, FromPort: 7, ToPort: 7, CidrIp: 10.0.0.0/8},"
    " {IpProtocol: udp, FromPort: 7, ToPort: 7, CidrIp: 10.0.0.0/8},"
    " {IpProtocol: tcp, FromPort: 8, ToPort: 8, CidrIp: 10.0.0.0/8}]";

// What changes with the network is replaced, along with what is in it.
std::string parent(const std::string& cidr, const std::string& key, const std::string& rules) {
  return R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: )" +
         cidr + R"(, EnableDnsHostnames: true}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8}
        - {IpProtocol: tcp, FromPort: 2, ToPort: 2, CidrIp: 10.0.0.0/8}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: changed in place
      SecurityGroupIngress: )" +
         rules + R"(
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: named
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
  User: {Type: AWS::IAM::User}
  Queue: {Type: AWS::SQS::Queue, DependsOn: Group, Properties: {QueueName: named}}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: "https://templates.s3.amazonaws.com/)" +
         key + R"("}
)";
}

Value census(test::World& world) {
  Value out = Value::map({});
  struct Count {
    const char *service, *operation, *member;
  };
  for (Count c : {Count{"ec2", "DescribeVpcs", "Vpcs"},
                  {"ec2", "DescribeSecurityGroupRules", "SecurityGroupRules"},
                  {"ec2", "DescribeAddresses", "Addresses"},
                  {"iam", "ListRoles", "Roles"},
                  {"iam", "ListUsers", "Users"},
                  {"sqs", "ListQueues", "QueueUrls"},
                  {"ssm", "DescribeParameters", "Parameters"},
                  {"cloudformation", "DescribeStacks", "Stacks"}}) {
    auto found = world.ask(c.service, c.operation, Value::map({}));
    REQUIRE_MESSAGE(found.has_value(), (found.has_value() ? "" : found.error().to_string()));
    out.set(c.member, static_cast<int64_t>((*found)[c.member].size()));
  }
  return out;
}

std::vector<size_t> ends_of_records(const std::string& journal) {
  std::vector<size_t> out;
  for (size_t at = 0; at + 8 <= journal.size();) {
    uint32_t length;
    std::memcpy(&length, journal.data() + at, sizeof length);
    at += 8 + length;
    out.push_back(at);
  }
  return out;
}

// One operation, from where the journal stood when it was asked for to where it was done.
struct Span {
  size_t from = 0, to = 0;
  std::string status;
  Value after;
};

class Recording {
 public:
  Recording() {
    test::World world(folder_.path.string());
    REQUIRE(world.ask("s3", "CreateBucket", Value::map({{"Bucket", "templates"}})).has_value());
    for (const char* key : {"one", "two"})
      REQUIRE(
          world
              .ask("s3", "PutObject",
                   Value::map({{"Bucket", "templates"}, {"Key", key}, {"Body", Bytes{child(key)}}}))
              .has_value());
    census(world);  // the first use of a service makes what AWS has there before
    record(world, "CreateStack", world.request("s", parent("10.1.0.0/16", "one", one_rule)));
    stack_id = world.stack("s")["StackId"].as_string();
    record(world, "UpdateStack", world.request("s", parent("10.2.0.0/16", "two", three_rules)));
    record(world, "UpdateStack", world.request("s", parent("10.3.0.0/16", "one", bad_rule)));
    record(world, "DeleteStack", Value::map({{"StackName", "s"}}));
    journal = test::slurp(folder_.path / "journal");
  }

  std::string journal, stack_id;
  std::vector<Span> spans;

 private:
  void record(test::World& world, const char* operation, const Value& in) {
    Span span;
    std::string id = stack_id.empty() ? "s" : stack_id;
    Value out = world.get(operation, in);
    REQUIRE_MESSAGE(!out.has("Error"), to_json(out));
    span.from = std::filesystem::file_size(folder_.path / "journal");
    span.status = world.settled(id)["StackStatus"].as_string();
    CAPTURE(world.reasons(id));
    REQUIRE(span.status.ends_with("_COMPLETE"));
    REQUIRE(span.status.contains("ROLLBACK") == to_json(in).contains(bad_network));
    span.after = census(world);
    span.to = std::filesystem::file_size(folder_.path / "journal");
    spans.push_back(span);
  }

  test::Folder folder_;
};

}  // namespace

TEST_CASE("killed after any record of the journal, an operation ends as it would have") {
  Recording recording;
  uint64_t seed = 100;
  size_t places = 0, cuts = 0;
  for (const Span& span : recording.spans)
    for (size_t end : ends_of_records(recording.journal)) {
      if (end < span.from || end >= span.to) continue;
      if (++places % MAINSTAY_TRIES_DIVISOR != 0) continue;
      CAPTURE(span.status);
      CAPTURE(end);
      test::Folder folder;
      std::ofstream(folder.path / "journal", std::ios::binary) << recording.journal.substr(0, end);
      test::World world(folder.path.string(), ++seed);
      std::string status = world.settled(recording.stack_id)["StackStatus"].as_string();
      CAPTURE(world.reasons(recording.stack_id));
      CHECK(status == span.status);
      CHECK(to_json(census(world)) == to_json(span.after));
      ++cuts;
    }
  MESSAGE(cuts << " places to be killed at");
  CHECK(cuts > 50 / MAINSTAY_TRIES_DIVISOR);
}

TEST_CASE("a call that is made once for its token is answered again until it is forgotten") {
  test::World world;
  Value in = Value::map({{"CidrBlock", "10.0.0.0/16"}});
  auto vpc = [&](const char* token) {
    auto out = world.cloud->invoke(cloud::Caller::root_of(test::account), test::account,
                                   test::region, "ec2", "CreateVpc", in, token);
    REQUIRE(out.has_value());
    return (*out)["Vpc"]["VpcId"].as_string();
  };
  std::string one = vpc("a/1"), two = vpc("b/1");
  CHECK(one != two);
  CHECK(vpc("a/1") == one);
  world.cloud->forget_answers(test::account, test::region, {{"a/1", "ec2", in}});
  CHECK(vpc("a/1") != one);
  world.cloud->forget_answers_but({"a/"});
  CHECK(vpc("b/1") != two);
  CHECK(vpc("") != vpc(""));
}
