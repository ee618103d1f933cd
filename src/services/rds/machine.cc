#include "services/rds/machine.hh"

#include <algorithm>

#include "cloud/cloud.hh"
#include "services/rds/host.hh"
#include "services/rds/snapshot.hh"

namespace mainstay::rds {
namespace {

constexpr int64_t second_ms = 1000, minute_ms = 60 * second_ms;

// With a real database: done under no lock, before the next status. May change members.
using Job = Status (*)(backings::Databases&, const Value& document, Value& changes);

Status serve(backings::Databases& databases, const Value& document, Value& changes) {
  auto asked = static_cast<uint16_t>(document["_Port"].as_int());
  TRY(uint16_t port, databases.start(document["_Database"].as_string(), asked));
  changes.set("_Running", static_cast<int64_t>(port));
  return {};
}

Status create(backings::Databases& databases, const Value& document, Value& changes) {
  const std::string& id = document["_Database"].as_string();
  if (const std::string& from = document["_From"].as_string(); !from.empty()) {
    CHECK_OK(databases.copy(from, id));
  } else {
    CHECK_OK(databases.create({id, document["EngineVersion"].as_string(),
                               document["MasterUsername"].as_string(),
                               document["_Password"].as_string(), document["DBName"].as_string()}));
  }
  return serve(databases, document, changes);
}

Status reboot(backings::Databases& databases, const Value& document, Value& changes) {
  CHECK_OK(databases.stop(document["_Database"].as_string()));
  return serve(databases, document, changes);
}

Status halt(backings::Databases& databases, const Value& document, Value&) {
  return databases.stop(document["_Database"].as_string());
}

Status change_password(backings::Databases& databases, const Value& document, Value&) {
  if (!document.has("_Password")) return {};
  return databases.set_password(document["_Database"].as_string(),
                                document["MasterUsername"].as_string(),
                                document["_Password"].as_string());
}

Status remove_data(backings::Databases& databases, const Value& document, Value&) {
  return databases.remove(document["_Database"].as_string());
}

// Of what a stopped server has kept ("I/O operations are briefly suspended", single-AZ).
Status copy_data(backings::Databases& databases, const Value& document, Value& changes) {
  const std::string& from = document["_From"].as_string();
  bool is_running = document["_Source"]["Running"].as_bool();
  Status copied = databases.copy(from, document["_Database"].as_string());
  if (is_running) {
    auto asked = static_cast<uint16_t>(document["_Source"]["Port"].as_int());
    TRY(uint16_t port, databases.start(from, asked));
    changes.set("_SourcePort", static_cast<int64_t>(port));
  }
  return copied;
}

struct Row {
  std::string_view table, status;
  int64_t ms;
  std::string_view next;  // "": it is gone
  Job job = nullptr;
  std::string_view category = {}, message = {};  // the event at its end
};
constexpr Row rows[] = {
    {"instance", "creating", 5 * minute_ms, "available", create, "creation", "DB instance created"},
    {"instance", "modifying", 2 * minute_ms, "available", change_password, "configuration change",
     "Finished applying modification to the DB instance"},
    {"instance", "upgrading", 10 * minute_ms, "available", nullptr, "maintenance",
     "DB instance upgraded"},
    {"instance", "rebooting", 30 * second_ms, "available", reboot, "availability",
     "DB instance restarted"},
    {"instance", "starting", 5 * minute_ms, "available", serve, "notification",
     "DB instance started"},
    {"instance", "stopping", 3 * minute_ms, "stopped", halt, "notification", "DB instance stopped"},
    {"instance", "deleting", 3 * minute_ms, "", remove_data, "deletion", "DB instance deleted"},
    {"instance", "storage-optimization", 60 * minute_ms, "available"},
    {"snapshot", "creating", 3 * minute_ms, "available", copy_data, "creation",
     "Manual snapshot created"},
    {"snapshot", "copying", 5 * minute_ms, "available", copy_data, "notification",
     "Snapshot copy completed"},
    {"cluster", "creating", 5 * minute_ms, "available", nullptr, "creation", "DB cluster created"},
    {"cluster", "modifying", 2 * minute_ms, "available"},
    {"cluster", "deleting", 3 * minute_ms, "", nullptr, "deletion", "DB cluster deleted"},
    {"cluster-snapshot", "creating", 3 * minute_ms, "available", nullptr, "backup",
     "Manual cluster snapshot created"},
    {"cluster-snapshot", "copying", 5 * minute_ms, "available"},
};

const Row* row_of(std::string_view table, std::string_view status) {
  const auto* found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) {
    return row.table == table && row.status == status;
  });
  return found == std::end(rows) ? nullptr : found;
}

const Kind* kind_called(std::string_view table) {
  for (const Kind* kind : kinds())
    if (kind->resource.table == table) return kind;
  return nullptr;
}

void show_port(Value& instance) {
  const Value& running = instance["_Running"];
  int64_t port = running.is_null() ? instance["_Port"].as_int() : running.as_int();
  instance.set("Endpoint",
               Value::map({{"Address", running.is_null() ? instance["_Address"].as_string()
                                                         : std::string("127.0.0.1")},
                           {"Port", port},
                           {"HostedZoneId", "Z2R2ITUGPM61AM"}}));
}

