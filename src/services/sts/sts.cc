#include "services/sts/sts.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/authorization.hh"
#include "cloud/authorization_message.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"
#include "cloud/key_id.hh"
#include "cloud/partition.hh"

namespace mainstay::sts {
namespace {

using cloud::Call;

constexpr int64_t hour_s = 3600;

struct Issue {
  std::string account, arn, user_id, kind;
  int64_t duration_s = hour_s;
  Value extra;  // further members of the credential's document
};

// Stores a session's credential and answers it as the "Credentials" shape.
Result<Value> issue(Call& call, const Issue& session) {
  Time expiration{(call.now.ms / 1000 + session.duration_s) * 1000};
  Value credential = Value::map({{"SecretAccessKey", base64_encode(secure_random(30))},
                                 {"SessionToken", cloud::make_session_token(expiration)},
                                 {"Expiration", expiration},
                                 {"Account", session.account},
                                 {"Arn", session.arn},
                                 {"UserId", session.user_id},
                                 {"Kind", session.kind},
                                 {"Status", "Active"},
                                 {"CreateDate", call.now}});
  for (const auto& [name, value] : session.extra.members()) credential.set(name, value);
  TRY(credential, call.credentials().add("ASIA", std::move(credential), call.now, call.random));
  Value out;
  for (const char* member : {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"})
    out.set(member, credential[member]);
  return out;
}

// "arn:aws:sts::123456789012", in the partition of the region that is asked.
std::string arn_of(const Call& call, const std::string& account) {
  return "arn:" + std::string(cloud::partition_of(call.region)) + ":sts::" + account;
}

struct RoleName {
  std::string account, name;
};

// "arn:aws:iam::123456789012:role/path/name"
Result<RoleName> parse_role(const std::string& arn) {
  auto parts = split(arn, ":");
  if (parts.size() != 6 || parts[0] != "arn" || parts[2] != "iam" ||
      !parts[5].starts_with("role/") || parts[4].size() != 12 || !parse_int(parts[4]))
    return aws_error("ValidationError", arn + " is invalid");
  return RoleName{parts[4], parts[5].substr(parts[5].rfind('/') + 1)};
}

// A role's document, as its account's IAM has it.
Result<Value> find_role(Call& call, const std::string& arn) {
  TRY(RoleName name, parse_role(arn));
  TRY(Value out,
      call.cloud.invoke(cloud::Caller::service_principal(name.account, "sts.amazonaws.com"),
                        name.account, call.region, "iam", "GetRole",
                        Value::map({{"RoleName", name.name}})));
  if (out.at_path("Role.Arn").as_string() != arn)
    return aws_error("NoSuchEntity", "The role with name " + name.name + " cannot be found.", 404);
  return out["Role"];
}

Error not_authorized(const Call& call, const std::string& action, const std::string& resource) {
  return aws_error("AccessDenied",
                   "User: " + call.caller.arn + " is not authorized to perform: " + action +
                       " on resource: " + resource,
                   403);
}

Status check_policy(const Value& document) {
  if (document.is_null()) return {};
  CHECK_OK(policy::parse(document.as_string(), policy::Kind::session));
  return {};
}

// A device and its code: any six digits are taken, since there are no devices here.
bool has_factor(const Value& in) {
  return in.has("SerialNumber") && in.has("TokenCode");
}

// A chain's transitive tags can't be overridden ("Chaining roles with session tags", IAM user
// guide; the words are recorded on AWS).
Status check_tags_of_chain(const Call& call, const Value& in) {
  const List& inherited = call.caller.details["TransitiveTagKeys"].items();
  for (const Value& tag : in["Tags"].items())
    for (const Value& key : inherited)
      if (equals_ignoring_case(tag["Key"].as_string(), key.as_string()))
        return aws_error("InvalidParameterValue",
                         "One of the specified transitive tag keys can't be set because it "
                         "conflicts with a transitive tag key from the calling session.");
  return {};
}

// What a role's session remembers of how it came to be. Tags that the asking session marked as
// transitive, and its source identity, go on with the chain ("Session tags", "Source identity").
Value session_details(const Call& call, const Value& in) {
  const Value& asking = call.caller.details;
  Value tags = in["Tags"].is_list() ? in["Tags"] : Value::list();
  Value transitive = in["TransitiveTagKeys"].is_list() ? in["TransitiveTagKeys"] : Value::list();
  const List& inherited = asking["TransitiveTagKeys"].items();
  for (const Value& tag : asking["Tags"].items())
    if (std::find(inherited.begin(), inherited.end(), tag["Key"]) != inherited.end()) {
      tags.push_back(tag);
      transitive.push_back(tag["Key"]);
    }
  Value out = Value::map({{"RoleArn", in["RoleArn"]}, {"Tags", tags}});
  if (!transitive.empty()) out.set("TransitiveTagKeys", transitive);
  for (const char* member : {"Policy", "PolicyArns"})
    if (in.has(member)) out.set(member, in[member]);
  const Value& identity =
      in.has("SourceIdentity") ? in["SourceIdentity"] : asking["SourceIdentity"];
  if (!identity.is_null()) out.set("SourceIdentity", identity);
  if (has_factor(in)) out.set("MultiFactorAuthTime", call.now);
  return out;
}

// The session's part of an answer: AssumedRoleUser and what the credential remembers.
Result<Value> assume(Call& call, const Value& in, const std::string& action) {
  const std::string& arn = in["RoleArn"].as_string();
  TRY(RoleName role_name, parse_role(arn));
  CHECK_OK(check_policy(in["Policy"]));
  CHECK_OK(check_tags_of_chain(call, in));
  auto found = find_role(call, arn);
  if (!found.has_value()) return not_authorized(call, action, arn);
  const Value& role = *found;
  // "After the source identity is set, the value cannot be changed" (IAM user guide).
  const Value& identity = call.caller.details["SourceIdentity"];
  if (in.has("SourceIdentity") && !identity.is_null() && in["SourceIdentity"] != identity)
    return not_authorized(call, "sts:SetSourceIdentity", arn);
  int64_t duration_s = in["DurationSeconds"].as_int(hour_s);
  if (duration_s > role["MaxSessionDuration"].as_int(hour_s))
    return aws_error(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  // "Roles terms and concepts", IAM user guide: role chaining.
  if (call.caller.details.has("RoleArn") && duration_s > hour_s)
    return aws_error("ValidationError",
                     "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                     "assumed by role chaining.");
  const std::string& session = in["RoleSessionName"].as_string();
  Issue issued{role_name.account,
               arn_of(call, role_name.account) + ":assumed-role/" + role_name.name + "/" + session,
               role["RoleId"].as_string() + ":" + session,
               "session",
               duration_s,
               session_details(call, in)};
  TRY(Value credentials, issue(call, issued));
  Value out = Value::map(
      {{"Credentials", credentials},
       {"AssumedRoleUser", Value::map({{"AssumedRoleId", issued.user_id}, {"Arn", issued.arn}})}});
  if (in.has("Policy")) out.set("PackedPolicySize", 6);
  if (in.has("SourceIdentity")) out.set("SourceIdentity", in["SourceIdentity"]);
  return out;
}

Result<Value> get_caller_identity(Call& call, const Value&) {
  return Value::map({{"UserId", call.caller.user_id},
                     {"Account", call.caller.account},
                     {"Arn", call.caller.arn}});
}

Result<Value> assume_role(Call& call, const Value& in) {
  return assume(call, in, "sts:AssumeRole");
}

// What a session may not make of itself: another, with a life of its own ("Comparing the AWS STS
// API operations").
Status check_lasting(const Call& call) {
  bool temporary =
      call.caller.kind == cloud::Caller::Kind::session || call.caller.details.has("SessionToken");
  if (!temporary) return {};
  return aws_error("AccessDenied",
                   "Cannot call " + std::string(call.operation) + " with session credentials", 403);
}

// "Sessions for AWS account owners are restricted to a maximum of 3,600 seconds … if the duration
// is longer, the session defaults to one hour" (GetSessionToken, API reference).
int64_t duration_of(const Call& call, const Value& in) {
  int64_t asked = in["DurationSeconds"].as_int(12 * hour_s);
  return call.caller.kind == cloud::Caller::Kind::root ? std::min(asked, hour_s) : asked;
}

Result<Value> get_session_token(Call& call, const Value& in) {
  CHECK_OK(check_lasting(call));
  TRY(Value credentials,
      issue(call,
            {call.caller.account, call.caller.arn, call.caller.user_id,
             call.caller.kind == cloud::Caller::Kind::root ? "root" : "user", duration_of(call, in),
             has_factor(in) ? Value::map({{"MultiFactorAuthTime", call.now}}) : Value()}));
  return Value::map({{"Credentials", std::move(credentials)}});
}

Result<Value> get_federation_token(Call& call, const Value& in) {
  CHECK_OK(check_lasting(call));
  CHECK_OK(check_policy(in["Policy"]));
  const std::string& name = in["Name"].as_string();
  Issue session{call.caller.account,
                arn_of(call, call.caller.account) + ":federated-user/" + name,
                call.caller.account + ":" + name,
                "session",
                duration_of(call, in),
                Value::map({{"Issuer", call.caller.arn}, {"IssuerId", call.caller.user_id}})};
  for (const char* member : {"Policy", "PolicyArns"})
    if (in.has(member)) session.extra.set(member, in[member]);
  TRY(Value credentials, issue(call, session));
  return Value::map(
      {{"Credentials", std::move(credentials)},
       {"FederatedUser", Value::map({{"FederatedUserId", session.user_id}, {"Arn", session.arn}})},
       {"PackedPolicySize", 6}});
}

Result<Value> decode_authorization_message(Call&, const Value& in) {
  TRY(std::string decoded, cloud::decode_authorization(in["EncodedMessage"].as_string()));
  return Value::map({{"DecodedMessage", std::move(decoded)}});
}

Result<Value> get_access_key_info(Call&, const Value& in) {
  auto account = cloud::account_of_key_id(in["AccessKeyId"].as_string());
  if (!account)
    return aws_error("ValidationError",
                     "Invalid value for Access Key ID: " + in["AccessKeyId"].as_string());
  return Value::map({{"Account", *account}});
}

std::string owner_of_role(Call&, const Value& in) {
  auto name = parse_role(in["RoleArn"].as_string());
  return name.has_value() ? name->account : "";
}

// A role is guarded by its trust policy, which must allow even within its account.
Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (!in.has("RoleArn")) return {};
  const std::string& arn = in["RoleArn"].as_string();
  authorization.request.resource = arn;
  authorization.request.resource_account = owner_of_role(call, in);
  authorization.policies.resource_must_allow = true;
  if (has_factor(in)) {
    authorization.request.context.set("aws:MultiFactorAuthPresent", "true");
    authorization.request.context.set("aws:MultiFactorAuthAge", "0");
  }
  auto role = find_role(call, arn);
  if (!role.has_value()) return {};
  authorization.resource_tags((*role)["Tags"], "iam");
  return authorization.add(policy::Kind::trust, "trust policy of " + arn,
                           percent_decode((*role)["AssumeRolePolicyDocument"].as_string()));
}

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "sts";
  service.has_resource_control = true;
  service.calls = {"iam"};
  service.scope = cloud::Scope::account;
  service.owner_of = owner_of_role;
  service.guard = guard;
  // Sessions are the credentials' documents, so that no operation changes this service's own state.
  service.operations = {reads("GetCallerIdentity", get_caller_identity),
                        reads("AssumeRole", assume_role),
                        reads("GetSessionToken", get_session_token),
                        reads("GetFederationToken", get_federation_token),
                        reads("DecodeAuthorizationMessage", decode_authorization_message),
                        reads("GetAccessKeyInfo", get_access_key_info)};
  return service;
}

}  // namespace mainstay::sts
