#include "cloud/principals.hh"

#include "cloud/caller.hh"

namespace mainstay::cloud {
namespace {

// "Service-linked roles", and those of IAM Identity Center: nobody's CreateRole makes them.
bool is_made_by_aws(const std::string& role_arn) {
  return role_arn.contains(":role/aws-service-role/") || role_arn.contains(":role/aws-reserved/");
}

}  // namespace

std::vector<std::string> aws_principals(const policy::Document& document) {
  std::vector<std::string> names;
  for (const policy::Statement& statement : document.statements)
    if (statement.principals)
      names.insert(names.end(), statement.principals->aws.begin(), statement.principals->aws.end());
  return names;
}

std::string account_of_principal(std::string_view arn) {
  using Kind = policy::Principal::Kind;
  auto read = policy::Principal::from_text(arn);
  if (!read || (read->kind != Kind::user && read->kind != Kind::role_session)) return "";
  return is_made_by_aws(read->role_arn) ? "" : read->account;
}

policy::Principal principal_of(const Caller& caller) {
  policy::Principal out;
  if (caller.kind == Caller::Kind::anonymous) {
    out.arn = "anonymous";
    return out;
  }
  if (caller.acts_for_resource()) {
    auto service = policy::Principal::from_text(caller.details["Service"].as_string());
    return service.has_value() ? *service : out;
  }
  if (auto read = policy::Principal::from_text(caller.arn); read.has_value()) out = *read;
  out.arn = caller.arn;
  out.account = caller.account;
  out.unique_id = caller.user_id;
  if (caller.kind == Caller::Kind::root) out.kind = policy::Principal::Kind::root;
  if (caller.details.has("RoleArn")) out.role_arn = caller.details["RoleArn"].as_string();
  if (out.kind == policy::Principal::Kind::federated_user) {
    out.role_arn = caller.details["Issuer"].as_string();
    out.issuer_id = caller.details["IssuerId"].as_string();
  }
  return out;
}

}  // namespace mainstay::cloud
