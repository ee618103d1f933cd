#include "cfn/schema.hh"

#include <doctest/doctest.h>

#include "base/json.hh"

using namespace mainstay;
using namespace mainstay::cfn;

namespace {

Schema subnet() {
  auto s = Schema::parse(R"({
    "typeName": "AWS::EC2::Subnet", "additionalProperties": false,
    "definitions": {"Tag": {"type": "object", "additionalProperties": false,
       "properties": {"Key": {"type": "string", "minLength": 1}, "Value": {"type": "string"}},
       "required": ["Key", "Value"]}},
    "properties": {"VpcId": {"type": "string"}, "CidrBlock": {"type": "string", "pattern": "^[0-9./]+$"},
       "MapPublicIpOnLaunch": {"type": "boolean"}, "Lni": {"type": "integer", "maximum": 9},
       "Options": {"type": "object", "properties": {"HostnameType": {"type": "string", "enum": ["a", "b"]}}},
       "Policy": {"type": ["object", "string"]},
       "Zones": {"type": "array", "insertionOrder": false, "items": {"type": "string"}, "maxItems": 3},
       "Tags": {"type": "array", "items": {"$ref": "#/definitions/Tag"}}, "SubnetId": {"type": "string"}},
    "required": ["VpcId"], "readOnlyProperties": ["/properties/SubnetId"],
    "createOnlyProperties": ["/properties/VpcId", "/properties/CidrBlock", "/properties/Options/HostnameType"],
    "conditionalCreateOnlyProperties": ["/properties/Zones"],
    "primaryIdentifier": ["/properties/SubnetId"], "tagging": {"taggable": true}})");
  REQUIRE(s.has_value());
  return std::move(*s);
}

std::string checked(const char* json) {
  auto out = subnet().check_properties(parse_json(json).value(), "Net");
  return out.has_value() ? to_json(*out) : out.error().message;
}

std::string changes(const char* before, const char* after) {
  Schema schema = subnet();
  std::string out;
  for (const PropertyChange& c :
       diff_properties(parse_json(before).value(), parse_json(after).value(), &schema))
    out += to_string(c.path) + "=" + recreation_name(c.recreation) + " ";
  return out;
}

}  // namespace

TEST_CASE("properties are turned into what the schema wants") {
  CHECK(checked(R"({"VpcId": 7, "MapPublicIpOnLaunch": "true", "Lni": "3", "Policy": {"a": 1},
                   "Tags": [{"Key": "k", "Value": true}]})") ==
        R"({"VpcId":"7","MapPublicIpOnLaunch":true,"Lni":3,"Policy":{"a":1},)"
        R"("Tags":[{"Key":"k","Value":"true"}]})");
  CHECK(subnet().check_properties(Value::map({{"VpcId", Bytes{"${Vpc}"}}}), "Net").has_value());
}

TEST_CASE("wrong properties are told as CloudFormation tells them") {
  std::string failed = "Properties validation failed for resource Net with message:\n";
  CHECK(checked("{}") == failed + "#: required key [VpcId] not found");
  CHECK(checked(R"({"VpcId": "v", "Cidr": "x"})") == "Encountered unsupported property Cidr");
  CHECK(checked(R"({"VpcId": "v", "SubnetId": "x"})") ==
        "Encountered unsupported property SubnetId");
  CHECK(checked(R"({"VpcId": []})") == failed + "#/VpcId: expected type: String, found: JSONArray");
  CHECK(checked(R"({"VpcId": "v", "CidrBlock": "x"})") ==
        failed + "#/CidrBlock: string [x] does not match pattern ^[0-9./]+$");
  CHECK(checked(R"({"VpcId": "v", "Options": {"HostnameType": "c"}, "Lni": 10})") ==
        failed +
            "#: 2 schema violations found\n#/Options/HostnameType: c is not a valid enum value\n"
            "#/Lni: 10 is not less or equal to 9");
  CHECK(checked(R"({"VpcId": "v", "Tags": [{"Key": "k", "x": 1, "Value": ""}]})") ==
        failed + "#/Tags/0: extraneous key [x] is not permitted");
  CHECK(checked(R"({"VpcId": "v", "MapPublicIpOnLaunch": "Yes"})") ==
        failed + "#/MapPublicIpOnLaunch: expected type: Boolean, found: String");
  CHECK(!Schema::parse("{}").has_value());
}

TEST_CASE("changes say what they ask for") {
  CHECK(changes(R"({"VpcId": "a", "Lni": "3"})", R"({"VpcId": "a", "Lni": 3})").empty());
  CHECK(changes(R"({"VpcId": "a"})", R"({"VpcId": "b", "Lni": 3})") == "/VpcId=Always /Lni=Never ");
  CHECK(changes(R"({"Options": {"HostnameType": "a"}})", "{}") == "/Options=Always ");
  CHECK(changes(R"({"Options": {"X": "a"}})", R"({"Options": {"X": "b"}})") == "/Options/X=Never ");
  CHECK(changes(R"({"Zones": ["a", "b"]})", R"({"Zones": ["b", "a"]})").empty());
  CHECK(changes(R"({"Zones": ["a", "b"]})", R"({"Zones": ["b", "c"]})") ==
        "/Zones/0=Conditionally /Zones/1=Conditionally ");
  CHECK(changes(R"({"Tags": [{"Key": "a", "Value": 1}, {"Key": "b", "Value": 2}]})",
                R"({"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]})")
            .empty());
  CHECK(changes(R"({"Tags": [{"Key": "a", "Value": 1}]})", R"({"Tags": []})") == "/Tags=Never ");
}
