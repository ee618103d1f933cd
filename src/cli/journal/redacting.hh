// What is shown of a run, without its secrets: the last step before anything is formatted.
#pragma once

#include "base/secrets.hh"
#include "cli/screen/progress.hh"
#include "stacks/diff.hh"

namespace mainstay::cli {

stacks::ResourceChange redacted(const Secrets& secrets, stacks::ResourceChange change);
stacks::AccessGain redacted(const Secrets& secrets, stacks::AccessGain gain);
// The template is left as it is: only places are taken from it.
stacks::StackDiff redacted(const Secrets& secrets, stacks::StackDiff diff);

// Tells inner the same, without secrets. secrets must outlive it.
std::unique_ptr<Progress> redacting_progress(std::unique_ptr<Progress> inner,
                                             const Secrets& secrets);

}  // namespace mainstay::cli
