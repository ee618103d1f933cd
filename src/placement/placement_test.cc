#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/json.hh"
#include "base/random.hh"
#include "placement/fleet.hh"

using namespace mainstay;
using namespace mainstay::placement;

namespace {

Facts facts_of(const Value& v) {
  Facts f;
  f.id = v["id"].as_string();
  f.ec2_id = v["ec2"].as_string();
  for (const auto& [name, value] : v["attributes"].members())
    f.attributes[name] = value.as_string();
  f.agent_connected = v["agentConnected"].as_bool(true);
  f.agent_version = v["agentVersion"].as_string();
  f.registered_at = parse_time(v["registeredAt"].as_string()).value_or(Time{});
  for (const Value& group : v["groups"].items()) ++f.groups[group.as_string()], ++f.running_tasks;
  return f;
}

Instance instance_of(int number, const std::string& zone, int64_t cpu = 1024,
                     int64_t memory = 2048) {
  Instance one;
  one.facts.id = "i" + std::to_string(number);
  one.facts.attributes["ecs.availability-zone"] = zone;
  one.free = {cpu, memory, {}};
  return one;
}

std::shared_ptr<const Query> query(std::string_view text) {
  return std::make_shared<const Query>(Query::parse(text).value());
}

}  // namespace

TEST_CASE("the query language, by the cases of queries.json") {
  std::ifstream file(MAINSTAY_SOURCE "/src/placement/queries.json");
  std::string text(std::istreambuf_iterator<char>(file), {});
  Value cases = parse_json(text).value();
  for (const Value& c : cases["cases"].items()) {
    CAPTURE(c["query"].as_string());
    auto parsed = Query::parse(c["query"].as_string());
    if (c.has("error")) {
      REQUIRE_FALSE(parsed);
      CHECK(parsed.error().message.starts_with(c["error"].as_string()));
      continue;
    }
    REQUIRE(parsed);
    std::set<std::string> found, expected;
    for (const Value& instance : cases["instances"].items())
      if (parsed->matches(facts_of(instance))) found.insert(instance["id"].as_string());
    for (const Value& id : c["finds"].items()) expected.insert(id.as_string());
    CHECK(found == expected);
  }
}

TEST_CASE("without a strategy zones stay even, then instances") {
  Fleet fleet({instance_of(0, "a"), instance_of(1, "a"), instance_of(2, "b")}, 1);
  Demand demand{.needs = {64, 64, {}}, .group = "service:web"};
  std::vector<size_t> where;
  for (int i = 0; i < 6; ++i) where.push_back(*fleet.place(demand));
  CHECK(std::count(where.begin(), where.end(), 2) == 3);
  CHECK(std::count(where.begin(), where.end(), 0) >= 1);
  CHECK(std::count(where.begin(), where.end(), 1) >= 1);
  // And the other way round when fewer are wanted.
  size_t stop = fleet.pick_to_stop({0, 1, 2, 2, 2}, demand);
  CHECK(stop >= 2);
}

TEST_CASE(
    "tasks are packed where the least is left, and what does not fit is refused with its reason") {
  Fleet fleet({instance_of(0, "a", 1000, 500), instance_of(1, "a", 1000, 400),
               instance_of(2, "a", 100, 4000)},
              1);
  Demand demand{.needs = {200, 300, {{80, false}}},
                .group = "g",
                .strategies = {{Strategy::Kind::binpack, "memory"}}};
  CHECK(fleet.place(demand) == 1);
  CHECK(fleet.place(demand) == 0);
  CHECK_FALSE(fleet.place(demand));
  auto why = fleet.refusals(demand);
  REQUIRE(why.size() == 3);
  CHECK(why[0].reason == "RESOURCE:MEMORY");
  CHECK(why[2].reason == "RESOURCE:CPU");
  Demand small{.needs = {1, 1, {{80, false}}}, .group = "g"};
  CHECK(fleet.refusals(small)[0].reason == "RESOURCE:PORTS");
}

TEST_CASE("constraints bind: distinct instances, and expressions that look at other tasks") {
  Fleet fleet({instance_of(0, "a"), instance_of(1, "b")}, 1);
  Demand apart{.needs = {1, 1, {}},
               .group = "service:web",
               .constraints = {{Constraint::Kind::distinct_instance, {}}}};
  CHECK(fleet.place(apart));
  CHECK(fleet.place(apart));
  CHECK_FALSE(fleet.place(apart));
  CHECK(fleet.refusals(apart)[0].reason == "DistinctInstance placement constraint unsatisfied.");
  Demand away{
      .needs = {1, 1, {}},
      .group = "service:batch",
      .constraints = {{Constraint::Kind::member_of, query("not (task:group == service:web)")}}};
  CHECK_FALSE(fleet.place(away));
  CHECK(fleet.refusals(away)[0].reason == "MemberOf placement constraint unsatisfied.");
  fleet.remove(1, apart);
  CHECK(fleet.place(away) == 1);
}

// Many small fleets, each task placed by hand as the documentation says it: the same.
TEST_CASE("a task goes where trying every instance says it may, from many seeds") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    std::vector<Instance> instances;
    for (int i = 0; i < 6; ++i)
      instances.push_back(instance_of(i, std::string(1, static_cast<char>('a' + random.below(3))),
                                      256 * static_cast<int64_t>(1 + random.below(4)), 1024));
    Fleet fleet(instances, seed);
    for (int task = 0; task < 20; ++task) {
      Demand demand{.needs = {static_cast<int64_t>(64 * random.below(5)), 100, {}},
                    .group = "g" + std::to_string(random.below(2))};
      std::map<std::string, int> zones;
      std::vector<size_t> fit;
      for (size_t i = 0; i < instances.size(); ++i) {
        const Instance& one = fleet.instances()[i];
        auto has = one.facts.groups.find(demand.group);
        zones[one.facts.attributes.at("ecs.availability-zone")] +=
            has == one.facts.groups.end() ? 0 : has->second;
        if (one.free.cpu >= demand.needs.cpu && one.free.memory >= demand.needs.memory)
          fit.push_back(i);
      }
      auto zone = [&](size_t i) {
        return instances[i].facts.attributes.at("ecs.availability-zone");
      };
      int least = 1000;
      for (size_t i : fit) least = std::min(least, zones[zone(i)]);
      auto placed = fleet.place(demand);
      REQUIRE(placed.has_value() == !fit.empty());
      if (placed) CHECK(zones[zone(*placed)] == least);
    }
  }
}

TEST_CASE("ten thousand tasks on a thousand instances all find a place, evenly") {
  std::vector<Instance> instances;
  for (int i = 0; i < 1000; ++i)
    instances.push_back(
        instance_of(i, std::string(1, static_cast<char>('a' + i % 4)), 4096, 16384));
  Fleet fleet(std::move(instances), 1);
  auto linux_only = query("attribute:ecs.availability-zone =~ [a-d]");
  for (int task = 0; task < 10'000; ++task) {
    Demand demand{.needs = {256, 1024, {}},
                  .group = "service:" + std::to_string(task % 20),
                  .constraints = {{Constraint::Kind::member_of, linux_only}}};
    REQUIRE(fleet.place(demand));
  }
  int most = 0, least = 10'000;
  for (const Instance& one : fleet.instances()) {
    most = std::max(most, one.facts.running_tasks);
    least = std::min(least, one.facts.running_tasks);
  }
  CHECK(most <= 16);
  CHECK(least >= 1);
}
