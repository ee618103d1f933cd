// Task definitions: families of numbered revisions, which never change but for their status.
#include <set>

#include "base/text.hh"
#include "services/ecs/fleet.hh"
#include "services/ecs/handlers.hh"

namespace mainstay::ecs {
namespace {

// "Task CPU and memory" of Fargate: the memory in MiB that goes with each cpu, from, to, step.
struct FargateSize {
  int64_t cpu, least, most, step;
};
constexpr FargateSize fargate_sizes[] = {{512, 1024, 4096, 1024},    {1024, 2048, 8192, 1024},
                                         {2048, 4096, 16384, 1024},  {4096, 8192, 30720, 1024},
                                         {8192, 16384, 61440, 4096}, {16384, 32768, 122880, 8192},
                                         {256, 512, 2048, 1024}};

// "256", ".25 vCPU"; "512", "1 GB".
int64_t units_of(const std::string& text, std::string_view unit) {
  std::string lower = to_lower(text);
  if (lower.size() > unit.size() && lower.ends_with(unit))
    return static_cast<int64_t>(std::strtod(lower.c_str(), nullptr) * 1024);
  return parse_int(lower).value_or(-1);
}

bool is_fargate(const Value& in) {
  for (const Value& one : in["requiresCompatibilities"].items())
    if (one.as_string() == "FARGATE") return true;
  return false;
}

Status check_fargate(const Value& definition) {
  if (definition["networkMode"].as_string() != "awsvpc")
    return client_error("Fargate only supports network mode ‘awsvpc’.");
  if (!definition.has("cpu") || !definition.has("memory"))
    return client_error(std::string("Fargate requires task definition to have ") +
                        (definition.has("cpu") ? "memory" : "cpu") +
                        " specified at the task level.");
  int64_t cpu = parse_int(definition["cpu"].as_string()).value_or(0);
  int64_t memory = parse_int(definition["memory"].as_string()).value_or(0);
  for (const FargateSize& size : fargate_sizes)
    if (size.cpu == cpu && memory >= size.least && memory <= size.most &&
        (memory % size.step == 0 || (cpu == 256 && memory == 512)))
      return {};
  return client_error("No Fargate configuration exists for given values: " + std::to_string(cpu) +
                      " CPU, " + std::to_string(memory) +
                      " memory. See the Amazon ECS documentation for the valid values.");
}

Status check_dependencies(const Value& containers, const std::set<std::string>& names) {
  for (const Value& container : containers.items())
    for (const Value& needed : container["dependsOn"].items())
      if (!names.contains(needed["containerName"].as_string()))
        return client_error("Container " + container["name"].as_string() + " depends on " +
                            needed["containerName"].as_string() +
                            ", which is not in the task definition.");
  return {};
}

Status check_ports(const Value& in, const Value& container) {
  for (const Value& port : container["portMappings"].items()) {
    int64_t host = port["hostPort"].as_int(), inner = port["containerPort"].as_int();
    if (in["networkMode"].as_string() == "awsvpc" && host != 0 && host != inner)
      return client_error(
          "When networkMode=awsvpc, the host ports and container ports in port mappings must "
          "match.");
  }
  return {};
}

Status check_container(const Value& in, const Value& container) {
  const std::string& name = container["name"].as_string();
  if (name.empty()) return client_error("Container.name should not be null or empty.");
  if (container["image"].as_string().empty())
    return client_error("Container.image should not be null or empty.");
  const std::string invalid_setting = "Invalid setting for container '" + name + "'. ";
  bool has_memory =
      container.has("memory") || container.has("memoryReservation") || in.has("memory");
  if (!has_memory)
    return client_error(invalid_setting +
                        "At least one of 'memory' or 'memoryReservation' must be specified.");
  if (container.has("memory") && container.has("memoryReservation") &&
      container["memory"].as_int() < container["memoryReservation"].as_int())
    return client_error(invalid_setting +
                        "'memory' must be greater than or equal to 'memoryReservation'.");
  return check_ports(in, container);
}

Status check_containers(const Value& in) {
  std::set<std::string> names;
  bool any_essential = false;
  for (const Value& container : in["containerDefinitions"].items()) {
    CHECK_OK(check_container(in, container));
    const std::string& name = container["name"].as_string();
    if (!names.insert(name).second)
      return client_error("Container names should be unique within a task definition: " + name +
                          ".");
    any_essential = any_essential || container["essential"].as_bool(true);
  }
  if (!any_essential)
    return client_error(
        "Invalid setting for container. At least one container should be essential.");
  for (const Value& container : in["containerDefinitions"].items())
    if (!container["secrets"].empty() && in["executionRoleArn"].as_string().empty())
      return client_error(
          "When you are specifying container secrets, you must also specify a value for "
          "'executionRoleArn'.");
  return check_dependencies(in["containerDefinitions"], names);
}

// What is left out is shown with its default (RegisterTaskDefinition's answers).
void fill_container(const std::string& mode, Value& container) {
  if (!container.has("essential")) container.set("essential", true);
  if (!container.has("cpu")) container.set("cpu", 0);
  for (const char* member :
       {"environment", "mountPoints", "volumesFrom", "portMappings", "systemControls"})
    if (!container.has(member)) container.set(member, Value::list());
  change_each(container, "portMappings", [&](Value& port) {
    if (!port.has("protocol")) port.set("protocol", "tcp");
    bool is_same = mode == "awsvpc" || mode == "host";
    if (!port.has("hostPort"))
      port.set("hostPort", is_same ? port["containerPort"] : Value(int64_t{0}));
  });
}

Value shown_definition(const Value& definition) {
  return shown(definition, false);
}

Result<Value> named_definition(const Call& call, const Value& in) {
  Value found = find_definition(call, in["taskDefinition"].as_string());
  if (found.is_null()) return client_error("Unable to describe task definition.");
  return found;
}

}  // namespace

Result<Value> register_definition(Call& call, const Value& in) {
  const std::string family = in["family"].as_string();
  if (family.empty() || family.size() > 255)
    return client_error(
        "Family name is invalid: 1 to 255 letters, digits, hyphens and underscores.");
  if (in["containerDefinitions"].empty()) return client_error("Container list cannot be empty.");
  Value definition = Value::map({});
  for (const char* member :
       {"family", "containerDefinitions", "taskRoleArn", "executionRoleArn", "networkMode",
        "volumes", "placementConstraints", "requiresCompatibilities", "pidMode", "ipcMode",
        "proxyConfiguration", "inferenceAccelerators", "ephemeralStorage", "runtimePlatform",
        "enableFaultInjection"})
    if (in.has(member)) definition.set(member, in[member]);
  if (in.has("cpu")) definition.set("cpu", std::to_string(units_of(in["cpu"].as_string(), "vcpu")));
  if (in.has("memory"))
    definition.set("memory", std::to_string(units_of(in["memory"].as_string(), "gb")));
  for (const char* member : {"cpu", "memory"})
    if (definition.has(member) && definition[member].as_string() == "-1")
      return client_error("Invalid '" + std::string(member) +
                          "' setting for task: " + in[member].as_string() + ".");
  CHECK_OK(check_containers(in));
  change_each(definition, "containerDefinitions",
              [&](Value& one) { fill_container(in["networkMode"].as_string(), one); });
  for (const Value& one : in["placementConstraints"].items())
    if (one["type"].as_string() != "memberOf")
      return client_error("The placement constraint type of a task definition must be memberOf.");
  auto demand = demand_of(definition, {});
  if (!demand.has_value()) return client_error(demand.error().message);
  if (is_fargate(in)) CHECK_OK(check_fargate(definition));

  const Value* counted = call.find("family", family);
  int64_t revision = (counted ? (*counted)["Last"].as_int() : 0) + 1;
  call.put("family", family, Value::map({{"Last", revision}}));
  Value compatible = Value::list({"EC2"});
  if (is_fargate(in) ||
      (definition["networkMode"].as_string() == "awsvpc" && check_fargate(definition).has_value()))
    compatible.push_back("FARGATE");
  for (const char* member : {"volumes", "placementConstraints"})
    if (!definition.has(member)) definition.set(member, Value::list());
  definition.set("revision", revision)
      .set("taskDefinitionArn",
           call.arn("task-definition/" + family + ":" + std::to_string(revision)))
      .set("status", "ACTIVE")
      .set("compatibilities", compatible)
      .set("registeredAt", call.now)
      .set("registeredBy", call.caller.arn);
  CHECK_OK(tag_new(call, definition, in));
  put(call, definition_kind, definition);
  Value out = Value::map({{"taskDefinition", shown_definition(definition)}});
  return in["tags"].empty() ? out : out.set("tags", in["tags"]);
}

Result<Value> describe_definition(Call& call, const Value& in) {
  TRY(Value definition, named_definition(call, in));
  Value out = Value::map({{"taskDefinition", shown_definition(definition)}});
  return includes_tags(in) ? out.set("tags", shown(definition)["tags"]) : out;
}

Result<Value> list_definitions(Call& call, const Value& in) {
  std::string status = in["status"].as_string().empty() ? "ACTIVE" : in["status"].as_string();
  cloud::Listing listing;
  if (in.has("familyPrefix")) listing.prefix = in["familyPrefix"].as_string() + ":";
  listing.has = [&](const Value& one) { return one["status"].as_string() == status; };
  TRY(Value out, list(call, definition_kind, in, listing));
  if (in["sort"].as_string() != "DESC") return out;
  List items = out["taskDefinitionArns"].items();
  std::reverse(items.begin(), items.end());
  return out.set("taskDefinitionArns", Value(std::move(items)));
}

Result<Value> list_families(Call& call, const Value& in) {
  const std::string& status = in["status"].as_string();
  std::set<std::string> active;
  for (const auto& [id, definition] : call.all("definition"))
    if (definition["status"].as_string() == "ACTIVE")
      active.insert(definition["family"].as_string());
  Value families = Value::list();
  for (const auto& [family, counted] : call.all("family")) {
    if (!family.starts_with(in["familyPrefix"].as_string())) continue;
    bool is_active = active.contains(family);
    if (status.empty() || status == "ACTIVE" ? is_active : status == "ALL" || !is_active)
      families.push_back(family);
  }
  return Value::map({{"families", families}});
}

Result<Value> deregister_definition(Call& call, const Value& in) {
  if (!in["taskDefinition"].as_string().contains(':'))
    return client_error("A task definition must be specified as family:revision or as an ARN.");
  TRY(Value definition, named_definition(call, in));
  if (definition["status"].as_string() != "ACTIVE")
    return client_error("The specified task definition is already INACTIVE.");
  definition.set("status", "INACTIVE").set("deregisteredAt", call.now);
  put(call, definition_kind, definition);
  return Value::map({{"taskDefinition", shown_definition(definition)}});
}

Result<Value> delete_definitions(Call& call, const Value& in) {
  Value deleted = Value::list(), failures = Value::list();
  for (const Value& name : in["taskDefinitions"].items()) {
    Value found = find_definition(call, name.as_string());
    if (found.is_null() || found["status"].as_string() == "ACTIVE") {
      failures.push_back(failure(call, definition_kind, name.as_string(),
                                 found.is_null()
                                     ? "The specified task definition does not exist. Specify a "
                                       "valid account, family, revision and try again."
                                     : "The specified task definition is still in ACTIVE status. "
                                       "Please deregister the target and try again."));
      continue;
    }
    found.set("status", "DELETE_IN_PROGRESS").set("deleteRequestedAt", call.now);
    put(call, definition_kind, found);
    deleted.push_back(shown_definition(found));
  }
  return Value::map({{"taskDefinitions", deleted}, {"failures", failures}});
}

}  // namespace mainstay::ecs
