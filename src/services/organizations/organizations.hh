// AWS Organizations: accounts in a tree of units under one management account, and the service and
// resource control policies on each level. Sources: the Organizations API reference and user guide;
// messages as AWS answers them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/service.hh"

namespace mainstay::organizations {

cloud::Service make_service();

// The one shard that holds every organization.
inline const store::ShardKey shard_key{"organizations", "", ""};

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

// Where an account stands in its organization; the defaults are those of an account in none.
struct Standing {
  bool member = false;             // of an organization, the management account included
  bool management = false;         // control policies do not apply to it
  std::string organization_id;     // "o-...": aws:PrincipalOrgID
  std::string management_account;  // aws:PrincipalOrgMasterAccount
  std::string path;                // "o-.../r-.../ou-.../": an item of aws:PrincipalOrgPaths
  // Root first, the account last; empty where the type is not enabled in the organization.
  std::vector<ControlLevel> service_control, resource_control;
};

// Reads a handful of documents; `unit` is of shard_key, reading or writing. Pure.
Standing standing_of(const store::Unit& unit, std::string_view account);

// Changes whenever standing_of() may answer something else for this account, "" in no organization:
// what is made from a Standing may be kept under it. Reads two documents.
std::string standing_revision(const store::Unit& unit, std::string_view account);

}  // namespace mainstay::organizations
