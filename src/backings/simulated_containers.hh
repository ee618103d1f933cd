// Containers that only say that they run, for simulation. What their programs do is a script, by
// image. Threads: one at a time.
#pragma once

#include <functional>

#include "backings/container.hh"

namespace mainstay::backings {

class SimulatedContainers : public Containers {
 public:
  struct Script {
    // What it prints when started, and its exit code; nothing for one that runs on.
    std::function<std::optional<ContainerOutput>(const ContainerSpec&)> start;
    std::function<ContainerOutput(const std::vector<std::string>& command)> exec;
  };
  void add_image(const std::string& reference, Script script) {
    images_[reference] = std::move(script);
  }
  // As if the machine had been switched off: what ran has exited.
  void lose_power();

  Result<std::string> version() override { return std::string("simulated"); }
  Result<bool> has_image(const std::string& reference) override {
    return images_.contains(reference);
  }
  Status import_image(const std::string& reference, std::string_view tar) override;
  Status remove_image(const std::string& reference) override;
  Result<std::string> create(const ContainerSpec& spec) override;
  Status start(const std::string& id) override;
  Status stop(const std::string& id, int timeout_s) override;
  Status kill(const std::string& id, std::string_view signal) override;
  Status pause(const std::string& id) override;
  Status unpause(const std::string& id) override;
  Status limit_cpu(const std::string& id, int64_t quota, int64_t period) override;
  Status remove(const std::string& id, bool force) override;
  Result<ContainerState> inspect(const std::string& id) override;
  Result<std::vector<ContainerState>> list(
      const std::map<std::string, std::string>& labels) override;
  Result<int> wait(const std::string& id, int64_t timeout_ms) override;
  Result<ContainerOutput> logs(const std::string& id, int64_t lines_max) override;
  Result<ContainerOutput> exec(const std::string& id, const std::vector<std::string>& command,
                               int64_t timeout_ms) override;

 private:
  struct Container {
    ContainerSpec spec;
    ContainerState state;
    ContainerOutput printed;
  };
  Result<Container*> find(const std::string& id);

  std::map<std::string, Script> images_;
  std::map<std::string, Container> containers_;  // by id
  int last_id_ = 0;
  uint16_t last_port_ = 20'000;
};

}  // namespace mainstay::backings
