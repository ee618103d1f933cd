// Random configurations and a network that fails, each from a seed.
#pragma once

#include "base/random.hh"
#include "cli/stack/workflow_test_support.hh"

namespace mainstay::cli {

// Some requests are refused, some answers are lost after the deed.
class FaultyTransport : public aws::Transport {
 public:
  explicit FaultyTransport(World& world) : world_(world) {}
  void restart(uint64_t seed, bool faulty) {
    random_ = Random(seed);
    faulty_ = faulty;
  }
  bool dead = false;  // nothing reaches the other side any more

  Result<HttpResponse> send(const HttpRequest& request, const http::Url&,
                            const http::ClientOptions&) override {
    if (dead) return Error("ConnectFailed", "the process is gone");
    uint64_t roll = faulty_ ? random_.below(100) : 100;
    if (roll < 5) return refusal(400, "Throttling");
    if (roll < 7) return refusal(503, "ServiceUnavailable");
    if (roll < 9) return Error("ConnectFailed", "connection reset");
    HttpResponse answer = world_.cloud->handle(HttpRequest(request));
    if (roll < 11) return Error("RequestTimeout", "the answer was lost");
    return answer;
  }

 private:
  static HttpResponse refusal(int status, const std::string& code) {
    HttpResponse response;
    response.status = status;
    response.body = "<ErrorResponse><Error><Type>Sender</Type><Code>" + code +
                    "</Code><Message>not now</Message></Error></ErrorResponse>";
    return response;
  }
  World& world_;
  Random random_{0};
  bool faulty_ = true;
};

// The world's way to its cloud from now on; the template that random configurations name is there.
inline std::shared_ptr<FaultyTransport> faulty_transport(World& world) {
  auto transport = std::make_shared<FaultyTransport>(world);
  aws::ClientOptions options = world.client->options();
  options.transport = transport;
  world.client = std::make_shared<aws::Client>(std::move(options));
  world.edit("t.json", R"({"Parameters":{"P":{"Type":"String"}},"Resources":{"R":{"Type":"A"}},)"
                       R"("Outputs":{"Id":{"Value":{"Ref":"R"}}}})");
  return transport;
}

struct Graph {
  size_t size = 0;
  std::vector<std::pair<size_t, size_t>> edges;  // the first needs the second
};

inline std::string stack_called(size_t i) {
  return "s" + std::to_string(i);
}

inline Graph random_graph(Random& random) {
  Graph graph{2 + random.below(11), {}};
  for (size_t i = 1; i < graph.size; ++i)
    for (uint64_t n = random.below(3); n > 0; --n) graph.edges.emplace_back(i, random.below(i));
  return graph;
}

// Of all stacks but those that left.
inline std::string random_configuration(const Graph& graph, Random& random,
                                        const std::set<size_t>& left = {}) {
  std::string text = "namespace: acme\nstacks:\n";
  if (left.size() == graph.size) return "namespace: acme\nstacks: []\n";
  for (size_t i = 0; i < graph.size; ++i) {
    if (left.contains(i)) continue;
    std::string needs, used;
    for (const auto& [from, to] : graph.edges) {
      if (from != i) continue;
      if (random.below(2) == 0)
        needs += (needs.empty() ? "" : ", ") + stack_called(to);
      else
        used += "${output " + stack_called(to) + "::Id}";
    }
    text += "  - {name: " + stack_called(i) + ", template_path: t.json, requires: [" + needs +
            "], variables: {P: '" + (used.empty() ? "x" : used) + "'}}\n";
  }
  return text;
}

// Again and again, some runs interrupted at a random step, until one goes through. before: told
// which try it is.
template <class Work>
bool converges(
    World& world, Random& random, int tries_max, Work work,
    const std::function<void(int)>& before = [](int) {}) {
  for (int i = 0; i < tries_max; ++i) {
    before(i);
    world.stop = std::stop_source();
    uint64_t steps = random.below(3) == 0 ? 1 + random.below(8) : 1'000'000;
    world.notes.on_step = [&](const stacks::StepReport&) {
      if (--steps == 0) world.stop.request_stop();
    };
    auto result = world.with_session(work);
    world.notes.on_step = [](const stacks::StepReport&) {};
    bool stopped = world.stop.stop_requested();
    world.stop = std::stop_source();
    if (!stopped && result && result->failed + result->cancelled == 0) return true;
  }
  return false;
}

}  // namespace mainstay::cli
