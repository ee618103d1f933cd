// Which copies of a database stay, and why the others may go. Pure.
//
// A copy stays where any rule keeps it: one of the newest `count`; younger than `days`; the newest
// of one of the last `daily` days, `weekly` weeks (from Monday, UTC) or `monthly` months that have
// a copy (grandfather, father, son). The newest good one always stays. With no rule all stay.
#pragma once

#include <string>
#include <vector>

#include "databases/database.hh"

namespace mainstay::databases {

struct Retention {
  int64_t count = 0, days = 0, daily = 0, weekly = 0, monthly = 0;  // 0: no such rule
  bool deletes() const { return count + days + daily + weekly + monthly > 0; }
};

struct Judgement {
  Snapshot copy;
  bool stays = true;
  std::string reason;
};

// copies: of one database in one region. Only those that are available count and are judged,
// newest first; at the end come failed ones, which go once there is a good one.
std::vector<Judgement> judge(std::vector<Snapshot> copies, const Retention& retention, Time now);

}  // namespace mainstay::databases
