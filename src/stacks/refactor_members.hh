// The stacks that a refactor may concern, as they are and as they are to be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stacks/refactor.hh"

namespace mainstay::stacks {

inline constexpr const char* refactor_placeholder = "MainstayPlaceholder";

struct RefactorMember {
  const StackConfig* stack = nullptr;  // of the new configuration, or of the one before
  std::string name;                    // full
  CloudFormation cloud;
  std::string where;  // account and region, to compare
  std::optional<DeployedStack> deployed;
  cfn::Document there;  // the deployed template, without the placeholder
  bool has_placeholder = false;
  bool is_leaving = false;  // not in the new configuration
  Rendered rendered;        // of one that stays or is new
  Submission submission;
};

// Errors: what keeps a template from being made; "RefactorRefused" for stacks that are under way or
// failed.
Result<std::vector<RefactorMember>> refactor_members(Session& session, const Config* from);

// The pairs that somebody has given, in full names. Error "UsageInvalid".
Result<MoveMap> parse_move_pairs(const std::vector<std::string>& words, const Config& config,
                                 const Config* from);

// Carries one plan out. members: those that it concerns.
Status carry_out_refactor(Session& session, const RefactorPlan& plan,
                          const std::vector<RefactorMember*>& members);
// The templates that the plan's stacks have right after the move: what they make and tell as
// wanted, under what they declared before.
std::string moved_body(const RefactorMember& member);

}  // namespace mainstay::stacks
