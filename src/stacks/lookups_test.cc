#include "stacks/lookups.hh"

#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/text.hh"
#include "stacks/lookup_text.hh"
#include "stacks/test_support.hh"

using namespace mainstay;
using namespace mainstay::stacks;

namespace {

Result<Value> fake_parameter(const std::string& name) {
  static const Value known = parse_json(R"({
    "/plain": {"Type": "String", "Value": "hello"},
    "/list": {"Type": "StringList", "Value": "a,b"},
    "/json": {"Type": "SecureString", "Value": "{\"a\": {\"b\": \"c\"}}"}})")
                                 .value();
  if (const Value* found = known.find(name)) return Value::map({{"Parameter", *found}});
  return Error("ParameterNotFound", "not there");
}

Result<Value> fake_aws(std::string_view service, std::string_view operation, const Value& input,
                       const std::string& region) {
  if (service == "kms")
    return Value::map({{"Plaintext", Bytes{input["CiphertextBlob"].as_bytes() + ", decrypted"}}});
  if (service == "ec2")
    return parse_json(R"({"Images": [
      {"Name": "web-1", "ImageId": "ami-1", "CreationDate": "2020-01-01T00:00:00.000Z"},
      {"Name": "web-2", "ImageId": "ami-2", "CreationDate": "2021-01-01T00:00:00.000Z"},
      {"Name": "web-3-beta", "ImageId": "ami-3", "CreationDate": "2022-01-01T00:00:00.000Z"}]})");
  if (service == "dynamodb") {
    if (input["Key"]["k"]["S"] != Value("row")) return Value::map();
    return parse_json(R"({"Item": {"k": {"S": "row"}, "Name": {"S": "Ada"}, "Age": {"N": "36"},
      "Tags": {"L": [{"S": "a"}, {"S": "b"}]}, "Inside": {"M": {"Deep": {"S": "found"}}}}})");
  }
  if (service == "cloudformation") {
    Value output = Value::map(
        {{"OutputKey", "Id"}, {"OutputValue", input["StackName"].as_string() + " in " + region}});
    return Value::map(
        {{"Stacks", Value::list({Value::map({{"Outputs", Value::list({output})}})})}});
  }
  if (service == "ecr")
    return Value::map(
        {{"authorizationData",
          Value::list({Value::map({{"authorizationToken", base64_encode("AWS:pass:word")}})})}});
  if (operation == "GetParameter") return fake_parameter(input["Name"].as_string());
  Value parameters = Value::list();
  if (input["Names"].at(0) == "key")
    parameters.push_back(Value::map({{"Value", "secret of " + region}}));
  return Value::map({{"Parameters", std::move(parameters)}});
}

Result<std::string> fake_output(const std::string& stack, const std::string& output) {
  if ((stack == "vpc" || stack == "acme-vpc") && output == "Id") return std::string("vpc-1");
  return Error("LookupFailed", "no output " + output + " of " + stack);
}

}  // namespace

TEST_CASE("lookups give what stacker's give") {
  SimulatedEnvironment process(std::map<std::string, std::string>{{"HOME", "/home/me"}});
  SimulatedFiles files({{"conf/hello.txt", "hello {{Name}}"},
                        {"conf/data.yaml", "a: [1, '{{X}}']"},
                        {"conf/data.json", R"({"b":"{{AWS::Region}}"})"},
                        {"conf/torn.json", "{\n\"b\": "},
                        {"conf/torn.yaml", "a: b\nc: [d\n"},
                        {"conf/key.txt", "us-west-2@key\n"}});
  Map environment;
  environment.set("env", "prod");
  environment.set("deep", Value::map({{"er", 7}}));
  LookupContext context;
  context.process = &process;
  context.files = &files;
  context.environment = &environment;
  context.directory = "conf";
  context.output = fake_output;
  context.xref = fake_output;
  context.full_name = [](const std::string& name) { return "acme-" + name; };
  context.call = fake_aws;
  context.random = [](size_t bytes) { return std::string(bytes, '\0'); };
  context.hook_data = [](const std::string& key, const std::string& field) -> Result<Value> {
    return Value::map({{field, "of " + key}});
  };
  Map custom;
  custom.set("mine", "blueprints.Mine");
  context.custom = &custom;
  context.program = [](const std::string& path, const std::string& data) -> Result<Value> {
    return Value(path + " of " + data);
  };
  cfn::Document document;

  Value cases = read_cases(MAINSTAY_SOURCE "/src/stacks/cases/lookups.yaml").value();
  for (const Value& c : cases.items()) {
    CAPTURE(to_json(c));
    auto value = resolve_lookups(c["value"], context, document, {});
    if (c.has("error")) {
      REQUIRE_FALSE(value);
      CHECK(mismatch(c, value.error()) == "");
    } else {
      REQUIRE_MESSAGE(value, value.error().to_string());
      CHECK(to_json(*value) == to_json(c["gives"]));
    }
  }
}

TEST_CASE("dependencies are seen through nesting, and only where their name is plain") {
  auto names = output_dependencies(
      parse_json(R"({"a":["${output vpc::Id}-${output db::X}"],"b":"${default x::${output web::Y}}",
                     "c":"${output ${default e::f}::Z}"})")
          .value());
  REQUIRE(names);
  CHECK(*names == std::set<std::string>{"db", "vpc", "web"});
}

TEST_CASE("lookups nested without end are refused") {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "${default a::";
  CHECK(parse_lookups(text).error().code == "LookupInvalid");
}
