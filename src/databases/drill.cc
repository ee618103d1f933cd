#include "databases/drill.hh"

#include <algorithm>
#include <set>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::databases {
namespace {

constexpr const char* drill_creator = "mainstay-db-verify";
constexpr const char* drill_lock_path = "/mainstay/db-verify";
constexpr int64_t drill_look_ms = 100, drill_look_ms_max = 15'000, login_ms = 120'000;
constexpr size_t name_length_max = 63, checks_max = 100;

// What the drill has to have of the original.
std::set<std::string> groups_of(const Value& instance) {
  std::set<std::string> out;
  for (const Value& one : instance["DBParameterGroups"].items())
    out.insert("parameter group " + one["DBParameterGroupName"].as_string());
  for (const Value& one : instance["VpcSecurityGroups"].items())
    out.insert("security group " + one["VpcSecurityGroupId"].as_string());
  return out;
}

Value security_groups(const Value& instance) {
  Value out = Value::list();
  for (const Value& one : instance["VpcSecurityGroups"].items())
    out.push_back(one["VpcSecurityGroupId"]);
  return out;
}

bool is_of_drill(const Value& instance, const std::string& database_arn) {
  Tags tags;
  for (const Value& one : instance["TagList"].items())
    tags[one["Key"].as_string()] = one["Value"].as_string();
  return tags[creator_tag] == drill_creator && tags[database_tag] == database_arn;
}

}  // namespace

Result<std::vector<SqlCheck>> checks_from(const std::string& json) {
  TRY(Value read, parse_json(json));
  if (!read.is_list() || read.empty() || read.size() > checks_max)
    return Error("ChecksInvalid", "not a list of 1 to 100 checks");
  std::vector<SqlCheck> out;
  for (const Value& one : read.items()) {
    if (!one["sql"].is_string() || !one.has("expect") || one.size() != 2)
      return Error("ChecksInvalid", "check " + std::to_string(out.size() + 1) +
                                        " is not {\"sql\": \"...\", \"expect\": \"...\"}");
    out.push_back({one["sql"].as_string(), one["expect"].to_text()});
  }
  return out;
}

Result<Value> Drill::call(const char* operation, const Value& in) {
  return options_.client->call("rds", operation, in, wish_.region);
}

Result<Value> Drill::instance(const std::string& id) {
  auto found = call("DescribeDBInstances", Value::map({{"DBInstanceIdentifier", id}}));
  if (!found && found.error().code.starts_with("DBInstanceNotFound")) return Value();
  if (!found) return found.error();
  return (*found)["DBInstances"].at(0);
}

Result<Snapshot> Drill::newest_snapshot() {
  TRY(List found,
      options_.client->list("rds", {"DescribeDBSnapshots", "DBSnapshots", "Marker", "Marker"},
                            Value::map({{"DBInstanceIdentifier", wish_.database}}), wish_.region));
  std::optional<Snapshot> newest;
  for (const Value& document : found) {
    Snapshot one = snapshot_from(instance_kind, document, wish_.region);
    if (one.is_available() && (!newest || *one.taken > *newest->taken)) newest = one;
  }
  if (newest) return *newest;
  return Error("SnapshotMissing",
               wish_.database + " has no snapshot that is available in " + wish_.region);
}

Status Drill::pause(int64_t& wait_ms, int64_t until_ms, const std::string& what) {
  if (options_.clock->monotonic_ms() >= until_ms)
    return Error("WaitTimeout", what + " in time; what was restored is deleted");
  (void)options_.clock->sleep_ms(wait_ms);
  wait_ms = std::min(wait_ms * 3 / 2, drill_look_ms_max);
  return {};
}

