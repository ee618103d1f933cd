// Sets of texts as statements name them (actions, resources, values of a condition), and whether
// several of them have a text in common. Patterns with policy variables are kept as they are: what
// one matches depends on the request's context.
#pragma once

#include <string>
#include <vector>

#include "proofs/text_search.hh"

namespace mainstay::policy::proofs {

// A pattern with variables. Whatever their values are, it matches no more than `relaxed` does.
struct OpenPattern {
  std::string identity;  // equal for patterns that always match the same texts
  TextPattern symbolic;  // empty where two of its kind can only be told equal
  TextConstraint relaxed;
};

struct TextSet {
  TextConstraint inside;   // any of the patterns without variables
  TextConstraint outside;  // none of them
  std::vector<OpenPattern> open;

  void add(TextPattern pattern);
};

// A set that a text must be in, or with `in` false must not.
struct TextDemand {
  const TextSet* set = nullptr;
  bool in = true;
};

struct TextAnswer {
  // possible: as far as is known without the variables' values, with a text that fits those
  // patterns that have none; also where the work ran out.
  enum class Kind { none, found, possible };
  Kind kind = Kind::none;
  std::string text;
};

// A text that meets all demands. `universe` (may be null) restricts the texts.
TextAnswer find_common(const std::vector<TextDemand>& demands, const TextConstraint* universe,
                       Work& work, bool lower_case = false);

}  // namespace mainstay::policy::proofs
