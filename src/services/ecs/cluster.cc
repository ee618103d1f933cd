// Clusters: the names under which instances, tasks and services stand together.
#include "cloud/cloud.hh"
#include "services/ecs/fleet.hh"
#include "services/ecs/handlers.hh"

namespace mainstay::ecs {
namespace {

constexpr size_t clusters_max = 10'000;  // "Amazon ECS service quotas"

bool is_name(std::string_view text) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), fits);
}

Value settings_of(const Value& in) {
  if (!in["settings"].empty()) return in["settings"];
  return Value::list({Value::map({{"name", "containerInsights"}, {"value", "disabled"}})});
}

Value counted(const Call& call, const Value& cluster, const Value& in) {
  Value out = shown(cluster, includes_tags(in));
  ClusterCounts counts = count_cluster(call, cluster["clusterName"].as_string());
  out.set("registeredContainerInstancesCount", counts.instances)
      .set("runningTasksCount", counts.running)
      .set("pendingTasksCount", counts.pending)
      .set("activeServicesCount", counts.services);
  bool with_settings = false;
  for (const Value& one : in["include"].items())
    with_settings = with_settings || one.as_string() == "SETTINGS";
  if (!with_settings && call.operation == "DescribeClusters") out.set("settings", Value::list());
  return out;
}

}  // namespace

Result<Value> create_cluster(Call& call, const Value& in) {
  std::string name = in["clusterName"].as_string();
  if (name.empty()) name = "default";
  if (!is_name(name))
    return invalid("Invalid cluster name: at most 255 letters, digits, hyphens and underscores.");
  if (const Value* there = call.find("cluster", name))
    return Value::map({{"cluster", counted(call, *there, in)}});
  if (call.all("cluster").size() >= clusters_max)
    return aws_error("LimitExceededException",
                     "The limit of clusters per account has been reached.");
  Value cluster = Value::map(
      {{"clusterArn", call.arn("cluster/" + name)},
       {"clusterName", name},
       {"status", "ACTIVE"},
       {"statistics", Value::list()},
       {"settings", settings_of(in)},
       {"capacityProviders",
        in["capacityProviders"].empty() ? Value::list() : in["capacityProviders"]},
       {"defaultCapacityProviderStrategy", in["defaultCapacityProviderStrategy"].empty()
                                               ? Value::list()
                                               : in["defaultCapacityProviderStrategy"]}});
  for (const char* member : {"configuration", "serviceConnectDefaults"})
    if (in.has(member)) cluster.set(member, in[member]);
  CHECK_OK(tag_new(call, cluster, in));
  put(call, cluster_kind, cluster);
  return Value::map(
      {{"cluster", counted(call, cluster, Value::map({{"include", Value::list({"TAGS"})}}))}});
}

Result<Value> describe_clusters(Call& call, const Value& in) {
  Value found = Value::list(), failures = Value::list();
  Value names = in["clusters"].empty() ? Value::list({"default"}) : in["clusters"];
  for (const Value& name : names.items()) {
    const Value* cluster = call.find("cluster", short_name(name.as_string()));
    if (cluster)
      found.push_back(counted(call, *cluster, in));
    else
      failures.push_back(failure(call, cluster_kind, name.as_string(), "MISSING"));
  }
  return Value::map({{"clusters", found}, {"failures", failures}});
}

Result<Value> list_clusters(Call& call, const Value& in) {
  return list(call, cluster_kind, in, {});
}

Result<Value> update_cluster(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  for (const char* member : {"settings", "configuration", "serviceConnectDefaults"})
    if (in.has(member)) cluster.set(member, in[member]);
  put(call, cluster_kind, cluster);
  return Value::map({{"cluster", counted(call, cluster, in)}});
}

Result<Value> delete_cluster(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  const std::string name = cluster["clusterName"].as_string();
  ClusterCounts counts = count_cluster(call, name);
  if (counts.instances > 0)
    return aws_error(
        "ClusterContainsContainerInstancesException",
        "The Cluster cannot be deleted while Container Instances are active or draining.");
  if (counts.services > 0)
    return aws_error("ClusterContainsServicesException",
                     "The Cluster cannot be deleted while Services are active.");
  if (counts.running + counts.pending > 0)
    return aws_error("ClusterContainsTasksException",
                     "The Cluster cannot be deleted while Tasks are active.");
  for (const char* table : {"task", "service", "instance"}) {
    std::vector<std::string> ids;
    for (const auto& [id, document] : call.all(table))
      if (id.starts_with(name + "/")) ids.push_back(id);
    for (const std::string& id : ids) call.remove(table, id);
  }
  call.remove("cluster", name);
  return Value::map({{"cluster", counted(call, cluster, in).set("status", "INACTIVE")}});
}

}  // namespace mainstay::ecs
