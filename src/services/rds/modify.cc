// ModifyDBInstance: what is changed at once, what waits for the maintenance window, and what is
// refused. Source: "Modifying an Amazon RDS DB instance", its table of settings.
#include <algorithm>

#include "base/text.hh"
#include "services/rds/handlers.hh"
#include "services/rds/host.hh"
#include "services/rds/instance.hh"
#include "services/rds/machine.hh"

namespace mainstay::rds {
namespace {

// "If the value isn't changed immediately, it is changed in the next maintenance window."
constexpr const char* of_the_window[] = {"DBInstanceClass",
                                         "AllocatedStorage",
                                         "MultiAZ",
                                         "Iops",
                                         "StorageType",
                                         "StorageThroughput",
                                         "EngineVersion",
                                         "LicenseModel",
                                         "CACertificateIdentifier"};
// "The next modification after six hours, or once storage optimization is complete."
constexpr int64_t storage_ms_min = int64_t{6} * 3600 * 1000;

Status check_storage(const Call& call, const Value& instance, const Value& in) {
  if (!in.has("AllocatedStorage")) return {};
  int64_t now = instance["AllocatedStorage"].as_int(), then = in["AllocatedStorage"].as_int();
  if (then == now) return {};
  if (then < now)
    return combination("Requested storage size (" + std::to_string(then) +
                       ") is less than the current one; storage can't be reduced.");
  // "You must increase storage by at least 10 percent."
  if (then * 10 < now * 11)
    return combination("The allocated storage size must be increased by at least 10 percent.");
  bool is_early = instance.has("_StorageChanged") &&
                  call.now - instance["_StorageChanged"].as_time() < storage_ms_min;
  if (!is_early && instance["DBInstanceStatus"].as_string() != "storage-optimization") return {};
  return combination(
      "You can't currently modify the storage of this DB instance because the previous storage "
      "change is being optimized.");
}

Status check_version(Call& call, const Value& instance, const Value& in) {
  if (!in.has("EngineVersion")) return {};
  TRY(EngineVersion from,
      engine_version(call, instance["Engine"].as_string(), instance["EngineVersion"].as_string()));
  TRY(EngineVersion to,
      engine_version(call, instance["Engine"].as_string(), in["EngineVersion"].as_string()));
  if (to.family == from.family) return {};
  if (!in["AllowMajorVersionUpgrade"].as_bool())
    return combination(
        "The AllowMajorVersionUpgrade flag must be present when upgrading to a new "
        "major version.");
  auto number = [](const std::string& version) {
    return parse_real(split(version, ".")[0]).value_or(0);
  };
  if (number(to.version) < number(from.version))
    return combination("Cannot upgrade " + from.engine + " from " + from.version + " to " +
                       to.version);
  if (instance.has("_Database"))
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not upgrade the data of a real PostgreSQL to "
                     "another major version yet",
                     501);
  return {};
}

void set_at_once(Value& instance, const Value& in) {
  Value now = in;
  for (const char* member : of_the_window) now.erase(member);
  copy_settings(instance, now);
  if (!in["VpcSecurityGroupIds"].empty()) {
    Value groups = Value::list();
    for (const Value& id : in["VpcSecurityGroupIds"].items())
      groups.push_back(Value::map({{"VpcSecurityGroupId", id}, {"Status", "active"}}));
    instance.set("VpcSecurityGroups", std::move(groups));
  }
  // "A parameter group that is changed takes a reboot."
  if (in.has("DBParameterGroupName"))
    instance.set("DBParameterGroups",
                 Value::list({Value::map({{"DBParameterGroupName", in["DBParameterGroupName"]},
                                          {"ParameterApplyStatus", "pending-reboot"}})}));
  if (in.has("MasterUserPassword")) instance.set("_Password", in["MasterUserPassword"]);
}

// The beginning of the next one: "sun:05:00-sun:05:30", in UTC.
Time next_window(Time now, const std::string& window) {
  constexpr int64_t day_ms = 24 * 3600 * 1000, week_ms = 7 * day_ms;
  static constexpr std::string_view days = "thufrisatsunmontuewed";  // 1970-01-01 was a Thursday
  size_t day = days.find(to_lower(window.substr(0, 3)));
  if (window.size() < 9 || day == std::string::npos) return now + week_ms;
  int64_t minutes =
      parse_int(window.substr(4, 2)).value_or(0) * 60 + parse_int(window.substr(7, 2)).value_or(0);
  int64_t at =
      now.ms / week_ms * week_ms + static_cast<int64_t>(day / 3) * day_ms + minutes * 60'000;
  return Time{at > now.ms ? at : at + week_ms};
}

void wait_for_window(Call& call, const Value& instance) {
  const std::string& id = instance["DBInstanceIdentifier"].as_string();
  call.at(next_window(call.now, instance["PreferredMaintenanceWindow"].as_string()), "maintenance",
          Value::map({{"Id", id}}), "maintenance/" + id);
}

Status rename(Call& call, Value& instance, const Value& in) {
  if (!in.has("NewDBInstanceIdentifier")) return {};
  TRY(std::string id, new_identifier(call, instance_kind, in, "NewDBInstanceIdentifier"));
  const std::string before = instance["DBInstanceIdentifier"].as_string();
  remove(call, instance_kind, instance);
  std::string address = instance["_Address"].as_string();
  instance.set("DBInstanceIdentifier", id)
      .set("DBInstanceArn", arn_of(call, instance_kind, id))
      .set("_Address", id + address.substr(before.size()));
  return {};
}

}  // namespace

