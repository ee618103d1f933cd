#include "services/ecs/machine.hh"

#include <algorithm>

#include "cloud/cloud.hh"
#include "services/ecs/containers.hh"
#include "services/ecs/deploy.hh"
#include "services/ecs/fleet.hh"
#include "services/ecs/host.hh"

namespace mainstay::ecs {
namespace {

constexpr int64_t second_ms = 1000, watch_ms = 1000;
// "Stopped tasks … at least one hour" (StopTask, DescribeTasks).
constexpr int64_t shown_ms = 3600 * second_ms;

// "Amazon ECS task lifecycle"; how long AWS takes is of the order that users report.
struct Row {
  std::string_view status;
  int64_t ms;
  std::string_view next;
};
constexpr Row rows[] = {{"PROVISIONING", 10 * second_ms, "PENDING"},
                        {"PENDING", 5 * second_ms, "RUNNING"},
                        {"STOPPING", 5 * second_ms, "STOPPED"},
                        {"DEPROVISIONING", 5 * second_ms, "STOPPED"}};

const Row* row_of(std::string_view status) {
  const auto* found = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const Row& row) { return row.status == status; });
  return found == std::end(rows) ? nullptr : found;
}

void go_to(Call& call, Value& task, std::string_view status) {
  task.set("lastStatus", status)
      .set("version", task["version"].as_int() + 1)
      .set("_Turn", call.random.hex(16));
  put(call, task_kind, task);
  if (const Row* row = row_of(status)) {
    std::string key = key_of_arn(task["taskArn"].as_string());
    call.after(call.duration(row->ms), "step", Value::map({{"Key", key}}), "step/" + key);
  }
}

void set_containers(Value& task, std::string_view status) {
  change_each(task, "containers", [&](Value& container) {
    if (container["lastStatus"].as_string() != "STOPPED") container.set("lastStatus", status);
  });
}

void end(Call& call, Value& task) {
  set_containers(task, "STOPPED");
  if (!task.has("executionStoppedAt")) task.set("executionStoppedAt", call.now);
  task.set("stoppedAt", call.now);
  go_to(call, task, "STOPPED");
  std::string key = key_of_arn(task["taskArn"].as_string());
  call.after(shown_ms, "forget", Value::map({{"Key", key}}), "forget/" + key);
  task_changed(call, task);
}

void show_started(Value& task, const ContainerResults& results) {
  change_each(task, "containers", [&](Value& container) {
    auto found = results.started.find(container["name"].as_string());
    if (found == results.started.end()) return;
    for (const auto& [name, value] : found->second.members()) container.set(name, value);
  });
}

void run_on(Call& call, Value& task, const ContainerResults& results) {
  show_started(task, results);
  change_each(task, "containers", [&](Value& container) {
    if (!results.simulated.empty()) container.set("reason", "simulated: " + results.simulated);
  });
  task.set("_Real", results.simulated.empty());
  set_containers(task, "RUNNING");
  for (const char* member : {"startedAt", "pullStartedAt", "pullStoppedAt"})
    task.set(member, call.now);
  go_to(call, task, "RUNNING");
  task_changed(call, task);
  if (task["_Real"].as_bool()) call.at(call.now + watch_ms, "watch", Value::map({}), "watch");
}

// The end of a status, with what its job gave.
Status end_step(Call& call, const Value& before, const ContainerResults& results) {
  TRY(Value task,
      cloud::find_resource(call, task_kind.resource, key_of_arn(before["taskArn"].as_string())));
  if (task["_Turn"] != before["_Turn"]) return {};  // it is stopped meanwhile
  if (!results.failure.empty()) {
    show_started(task, results);
    stop(call, task, {"TaskFailedToStart", results.failure});
    return {};
  }
  const Row* row = row_of(task["lastStatus"].as_string());
  if (!row) return {};
  if (row->next == "STOPPED")
    end(call, task);
  else if (row->next == "RUNNING")
    run_on(call, task, results);
  else
    go_to(call, task, row->next);
  return {};
}

struct Ended {
  std::string key, container;
  std::optional<int> exit_code;
  bool out_of_memory = false;
};

Status note_ended(Call& call, const Ended& ended) {
  const Value* there = call.find("task", ended.key);
  if (!there || (*there)["lastStatus"].as_string() != "RUNNING") return {};
  Value task = *there;
  bool is_essential = false;
  change_each(task, "containers", [&](Value& container) {
    bool is = container["name"].as_string() == ended.container &&
              container["lastStatus"].as_string() != "STOPPED";
    if (!is) return;
    container.set("lastStatus", "STOPPED");
    if (ended.exit_code) container.set("exitCode", *ended.exit_code);
    if (ended.out_of_memory)
      container.set("reason", "OutOfMemoryError: Container killed due to memory usage");
    if (!ended.exit_code) container.set("reason", "the container is gone from the Docker Engine");
    for (const Value& name : task["_Essential"].items())
      is_essential = is_essential || name.as_string() == ended.container;
  });
  put(call, task_kind, task);
  if (is_essential)
    stop(call, task, {"EssentialContainerExited", "Essential container in task exited"});
  return {};
}

