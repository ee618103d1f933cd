// Can these literals about one subject hold together, and by which action, resource or values of a
// key?
//
// Which requests there are: an action is "service:name"; a resource "*" or an ARN; a key that no
// condition has a set operator for has one value at most, and one that is only compared as numbers,
// dates, addresses or booleans has values of that type.
#pragma once

#include <string>
#include <vector>

#include "proofs/symbolic_atoms.hh"

namespace mainstay::policy::proofs {

struct SubjectAnswer {
  // possible: they may, but only the engine can tell, for the reason in `why`.
  enum class Kind { none, found, possible };
  Kind kind = Kind::none;
  bool present = false;             // false: the request lacks the key
  bool list = false;                // the key is multivalued in it
  std::vector<std::string> values;  // one, unless it is a list
  std::string why;
};

// `extra` (may be null) restricts an action's or a resource's texts further.
SubjectAnswer solve_text_subject(const Atoms& atoms, Subject subject,
                                 const std::vector<Literal>& literals, Work& work,
                                 const TextConstraint* extra = nullptr);
SubjectAnswer solve_key(const Atoms& atoms, Subject subject, const std::vector<Literal>& literals,
                        Work& work);

}  // namespace mainstay::policy::proofs
