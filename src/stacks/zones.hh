// Fn::GetAZs answers differently once an account's zones have changed, and then any update of a
// stack moves what it puts into "the second zone". Which zones a deployed stack stands in, as its
// resources themselves tell, and where an update would put them now.
//
// Sources: CloudFormation template reference, "Fn::GetAZs" (zones with a default subnet, or all
// where none has) and "AWS::EC2::Subnet" (a new zone or block replaces a subnet; the new one is
// made before the old one goes, so that an unchanged block conflicts).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stacks/cloudformation.hh"
#include "stacks/rendering.hh"

namespace mainstay::stacks {

using ZoneNames = std::vector<std::string>;

// A property whose value is one item of what Fn::GetAZs answers.
struct ZoneUse {
  std::string resource, type, property;
  std::string region;  // that is asked about
  size_t index = 0;
};

struct ZoneMove {
  ZoneUse use;  // in the wanted template
  std::string physical_id;
  std::string before, after;            // after: "" where there is no such item any more
  std::string refusal;                  // CloudFormation's words; "" where the move would be made
  std::vector<std::string> dependents;  // by logical id: what refers to it, and what to that
};

struct ZoneStanding {
  // By region. gave: by what stands where, so "" at indexes that nothing stands by.
  std::map<std::string, ZoneNames> gave, gives;
  std::vector<ZoneMove> moves;      // in the wanted template's order
  std::vector<std::string> unread;  // resources in zones that could not be read, and why
  bool is_empty() const { return moves.empty() && unread.empty(); }
};

// wanted: null for the deployed template under its own parameters. Asks AWS nothing where the
// deployed template has no Fn::GetAZs. Errors: those of templates that can't be made sense of.
struct ZoneQuestion {
  const CloudFormation& cloud;
  const DeployedStack& deployed;
  const std::string& body;
  const Rendered* wanted;
  const Submission* submission;
};
Result<ZoneStanding> zone_standing(const ZoneQuestion& question);

// What Fn::GetAZs answers in a region. Errors: AWS's.
Result<ZoneNames> answered_zones(const CloudFormation& cloud, const std::string& region);

// What Fn::GetAZs gave once, for evaluation: items that nobody knows as a text that says so (an
// unknown value would keep Fn::Select from its work). Null where nothing is known of the region.
Value zones_given(const ZoneStanding& standing, const std::string& region);

}  // namespace mainstay::stacks
