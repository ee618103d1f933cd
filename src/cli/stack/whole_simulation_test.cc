// Both halves on one thread, from a seed: the program brings random configurations up, changes them
// and takes them down on the embedded cloud itself, which throttles, loses answers, is killed and
// loses power; what runs outside its requests runs a piece at a time, in the seed's order, on the
// program's own clock. In the end the services hold what the stacks say, and nothing after `down`.
// MAINSTAY_SEED=N runs that seed, MAINSTAY_SEEDS=N that many.
#include <cstdlib>
#include <filesystem>

#include "base/json.hh"
#include "cli/stack/simulation_test_support.hh"
#include "embedded/embedded.hh"
#include "store/simulated_disk.hh"

using namespace mainstay;
using namespace mainstay::cli;

namespace {

constexpr size_t seeds_default = 60;
constexpr int reruns_max = 40;
constexpr const char* account = "123456789012";

std::string stack_template(uint64_t variant) {
  return R"({"Parameters":{"P":{"Type":"String"}},"Resources":{
    "Kept":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":{"Fn::Sub":"v)" +
         std::to_string(variant) + R"(-${P}"}}},
    "Queue":{"Type":"AWS::SQS::Queue","DependsOn":"Kept","Properties":{"VisibilityTimeout":)" +
         std::to_string(variant) + R"(}},
    "Other)" +
         std::to_string(variant) + R"(":{"Type":"AWS::SQS::Queue"}},
    "Outputs":{"Id":{"Value":{"Ref":"Kept"}}}})";
}

// The cloud on a disk that can fail, and the way to it.
class SimulatedCloud : public aws::Transport {
 public:
  SimulatedCloud(uint64_t seed, std::shared_ptr<SimulatedClock> clock)
      : random_(seed), clock_(std::move(clock)), next_seed_(seed * 1000) {
    std::string pattern = (std::filesystem::temp_directory_path() / "mainstay-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    open();
  }
  ~SimulatedCloud() override {
    cloud_.reset();
    std::filesystem::remove_all(folder_);
  }
  bool is_faulty = true;
  size_t kills = 0;

  Result<HttpResponse> send(const HttpRequest& request, const http::Url&,
                            const http::ClientOptions&) override {
    work(random_.below(6));
    uint64_t roll = is_faulty ? random_.below(200) : 200;
    if (roll < 8) return Error("ConnectFailed", "connection reset");
    if (roll < 14) return killed(request);
    HttpResponse answer = cloud_->handle(HttpRequest(request));
    if (roll < 20) return Error("RequestTimeout", "the answer was lost");
    return answer;
  }

  // What is due by the program's clock, up to so many pieces.
  void work(uint64_t pieces) {
    for (; pieces > 0 && cloud_->agenda().run_one(); --pieces) {
    }
  }
  Value ask(std::string_view service, std::string_view operation, Value in) {
    auto out = cloud_->invoke(cloud::Caller::root_of(account), account, "us-east-1", service,
                              operation, std::move(in));
    REQUIRE_MESSAGE(out.has_value(), (out.has_value() ? "" : out.error().to_string()));
    return *out;
  }

 private:
  void open() {
    cloud::CloudOptions options;
    options.state_directory = folder_.string();
    options.disk = disk_.get();
    options.sync = true;
    options.seed = ++next_seed_;
    options.simulation = next_seed_;
    options.now = [clock = clock_] { return clock->now(); };
    auto opened = embedded::open(std::move(options));
    REQUIRE_MESSAGE(opened.has_value(), (opened.has_value() ? "" : opened.error().to_string()));
    cloud_ = std::move(*opened);
  }
  // At any change of the disk while it answers, or in what it does after.
  Result<HttpResponse> killed(const HttpRequest& request) {
    ++kills;
    disk_->fail_after(random_.below(12));
    cloud_->handle(HttpRequest(request));
    work(random_.below(12));
    cloud_.reset();
    auto after = std::make_unique<store::SimulatedDisk>(*disk_);
    after->heal();
    if (random_.below(3) == 0) after->cut_power(random_);
    disk_ = std::move(after);
    open();
    return Error("ConnectFailed", "the cloud was killed");
  }

  Random random_;
  std::shared_ptr<SimulatedClock> clock_;
  uint64_t next_seed_;
  std::filesystem::path folder_;
  std::unique_ptr<store::SimulatedDisk> disk_ = std::make_unique<store::SimulatedDisk>();
  std::unique_ptr<cloud::Cloud> cloud_;
};

class Simulation {
 public:
  explicit Simulation(uint64_t seed)
      : random_(seed), cloud_(std::make_shared<SimulatedCloud>(seed, world_.clock)) {
    aws::ClientOptions options = world_.client->options();
    options.transport = cloud_;
    world_.client = std::make_shared<aws::Client>(std::move(options));
    world_.seed = seed;
  }