Result<Value> Drill::wait_available() {
  int64_t wait = drill_look_ms, until = began_ms_ + options_.timeout_ms;
  for (;;) {
    if (options_.stop.stop_requested())
      return Error("Interrupted", "stopped; what was restored is deleted");
    TRY(Value now, instance(id_));
    const std::string& status = now["DBInstanceStatus"].as_string();
    if (now.is_null() || status == "failed" || status.starts_with("incompatible"))
      return Error("DrillFailed", id_ + (now.is_null() ? " is gone" : " is " + status));
    if (status == "available" && now["PendingModifiedValues"].empty()) return now;
    CHECK_OK(pause(wait, until, id_ + " was not available (" + status + ")"));
  }
}

Status Drill::wait_gone() {
  int64_t wait = drill_look_ms, until = options_.clock->monotonic_ms() + options_.timeout_ms;
  for (;;) {
    TRY(Value now, instance(id_));
    if (now.is_null()) return {};
    CHECK_OK(pause(wait, until, id_ + " was not deleted"));
  }
}

// Only what has both the name and the tags of a drill of this database.
Status Drill::remove_leftover() {
  TRY(Value there, instance(id_));
  if (there.is_null()) return {};
  if (!is_of_drill(there, original_["DBInstanceArn"].as_string()))
    return Error("DrillFailed", "an instance " + id_ + " is there that no drill made");
  if (there["DBInstanceStatus"].as_string() != "deleting") {
    options_.tell("deletes " + id_ + ", which a drill made");
    CHECK_OK(call("DeleteDBInstance", Value::map({{"DBInstanceIdentifier", id_},
                                                  {"SkipFinalSnapshot", true},
                                                  {"DeleteAutomatedBackups", true}})));
  }
  return wait_gone();
}

Status Drill::restore(const Snapshot& snapshot) {
  Value tags =
      Value::list({Value::map({{"Key", creator_tag}, {"Value", drill_creator}}),
                   Value::map({{"Key", database_tag}, {"Value", original_["DBInstanceArn"]}})});
  Value in = Value::map({{"DBInstanceIdentifier", id_},
                         {"DBSnapshotIdentifier", snapshot.id},
                         {"DBInstanceClass", original_["DBInstanceClass"]},
                         {"MultiAZ", false},
                         {"PubliclyAccessible", false},
                         {"Tags", std::move(tags)}});
  if (const Value& subnets = original_["DBSubnetGroup"]["DBSubnetGroupName"]; !subnets.is_null())
    in.set("DBSubnetGroupName", subnets);
  if (const Value& group = original_["DBParameterGroups"].at(0)["DBParameterGroupName"];
      !group.is_null())
    in.set("DBParameterGroupName", group);
  if (Value groups = security_groups(original_); !groups.empty())
    in.set("VpcSecurityGroupIds", std::move(groups));
  options_.tell("restores " + snapshot.id + " as " + id_);
  CHECK_OK(call("RestoreDBInstanceFromDBSnapshot", in));
  return {};
}

// Where the restore came up with others: set them, and reboot, for some count only then.
Status Drill::take_groups() {
  Value in = Value::map({{"DBInstanceIdentifier", id_}, {"ApplyImmediately", true}});
  if (const Value& group = original_["DBParameterGroups"].at(0)["DBParameterGroupName"];
      !group.is_null())
    in.set("DBParameterGroupName", group);
  if (Value groups = security_groups(original_); !groups.empty())
    in.set("VpcSecurityGroupIds", std::move(groups));
  CHECK_OK(call("ModifyDBInstance", in));
  CHECK_OK(wait_available());
  CHECK_OK(call("RebootDBInstance", Value::map({{"DBInstanceIdentifier", id_}})));
  return check_groups(true);
}

Status Drill::check_groups(bool again) {
  TRY(Value now, wait_available());
  std::set<std::string> wanted = groups_of(original_), has = groups_of(now);
  bool in_sync = now["DBParameterGroups"].at(0)["ParameterApplyStatus"].as_string() == "in-sync";
  if (wanted == has && in_sync) {
    options_.tell("has " + join({has.begin(), has.end()}, ", "));
    return {};
  }
  if (again)
    return Error("DrillFailed", id_ + " has " + join({has.begin(), has.end()}, ", ") +
                                    ", and should have " +
                                    join({wanted.begin(), wanted.end()}, ", "));
  options_.tell("the restore has other groups: they are set, and it is rebooted");
  return take_groups();
}

