// How long deleted stacks are kept.
#include "embedded/formation_test_support.hh"
#include "formation/deleted.hh"
#include "store/store.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

constexpr int64_t day_ms = 24 * 3600 * 1000;
constexpr const char* handle =
    "Resources: {Handle: {Type: AWS::CloudFormation::WaitConditionHandle}}";

std::string make_and_delete(test::World& world, const std::string& name) {
  std::string id = world.get("CreateStack", world.request(name, handle))["StackId"].as_string();
  REQUIRE(!id.empty());
  world.settled(id);
  world.get("DeleteStack", Value::map({{"StackName", name}}));
  REQUIRE(world.settled(id)["StackStatus"].as_string() == "DELETE_COMPLETE");
  return id;
}

// Documents of CloudFormation's, but for what the cloud keeps of its own work.
size_t documents(test::World& world) {
  size_t count = 0;
  for (const auto& [of, size] : world.cloud->store().table_sizes())
    if (of.first == "cloudformation" && !of.second.starts_with('_')) count += size;
  return count;
}

}  // namespace

TEST_CASE("a deleted stack is known for ninety days, and then forgotten whole") {
  test::World world;
  std::string first = make_and_delete(world, "a");
  world.pass(60 * day_ms);
  std::string second = make_and_delete(world, "a");
  world.pass(29 * day_ms);
  CHECK(world.status(first) == "DELETE_COMPLETE");
  world.pass(2 * day_ms);
  CHECK(world.get("DescribeStacks", Value::map({{"StackName", first}}))["Error"].as_string() ==
        "ValidationError");
  CHECK(world.status(second) == "DELETE_COMPLETE");
  world.pass(60 * day_ms);
  CHECK(world.get("DescribeStacks", Value::map({{"StackName", second}})).has("Error"));
  CHECK(documents(world) == 0);
}

TEST_CASE("no more deleted stacks are kept than there may be") {
  test::World world;
  std::string oldest = make_and_delete(world, "s");
  world.pass(1);
  std::string next = make_and_delete(world, "s");
  world.pass(1);
  for (size_t i = 1; i < deleted_max; ++i) make_and_delete(world, "s");
  world.run_due();
  CHECK(world.get("DescribeStacks", Value::map({{"StackName", oldest}})).has("Error"));
  CHECK(world.status(next) == "DELETE_COMPLETE");
}