// The source of a snapshot that is made, or could not be, goes on.
Status release_source(Call& call, const Value& snapshot) {
  const std::string& id = snapshot["_Source"]["Instance"].as_string();
  if (id.empty()) return {};
  auto instance = find(call, instance_kind, id);
  if (!instance.has_value()) return {};
  const std::string& then = snapshot["_Source"]["Then"].as_string();
  if (then == "available" && (*instance)["DBInstanceStatus"].as_string() != "backing-up") return {};
  if (snapshot.has("_SourcePort")) {
    instance->set("_Running", snapshot["_SourcePort"]);
    show_port(*instance);
  }
  begin(call, instance_kind, *instance, then);
  return {};
}

Status end_step(Call& call, const Kind& kind, const Row& row, const Value& before,
                const Value& changes) {
  TRY(Value document, find(call, kind, before[kind.id].as_string()));
  if (document["_Turn"] != before["_Turn"]) return {};  // something else began meanwhile
  const std::string id = document[kind.id].as_string();
  if (row.next.empty()) {
    tell(call, kind, id, row.category, std::string(row.message));
    remove(call, kind, document);
    return {};
  }
  for (const auto& [name, value] : changes.members()) document.set(name, value);
  document.set(std::string(status_member(kind)), row.next);
  if (row.table == "instance") {
    document.erase("_Password");
    document.erase("_From");
    if (row.next == "stopped") document.erase("_Running");
    if (!document.has("InstanceCreateTime")) document.set("InstanceCreateTime", call.now);
    if (row.next == "available") show_port(document);
  } else if (row.table.ends_with("snapshot")) {
    document.set("PercentProgress", 100);
    CHECK_OK(release_source(call, document));
    for (const char* member : {"_Source", "_SourcePort", "_From"}) document.erase(member);
  }
  put(call, kind, document);
  if (!row.message.empty()) tell(call, kind, id, row.category, std::string(row.message));
  bool begins_backup = row.status == "creating" && row.table == "instance" &&
                       document["BackupRetentionPeriod"].as_int() > 0;
  return begins_backup ? take_automated_snapshot(call, document) : Status();
}

Status fail_step(Call& call, const Kind& kind, const Value& before, const Error& why) {
  TRY(Value document, find(call, kind, before[kind.id].as_string()));
  if (document["_Turn"] != before["_Turn"]) return {};
  document.set(std::string(status_member(kind)), "failed");
  document.erase("_Password");
  if (kind.arn_type == "snapshot") CHECK_OK(release_source(call, document));
  put(call, kind, document);
  tell(call, kind, document[kind.id].as_string(), "failure", why.to_string());
  return {};
}

}  // namespace

void begin(Call& call, const Kind& kind, Value& document, std::string_view status) {
  document.set(std::string(status_member(kind)), status).set("_Turn", call.random.hex(16));
  put(call, kind, document);
  const Row* row = row_of(kind.resource.table, status);
  if (!row) return;
  const std::string& id = document[kind.id].as_string();
  call.after(call.duration(row->ms), "step",
             Value::map({{"Table", kind.resource.table}, {"Id", id}}),
             "step/" + std::string(kind.resource.table) + "/" + id);
}

// The work is done between two units, so it may be done again after a kill: each job is of the kind
// that finds what is done already.
Status step(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument) {
  const Kind* kind = kind_called(argument["Table"].as_string());
  if (!kind) return {};
  Value before, changes = Value::map({});
  std::shared_ptr<backings::Databases> databases;
  auto in_unit = [&](const std::function<Status(Call&)>& work) {
    return cloud.update("rds", place.account, place.region, work);
  };
  CHECK_OK(in_unit([&](Call& call) -> Status {
    CHECK_OK(host_of(call).check_started());
    if (auto found = find(call, *kind, argument["Id"].as_string()); found.has_value())
      before = *found;
    databases = host_of(call).databases();
    return {};
  }));
  const Row* row = before.is_null()
                       ? nullptr
                       : row_of(kind->resource.table, before[status_member(*kind)].as_string());
  if (!row) return {};
  // A fork has no databases: what is done there is done to the state alone.
  if (row->job && before.has("_Database") && databases) {
    Status done = row->job(*databases, before, changes);
    if (!done.has_value())
      return in_unit([&](Call& call) { return fail_step(call, *kind, before, done.error()); });
  }
  return in_unit([&](Call& call) { return end_step(call, *kind, *row, before, changes); });
}

// A server that is another process's child no more: what it held is in its folder.
Status resume(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument) {
  Value instance, changes = Value::map({});
  std::shared_ptr<backings::Databases> databases;
  auto in_unit = [&](const std::function<Status(Call&)>& work) {
    return cloud.update("rds", place.account, place.region, work);
  };
  CHECK_OK(in_unit([&](Call& call) -> Status {
    if (auto found = find(call, instance_kind, argument["Id"].as_string()); found.has_value())
      instance = *found;
    CHECK_OK(host_of(call).check_started());
    databases = host_of(call).databases();
    return {};
  }));
  if (instance.is_null() || !instance.has("_Running") || !databases) return {};
  Status served = serve(*databases, instance, changes);
  return in_unit([&](Call& call) -> Status {
    if (!served.has_value()) return fail_step(call, instance_kind, instance, served.error());
    TRY(Value now, find(call, instance_kind, argument["Id"].as_string()));
    if (!now.has("_Running")) return {};
    now.set("_Running", changes["_Running"]);
    show_port(now);
    put(call, instance_kind, now);
    return {};
  });
}

}  // namespace mainstay::rds
