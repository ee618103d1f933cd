// What is decided about: who asks, for which action, on which resource, in which circumstances.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::policy {

// Condition keys and their values in a request. Keys fold case. Value type.
class Context {
 public:
  struct Entry {
    std::string key;  // lower case
    std::vector<std::string> values;
    bool multivalued = false;  // a list by the key's type, even with one value or none
  };

  void set(std::string_view key, std::string value);
  void set_list(std::string_view key, std::vector<std::string> values);
  void erase(std::string_view key);
  // By the key in lower case; nullptr where the request has none.
  const Entry* find_lower(std::string_view key) const;
  const Entry* find(std::string_view key) const;
  const std::vector<Entry>& entries() const { return entries_; }  // sorted by key

 private:
  Entry& entry(std::string_view key);
  std::vector<Entry> entries_;
};

struct Principal {
  enum class Kind { root, user, role_session, federated_user, web_identity, service, anonymous };
  Kind kind = Kind::anonymous;
  std::string arn;           // of the user, the session, the provider; the name of a service
  std::string account;       // "" for services and nobody
  std::string role_arn;      // of a role session; of a federated user, its issuing user
  std::string unique_id;     // "AIDA...", "AROA...", "" if unknown
  std::string issuer_id;     // of a federated user: its issuing user's, "" if unknown
  std::string canonical_id;  // S3's id of the account, "" if unknown

  // An ARN of a user, role, assumed-role or federated-user session or root; an account id (its
  // root); a service's name; "*" (nobody in particular). A role's ARN is a session of that role
  // named "mainstay". Errors: "InvalidPrincipal".
  static Result<Principal> from_text(std::string_view text);
  // The condition keys that follow from the principal: aws:PrincipalArn, aws:PrincipalAccount,
  // aws:PrincipalType, aws:userid, aws:username. Source: "AWS global condition context keys".
  void add_keys(Context& context) const;
};

struct Request {
  Principal principal;
  std::string action;            // "s3:GetObject"
  std::string resource = "*";    // an ARN, or "*" for actions that have none
  std::string resource_account;  // "" for the principal's own
  Context context;

  bool cross_account() const {
    return !resource_account.empty() && resource_account != principal.account;
  }
};

}  // namespace mainstay::policy
