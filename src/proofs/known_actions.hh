// The names of real actions, ready to be matched by patterns. Immutable; any number of threads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policy/glob.hh"

namespace mainstay::policy::proofs {

class KnownActions {
 public:
  explicit KnownActions(std::vector<std::string> names);  // "s3:GetObject"

  size_t size() const { return names_.size(); }
  const std::string& name(size_t at) const { return names_[at].name; }
  // Sets the places in `marks` (of this size) whose names the pattern, in lower case, matches.
  // Looks only at names that begin as the pattern does.
  void mark(const Glob& pattern, std::vector<bool>& marks) const;

 private:
  struct Name {
    std::string lower;
    std::string name;
  };
  std::vector<Name> names_;  // by lower
};

}  // namespace mainstay::policy::proofs
