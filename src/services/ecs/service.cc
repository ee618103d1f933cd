// Services: what is wanted, and its deployments. The scheduler (deploy.cc) does the rest.
#include "cloud/cloud.hh"
#include "services/ecs/deploy.hh"
#include "services/ecs/fleet.hh"
#include "services/ecs/handlers.hh"
#include "services/ecs/machine.hh"
#include "services/ecs/task.hh"
#include "wire/arn.hh"

namespace mainstay::ecs {
namespace {

constexpr int64_t services_max = 5000;  // of a cluster ("Amazon ECS service quotas")

Result<Value> named_service(const Call& call, const Value& cluster, const Value& in) {
  TRY(Value found, cloud::find_resource(call, service_kind.resource,
                                        key_of(cluster, in["service"].as_string())));
  return found;
}

// "If schedulingStrategy is DAEMON … the default minimum healthy percent is 0%" (API reference).
Value configuration_of(const Value& in, bool is_daemon) {
  Value out =
      in["deploymentConfiguration"].is_null() ? Value::map({}) : in["deploymentConfiguration"];
  if (!out.has("maximumPercent")) out.set("maximumPercent", is_daemon ? 100 : 200);
  if (!out.has("minimumHealthyPercent")) out.set("minimumHealthyPercent", is_daemon ? 0 : 100);
  if (!out.has("deploymentCircuitBreaker"))
    out.set("deploymentCircuitBreaker", Value::map({{"enable", false}, {"rollback", false}}));
  return out;
}

Status check_configuration(const Value& configuration, bool is_daemon) {
  int64_t least = configuration["minimumHealthyPercent"].as_int(),
          most = configuration["maximumPercent"].as_int();
  if (least < 0 || least > 100)
    return invalid("The minimumHealthyPercent must be between 0 and 100.");
  if (most < 100 || most > 200) return invalid("The maximumPercent must be between 100 and 200.");
  if (!is_daemon && least == 100 && most == 100)
    return invalid(
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
        "deployments.");
  return {};
}

// What is named must be of the task definition; the target groups themselves are of another service
// (deploy.cc says in the events that nothing is registered with them).
Status check_balancers(const Value& in, const Value& definition) {
  for (const Value& one : in["loadBalancers"].items()) {
    bool is_there = false;
    for (const Value& container : definition["containerDefinitions"].items())
      is_there = is_there || container["name"] == one["containerName"];
    if (!is_there)
      return invalid("The container " + one["containerName"].as_string() +
                     " does not exist in the task definition.");
    auto arn = wire::parse_arn(one["targetGroupArn"].as_string());
    bool is_group = arn.has_value() && arn->resource.starts_with("targetgroup/");
    if (one.has("targetGroupArn") && !is_group)
      return invalid("Invalid target group ARN: " + one["targetGroupArn"].as_string() + ".");
  }
  return {};
}

// What each scheduling strategy and launch type leaves no room for.
Status check_strategy(const Value& in, bool is_daemon, bool is_fargate) {
  if (is_daemon && in.has("desiredCount"))
    return invalid(
        "The daemon scheduling strategy does not support a desired count for services. Remove the "
        "desired count value and try again.");
  if (is_daemon && is_fargate)
    return invalid("The daemon scheduling strategy is not supported for Fargate tasks.");
  if (!is_daemon && !in.has("desiredCount")) return invalid("Desired count must be specified.");
  if (is_daemon && !in["placementStrategy"].empty())
    return invalid("Placement strategies are not supported with the daemon scheduling strategy.");
  if (is_fargate && (!in["placementStrategy"].empty() || !in["placementConstraints"].empty()))
    return invalid(
        "Placement constraints and strategies are not supported with FARGATE launch type.");
  return {};
}

Result<Value> definition_for(const Call& call, const Value& in) {
  Value definition = find_definition(call, in["taskDefinition"].as_string());
  if (definition.is_null()) return client_error("TaskDefinition not found.");
  if (definition["status"].as_string() != "ACTIVE")
    return client_error("TaskDefinition is inactive");
  return definition;
}

Value described(Call& call, const Value& service, const Value& in) {
  Value out = shown(service, includes_tags(in));
  const std::string group = "service:" + service["serviceName"].as_string();
  int64_t running = 0, pending = 0;
  std::map<std::string, std::pair<int64_t, int64_t>> by_deployment;
  each_in(call, "task", short_name(service["clusterArn"].as_string()),
          [&](const std::string&, const Value& task) {
            if (task["group"].as_string() != group || !is_wanted(task)) return;
            bool is_running = task["lastStatus"].as_string() == "RUNNING";
            (is_running ? running : pending) += 1;
            auto& counts = by_deployment[task["startedBy"].as_string()];
            (is_running ? counts.first : counts.second) += 1;
          });
  out.set("runningCount", running).set("pendingCount", pending);
  change_each(out, "deployments", [&](Value& deployment) {
    auto [is_running, is_pending] = by_deployment[deployment["id"].as_string()];
    deployment.set("runningCount", is_running).set("pendingCount", is_pending);
  });
  return out;
}

}  // namespace

Result<Value> create_service(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  const std::string name = in["serviceName"].as_string();
  if (name.empty() || name.size() > 255)
    return invalid("Service name is invalid: 1 to 255 letters, digits, hyphens and underscores.");
  std::string key = key_of(cluster, name);
  const Value* before = call.find("service", key);
  if (before && (*before)["status"].as_string() != "INACTIVE")
    return invalid("Creation of service was not idempotent.");
  if (count_cluster(call, cluster["clusterName"].as_string()).services >= services_max)
    return aws_error("LimitExceededException",
                     "The limit of services per cluster has been reached.");
  const Value& controller = in["deploymentController"]["type"];
  if (!controller.is_null() && controller.as_string() != "ECS")
    return aws_error(
        "UnsupportedFeatureException",
        "Deployment controller type " + controller.as_string() + " is not supported here.");
  TRY(Value definition, definition_for(call, in));
  TRY(std::string launch, check_launch(in, definition));
  bool is_daemon = in["schedulingStrategy"].as_string() == "DAEMON";
  CHECK_OK(check_strategy(in, is_daemon, launch == "FARGATE"));
  CHECK_OK(check_placement(in));
  CHECK_OK(check_balancers(in, definition));
  Value configuration = configuration_of(in, is_daemon);
  CHECK_OK(check_configuration(configuration, is_daemon));
  Value service = Value::map(
      {{"serviceArn", call.arn("service/" + key)},
       {"serviceName", name},
       {"clusterArn", cluster["clusterArn"]},
       {"loadBalancers", in["loadBalancers"].empty() ? Value::list() : in["loadBalancers"]},
       {"serviceRegistries",
        in["serviceRegistries"].empty() ? Value::list() : in["serviceRegistries"]},
       {"status", "ACTIVE"},
       {"desiredCount", in["desiredCount"].as_int(0)},
       {"runningCount", 0},
       {"pendingCount", 0},
       {"launchType", launch},
       {"taskDefinition", definition["taskDefinitionArn"]},
       {"deploymentConfiguration", configuration},
       {"deployments", Value::list()},
       {"events", Value::list()},
       {"createdAt", call.now},
       {"placementConstraints",
        in["placementConstraints"].empty() ? Value::list() : in["placementConstraints"]},
       {"placementStrategy",
        in["placementStrategy"].empty() ? Value::list() : in["placementStrategy"]},
       {"schedulingStrategy", is_daemon ? "DAEMON" : "REPLICA"},
       {"createdBy", call.caller.arn},
       {"enableECSManagedTags", in["enableECSManagedTags"].as_bool()},
       {"propagateTags",
        in["propagateTags"].as_string().empty() ? "NONE" : in["propagateTags"].as_string()},
       {"enableExecuteCommand", in["enableExecuteCommand"].as_bool()}});
  for (const char* member :
       {"networkConfiguration", "healthCheckGracePeriodSeconds", "platformVersion", "role"})
    if (in.has(member))
      service.set(std::string_view(member) == "role" ? "roleArn" : member, in[member]);
  CHECK_OK(tag_new(call, service, in));
  begin_deployment(call, service);
  put(call, service_kind, service);
  deploy_service(call, key);
  return Value::map(
      {{"service", described(call, service, Value::map({{"include", Value::list({"TAGS"})}}))}});
}

// What is left out stays as it is: a count that isn't given is no count of zero.
Result<Value> update_service(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  TRY(Value service, named_service(call, cluster, in));
  if (service["status"].as_string() != "ACTIVE")
    return aws_error("ServiceNotActiveException", "Service was not ACTIVE.");
  bool is_daemon = service["schedulingStrategy"].as_string() == "DAEMON";
  if (is_daemon && in.has("desiredCount"))
    return invalid(
        "The daemon scheduling strategy does not support a desired count for services. Remove the "
        "desired count value and try again.");
  CHECK_OK(check_placement(in));
  CHECK_OK(check_balancers(in, find_definition(call, service["taskDefinition"].as_string())));
  bool is_new = in["forceNewDeployment"].as_bool();
  if (in.has("taskDefinition")) {
    TRY(Value definition, definition_for(call, in));
    Value launch = in;
    launch.set("launchType", service["launchType"]);
    if (!in.has("networkConfiguration") && service.has("networkConfiguration"))
      launch.set("networkConfiguration", service["networkConfiguration"]);
    CHECK_OK(check_launch(launch, definition));
    is_new = is_new || definition["taskDefinitionArn"] != service["taskDefinition"];
    service.set("taskDefinition", definition["taskDefinitionArn"]);
  }
  for (const char* member : {"networkConfiguration", "platformVersion", "placementConstraints",
                             "placementStrategy", "loadBalancers"})
    if (in.has(member)) {
      is_new = is_new || in[member] != service[member];
      service.set(member, in[member]);
    }
  for (const char* member : {"desiredCount", "healthCheckGracePeriodSeconds",
                             "enableExecuteCommand", "propagateTags", "enableECSManagedTags"})
    if (in.has(member)) service.set(member, in[member]);
  if (in.has("deploymentConfiguration")) {
    Value configuration = service["deploymentConfiguration"];
    for (const auto& [name, value] : in["deploymentConfiguration"].members())
      configuration.set(name, value);
    CHECK_OK(check_configuration(configuration, is_daemon));
    service.set("deploymentConfiguration", configuration);
  }
  if (is_new)
    begin_deployment(call, service);
  else
    change_each(service, "deployments", [&](Value& one) {
      if (one["status"].as_string() != "PRIMARY") return;
      one.set("desiredCount", service["desiredCount"]).set("updatedAt", call.now);
    });
  service.erase("_Quiet");
  put(call, service_kind, service);
  deploy_service(call, key_of_arn(service["serviceArn"].as_string()));
  return Value::map({{"service", described(call, service, in)}});
}

Result<Value> delete_service(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  TRY(Value service, named_service(call, cluster, in));
  if (service["status"].as_string() != "ACTIVE")
    return aws_error("ServiceNotActiveException", "Service was not ACTIVE.");
  bool is_daemon = service["schedulingStrategy"].as_string() == "DAEMON";
  if (!is_daemon && service["desiredCount"].as_int() > 0 && !in["force"].as_bool())
    return invalid("The service cannot be stopped while it is scaled above 0.");
  service.set("status", "DRAINING").set("desiredCount", 0);
  put(call, service_kind, service);
  deploy_service(call, key_of_arn(service["serviceArn"].as_string()));
  return Value::map({{"service", described(call, service, in)}});
}

Result<Value> describe_services(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  if (in["services"].empty()) return invalid("Services cannot be empty.");
  Value out = describe(call, service_kind, cluster, in["services"], in);
  Value services = Value::list();
  for (const Value& one : out["services"].items())
    services.push_back(
        described(call, *call.find("service", key_of_arn(one["serviceArn"].as_string())), in));
  return out.set("services", services);
}

Result<Value> list_services(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  cloud::Listing listing;
  listing.prefix = cluster["clusterName"].as_string() + "/";
  listing.has = [&](const Value& one) {
    if (one["status"].as_string() == "INACTIVE") return false;
    if (in.has("launchType") && one["launchType"] != in["launchType"]) return false;
    return !in.has("schedulingStrategy") || one["schedulingStrategy"] == in["schedulingStrategy"];
  };
  return list(call, service_kind, in, listing);
}

}  // namespace mainstay::ecs
