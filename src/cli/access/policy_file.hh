// Policy documents in files (JSON or YAML), with the lines of their statements.
#pragma once

#include <memory>
#include <string>

#include "cfn/document.hh"
#include "host/files.hh"
#include "policy/compiled.hh"

namespace mainstay::cli {

struct PolicyFile {
  cfn::Document text;
  std::shared_ptr<const policy::Policy> policy;

  Position statement(const policy::Rule& rule) const;
};

// kind: "identity", "resource", "trust", "scp", "boundary", or "auto": by whether a statement names
// principals. Errors: those of files; "MalformedPolicyDocument" with the file.
Result<PolicyFile> read_policy_file(const Files& files, const std::string& path,
                                    const std::string& kind);
const std::vector<std::string>& policy_file_kinds();

}  // namespace mainstay::cli
