// Carries out a plan of copies: starts them as far as RDS takes them at once, waits, looks at each
// whether it is what was planned, and only then deletes what retention takes away.
//
// Errors that concern everything (no key, no lock, a name taken) come before the first copy; those
// of one copy are in its result, and the others go on. Killed, a run leaves copies under way, which
// the next one finds by their names. Threads: one.
#pragma once

#include <functional>
#include <memory>

#include "databases/copy_lock.hh"
#include "databases/copy_plan.hh"

namespace mainstay::databases {

struct CopyOutcome {
  std::vector<Snapshot> good;
  std::vector<Uncopied> uncopied;
  std::vector<Deletion> deleted;
  std::vector<Uncopied> undeleted;  // what could not be deleted; reason says why
};

struct CopierOptions {
  std::shared_ptr<aws::Client> client;
  std::shared_ptr<Clock> clock;
  std::function<void(std::string_view what, const std::string& copy, const std::string& text)> tell;
  std::function<bool(const LockOwner&)> has_ended;
  LockOwner owner;
  std::stop_token stop;
  int64_t timeout_ms = 0;
};

class Copier {
 public:
  explicit Copier(CopierOptions options) : options_(std::move(options)) {}

  // Keys by name or alias become ARNs. Error "KeyUnusable": not there, of another region, disabled.
  Status resolve_keys(CopyWish& wish);
  Result<Listing> list(const CopyWish& wish);
  // The plan alone; changes nothing.
  Result<CopyPlan> plan(const CopyWish& wish);
  // Shown before anything is done; false stops it there.
  using Show = std::function<void(const CopyPlan&)>;
  // Errors: those of the plan; "CopyBusy", "LockLost", "WaitTimeout", "Interrupted".
  Result<CopyOutcome> run(const CopyWish& wish, const Show& show);

 private:
  struct Work {
    PlannedCopy planned;
    bool ended = false;
  };
  // Starts what fits. True where something was begun or ended.
  bool start(std::vector<Work>& works, CopyOutcome& outcome);
  Result<bool> start_one(const PlannedCopy& copy, size_t under_way);
  Status begin_copy(const PlannedCopy& copy);
  bool look(std::vector<Work>& works, CopyOutcome& outcome);
  void fail(Work& work, CopyOutcome& outcome, const std::string& why);
  Status wait_for(std::vector<Work>& works, CopyLock& lock, CopyOutcome& outcome);
  Status prune(const CopyWish& wish, const std::vector<Work>& works, CopyLock& lock,
               CopyOutcome& outcome);
  Status remove(const Deletion& deletion, const PlannedCopy& newest);
  Result<std::string> presigned(const PlannedCopy& copy);

  CopierOptions options_;
};

}  // namespace mainstay::databases
