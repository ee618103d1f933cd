// What an update or a deletion would do, and what of it needs a person's yes: data that would be
// lost, access that would be widened.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "stacks/access_gain.hh"
#include "stacks/local_diff.hh"
#include "stacks/session.hh"
#include "stacks/unseen.hh"

namespace mainstay::stacks {

struct Assessment {
  std::vector<ResourceChange> changes;
  std::vector<AccessGain> gains;
  std::set<std::string> changed_outputs;
  ZoneStanding zones;        // what the answers of Fn::GetAZs would move
  std::string zones_unread;  // why they could not be compared; "" where they were
  std::string unchecked;     // why the templates could not be compared; "" where they were
  LocalVerdict verdict;      // what both templates make, its changes moved out
  std::map<std::string, std::string> unseen;  // unseen.hh
};

// Asks for the deployed template, and for zones where that asks for them.
Result<Assessment> assess(DeployedTemplate& there, const DeployedStack& deployed,
                          const Rendered& rendered, const Submission& submission,
                          const std::string& region, const Knowledge& knowledge);
// Of a new stack: all it allows is new.
Assessment assess_new(const Rendered& rendered, const Submission& submission,
                      const std::string& region, const Knowledge& knowledge);
// With CloudFormation's change set beside it. What only that shows, and what hangs on values that
// we don't see, is taken at its worst; all of it where templates could not be compared.
void join_verdicts(Assessment& assessment, std::vector<ResourceChange> change_set,
                   const Knowledge& knowledge);
// The resources that would go with the stack and hold data.
Result<std::vector<ResourceChange>> data_lost_with(const CloudFormation& cloud,
                                                   const DeployedStack& deployed,
                                                   const Knowledge& knowledge);

// Warns of what property_faults() finds.
void warn_of_properties(Session& session, const std::vector<cfn::ResolvedResource>& resources,
                        const cfn::Document& document);

// Data would be gone for good, or may be: what an update does inside a nested stack is not seen.
bool loses_data(const ResourceChange& change);
// What holds data would be replaced by something empty, its old copy kept.
bool leaves_data_behind(const ResourceChange& change);

std::set<Consent> consents_for(const StackConfig& stack, const std::vector<ResourceChange>& changes,
                               const std::vector<AccessGain>& gains);

}  // namespace mainstay::stacks
