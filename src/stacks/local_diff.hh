// Our own verdict on what an update would do: from the templates, the parameters and the schemas of
// the resource types, without asking AWS.
#pragma once

#include <set>

#include "cfn/diff.hh"
#include "cfn/resolved.hh"
#include "stacks/knowledge.hh"
#include "stacks/rendering.hh"
#include "stacks/zones.hh"

namespace mainstay::stacks {

struct DiffSides {
  const DeployedStack* deployed;  // nullptr: the stack is new
  const std::string& deployed_body;
  const Rendered& rendered;
  const Submission& submission;
  const std::string& region;
  const ZoneStanding* zones = nullptr;  // where the answers of Fn::GetAZs are known
};

struct LocalVerdict {
  std::vector<ResourceChange> changes;  // none for a new stack
  // What both templates make, references as placeholders (placeholder.hh).
  std::vector<cfn::ResolvedResource> before, after;
  std::set<std::string> changed_outputs;  // new ones, and those that say something else
};

// A template under its parameters. Hidden ones read as they are shown, and no constraint counts.
struct LocalTemplate {
  cfn::Template tmpl;
  Map parameters;
};
Result<LocalTemplate> with_parameters(cfn::Document document, const Map& given,
                                      const cfn::PseudoParameters& pseudo);
// The values that a submission gives; hidden ones as they are shown.
Map submitted_parameters(const DeployedStack* deployed, const Rendered& rendered,
                         const Submission& submission);

// Errors: those of templates that cfn can't make sense of.
Result<LocalVerdict> local_verdict(const DiffSides& sides, const Knowledge& knowledge);

// What data a resource holds, as it is before the change.
DataHeld data_held_by(const std::string& id, const std::string& type,
                      const std::vector<cfn::ResolvedResource>& before, const Knowledge& knowledge);

// What becomes of a resource that leaves its stack: "delete", "snapshot" or "retain".
std::string fate_on_removal(const cfn::ResolvedResource& r);
// Of what a change removes or may replace, "" where it does neither. Which template's
// UpdateReplacePolicy counts where an update changes it is nowhere said: kept is what both keep.
std::string old_copy_of(const ResourceChange& change, const LocalVerdict& verdict);

// Properties that their types' schemas do not take, in CloudFormation's words, with their places.
// Code "PropertyInvalid". The schemas are those of this program: AWS may know newer ones, so these
// are warnings.
std::vector<Error> property_faults(const std::vector<cfn::ResolvedResource>& resources,
                                   const cfn::Document& document, const Knowledge& knowledge);

// CloudFormation's changes, each with our details where we have them. What only one of both sees
// is kept and marked so.
std::vector<ResourceChange> merge_changes(std::vector<ResourceChange> theirs,
                                          std::vector<ResourceChange> ours);

}  // namespace mainstay::stacks
