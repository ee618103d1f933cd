// How the storage of an instance may grow. Source: RDS user guide, "Increasing DB instance storage
// capacity": at least a tenth more, never less, and not again while it is being optimised.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "databases/database.hh"

namespace mainstay::databases {

struct StoragePlan {
  enum class Kind : uint8_t { in_line, grows, waits, refused } kind = Kind::in_line;
  std::string reason;
};

// What was wanted may be older than what RDS has made of it by itself (storage autoscaling): more
// than was wanted is in line. gib: as it is now, maximum_gib: up to which it grows by itself, 0 for
// not at all. Pure.
StoragePlan plan_storage(int64_t gib, int64_t maximum_gib, const std::string& status,
                         int64_t wanted_gib);

// Grows it where it should, and waits until it is optimised. tell: what is seen. Errors:
// "StorageRefused" before any change; "WaitTimeout"; AWS's.
struct StorageWork {
  std::shared_ptr<aws::Client> client;
  std::shared_ptr<Clock> clock;
  std::function<void(const std::string& text)> tell;
  std::stop_token stop;
  int64_t timeout_ms = 0;
};
// applies: else it only looks.
Result<StoragePlan> grow_storage(const StorageWork& work, const std::string& region,
                                 const std::string& id, int64_t wanted_gib, bool applies);

}  // namespace mainstay::databases
