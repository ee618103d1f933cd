// How old what could be restored is: of each database in each region the newest good snapshot,
// against the recovery point that was promised. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "databases/copy_plan.hh"

namespace mainstay::databases {

struct RecoveryPoint {
  std::string database, region;
  std::string snapshot;           // the newest that is available; "" for none
  std::optional<int64_t> age_ms;  // of its data
  bool is_met = false;            // no older than was promised
  std::string state;              // "good", "too old", "none", "copying"
};

// In the databases' own region any of their snapshots counts, elsewhere the copies made here.
// A snapshot of the future (a clock is wrong) counts as new.
std::vector<RecoveryPoint> recovery_points(const Listing& listing,
                                           const std::vector<Database>& databases,
                                           const std::vector<std::string>& regions,
                                           int64_t promised_ms, Time now);

// "3 h 12 m"
std::string age_words(int64_t age_ms);
// A table of databases by regions, green where the promise is kept.
std::string recovery_svg(const std::vector<RecoveryPoint>& points);

}  // namespace mainstay::databases
