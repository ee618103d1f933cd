#include "databases/storage.hh"

#include <algorithm>

namespace mainstay::databases {
namespace {

constexpr int64_t storage_look_ms = 200, storage_look_ms_max = 30'000;

Result<Value> storage_instance(const StorageWork& work, const std::string& region,
                               const std::string& id) {
  auto found = work.client->call("rds", "DescribeDBInstances",
                                 Value::map({{"DBInstanceIdentifier", id}}), region);
  if (!found && found.error().code.starts_with("DBInstanceNotFound"))
    return Error("DatabaseMissing", region + " has no instance " + id);
  if (!found) return found.error();
  return (*found)["DBInstances"].at(0);
}

Status watch_storage(const StorageWork& work, const std::string& region, const std::string& id,
                     int64_t wanted_gib) {
  int64_t wait = storage_look_ms, until = work.clock->monotonic_ms() + work.timeout_ms;
  std::string last;
  for (;;) {
    TRY(Value now, storage_instance(work, region, id));
    const std::string& status = now["DBInstanceStatus"].as_string();
    int64_t gib = now["AllocatedStorage"].as_int();
    std::string seen = status + ", " + std::to_string(gib) + " GiB";
    if (seen != last) work.tell(seen);
    last = seen;
    if (gib >= wanted_gib && status == "available") return {};
    if (work.stop.stop_requested())
      return Error("Interrupted", "stopped; RDS goes on with the change");
    if (work.clock->monotonic_ms() >= until)
      return Error("WaitTimeout", id + " is still " + seen + "; RDS goes on with it");
    (void)work.clock->sleep_ms(wait, work.stop);
    wait = std::min(wait * 3 / 2, storage_look_ms_max);
  }
}

}  // namespace

StoragePlan plan_storage(int64_t gib, int64_t maximum_gib, const std::string& status,
                         int64_t wanted_gib) {
  using Kind = StoragePlan::Kind;
  std::string has = std::to_string(gib) + " GiB";
  if (wanted_gib == gib) return {Kind::in_line, "it has " + has};
  if (wanted_gib < gib && maximum_gib > 0)
    return {Kind::in_line, "it has " + has + ", for it grows by itself up to " +
                               std::to_string(maximum_gib) + " GiB"};
  if (wanted_gib < gib)
    return {Kind::refused, "it has " + has + ", and storage never gets smaller in place"};
  int64_t least = (gib * 11 + 9) / 10;
  if (wanted_gib < least)
    return {Kind::refused, "it has " + has + ", and grows by a tenth at least: to " +
                               std::to_string(least) + " GiB or more"};
  if (status == "storage-optimization" || status == "modifying")
    return {Kind::waits, "it is " + status +
                             "; the next change can be made once that has ended, and six hours "
                             "after the last one"};
  if (status != "available" && status != "stopped")
    return {Kind::refused, "it is " + status + "; storage is changed of one that is available"};
  return {Kind::grows, "from " + has + " to " + std::to_string(wanted_gib) +
                           " GiB, without an outage as a rule"};
}

Result<StoragePlan> grow_storage(const StorageWork& work, const std::string& region,
                                 const std::string& id, int64_t wanted_gib, bool applies) {
  TRY(Value now, storage_instance(work, region, id));
  StoragePlan plan =
      plan_storage(now["AllocatedStorage"].as_int(), now["MaxAllocatedStorage"].as_int(),
                   now["DBInstanceStatus"].as_string(), wanted_gib);
  if (plan.kind == StoragePlan::Kind::refused || plan.kind == StoragePlan::Kind::waits)
    return Error("StorageRefused", id + " can't grow now: " + plan.reason);
  if (plan.kind == StoragePlan::Kind::in_line || !applies) return plan;
  work.tell("grows " + plan.reason);
  CHECK_OK(work.client->call("rds", "ModifyDBInstance",
                             Value::map({{"DBInstanceIdentifier", id},
                                         {"AllocatedStorage", wanted_gib},
                                         {"ApplyImmediately", true}}),
                             region));
  CHECK_OK(watch_storage(work, region, id, wanted_gib));
  return plan;
}

}  // namespace mainstay::databases
