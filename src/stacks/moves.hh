// Which resources of templates that are deployed are which of templates that are wanted, where they
// have other logical ids or stand in other stacks. Pure.
//
// A resource is known again by its type and by what its properties come to, references included:
// they must lead to the same resource, however it is called now, and through an export as well as
// directly. Where that is not enough, by its logical id; where that is not, it has to be said.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.hh"
#include "cfn/evaluate.hh"
#include "stacks/knowledge.hh"

namespace mainstay::stacks {

struct ResourcePlace {
  std::string stack;  // full name
  std::string id;     // logical
  auto operator<=>(const ResourcePlace&) const = default;
  std::string text() const { return stack + "." + id; }
};

struct ResourceMove {
  ResourcePlace from, to;
  std::string type;
};

// A stack's template under its parameters.
struct MoveStack {
  std::string name;  // full
  cfn::Template tmpl;
  Map parameters;
  cfn::PseudoParameters pseudo;
};

struct MovedResource {
  ResourcePlace place;
  std::string type;
  Value properties;  // evaluated; what is not known is bytes, with references in them
  Value attributes;  // DeletionPolicy and the like, as text to compare
  Position at;
};

// What a template can't know of a resource stands as "${@7}": the reference of that number.
inline constexpr std::string_view move_reference_opens = "${@";

// All stacks as they are, or as they are to be.
class MoveSide {
 public:
  // Errors: those of templates that can't be evaluated.
  static Result<MoveSide> of(const std::vector<MoveStack>& stacks);

  struct Reference {
    size_t resource;
    std::string attribute;  // "" for Ref
  };
  std::vector<MovedResource> resources;
  std::vector<Reference> references;
};

using MoveMap = std::map<ResourcePlace, ResourcePlace>;

// In the order of their new places. given: pairs that somebody has said. Errors: "NotAMove" with
// what and where, for resources that would be made, deleted or changed; "MoveAmbiguous" for those
// that can't be told apart; "UsageInvalid" for pairs that are none.
Result<std::vector<ResourceMove>> find_moves(const MoveSide& before, const MoveSide& after,
                                             const MoveMap& given);

}  // namespace mainstay::stacks
