#include "chaos/kinds.hh"

#include <signal.h>

#include "base/text.hh"

namespace mainstay::chaos {
namespace {

using backings::Containers, backings::ContainerState;

constexpr int64_t period_us = 100'000;

Result<Value> remember_status(Containers& engine, const ContainerState& container) {
  TRY(ContainerState now, engine.inspect(container.id));
  return Value::map({{"status", now.status}, {"restart", now.restart}, {"pid", now.pid}});
}

Result<bool> has_status(Containers& engine, const std::string& id, std::string_view wanted) {
  TRY(ContainerState now, engine.inspect(id));
  return now.status == wanted;
}
Result<bool> runs(Containers& engine, const std::string& id, const Value&) {
  return has_status(engine, id, "running");
}

Status pause(Containers& engine, const ContainerState& container, const Value&) {
  return engine.pause(container.id);
}
Result<bool> is_paused(Containers& engine, const std::string& id, const Value&, const Value&) {
  return has_status(engine, id, "paused");
}
// One that was unpaused, or ended, by somebody else in between is as it should be.
Status unpause(Containers& engine, const std::string& id, const Value&) {
  TRY(bool paused, has_status(engine, id, "paused"));
  return paused ? engine.unpause(id) : Status();
}

Status stop(Containers& engine, const ContainerState& container, const Value&) {
  constexpr int timeout_s = 10;
  return engine.stop(container.id, timeout_s);
}
Result<bool> is_stopped(Containers& engine, const std::string& id, const Value&, const Value&) {
  return has_status(engine, id, "exited");
}
Status start(Containers& engine, const std::string& id, const Value&) {
  return engine.start(id);
}

// By a signal to the process itself, not by the engine: the engine takes a kill through its API for
// a stop by hand, after which no restart policy acts (case C5).
Status crash(Containers& engine, const ContainerState& container, const Value&) {
  TRY(ContainerState now, engine.inspect(container.id));
  if (now.pid <= 1) return Error("AttackFailed", container.name + " has no main process here");
  if (::kill(static_cast<pid_t>(now.pid), SIGKILL) != 0)
    return Error("NotPrivileged", "the process of " + container.name + " can't be killed from here")
        .with_hint("run it as root");
  return {};
}
// Its process is gone: the container has ended, or its policy has started another one.
Result<bool> has_crashed(Containers& engine, const std::string& id, const Value& before,
                         const Value&) {
  TRY(ContainerState now, engine.inspect(id));
  return !now.is_running() || now.pid != before["pid"].as_int();
}
// A policy that restarts does it itself; without one it is started again.
Status start_crashed(Containers& engine, const std::string& id, const Value& before) {
  const std::string& policy = before["restart"].as_string();
  TRY(bool is_running, has_status(engine, id, "running"));
  bool restarts = !policy.empty() && policy != "no";
  return is_running || restarts ? Status() : engine.start(id);
}

Result<Value> remember_cpu(Containers& engine, const ContainerState& container) {
  TRY(ContainerState now, engine.inspect(container.id));
  if (now.nano_cpus > 0)
    return Error("AttackFailed", container.name + " has a limit of " +
                                     std::to_string(now.nano_cpus) +
                                     " nano cpus, which the engine can't change into a quota");
  return Value::map({{"quota", now.cpu_quota}, {"period", now.cpu_period}});
}
int64_t quota_of(const Value& parameters) {
  return parameters["percent"].as_int() * period_us / 100;
}
Status limit_cpu(Containers& engine, const ContainerState& container, const Value& parameters) {
  return engine.limit_cpu(container.id, quota_of(parameters), period_us);
}
Result<bool> is_limited(Containers& engine, const std::string& id, const Value&,
                        const Value& parameters) {
  TRY(ContainerState now, engine.inspect(id));
  return now.cpu_quota == quota_of(parameters) && now.cpu_period == period_us;
}
Status restore_cpu(Containers& engine, const std::string& id, const Value& before) {
  return engine.limit_cpu(id, before["quota"].as_int(), before["period"].as_int());
}
Result<bool> has_own_cpu(Containers& engine, const std::string& id, const Value& before) {
  TRY(ContainerState now, engine.inspect(id));
  bool had_none = before["quota"].as_int() <= 0;
  return had_none ? now.cpu_quota <= 0 : now.cpu_quota == before["quota"].as_int();
}

constexpr Kind all_kinds[] = {
    {"pause", "all processes stand still, as on a host that hangs", "the engine's freezer",
     remember_status, pause, is_paused, unpause, runs},
    {"stop", "the container is stopped by hand: no restart policy acts; started again at the end",
     "the engine's API", remember_status, stop, is_stopped, start, runs},
    {"crash",
     "the main process is killed, so that restart policies act; started again at the end where "
     "there is none",
     "a signal to the process", remember_status, crash, has_crashed, start_crashed, runs},
    {"cpu", "no more than --percent of one processor", "the engine's cpu quota", remember_cpu,
     limit_cpu, is_limited, restore_cpu, has_own_cpu},
};

}  // namespace

std::span<const Kind> kinds() {
  return all_kinds;
}

Result<const Kind*> find_kind(std::string_view name) {
  std::vector<std::string> names;
  for (const Kind& kind : all_kinds) {
    if (kind.name == name) return &kind;
    names.emplace_back(kind.name);
  }
  return Error("KindUnknown", "there is no attack \"" + std::string(name) + "\"")
      .with_hint("one of " + join(names, ", "));
}

}  // namespace mainstay::chaos
