// Text of a policy that may hold variables: "${aws:username}", "${aws:PrincipalTag/team, 'none'}",
// and "${*}", "${?}", "${$}" for the characters themselves. Substituted values never act as
// wildcards. Source: "IAM policy elements: Variables and tags".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/glob.hh"
#include "policy/request.hh"

namespace mainstay::policy {

class Pattern {
 public:
  // How '*' and '?' outside of variables are read.
  enum class Wildcards { no, yes };

  Pattern() = default;
  // Variables count from `variables_from` on; npos where the document's version knows none.
  Pattern(std::string_view text, Wildcards wildcards, size_t variables_from = 0);

  bool has_variables() const { return variables_; }
  const Glob& fixed() const { return fixed_; }  // where there are no variables
  // Nothing where a variable has no single value in the request and no default.
  std::optional<Glob> resolve(const Context& context) const;
  // With every variable as '*': matches all that any resolution does.
  Glob relaxed() const;
  void fold_case();

  struct Part {
    std::string text;  // a piece of pattern, or the variable's key in lower case
    bool variable = false;
    std::optional<std::string> otherwise;
    bool literal = false;  // no wildcards in text
  };
  const std::vector<Part>& parts() const { return parts_; }

 private:
  std::vector<Part> parts_;
  Glob fixed_;
  bool variables_ = false;
  bool fold_ = false;
};

}  // namespace mainstay::policy
