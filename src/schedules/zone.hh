// Time zones by their names in the tz database ("Europe/Berlin"), as the machine has it.
// Threads: any. Zones live as long as the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hh"
#include "base/time.hh"

namespace mainstay::schedules {

class Zone {
 public:
  static Zone utc() { return {}; }
  // Errors: "TimeZoneUnknown"; "TimeZonesMissing" where the machine has no database.
  static Result<Zone> find(const std::string& name);

  // What clocks there show, in minutes since 1970-01-01T00:00.
  int64_t local_minute(Time at) const;
  // When clocks there show it for the first time; nothing where they skip it.
  std::optional<Time> when(int64_t local_minute) const;

 private:
  const void* zone_ = nullptr;  // date::time_zone, or nullptr for UTC
};

}  // namespace mainstay::schedules
