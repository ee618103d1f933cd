#include "services/ecs/containers.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::ecs {
namespace {

using backings::ContainerSpec;

constexpr int64_t start_timeout_ms = 120'000;  // "startTimeout", container definition
constexpr int64_t stop_timeout_s = 30;         // "stopTimeout"
// Members of a container definition that change how it runs, and that no container here has yet.
constexpr const char* not_applied[] = {"healthCheck",      "links",
                                       "linuxParameters",  "ulimits",
                                       "logConfiguration", "firelensConfiguration",
                                       "dnsServers",       "extraHosts",
                                       "volumesFrom",      "resourceRequirements",
                                       "systemControls",   "environmentFiles"};

const Value* override_of(const Value& task, const std::string& container) {
  for (const Value& one : task["overrides"]["containerOverrides"].items())
    if (one["name"].as_string() == container) return &one;
  return nullptr;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& one : list.items()) out.push_back(one.as_string());
  return out;
}

// The loopback address of the instance that the task is on, so that two instances may both have a
// container on one port: each posed instance has an address of its own.
std::string address_of(const Value& task) {
  const std::string& address = task["_Address"].as_string();
  return address.empty() ? "127.0.0.1" : address;
}

class Starter {
 public:
  Starter(backings::Containers& engine, const std::string& state, const Value& task,
          const Value& definition, const Secrets& secrets)
      : engine_(engine), state_(state), task_(task), definition_(definition), secrets_(secrets) {}

  ContainerResults run() {
    if (Status seen = look(); !seen.has_value())
      fail("DockerTimeoutError", seen.error().to_string());
    List left = definition_["containerDefinitions"].items();
    while (!left.empty() && out_.failure.empty()) {
      size_t before = left.size();
      std::erase_if(
          left, [&](const Value& container) { return is_ready(container) && start(container); });
      if (left.size() == before && out_.failure.empty())
        out_.failure = "CannotStartContainerError: the containers depend on each other in a circle";
    }
    return std::move(out_);
  }

 private:
  void fail(std::string_view code, const std::string& text) {
    if (out_.failure.empty()) out_.failure = std::string(code) + ": " + text;
  }

  Status look() {
    TRY(auto there, engine_.list({{backings::state_label, state_}}));
    for (auto& one : there) there_[one.labels[backings::resource_label]] = one;
    return {};
  }

  bool is_ready(const Value& container) {
    for (const Value& needed : container["dependsOn"].items())
      if (!out_.started.contains(needed["containerName"].as_string())) return false;
    return true;
  }

  // Waits for those that have to end before.
  bool await(const Value& container) {
    for (const Value& needed : container["dependsOn"].items()) {
      const std::string& condition = needed["condition"].as_string();
      const std::string& name = needed["containerName"].as_string();
      if (condition == "START") continue;
      if (condition == "HEALTHY")
        return fail("CannotStartContainerError",
                    "mainstay has no health checks of containers yet, for which " +
                        container["name"].as_string() + " waits"),
               false;
      auto code = engine_.wait(out_.started[name]["runtimeId"].as_string(), start_timeout_ms);
      if (!code.has_value())
        return fail("CannotStartContainerError", code.error().to_string()), false;
      if (condition == "SUCCESS" && *code != 0)
        return fail("CannotStartContainerError",
                    "dependency container " + name + " exited with " + std::to_string(*code)),
               false;
    }
    return true;
  }

  bool start(const Value& container) {
    if (!await(container)) return true;
    auto id = make(container);
    if (!id.has_value()) return true;
    Status begun = engine_.start(*id);
    if (!begun.has_value())
      return fail("CannotStartContainerError", begun.error().to_string()), true;
    auto state = engine_.inspect(*id);
    if (!state.has_value())
      return fail("CannotInspectContainerError", state.error().to_string()), true;
    show(container, *state);
    return true;
  }

  Result<std::string> make(const Value& container) {
    const std::string& name = container["name"].as_string();
    std::string resource = resource_of(task_, name);
    if (auto found = there_.find(resource); found != there_.end()) return found->second.id;
    const std::string& image = container["image"].as_string();
    auto has = engine_.has_image(image);
    if (has.has_value() && !*has) {
      fail("CannotPullContainerError", "the Docker Engine here has no image " + image +
                                           ", and mainstay pulls none: docker pull it before");
      return Error("ImageMissing", image);
    }
    ContainerSpec spec = spec_of(container);
    spec.labels = {{backings::state_label, state_},
                   {backings::resource_label, resource},
                   {task_label, task_["taskArn"].as_string()},
                   {"com.amazonaws.ecs.container-name", name},
                   {"com.amazonaws.ecs.cluster", task_["clusterArn"].as_string()},
                   {"com.amazonaws.ecs.task-definition-family", definition_["family"].as_string()},
                   {"com.amazonaws.ecs.task-definition-version",
                    std::to_string(definition_["revision"].as_int())}};
    for (const auto& [key, value] : container["dockerLabels"].members())
      spec.labels.try_emplace(key, value.as_string());
    auto id = engine_.create(spec);
    if (!id.has_value()) fail("CannotCreateContainerError", id.error().to_string());
    return id;
  }

