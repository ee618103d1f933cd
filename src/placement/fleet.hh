// Container instances with what is left of each, and which of them a task goes to.
//
// As ECS decides ("How Amazon ECS places tasks on container instances", developer guide): of the
// instances with enough cpu, memory and free ports and with the attributes that are needed, those
// that satisfy every constraint; of these the best by the strategies, one after the other. Without
// a strategy zones are kept even, then instances. Constraints bind, strategies are best effort.
//
// Threads: one at a time. Cost: a task looks at each instance once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random.hh"
#include "placement/query.hh"

namespace mainstay::placement {

struct Port {
  uint16_t number = 0;
  bool is_udp = false;
  auto operator<=>(const Port&) const = default;
};

struct Resources {
  int64_t cpu = 0;     // units, 1024 a virtual processor
  int64_t memory = 0;  // MiB
  std::vector<Port> ports;
};

struct Instance {
  Facts facts;
  Resources free;  // ports: those that are taken
  bool is_active = true;
};

struct Constraint {
  enum class Kind { distinct_instance, member_of } kind = Kind::member_of;
  std::shared_ptr<const Query> query;  // of member_of
};

struct Strategy {
  enum class Kind { spread, binpack, random } kind = Kind::spread;
  std::string field;  // "instanceId", "cpu", "memory", "attribute:NAME"
};

struct Demand {
  Resources needs;
  std::string group;  // of tasks among which is spread, and which distinct_instance keeps apart
  std::vector<std::pair<std::string, std::optional<std::string>>> attributes = {};  // and values
  std::vector<Constraint> constraints = {};
  std::vector<Strategy> strategies = {};
};

// Why an instance can't take a task, in the words of the API: "RESOURCE:MEMORY", "AGENT",
// "ATTRIBUTE", "MemberOf placement constraint unsatisfied.".
struct Refusal {
  size_t instance;
  std::string reason;
};

class Fleet {
 public:
  Fleet(std::vector<Instance> instances, uint64_t seed);

  const std::vector<Instance>& instances() const { return instances_; }
  // The instance that the task goes to, which then counts as there; nothing where none can take it.
  std::optional<size_t> place(const Demand& demand);
  // Why not, by instance.
  std::vector<Refusal> refusals(const Demand& demand) const;
  // Of the instance that satisfies most: a lack of resources is nearer than a constraint. Nothing
  // where there is no instance that refuses.
  std::optional<Refusal> closest_refusal(const Demand& demand) const;
  void add(size_t instance, const Demand& demand);
  void remove(size_t instance, const Demand& demand);

  // Which task of these instances goes first when fewer are wanted: the other way round of where it
  // would have been put. tasks: the instance of each. An index into them.
  size_t pick_to_stop(const std::vector<size_t>& tasks, const Demand& demand);

 private:
  // A value of each instance by which tasks are spread, as numbers from 0; those without the
  // attribute share one.
  struct Field {
    std::vector<uint32_t> value_of;
    uint32_t count = 0;
  };
  using Tasks = std::unordered_map<std::string, std::vector<int>>;  // of a group, by instance

  std::optional<std::string> refuse(size_t index, const Demand& demand) const;
  std::optional<std::string> refuse_resources(const Instance& instance,
                                              const Resources& needs) const;
  bool satisfies(size_t index, const Constraint& constraint, const Demand& demand) const;
  const Field& field(const std::string& name);
  std::vector<int>& tasks_of(const std::string& group);
  void keep_best(std::vector<size_t>& candidates, const Strategy& strategy, const Demand& demand);
  std::vector<Strategy> strategies_of(const Demand& demand) const;
  void change(size_t instance, const Demand& demand, int by);

  std::vector<Instance> instances_;
  Random random_;
  std::map<std::string, Field> fields_;
  Tasks tasks_;
  // What a query that doesn't ask for tasks says of each instance: that never changes.
  mutable std::unordered_map<const Query*,
                             std::pair<std::shared_ptr<const Query>, std::vector<bool>>>
      known_;
};

}  // namespace mainstay::placement
