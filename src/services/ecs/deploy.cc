#include "services/ecs/deploy.hh"

#include <algorithm>

#include "cloud/cloud.hh"
#include "services/ecs/fleet.hh"
#include "services/ecs/machine.hh"
#include "services/ecs/service_event.hh"
#include "services/ecs/task.hh"

namespace mainstay::ecs {
namespace {

// "How the Amazon ECS deployment circuit breaker checks": half of the desired count, 3 to 200.
constexpr int64_t threshold_least = 3, threshold_most = 200;
// A task that fails again and again is started later each time ("Amazon ECS service throttle").
constexpr int64_t first_wait_ms = 1000, wait_ms_max = 15 * 60 * 1000;

bool is_daemon(const Value& service) {
  return service["schedulingStrategy"].as_string() == "DAEMON";
}

// One look at a service: what there is, what is too much, what is missing.
class Deployer {
 public:
  Deployer(Call& call, std::string key, Value service)
      : call_(call),
        key_(std::move(key)),
        cluster_(key_.substr(0, key_.find('/'))),
        service_(std::move(service)),
        fleet_(fleet_of(call, cluster_)) {}

  Status run() {
    sort_tasks();
    if (service_["status"].as_string() == "DRAINING") return drain();
    CHECK_OK(read_definition());
    leave_draining_instances();
    CHECK_OK(break_circuit());
    if (is_daemon(service_)) {
      keep_one_each();
    } else {
      stop_old();
      stop_surplus();
      start_missing();
    }
    conclude();
    put(call_, service_kind, service_);
    return {};
  }

 private:
  std::string group() const { return "service:" + service_["serviceName"].as_string(); }
  const Value& primary() const { return service_["deployments"].items().front(); }
  void set_primary(std::initializer_list<std::pair<const char*, Value>> members) {
    bool is_first = true;
    change_each(service_, "deployments", [&](Value& one) {
      for (const auto& [name, value] : members)
        if (is_first) one.set(name, value);
      is_first = false;
    });
  }
  int64_t desired() const { return service_["desiredCount"].as_int(); }

  void sort_tasks() {
    const std::string primary_id = service_["deployments"].items().empty()
                                       ? ""
                                       : service_["deployments"].items()[0]["id"].as_string();
    each_in(call_, "task", cluster_, [&](const std::string&, const Value& task) {
      if (task["group"].as_string() != group() || is_stopped(task)) return;
      ++there_;
      if (!is_wanted(task)) return;
      (task["startedBy"].as_string() == primary_id ? new_ : old_).push_back(task);
    });
  }

  Status read_definition() {
    definition_ = find_definition(call_, service_["taskDefinition"].as_string());
    TRY(demand_, demand_of(definition_, {.group = group(),
                                         .constraints = service_["placementConstraints"],
                                         .strategies = service_["placementStrategy"],
                                         .overrides = {}}));
    return {};
  }

  // A container that has only begun may end at once.
  static int64_t running(const std::vector<Value>& tasks) {
    return std::count_if(tasks.begin(), tasks.end(), [](const Value& t) {
      bool is_steady = !t["_Real"].as_bool() || t["_Steady"].as_bool();
      return is_steady && t["lastStatus"].as_string() == "RUNNING";
    });
  }
  int64_t count() const { return static_cast<int64_t>(new_.size() + old_.size()); }
  int64_t least_running() const {
    return (desired() * service_["deploymentConfiguration"]["minimumHealthyPercent"].as_int() +
            99) /
           100;
  }
  int64_t most() const {
    return std::max<int64_t>(
        desired() * service_["deploymentConfiguration"]["maximumPercent"].as_int() / 100, 1);
  }

  Status drain() {
    for (std::vector<Value>* tasks : {&new_, &old_})
      while (!tasks->empty()) stop_one(*tasks, tasks->size() - 1);
    if (there_ == 0) {
      service_.set("status", "INACTIVE").set("deployments", Value::list());
      call_.remove("unplaced", key_);
    }
    tell_stopped();
    put(call_, service_kind, service_);
    return {};
  }

