#include "services/kms/policy.hh"

#include "base/json.hh"
#include "cloud/kept_policy.hh"
#include "cloud/principals.hh"
#include "policy/compiled.hh"
#include "policy/document.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

Value statement(const char* sid, Value principal, Value action) {
  return Value::map({{"Sid", sid},
                     {"Effect", "Allow"},
                     {"Principal", Value::map({{"AWS", std::move(principal)}})},
                     {"Action", std::move(action)},
                     {"Resource", "*"}});
}

std::string document(const std::string& id, Value statements) {
  return to_json_pretty(
      Value::map({{"Version", "2012-10-17"}, {"Id", id}, {"Statement", std::move(statements)}}));
}

std::string root(const Call& call) {
  return "arn:aws:iam::" + call.account + ":root";
}

// "default" is the only name that a key policy may have.
Status check_name(const Value& in) {
  if (!in.has("PolicyName") || in["PolicyName"].as_string() == "default") return {};
  return not_found("No such policy exists");
}

bool may_put(const policy::Policy& compiled, const policy::Principal& caller) {
  constexpr std::string_view put = "kms:putkeypolicy";
  bool allowed = false;
  for (const policy::Rule& rule : compiled.rules()) {
    if (!rule.covers_action(put) || rule.reaches(caller) == policy::Reach::none) continue;
    if (rule.allows())
      allowed = true;
    else if (rule.tests().empty())
      return false;
  }
  return allowed;
}

// Whether the caller could still put a policy ("Default key policy", developer guide: the lockout
// safety check). Conditions and the caller's own policies are not looked into: what depends on them
// is taken for allowed, and for not denied. An account's root stands for whoever will really do
// what is rehearsed: for it, any principal of the account will do.
bool leaves_a_way_back(const Call& call, const policy::Document& document) {
  policy::Policy compiled("key policy", document);
  if (may_put(compiled, cloud::principal_of(call.caller))) return true;
  if (call.caller.kind != cloud::Caller::Kind::root) return false;
  for (const std::string& arn : cloud::aws_principals(document))
    if (auto named = policy::Principal::from_text(arn);
        named && named->account == call.account && may_put(compiled, *named))
      return true;
  return false;
}

}  // namespace

std::string default_policy(const Call& call) {
  return document("key-default-1",
                  Value::list({statement("Enable IAM User Permissions", root(call), "kms:*")}));
}

std::string aws_managed_policy(const Call& call, const std::string& service) {
  Value via = statement(
      "Allow access through the service for all principals in the account that are authorized", "*",
      Value::list({"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                   "kms:CreateGrant", "kms:DescribeKey"}));
  via.set("Condition",
          Value::map({{"StringEquals", Value::map({{"kms:CallerAccount", call.account},
                                                   {"kms:ViaService", service + "." + call.region +
                                                                          ".amazonaws.com"}})}}));
  Value look =
      statement("Allow direct access to key metadata to the account", root(call),
                Value::list({"kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"}));
  return document("auto-" + service + "-1", Value::list({via, look}));
}

// The words about principals: AWS re:Post, "How do I resolve AWS KMS key policy errors".
Result<std::string> take_policy(Call& call, const Value& in) {
  constexpr size_t bytes_max = 32'768;  // "Resource quotas", developer guide
  if (in["Policy"].as_string().size() > bytes_max)
    return aws_error("LimitExceededException",
                     "The key policy is larger than the limit of 32768 bytes.");
  auto taken = cloud::take_policy(call, in["Policy"].as_string(), policy::Kind::resource);
  if (!taken.has_value())
    return aws_error("MalformedPolicyDocumentException",
                     cloud::refused_principal(taken.error())
                         ? "Policy contains a statement with one or more invalid principals."
                         : taken.error().message);
  bool is_service = call.caller.kind == cloud::Caller::Kind::service;  // acting for itself
  if (!in["BypassPolicyLockoutSafetyCheck"].as_bool() && !is_service &&
      !leaves_a_way_back(call, taken->document))
    return aws_error("MalformedPolicyDocumentException",
                     "The new key policy will not allow you to update the key policy in the "
                     "future.");
  return std::move(taken->kept);
}

Result<Value> get_key_policy(Call& call, const Value& in) {
  CHECK_OK(check_name(in));
  TRY(Value key, find_readable_key(call, in));
  return Value::map({{"Policy", cloud::shown_policy(call, key["_Policy"].as_string())},
                     {"PolicyName", "default"}});
}

Result<Value> put_key_policy(Call& call, const Value& in) {
  CHECK_OK(check_name(in));
  TRY(Value key, find_own_key(call, in));
  TRY(std::string kept, take_policy(call, in));
  put_key(call, key.set("_Policy", std::move(kept)));
  return Value::map({});
}

Result<Value> list_key_policies(Call& call, const Value& in) {
  CHECK_OK(find_readable_key(call, in));
  return Value::map({{"PolicyNames", Value::list({"default"})}, {"Truncated", false}});
}

}  // namespace mainstay::kms
