// The grammar of identity policies as IAM checks it, in its words ("Grammar of the IAM JSON policy
// language", IAM user guide; the words are those of recorded answers, as public test suites have
// them). What is left to policy::parse has passed here. Pure.
#pragma once

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::iam {

// is_managed: such must have the newer version, while inline ones may do without.
// Errors: MalformedPolicyDocument.
Status check_grammar(const Value& policy, bool is_managed);

}  // namespace mainstay::iam
