// What an update would let anybody do that they could not before: the policies of two templates,
// joined by who or what they are attached to, compared for all requests at once
// (policy/symbolic.hh).
//
// References between resources are placeholders, the same on both sides. A document that can't be
// understood, or compared within the work allowed, is a gain that isn't proved.
#pragma once

#include <string>
#include <vector>

#include "cfn/resolved.hh"
#include "stacks/knowledge.hh"

namespace mainstay::stacks {

struct AccessGain {
  enum class Kind : uint8_t {
    permission,
    trust,   // who may become the holder
    network  // who may send to the holder: actions are protocols and ports, principals sources
  } kind = Kind::permission;
  std::string holder;      // who gains, or what is opened: a logical id or a name
  std::string logical_id;  // the resource whose policy gives it
  Position at;             // of that resource
  // Of the statement that gives it, as written there, without what was allowed before where that
  // can be told from the text. principals only where it has them.
  std::vector<std::string> actions, resources, principals;
  std::vector<std::string> had;  // actions that were allowed on the same resources before
  std::string bounded_by;        // the holder's permissions boundary, ""
  std::string example;           // a request that was refused and would be allowed
  std::string unproven;          // why nothing is proved; "" where it is
};

// Whether a change of such a resource can give access: what counts where nothing can be compared.
bool may_give_access(const std::string& type);

// By holder. before is empty for a new stack.
std::vector<AccessGain> access_gains(const std::vector<cfn::ResolvedResource>& before,
                                     const std::vector<cfn::ResolvedResource>& after,
                                     const Knowledge& knowledge);

}  // namespace mainstay::stacks
