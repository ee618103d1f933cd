// The restore drill: a database's newest snapshot is restored beside it, under a name of its own,
// with the original's parameter group and security groups (read back, for a restore may come up
// with default ones), asked questions in SQL, and deleted again. Instances only.
//
// Nothing is deleted but what has the drill's tags and name. Killed, a drill leaves its instance;
// the next drill of the same database deletes it first. Errors: "DrillFailed" (what did not hold),
// "ChecksUnsupported" (before anything is restored), "SnapshotMissing", "DatabaseMissing",
// "CopyBusy", "WaitTimeout", "Interrupted", AWS's. Threads: one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "databases/copy_lock.hh"
#include "databases/database.hh"
#include "databases/psql.hh"

namespace mainstay::databases {

struct SqlCheck {
  std::string sql, expect;
};

// [{"sql": "select count(*) from orders", "expect": "1000"}]. Error "ChecksInvalid". Limit: 100.
Result<std::vector<SqlCheck>> checks_from(const std::string& json);

struct DrillWish {
  std::string database, region;
  std::vector<SqlCheck> checks;
};

struct DrillOutcome {
  std::string snapshot;
  int64_t restored_ms = 0;   // until the instance was available with its groups
  int64_t recovered_ms = 0;  // until the last check held
  size_t checks = 0;
};

struct DrillOptions {
  std::shared_ptr<aws::Client> client;
  std::shared_ptr<Clock> clock;
  std::function<void(const std::string& text)> tell;
  std::function<Result<std::string>(const SqlPlace&, const std::string& sql)> ask;
  std::function<std::string()> new_password;
  std::function<bool(const LockOwner&)> has_ended;
  LockOwner owner;
  std::stop_token stop;
  int64_t timeout_ms = 0;
};

class Drill {
 public:
  explicit Drill(DrillOptions options) : options_(std::move(options)) {}
  Result<DrillOutcome> run(const DrillWish& wish);

 private:
  Result<Value> call(const char* operation, const Value& in);
  Result<Value> instance(const std::string& id);  // null where it is not there
  Result<Snapshot> newest_snapshot();
  Status remove_leftover();
  Status restore(const Snapshot& snapshot);
  Status take_groups();
  Status check_groups(bool again);
  Status set_password();
  Status wait_for_login(const SqlPlace& place);
  Status run_checks(DrillOutcome& outcome);
  Status rehearse(DrillOutcome& outcome);
  // Until it is available and nothing of a change is pending.
  Result<Value> wait_available();
  Status wait_gone();
  Status pause(int64_t& wait_ms, int64_t until_ms, const std::string& what);

  DrillOptions options_;
  DrillWish wish_;
  Value original_;
  std::string id_, password_;
  int64_t began_ms_ = 0;
};

}  // namespace mainstay::databases
