#include "proofs/symbolic_principals.hh"

#include <algorithm>
#include <set>
#include <string>

#include "base/text.hh"

namespace mainstay::policy::proofs {
namespace {

using Who = Principal::Kind;

Principal user_of(const std::string& account, const std::string& name) {
  Principal out;
  out.kind = Who::user;
  out.account = account;
  out.arn = "arn:aws:iam::" + account + ":user/" + name;
  return out;
}

Principal session_in(const std::string& account) {
  Principal out;
  out.kind = Who::role_session;
  out.account = account;
  out.arn = "arn:aws:sts::" + account + ":assumed-role/mainstay-any/mainstay";
  out.role_arn = "arn:aws:iam::" + account + ":role/mainstay-any";
  return out;
}

Principal federated_by(const Principal& user) {
  Principal out = user;
  out.kind = Who::federated_user;
  out.arn = "arn:aws:sts::" + user.account + ":federated-user/mainstay-any";
  out.role_arn = user.arn;
  return out;
}

Principal of_kind(Who kind, const std::string& name) {
  Principal out;
  out.kind = kind;
  out.arn = name;
  return out;
}

// A number that no policy names.
std::string account_beside(const std::set<std::string>& named) {
  for (int digit = 9; digit >= 0; --digit)
    if (std::string account(12, static_cast<char>('0' + digit)); !named.contains(account))
      return account;
  return "123412341234";
}

class PrincipalGatherer {
 public:
  void add(const PolicyList& policies) {
    for (const Policy* policy : policies)
      for (const Statement& statement : policy->document().statements)
        if (statement.principals) add(*statement.principals);
  }

  std::vector<Principal> all() && {
    std::string other = account_beside(accounts_);
    accounts_.insert(other);
    for (const std::string& account : accounts_) {
      found_.push_back(user_of(account, "mainstay-any"));
      found_.push_back(session_in(account));
      if (auto root = Principal::from_text(account); root.has_value()) found_.push_back(*root);
    }
    for (const std::string& id : unique_ids_) {
      Principal known = id.starts_with("AROA") ? session_in(other) : user_of(other, "mainstay-id");
      known.unique_id = id.starts_with("AROA") ? id + ":mainstay" : id;
      found_.push_back(known);
    }
    found_.push_back(of_kind(Who::service, "other.amazonaws.com"));
    found_.push_back(of_kind(Who::web_identity, "other.example.com"));
    found_.push_back(of_kind(Who::anonymous, ""));
    std::vector<Principal> out = found_;
    for (const std::string& id : canonical_ids_)
      for (Principal known : found_) {
        known.canonical_id = id;
        out.push_back(std::move(known));
      }
    return out;
  }

 private:
  void add(const Principals& named) {
    for (const std::string& text : named.aws) {
      auto principal = Principal::from_text(text);
      if (!principal.has_value()) {
        unique_ids_.insert(text);
        continue;
      }
      accounts_.insert(principal->account);
      if (principal->kind == Who::user) found_.push_back(federated_by(*principal));
      found_.push_back(std::move(*principal));
    }
    for (const std::string& name : named.service) found_.push_back(of_kind(Who::service, name));
    for (const std::string& name : named.federated)
      found_.push_back(of_kind(Who::web_identity, name));
    canonical_ids_.insert(named.canonical.begin(), named.canonical.end());
  }

  std::vector<Principal> found_;
  std::set<std::string> accounts_, unique_ids_, canonical_ids_;
};

// How each statement treats the caller.
std::vector<bool> treatment(const Principal& principal, const PolicyList& before,
                            const PolicyList& after) {
  std::vector<bool> out;
  for (const PolicyList* side : {&before, &after})
    for (const Policy* policy : *side)
      for (const Rule& rule : policy->rules())
        out.push_back(rule.reaches(principal) != Reach::none);
  return out;
}

}  // namespace

Principal any_user() {
  return user_of("123456789012", "mainstay");
}

std::vector<Principal> distinct_principals(const PolicyList& before, const PolicyList& after) {
  PrincipalGatherer gatherer;
  gatherer.add(before);
  gatherer.add(after);
  std::vector<Principal> out;
  std::set<std::vector<bool>> seen;
  for (Principal& principal : std::move(gatherer).all())
    if (seen.insert(treatment(principal, before, after)).second)
      out.push_back(std::move(principal));
  return out;
}

}  // namespace mainstay::policy::proofs
