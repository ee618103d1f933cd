#include "cloud/kept_policy.hh"

#include <map>

#include "actions/service_principals.hh"
#include "base/text.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"
#include "cloud/key_id.hh"
#include "cloud/principals.hh"
#include "policy/principal_names.hh"

namespace mainstay::cloud {
namespace {

// IAM itself asks its own account without a lock more, and lets go of it to ask another: two
// accounts that name each other's roles would wait for each other.
template <class Ask>
auto ask_iam(Call& call, const std::string& account, const Ask& ask) {
  if (call.service.principal_id && account == call.account) return ask(call);
  decltype(ask(call)) out{};
  auto elsewhere = [&] { call.cloud.ask_iam(account, [&](Call& iam) { out = ask(iam); }); };
  if (call.service.principal_id)
    call.outside(elsewhere);
  else
    elsewhere();
  return out;
}

// The unique id; "" where there is no such user or role, nothing where that can't be told: another
// account whose IAM was never used in this cloud may well have it, and a cloud may be without IAM.
std::optional<std::string> id_of(Call& call, std::string_view arn) {
  std::string account = account_of_principal(arn);
  if (account.empty()) return std::nullopt;
  auto id = ask_iam(call, account, [&](Call& iam) {
    return iam.service.principal_id ? iam.service.principal_id(iam, arn) : std::nullopt;
  });
  bool own =
      call.cloud.has_service("iam") && (account == call.account || account == call.caller.account);
  return id || !own ? id : std::optional(std::string());
}

// The ARN of an id; "" where it is nobody's any more.
std::string arn_of(Call& call, std::string_view id) {
  std::string account = account_of_principal_id(id).value_or(call.account);
  return ask_iam(call, account, [&](Call& iam) {
    return iam.service.principal_arn ? iam.service.principal_arn(iam, id) : std::string();
  });
}

bool is_unique_id(std::string_view name) {
  return name.starts_with("AIDA") || name.starts_with("AROA");
}

// "AWS: accounts, users, roles and sessions" of the Principal element: nobody else.
bool is_nobody(Call& call, const std::string& name) {
  // "Restricting access to an Amazon S3 origin", CloudFront developer guide.
  if (name.contains(":iam::cloudfront:user/CloudFront Origin Access Identity ")) return false;
  if (is_unique_id(name)) return arn_of(call, name).empty();
  if (!policy::Principal::from_text(name).has_value()) return true;
  auto id = id_of(call, name);
  return id && id->empty();
}

// "Federated user sessions" of the Principal element: a provider of an account's, or one of the
// web's that AWS knows. Whether an account has the provider is not looked at: there are none here.
bool is_identity_provider(std::string_view name) {
  for (std::string_view known : {"cognito-identity.amazonaws.com", "accounts.google.com",
                                 "graph.facebook.com", "www.amazon.com"})
    if (name == known) return true;
  auto parts = split(name, ":");
  return parts.size() >= 6 && parts[0] == "arn" && parts[2] == "iam" && is_account_id(parts[4]) &&
         (parts[5].starts_with("saml-provider/") || parts[5].starts_with("oidc-provider/"));
}

Status check_principals(Call& call, const policy::Document& document) {
  for (const policy::Statement& statement : document.statements) {
    if (!statement.principals) continue;
    for (const std::string& name : statement.principals->aws)
      if (is_nobody(call, name)) return policy::invalid_principal("AWS", name);
    for (const std::string& name : statement.principals->federated)
      if (!is_identity_provider(name)) return policy::invalid_principal("FEDERATED", name);
    for (const std::string& name : statement.principals->service)
      if (!actions::is_service_principal(name)) return policy::invalid_principal("SERVICE", name);
  }
  return {};
}

}  // namespace

std::optional<std::string> refused_principal(const Error& error) {
  const Value* name = error.fields ? error.fields->find("Principal") : nullptr;
  return name ? std::optional(name->as_string()) : std::nullopt;
}

bool is_principal(Call& call, const std::string& name) {
  return actions::is_service_principal(name) || !is_nobody(call, name);
}

std::string kept_principal(Call& call, std::string_view arn) {
  if (is_account_id(arn)) return "arn:aws:iam::" + std::string(arn) + ":root";
  auto id = id_of(call, arn);
  return id && !id->empty() ? *id : std::string(arn);
}

std::string shown_principal(Call& call, std::string_view kept) {
  std::string arn = is_unique_id(kept) ? arn_of(call, kept) : "";
  return arn.empty() ? std::string(kept) : arn;
}

Result<TakenPolicy> take_policy(Call& call, std::string_view text, policy::Kind kind) {
  TRY(policy::Document document, policy::parse(text, kind));
  CHECK_OK(check_principals(call, document));
  std::string kept = policy::rename_principals(
      text, [&](std::string_view name) { return kept_principal(call, name); });
  return TakenPolicy{std::move(document), std::move(kept)};
}

std::string shown_policy(Call& call, std::string_view kept) {
  return policy::rename_principals(
      kept, [&](std::string_view name) { return shown_principal(call, name); });
}

}  // namespace mainstay::cloud
