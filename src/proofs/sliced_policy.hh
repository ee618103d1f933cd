// A document with very many resources, cut into policies of a few each that together say the same:
// what it decides of one request is then told from those slices that can cover its resource.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "proofs/symbolic.hh"

namespace mainstay::policy::proofs {

class SlicedPolicy {
 public:
  // An identity-based document, of the current version.
  explicit SlicedPolicy(const Document& document);

  // As the whole would, if its resources are texts of requests, paths above them
  // (sibling_paths.hh), or have variables. Time: by the depth of the resource's path.
  bool allows(const Request& request) const;
  PolicyList slices() const;  // which together are the whole

 private:
  void add(const Document& document, Statement statement);

  std::vector<std::unique_ptr<const Policy>> slices_;
  std::unordered_map<std::string, std::vector<size_t>> by_resource_;
  PolicyList always_;  // denials, and what has variables or exceptions
};

}  // namespace mainstay::policy::proofs
