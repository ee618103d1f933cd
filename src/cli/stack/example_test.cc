// The public example, as it stands, on the embedded cloud.
#include <doctest/doctest.h>

#include "cli/target/client_models.hh"
#include "cli/target/target.hh"
#include "host/executor.hh"
#include "stacks/diff.hh"
#include "stacks/info.hh"
#include "stacks/run.hh"

using namespace mainstay;
using namespace mainstay::cli;

namespace {

struct Silent : stacks::Reporter {
  void plan(const std::vector<stacks::PlannedStack>&) override {}
  void begins(const stacks::OperationReport&) override {}
  void step(const stacks::StepReport&) override {}
  void event(const std::string&, const stacks::StackEvent&) override {}
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>&) override {
    FAIL_CHECK(stack << ": " << error.to_string());
  }
  void warning(const std::string&) override {}
  void hook(const stacks::HookReport&) override {}
  void said(const std::string&, const std::string&) override {}
  bool wants_events() const override { return true; }
};

struct Nobody : stacks::Approver {
  Result<bool> approve(const stacks::ApprovalRequest&) override {
    return Error("ApprovalNeeded", "nobody to ask");
  }
};

struct Example {
  RealEnvironment process;
  RealFiles files;
  std::shared_ptr<RealClock> clock = std::make_shared<RealClock>();
  ThreadPool threads{8};
  Silent reporter;
  Nobody approver;
  Target target;
  stacks::EnvironmentFile environment;
  std::string text;

  Example() {
    const std::string folder = MAINSTAY_CORPUS "/stacker/conf/example_vpc/";
    environment =
        stacks::parse_environment(files.read(folder + "example.env", 100'000).value(), "e.env")
            .value();
    text = files.read(folder + "stacker.yml", 100'000).value();
    TargetOptions options;
    options.memory = true;
    options.region = "us-west-2";
    auto opened = open_target(options, {process, files, clock, {}, 1});
    REQUIRE_MESSAGE(opened, opened.error().to_string());
    target = std::move(*opened);
  }

  template <class Work>
  auto with_session(Work work) {
    auto config = stacks::parse_config(text, "stacker.yml", environment);
    REQUIRE_MESSAGE(config, config.error().to_string());
    stacks::Surroundings around{process,  files, clock, threads, target.client,       reporter,
                                approver, {},    {},    "run",   embedded_knowledge()};
    stacks::Session session(*config, environment, {}, around);
    auto result = work(session);
    REQUIRE_MESSAGE(result, result.error().to_string());
    return result;
  }
  void replace(const std::string& from, const std::string& to) {
    size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  }
  size_t count(const char* operation, const char* items) {
    auto client = target.client("").value();
    return client->call("ec2", operation, Value::map())->operator[](items).size();
  }
};

}  // namespace

TEST_CASE("the public example comes up, stays, tells what an edit would do, and goes") {
  Example example;
  size_t subnets = example.count("DescribeSubnets", "Subnets");
  size_t vpcs = example.count("DescribeVpcs", "Vpcs");
  auto up = [](stacks::Session& s) { return stacks::bring_up(s); };
  CHECK(example.with_session(up)->changed == 5);
  CHECK(example.count("DescribeSubnets", "Subnets") == subnets + 4);
  auto info = example.with_session([](stacks::Session& s) { return stacks::info_of(s); });
  for (const stacks::StackInfo& stack : *info) CHECK(stack.deployed->status == "CREATE_COMPLETE");
  CHECK(info->at(0).deployed->outputs.contains("DHCPOptionsId"));
  CHECK(example.with_session(up)->changed == 0);

  example.replace("10.128.24.0/21", "10.128.32.0/21");
  example.replace("EnableDnsHostnames: true", "EnableDnsHostnames: false");
  std::map<std::string, stacks::StackDiff> diffs;
  (void)example.with_session([&](stacks::Session& s) {
    return stacks::diff_all(s, [&](const stacks::StackDiff& d) { diffs[d.stack] = d; });
  });
  REQUIRE(diffs["vpc"].changes.size() == 1);
  CHECK(diffs["vpc"].changes[0].replacement == "False");
  CHECK(diffs["publicNetworkA"].kind == stacks::StackDiff::Kind::unchanged);
  REQUIRE(diffs["privateNetworkB"].changes.size() == 2);
  CHECK(diffs["privateNetworkB"].changes[0].logical_id == "Subnet");
  CHECK(diffs["privateNetworkB"].changes[0].replacement == "True");
  CHECK(diffs["privateNetworkB"].changes[0].details[0].after == "10.128.32.0/21");
  CHECK(example.with_session(up)->changed == 2);
  CHECK(example.count("DescribeSubnets", "Subnets") == subnets + 4);

  CHECK(example.with_session([](stacks::Session& s) { return stacks::take_down(s); })->changed ==
        5);
  CHECK(example.count("DescribeSubnets", "Subnets") == subnets);
  CHECK(example.count("DescribeVpcs", "Vpcs") == vpcs);
}
