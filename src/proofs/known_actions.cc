#include "proofs/known_actions.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::policy::proofs {

KnownActions::KnownActions(std::vector<std::string> names) {
  names_.reserve(names.size());
  for (std::string& name : names) names_.push_back({to_lower(name), std::move(name)});
  std::sort(names_.begin(), names_.end(),
            [](const Name& a, const Name& b) { return a.lower < b.lower; });
}

void KnownActions::mark(const Glob& pattern, std::vector<bool>& marks) const {
  const Glob::Piece& first = pattern.pieces().front();
  auto wild = std::find(first.wild.begin(), first.wild.end(), true);
  std::string_view prefix =
      std::string_view(first.text)
          .substr(0, first.wild.empty() ? first.text.size()
                                        : static_cast<size_t>(wild - first.wild.begin()));
  auto at = std::lower_bound(names_.begin(), names_.end(), prefix,
                             [](const Name& a, std::string_view b) { return a.lower < b; });
  for (; at != names_.end() && at->lower.starts_with(prefix); ++at)
    if (pattern.matches(at->lower)) marks[static_cast<size_t>(at - names_.begin())] = true;
}

}  // namespace mainstay::policy::proofs
