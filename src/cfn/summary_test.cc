#include "cfn/summary.hh"

#include <doctest/doctest.h>

using namespace mainstay::cfn;

TEST_CASE("IAM resources need an acknowledgement, named ones a stronger one") {
  auto plain = parse_template_text(
      "Resources: {A: {Type: AWS::IAM::Role}, B: {Type: AWS::IAM::Policy}, C: {Type: "
      "AWS::IAM::Role}}",
      "t.yml");
  REQUIRE(plain.has_value());
  Capabilities c = required_capabilities(*plain);
  CHECK(c.names == std::vector<std::string>{"CAPABILITY_IAM"});
  CHECK(c.reason ==
        "The following resource(s) require capabilities: [AWS::IAM::Role, AWS::IAM::Policy]");
  CHECK(resource_types(*plain) == std::vector<std::string>{"AWS::IAM::Role", "AWS::IAM::Policy"});
  auto named = parse_template_text(
      "Resources: {A: {Type: AWS::IAM::Role, Properties: {RoleName: x}}}", "t.yml");
  CHECK(required_capabilities(*named).names == std::vector<std::string>{"CAPABILITY_NAMED_IAM"});
  auto none = parse_template_text("Resources: {A: {Type: AWS::S3::Bucket}}", "t.yml");
  CHECK(required_capabilities(*none).names.empty());
}
