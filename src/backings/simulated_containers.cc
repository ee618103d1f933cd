#include "backings/simulated_containers.hh"

#include <algorithm>

namespace mainstay::backings {
namespace {

constexpr int killed = 137;  // 128 + SIGKILL, as the engine tells it

}  // namespace

Result<SimulatedContainers::Container*> SimulatedContainers::find(const std::string& id) {
  for (auto& [key, container] : containers_)
    if (key == id || container.state.name == id) return &container;
  return Error("ContainerMissing", "docker: No such container: " + id);
}

void SimulatedContainers::lose_power() {
  for (auto& [id, container] : containers_)
    if (container.state.is_running()) {
      container.state.status = "exited";
      container.state.exit_code = killed;
    }
}

Status SimulatedContainers::import_image(const std::string& reference, std::string_view) {
  images_.emplace(reference, Script{});
  return {};
}

Status SimulatedContainers::remove_image(const std::string& reference) {
  if (images_.erase(reference) == 0)
    return Error("ImageMissing", "docker: No such image: " + reference);
  return {};
}

Result<std::string> SimulatedContainers::create(const ContainerSpec& spec) {
  if (!images_.contains(spec.image))
    return Error("ImageMissing", "docker: No such image: " + spec.image);
  if (!spec.name.empty() && find(spec.name).has_value())
    return Error("ContainerConflict", "docker: the name " + spec.name + " is in use");
  std::string id = "simulated-" + std::to_string(++last_id_);
  Container& made = containers_[id];
  made.spec = spec;
  made.state.id = id;
  made.state.name = spec.name.empty() ? id : spec.name;
  made.state.image = spec.image;
  made.state.labels = spec.labels;
  made.state.status = "created";
  return id;
}

Status SimulatedContainers::start(const std::string& id) {
  TRY(Container * container, find(id));
  if (container->state.is_running()) return {};
  container->state.status = "running";
  for (const ContainerSpec::Port& port : container->spec.ports)
    container->state.ports[port.container] = port.host ? port.host : ++last_port_;
  const Script& script = images_[container->spec.image];
  auto ended = script.start ? script.start(container->spec) : std::nullopt;
  if (!ended) return {};
  container->state.status = "exited";
  container->state.exit_code = ended->exit_code;
  container->printed.output += ended->output;
  container->printed.errors += ended->errors;
  return {};
}

Status SimulatedContainers::stop(const std::string& id, int) {
  TRY(Container * container, find(id));
  return container->state.is_running() ? kill(id, "SIGKILL") : Status();
}

Status SimulatedContainers::kill(const std::string& id, std::string_view) {
  TRY(Container * container, find(id));
  if (!container->state.is_running())
    return Error("ContainerConflict", "docker: container " + id + " is not running");
  container->state.status = "exited";
  container->state.exit_code = killed;
  return {};
}

Status SimulatedContainers::pause(const std::string& id) {
  TRY(Container * container, find(id));
  if (!container->state.is_running())
    return Error("ContainerConflict", "docker: " + id + " is not running");
  container->state.status = "paused";
  return {};
}
Status SimulatedContainers::unpause(const std::string& id) {
  TRY(Container * container, find(id));
  if (container->state.status != "paused")
    return Error("ContainerConflict", "docker: " + id + " is not paused");
  container->state.status = "running";
  return {};
}
Status SimulatedContainers::limit_cpu(const std::string& id, int64_t quota, int64_t period) {
  TRY(Container * container, find(id));
  container->state.cpu_quota = quota;
  container->state.cpu_period = period;
  return {};
}

Status SimulatedContainers::remove(const std::string& id, bool force) {
  TRY(Container * container, find(id));
  if (container->state.is_running() && !force)
    return Error("ContainerConflict", "docker: container " + id + " is running");
  containers_.erase(container->state.id);
  return {};
}

Result<ContainerState> SimulatedContainers::inspect(const std::string& id) {
  TRY(Container * container, find(id));
  return container->state;
}

Result<std::vector<ContainerState>> SimulatedContainers::list(
    const std::map<std::string, std::string>& labels) {
  std::vector<ContainerState> out;
  for (const auto& [id, container] : containers_) {
    bool carries = std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
      auto it = container.state.labels.find(label.first);
      return it != container.state.labels.end() && it->second == label.second;
    });
    if (carries) out.push_back(container.state);
  }
  return out;
}

// Nothing else runs, so one that runs on never ends.
Result<int> SimulatedContainers::wait(const std::string& id, int64_t timeout_ms) {
  TRY(Container * container, find(id));
  if (container->state.is_running())
    return Error("ContainerTimeout",
                 "docker: no answer within " + std::to_string(timeout_ms) + " ms");
  return container->state.exit_code;
}

Result<ContainerOutput> SimulatedContainers::logs(const std::string& id, int64_t) {
  TRY(Container * container, find(id));
  return container->printed;
}

Result<ContainerOutput> SimulatedContainers::exec(const std::string& id,
                                                  const std::vector<std::string>& command,
                                                  int64_t) {
  TRY(Container * container, find(id));
  if (!container->state.is_running())
    return Error("ContainerConflict", "docker: container " + id + " is not running");
  const Script& script = images_[container->spec.image];
  return script.exec ? script.exec(command) : ContainerOutput{};
}

}  // namespace mainstay::backings
