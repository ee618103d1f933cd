#include "cfn/diff.hh"

#include <doctest/doctest.h>

#include <map>

#include "cfn/test_support.hh"

using namespace mainstay;
using namespace mainstay::cfn;

namespace {

const char* const base = R"(
Parameters:
  Env: {Type: String, Default: dev}
  Cidr: {Type: String, Default: 10.0.0.0/16}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr, Tags: [{Key: Env, Value: !Ref Env}]}}
  Net:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [0, !GetAZs ""], CidrBlock: 10.0.0.0/24}
  Group: {Type: AWS::Test::Group, Properties: {Text: !Join ["-", [!If [IsProd, p, d], !GetAtt Net.Zone]]}}
  Lone: {Type: AWS::Test::Group, Properties: {Text: x, Count: 3}}
  Prod: {Type: AWS::Test::Group, Condition: IsProd}
)";

std::map<std::string, Schema> schemas() {
  std::map<std::string, Schema> out;
  for (
      const char* json :
      {R"({"typeName": "AWS::EC2::VPC", "properties": {"CidrBlock": {"type": "string"}, "Id": {"type": "string"},
            "Tags": {"type": "array"}}, "createOnlyProperties": ["/properties/CidrBlock"],
            "readOnlyProperties": ["/properties/Id"], "primaryIdentifier": ["/properties/Id"]})",
       R"({"typeName": "AWS::EC2::Subnet", "properties": {"CidrBlock": {"type": "string"},
            "VpcId": {"type": "string"}, "AvailabilityZone": {"type": "string"}},
            "createOnlyProperties": ["/properties/CidrBlock", "/properties/VpcId", "/properties/AvailabilityZone"]})",
       R"({"typeName": "AWS::Test::Group", "properties": {"Text": {"type": "string"}, "Count": {"type": "integer"}}})"}) {
    auto s = Schema::parse(json);
    REQUIRE(s.has_value());
    out.emplace(s->type_name(), std::move(*s));
  }
  return out;
}

struct Stack {
  Template tmpl;
  Map parameters;
  Environment environment = test::made_up_environment();
};

Stack stack(const std::string& text, const Map& given = {}) {
  auto t = parse_template_text(text, "t.yml");
  REQUIRE_MESSAGE(t.has_value(), (t.has_value() ? "" : t.error().to_string()));
  Stack s{std::move(*t), {}};
  auto parameters = resolve_parameters(s.tmpl, given);
  REQUIRE(parameters.has_value());
  s.parameters = std::move(*parameters);
  return s;
}

std::string with(const std::string& from, const std::string& to) {
  REQUIRE(std::string(base).contains(from));
  return replace_all(base, from, to);
}

// A line for each change: "Modify Vpc True! /path source entity static, ...".
std::string plan(const Stack& before, const Stack& after) {
  auto known = schemas();
  PlanOptions options;
  options.schema = [&](const std::string& type) {
    auto it = known.find(type);
    return it == known.end() ? nullptr : &it->second;
  };
  auto changes = plan_changes({&before.tmpl, &before.parameters, &before.environment},
                              {&after.tmpl, &after.parameters, &after.environment}, options);
  if (!changes.has_value()) return changes.error().to_string();
  std::string out;
  for (const ResourceChange& c : *changes) {
    out += std::string(action_name(c.action)) + " " + c.logical_id + " " +
           replacement_name(c.replacement) + (c.replacement_certain ? "!" : "");
    for (const Cause& cause : c.causes)
      out += " [" + cause.attribute + "." + cause.name + " " + recreation_name(cause.recreation) +
             (cause.is_static ? " Static " : " Dynamic ") + source_name(cause.source) + " " +
             cause.entity + (cause.certain ? "]" : " perhaps]");
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("the same template changes nothing") {
  CHECK(plan(stack(base), stack(base)).empty());
  CHECK(plan(stack(base), stack(with("Count: 3", "Count: '3'"))).empty());
}

TEST_CASE("additions, removals and direct changes") {
  CHECK(plan(stack(base), stack(with("Text: x", "Text: z"))) ==
        "Modify Lone False [Properties.Text Never Static DirectModification ]\n");
  CHECK(plan(stack(base), stack(with("Lone:", "Other:"))) ==
        "Add Other False\nRemove Lone False\n");
  CHECK(plan(stack(base), stack(with("Lone: {Type: AWS::Test::Group,",
                                     "Lone: {Type: AWS::Test::Group, Metadata: {a: 1},"))) ==
        "Modify Lone False [Metadata. Never Static DirectModification ]\n");
  CHECK(
      plan(stack(base), stack(with("Lone: {Type: AWS::Test::Group", "Lone: {Type: AWS::EC2::VPC")))
          .contains("t.yml:13:16: Update of resource type is not permitted. The new template "
                    "modifies resource type of the following resources: [Lone]"));
}

TEST_CASE("a replacement is carried to everything that refers to it, through functions") {
  CHECK(plan(stack(base), stack(base, Value::map({{"Cidr", "10.1.0.0/16"}}).members())) ==
        "Modify Vpc True! [Properties.CidrBlock Always Static ParameterReference Cidr]\n"
        "Modify Net Conditional! [Properties.VpcId Always Dynamic ResourceReference Vpc]\n"
        "Modify Group False [Properties.Text Never Dynamic ResourceAttribute Net.Zone]\n");
}

TEST_CASE("a parameter's change is told by its name, also through a condition") {
  CHECK(plan(stack(base), stack(base, Value::map({{"Env", "prod"}}).members())) ==
        "Modify Vpc False [Properties.Tags Never Static ParameterReference Env]\n"
        "Modify Group False [Properties.Text Never Dynamic ParameterReference Env]\n"
        "Add Prod False\n");
}

TEST_CASE("the availability zones' change is seen before anything is touched") {
  Stack after = stack(base);
  after.environment.get_azs = [](const std::string&) {
    return Result<Value>(Value::list({"us-east-1b", "us-east-1c"}));
  };
  CHECK(plan(stack(base), after) ==
        "Modify Net True! [Properties.AvailabilityZone Always Static DirectModification ]\n"
        "Modify Group False [Properties.Text Never Dynamic ResourceAttribute Net.Zone]\n");
}

TEST_CASE("a chain of a thousand resources is planned in one go") {
  std::string text = "Resources:\n  R0: {Type: AWS::EC2::VPC, Properties: {CidrBlock: @}}\n";
  for (int i = 1; i < 500; ++i)
    text += "  R" + std::to_string(i) + ": {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref R" +
            std::to_string(i - 1) + "}}\n";
  std::string seen = plan(stack(replace_all(text, "@", "a")), stack(replace_all(text, "@", "b")));
  CHECK(seen.contains("Modify R499 Conditional!"));
}
