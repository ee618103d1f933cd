// What a run of copies would do: pure, from what was listed.
//
// The name of a copy follows from what is copied ("DATABASE-20261129T030500Z-from-REGION"), so that
// a run that was killed finds its copies again, and two runs can't make the same one twice.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "databases/retention.hh"

namespace mainstay::databases {

struct CopyWish {
  std::string from;                         // region
  std::vector<std::string> to;              // regions
  std::map<std::string, std::string> keys;  // region: the key's ARN
  std::vector<std::string> names;           // identifiers, with * and ?
  Tags tags;                                // and one of these tags; a value "*" is any
  bool all = false;
  Retention retention;
};

struct Listing {
  std::vector<Database> databases;                         // of `from`
  std::map<std::string, std::vector<Snapshot>> snapshots;  // by region
};

struct PlannedCopy {
  enum class State : uint8_t { to_make, under_way, there } state = State::to_make;
  Database database;
  Snapshot source;
  std::string region, id, key;  // key: the ARN, "" where none is asked for
  std::string replaces;         // a failed copy of that name, which goes first
};

struct Deletion {
  Snapshot copy;
  std::string reason;
};

struct Uncopied {
  std::string database, region, reason;
};

struct CopyPlan {
  std::vector<PlannedCopy> copies;
  std::vector<Deletion> deletions;  // once the copies are good
  std::vector<Uncopied> uncopied;
};

// Those that are meant. Errors: "DatabaseMissing" for a name or a wish that none has.
Result<std::vector<Database>> chosen(const std::vector<Database>& all, const CopyWish& wish);

// Errors: "KeyMissing" where an encrypted database would go to another region without a key of it;
// "SnapshotNameTaken" where a copy's name is another's. Nothing was done then.
Result<CopyPlan> plan_copies(const Listing& listing, const CopyWish& wish, Time now);

// Why this is not the good copy that was planned; "" where it is.
std::string flaw_of(const Snapshot& copy, const PlannedCopy& planned);

// What retention takes away of the copies of one database among those of one region.
std::vector<Deletion> deletions_of(const std::string& database_arn,
                                   const std::vector<Snapshot>& snapshots,
                                   const Retention& retention, Time now);

}  // namespace mainstay::databases
