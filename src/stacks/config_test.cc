#include "stacks/config.hh"
#include <doctest/doctest.h>
#include <cstdio>
#include "base/json.hh"
#include "host/files.hh"
using namespace mainstay;
using namespace mainstay::stacks;
TEST_CASE("the public example is read as it stands") {
  RealFiles files;
  std::string base = MAINSTAY_CORPUS "/stacker/conf/example_vpc/";
  auto env = parse_environment(files.read(base + "example.env", 100000).value(), "example.env");
  REQUIRE(env);
  auto config = parse_config(files.read(base + "stacker.yml", 100000).value(), "stacker.yml", *env);
  if (!config) MESSAGE(config.error().to_string());
  REQUIRE(config);
  CHECK(config->stacks.size() == 5);
  CHECK(config->full_name(config->stacks[1]) == "change-me-to-something-unique-publicNetworkA");
  CHECK(config->warnings.size() == 1);
  const Value& variables = config->stacks[1].variables;
  CHECK(variables["VpcId"] == "${output vpc::VpcId}");
  CHECK(variables["CreateNatGateway"] == true);
  CHECK(variables["AvailabilityZone"] == "us-west-2a");
}
