#include "graph/dag.hh"

#include <algorithm>
#include <queue>

#include "base/text.hh"

namespace mainstay::graph {

Node Dag::add(std::string_view name) {
  auto [it, fresh] = index_.try_emplace(std::string(name), static_cast<Node>(names_.size()));
  if (fresh) {
    names_.emplace_back(name);
    dependencies_.emplace_back();
    dependents_.emplace_back();
  }
  return it->second;
}

void Dag::depend(Node from, Node to) {
  if (!edges_.insert(uint64_t{from} << 32 | to).second) return;
  dependencies_[from].push_back(to);
  dependents_[to].push_back(from);
}

Result<Node> Dag::find(std::string_view name) const {
  auto it = index_.find(std::string(name));
  if (it != index_.end()) return it->second;
  Error error("NodeUnknown", "there is no \"" + std::string(name) + "\"");
  if (auto near = nearest(name, names_)) error.hint = "did you mean \"" + *near + "\"?";
  return error;
}

Result<std::vector<Node>> Dag::order() const {
  std::vector<size_t> waits_for(size());
  std::priority_queue<Node, std::vector<Node>, std::greater<>> ready;
  for (Node n = 0; n < size(); ++n) {
    waits_for[n] = dependencies_[n].size();
    if (waits_for[n] == 0) ready.push(n);
  }
  std::vector<Node> order;
  order.reserve(size());
  while (!ready.empty()) {
    Node n = ready.top();
    ready.pop();
    order.push_back(n);
    for (Node dependent : dependents_[n])
      if (--waits_for[dependent] == 0) ready.push(dependent);
  }
  if (order.size() == size()) return order;
  std::string cycle;
  std::vector<Node> nodes = a_cycle();
  for (Node n : nodes) cycle += names_[n] + " -> ";
  return Error("DependencyCycle", "dependency cycle: " + cycle + names_[nodes.front()]);
}

// Only called where there is one: peels off whatever nothing depends on a cycle for, then follows
// dependencies among the rest until a node comes again.
std::vector<Node> Dag::a_cycle() const {
  std::vector<size_t> waits_for(size());
  std::vector<Node> free;
  for (Node n = 0; n < size(); ++n)
    if ((waits_for[n] = dependencies_[n].size()) == 0) free.push_back(n);
  while (!free.empty()) {
    Node n = free.back();
    free.pop_back();
    for (Node dependent : dependents_[n])
      if (--waits_for[dependent] == 0) free.push_back(dependent);
  }
  Node at = 0;
  while (waits_for[at] == 0) ++at;
  std::vector<Node> path;
  std::vector<bool> seen(size());
  while (!seen[at]) {
    seen[at] = true;
    path.push_back(at);
    for (Node next : dependencies_[at])
      if (waits_for[next] > 0) {
        at = next;
        break;
      }
  }
  return {std::find(path.begin(), path.end(), at), path.end()};
}

Dag Dag::reversed() const {
  Dag turned = *this;
  std::swap(turned.dependencies_, turned.dependents_);
  turned.edges_.clear();
  for (uint64_t edge : edges_) turned.edges_.insert(edge << 32 | edge >> 32);
  return turned;
}

Dag Dag::with_dependencies(const std::vector<Node>& targets) const {
  std::vector<bool> wanted(size());
  std::vector<Node> open;
  auto want = [&](Node n) {
    if (!wanted[n]) open.push_back(n);
    wanted[n] = true;
  };
  for (Node n : targets) want(n);
  while (!open.empty()) {
    Node n = open.back();
    open.pop_back();
    for (Node dependency : dependencies_[n]) want(dependency);
  }
  Dag part;
  for (Node n = 0; n < size(); ++n)
    if (wanted[n]) part.add(names_[n]);
  for (Node n = 0; n < size(); ++n)
    if (wanted[n])
      for (Node dependency : dependencies_[n])
        part.depend(part.index_.at(names_[n]), part.index_.at(names_[dependency]));
  return part;
}

// For every node, the set of all it reaches as a row of bits, dependencies' rows merged in
// topological order; an edge goes if another dependency's row already holds its end. Rows are kept
// only until the last dependent has used them.
Result<Dag> Dag::reduced() const {
  TRY(std::vector<Node> sorted, order());
  std::vector<uint32_t> rank(size());
  for (uint32_t i = 0; i < sorted.size(); ++i) rank[sorted[i]] = i;
  std::vector<std::vector<uint64_t>> reach(size());
  std::vector<size_t> users(size());
  Dag slim;
  for (Node n = 0; n < size(); ++n) {
    slim.add(names_[n]);
    users[n] = dependents_[n].size();
  }
  for (Node n : sorted) {
    std::vector<uint64_t>& row = reach[n];
    row.assign(rank[n] / 64 + 1, 0);
    std::vector<Node> nearest_first = dependencies_[n];
    std::sort(nearest_first.begin(), nearest_first.end(),
              [&](Node a, Node b) { return rank[a] > rank[b]; });
    for (Node dependency : nearest_first) {
      uint64_t bit = uint64_t{1} << rank[dependency] % 64;
      if (!(row[rank[dependency] / 64] & bit)) {
        slim.depend(n, dependency);
        const std::vector<uint64_t>& theirs = reach[dependency];
        for (size_t i = 0; i < theirs.size(); ++i) row[i] |= theirs[i];
        row[rank[dependency] / 64] |= bit;
      }
      if (--users[dependency] == 0) std::vector<uint64_t>().swap(reach[dependency]);
    }
    if (users[n] == 0) std::vector<uint64_t>().swap(row);
  }
  return slim;
}

}  // namespace mainstay::graph
