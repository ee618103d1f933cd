#include "formation/service_role.hh"

#include "base/text.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"
#include "policy/decide.hh"

namespace mainstay::formation {
namespace {

constexpr std::string_view principal = "cloudformation.amazonaws.com";

bool trusts_us(const Value& role) {
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
  policy::Policies policies;
  policies.resource = {trust->get()};
  policies.resource_must_allow = true;
  return policy::decide(request, policies).allowed();
}

}  // namespace

Result<cloud::Caller> session_of_role(cloud::Call& call, const std::string& role_arn) {
  std::string name = role_arn.substr(role_arn.rfind('/') + 1);
  auto found =
      call.cloud.invoke(cloud::Caller::service_principal(call.account, principal), call.account,
                        call.region, "iam", "GetRole", Value::map({{"RoleName", name}}));
  const Value& role = found.has_value() ? (*found)["Role"] : Value();
  if (role["Arn"].as_string() != role_arn || !trusts_us(role))
    return aws_error("ValidationError", "Role " + role_arn + " is invalid or cannot be assumed");
  cloud::Caller out = cloud::Caller::root_of(call.account);
  out.kind = cloud::Caller::Kind::session;
  out.arn = "arn:aws:sts::" + call.account + ":assumed-role/" + name + "/AWSCloudFormation";
  out.user_id = role["RoleId"].as_string() + ":AWSCloudFormation";
  out.details = Value::map({{"RoleArn", role_arn}});
  return out;
}

}  // namespace mainstay::formation
