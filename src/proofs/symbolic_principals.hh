// Callers that stand for all: whoever asks is treated by every statement as one of these is.
#pragma once

#include <vector>

#include "policy/decide.hh"

namespace mainstay::policy::proofs {

// For policies without Principal elements, to which it doesn't matter.
Principal any_user();

// One principal for each way in which the statements' Principal elements tell callers apart: those
// that are named, others of the accounts named, services, providers, anyone else. A principal known
// by a unique id has no ARN that is named as well.
std::vector<Principal> distinct_principals(const PolicyList& before, const PolicyList& after);

}  // namespace mainstay::policy::proofs
