// What `up` would change, found out without leaving anything behind: change sets are deleted again,
// and stacks that don't exist yet are told from their templates.
#pragma once

#include "stacks/session.hh"
#include "stacks/zones.hh"

namespace mainstay::stacks {

struct ParameterDiff {
  std::string name;
  std::optional<std::string> before, after;
};

struct StackDiff {
  enum class Kind : uint8_t { unchanged, created, updated, skipped, failed } kind = Kind::unchanged;
  std::string stack, full_name, region;
  std::string reason;  // of skipped
  std::optional<Error> error;
  std::vector<ParameterDiff> parameters;
  std::vector<ResourceChange> changes;  // replaced ones first, then by logical id
  std::vector<AccessGain> gains;        // of a new stack, all that it allows
  std::set<Consent> consents;           // what `up` would have to be allowed; none for new stacks
  std::string fingerprint;              // see fingerprint.hh; "" where nothing would be sent
  bool recreates = false;               // it never came up: `up` must be told to delete it first
  // Outputs whose value would be another; all of them may be where that can't be told.
  std::set<std::string> changed_outputs;
  bool any_output_may_change = false;
  bool awaits_outputs = false;  // what would be sent depends on stacks that change first
  ZoneStanding zones;  // what moves because Fn::GetAZs answers otherwise; if unchanged: would move
  std::vector<std::string> notes;                // what could not be told, and why
  cfn::Document document;                        // of the new template
  std::vector<cfn::ResolvedResource> resources;  // of a new stack

  bool changes_something() const { return kind == Kind::created || kind == Kind::updated; }
};

// In the order of the plan, each stack handed over as soon as it is known; the outputs of stacks
// that would change stand in later ones as "<stack.Output: not known yet>".
// Error only for what keeps the run from starting.
Status diff_all(Session& session, const std::function<void(const StackDiff&)>& show);

}  // namespace mainstay::stacks