Status apply_pending(Call& call, Value& instance) {
  Value pending = instance["PendingModifiedValues"];
  instance.set("PendingModifiedValues", Value::map({}));
  if (pending.empty()) return {};
  bool grows = pending.has("AllocatedStorage") &&
               pending["AllocatedStorage"] != instance["AllocatedStorage"];
  bool upgrades = pending.has("EngineVersion");
  for (const auto& [name, value] : pending.members()) instance.set(name, value);
  if (upgrades) {
    TRY(EngineVersion version, engine_version(call, instance["Engine"].as_string(),
                                              instance["EngineVersion"].as_string()));
    const std::string& group =
        instance["DBParameterGroups"].at(0)["DBParameterGroupName"].as_string();
    if (group.starts_with("default."))
      instance.set("DBParameterGroups",
                   Value::list({Value::map({{"DBParameterGroupName", "default." + version.family},
                                            {"ParameterApplyStatus", "in-sync"}})}));
  }
  if (grows) instance.set("_StorageChanged", call.now);
  begin(call, instance_kind, instance, upgrades ? "upgrading" : "modifying");
  return {};
}

Status maintain(Call& call, const Value& argument) {
  auto instance = find(call, instance_kind, argument["Id"].as_string());
  if (!instance.has_value() || (*instance)["PendingModifiedValues"].empty()) return {};
  if ((*instance)["DBInstanceStatus"].as_string() == "available")
    return apply_pending(call, *instance);
  wait_for_window(call, *instance);
  return {};
}

Result<Value> modify_instance(Call& call, const Value& in) {
  TRY(Value instance, find(call, instance_kind, in, "DBInstanceIdentifier"));
  const std::string status = instance["DBInstanceStatus"].as_string();
  if (status != "available" && status != "storage-optimization" && status != "stopped")
    return aws_error("InvalidDBInstanceState", "Database instance is not in available state.");
  CHECK_OK(check_window(in));
  CHECK_OK(check_storage(call, instance, in));
  CHECK_OK(check_version(call, instance, in));
  if (in.has("DBParameterGroupName") &&
      !in["DBParameterGroupName"].as_string().starts_with("default."))
    CHECK_OK(find(call, parameter_group_kind, in, "DBParameterGroupName"));
  CHECK_OK(rename(call, instance, in));
  Value pending = instance["PendingModifiedValues"];
  for (const char* member : of_the_window)
    if (in.has(member) && in[member] != instance[member]) pending.set(member, in[member]);
  set_at_once(instance, in);
  instance.set("PendingModifiedValues", pending);
  Value out = answer("DBInstance", instance);
  if (in.has("MasterUserPassword"))
    out.member("DBInstance").member("PendingModifiedValues").set("MasterUserPassword", "****");
  if (in["ApplyImmediately"].as_bool() && !pending.empty()) {
    CHECK_OK(apply_pending(call, instance));
  } else if (in.has("MasterUserPassword")) {
    begin(call, instance_kind, instance, "modifying");
  } else {
    put(call, instance_kind, instance);
  }
  if (!instance["PendingModifiedValues"].empty()) wait_for_window(call, instance);
  return out;
}

}  // namespace mainstay::rds
