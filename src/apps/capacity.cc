#include "apps/capacity.hh"

#include <algorithm>

#include "placement/described.hh"

namespace mainstay::apps {
namespace {

constexpr size_t described_max = 100;  // of one DescribeContainerInstances

Result<placement::Demand> demand_of(const App& app, const Process& process) {
  placement::Demand out;
  out.needs = {process.size.cpu, process.size.memory, {}};
  out.group = "service:" + app.name + "-" + process.name;
  for (const auto* list : {&app.constraints, &process.constraints})
    for (const std::string& expression : *list) {
      TRY(placement::Query query, placement::Query::parse(expression));
      out.constraints.push_back({placement::Constraint::Kind::member_of,
                                 std::make_shared<const placement::Query>(std::move(query))});
    }
  return out;
}

std::string why_not(const placement::Fleet& fleet, const placement::Demand& demand) {
  auto closest = fleet.closest_refusal(demand);
  if (!closest) return "the cluster has no container instance";
  const placement::Facts& facts = fleet.instances()[closest->instance].facts;
  return closest->reason + " on " + (facts.ec2_id.empty() ? facts.id : facts.ec2_id);
}

}  // namespace

Result<placement::Fleet> fleet_of(aws::Client& client, const std::string& cluster) {
  std::vector<placement::Instance> instances;
  TRY(List arns,
      client.list("ecs",
                  {"ListContainerInstances", "containerInstanceArns", "nextToken", "nextToken"},
                  Value::map({{"cluster", cluster}})));
  for (size_t at = 0; at < arns.size(); at += described_max) {
    List some(arns.begin() + static_cast<ptrdiff_t>(at),
              arns.begin() + static_cast<ptrdiff_t>(std::min(at + described_max, arns.size())));
    TRY(Value answer, client.call("ecs", "DescribeContainerInstances",
                                  Value::map({{"cluster", cluster},
                                              {"containerInstances", Value(std::move(some))}})));
    for (const Value& one : answer["containerInstances"].items())
      instances.push_back(placement::described_instance(one, "remainingResources"));
  }
  return placement::Fleet(std::move(instances), 1);
}

// A deployment that may not fall below the count needs a place for one new task beside the old ones
// at first; and for more tasks than there are, one each.
Result<std::vector<Shortage>> shortages(placement::Fleet fleet, const App& app,
                                        const Release& release, const Release* deployed) {
  std::vector<Shortage> out;
  for (const Process& process : release.processes) {
    if (!process.is_service || process.count == 0) continue;
    int64_t there = 0;
    if (deployed)
      for (const Process& before : deployed->processes)
        if (before.name == process.name && before.is_service) there = before.count;
    int64_t wanted = std::max<int64_t>(process.count - there, 1), fit = 0;
    TRY(placement::Demand demand, demand_of(app, process));
    while (fit < wanted && fleet.place(demand)) ++fit;
    if (fit < wanted) out.push_back({process.name, wanted, fit, why_not(fleet, demand)});
  }
  return out;
}

}  // namespace mainstay::apps
