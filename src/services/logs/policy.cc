// Resource policies, by which other services write here, and what decisions about requests ask.
#include "base/json.hh"
#include "cloud/authorization.hh"
#include "cloud/kept_policy.hh"
#include "services/logs/handlers.hh"

namespace mainstay::logs {
namespace {

constexpr size_t policies_max = 10;  // of a region ("CloudWatch Logs quotas")

const cloud::ResourceKind policy_kind{.table = "policy",
                                      .list = "resourcePolicies",
                                      .missing_code = "ResourceNotFoundException",
                                      .missing = "Policy with name [*] does not exist",
                                      .pages = page_words};

}  // namespace

Result<Value> put_resource_policy(Call& call, const Value& in) {
  if (in.has("resourceArn"))
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud keeps resource policies of the account, not of a "
                     "log group",
                     501);
  const std::string& name = in["policyName"].as_string();
  if (name.empty()) return invalid("Resource policy name is missing");
  if (!parse_json(in["policyDocument"].as_string()).has_value())
    return invalid("Resource policy document is not valid JSON");
  auto taken = cloud::take_policy(call, in["policyDocument"].as_string(), policy::Kind::resource);
  if (!taken.has_value()) return invalid(taken.error().message);
  const store::Documents& all = call.all("policy");
  if (!all.contains(name) && all.size() >= policies_max)
    return aws_error("LimitExceededException", "Resource limit exceeded.");
  Value policy = Value::map({{"policyName", name},
                             {"policyDocument", std::move(taken->kept)},
                             {"lastUpdatedTime", call.now.ms},
                             {"policyScope", "ACCOUNT"}});
  call.put("policy", name, policy);
  policy.set("policyDocument", in["policyDocument"]);
  return Value::map({{"resourcePolicy", std::move(policy)}});
}

Result<Value> delete_resource_policy(Call& call, const Value& in) {
  const std::string& name = in["policyName"].as_string();
  if (!call.remove("policy", name)) return cloud::no_such(policy_kind, name);
  return Value::map({});
}

Result<Value> describe_resource_policies(Call& call, const Value& in) {
  return cloud::list_resources(
      call, policy_kind, in, {.show = [&call](const Value& policy) {
        Value out = policy;
        return out.set("policyDocument",
                       cloud::shown_policy(call, policy["policyDocument"].as_string()));
      }});
}

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (auto group = find_group(call, in); group.has_value())
    authorization.resource_tags((*group)["_Tags"]);
  for (const auto& [name, policy] : call.all("policy"))
    CHECK_OK(authorization.add(policy::Kind::resource, "resource policy " + name,
                               policy["policyDocument"].as_string()));
  return {};
}

}  // namespace mainstay::logs
