// Container instances: what the agent of each tells of itself, and what is left of it.
#include "base/json.hh"
#include "base/text.hh"
#include "services/ecs/deploy.hh"
#include "services/ecs/fleet.hh"
#include "services/ecs/handlers.hh"
#include "services/ecs/machine.hh"

namespace mainstay::ecs {
namespace {

constexpr size_t instances_max = 5000;  // of a cluster ("Amazon ECS service quotas")

void set_attribute(Value& attributes, const std::string& name, const Value& value) {
  for (const Value& one : attributes.items())
    if (one["name"].as_string() == name) return;
  attributes.push_back(Value::map({{"name", name}, {"value", value}}));
}

// What is left, worked out from the tasks that are there.
Value counted(Call& call, const placement::Instance& left, const Value& document, const Value& in) {
  Value out = shown(document, includes_tags(in));
  Value remaining = Value::list();
  for (Value resource : document["registeredResources"].items()) {
    const std::string& name = resource["name"].as_string();
    if (name == "CPU") resource.set("integerValue", left.free.cpu);
    if (name == "MEMORY") resource.set("integerValue", left.free.memory);
    if (name == "PORTS" || name == "PORTS_UDP") {
      Value ports = Value::list();
      for (placement::Port port : left.free.ports)
        if (port.is_udp == (name == "PORTS_UDP")) ports.push_back(std::to_string(port.number));
      resource.set("stringSetValue", ports);
    }
    remaining.push_back(resource);
  }
  int64_t running = 0, pending = 0;
  each_in(call, "task", short_name(document["_Cluster"].as_string()),
          [&](const std::string&, const Value& task) {
            if (task["containerInstanceArn"] != document["containerInstanceArn"]) return;
            running += task["lastStatus"].as_string() == "RUNNING";
            pending += task["lastStatus"].as_string() == "PENDING";
          });
  return out.set("remainingResources", remaining)
      .set("runningTasksCount", running)
      .set("pendingTasksCount", pending);
}

Value counted(Call& call, const ClusterFleet& cluster, const Value& document, const Value& in) {
  auto at = cluster.index_of(key_of_arn(document["containerInstanceArn"].as_string()));
  return at ? counted(call, cluster.fleet.instances()[*at], document, in)
            : shown(document, includes_tags(in));
}

Result<Value> named_instance(const Call& call, const Value& cluster, const Value& in) {
  return cloud::find_resource(call, instance_kind.resource,
                              key_of(cluster, in["containerInstance"].as_string()));
}

Value resources_of(const Value& in) {
  Value out = Value::list();
  bool has_ports = false;
  for (const Value& one : in["totalResources"].items()) {
    has_ports = has_ports || one["name"].as_string() == "PORTS";
    out.push_back(one);
  }
  // What the agent keeps for itself: SSH, the Docker daemon, its own ("Container instance memory
  // management" and the agent's ECS_RESERVED_PORTS).
  if (!has_ports)
    for (const char* name : {"PORTS", "PORTS_UDP"})
      out.push_back(
          Value::map({{"name", name},
                      {"type", "STRINGSET"},
                      {"stringSetValue", std::string_view(name) == "PORTS"
                                             ? Value::list({"22", "2376", "2375", "51678", "51679"})
                                             : Value::list()}}));
  return out;
}

}  // namespace

Result<Value> register_instance(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  const std::string name = cluster["clusterName"].as_string();
  if (count_cluster(call, name).instances >= static_cast<int64_t>(instances_max))
    return aws_error("LimitExceededException",
                     "The limit of container instances per cluster has been reached.");
  auto identity = parse_json(in["instanceIdentityDocument"].as_string().empty()
                                 ? "{}"
                                 : in["instanceIdentityDocument"].as_string());
  if (!identity.has_value()) return client_error("The instance identity document is no JSON.");
  std::string id = call.random.hex(32);
  Value attributes = in["attributes"].empty() ? Value::list() : in["attributes"];
  struct BuiltIn {
    const char *attribute, *member;
  };
  for (const BuiltIn& one : {BuiltIn{"ecs.availability-zone", "availabilityZone"},
                             {"ecs.instance-type", "instanceType"},
                             {"ecs.ami-id", "imageId"},
                             {"ecs.cpu-architecture", "architecture"}})
    if (identity->has(one.member))
      set_attribute(attributes, one.attribute, (*identity)[one.member]);
  set_attribute(attributes, "ecs.os-type", "linux");
  Value instance =
      Value::map({{"containerInstanceArn", call.arn("container-instance/" + name + "/" + id)},
                  {"ec2InstanceId", (*identity)["instanceId"].as_string()},
                  {"version", 1},
                  {"versionInfo", in.has("versionInfo") ? in["versionInfo"] : Value::map({})},
                  {"registeredResources", resources_of(in)},
                  {"remainingResources", resources_of(in)},
                  {"status", "ACTIVE"},
                  {"agentConnected", true},
                  {"runningTasksCount", 0},
                  {"pendingTasksCount", 0},
                  {"attributes", attributes},
                  {"registeredAt", call.now},
                  {"attachments", Value::list()},
                  {"_Cluster", name}});
  CHECK_OK(tag_new(call, instance, in));
  put(call, instance_kind, instance);
  deploy_waiting(call, name);
  return Value::map({{"containerInstance", shown(instance)}});
}

Result<Value> describe_instances(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  Value out = describe(call, instance_kind, cluster, in["containerInstances"], in);
  ClusterFleet fleet = fleet_of(call, cluster["clusterName"].as_string());
  Value instances = Value::list();
  for (const Value& one : out["containerInstances"].items())
    instances.push_back(
        counted(call, fleet,
                *call.find("instance", key_of_arn(one["containerInstanceArn"].as_string())), in));
  return out.set("containerInstances", instances);
}

Result<Value> list_instances(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  const std::string name = cluster["clusterName"].as_string();
  std::optional<placement::Query> query;
  if (!in["filter"].as_string().empty()) {
    auto parsed = placement::Query::parse(in["filter"].as_string());
    if (!parsed.has_value())
      return invalid("Invalid filter \"" + in["filter"].as_string() +
                     "\": " + parsed.error().message);
    query = *parsed;
  }
  ClusterFleet fleet = fleet_of(call, name);
  cloud::Listing listing;
  listing.prefix = name + "/";
  listing.has = [&](const Value& one) {
    const std::string& status = one["status"].as_string();
    if (in.has("status") ? status != in["status"].as_string() : status == "INACTIVE") return false;
    auto at = fleet.index_of(key_of_arn(one["containerInstanceArn"].as_string()));
    return !query || (at && query->matches(fleet.fleet.instances()[*at].facts));
  };
  return list(call, instance_kind, in, listing);
}

Result<Value> update_instances_state(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  const std::string name = cluster["clusterName"].as_string();
  const std::string& status = in["status"].as_string();
  if (status != "ACTIVE" && status != "DRAINING")
    return invalid("Container instance status should be one of [ACTIVE, DRAINING].");
  Value out = describe(call, instance_kind, cluster, in["containerInstances"], in);
  Value changed = Value::list();
  for (const Value& one : out["containerInstances"].items()) {
    Value instance = *call.find("instance", key_of_arn(one["containerInstanceArn"].as_string()));
    instance.set("status", status).set("version", instance["version"].as_int() + 1);
    put(call, instance_kind, instance);
    changed.push_back(shown(instance));
  }
  deploy_cluster(call, name);
  return out.set("containerInstances", changed);
}

Result<Value> deregister_instance(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  const std::string name = cluster["clusterName"].as_string();
  TRY(Value instance, named_instance(call, cluster, in));
  std::vector<Value> tasks;
  each_in(call, "task", name, [&](const std::string&, const Value& task) {
    if (!is_stopped(task) && task["containerInstanceArn"] == instance["containerInstanceArn"])
      tasks.push_back(task);
  });
  if (!tasks.empty() && !in["force"].as_bool())
    return invalid("Found running tasks on the instance.");
  // "…orphaned": tasks of services start elsewhere; the containers themselves are not stopped by
  // ECS, but there is no other machine here that would keep them.
  for (Value& task : tasks)
    stop(call, task,
         {"ServiceSchedulerInitiated", "Container instance deregistration forced by user."});
  instance.set("status", "INACTIVE").set("agentConnected", false);
  call.remove("instance", key_of_arn(instance["containerInstanceArn"].as_string()));
  deploy_waiting(call, name);
  return Value::map({{"containerInstance", shown(instance)}});
}

}  // namespace mainstay::ecs
