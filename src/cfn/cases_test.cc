// Runs the case files of src/cfn/cases.
#include <doctest/doctest.h>

#include "base/json.hh"
#include "cfn/dependencies.hh"
#include "cfn/test_support.hh"

using namespace mainstay;
using namespace mainstay::cfn;

namespace {

constexpr const char* stack = R"(
Parameters:
  Env: {Type: String, Default: dev}
  Subnets: {Type: CommaDelimitedList, Default: "subnet-1, subnet-2,subnet-3"}
  Ports: {Type: List<Number>, Default: "80,443"}
Mappings:
  Regions:
    us-east-1: {Ami: ami-east, Size: 2}
    eu-west-1: {Ami: ami-west, Size: 3, Zones: [a, b]}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Vpc: {Type: AWS::EC2::VPC}
  Later: {Type: AWS::EC2::VPC}
)";

Document read(std::string_view text, const char* file) {
  ParseOptions options = ParseOptions::for_config();
  options.short_forms = true;
  auto d = parse_document(text, file, options);
  REQUIRE_MESSAGE(d.has_value(), (d.has_value() ? "" : d.error().to_string()));
  return std::move(*d);
}

// The cases of a file; each must have a name.
List cases(const char* file) {
  Document d = read(test::slurp(std::string(MAINSTAY_SOURCE "/src/cfn/cases/") + file), file);
  REQUIRE(d.root.size() > 0);
  return d.root.items();
}

Environment environment() {
  Environment e = test::made_up_environment();
  auto get_att = e.get_att;
  e.get_att = [get_att](const std::string& id, const std::string& attribute) {
    if (id == "Later") return Result<Value>(Value(Bytes{"${Later." + attribute + "}"}));
    return get_att(id, attribute);
  };
  return e;
}

Result<Value> value_of(const Value& value) {
  Document d = read(stack, "t.yml");
  d.root.member("Resources")
      .set("R", Value::map({{"Type", "AWS::Test::R"}, {"Properties", Value::map({{"P", value}})}}));
  TRY(Template t, parse_template(std::move(d)));
  TRY(Map parameters, resolve_parameters(t, Map()));
  Environment e = environment();
  TRY(Map conditions, evaluate_conditions(t, parameters, e));
  Context context{&t, &parameters, &conditions, &e, {"Resources", "R", "Properties"}};
  TRY(Value properties, evaluate(t.find_resource("R")->properties, context));
  return properties["P"];
}

Result<Value> condition_of(const Value& condition) {
  Document d = read(stack, "t.yml");
  d.root.member("Conditions").set("C", condition);
  TRY(Template t, parse_template(std::move(d)));
  TRY(Map parameters, resolve_parameters(t, Map()));
  Environment e = environment();
  TRY(Map conditions, evaluate_conditions(t, parameters, e));
  return *conditions.find("C");
}

Result<Value> order_of(const Value& c) {
  TemplateInputs inputs;
  if (c["known_types"].as_bool())
    inputs.is_known_type = [](std::string_view type) { return !type.starts_with("AWS::Foo"); };
  TRY(Template t, parse_template_text(c["template"].as_string(), "t.yml", inputs));
  TRY(Map parameters, resolve_parameters(t, Map()));
  TRY(Map conditions, evaluate_conditions(t, parameters, environment()));
  TRY(Dependencies dependencies, find_dependencies(t, conditions));
  return Value(List(dependencies.order.begin(), dependencies.order.end()));
}

Result<Value> parameter_of(const Value& c) {
  Document d = read("Resources: {A: {Type: T}}", "t.yml");
  d.root.set("Parameters", Value::map({{"P", c["declared"]}}));
  TRY(Template t, parse_template(std::move(d)));
  ParameterInputs inputs = test::made_up_parameters(t);
  inputs.given = c["others"].members();
  inputs.exists = [](std::string_view, const std::string& id) {
    return Result<bool>(id != "vpc-missing");
  };
  if (c.has("given")) inputs.given.set("P", c["given"]);
  if (c.has("previous")) inputs.previous.set("P", c["previous"]);
  if (c.has("previous") || c.has("use_previous")) inputs.use_previous = {"P"};
  TRY(Map out, resolve_parameters(t, inputs));
  return *out.find("P");
}

void judge(const Value& c, const char* expected, const Result<Value>& got) {
  CAPTURE(c["name"].as_string());
  std::string seen = got.has_value() ? to_json(*got) : got.error().to_string();
  if (c.has("error")) {
    REQUIRE_MESSAGE(!got.has_value(), seen);
    CHECK_MESSAGE(seen.contains(c["error"].as_string()), seen);
    CHECK(got.error().code == "ValidationError");
  } else if (c.has("unknown")) {
    CHECK_MESSAGE((got.has_value() && got->is_bytes()), seen);
    CHECK(got->as_bytes() == c["unknown"].as_string());
  } else {
    REQUIRE(c.has(expected));
    CHECK(seen == to_json(c[expected]));
  }
}

}  // namespace

TEST_CASE("functions.yaml") {
  for (const Value& c : cases("functions.yaml")) judge(c, "is", value_of(c["value"]));
}

TEST_CASE("conditions.yaml") {
  for (const Value& c : cases("conditions.yaml")) judge(c, "is", condition_of(c["condition"]));
}

TEST_CASE("templates.yaml") {
  for (const Value& c : cases("templates.yaml")) judge(c, "order", order_of(c));
}

TEST_CASE("parameters.yaml") {
  for (const Value& c : cases("parameters.yaml")) {
    judge(c, "is", parameter_of(c));
  }
}
