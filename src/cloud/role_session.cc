#include "cloud/role_session.hh"

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "policy/decide.hh"

namespace mainstay::cloud {
namespace {

bool trusts(const Value& role, std::string_view account, std::string_view principal,
            std::string_view source_arn) {
  auto trust = policy::Policy::parse("trust policy",
                                     percent_decode(role["AssumeRolePolicyDocument"].as_string()),
                                     policy::Kind::trust);
  auto who = policy::Principal::from_text(principal);
  if (!trust.has_value() || !who.has_value()) return false;
  policy::Request request;
  request.principal = *who;
  request.action = "sts:AssumeRole";
  request.resource = role["Arn"].as_string();
  request.principal.add_keys(request.context);
  if (!source_arn.empty()) {
    request.context.set("aws:SourceArn", std::string(source_arn));
    request.context.set("aws:SourceAccount", std::string(account));
  }
  policy::Policies policies;
  policies.resource = {trust->get()};
  policies.resource_must_allow = true;
  return policy::decide(request, policies).allowed();
}

}  // namespace

Result<Caller> session_of_role(Cloud& cloud, std::string_view account, std::string_view region,
                               std::string_view principal, std::string_view role_arn,
                               std::string_view session_name, std::string_view source_arn) {
  std::string name(role_arn.substr(role_arn.rfind('/') + 1));
  auto found = cloud.invoke(Caller::service_principal(account, principal), account, region, "iam",
                            "GetRole", Value::map({{"RoleName", name}}));
  const Value role = found.has_value() ? (*found)["Role"] : Value();
  if (role["Arn"].as_string() != role_arn || !trusts(role, account, principal, source_arn))
    return Error("RoleInvalid",
                 "Role " + std::string(role_arn) + " is invalid or cannot be assumed", 400);
  Caller out = Caller::root_of(account);
  out.kind = Caller::Kind::session;
  out.arn = "arn:aws:sts::" + std::string(account) + ":assumed-role/" + name + "/" +
            std::string(session_name);
  out.user_id = role["RoleId"].as_string() + ":" + std::string(session_name);
  out.details = Value::map({{"RoleArn", role_arn}});
  return out;
}

}  // namespace mainstay::cloud
