#include "cloud/authorizer.hh"

#include <algorithm>
#include <array>

#include "base/text.hh"
#include "cloud/authorization_message.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"
#include "cloud/condition_keys.hh"
#include "cloud/partition.hh"
#include "cloud/principals.hh"
#include "store/store.hh"
#include "wire/model.hh"

namespace mainstay::cloud {
namespace {

using Kind = Caller::Kind;

// "No permissions are required to perform this operation" (STS API reference).
constexpr std::array free_actions{std::string_view("sts:GetCallerIdentity"),
                                  std::string_view("sts:GetSessionToken")};
bool has(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_limited(const Standing& standing) {
  return !standing.management &&
         !(standing.service_control.empty() && standing.resource_control.empty());
}

// What the caller's credential and its organization say of it.
void add_caller_keys(policy::Context& context, const policy::Principal& principal,
                     const Caller& caller, const Standing& standing, Time now) {
  principal.add_keys(context);
  if (!caller.source_ip.empty() && caller.via.empty())
    context.set("aws:SourceIp", caller.source_ip);
  context.set("aws:ViaAWSService", caller.via.empty() ? "false" : "true");
  if (!caller.via.empty()) {
    context.set_list("aws:CalledVia", caller.via);
    context.set("aws:CalledViaFirst", caller.via.front());
    context.set("aws:CalledViaLast", caller.via.back());
  }
  if (caller.details.has("SessionToken")) {
    context.set("aws:TokenIssueTime", format_iso8601(caller.details["CreateDate"].as_time()));
    const Value& factor = caller.details["MultiFactorAuthTime"];
    context.set("aws:MultiFactorAuthPresent", factor.is_time() ? "true" : "false");
    if (factor.is_time())
      context.set("aws:MultiFactorAuthAge", std::to_string((now - factor.as_time()) / 1000));
  }
  if (caller.details.has("SourceIdentity"))
    context.set("aws:SourceIdentity", caller.details["SourceIdentity"].as_string());
  if (caller.acts_for_resource()) {
    const std::string& source = caller.details["SourceArn"].as_string();
    context.set("aws:SourceArn", source);
    // Buckets have no account in their ARN: theirs is the one that asks.
    std::vector<std::string> fields = split(source, ":");
    bool named = fields.size() > 4 && !fields[4].empty();
    context.set("aws:SourceAccount", named ? fields[4] : caller.account);
  }
  if (!standing.member) return;
  context.set("aws:PrincipalOrgID", standing.organization_id);
  context.set_list("aws:PrincipalOrgPaths", {standing.path});
}

// How the request came. A request that counts as secure counts as sent by TLS 1.2 or later.
void add_origin_keys(policy::Context& context, const Origin& origin, Time now) {
  auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) context.set(key, value);
  };
  set("aws:SecureTransport", origin.secure_transport ? "true" : "false");
  set("s3:TlsVersion", origin.secure_transport ? "1.3" : "");
  set("aws:UserAgent", origin.user_agent);
  set("aws:referer", origin.referer);
  set("s3:authType", origin.auth_type);
  set("s3:signatureversion", origin.signature_version);
  set("s3:x-amz-content-sha256", origin.content_sha256);
  if (auto signed_at = parse_time(origin.signed_at))
    set("s3:signatureAge", std::to_string(now - *signed_at));
}

}  // namespace

Standing Authorizer::standing_of(const std::string& account) {
  Standing out;
  if (!account.empty()) cloud_.describe_standing(account, out);
  return out;
}

Status Authorizer::add_control(Authorization& authorization, const Standing& standing) {
  if (standing.management) return {};
  for (const ControlLevel& level : standing.service_control) {
    std::vector<std::pair<std::string, std::string>> documents;
    for (const ControlPolicy& p : level.policies) documents.emplace_back(p.arn, p.text);
    CHECK_OK(authorization.add_level(documents));
  }
  return {};
}

// The endpoint's policy and VPC. Endpoints are looked for in the caller's account.
Status Authorizer::add_endpoint(Authorization& authorization, const Caller& caller,
                                std::string_view region, const std::string& id) {
  TRY(Value found, cloud_.invoke(Caller::service_principal(caller.account, "ec2.amazonaws.com"),
                                 caller.account, region, "ec2", "DescribeVpcEndpoints",
                                 Value::map({{"VpcEndpointIds", Value::list({id})}})));
  const Value& endpoint = found["VpcEndpoints"].at(0);
  policy::Context& context = authorization.request.context;
  context.set("aws:SourceVpce", id);
  context.set("aws:SourceVpc", endpoint["VpcId"].as_string());
  if (!caller.source_ip.empty()) {
    context.erase("aws:SourceIp");
    context.set("aws:VpcSourceIp", caller.source_ip);
  }
  authorization.policies.has_endpoint_policy = true;
  return authorization.add(policy::Kind::endpoint, "endpoint policy of " + id,
                           endpoint["PolicyDocument"].as_string());
}

Result<CallerSide> Authorizer::caller_side(const Caller& caller, std::string_view region,
                                           const Origin& origin) {
  CallerSide side;
  side.origin = origin;
  if (caller.kind == Kind::service && !caller.acts_for_resource()) {
    side.free = true;
    return side;
  }
  // Control policies do not bind services (Organizations user guide, "SCP evaluation").
  if (!caller.acts_for_resource()) side.standing = standing_of(caller.account);
  side.free_at_home =
      caller.kind == Kind::root && !is_limited(side.standing) && origin.vpc_endpoint.empty();
  if (!side.free_at_home) {
    TRY(side.authorization, make_authorization(caller, region, side.standing, origin));
  }
  return side;
}

