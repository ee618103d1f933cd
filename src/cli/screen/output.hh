// Whether all that was to be written could be: a full disk must not look like a result.
#pragma once

#include <optional>
#include <string>

#include "base/error.hh"

namespace mainstay::cli {

// The first one is kept. Any thread.
void note_output_failure(std::string what);
// Flushes standard output. Error "OutputFailed" where that or anything noted failed.
Status check_output();

}  // namespace mainstay::cli
