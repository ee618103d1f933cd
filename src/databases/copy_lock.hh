// Keeps two runs of one kind in the same region apart, wherever they run: a parameter of Systems
// Manager a run, as /mainstay/db-copy/RUN, in each region that they change.
//
// Each run first puts its own and then looks for others; so of two that begin at once at least one
// sees the other and gives way (both may). A parameter whose process has ended, or that was not
// renewed for an hour by AWS's own clock, doesn't count and is removed. Threads: one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "aws/client.hh"

namespace mainstay::databases {

inline constexpr const char* lock_path = "/mainstay/db-copy";

struct LockOwner {
  std::string run, user, host;
  std::string space;  // in which the process number means something (process_space())
  int64_t process = 0;
};

class CopyLock {
 public:
  struct Setup {
    std::shared_ptr<aws::Client> client;
    std::shared_ptr<Clock> clock;
    std::vector<std::string> regions;
    LockOwner owner;
    // False where it can't be told from here.
    std::function<bool(const LockOwner&)> has_ended;
    std::string path = lock_path;
  };
  explicit CopyLock(Setup setup) : setup_(std::move(setup)) {}
  CopyLock(const CopyLock&) = delete;
  CopyLock& operator=(const CopyLock&) = delete;
  ~CopyLock() { (void)release(); }

  // Error "CopyBusy" naming who copies.
  Status hold();
  // Renews it where that is due. Error "LockLost": somebody has taken it away, or it ran out.
  Status keep();
  // Before what can't be taken back: looks whether it is still there.
  Status check();
  // Error: AWS's, of the first that stays.
  Status release();

 private:
  Status put(const std::string& region, bool again);
  Status look(const std::string& region);
  std::string name() const;

  Setup setup_;
  std::vector<std::string> held_;
  int64_t renewed_ms_ = 0;
};

}  // namespace mainstay::databases
