#include <doctest/doctest.h>

#include <thread>

#include "base/random.hh"
#include "graph/dag.hh"
#include "graph/walk.hh"

using namespace mainstay;
using namespace mainstay::graph;

namespace {

// "a>b" for every edge, "a" alone for a node.
Dag dag_of(const std::vector<std::string>& lines) {
  Dag dag;
  for (const std::string& line : lines) {
    size_t arrow = line.find('>');
    Node from = dag.add(line.substr(0, arrow));
    if (arrow != std::string::npos) dag.depend(from, dag.add(line.substr(arrow + 1)));
  }
  return dag;
}

std::vector<std::string> edges(const Dag& dag) {
  std::vector<std::string> all;
  for (Node n = 0; n < dag.size(); ++n)
    for (Node d : dag.dependencies(n)) all.push_back(dag.name(n) + ">" + dag.name(d));
  std::sort(all.begin(), all.end());
  return all;
}

// Runs tasks in the order they came, on this thread.
struct Inline {
  std::vector<std::function<void()>> tasks;
  void submit(std::function<void()> task) { tasks.push_back(std::move(task)); }
  void wait_until(const std::function<bool()>& done) {
    for (size_t i = 0; i < tasks.size(); ++i) {
      auto task = tasks[i];  // tasks may grow while it runs
      task();
    }
    CHECK(done());
  }
};

// A thread for each task.
struct Threads {
  std::mutex mutex;
  std::vector<std::jthread> threads;
  void submit(std::function<void()> task) {
    std::scoped_lock lock(mutex);
    threads.emplace_back(std::move(task));
  }
  void wait_until(const std::function<bool()>& done) {
    while (!done()) std::this_thread::yield();
  }
};

}  // namespace

TEST_CASE("order puts dependencies first, and the first added first") {
  Dag dag = dag_of({"app>db", "app>vpc", "db>vpc", "dns"});
  std::string order;
  auto sorted = dag.order().value();
  for (Node n : sorted) order += dag.name(n) + " ";
  CHECK(order == "vpc db app dns ");
}

TEST_CASE("a cycle is named, and only it") {
  Dag dag = dag_of({"x>a", "a>b", "b>c", "c>a", "c>leaf"});
  CHECK(dag.order().error().code == "DependencyCycle");
  CHECK(dag.order().error().message == "dependency cycle: a -> b -> c -> a");
  CHECK(dag_of({"a>a"}).order().error().message == "dependency cycle: a -> a");
}

TEST_CASE("an unknown name is answered with the nearest") {
  Dag dag = dag_of({"vpc", "bastion"});
  CHECK(dag.find("bastoin").error().hint == "did you mean \"bastion\"?");
  CHECK(dag.find("vpc").value() == 0);
}

TEST_CASE("targets bring what they depend on; reversed, what depends on them") {
  Dag dag = dag_of({"app>db", "db>vpc", "dns>vpc"});
  CHECK(edges(dag.with_dependencies({dag.find("db").value()})) ==
        std::vector<std::string>{"db>vpc"});
  CHECK(edges(dag.reversed().with_dependencies({dag.find("db").value()})) ==
        std::vector<std::string>{"db>app"});
}

TEST_CASE("reduction drops implied edges only") {
  Dag dag = dag_of({"a>c", "a>b", "b>c", "c>d", "a>d", "e>d"});
  CHECK(edges(dag.reduced().value()) == std::vector<std::string>{"a>b", "b>c", "c>d", "e>d"});
}

TEST_CASE("reduction agrees with the definition on random graphs") {
  Random random(7);
  for (int round = 0; round < 50; ++round) {
    Dag dag;
    for (int n = 0; n < 12; ++n) dag.add(std::string(1, static_cast<char>('a' + n)));
    for (int e = 0; e < 30; ++e) {
      Node a = static_cast<Node>(random.below(12)), b = static_cast<Node>(random.below(12));
      if (a != b) dag.depend(std::min(a, b), std::max(a, b));
    }
    std::vector<std::string> expected;
    for (Node n = 0; n < dag.size(); ++n)
      for (Node d : dag.dependencies(n)) {
        std::vector<Node> others;
        for (Node o : dag.dependencies(n))
          if (o != d) others.push_back(o);
        if (!dag.with_dependencies(others).find(dag.name(d)))
          expected.push_back(dag.name(n) + ">" + dag.name(d));
      }
    std::sort(expected.begin(), expected.end());
    CHECK(edges(dag.reduced().value()) == expected);
  }
}

TEST_CASE("depth and size are no problem") {
  Dag chain;
  for (int n = 0; n < 50'000; ++n) {
    Node node = chain.add(std::to_string(n));
    if (n > 0) chain.depend(node, node - 1);
  }
  CHECK(chain.order().value().size() == 50'000);
  CHECK(chain.with_dependencies({49'999}).size() == 50'000);
  Dag layers;  // 2,000 nodes, each depending on all of the layer before: 38,000 edges
  for (Node n = 0; n < 2'000; ++n) {
    layers.add(std::to_string(n));
    for (Node d = n / 20 * 20; n >= 20 && d < n / 20 * 20 + 20; ++d) layers.depend(n, d - 20);
  }
  CHECK(edges(layers.reduced().value()).size() == 1'980 * 20);
}

TEST_CASE("a failure takes its dependents with it, and nothing else") {
  Dag dag = dag_of({"app>db", "web>app", "db>vpc", "dns>vpc"});
  std::string ran, lost;
  Inline executor;
  auto outcomes = run_walk(
      dag, {}, executor,
      [&](Node n) {
        ran += dag.name(n) + " ";
        return dag.name(n) != "db";
      },
      [&](Node n, Outcome o) {
        CHECK(o == Outcome::dependency_failed);
        lost += dag.name(n) + " ";
      });
  CHECK(ran == "vpc db dns ");
  CHECK(lost == "app web ");
  CHECK(outcomes[dag.find("web").value()] == Outcome::dependency_failed);
  CHECK(outcomes[dag.find("dns").value()] == Outcome::done);
}

TEST_CASE("a stop lets what runs finish and starts nothing more") {
  Dag dag = dag_of({"b>a", "c>b"});
  std::stop_source stop;
  Inline executor;
  int cancelled = 0;
  auto outcomes = run_walk(
      dag, {0, stop.get_token()}, executor,
      [&](Node) {
        stop.request_stop();
        return true;
      },
      [&](Node, Outcome) { ++cancelled; });
  CHECK(cancelled == 2);
  CHECK(outcomes[dag.find("a").value()] == Outcome::done);
  CHECK(outcomes[dag.find("b").value()] == Outcome::cancelled);
}

TEST_CASE("in parallel, the limit holds and order is kept") {
  Dag dag;
  for (Node n = 0; n < 200; ++n) {
    dag.add(std::to_string(n));
    if (n >= 10) dag.depend(n, n - 10);
  }
  std::atomic<int> running = 0, most = 0, wrong = 0;
  std::vector<std::atomic<bool>> done(200);
  Threads threads;
  auto outcomes = run_walk(
      dag, {4, {}}, threads,
      [&](Node n) {
        int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        for (Node d : dag.dependencies(n)) wrong += !done[d];
        done[n] = true;
        --running;
        return true;
      },
      [](Node, Outcome) {});
  CHECK(most <= 4);
  CHECK(wrong == 0);
  CHECK(std::count(outcomes.begin(), outcomes.end(), Outcome::done) == 200);
}
