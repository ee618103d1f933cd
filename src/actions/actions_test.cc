#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "actions/action_data.hh"
#include "actions/action_table.hh"
#include "actions/arn_template.hh"
#include "actions/input_path.hh"
#include "actions/operations.hh"
#include "base/json.hh"
#include "base/text.hh"

using namespace mainstay;
using namespace mainstay::actions;

namespace {

Value cases() {
  std::ifstream file(MAINSTAY_SOURCE "/src/actions/cases/needed.json");
  std::stringstream text;
  text << file.rdbuf();
  auto value = parse_json(text.str());
  REQUIRE_MESSAGE(value.has_value(), "cases/needed.json must be JSON");
  return (*value)["cases"];
}

// Every value of a need's row that is a path: to check that none is misspelt.
void check_transform(const std::string& path) {
  size_t bar = path.find('|');
  if (bar == std::string::npos) return;
  std::string name = path.substr(bar + 1);
  INFO(path);
  CHECK(is_transform(name.substr(0, name.find_first_of("^="))));
}

void check_sources(const Value& sources) {
  if (sources.is_string()) check_transform(sources.as_string());
  for (const Value& one : sources.items()) check_sources(one);
  for (const auto& [key, value] : sources.members()) check_sources(value);
}

}  // namespace

TEST_CASE("actions: what a service can do") {
  ActionTable table;
  const Action* get = table.find("S3:getobject");
  REQUIRE(get != nullptr);
  CHECK(get->name == "s3:GetObject");
  CHECK(get->level == Level::read);
  CHECK(table.find("s3:GetObject") == get);
  CHECK(table.find("s3:NoSuch") == nullptr);
  CHECK(table.find("none:Get") == nullptr);
  CHECK(table.find("GetObject") == nullptr);
  CHECK(table.service("s3")->type("bucket")->arn == "arn:${Partition}:s3:::${BucketName}");
  CHECK(level_name(table.find("iam:CreateRole")->level) == "Permissions management");
  const Action* run = table.find("ec2:RunInstances");
  CHECK(run->dependent.size() >= 1);
  CHECK(run->resources.size() > 5);
  auto globs = resource_globs(*table.find("sqs:SendMessage"), "1", "eu-west-1");
  CHECK(globs == std::vector<std::string>{"arn:aws:sqs:eu-west-1:1:*"});
  CHECK(resource_globs(*table.find("s3:ListAllMyBuckets"), "1", "eu-west-1").empty());
}

TEST_CASE("actions: patterns") {
  ActionTable table;
  auto names = table.matching("dynamodb:*deletetab*");
  REQUIRE(names.size() >= 1);
  CHECK(names[0]->name.starts_with("dynamodb:DeleteTable"));
  CHECK(table.matching("none:*").empty());
  CHECK(table.matching("s3:GetObject").size() == 1);
  CHECK(table.matching("s?s:DeleteQueue").size() == 1);
  CHECK(table.matching("*").size() > 20'000);
}

TEST_CASE("actions: the types of condition keys") {
  ActionTable table;
  CHECK(table.key("aws:SourceIp")->type == KeyType::address);
  CHECK(table.key("AWS:tagkeys")->type == KeyType::text_list);
  CHECK(table.key("aws:RequestTag/Team")->name == "aws:RequestTag/${TagKey}");
  CHECK(table.key("aws:RequestTag/") == nullptr);
  CHECK(table.key("s3:max-keys")->type == KeyType::number);
  CHECK(table.key("s3:ExistingObjectTag/a") != nullptr);
  CHECK(table.key("s3:nothing") == nullptr);
}

TEST_CASE("actions: what requests need") {
  ActionTable table;
  Operations operations(table);
  Where where{"123456789012", "us-east-1", "ops/ann"};
  Value rows = cases();
  for (const Value& one : rows.items()) {
    auto words = split(one.at(0).as_string(), " ");
    INFO(to_json(one));
    Value got = Value::list();
    for (const Needed& needed : operations.needed(words[0], words[1], one.at(1), where)) {
      Value row = Value::list({needed.action});
      for (const std::string& resource : needed.resources) row.push_back(resource);
      got.push_back(std::move(row));
    }
    CHECK(to_json(got) == to_json(one.at(2)));
  }
}

TEST_CASE("actions: keys that come with an action") {
  ActionTable table;
  Operations operations(table);
  Value in = *parse_json(R"({"VpcId": "vpc-1", "TagSpecifications":
      [{"ResourceType": "subnet", "Tags": [{"Key": "a", "Value": "b"}]}]})");
  auto needed = operations.needed("ec2", "CreateSubnet", in, {"123456789012", "us-east-1", ""});
  REQUIRE(needed.size() == 3);
  CHECK(needed[2].type == "subnet");
  REQUIRE(needed[2].context.size() == 1);
  CHECK(needed[2].context[0].first == "ec2:CreateAction");
  CHECK(needed[2].context[0].second == "CreateSubnet");
}

TEST_CASE("actions: every row of the data names real actions, types and transforms") {
  ActionTable table;
  Operations operations(table);
  Value data = action_data("iam-operations");
  for (const Value& group : data["operations"].items()) {
    CHECK(group["source"].as_string().contains("https://docs.aws.amazon.com/"));
    std::string prefix = operations.prefix(group["service"].as_string());
    for (const auto& [operation, needs] : group["rows"].members())
      for (const Value& need : needs.items()) {
        std::string name = need.is_string() ? need.as_string() : need["action"].as_string();
        if (!name.contains(':')) name = prefix + ":" + name;
        INFO(operation << " " << name);
        CHECK(table.find(name) != nullptr);
        for (const Value& type : need["types"].items())
          CHECK(table.service(name.substr(0, name.find(':')))->type(type.as_string()) != nullptr);
        check_sources(need["with"]);
        check_sources(need["if"]);
        check_sources(need["unless"]);
      }
  }
  check_sources(data["variables"]);
  for (const auto& [service, ids] : data["ids"].members())
    for (const auto& [id, type] : ids["rows"].members()) {
      INFO(id);
      CHECK(table.service(service)->type(type.as_string()) != nullptr);
    }
  for (const auto& [service, prefix] : data["prefixes"]["rows"].members())
    CHECK(table.service(prefix.as_string()) != nullptr);
}

TEST_CASE("actions: templates of ARNs") {
  std::vector<std::string> two = {"1", "2"};
  CHECK(ArnTemplate("arn:${Partition}:s3:::${B}/x").fill({{}, {}})[0] == "arn:*:s3:::*/x");
  CHECK(ArnTemplate("${A}-${B}").fill({two, two}).size() == 4);
  CHECK(ArnTemplate("${A}-${B}").fill({two, two}, 2)[1] == "2-*");
  CHECK(ArnTemplate("${A").fill({two})[0] == "1");
  CHECK(ArnTemplate("a").fill({}) == std::vector<std::string>{"a"});
  CHECK(fits("arn:aws:x:${T}", "arn:aws:x:y"));
  CHECK_FALSE(fits("arn:aws:x:table/${T}", "arn:aws:x:table/a/index/b"));
  CHECK(fits("arn:aws:iam::1:role/${RoleNameWithPath}", "arn:aws:iam::1:role/a/b"));
}