  void stop_one(std::vector<Value>& tasks, size_t index) {
    Value task = tasks[index];
    tasks.erase(tasks.begin() + static_cast<ptrdiff_t>(index));
    stop(call_, task,
         {"ServiceSchedulerInitiated",
          "Scaling activity initiated by (deployment " + task["startedBy"].as_string() + ")"});
    stopped_.push_back(short_name(task["taskArn"].as_string()));
  }

  // Tasks on an instance that drains are replaced, as many at once as the percents allow.
  void leave_draining_instances() {
    auto drains = [&](const Value& task) {
      auto at = fleet_.index_of(key_of_arn(task["containerInstanceArn"].as_string()));
      return at && !fleet_.fleet.instances()[*at].is_active;
    };
    for (std::vector<Value>* tasks : {&new_, &old_})
      for (size_t i = tasks->size(); i-- > 0;)
        if (drains((*tasks)[i]) && running(new_) + running(old_) > least_running())
          stop_one(*tasks, i);
    // Those that may not be stopped yet count as old: their replacements come first.
    for (size_t i = new_.size(); i-- > 0;)
      if (drains(new_[i])) {
        old_.push_back(new_[i]);
        new_.erase(new_.begin() + static_cast<ptrdiff_t>(i));
      }
  }

  Status break_circuit() {
    const Value breaker = service_["deploymentConfiguration"]["deploymentCircuitBreaker"];
    int64_t threshold = std::clamp((desired() + 1) / 2, threshold_least, threshold_most);
    if (!breaker["enable"].as_bool() || primary()["rolloutState"].as_string() != "IN_PROGRESS" ||
        primary()["failedTasks"].as_int() < threshold)
      return {};
    const std::string id = primary()["id"].as_string();
    set_primary({{"rolloutState", "FAILED"},
                 {"rolloutStateReason", "ECS deployment circuit breaker: tasks failed to start."}});
    tell(call_, service_,
         quoted(service_) + "(deployment " + id + ") deployment failed: tasks failed to start.");
    const std::string good = service_["_Completed"].as_string();
    if (!breaker["rollback"].as_bool() || good.empty() ||
        good == service_["taskDefinition"].as_string()) {
      given_up_ = true;
      return {};
    }
    service_.set("taskDefinition", good);
    begin_deployment(call_, service_);
    set_primary({{"rolloutStateReason",
                  "ECS deployment circuit breaker: rolling back to deploymentId " + id + "."}});
    tell(call_, service_,
         quoted(service_) + "rolling back to task definition " + short_name(good) + ".");
    for (Value& task : new_) old_.push_back(std::move(task));
    new_.clear();
    return read_definition();
  }

  void keep_one_each() {
    while (!old_.empty() && running(new_) + running(old_) > 0) stop_one(old_, old_.size() - 1);
    std::vector<bool> has(fleet_.keys.size());
    for (size_t i = new_.size(); i-- > 0;) {
      auto at = fleet_.index_of(key_of_arn(new_[i]["containerInstanceArn"].as_string()));
      if (!at || has[*at])
        stop_one(new_, i);
      else
        has[*at] = true;
    }
    std::vector<bool> refused(fleet_.keys.size());
    for (const placement::Refusal& refusal : fleet_.fleet.refusals(demand_))
      refused[refusal.instance] = true;
    int64_t eligible = 0;
    for (size_t i = 0; i < fleet_.keys.size(); ++i) {
      eligible += has[i] || !refused[i];
      if (!has[i] && !refused[i]) start_on(fleet_.keys[i]);
    }
    service_.set("desiredCount", eligible);
    set_primary({{"desiredCount", eligible}});
  }

