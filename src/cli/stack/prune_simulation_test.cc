// Pruning over seeds: configurations that lose stacks while requests are throttled, answers lost,
// looks by name stale, runs interrupted or killed, and while somebody else makes stacks of the same
// namespace, or puts one of theirs into the place of one of ours. What left and is ours goes,
// nothing else does, and nothing is forgotten.
#include "cli/stack/simulation_test_support.hh"
#include "stacks/prune.hh"

using namespace mainstay;
using namespace mainstay::cli;

namespace {

constexpr uint64_t seeds = 1'500 / MAINSTAY_TRIES_DIVISOR;
constexpr int reruns_max = 100;

// A process that was killed writes nothing more.
class MortalStore : public stacks::GraphStore {
 public:
  MortalStore(Files& files, const bool& dead)
      : inner_(stacks::file_graph_store(files, "graph.json")), dead_(dead) {}
  std::string where() const override { return inner_->where(); }
  Result<std::optional<std::string>> read() override { return inner_->read(); }
  Status write(const std::string& text) override { return dead_ ? gone() : inner_->write(text); }
  Result<bool> make_lock(const std::string& text) override { return inner_->make_lock(text); }
  Result<std::optional<std::string>> read_lock() override { return inner_->read_lock(); }
  Status remove_lock() override { return dead_ ? gone() : inner_->remove_lock(); }

 private:
  static Status gone() { return Error("FileUnwritable", "the process is gone"); }
  std::unique_ptr<stacks::GraphStore> inner_;
  const bool& dead_;
};

class Simulation {
 public:
  Simulation() : transport_(faulty_transport(world_)) {}

  // "" where all held.
  std::string run(uint64_t seed) {
    Random random(seed);
    Graph graph = random_graph(random);
    world_.cloud->stacks.clear();
    world_.cloud->deleted.clear();
    world_.cloud->log.clear();
    world_.seed = seed;
    (void)world_.files.remove("graph.json");
    (void)world_.files.remove("graph.json.lock");
    foreign_.clear();
    world_.cloud->is_stale = [&random] { return random.below(12) == 0; };
    transport_->restart(seed, true);
    make_foreign("acme-other");
    world_.text = random_configuration(graph, random);
    // The last of these may have been killed, so that not all stacks are there when some leave.
    bool whole = random.below(3) > 0;
    bool up = works(random, whole ? reruns_max : 2, false);
    if (whole && !up) return "up does not end well";
    std::set<size_t> left = leaving(graph, random);
    std::set<std::string> ours = taken_over(left, random);
    world_.text = random_configuration(graph, random, left);
    if (!works(random, reruns_max, true)) return "prune does not end well";
    // An intention without a stack is only given up after an hour.
    (void)world_.clock->sleep_ms(2 * 3600 * 1000);
    transport_->restart(seed, false);
    world_.cloud->is_stale = [] { return false; };
    if (!works(random, 1, true)) return "the last prune does not end well";
    return verdict(graph, left, ours, whole);
  }

 private:
  void make_foreign(const std::string& name) {
    FakeStack stack;
    stack.id = "arn:aws:cloudformation:us-east-1:123456789012:stack/" + name + "/foreign";
    stack.status = stack.final_status = "CREATE_COMPLETE";
    stack.body = "{}";
    world_.cloud->stacks[name] = stack;
    foreign_.insert(stack.id);
  }

  // Stacks that nothing that stays needs.
  static std::set<size_t> leaving(const Graph& graph, Random& random) {
    std::set<size_t> left;
    for (size_t i = graph.size; i-- > 0;) {
      bool needed = std::ranges::any_of(graph.edges, [&](const auto& edge) {
        return edge.second == i && !left.contains(edge.first);
      });
      if (!needed && random.below(3) > 0) left.insert(i);
    }
    return left;
  }

