#include "services/s3/bucket.hh"

// Access control lists. Under BucketOwnerEnforced (the default) they say only that the owner may do
// everything; else what was put is kept and answered, but not yet enforced.
namespace mainstay::s3 {
namespace {

constexpr std::string_view all_users = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr std::string_view signed_in = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
constexpr std::string_view log_delivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";

bool enforced(const Value& bucket) {
  return bucket["_OwnershipControls"]["Rules"].at(0)["ObjectOwnership"].as_string() ==
         "BucketOwnerEnforced";
}

Value owner_grant(std::string_view account) {
  return Value::map(
      {{"Grantee", Value::map({{"ID", canonical_id(account)}, {"Type", "CanonicalUser"}})},
       {"Permission", "FULL_CONTROL"}});
}

Value group_grant(std::string_view uri, std::string_view permission) {
  return Value::map(
      {{"Grantee", Value::map({{"URI", uri}, {"Type", "Group"}})}, {"Permission", permission}});
}

// "Canned ACL" of the user guide.
Value canned(std::string_view name, std::string_view account) {
  Value grants = Value::list({owner_grant(account)});
  if (name.starts_with("public-read")) grants.push_back(group_grant(all_users, "READ"));
  if (name == "public-read-write") grants.push_back(group_grant(all_users, "WRITE"));
  if (name == "authenticated-read") grants.push_back(group_grant(signed_in, "READ"));
  if (name == "log-delivery-write")
    for (const char* permission : {"WRITE", "READ_ACP"})
      grants.push_back(group_grant(log_delivery, permission));
  return grants;
}

Value answer(const Value& owner_account, const Value& grants) {
  return Value::map(
      {{"Owner", owner_of(owner_account.as_string())},
       {"Grants",
        grants.is_list() ? grants : Value::list({owner_grant(owner_account.as_string())})}});
}

Value requested(const Value& in, const Value& account) {
  if (in["AccessControlPolicy"].has("Grants")) return in["AccessControlPolicy"]["Grants"];
  return canned(in["ACL"].as_string(), account.as_string());
}

}  // namespace

Status check_acl_allowed(const Value& bucket, const Value& in) {
  const std::string& acl = in["ACL"].as_string();
  bool grants = in.has("GrantRead") || in.has("GrantFullControl") || in.has("GrantWrite") ||
                in.has("GrantReadACP") || in.has("GrantWriteACP") ||
                !in["AccessControlPolicy"]["Grants"].empty();
  bool harmless = acl.empty() || acl == "bucket-owner-full-control" || acl == "private";
  if (enforced(bucket) && (grants || !harmless))
    return aws_error("AccessControlListNotSupported", "The bucket does not allow ACLs");
  return {};
}

Result<Value> get_bucket_acl(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  return answer(bucket["_account"], bucket["_Grants"]);
}

Result<Value> put_bucket_acl(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_acl_allowed(bucket, in));
  put_bucket(call, bucket.set("_Grants", requested(in, bucket["_account"])));
  return Value::map({});
}

Result<Value> get_object_acl(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  TRY(Value object, find_object(call, bucket, in));
  return answer(enforced(bucket) ? bucket["_account"] : object["_Owner"], object["_Grants"]);
}

Result<Value> put_object_acl(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  TRY(Value object, find_object(call, bucket, in));
  CHECK_OK(check_acl_allowed(bucket, in));
  update_object(call, bucket, object.set("_Grants", requested(in, object["_Owner"])));
  return Value::map({});
}

}  // namespace mainstay::s3