  void stop_old() {
    // What doesn't run yet serves nobody.
    for (size_t i = old_.size(); i-- > 0;)
      if (old_[i]["lastStatus"].as_string() != "RUNNING") stop_one(old_, i);
    int64_t spare = running(new_) + running(old_) - least_running();
    while (spare-- > 0 && !old_.empty()) stop_one(old_, pick(old_));
  }

  void stop_surplus() {
    while (static_cast<int64_t>(new_.size()) > desired()) stop_one(new_, pick(new_));
  }

  size_t pick(const std::vector<Value>& tasks) {
    std::vector<size_t> where, which;
    for (size_t i = 0; i < tasks.size(); ++i)
      if (auto at = fleet_.index_of(key_of_arn(tasks[i]["containerInstanceArn"].as_string()))) {
        where.push_back(*at);
        which.push_back(i);
      }
    if (where.empty()) return tasks.size() - 1;
    size_t chosen = fleet_.fleet.pick_to_stop(where, demand_);
    fleet_.fleet.remove(where[chosen], demand_);
    return which[chosen];
  }

  void start_on(const std::string& instance_key) {
    Value task = make_task(call_, {.cluster = *call_.find("cluster", cluster_),
                                   .definition = definition_,
                                   .instance_key = instance_key,
                                   .group = group(),
                                   .started_by = primary()["id"].as_string(),
                                   .needs = demand_.needs,
                                   .overrides = {},
                                   .request = service_});
    started_.push_back(short_name(task["taskArn"].as_string()));
    new_.push_back(std::move(task));
  }

  // Once tasks have failed, the next ones wait.
  bool must_wait() {
    int64_t failed = primary()["failedTasks"].as_int();
    if (failed < threshold_least || primary()["rolloutState"].as_string() == "COMPLETED")
      return false;
    int64_t wait =
        std::min(first_wait_ms << std::min<int64_t>(failed - threshold_least, 20), wait_ms_max);
    Time due = service_["_Failed"].as_time() + wait;
    if (call_.now >= due) return false;
    call_.at(due, "deploy", Value::map({{"Key", key_}}), "again/" + key_);
    std::string text = quoted(service_) + "is unable to consistently start tasks successfully." +
                       std::string(more_text);
    if (last_event() != text) tell(call_, service_, text);
    return true;
  }

  void start_missing() {
    if (given_up_ || must_wait()) return;
    bool is_fargate = service_["launchType"].as_string() == "FARGATE";
    bool lacks_place = false;
    while (static_cast<int64_t>(new_.size()) < desired() && count() < most()) {
      if (is_fargate) {
        start_on("");
        continue;
      }
      auto at = fleet_.fleet.place(demand_);
      if ((lacks_place = !at)) break;
      start_on(fleet_.keys[*at]);
    }
    if (lacks_place) {
      call_.put("unplaced", key_, Value::map({}));
      tell_unplaced();
    } else {
      call_.remove("unplaced", key_);
    }
  }

  std::string last_event() const {
    return service_["events"].empty() ? "" : service_["events"].items()[0]["message"].as_string();
  }

  void tell_unplaced() {
    std::string text = unplaced_text(service_, fleet_, demand_);
    if (last_event() != text) tell(call_, service_, text);
  }

  void tell_stopped() {
    if (stopped_.empty()) return;
    std::string text =
        quoted(service_) + "has stopped " + std::to_string(stopped_.size()) + " running tasks:";
    for (const std::string& id : stopped_) text += " (task " + id + ")";
    tell(call_, service_, text + ".");
  }

