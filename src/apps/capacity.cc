#include "apps/capacity.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::apps {
namespace {

constexpr size_t described_max = 100;  // of one DescribeContainerInstances

int64_t resource(const Value& instance, std::string_view name) {
  for (const Value& one : instance["remainingResources"].items())
    if (one["name"].as_string() == name) return one["integerValue"].as_int();
  return 0;
}

placement::Instance instance_of(const Value& v) {
  placement::Instance out;
  const std::string& arn = v["containerInstanceArn"].as_string();
  out.facts.id = arn.substr(arn.rfind('/') + 1);
  out.facts.ec2_id = v["ec2InstanceId"].as_string();
  out.facts.agent_connected = v["agentConnected"].as_bool();
  out.facts.agent_version = v["versionInfo"]["agentVersion"].as_string();
  out.facts.registered_at = v["registeredAt"].as_time();
  out.facts.running_tasks = static_cast<int>(v["runningTasksCount"].as_int());
  for (const Value& one : v["attributes"].items())
    out.facts.attributes[one["name"].as_string()] = one["value"].as_string();
  out.free = {resource(v, "CPU"), resource(v, "MEMORY"), {}};
  for (const Value& one : v["remainingResources"].items())
    if (one["name"].as_string() == "PORTS")
      for (const Value& port : one["stringSetValue"].items())
        out.free.ports.push_back(
            {static_cast<uint16_t>(parse_int(port.as_string()).value_or(0)), false});
  out.is_active = v["status"].as_string() == "ACTIVE";
  return out;
}

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
  auto refusals = fleet.refusals(demand);
  if (refusals.empty()) return "the cluster has no container instance";
  auto farness = [](const placement::Refusal& r) {
    return r.reason.starts_with("RESOURCE:") ? 0 : 1;
  };
  const auto& closest =
      *std::min_element(refusals.begin(), refusals.end(),
                        [&](const auto& a, const auto& b) { return farness(a) < farness(b); });
  const placement::Facts& facts = fleet.instances()[closest.instance].facts;
  return closest.reason + " on " + (facts.ec2_id.empty() ? facts.id : facts.ec2_id);
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
      instances.push_back(instance_of(one));
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