  // "" where all held.
  std::string run() {
    Graph graph = random_graph(random_);
    for (uint64_t variant = 1; variant <= 2; ++variant) {
      world_.edit("t.json", stack_template(variant));
      if (variant == 1) world_.text = random_configuration(graph, random_);
      if (!goes_through([&](stacks::Session& s) { return stacks::bring_up(s); }))
        return "up does not end well";
      if (std::string fault = compare(graph.size); !fault.empty()) return fault;
    }
    if (!goes_through([&](stacks::Session& s) { return stacks::take_down(s); }))
      return "down does not end well";
    return compare(0);
  }

  size_t kills() const { return cloud_->kills; }

 private:
  // Without faults once half of the tries are over.
  template <class Work>
  bool goes_through(Work work) {
    return converges(world_, random_, reruns_max, work,
                     [&](int i) { cloud_->is_faulty = i + 1 < reruns_max / 2; });
  }

  size_t count(const char* service, const char* operation, const char* member) {
    return cloud_->ask(service, operation, Value::map({}))[member].size();
  }

  // The services hold three resources a stack, each under the name that its stack says.
  std::string compare(size_t stacks) {
    cloud_->work(1'000'000);
    Value all = cloud_->ask("cloudformation", "DescribeStacks", Value::map({}))["Stacks"];
    if (all.size() != stacks) return "stacks: " + std::to_string(all.size());
    if (count("sqs", "ListQueues", "QueueUrls") != 2 * stacks) return "queues are left or lost";
    for (const Value& stack : all.items()) {
      if (!stack["StackStatus"].as_string().ends_with("_COMPLETE")) return to_json(stack);
      Value of = cloud_->ask("cloudformation", "DescribeStackResources",
                             Value::map({{"StackName", stack["StackName"]}}))["StackResources"];
      size_t held = 0;
      for (const Value& resource : of.items()) {
        if (resource["ResourceStatus"].as_string() == "DELETE_COMPLETE") continue;
        ++held;
        if (resource["ResourceType"].as_string() == "AWS::SSM::Parameter")
          cloud_->ask("ssm", "GetParameter",
                      Value::map({{"Name", resource["PhysicalResourceId"]}}));
      }
      if (held != 3) return "resources of " + stack["StackName"].as_string();
    }
    return count("ssm", "DescribeParameters", "Parameters") == stacks
               ? ""
               : "parameters are left or lost";
  }

  Random random_;
  World world_;
  std::shared_ptr<SimulatedCloud> cloud_;
};

uint64_t number_of(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("the program and the cloud on one thread, from any seed, agree in the end") {
  uint64_t one = number_of("MAINSTAY_SEED", 0);
  uint64_t count = one ? 1 : number_of("MAINSTAY_SEEDS", seeds_default / MAINSTAY_TRIES_DIVISOR);
  size_t kills = 0;
  for (uint64_t seed = one ? one : 1, end = seed + count; seed < end; ++seed) {
    Simulation simulation(seed);
    std::string fault = simulation.run();
    kills += simulation.kills();
    REQUIRE_MESSAGE(fault == "", "MAINSTAY_SEED=" << seed << ": " << fault);
  }
  CHECK((kills > 0 || count < 10));
}
