#include "placement/described.hh"

#include "base/text.hh"

namespace mainstay::placement {
namespace {

int64_t amount(const Value& resources, std::string_view name) {
  for (const Value& one : resources.items())
    if (one["name"].as_string() == name) return one["integerValue"].as_int();
  return 0;
}

std::vector<Port> taken_ports(const Value& resources) {
  std::vector<Port> out;
  for (const Value& one : resources.items()) {
    const std::string& name = one["name"].as_string();
    if (name != "PORTS" && name != "PORTS_UDP") continue;
    for (const Value& port : one["stringSetValue"].items())
      out.push_back(
          {static_cast<uint16_t>(parse_int(port.as_string()).value_or(0)), name == "PORTS_UDP"});
  }
  return out;
}

}  // namespace

Instance described_instance(const Value& described, const char* resources) {
  Instance out;
  const std::string& arn = described["containerInstanceArn"].as_string();
  out.facts.id = arn.substr(arn.rfind('/') + 1);
  out.facts.ec2_id = described["ec2InstanceId"].as_string();
  out.facts.agent_connected = described["agentConnected"].as_bool();
  out.facts.agent_version = described["versionInfo"]["agentVersion"].as_string();
  out.facts.running_tasks = static_cast<int>(described["runningTasksCount"].as_int());
  out.facts.registered_at = described["registeredAt"].as_time();
  for (const Value& one : described["attributes"].items())
    out.facts.attributes[one["name"].as_string()] = one["value"].as_string();
  out.free = {amount(described[resources], "CPU"), amount(described[resources], "MEMORY"),
              taken_ports(described["remainingResources"])};
  out.is_active = described["status"].as_string() == "ACTIVE";
  return out;
}

}  // namespace mainstay::placement
