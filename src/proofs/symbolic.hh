// Questions about policies that are answered for all requests at once: does a new document allow
// anything that the old one did not, does a document allow what it never should.
//
// Each answer is one of three. `more` comes with a request that the concrete engine (decide.hh) has
// confirmed: it is allowed by the one and not by the other. `no_more` is a proof. `undecided` says
// which construct stood in the way, or that the work allowed ran out. The method, and why it is
// sound, is docs/decisions/0007.
//
// Requests are those of symbolic_subject.hh: their keys are independent of each other and of the
// action. Pure; any number of threads.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/decide.hh"
#include "proofs/known_actions.hh"

namespace mainstay::policy::proofs {

enum class Answer { no_more, more, undecided };

// Keys of a context, which are in lower case there, as the documents write them.
using Spelling = std::map<std::string, std::string>;

// A request that is allowed now and was not before.
struct Witness {
  Request request;
  Spelling spelling;
  const Policy* allowed_by = nullptr;  // of the new policies
  const Rule* rule = nullptr;
};

struct Comparison {
  Answer answer = Answer::undecided;
  std::vector<Witness> witnesses;  // one for each statement that allows more
  std::string reason;              // of undecided
};

struct SymbolicOptions {
  // Real actions: a witness has one of them if it can.
  const KnownActions* actions = nullptr;
  bool only_known_actions = false;  // no other actions are requests
  // The ARNs that an action can be about, as globs; none for those whose resource is "*".
  std::function<std::vector<std::string>(std::string_view action)> resources;
  size_t witnesses_max = 1;
  size_t work_max = 20'000'000;  // steps: at most some seconds and 200 MB
};

// Either list stands for policies that apply together, as all those of one role do. Policies with
// Principal elements are compared for every principal that they tell apart; there an allow counts
// where it reaches the principal at all.
Comparison compare(const PolicyList& before, const PolicyList& after,
                   const SymbolicOptions& options = {});

// Does it allow an action that one of the patterns covers, on a resource that none of the patterns
// `but_on` covers? Errors: "InvalidArgument" for a pattern that no policy could have.
Result<Comparison> never(const PolicyList& policies, const std::vector<std::string>& actions,
                         const std::vector<std::string>& but_on = {},
                         const SymbolicOptions& options = {});
// Does it allow anything on a resource that none of the patterns covers?
Result<Comparison> only_on(const PolicyList& policies, const std::vector<std::string>& resources,
                           const SymbolicOptions& options = {});

// Whether the policies allow a request: some statement allows it and none denies it. Of policies
// with Principal elements, that is what they say themselves, before other layers are asked.
bool allows(const PolicyList& policies, const Request& request);

}  // namespace mainstay::policy::proofs