  ContainerSpec spec_of(const Value& container) {
    ContainerSpec spec;
    const Value* over = override_of(task_, container["name"].as_string());
    const std::string& arn = task_["taskArn"].as_string();
    spec.name = "ecs-" + definition_["family"].as_string() + "-" +
                std::to_string(definition_["revision"].as_int()) + "-" +
                container["name"].as_string() + "-" + arn.substr(arn.rfind('/') + 1);
    spec.image = container["image"].as_string();
    spec.entrypoint = texts(container["entryPoint"]);
    spec.command = texts(over && over->has("command") ? (*over)["command"] : container["command"]);
    std::map<std::string, std::string> environment;
    for (const Value* list : {&container["environment"], over ? &(*over)["environment"] : nullptr})
      if (list)
        for (const Value& one : list->items())
          environment[one["name"].as_string()] = one["value"].as_string();
    if (auto own = secrets_.find(container["name"].as_string()); own != secrets_.end())
      for (const auto& [name, value] : own->second) environment[name] = value;
    for (const auto& [name, value] : environment) spec.environment.push_back(name + "=" + value);
    spec.directory = container["workingDirectory"].as_string();
    spec.user = container["user"].as_string();
    const std::string& mode = definition_["networkMode"].as_string();
    if (mode == "none" || mode == "host") spec.network = mode;
    if (mode != "host" && mode != "none")
      for (const Value& port : container["portMappings"].items())
        if (port["protocol"].as_string() != "udp") {
          uint16_t inner = static_cast<uint16_t>(port["containerPort"].as_int());
          bool is_own = mode == "awsvpc";  // its own address, where no port is another's
          spec.ports.push_back(
              {inner, is_own ? uint16_t{0} : static_cast<uint16_t>(port["hostPort"].as_int()),
               address_of(task_)});
        }
    for (const Value& mount : container["mountPoints"].items())
      for (const Value& volume : definition_["volumes"].items())
        if (volume["name"] == mount["sourceVolume"] &&
            !volume["host"]["sourcePath"].as_string().empty())
          spec.mounts.push_back({volume["host"]["sourcePath"].as_string(),
                                 mount["containerPath"].as_string(), mount["readOnly"].as_bool()});
    if (container.has("memory"))
      spec.memory_bytes = static_cast<uint64_t>(container["memory"].as_int()) << 20;
    return spec;
  }

  void show(const Value& container, const backings::ContainerState& state) {
    Value bindings = Value::list();
    for (const auto& [inner, outer] : state.ports)
      bindings.push_back(Value::map({{"bindIP", address_of(task_)},
                                     {"containerPort", int64_t{inner}},
                                     {"hostPort", int64_t{outer}},
                                     {"protocol", "tcp"}}));
    Value shown = Value::map({{"runtimeId", state.id}, {"networkBindings", bindings}});
    std::vector<std::string> left_out;
    for (const char* member : not_applied)
      if (!container[member].empty()) left_out.emplace_back(member);
    if (!left_out.empty()) shown.set("reason", "not applied by mainstay: " + join(left_out, ", "));
    out_.started[container["name"].as_string()] = std::move(shown);
  }

  backings::Containers& engine_;
  const std::string& state_;
  const Value &task_, &definition_;
  const Secrets& secrets_;
  std::map<std::string, backings::ContainerState> there_;
  ContainerResults out_;
};

}  // namespace

std::string resource_of(const Value& task, const std::string& container) {
  return task["taskArn"].as_string() + "/" + container;
}

ContainerResults start_containers(backings::Containers& engine, const std::string& state,
                                  const Value& task, const Value& definition,
                                  const Secrets& secrets) {
  return Starter(engine, state, task, definition, secrets).run();
}

ContainerResults stop_containers(backings::Containers& engine, const std::string& state,
                                 const Value& task, const Value& definition) {
  auto there =
      engine.list({{backings::state_label, state}, {task_label, task["taskArn"].as_string()}});
  if (!there.has_value()) return {};
  for (const auto& one : *there) {
    int64_t timeout_s = stop_timeout_s;
    for (const Value& container : definition["containerDefinitions"].items())
      if (one.labels.at(backings::resource_label) ==
          resource_of(task, container["name"].as_string()))
        timeout_s = container["stopTimeout"].as_int(stop_timeout_s);
    (void)engine.stop(one.id, static_cast<int>(timeout_s));
    (void)engine.remove(one.id, true);
  }
  return {};
}

}  // namespace mainstay::ecs
