// A stack refactor that is cut short: killed after any record of the journal, every resource has
// one owner, and the refactor ends as it would have.
#include <cstring>

#include "embedded/formation_test_support.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

constexpr const char* queue = "{Type: AWS::SQS::Queue}";
constexpr const char* parameter =
    "{Type: AWS::SSM::Parameter, Properties: {Type: String, Value: v}}";

std::string resources(std::initializer_list<std::pair<const char*, const char*>> all) {
  std::string out = "Resources:\n";
  for (auto [id, text] : all) out += std::string("  ") + id + ": " + text + "\n";
  return out;
}

Value definition(const char* stack, const std::string& body) {
  return Value::map({{"StackName", stack}, {"TemplateBody", body}});
}

Value mapping(const char* from, const char* from_id, const char* to, const char* to_id) {
  auto side = [](const char* stack, const char* id) {
    return Value::map({{"StackName", stack}, {"LogicalResourceId", id}});
  };
  return Value::map({{"Source", side(from, from_id)}, {"Destination", side(to, to_id)}});
}

// Who says that a queue is his, as "stack.LogicalId".
std::vector<std::string> owners(test::World& world, const std::string& physical_id) {
  std::vector<std::string> out;
  Value stacks = world.get("DescribeStacks", Value::map({}))["Stacks"];
  for (const Value& stack : stacks.items()) {
    Value in = Value::map({{"StackName", stack["StackId"]}});
    Value found = world.get("ListStackResources", in)["StackResourceSummaries"];
    for (const Value& r : found.items())
      if (r["PhysicalResourceId"].as_string() == physical_id)
        out.push_back(stack["StackName"].as_string() + "." + r["LogicalResourceId"].as_string());
  }
  return out;
}

std::vector<size_t> ends_of_records(const std::string& journal, size_t from) {
  std::vector<size_t> out;
  for (size_t at = 0; at + 8 <= journal.size();) {
    uint32_t length;
    std::memcpy(&length, journal.data() + at, sizeof length);
    at += 8 + length;
    if (at >= from) out.push_back(at);
  }
  return out;
}

std::string execution(test::World& world, const std::string& id) {
  return world
      .get("DescribeStackRefactor", Value::map({{"StackRefactorId", id}}))["ExecutionStatus"]
      .as_string();
}

}  // namespace

TEST_CASE("a stack refactor that is killed has moved all or nothing, and ends") {
  test::Folder folder;
  std::string id, physical;
  size_t from = 0;
  {
    test::World world(folder.path.string());
    world.create("a", resources({{"Queue", queue}, {"Value", parameter}}));
    world.create("b", resources({{"Value", parameter}}));
    physical = world.physical("a", "Queue");
    Value made = world.get(
        "CreateStackRefactor",
        Value::map(
            {{"StackDefinitions",
              Value::list({definition("a", resources({{"Value", parameter}})),
                           definition("b", resources({{"Value", parameter}, {"Orders", queue}}))})},
             {"ResourceMappings", Value::list({mapping("a", "Queue", "b", "Orders")})}}));
    REQUIRE_MESSAGE(made.has("StackRefactorId"), to_json(made));
    id = made["StackRefactorId"].as_string();
    from = std::filesystem::file_size(folder.path / "journal");
    Value asked = world.get("ExecuteStackRefactor", Value::map({{"StackRefactorId", id}}));
    REQUIRE_MESSAGE(!asked.has("Error"), to_json(asked));
    world.run_due();
    REQUIRE(execution(world, id) == "EXECUTE_COMPLETE");
  }
  const std::string journal = test::slurp(folder.path / "journal");
  size_t before = 0, after = 0;
  uint64_t seed = 100;
  for (size_t end : ends_of_records(journal, from)) {
    CAPTURE(end);
    test::Folder cut;
    std::ofstream(cut.path / "journal", std::ios::binary) << journal.substr(0, end);
    test::World world(cut.path.string(), ++seed);
    auto found = owners(world, physical);
    REQUIRE(found.size() == 1);
    ++(found.front() == "a.Queue" ? before : after);
    bool was_asked = execution(world, id) != "AVAILABLE";
    world.run_due();
    CHECK(owners(world, physical) == std::vector<std::string>{was_asked ? "b.Orders" : "a.Queue"});
    for (const char* stack : {"a", "b"}) CHECK(world.status(stack).ends_with("_COMPLETE"));
  }
  CHECK(before >= 2);
  CHECK(after >= 1);
}
