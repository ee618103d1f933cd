#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

constexpr size_t grants_max = 50000;  // per key ("Resource quotas")
constexpr int64_t page_default = 50;

constexpr const char* principal_members[] = {"GranteePrincipal", "RetiringPrincipal"};

Value shown_grant(Call& call, Value grant) {
  grant.erase("_Token");
  for (const char* member : principal_members)
    if (grant.has(member))
      grant.set(member, cloud::shown_principal(call, grant[member].as_string()));
  return grant;
}

// A request with its principals as they are kept (cloud/kept_policy.hh). The words are those that
// tools report ("ARN does not refer to a valid principal").
Result<Value> with_kept_principals(Call& call, Value in) {
  for (const char* member : principal_members) {
    if (!in.has(member)) continue;
    const std::string name = in[member].as_string();
    if (!cloud::is_principal(call, name))
      return aws_error("InvalidArnException", "ARN does not refer to a valid principal: " + name);
    in.set(member, cloud::kept_principal(call, name));
  }
  return in;
}

Value answer(const Value& grant) {
  return Value::map({{"GrantToken", grant["_Token"]}, {"GrantId", grant["GrantId"]}});
}

// A grant made again with the same name and the same terms is the same grant.
bool same_terms(const Value& grant, const Value& in) {
  for (const char* member :
       {"Name", "GranteePrincipal", "RetiringPrincipal", "Operations", "Constraints"})
    if (grant[member] != in[member]) return false;
  return true;
}

Result<Value> get_grant(Call& call, const Value& key, const std::string& id) {
  const Value* grant = call.find("grant", id);
  if (!grant || (*grant)["KeyId"] != key["Arn"]) return not_found("Grant ID " + id + " not found");
  return *grant;
}

// Keys of other accounts too: a grantee may pass a grant on.
Result<Value> key_of(Call& call, const Value& in) {
  return find_key(call, in["KeyId"].as_string(), Named::by_id);
}

}  // namespace

Result<Value> create_grant(Call& call, const Value& asked) {
  TRY(Value in, with_kept_principals(call, asked));
  TRY(Value key, key_of(call, in));
  CHECK_OK(check_usable(key));
  auto ids = call.find_by("grant", "KeyId", key["Arn"].as_string());
  if (in.has("Name"))
    for (const std::string& id : ids)
      if (const Value& grant = *call.find("grant", id); same_terms(grant, in)) return answer(grant);
  if (ids.size() >= grants_max)
    return aws_error("LimitExceededException",
                     "Grant limit exceeded for " + key["Arn"].as_string());
  CHECK_OK(check_dry_run(in));
  Value grant = Value::map({{"KeyId", key["Arn"]},
                            {"GrantId", call.random.hex(64)},
                            {"CreationDate", call.now},
                            {"IssuingAccount", "arn:aws:iam::" + call.account + ":root"},
                            {"_Token", base64_encode(secure_random(96))}});
  for (const char* member :
       {"Name", "GranteePrincipal", "RetiringPrincipal", "Operations", "Constraints"})
    if (in.has(member)) grant.set(member, in[member]);
  call.put("grant", grant["GrantId"].as_string(), grant);
  return answer(grant);
}

Result<Value> list_grants(Call& call, const Value& in) {
  TRY(Value key, key_of(call, in));
  if (in.has("GrantId")) CHECK_OK(get_grant(call, key, in["GrantId"].as_string()));
  const std::string grantee = cloud::kept_principal(call, in["GranteePrincipal"].as_string());
  List out;
  for (const std::string& id : call.find_by("grant", "KeyId", key["Arn"].as_string())) {
    const Value& grant = *call.find("grant", id);
    if (in.has("GrantId") && in["GrantId"] != grant["GrantId"]) continue;
    if (!grantee.empty() && grantee != grant["GranteePrincipal"].as_string()) continue;
    out.push_back(shown_grant(call, grant));
  }
  return page(in, std::move(out), "Grants", "GrantId", page_default);
}

Result<Value> list_retirable_grants(Call& call, const Value& in) {
  List out;
  for (const std::string& id :
       call.find_by("grant", "RetiringPrincipal",
                    cloud::kept_principal(call, in["RetiringPrincipal"].as_string())))
    out.push_back(shown_grant(call, *call.find("grant", id)));
  return page(in, std::move(out), "Grants", "GrantId", page_default);
}

Result<Value> revoke_grant(Call& call, const Value& in) {
  TRY(Value key, key_of(call, in));
  TRY(Value grant, get_grant(call, key, in["GrantId"].as_string()));
  CHECK_OK(check_dry_run(in));
  call.remove("grant", grant["GrantId"].as_string());
  return Value::map({});
}

// By its token, or by key and id.
Result<Value> retire_grant(Call& call, const Value& in) {
  std::string id;
  if (in.has("GrantToken")) {
    auto ids = call.find_by("grant", "_Token", in["GrantToken"].as_string());
    if (ids.empty()) return aws_error("InvalidGrantTokenException", "Invalid grant token");
    id = ids.front();
  } else {
    if (!in.has("KeyId") || !in.has("GrantId"))
      return aws_error("ValidationException",
                       "Either a grant token, or a key ARN and a grant ID, must be given.");
    TRY(Value key, key_of(call, in));
    TRY(Value grant, get_grant(call, key, in["GrantId"].as_string()));
    id = grant["GrantId"].as_string();
  }
  CHECK_OK(check_dry_run(in));
  call.remove("grant", id);
  return Value::map({});
}

}  // namespace mainstay::kms
