// Tasks: run once, by whoever asks or by a service.
#include "services/ecs/task.hh"

#include "services/ecs/fleet.hh"
#include "services/ecs/handlers.hh"
#include "services/ecs/machine.hh"

namespace mainstay::ecs {
namespace {

constexpr int64_t tasks_max = 10;  // of one request ("count", RunTask)

// Each container instance has a loopback address of its own, as a machine has one.
std::string own_address(std::string_view instance_key) {
  if (instance_key.empty()) return "127.0.0.1";
  unsigned sum = 2166136261U;  // FNV-1a
  for (char c : instance_key) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619U;
  auto byte = [&](int shift) { return std::to_string(1 + ((sum >> shift) & 0xff) % 254); };
  return "127." + byte(0) + "." + byte(8) + "." + byte(16);
}

Value containers_of(Call& call, const Value& definition, const std::string& task_arn) {
  Value out = Value::list();
  const std::string cluster_and_task = key_of_arn(task_arn);
  for (const Value& given : definition["containerDefinitions"].items()) {
    Value one = Value::map(
        {{"containerArn", call.arn("container/" + cluster_and_task + "/" + call.random.uuid())},
         {"taskArn", task_arn},
         {"name", given["name"]},
         {"image", given["image"]},
         {"lastStatus", "PENDING"},
         {"networkInterfaces", Value::list()},
         {"healthStatus", "UNKNOWN"},
         {"cpu", std::to_string(given["cpu"].as_int())}});
    for (const char* member : {"memory", "memoryReservation"})
      if (given.has(member)) one.set(member, std::to_string(given[member].as_int()));
    out.push_back(std::move(one));
  }
  return out;
}

Value ports_of(const placement::Resources& needs) {
  Value out = Value::list();
  for (placement::Port port : needs.ports)
    out.push_back(Value::map({{"Port", int64_t{port.number}}, {"Udp", port.is_udp}}));
  return out;
}

Result<Value> active_definition(const Call& call, const Value& in) {
  Value definition = find_definition(call, in["taskDefinition"].as_string());
  if (definition.is_null()) return client_error("TaskDefinition not found.");
  if (definition["status"].as_string() != "ACTIVE")
    return client_error("TaskDefinition is inactive");
  return definition;
}

Result<Value> named_task(const Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  return cloud::find_resource(call, task_kind.resource, key_of(cluster, in["task"].as_string()));
}

Status check_overrides(const Value& in, const Value& definition) {
  for (const Value& one : in["overrides"]["containerOverrides"].items()) {
    bool is_there = false;
    for (const Value& container : definition["containerDefinitions"].items())
      is_there = is_there || container["name"] == one["name"];
    if (!is_there)
      return invalid("Override for container named " + one["name"].as_string() +
                     " is not a container in the TaskDefinition.");
  }
  return {};
}

std::string group_of(const Value& in, const Value& definition) {
  const std::string& given = in["group"].as_string();
  return given.empty() ? "family:" + definition["family"].as_string() : given;
}

struct Started {
  Value tasks = Value::list(), failures = Value::list();
  Value answer() const { return Value::map({{"tasks", tasks}, {"failures", failures}}); }
};

}  // namespace

Result<std::string> check_launch(const Value& in, const Value& definition) {
  std::string type = in["launchType"].as_string();
  for (const Value& one : in["capacityProviderStrategy"].items()) {
    const std::string& provider = one["capacityProvider"].as_string();
    if (provider != "FARGATE" && provider != "FARGATE_SPOT")
      return invalid("The specified capacity provider '" + provider +
                     "' was not found. Specify a valid name or ARN and try again.");
    type = "FARGATE";
  }
  if (type.empty()) type = "EC2";
  bool is_awsvpc = definition["networkMode"].as_string() == "awsvpc";
  if (is_awsvpc && in["networkConfiguration"]["awsvpcConfiguration"].empty())
    return invalid(
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (!is_awsvpc && !in["networkConfiguration"]["awsvpcConfiguration"].empty())
    return invalid(
        "Network Configuration is not valid for the given networkMode of this task definition.");
  bool fits = false;
  for (const Value& one : definition["compatibilities"].items())
    fits = fits || one.as_string() == type;
  if (!fits) return invalid("Task definition does not support launch_type " + type + ".");
  return type;
}

Value make_task(Call& call, const TaskPlan& plan) {
  const std::string cluster = plan.cluster["clusterName"].as_string();
  std::string arn = call.arn("task/" + cluster + "/" + call.random.hex(32));
  Value task =
      Value::map({{"taskArn", arn},
                  {"clusterArn", plan.cluster["clusterArn"]},
                  {"taskDefinitionArn", plan.definition["taskDefinitionArn"]},
                  {"containers", containers_of(call, plan.definition, arn)},
                  {"group", plan.group},
                  {"launchType", plan.instance_key.empty() ? "FARGATE" : "EC2"},
                  {"lastStatus", ""},
                  {"desiredStatus", "RUNNING"},
                  {"cpu", std::to_string(plan.needs.cpu)},
                  {"memory", std::to_string(plan.needs.memory)},
                  {"createdAt", call.now},
                  {"version", 0},
                  {"connectivity", "CONNECTED"},
                  {"connectivityAt", call.now},
                  {"healthStatus", "UNKNOWN"},
                  {"overrides", plan.overrides.is_null()
                                    ? Value::map({{"containerOverrides", Value::list()},
                                                  {"inferenceAcceleratorOverrides", Value::list()}})
                                    : plan.overrides},
                  {"attachments", Value::list()},
                  {"attributes", Value::list()},
                  {"enableExecuteCommand", plan.request["enableExecuteCommand"].as_bool()},
                  {"_Cpu", plan.needs.cpu},
                  {"_Memory", plan.needs.memory},
                  {"_Ports", ports_of(plan.needs)},
                  {"_Address", own_address(plan.instance_key)}});
  if (!plan.started_by.empty()) task.set("startedBy", plan.started_by);
  if (plan.instance_key.empty()) {
    task.set("platformVersion", "1.4.0").set("platformFamily", "Linux");
  } else {
    const Value* instance = call.find("instance", plan.instance_key);
    task.set("containerInstanceArn", (*instance)["containerInstanceArn"]);
    for (const Value& one : (*instance)["attributes"].items())
      if (one["name"].as_string() == "ecs.availability-zone")
        task.set("availabilityZone", one["value"]);
  }
  Value essential = Value::list();
  for (const Value& container : plan.definition["containerDefinitions"].items())
    if (container["essential"].as_bool(true)) essential.push_back(container["name"]);
  task.set("_Essential", essential);
  (void)tag_new(call, task, plan.request);
  begin(call, task);
  return task;
}

Result<Value> run_task(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  TRY(Value definition, active_definition(call, in));
  CHECK_OK(check_overrides(in, definition));
  TRY(std::string launch, check_launch(in, definition));
  int64_t count = in["count"].as_int(1);
  if (count < 1 || count > tasks_max) return invalid("Task count must be between 1 and 10.");
  TaskPlan plan{.cluster = cluster,
                .definition = definition,
                .instance_key = "",
                .group = group_of(in, definition),
                .started_by = in["startedBy"].as_string(),
                .needs = {},
                .overrides = in["overrides"],
                .request = in};
  PlacementRequest wanted{.group = plan.group,
                          .constraints = in["placementConstraints"],
                          .strategies = in["placementStrategy"],
                          .overrides = in["overrides"]};
  TRY(placement::Demand demand, demand_of(definition, wanted));
  plan.needs = demand.needs;
  Started out;
  if (launch == "FARGATE") {
    for (int64_t i = 0; i < count; ++i) out.tasks.push_back(shown(make_task(call, plan)));
    return out.answer();
  }
  ClusterFleet fleet = fleet_of(call, cluster["clusterName"].as_string());
  if (fleet.keys.empty()) return invalid("No Container Instances were found in your cluster.");
  for (int64_t i = 0; i < count; ++i) {
    auto at = fleet.fleet.place(demand);
    if (!at) {
      for (const placement::Refusal& refusal : fleet.fleet.refusals(demand))
        out.failures.push_back(
            failure(call, instance_kind, fleet.keys[refusal.instance], refusal.reason));
      break;
    }
    plan.instance_key = fleet.keys[*at];
    out.tasks.push_back(shown(make_task(call, plan)));
  }
  return out.answer();
}

// On the instances that are named, whatever strategy and constraints say ("use your own
// scheduler").
Result<Value> start_task(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  TRY(Value definition, active_definition(call, in));
  CHECK_OK(check_overrides(in, definition));
  CHECK_OK(check_launch(in, definition));
  if (in["containerInstances"].items().size() > static_cast<size_t>(tasks_max))
    return invalid("At most 10 container instances can be named.");
  TRY(placement::Demand demand, demand_of(definition, {.group = group_of(in, definition),
                                                       .constraints = {},
                                                       .strategies = {},
                                                       .overrides = in["overrides"]}));
  ClusterFleet fleet = fleet_of(call, cluster["clusterName"].as_string());
  Started out;
  for (const Value& name : in["containerInstances"].items()) {
    std::string key = key_of(cluster, name.as_string());
    auto at = fleet.index_of(key);
    std::string why = at ? "" : "MISSING";
    for (const placement::Refusal& refusal :
         at ? fleet.fleet.refusals(demand) : std::vector<placement::Refusal>())
      if (refusal.instance == *at) why = refusal.reason;
    if (!why.empty()) {
      out.failures.push_back(failure(call, instance_kind, key, why));
      continue;
    }
    fleet.fleet.add(*at, demand);
    out.tasks.push_back(shown(make_task(call, {.cluster = cluster,
                                               .definition = definition,
                                               .instance_key = key,
                                               .group = demand.group,
                                               .started_by = in["startedBy"].as_string(),
                                               .needs = demand.needs,
                                               .overrides = in["overrides"],
                                               .request = in})));
  }
  return out.answer();
}

Result<Value> stop_task(Call& call, const Value& in) {
  TRY(Value task, named_task(call, in));
  std::string reason = in["reason"].as_string();
  stop(call, task, {"UserInitiated", reason.empty() ? "Task stopped by user" : reason});
  return Value::map({{"task", shown(task)}});
}

Result<Value> describe_tasks(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  if (in["tasks"].empty()) return invalid("Tasks cannot be empty.");
  return describe(call, task_kind, cluster, in["tasks"], in);
}

Result<Value> list_tasks(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  if (in.has("serviceName") &&
      !call.find("service", key_of(cluster, in["serviceName"].as_string())))
    return cloud::no_such(service_kind.resource, in["serviceName"].as_string());
  std::string wanted =
      in["desiredStatus"].as_string().empty() ? "RUNNING" : in["desiredStatus"].as_string();
  cloud::Listing listing;
  listing.prefix = cluster["clusterName"].as_string() + "/";
  listing.has = [&](const Value& task) {
    if (task["desiredStatus"].as_string() != wanted) return false;
    if (in.has("containerInstance") && short_name(task["containerInstanceArn"].as_string()) !=
                                           short_name(in["containerInstance"].as_string()))
      return false;
    if (in.has("family") && !short_name(task["taskDefinitionArn"].as_string())
                                 .starts_with(in["family"].as_string() + ":"))
      return false;
    if (in.has("startedBy") && task["startedBy"] != in["startedBy"]) return false;
    if (in.has("launchType") && task["launchType"] != in["launchType"]) return false;
    return !in.has("serviceName") ||
           task["group"].as_string() == "service:" + short_name(in["serviceName"].as_string());
  };
  return list(call, task_kind, in, listing);
}

}  // namespace mainstay::ecs
