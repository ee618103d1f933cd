// Makes the containers of a state what they should be.
//
// Every container is labelled with the state it belongs to, the resource it is for, and what it was
// made of; so after a crash of this program, or of the engine, what is there is found again: kept
// where it is as it should be, started where it has stopped, made anew where it was made of
// something else, removed where nobody wants it. Containers of others are never touched.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backings/container.hh"

namespace mainstay::backings {

inline constexpr const char* state_label = "mainstay.state";
inline constexpr const char* resource_label = "mainstay.resource";
inline constexpr const char* spec_label = "mainstay.spec";

struct Reconciled {
  // Resources, by what became of their containers.
  std::vector<std::string> kept, started, made, replaced, removed;
  std::map<std::string, std::string> ids;  // of the containers there are now
  std::map<std::string, Error> failed;     // of one resource; the others go on
};

// wanted: by resource, usually an ARN. Error: only where the engine can't be asked what there is.
Result<Reconciled> reconcile(Containers& containers, const std::string& state,
                             const std::map<std::string, ContainerSpec>& wanted);

}  // namespace mainstay::backings
