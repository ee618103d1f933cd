#include "backings/container.hh"

namespace mainstay::backings {
namespace {

void set_texts(Value& out, const char* member, const std::vector<std::string>& texts) {
  if (!texts.empty()) out.set(member, Value::texts(texts));
}

void set_text(Value& out, const char* member, const std::string& text) {
  if (!text.empty()) out.set(member, text);
}

std::string port_name(uint16_t port) {
  return std::to_string(port) + "/tcp";
}

Value host_config(const ContainerSpec& spec) {
  Value out = Value::map({});
  set_text(out, "NetworkMode", spec.network);
  if (spec.memory_bytes > 0) {
    out.set("Memory", static_cast<int64_t>(spec.memory_bytes));
    out.set("MemorySwap", static_cast<int64_t>(spec.memory_bytes));  // no swap beside it
  }
  if (spec.nano_cpus > 0) out.set("NanoCpus", spec.nano_cpus);
  for (const ContainerSpec::Port& port : spec.ports)
    out.member("PortBindings")
        .set(port_name(port.container),
             Value::list({Value::map(
                 {{"HostIp", port.address},
                  {"HostPort", port.host ? std::to_string(port.host) : std::string()}})}));
  for (const ContainerSpec::Mount& mount : spec.mounts)
    out.member("Mounts").push_back(Value::map({{"Type", "bind"},
                                               {"Source", mount.host_path},
                                               {"Target", mount.container_path},
                                               {"ReadOnly", mount.read_only}}));
  return out;
}

}  // namespace

Value ContainerSpec::to_value() const {
  Value out = Value::map({{"Image", image}});
  set_texts(out, "Entrypoint", entrypoint);
  set_texts(out, "Cmd", command);
  set_texts(out, "Env", environment);
  set_text(out, "WorkingDir", directory);
  set_text(out, "User", user);
  for (const auto& [key, value] : labels) out.member("Labels").set(key, value);
  for (const Port& port : ports)
    out.member("ExposedPorts").set(port_name(port.container), Value::map({}));
  return out.set("HostConfig", host_config(*this));
}

}  // namespace mainstay::backings
