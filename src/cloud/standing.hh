// Where an account stands in its organization, as the decision about a request needs it.
#pragma once

#include <string>
#include <vector>

namespace mainstay::cloud {

struct ControlPolicy {
  std::string id;    // "p-FullAWSAccess"
  std::string arn;   // as a refusal may name it
  std::string text;  // the policy document, JSON
};

// What is attached to one root, organizational unit or account.
struct ControlLevel {
  std::string target;  // "r-ab12", "ou-ab12-cd34ef56" or the account
  std::vector<ControlPolicy> policies;
};

// The defaults are those of an account in no organization.
struct Standing {
  bool member = false;             // of an organization, the management account included
  bool management = false;         // control policies do not apply to it
  std::string organization_id;     // "o-...": aws:PrincipalOrgID
  std::string management_account;  // aws:PrincipalOrgMasterAccount
  std::string path;                // "o-.../r-.../ou-.../": an item of aws:PrincipalOrgPaths
  // Root first, the account last; empty where the type is not enabled in the organization.
  std::vector<ControlLevel> service_control, resource_control;
};

}  // namespace mainstay::cloud