// What ends at once after its start was never there for its service.
void note_steady(Call& call, const std::string& key) {
  const Value* there = call.find("task", key);
  if (!there || (*there)["lastStatus"].as_string() != "RUNNING") return;
  Value task = *there;
  put(call, task_kind, task.set("_Steady", true));
  task_changed(call, task);
}

}  // namespace

void begin(Call& call, Value& task) {
  go_to(call, task, task["launchType"].as_string() == "FARGATE" ? "PROVISIONING" : "PENDING");
}

void stop(Call& call, Value& task, const StopReason& why) {
  const std::string& status = task["lastStatus"].as_string();
  if (status == "STOPPED" || status == "STOPPING") return;
  task.set("desiredStatus", "STOPPED")
      .set("stopCode", why.code)
      .set("stoppedReason", why.text)
      .set("stoppingAt", call.now);
  go_to(call, task, "STOPPING");
  task_changed(call, task);
}

// Containers are made and stopped between two units, so it may be done again after a kill: what is
// there already is found by its labels.
Status step(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument) {
  Value task, definition;
  Host* host = nullptr;
  auto in_unit = [&](const std::function<Status(Call&)>& work) {
    return cloud.update("ecs", place.account, place.region, work);
  };
  CHECK_OK(in_unit([&](Call& call) -> Status {
    host = &host_of(call);
    CHECK_OK(host->check_started());
    if (const Value* found = call.find("task", argument["Key"].as_string())) task = *found;
    if (!task.is_null()) definition = find_definition(call, task["taskDefinitionArn"].as_string());
    return {};
  }));
  if (task.is_null() || !row_of(task["lastStatus"].as_string())) return {};
  const std::string& status = task["lastStatus"].as_string();
  ContainerResults results;
  auto engine = host->engine(&results.simulated);
  if (status == "PENDING") {
    // Also where nothing runs: a role that may not read them is found all the same.
    auto secrets = read_secrets(cloud, place, definition);
    if (!secrets.has_value())
      results.failure = secrets.error().code + ": " + secrets.error().message;
    else if (engine)
      results = start_containers(*engine, host->state(), task, definition, *secrets);
  }
  if (status == "STOPPING" && engine)
    results = stop_containers(*engine, host->state(), task, definition);
  return in_unit([&](Call& call) { return end_step(call, task, results); });
}

Status watch(cloud::Cloud& cloud, const cloud::Place& place, const Value&) {
  std::vector<Value> tasks;
  Host* host = nullptr;
  auto in_unit = [&](const std::function<Status(Call&)>& work) {
    return cloud.update("ecs", place.account, place.region, work);
  };
  CHECK_OK(in_unit([&](Call& call) -> Status {
    CHECK_OK(host_of(call).check_started());
    host = &host_of(call);
    for (const auto& [id, task] : call.all("task"))
      if (task["_Real"].as_bool() && task["lastStatus"].as_string() == "RUNNING")
        tasks.push_back(task);
    return {};
  }));
  auto engine = host->engine();
  if (tasks.empty() || !engine) return {};
  std::vector<Ended> ended;
  std::vector<std::string> steady;  // tasks that have run for a while
  if (auto there = engine->list({{backings::state_label, host->state()}}); there.has_value()) {
    std::map<std::string, const backings::ContainerState*> by_resource;
    for (const auto& one : *there) by_resource[one.labels.at(backings::resource_label)] = &one;
    for (const Value& task : tasks) {
      size_t before = ended.size();
      for (const Value& container : task["containers"].items()) {
        if (container["lastStatus"].as_string() == "STOPPED") continue;
        auto found = by_resource.find(resource_of(task, container["name"].as_string()));
        std::string key = key_of_arn(task["taskArn"].as_string());
        if (found == by_resource.end()) {
          ended.push_back({key, container["name"].as_string(), std::nullopt});
        } else if (!found->second->is_running()) {
          auto state = engine->inspect(found->second->id);
          if (state.has_value() && !state->is_running())
            ended.push_back(
                {key, container["name"].as_string(), state->exit_code, state->out_of_memory});
        }
      }
      bool has_run = cloud.now() >= task["startedAt"].as_time() + watch_ms;
      if (ended.size() == before && has_run && !task["_Steady"].as_bool())
        steady.push_back(key_of_arn(task["taskArn"].as_string()));
    }
  }
  return in_unit([&](Call& call) -> Status {
    for (const Ended& one : ended) CHECK_OK(note_ended(call, one));
    for (const std::string& key : steady) note_steady(call, key);
    call.at(call.now + watch_ms, "watch", Value::map({}), "watch");
    return {};
  });
}

Status forget(Call& call, const Value& argument) {
  const Value* task = call.find("task", argument["Key"].as_string());
  if (task && is_stopped(*task)) call.remove("task", argument["Key"].as_string());
  return {};
}

}  // namespace mainstay::ecs
