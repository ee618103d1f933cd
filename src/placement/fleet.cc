#include "placement/fleet.hh"

#include <algorithm>

namespace mainstay::placement {
namespace {

constexpr const char* zone_field = "attribute:ecs.availability-zone";

bool is_taken(const std::vector<Port>& taken, Port port) {
  return std::find(taken.begin(), taken.end(), port) != taken.end();
}

// The lowest of a measure stays.
template <class Measure>
void keep_lowest(std::vector<size_t>& candidates, Measure measure) {
  auto least = measure(candidates[0]);
  for (size_t one : candidates) least = std::min(least, measure(one));
  std::erase_if(candidates, [&](size_t one) { return measure(one) != least; });
}

}  // namespace

Fleet::Fleet(std::vector<Instance> instances, uint64_t seed)
    : instances_(std::move(instances)), random_(seed) {
  for (size_t i = 0; i < instances_.size(); ++i)
    for (const auto& [group, count] : instances_[i].facts.groups) tasks_of(group)[i] = count;
}

std::vector<int>& Fleet::tasks_of(const std::string& group) {
  std::vector<int>& counts = tasks_[group];
  counts.resize(instances_.size());
  return counts;
}

const Fleet::Field& Fleet::field(const std::string& name) {
  auto [found, is_new] = fields_.try_emplace(name);
  Field& out = found->second;
  if (!is_new) return out;
  std::unordered_map<std::string, uint32_t> numbers;
  for (const Instance& instance : instances_) {
    std::string value;
    if (name == "instanceId" || name == "host") {
      value = instance.facts.id;
    } else {
      std::string_view attribute = name;
      if (attribute.starts_with("attribute:")) attribute.remove_prefix(10);
      auto has = instance.facts.attributes.find(std::string(attribute));
      if (has != instance.facts.attributes.end()) value = has->second;
    }
    out.value_of.push_back(numbers.try_emplace(value, numbers.size()).first->second);
  }
  out.count = static_cast<uint32_t>(numbers.size());
  return out;
}

std::optional<std::string> Fleet::refuse_resources(const Instance& instance,
                                                   const Resources& needs) const {
  if (instance.free.cpu < needs.cpu) return "RESOURCE:CPU";
  if (instance.free.memory < needs.memory) return "RESOURCE:MEMORY";
  for (Port port : needs.ports)
    if (is_taken(instance.free.ports, port)) return "RESOURCE:PORTS";
  return std::nullopt;
}

bool Fleet::satisfies(size_t index, const Constraint& constraint, const Demand& demand) const {
  if (constraint.kind == Constraint::Kind::distinct_instance) {
    auto tasks = tasks_.find(demand.group);
    return tasks == tasks_.end() || tasks->second[index] == 0;
  }
  const Query& query = *constraint.query;
  if (query.asks_for_tasks()) return query.matches(instances_[index].facts);
  auto [found, is_new] = known_.try_emplace(&query);
  if (is_new) {
    found->second.first = constraint.query;
    for (const Instance& instance : instances_)
      found->second.second.push_back(query.matches(instance.facts));
  }
  return found->second.second[index];
}

std::optional<std::string> Fleet::refuse(size_t index, const Demand& demand) const {
  const Instance& instance = instances_[index];
  if (!instance.is_active) return "INACTIVE";
  if (!instance.facts.agent_connected) return "AGENT";
  if (auto lacks = refuse_resources(instance, demand.needs)) return lacks;
  for (const auto& [name, value] : demand.attributes) {
    auto has = instance.facts.attributes.find(name);
    if (has == instance.facts.attributes.end() || (value && has->second != *value))
      return "ATTRIBUTE";
  }
  for (const Constraint& constraint : demand.constraints)
    if (!satisfies(index, constraint, demand))
      return constraint.kind == Constraint::Kind::member_of
                 ? "MemberOf placement constraint unsatisfied."
                 : "DistinctInstance placement constraint unsatisfied.";
  return std::nullopt;
}

std::vector<Strategy> Fleet::strategies_of(const Demand& demand) const {
  if (!demand.strategies.empty()) return demand.strategies;
  return {{Strategy::Kind::spread, zone_field}, {Strategy::Kind::spread, "instanceId"}};
}

void Fleet::keep_best(std::vector<size_t>& candidates, const Strategy& strategy,
                      const Demand& demand) {
  switch (strategy.kind) {
    case Strategy::Kind::random:
      candidates = {candidates[random_.below(candidates.size())]};
      return;
    case Strategy::Kind::binpack:
      return keep_lowest(candidates, [&](size_t one) {
        const Resources& free = instances_[one].free;
        return strategy.field == "cpu" ? free.cpu : free.memory;
      });
    case Strategy::Kind::spread:
      break;
  }
  const Field& by = field(strategy.field);
  const std::vector<int>& tasks = tasks_of(demand.group);
  std::vector<int> counts(by.count);
  for (size_t i = 0; i < tasks.size(); ++i) counts[by.value_of[i]] += tasks[i];
  keep_lowest(candidates, [&](size_t one) { return counts[by.value_of[one]]; });
}

std::optional<size_t> Fleet::place(const Demand& demand) {
  std::vector<size_t> candidates;
  for (size_t i = 0; i < instances_.size(); ++i)
    if (!refuse(i, demand)) candidates.push_back(i);
  if (candidates.empty()) return std::nullopt;
  for (const Strategy& strategy : strategies_of(demand)) {
    if (candidates.size() == 1) break;
    keep_best(candidates, strategy, demand);
  }
  // Of equals the one that has the least to do.
  if (demand.strategies.empty())
    keep_lowest(candidates, [&](size_t one) { return instances_[one].facts.running_tasks; });
  add(candidates[0], demand);
  return candidates[0];
}

std::vector<Refusal> Fleet::refusals(const Demand& demand) const {
  std::vector<Refusal> out;
  for (size_t i = 0; i < instances_.size(); ++i)
    if (auto why = refuse(i, demand)) out.push_back({i, *why});
  return out;
}

std::optional<Refusal> Fleet::closest_refusal(const Demand& demand) const {
  std::optional<Refusal> out;
  for (Refusal& one : refusals(demand)) {
    if (one.reason.starts_with("RESOURCE:")) return one;
    if (!out) out = std::move(one);
  }
  return out;
}

void Fleet::change(size_t index, const Demand& demand, int by) {
  Instance& instance = instances_[index];
  instance.free.cpu -= by * demand.needs.cpu;
  instance.free.memory -= by * demand.needs.memory;
  for (Port port : demand.needs.ports)
    if (by > 0)
      instance.free.ports.push_back(port);
    else
      std::erase(instance.free.ports, port);
  instance.facts.running_tasks += by;
  if (demand.group.empty()) return;
  tasks_of(demand.group)[index] += by;
  if ((instance.facts.groups[demand.group] += by) <= 0) instance.facts.groups.erase(demand.group);
}

void Fleet::add(size_t instance, const Demand& demand) {
  change(instance, demand, 1);
}
void Fleet::remove(size_t instance, const Demand& demand) {
  change(instance, demand, -1);
}

size_t Fleet::pick_to_stop(const std::vector<size_t>& tasks, const Demand& demand) {
  std::vector<size_t> left(tasks.size());
  for (size_t i = 0; i < left.size(); ++i) left[i] = i;
  const std::vector<int>& placed = tasks_of(demand.group);
  for (const Strategy& strategy : strategies_of(demand)) {
    if (left.size() == 1 || strategy.kind == Strategy::Kind::random) break;
    if (strategy.kind == Strategy::Kind::binpack) {
      // The instance that is the emptiest may soon be given back.
      keep_lowest(left, [&](size_t task) {
        const Resources& free = instances_[tasks[task]].free;
        return -(strategy.field == "cpu" ? free.cpu : free.memory);
      });
      continue;
    }
    const Field& by = field(strategy.field);
    std::vector<int> counts(by.count);
    for (size_t i = 0; i < placed.size(); ++i) counts[by.value_of[i]] += placed[i];
    keep_lowest(left, [&](size_t task) { return -counts[by.value_of[tasks[task]]]; });
  }
  return left[0];
}

}  // namespace mainstay::placement
