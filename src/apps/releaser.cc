#include "apps/releaser.hh"

#include <algorithm>

#include "apps/app_template.hh"
#include "apps/capacity.hh"
#include "base/json.hh"

namespace mainstay::apps {
namespace {

constexpr int64_t first_look_ms = 50, look_ms_max = 5'000;
constexpr int64_t patience_ms = int64_t{3} * 3600 * 1000;  // as long as CloudFormation waits itself

class Looks {
 public:
  explicit Looks(Clock& clock) : clock_(clock), until_(clock.monotonic_ms() + patience_ms) {}
  // False once the patience is over.
  bool wait() {
    if (clock_.monotonic_ms() >= until_) return false;
    bool goes_on = clock_.sleep_ms(wait_ms_, {});
    wait_ms_ = std::min(wait_ms_ * 3 / 2, look_ms_max);
    return goes_on;
  }

 private:
  Clock& clock_;
  int64_t until_, wait_ms_ = first_look_ms;
};

bool is_missing(const Error& error) {
  return error.code == "ValidationError" && error.message.contains("does not exist");
}

}  // namespace

Result<std::optional<Release>> Releaser::deployed(const App& app) {
  if (app.current == 0) return std::optional<Release>();
  TRY(Release found, shelf_.release(app, app.current));
  return std::optional(std::move(found));
}

Status Releaser::check_room(const App& app, const Release& release, const Release* before) {
  TRY(placement::Fleet fleet, fleet_of(*options_.client, app.cluster));
  TRY(auto lacking, shortages(std::move(fleet), app, release, before));
  if (lacking.empty()) return {};
  std::string text;
  for (const Shortage& one : lacking)
    text += (text.empty() ? "" : "; ") + one.process + ": " + std::to_string(one.fit) + " of " +
            std::to_string(one.wanted) + " new tasks fit (" + one.why + ")";
  if (options_.anyway) {
    options_.say("warning: not all finds a place: " + text);
    return {};
  }
  return Error("NoRoom",
               "the cluster " + app.cluster + " has no room for it beside what runs: " + text)
      .with_hint("register instances, scale down, or insist with --anyway and wait for room");
}

Result<Release> Releaser::release(App& app, const std::string& description, const Change& change) {
  TRY(auto before, deployed(app));
  Release next = before ? *before : Release();
  CHECK_OK(change(next));
  next.number = app.newest + 1;
  next.description = description;
  next.user = options_.user;
  next.created = options_.clock->now();
  next.status = "pending";
  if (next.image.empty())
    return Error("NothingToRelease", app.name + " has no image yet")
        .with_hint("mainstay app deploy " + app.name + " IMAGE");
  CHECK_OK(check_room(app, next, before ? &*before : nullptr));
  CHECK_OK(shelf_.add(app, next));
  app.newest = next.number;
  CHECK_OK(shelf_.put(app));
  Status done = deploy(app, next);
  next.status = done.has_value() ? "deployed" : "failed: " + done.error().message.substr(0, 500);
  CHECK_OK(shelf_.put(app, next));
  if (!done.has_value()) return done.error();
  app.current = next.number;
  CHECK_OK(shelf_.put(app));
  return next;
}

Result<std::string> Releaser::stack_status(const App& app) {
  auto found = options_.client->call("cloudformation", "DescribeStacks",
                                     Value::map({{"StackName", app.stack()}}));
  if (!found.has_value() && is_missing(found.error())) return std::string();
  if (!found.has_value()) return found.error();
  return (*found)["Stacks"].at(0)["StackStatus"].as_string();
}

Result<std::string> Releaser::settle(const App& app) {
  Looks looks(*options_.clock);
  for (;;) {
    TRY(std::string status, stack_status(app));
    if (!status.ends_with("_IN_PROGRESS")) return status;
    if (!looks.wait())
      return Error("WaitTimeout", "the stack " + app.stack() + " is still " + status);
  }
}

Status Releaser::deploy(const App& app, const Release& release) {
  TRY(std::string status, stack_status(app));
  if (status.ends_with("_IN_PROGRESS")) {
    options_.say(app.stack() + " is " + status + ": waiting for it");
    TRY(status, settle(app));
  }
  if (status == "ROLLBACK_COMPLETE" || status == "ROLLBACK_FAILED" || status == "DELETE_FAILED") {
    CHECK_OK(options_.client->call("cloudformation", "DeleteStack",
                                   Value::map({{"StackName", app.stack()}})));
    TRY(status, settle(app));
  }
  Value in =
      Value::map({{"StackName", app.stack()},
                  {"TemplateBody", to_json(template_of(app, release))},
                  {"Capabilities", Value::list({"CAPABILITY_IAM"})},
                  {"Tags", Value::list({Value::map({{"Key", "app"}, {"Value", app.name}})})}});
  bool is_new = status.empty() || status == "DELETE_COMPLETE";
  options_.say("v" + std::to_string(release.number) + ": " + (is_new ? "creating " : "updating ") +
               app.stack());
  CHECK_OK(options_.client->call("cloudformation", is_new ? "CreateStack" : "UpdateStack", in));
  TRY(status, settle(app));
  if (status == "CREATE_COMPLETE" || status == "UPDATE_COMPLETE") return {};
  return Error("ReleaseFailed", "v" + std::to_string(release.number) + " of " + app.name +
                                    " was not deployed (" + status + "): " + why_failed(app))
      .with_hint("what was deployed before still runs; mainstay app releases " + app.name);
}

// The reason that CloudFormation gives first, and what the service says of its tasks.
std::string Releaser::why_failed(const App& app) {
  auto events = options_.client->list(
      "cloudformation", {"DescribeStackEvents", "StackEvents", "NextToken", "NextToken"},
      Value::map({{"StackName", app.stack()}}));
  std::string reason = "no reason is told";
  if (events.has_value())
    for (const Value& one : *events) {
      const std::string& text = one["ResourceStatusReason"].as_string();
      bool begins = one["ResourceStatus"].as_string() == "UPDATE_IN_PROGRESS" &&
                    one["LogicalResourceId"].as_string() == app.stack();
      if (begins) break;  // newest first: what is older is of other releases
      if (one["ResourceStatus"].as_string().ends_with("_FAILED") && !text.contains("cancelled"))
        reason = one["LogicalResourceId"].as_string() + ": " + text;
    }
  auto stopped = options_.client->call(
      "ecs", "ListTasks", Value::map({{"cluster", app.cluster}, {"desiredStatus", "STOPPED"}}));
  if (!stopped.has_value() || (*stopped)["taskArns"].empty()) return reason;
  auto tasks = options_.client->call(
      "ecs", "DescribeTasks",
      Value::map({{"cluster", app.cluster}, {"tasks", (*stopped)["taskArns"]}}));
  if (!tasks.has_value()) return reason;
  for (const Value& task : (*tasks)["tasks"].items()) {
    if (!task["group"].as_string().starts_with("service:" + app.name + "-")) continue;
    const std::string& code = task["stopCode"].as_string();
    if (code != "TaskFailedToStart" && code != "EssentialContainerExited") continue;
    std::string text = task["stoppedReason"].as_string();
    const Value& exit = task["containers"].at(0)["exitCode"];
    if (!exit.is_null()) text += ", exit code " + std::to_string(exit.as_int());
    return reason + " (a task stopped: " + text + ")";
  }
  return reason;
}

Status Releaser::destroy(const App& app) {
  TRY(std::string status, stack_status(app));
  if (!status.empty()) {
    CHECK_OK(options_.client->call("cloudformation", "DeleteStack",
                                   Value::map({{"StackName", app.stack()}})));
    TRY(status, settle(app));
    if (!status.empty() && status != "DELETE_COMPLETE")
      return Error("DeleteFailed", "the stack " + app.stack() + " is " + status);
  }
  return shelf_.remove(app);
}

Result<std::string> Releaser::definition_arn(const App& app, const std::string& process) {
  TRY(Value found,
      options_.client->call("ecs", "DescribeTaskDefinition",
                            Value::map({{"taskDefinition", app.name + "-" + process}})));
  return found["taskDefinition"]["taskDefinitionArn"].as_string();
}

// The task definition is the service's own, so that role, variables and placement are its, too.
Result<Releaser::Ran> Releaser::run(const App& app, const Once& once) {
  TRY(auto now, deployed(app));
  if (!now) return Error("ReleaseMissing", app.name + " has no release that is deployed");
  if (!now->process(once.process))
    return Error("ProcessMissing", app.name + " has no process " + once.process);
  TRY(std::string definition, definition_arn(app, once.process));
  Value over = Value::map({{"name", once.process}});
  if (!once.command.empty()) over.set("command", Value::texts(once.command));
  TRY(Value answer,
      options_.client->call(
          "ecs", "RunTask",
          Value::map({{"cluster", app.cluster},
                      {"taskDefinition", definition},
                      {"group", "run:" + app.name},
                      {"startedBy", options_.user.substr(0, 36)},
                      {"overrides", Value::map({{"containerOverrides", Value::list({over})}})}})));
  if (answer["tasks"].empty())
    return Error("NoRoom",
                 "no instance takes the task: " + answer["failures"].at(0)["reason"].as_string());
  Ran out;
  out.task = answer["tasks"].at(0)["taskArn"].as_string();
  if (once.detached) return out;
  Looks looks(*options_.clock);
  for (;;) {
    TRY(Value seen, options_.client->call("ecs", "DescribeTasks",
                                          Value::map({{"cluster", app.cluster},
                                                      {"tasks", Value::list({out.task})}})));
    const Value& task = seen["tasks"].at(0);
    if (task["lastStatus"].as_string() == "STOPPED") {
      out.reason = task["stoppedReason"].as_string();
      if (const Value& code = task["containers"].at(0)["exitCode"]; !code.is_null())
        out.exit_code = static_cast<int>(code.as_int());
      return out;
    }
    const std::string& note = task["containers"].at(0)["reason"].as_string();
    if (note.starts_with("simulated")) {
      out.reason = note;  // nothing runs that could end
      (void)options_.client->call("ecs", "StopTask",
                                  Value::map({{"cluster", app.cluster}, {"task", out.task}}));
      return out;
    }
    if (!looks.wait()) return Error("WaitTimeout", "the task " + out.task + " still runs");
  }
}

}  // namespace mainstay::apps
