#include "stacks/config.hh"

#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/random.hh"
#include "stacks/naming.hh"
#include "stacks/plan.hh"
#include "stacks/test_support.hh"

using namespace mainstay;
using namespace mainstay::stacks;

namespace {

// What a run does before it talks to AWS.
Result<Config> read(const Value& c) {
  bool typed = c["typed"].as_bool();
  TRY(EnvironmentFile environment,
      parse_environment(c["env"].as_string(), typed ? "env.yaml" : "test.env"));
  TRY(Config config, parse_config(c["config"].as_string(), "stacker.yaml", environment));
  CHECK_OK(plan_of(config));
  return config;
}

}  // namespace

TEST_CASE("configurations are read, or refused with the place of the mistake") {
  Value cases = read_cases(MAINSTAY_SOURCE "/src/stacks/cases/configs.yaml").value();
  for (const Value& c : cases.items()) {
    CAPTURE(c["name"].as_string());
    auto config = read(c);
    if (c.has("error")) {
      REQUIRE_FALSE(config);
      CHECK(mismatch(c, config.error()) == "");
      continue;
    }
    REQUIRE_MESSAGE(config, config.error().to_string());
    Value names = Value::list();
    for (const StackConfig& stack : config->stacks) names.push_back(config->full_name(stack));
    CHECK(names == c["stacks"]);
    CHECK(config->warnings.size() == static_cast<size_t>(c["warns"].as_int()));
  }
}

TEST_CASE("the public example is read as it stands") {
  RealFiles files;
  std::string base = MAINSTAY_CORPUS "/stacker/conf/example_vpc/";
  auto env = parse_environment(files.read(base + "example.env", 100000).value(), "example.env");
  REQUIRE(env);
  auto config = parse_config(files.read(base + "stacker.yml", 100000).value(), "stacker.yml", *env);
  REQUIRE_MESSAGE(config, config.error().to_string());
  CHECK(config->stacks.size() == 5);
  CHECK(config->full_name(config->stacks[1]) == "change-me-to-something-unique-publicNetworkA");
  const Value& variables = config->stacks[1].variables;
  CHECK(variables["VpcId"] == "${output vpc::VpcId}");
  CHECK(variables["CreateNatGateway"] == true);
  CHECK(variables["AvailabilityZone"] == "us-west-2a");
  auto plan = plan_of(*config);
  CHECK(plan->dependencies(plan->find("privateNetworkB").value()).size() == 2);
}

TEST_CASE("tags of the configuration, of the stack, and the one by default") {
  auto tags = [](const char* text) {
    auto config = parse_config(text, "c.yaml", {});
    REQUIRE_MESSAGE(config, config.error().to_string());
    std::string joined;
    for (const Tag& t : config->tags_of(config->stacks[0])) joined += t.key + "=" + t.value + " ";
    return joined;
  };
  CHECK(tags("namespace: a\nstacks: [{name: s, template_path: t, tags: {x: 1}}]") ==
        "stacker_namespace=a x=1 ");
  CHECK(tags("namespace: a\ntags: {x: 0, y: 2}\n"
             "stacks: [{name: s, template_path: t, tags: {x: 1}}]") == "x=1 y=2 ");
  CHECK(tags("namespace: a\ntags: {}\nstacks: [{name: s, template_path: t}]") == "");
}

TEST_CASE("mutated configurations give a configuration or an error, never a crash") {
  RealFiles files;
  std::string base = MAINSTAY_CORPUS "/stacker/conf/example_vpc/";
  const std::string text = files.read(base + "stacker.yml", 100000).value();
  const std::string env_text = files.read(base + "example.env", 100000).value();
  constexpr std::string_view pieces[] = {"${",   "}",         "&a ", "*a",         ": ", "- ",
                                         "<<: ", "\n",        "\t",  "{",          "[",  "\"",
                                         "'",    "!!binary ", "|",   "output x::y"};
  Random random(2026);
  size_t refused = 0;
  for (int round = 0; round < 10'000; ++round) {
    std::string mutant = text;
    for (uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
      size_t at = random.below(mutant.size());
      size_t span = random.below(20);
      if (random.below(2) == 0)
        mutant.erase(at, span);
      else if (random.below(2) == 0)
        mutant.insert(at, pieces[random.below(std::size(pieces))]);
      else
        mutant[at] = static_cast<char>(random.below(256));
    }
    auto environment = parse_environment(env_text, "example.env");
    auto config = parse_config(mutant, "stacker.yml", *environment);
    bool fine = config && plan_of(*config);
    refused += !fine;
    if (!config) CHECK(!config.error().message.empty());
  }
  CHECK(refused > 1'000);
  CHECK(refused < 10'000);
}

TEST_CASE("configurations of package sources lie underneath, and keep no place here") {
  constexpr std::string_view text =
      "namespace: acme\npackage_sources: {git: [{uri: x}]}\nstacks:\n"
      "  - {name: own, template_path: t.json, tags: {a: ${who}}}\nmappings: {M: {b: {c: 2}}}\n";
  SimulatedFiles files(std::map<std::string, std::string>{
      {"pkg/base.yml",
       "stacks: [{name: base, template_path: b.json}]\ntags: {from: ${who}}\n"
       "mappings: {M: {b: {c: 1, d: 1}}}\nnamespace: theirs\n"}});
  EnvironmentFile environment;
  environment.values.set("who", "ada");
  auto fetch = [](const cfn::Document&) -> Result<PackageFolders> {
    return PackageFolders{{"/cache/pkg"}, {"pkg/base.yml"}};
  };
  auto config = parse_config(text, "stacker.yml", environment, &files, fetch);
  REQUIRE_MESSAGE(config, config.error().to_string());
  CHECK(config->name_space == "acme");
  REQUIRE(config->stacks.size() == 2);
  CHECK(config->stacks[0].name == "base");
  CHECK(config->at(config->stacks[1], "name").line == 4);
  CHECK_FALSE(config->document.at(config->stacks[0].path).line == 4);
  CHECK(config->tags->at(0).value == "ada");
  CHECK(to_json(config->mappings) == R"({"M":{"b":{"c":2,"d":1}}})");
  CHECK(config->package_paths == std::vector<std::string>{"/cache/pkg"});
  // Where nothing may be fetched, it is said.
  auto without = parse_config(text, "stacker.yml", environment);
  REQUIRE(without);
  CHECK(without->warnings.size() == 1);
}

TEST_CASE("parameters, as variables were called before stacker 1.0") {
  auto config = parse_config(
      "namespace: acme\nstacks:\n  - {name: vpc, template_path: v.json}\n"
      "  - {name: web, template_path: w.json, parameters: {A: 'vpc::Id', B: 'no::thing', C: 1}}\n",
      "stacker.yml", {});
  REQUIRE(config);
  CHECK(to_json(config->stacks[1].variables) ==
        R"({"A":"${output vpc::Id}","B":"no::thing","C":1})");
}
