// Findings of checks as SARIF 2.1.0, which code hosts show beside the lines.
// Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::access {

struct Finding {
  std::string rule;  // "access-widened"
  std::string message;
  Position at;
  bool proved = true;  // with a witness; else undecided, which is a warning
};

struct FindingRule {
  std::string id, text;
};

Value sarif(const std::vector<FindingRule>& rules, const std::vector<Finding>& findings,
            const std::string& version);

}  // namespace mainstay::access
