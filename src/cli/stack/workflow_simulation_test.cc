// Random configurations on a CloudFormation that throttles, fails, loses answers, answers from
// before the last write, and is interrupted, each from a seed: nothing is begun before what it
// needs, a rerun finishes what was left, and at the end nothing is forgotten.
#include "cli/stack/simulation_test_support.hh"

using namespace mainstay;
using namespace mainstay::cli;

namespace {

constexpr uint64_t seeds = 2'000 / MAINSTAY_TRIES_DIVISOR;
constexpr int reruns_max = 30;

// Every first creation came after those of what it needs; every deletion before theirs.
bool in_order(const std::vector<std::string>& log, const Graph& graph, const std::string& verb,
              bool needed_first) {
  auto place = [&](size_t i) {
    return std::ranges::find(log, verb + " acme-" + stack_called(i)) - log.begin();
  };
  return std::ranges::all_of(graph.edges, [&](const auto& edge) {
    return needed_first ? place(edge.second) < place(edge.first)
                        : place(edge.first) < place(edge.second);
  });
}

class Simulation {
 public:
  Simulation() : transport_(faulty_transport(world_)) {}

  // "" where all held.
  std::string run(uint64_t seed) {
    Random random(seed);
    Graph graph = random_graph(random);
    world_.text = random_configuration(graph, random);
    world_.cloud->stacks.clear();
    world_.cloud->log.clear();
    world_.seed = seed;
    go_stale(seed);
    transport_->restart(seed, true);
    if (!converges(world_, random, reruns_max,
                   [&](stacks::Session& s) { return stacks::bring_up(s); }))
      return "up does not end well";
    world_.cloud->is_stale_by_id = [] { return false; };
    if (world_.cloud->stacks.size() != graph.size) return "a stack is forgotten";
    if (!in_order(world_.cloud->log, graph, "CreateStack", true)) return "made too early";
    transport_->restart(seed, false);
    if (world_.up().changed != 0) return "the last rerun changes something";
    world_.cloud->log.clear();
    go_stale(seed + 1);
    transport_->restart(seed + 1, true);
    if (!converges(world_, random, reruns_max,
                   [&](stacks::Session& s) { return stacks::take_down(s); }))
      return "down does not end well";
    if (!world_.cloud->stacks.empty()) return "a stack is left";
    return in_order(world_.cloud->log, graph, "DeleteStack", false) ? "" : "deleted too early";
  }

 private:
  // Of every other seed: one look by id in eight is answered as it was before the last write, or as
  // if there were nothing.
  void go_stale(uint64_t seed) {
    stale_ = Random(seed);
    world_.cloud->is_stale_by_id = [this, is_on = seed / 2 % 2 == 0] {
      return is_on && stale_.below(8) == 0;
    };
  }

  World world_;
  std::shared_ptr<FaultyTransport> transport_;
  Random stale_{0};
};

}  // namespace

TEST_CASE("runs over random graphs that are throttled, cut off and interrupted converge") {
  Simulation simulation;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    std::string fault = simulation.run(seed);
    REQUIRE_MESSAGE(fault == "", "seed " << seed << ": " << fault);
  }
}
