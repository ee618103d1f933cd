// The least policy for what was really done: from requests that were made (CloudTrail's, say) and
// the policies that allowed them, a document that allows these requests and no more than before.
//
// Rules, all explicit:
// - One action on one resource as requested, unless a rule below says otherwise; actions of one
//   service with the same resources are one statement.
// - More than `siblings_max` resources beside each other ("arn:aws:s3:::b/logs/...") become their
//   common path and "*", if the current policies allow that much. Only at slashes, and never above
//   the first one after the ARN's fifth colon.
// - The conditions of the statement that allowed a request are kept, and its resource where that
//   has policy variables.
// - What the current policies deny stays denied.
// Pure; any number of threads.
#pragma once

#include <string>
#include <vector>

#include "proofs/symbolic.hh"

namespace mainstay::policy::proofs {

struct TightenOptions {
  size_t siblings_max = 10;
  SymbolicOptions compare;
};

struct Tightened {
  Document document;
  std::vector<std::string> generalized;  // "arn:aws:s3:::b/logs/* for 37 resources"
  std::vector<size_t> refused;           // requests that the current policies don't allow: left out
  Comparison check;                      // with the current policies: no_more, or undecided
};

// For identity-based policies. Without current policies there is nothing to hold the result to: all
// requests are allowed, and `check` is undecided. Errors: "NothingToAllow" where no request is
// left, "InvalidArgument" for a policy of the old version with "${" in it, "TightenFailed" where
// the result would not allow a request or would allow more (never seen; checked all the same).
Result<Tightened> tighten(const PolicyList& current, const std::vector<Request>& requests,
                          const TightenOptions& options = {});

}  // namespace mainstay::policy::proofs