Result<std::shared_ptr<const Authorization>> Authorizer::make_authorization(
    const Caller& caller, std::string_view region, const Standing& standing, const Origin& origin) {
  auto authorization = std::make_shared<Authorization>(cache_);
  authorization->request.principal = principal_of(caller);
  add_caller_keys(authorization->request.context, authorization->request.principal, caller,
                  standing, cloud_.now());
  add_origin_keys(authorization->request.context, origin, cloud_.clock().wall());
  if (!origin.vpc_endpoint.empty())
    CHECK_OK(add_endpoint(*authorization, caller, region, origin.vpc_endpoint));
  CHECK_OK(add_control(*authorization, standing));
  if (caller.kind == Kind::user || caller.kind == Kind::session)
    CHECK_OK(cloud_.describe_caller(caller, region, *authorization));
  return authorization;
}

Status Authorizer::check(Call& call, const Value& in, const CallerSide& side) {
  if (side.free) return {};
  if (side.free_at_home && call.caller.account == call.service.owner_for(call, in)) return {};
  auto caller_access = side.authorization;
  if (!caller_access) {
    TRY(caller_access, make_authorization(call.caller, call.region, side.standing, side.origin));
  }
  Authorization common = *caller_access;
  add_request_keys(common.request.context, call, in);
  actions::Where where{call.account, call.region, "", std::string(partition_of(call.region))};
  if (call.caller.kind == Kind::user)
    where.user = call.caller.arn.substr(call.caller.arn.find('/') + 1);
  for (const actions::Needed& needed :
       operations_.needed(call.service.name, call.operation, in, where)) {
    if (has(free_actions, needed.action)) continue;
    for (const std::string& resource : needed.resources)
      CHECK_OK(check_one(call, in, common, side.standing, needed, resource));
  }
  return {};
}

// The control policies of the account that owns the resource, and its organization's keys.
Status Authorizer::add_resource_side(const Call& call, Authorization& authorization,
                                     const Standing& own) {
  const std::string& owner = authorization.request.resource_account;
  // Anything but S3, KMS and roles is in the caller's account, whose standing is known.
  Standing standing = owner == call.caller.account ? own : standing_of(owner);
  authorization.request.context.set("aws:ResourceAccount", owner);
  if (call.service.name == "s3") authorization.request.context.set("s3:ResourceAccount", owner);
  if (!standing.member) return {};
  authorization.request.context.set("aws:ResourceOrgID", standing.organization_id);
  authorization.request.context.set_list("aws:ResourceOrgPaths", {standing.path});
  if (standing.management || authorization.aws_managed || !call.service.has_resource_control)
    return {};
  for (const ControlLevel& level : standing.resource_control)
    for (const ControlPolicy& p : level.policies)
      CHECK_OK(authorization.add(policy::Kind::resource_control, p.arn, p.text));
  return {};
}

Status Authorizer::check_one(Call& call, const Value& in, const Authorization& common,
                             const Standing& standing, const actions::Needed& needed,
                             const std::string& resource) {
  Authorization authorization = common;
  authorization.request.action = needed.action;
  authorization.request.resource = resource;
  authorization.resource_type = needed.type;
  authorization.request.resource_account = call.account;
  add_specified_tags(authorization.request.context, in, needed.type);
  for (const auto& [key, value] : needed.context) authorization.request.context.set(key, value);
  if (call.service.guard) CHECK_OK(call.service.guard(call, in, authorization));
  CHECK_OK(add_resource_side(call, authorization, standing));
  const ConditionKeys& keys = ConditionKeys::table();
  for (policy::Context& context : keys.each(authorization.request.context, call, in, needed.type)) {
    authorization.request.context = std::move(context);
    keys.restrict(authorization.request.context, needed.action, needed.type, needed.context);
    policy::Decision decision = policy::decide(authorization.request, authorization.policies);
    if (!decision.allowed()) return refusal(call, authorization.request, decision);
  }
  return {};
}

Error refusal(const Call& call, const policy::Request& request, const policy::Decision& decision) {
  std::string message = request.principal.kind == policy::Principal::Kind::anonymous
                            ? "Access Denied"
                            : policy::denial_message(request, decision, call.service.name == "s3");
  if (const cloud::Service& service = call.service; !service.refusal_code.empty())
    return aws_error(std::string(service.refusal_code), std::move(message), service.refusal_status);
  auto loaded = call.cloud.models().load(call.service.name);
  auto protocol = loaded.has_value() ? loaded->model->protocol() : wire::Protocol::query;
  switch (protocol) {
    case wire::Protocol::ec2:
      return aws_error(
          "UnauthorizedOperation",
          "You are not authorized to perform this operation. " + message +
              ". Encoded authorization failure message: " + encode_authorization(request, decision),
          403);
    case wire::Protocol::json_1_0:
    case wire::Protocol::json_1_1:
    case wire::Protocol::rpc_v2_cbor:
      return aws_error("AccessDeniedException", std::move(message), 400);
    case wire::Protocol::rest_json:
      return aws_error("AccessDeniedException", std::move(message), 403);
    default:
      return aws_error("AccessDenied", std::move(message), 403);
  }
}

}  // namespace mainstay::cloud