Status Drill::set_password() {
  password_ = options_.new_password();
  CHECK_OK(call("ModifyDBInstance", Value::map({{"DBInstanceIdentifier", id_},
                                                {"MasterUserPassword", password_},
                                                {"ApplyImmediately", true}})));
  return {};
}

// An instance is shown as available for a moment before its new password counts.
Status Drill::wait_for_login(const SqlPlace& place) {
  int64_t wait = drill_look_ms, until = options_.clock->monotonic_ms() + login_ms;
  for (;;) {
    auto said = options_.ask(place, "select 1");
    if (said) return {};
    if (options_.stop.stop_requested() || options_.clock->monotonic_ms() >= until)
      return Error("DrillFailed", "it can't be asked anything: " + said.error().message);
    (void)options_.clock->sleep_ms(wait);
    wait = std::min(wait * 3 / 2, drill_look_ms_max);
  }
}

Status Drill::run_checks(DrillOutcome& outcome) {
  if (wish_.checks.empty()) return {};
  CHECK_OK(set_password());
  TRY(Value now, wait_available());
  SqlPlace place{now["Endpoint"]["Address"].as_string(), now["MasterUsername"].as_string(),
                 password_, now["DBName"].as_string(), now["Endpoint"]["Port"].as_int()};
  if (place.database.empty()) place.database = "postgres";
  CHECK_OK(wait_for_login(place));
  for (const SqlCheck& check : wish_.checks) {
    if (options_.stop.stop_requested()) return Error("Interrupted", "stopped while checking");
    auto said = options_.ask(place, check.sql);
    if (!said) return Error("DrillFailed", check.sql + ": " + said.error().message);
    if (*said != check.expect)
      return Error("DrillFailed",
                   check.sql + ": " + said->substr(0, 200) + ", expected " + check.expect);
    options_.tell("holds: " + check.sql + " is " + check.expect);
    ++outcome.checks;
  }
  return {};
}

Status Drill::rehearse(DrillOutcome& outcome) {
  TRY(Snapshot snapshot, newest_snapshot());
  outcome.snapshot = snapshot.id;
  began_ms_ = options_.clock->monotonic_ms();
  Status restored = restore(snapshot);
  // Not begun: there is nothing of ours, unless the answer was lost.
  if (restored) restored = check_groups(false);
  outcome.restored_ms = options_.clock->monotonic_ms() - began_ms_;
  if (restored) restored = run_checks(outcome);
  outcome.recovered_ms = options_.clock->monotonic_ms() - began_ms_;
  Status gone = remove_leftover();
  if (!restored) return restored;
  return gone;
}

Result<DrillOutcome> Drill::run(const DrillWish& wish) {
  wish_ = wish;
  TRY(original_, instance(wish.database));
  if (original_.is_null())
    return Error("DatabaseMissing", wish.region + " has no instance " + wish.database);
  if (!wish.checks.empty() && original_["Engine"].as_string() != "postgres")
    return Error("ChecksUnsupported", wish.database + " is of engine " +
                                          original_["Engine"].as_string() +
                                          "; SQL is run on postgres only, nothing was restored")
        .with_hint("without --checks the drill restores it and looks at its groups");
  id_ = ("mainstay-drill-" + wish.database).substr(0, name_length_max);
  while (id_.ends_with('-')) id_.pop_back();
  CopyLock lock({options_.client,
                 options_.clock,
                 {wish.region},
                 options_.owner,
                 options_.has_ended,
                 drill_lock_path});
  CHECK_OK(lock.hold());
  CHECK_OK(remove_leftover());
  DrillOutcome outcome;
  CHECK_OK(rehearse(outcome));
  CHECK_OK(lock.release());
  return outcome;
}

}  // namespace mainstay::databases
