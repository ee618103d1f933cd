// Many resources beside each other as one pattern: what tighten.hh says of it.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace mainstay::policy::proofs {

// A resource element that matches this text alone.
std::string exact_pattern(const std::string& resource);
// The paths above a resource with a star, deepest first: "arn:aws:s3:::b/logs/*",
// "arn:aws:s3:::b/*".
std::vector<std::string> patterns_above(const std::string& resource);

struct SiblingPaths {
  std::set<std::string> resources;
  std::vector<std::string> generalized;  // "PATTERN for N resources"
};

// accept: whether a pattern may stand for its resources. Linear in the resources' text.
SiblingPaths join_siblings(const std::set<std::string>& resources, size_t siblings_max,
                           const std::function<bool(const std::string& pattern)>& accept);

}  // namespace mainstay::policy::proofs