  // Some of those that left are deleted and made anew by somebody else; the others' ids are ours.
  std::set<std::string> taken_over(const std::set<size_t>& left, Random& random) {
    std::set<std::string> ours;
    for (size_t i : left) {
      std::string name = "acme-" + stack_called(i);
      auto there = world_.cloud->stacks.find(name);
      if (there == world_.cloud->stacks.end()) continue;
      FakeStack old = there->second;
      ours.insert(old.id);
      if (random.below(5) > 0) continue;
      old.status = "DELETE_COMPLETE";
      world_.cloud->deleted[old.id] = old;
      make_foreign(name);
    }
    return ours;
  }

  std::string verdict(const Graph& graph, const std::set<size_t>& left,
                      const std::set<std::string>& ours, bool whole) {
    for (const auto& [name, stack] : world_.cloud->stacks)
      if (ours.contains(stack.id)) return "forgotten: " + name;
    for (const std::string& id : foreign_)
      if (std::ranges::none_of(world_.cloud->stacks,
                               [&](const auto& one) { return one.second.id == id; }))
        return "deleted what is not ours: " + id;
    size_t staying = 0;
    for (size_t i = 0; i < graph.size; ++i)
      if (!left.contains(i)) staying += world_.cloud->stacks.contains("acme-" + stack_called(i));
    if (whole && staying != graph.size - left.size()) return "deleted what had not left";
    auto kept = stacks::parse_graph(world_.files.read("graph.json", 1'000'000).value_or("{}"));
    if (!kept) return kept.error().message;
    for (size_t i : left)
      if (kept->stacks.contains(stack_called(i))) return "still in the graph: " + stack_called(i);
    return "";
  }

  // Again and again, interrupted or killed at another step each time, until one goes through.
  bool works(Random& random, int tries, bool pruning) {
    for (int i = 0; i < tries; ++i) {
      world_.stop = std::stop_source();
      world_.run_id = "run" + std::to_string(++runs_);
      bool dead = false;
      MortalStore store(world_.files, dead);
      stacks::GraphKeeper keeper({store,
                                  *world_.clock,
                                  {world_.run_id, "u", "h", 1, "s", world_.clock->now()},
                                  [](const stacks::GraphOwner&) { return true; },
                                  ""});
      if (!keeper.hold()) return false;
      world_.graph = &keeper;
      uint64_t steps = tries > 1 && random.below(2) == 0 ? 1 + random.below(10) : 1'000'000;
      bool kill = random.below(2) == 0;
      world_.notes.on_step = [&](const stacks::StepReport&) {
        if (--steps != 0) return;
        world_.stop.request_stop();
        dead = transport_->dead = kill;
      };
      bool good = once(pruning);
      bool stopped = world_.stop.stop_requested();
      transport_->dead = false;
      Status released = keeper.release();
      world_.graph = nullptr;
      world_.notes.on_step = [](const stacks::StepReport&) {};
      if (good && released && !stopped) return true;
    }
    return false;
  }

  bool once(bool pruning) {
    auto ended_well = [](const Result<stacks::RunResult>& result) {
      return result && result->failed + result->cancelled == 0;
    };
    if (!pruning)
      return ended_well(
          world_.with_session([](stacks::Session& s) { return stacks::bring_up(s); }));
    return ended_well(world_.with_session([&](stacks::Session& s) -> Result<stacks::RunResult> {
      stacks::Config gone = stacks::pruned_config(s.config, world_.graph->graph());
      stacks::RunOptions options;
      options.pruning = true;
      stacks::Session over_what_left(gone, s.environment, options, s.around);
      return stacks::prune(over_what_left);
    }));
  }

  World world_;
  std::shared_ptr<FaultyTransport> transport_;
  std::set<std::string> foreign_;
  int runs_ = 0;
};

}  // namespace

TEST_CASE("prune deletes what left and is ours, nothing else, whatever happens meanwhile") {
  Simulation simulation;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    std::string fault = simulation.run(seed);
    REQUIRE_MESSAGE(fault == "", "seed " << seed << ": " << fault);
  }
}
