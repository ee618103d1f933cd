// How checks of policies end: findings as text, NDJSON, SARIF or JUnit, and the exit code.
#pragma once

#include <string>
#include <vector>

#include "access/sarif.hh"
#include "cli/access/access_run.hh"
#include "cli/access/policy_file.hh"
#include "proofs/symbolic.hh"

namespace mainstay::cli {

struct CheckFlags : AccessFlags {
  std::string kind = "auto";
  std::string format = "text";  // sarif, junit
  size_t witnesses = 10;
  bool real_actions = false;
  void apply(policy::proofs::SymbolicOptions& options) const;
};
void add_check_flags(CLI::App& command, CheckFlags& flags);

// One question that was asked of a file.
struct Checked {
  std::string rule;       // of access::FindingRule
  std::string question;   // "allows more than old.json"
  std::string assurance;  // where it does not: "allows nothing that old.json does not"
  const PolicyFile* file;
  policy::proofs::Comparison comparison;
};

// Exit code 0 where every answer is a proof that there is nothing, else 5.
Exit report_checks(AccessRun& run, const CheckFlags& flags,
                   const std::vector<access::FindingRule>& rules,
                   const std::vector<Checked>& checks);

}  // namespace mainstay::cli
