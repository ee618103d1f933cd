// What the program's exit status tells a script (docs/stacks.md lists them for users,
// docs/errors.md says which error code ends how).
#pragma once

#include <vector>

#include "base/error.hh"

namespace mainstay::cli {

enum class Exit : int {
  ok = 0,
  internal = 1,
  changes = 2,  // diff --exit-code only
  usage = 3,
  failed = 4,
  approval = 5,
  credentials = 6,
  locked = 7,
  rollback_failed = 8,
  timeout = 9,
  interrupted = 130,
};

Exit exit_of(const Error& error);
// The one that matters most.
Exit exit_of(const std::vector<Error>& errors);

}  // namespace mainstay::cli
