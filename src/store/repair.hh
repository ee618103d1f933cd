// What is left of a damaged journal, and making do with it.
//
// Errors: "StateMissing" (no journal there), those of Disk.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hh"
#include "store/disk.hh"

namespace mainstay::store {

struct JournalFindings {
  bool damaged = false;  // or torn: a start would drop the end by itself
  bool torn = false;
  std::string why = {};  // of damage
  size_t bytes = 0, intact_bytes = 0;
  uint64_t changes = 0;        // whole ones before the damage
  uint64_t changes_after = 0;  // whole ones behind it
};

// Looks through the journal of a state that nobody has open.
Result<JournalFindings> inspect_journal(Disk& disk, const std::string& directory,
                                        const std::string& owner);

// Keeps the whole journal under another name, which it returns, and cuts it before the damage: what
// stands behind it is lost to the state, so that what is there is of one moment. Where nothing is
// damaged, nothing is done, and the name is "".
Result<std::string> repair_journal(Disk& disk, const std::string& directory,
                                   const std::string& owner);

}  // namespace mainstay::store
