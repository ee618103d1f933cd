#include "cloud/principals.hh"

#include "base/text.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"

namespace mainstay::cloud {
namespace {

// "Service-linked roles", and those of IAM Identity Center: nobody's CreateRole makes them.
bool is_made_by_aws(std::string_view resource) {
  return resource.starts_with("role/aws-service-role/") ||
         resource.starts_with("role/aws-reserved/");
}

}  // namespace

std::string account_of_principal(std::string_view arn) {
  auto parts = split(arn, ":");
  if (parts.size() != 6 || parts[0] != "arn") return "";
  std::string_view resource = parts[5];
  bool of_iam =
      parts[2] == "iam" && (resource.starts_with("user/") || resource.starts_with("role/"));
  bool of_sts = parts[2] == "sts" && resource.starts_with("assumed-role/");
  return (of_iam || of_sts) && !is_made_by_aws(resource) ? parts[4] : "";
}

std::optional<std::string> missing_principal(Call& call, const policy::Document& document) {
  for (const policy::Statement& statement : document.statements) {
    if (!statement.principals) continue;
    for (const std::string& arn : statement.principals->aws) {
      std::string account = account_of_principal(arn);
      if (account.empty()) continue;
      bool own = account == call.account || account == call.caller.account;
      if (!call.cloud.has_principal(account, arn).value_or(!own)) return arn;
    }
  }
  return std::nullopt;
}

}  // namespace mainstay::cloud
