// Stack refactoring (user guide, "Stack refactoring"): the stacks that take part, and where each
// resource of their new templates comes from.
//
// A refactor moves resources between stacks and renames logical ids. It makes, changes and removes
// nothing, so everything but the documents of the stacks stays as it is. The words of refusals are
// AWS's as people have shown them, with what is meant in parentheses behind them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "formation/definition.hh"

namespace mainstay::formation {

struct RefactoredStack {
  StackKey key;
  bool is_new = false;
  Value stack;          // its document; of a new one, what it will be
  Value before, after;  // definitions; before is null for a new one
  Prepared then, now;
  std::map<std::string, Value> resources;  // those that are there, by logical id
};

// A resource's place in a refactor: the stack's number and the logical id.
struct Place {
  size_t stack = 0;
  std::string id;
  auto operator<=>(const Place&) const = default;
};

struct Origin {
  Place from;
  bool is_manual = false;  // ResourceMappings says so
};

using Origins = std::map<Place, Origin>;  // by the place after

inline bool is_moved(const Place& to, const Origin& origin) {
  return to != origin.from;
}

// "stack.LogicalId"
std::string name_of(const std::vector<RefactoredStack>& stacks, const Place& place);

// What a template may not have, or not have otherwise, besides resources. Error: ValidationError.
Status check_sections(const RefactoredStack& s);

// mappings: ResourceMappings of the request. Errors: ValidationError where resources would be made,
// removed, moved twice, or where it can't be told which is which.
Result<Origins> find_origins(const std::vector<RefactoredStack>& stacks, const Value& mappings);

// What the stacks will be.
struct RefactoredResource {
  Place to;
  Origin origin;
  Value wanted;  // resource_document() in its new place
};
struct Refactored {
  std::vector<RefactoredResource> resources;
  std::vector<Value> outputs;                  // by stack
  std::vector<std::set<std::string>> imports;  // by stack: names of exports
};

// Errors: ValidationError where something would have to change, or is of a type that can't be
// moved.
Result<Refactored> check_refactor(Call& call, const std::vector<RefactoredStack>& stacks,
                                  const Origins& origins);

}  // namespace mainstay::formation
