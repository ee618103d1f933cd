// What is remembered for a while and then forgotten: deduplication ids, names that were deleted.
// Documents of the caller's shard, in `table` by id and in a table of their ends beside it; those
// whose end has come are not found, and go as others are added, two for one, so that they do not
// pile up. Threads: as the Call's.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::cloud {

class Call;

void remember(Call& call, const std::string& table, const std::string& id, const Value& what,
              Time until);
// Null if it was never remembered or its end has come.
Value recall(const Call& call, const std::string& table, const std::string& id);
void forget_all(Call& call, const std::string& table);

}  // namespace mainstay::cloud
