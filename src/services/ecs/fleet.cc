#include "services/ecs/fleet.hh"

#include "base/text.hh"
#include "placement/described.hh"

namespace mainstay::ecs {
namespace {

using placement::Constraint, placement::Strategy;

int64_t number_of(const Value& v) {
  return v.is_string() ? parse_int(v.as_string()).value_or(0) : v.as_int();
}

Result<Constraint> constraint_of(const Value& given) {
  if (given["type"].as_string() == "distinctInstance")
    return Constraint{Constraint::Kind::distinct_instance, nullptr};
  auto query = placement::Query::parse(given["expression"].as_string());
  if (!query.has_value())
    return invalid("Invalid expression \"" + given["expression"].as_string() +
                   "\": " + query.error().message);
  return Constraint{Constraint::Kind::member_of,
                    std::make_shared<const placement::Query>(std::move(*query))};
}

Result<Strategy> strategy_of(const Value& given) {
  const std::string& type = given["type"].as_string();
  std::string field = given["field"].as_string();
  if (type == "random") return Strategy{Strategy::Kind::random, ""};
  if (type == "binpack") {
    field = to_lower(field);
    if (field != "cpu" && field != "memory")
      return invalid("The field '" + field + "' of a binpack strategy must be CPU or MEMORY.");
    return Strategy{Strategy::Kind::binpack, field};
  }
  if (field.empty()) return invalid("A spread strategy needs a field.");
  return Strategy{Strategy::Kind::spread, field};
}

}  // namespace

void each_in(const Call& call, std::string_view table, std::string_view cluster,
             const std::function<void(const std::string&, const Value&)>& visit) {
  const std::string prefix = std::string(cluster) + "/";
  const auto& all = call.all(table);
  for (auto at = all.lower_bound(prefix); at != all.end() && at->first.starts_with(prefix); ++at)
    visit(at->first, at->second);
}

bool is_stopped(const Value& task) {
  return task["lastStatus"].as_string() == "STOPPED";
}
bool is_wanted(const Value& task) {
  return task["desiredStatus"].as_string() == "RUNNING";
}

ClusterCounts count_cluster(const Call& call, std::string_view cluster) {
  ClusterCounts out;
  each_in(call, "instance", cluster, [&](const std::string&, const Value& one) {
    out.instances += one["status"].as_string() != "INACTIVE";
  });
  each_in(call, "service", cluster, [&](const std::string&, const Value& one) {
    out.services += one["status"].as_string() == "ACTIVE";
  });
  each_in(call, "task", cluster, [&](const std::string&, const Value& one) {
    const std::string& status = one["lastStatus"].as_string();
    out.running += status == "RUNNING";
    out.pending += status == "PENDING" || status == "PROVISIONING";
  });
  return out;
}

std::optional<size_t> ClusterFleet::index_of(std::string_view key) const {
  auto found = std::lower_bound(keys.begin(), keys.end(), key);
  if (found == keys.end() || *found != key) return std::nullopt;
  return found - keys.begin();
}

ClusterFleet fleet_of(Call& call, std::string_view cluster) {
  std::vector<placement::Instance> instances;
  std::vector<std::string> keys;
  each_in(call, "instance", cluster, [&](const std::string& key, const Value& document) {
    if (document["status"].as_string() == "INACTIVE") return;
    instances.push_back(placement::described_instance(document, "registeredResources"));
    keys.push_back(key);
  });
  ClusterFleet out{placement::Fleet(std::move(instances), call.random.next()), std::move(keys)};
  each_in(call, "task", cluster, [&](const std::string&, const Value& task) {
    if (is_stopped(task)) return;
    auto at = out.index_of(key_of_arn(task["containerInstanceArn"].as_string()));
    if (!at) return;
    placement::Demand held;
    held.group = task["group"].as_string();
    held.needs = {number_of(task["_Cpu"]), number_of(task["_Memory"]), {}};
    for (const Value& port : task["_Ports"].items())
      held.needs.ports.push_back(
          {static_cast<uint16_t>(port["Port"].as_int()), port["Udp"].as_bool()});
    out.fleet.add(*at, held);
  });
  return out;
}

Status check_placement(const Value& in) {
  for (const Value& one : in["placementConstraints"].items()) CHECK_OK(constraint_of(one));
  for (const Value& one : in["placementStrategy"].items()) CHECK_OK(strategy_of(one));
  return {};
}

Result<placement::Demand> demand_of(const Value& definition, const PlacementRequest& request) {
  placement::Demand out;
  out.group = request.group;
  const Value& task_cpu =
      request.overrides.has("cpu") ? request.overrides["cpu"] : definition["cpu"];
  const Value& task_memory =
      request.overrides.has("memory") ? request.overrides["memory"] : definition["memory"];
  int64_t cpu = 0, memory = 0;
  bool has_ports = definition["networkMode"].as_string() != "awsvpc";
  for (const Value& container : definition["containerDefinitions"].items()) {
    cpu += container["cpu"].as_int();
    memory += container.has("memoryReservation") ? container["memoryReservation"].as_int()
                                                 : container["memory"].as_int();
    for (const Value& port : container["portMappings"].items())
      if (has_ports && port["hostPort"].as_int() > 0)
        out.needs.ports.push_back({static_cast<uint16_t>(port["hostPort"].as_int()),
                                   port["protocol"].as_string() == "udp"});
  }
  out.needs.cpu = task_cpu.is_null() ? cpu : number_of(task_cpu);
  out.needs.memory = task_memory.is_null() ? memory : number_of(task_memory);
  for (const Value& given : definition["requiresAttributes"].items())
    out.attributes.emplace_back(
        given["name"].as_string(),
        given.has("value") ? std::optional(given["value"].as_string()) : std::nullopt);
  // A definition's constraints bind beside those of the request, never instead of them.
  for (const Value* list : {&definition["placementConstraints"], &request.constraints})
    for (const Value& given : list->items()) {
      TRY(Constraint one, constraint_of(given));
      out.constraints.push_back(std::move(one));
    }
  for (const Value& given : request.strategies.items()) {
    TRY(Strategy one, strategy_of(given));
    out.strategies.push_back(std::move(one));
  }
  return out;
}

}  // namespace mainstay::ecs
