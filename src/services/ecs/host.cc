#include "services/ecs/host.hh"

#include <cstdlib>
#include <filesystem>
#include <set>

#include "backings/docker_engine.hh"
#include "backings/reconcile.hh"
#include "base/digest.hh"
#include "base/text.hh"
#include "host/surroundings.hh"
#include "services/ecs/containers.hh"
#include "services/ecs/fleet.hh"
#include "store/store.hh"

namespace mainstay::ecs {
namespace {

constexpr std::string_view temporary = "ecs-process-";

// Of a process that is gone, and kept nothing.
bool is_left_behind(const std::string& state) {
  if (!state.starts_with(temporary)) return false;
  std::string pid = state.substr(temporary.size());
  return parse_int(pid) && !std::filesystem::exists("/proc/" + pid);
}

void remove_left_behind(backings::Containers& engine) {
  auto all = engine.list({});
  if (!all.has_value()) return;
  for (const backings::ContainerState& one : *all) {
    auto state = one.labels.find(backings::state_label);
    if (state != one.labels.end() && is_left_behind(state->second))
      (void)engine.remove(one.id, true);
  }
}

}  // namespace

void Host::start(cloud::Cloud& cloud) {
  const cloud::CloudOptions& options = cloud.options();
  {
    std::scoped_lock lock(mutex_);
    const char* containers = std::getenv("MAINSTAY_CONTAINERS");
    bool is_off = containers && std::string_view(containers) == "off";
    may_run_ = makes_containers_ && !options.is_fork && !options.simulation && !is_off;
    why_not_ = is_off            ? "MAINSTAY_CONTAINERS=off"
               : options.is_fork ? "a fork runs no containers"
                                 : "this cloud runs no containers";
    state_ = options.state_directory.empty()
                 ? std::string(temporary) + std::to_string(process_id())
                 : "ecs-" + hex_encode(
                                sha256(std::filesystem::absolute(options.state_directory).string()))
                                .substr(0, 24);
    is_started_ = true;
  }
  bool had_containers = false;
  for (store::Shard* shard : cloud.store().shards("ecs")) {
    store::Unit unit(cloud.store(), *shard, store::Mode::read);
    for (const auto& [id, task] : unit.all("task"))
      had_containers = had_containers || task["_Real"].as_bool();
  }
  if (had_containers) remove_strangers(cloud);
}

void Host::stop() {
  std::scoped_lock lock(mutex_);
  engine_.reset();
  is_started_ = is_asked_ = false;
}

Status Host::check_started() {
  std::scoped_lock lock(mutex_);
  return is_started_ ? Status()
                     : Status(Error("NotStarted", "the host of containers has not started"));
}

std::string Host::state() {
  std::scoped_lock lock(mutex_);
  return state_;
}

std::shared_ptr<backings::Containers> Host::engine(std::string* why) {
  std::scoped_lock lock(mutex_);
  if (may_run_ && is_started_ && !is_asked_) {
    is_asked_ = true;
    auto socket = backings::DockerEngine::find_socket(RealEnvironment());
    if (socket.has_value()) {
      auto engine = std::make_shared<backings::DockerEngine>(*socket);
      auto version = engine->version();
      if (version.has_value()) {
        engine_ = std::move(engine);
        remove_left_behind(*engine_);
      } else {
        why_not_ = version.error().message;
      }
    } else {
      why_not_ = socket.error().message;
    }
  }
  if (why) *why = engine_ ? "" : why_not_;
  return engine_;
}

// Containers of this state that no task of it has.
void Host::remove_strangers(cloud::Cloud& cloud) {
  auto here = engine();
  if (!here) return;
  std::set<std::string> known;
  for (store::Shard* shard : cloud.store().shards("ecs")) {
    store::Unit unit(cloud.store(), *shard, store::Mode::read);
    for (const auto& [id, task] : unit.all("task"))
      if (!is_stopped(task)) known.insert(task["taskArn"].as_string());
  }
  auto all = here->list({{backings::state_label, state()}});
  if (!all.has_value()) return;
  for (const backings::ContainerState& one : *all) {
    auto task = one.labels.find(task_label);
    if (task == one.labels.end() || !known.contains(task->second)) (void)here->remove(one.id, true);
  }
}

Host& host_of(const Call& call) {
  return static_cast<Host&>(*call.service.background);
}

}  // namespace mainstay::ecs