  void conclude() {
    tell_stopped();
    if (!started_.empty()) {
      std::string text =
          quoted(service_) + "has started " + std::to_string(started_.size()) + " tasks:";
      for (const std::string& id : started_) text += " (task " + id + ")";
      tell(call_, service_, text + ".");
    }
    bool is_steady = old_.empty() && static_cast<int64_t>(new_.size()) == desired() &&
                     running(new_) == desired() && there_ == desired() && started_.empty() &&
                     stopped_.empty();
    if (!is_steady) {
      service_.erase("_Quiet");
      return;
    }
    if (!service_["loadBalancers"].empty() && !service_.has("_Quiet"))
      tell(
          call_, service_,
          quoted(service_) + "is registered with no target group: mainstay has no load balancers.");
    if (primary()["rolloutState"].as_string() == "IN_PROGRESS") {
      const std::string id = primary()["id"].as_string();
      set_primary({{"rolloutState", "COMPLETED"},
                   {"rolloutStateReason", "ECS deployment " + id + " completed."},
                   {"updatedAt", call_.now}});
      service_.set("_Completed", service_["taskDefinition"]);
      tell(call_, service_, quoted(service_) + "(deployment " + id + ") deployment completed.");
    }
    Value only = Value::list({primary()});
    service_.set("deployments", only);
    if (service_.has("_Quiet")) return;
    service_.set("_Quiet", true);
    tell(call_, service_, quoted(service_) + "has reached a steady state.");
  }

  Call& call_;
  const std::string key_, cluster_;
  Value service_, definition_;
  ClusterFleet fleet_;
  placement::Demand demand_;
  std::vector<Value> new_, old_;  // tasks that are wanted: of the primary deployment, of others
  int64_t there_ = 0;             // those that have not stopped, wanted or not
  bool given_up_ = false;
  std::vector<std::string> started_, stopped_;
};

}  // namespace

void deploy_service(Call& call, const std::string& key) {
  call.at(call.now, "deploy", Value::map({{"Key", key}}), "deploy/" + key);
}

// Daemons want a task on each instance, so they wait for every one that comes.
void deploy_waiting(Call& call, const std::string& cluster) {
  std::vector<std::string> keys;
  each_in(call, "unplaced", cluster,
          [&](const std::string& key, const Value&) { keys.push_back(key); });
  each_in(call, "service", cluster, [&](const std::string& key, const Value& service) {
    if (is_daemon(service) && service["status"].as_string() == "ACTIVE") keys.push_back(key);
  });
  for (const std::string& key : keys) deploy_service(call, key);
}

void deploy_cluster(Call& call, const std::string& cluster) {
  std::vector<std::string> keys;
  each_in(call, "service", cluster, [&](const std::string& key, const Value& service) {
    if (service["status"].as_string() == "ACTIVE" &&
        service["launchType"].as_string() != "FARGATE" &&
        (is_daemon(service) || service["desiredCount"].as_int() > 0))
      keys.push_back(key);
  });
  for (const std::string& key : keys) deploy_service(call, key);
}

void task_changed(Call& call, const Value& task) {
  const std::string key = key_of_arn(task["taskArn"].as_string());
  const std::string cluster = key.substr(0, key.find('/'));
  if (is_stopped(task)) deploy_waiting(call, cluster);
  const std::string& group = task["group"].as_string();
  if (!group.starts_with("service:")) return;
  const std::string service_key = cluster + "/" + group.substr(8);
  const Value* found = call.find("service", service_key);
  if (!found) return;
  const std::string& why = task["stopCode"].as_string();
  if (task["lastStatus"].as_string() == "STOPPING" &&
      (why == "EssentialContainerExited" || why == "TaskFailedToStart")) {
    Value service = *found;
    change_each(service, "deployments", [&](Value& deployment) {
      if (deployment["id"] == task["startedBy"])
        deployment.set("failedTasks", deployment["failedTasks"].as_int() + 1);
    });
    put(call, service_kind, service.set("_Failed", call.now));
  }
  deploy_service(call, service_key);
}

Status deploy(Call& call, const Value& argument) {
  const std::string key = argument["Key"].as_string();
  const Value* service = call.find("service", key);
  if (!service || (*service)["status"].as_string() == "INACTIVE") return {};
  return Deployer(call, key, *service).run();
}

}  // namespace mainstay::ecs
