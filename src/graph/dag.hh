// A directed acyclic graph of named nodes: "a depends on b". Nodes are numbered in the order they
// were added, and every answer is in an order that depends on those numbers only.
//
// Pure; nothing recurses, so depth is bounded by memory alone. Limits: nodes_max nodes.
// Threads: const methods may run in parallel.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.hh"

namespace mainstay::graph {

using Node = uint32_t;

class Dag {
 public:
  static constexpr size_t nodes_max = 1'000'000;

  // The node of that name, new or known.
  Node add(std::string_view name);
  // `from` depends on `to`. Doubled edges count once. A cycle is found by check_acyclic or order.
  void depend(Node from, Node to);

  size_t size() const { return names_.size(); }
  const std::string& name(Node n) const { return names_[n]; }
  // Error "NodeUnknown" naming the nearest one.
  Result<Node> find(std::string_view name) const;
  const std::vector<Node>& dependencies(Node n) const { return dependencies_[n]; }
  const std::vector<Node>& dependents(Node n) const { return dependents_[n]; }

  // Dependencies before dependents; among those free to go, first added first.
  // Error "DependencyCycle": "a -> b -> a".
  Result<std::vector<Node>> order() const;

  // The same nodes with the directions turned round.
  Dag reversed() const;
  // The nodes and all they depend on, with the edges among them, names kept.
  Dag with_dependencies(const std::vector<Node>& targets) const;
  // Without the edges that others imply. Error as order().
  Result<Dag> reduced() const;
  // Of a graph that order() refuses: the nodes of a cycle, each depending on the next.
  std::vector<Node> a_cycle() const;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, Node> index_;
  std::vector<std::vector<Node>> dependencies_;
  std::vector<std::vector<Node>> dependents_;
  std::unordered_set<uint64_t> edges_;  // from << 32 | to
};

}  // namespace mainstay::graph
