#include <algorithm>

#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/notification.hh"

// Access control lists. Under BucketOwnerEnforced (the default) they say only that the owner may do
// everything; else they grant as policy/s3.hh has it.
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

Value grant_to(Value grantee, std::string_view permission) {
  return Value::map({{"Grantee", std::move(grantee)}, {"Permission", permission}});
}

// "Canned ACL" of the user guide.
Value canned(std::string_view name, std::string_view account, std::string_view bucket_account) {
  Value grants = Value::list({owner_grant(account)});
  if (name == "bucket-owner-full-control" && account != bucket_account)
    grants.push_back(owner_grant(bucket_account));
  if (name == "bucket-owner-read" && account != bucket_account)
    grants.push_back(grant_to(owner_grant(bucket_account)["Grantee"], "READ"));
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

struct GrantHeader {
  const char *member, *permission;
};
constexpr GrantHeader grant_headers[] = {{"GrantFullControl", "FULL_CONTROL"},
                                         {"GrantRead", "READ"},
                                         {"GrantReadACP", "READ_ACP"},
                                         {"GrantWrite", "WRITE"},
                                         {"GrantWriteACP", "WRITE_ACP"}};

// "x-amz-grant-read: id=\"...\", uri=\"...\""; grantees of other forms are left out.
void add_header_grants(Value& grants, const std::string& header, const char* permission) {
  for (const std::string& item : split(header, ",")) {
    size_t equals = item.find('=');
    if (equals == std::string::npos) continue;
    std::string_view kind = trim(std::string_view(item).substr(0, equals));
    std::string who(trim(std::string_view(item).substr(equals + 1)));
    std::erase(who, '"');
    if (kind == "id")
      grants.push_back(grant_to(Value::map({{"ID", who}, {"Type", "CanonicalUser"}}), permission));
    if (kind == "uri") grants.push_back(group_grant(who, permission));
  }
}

bool has_grant_headers(const Value& in) {
  return std::any_of(std::begin(grant_headers), std::end(grant_headers),
                     [&](const GrantHeader& header) { return in.has(header.member); });
}

bool opens(const Value& grants) {
  return std::any_of(grants.items().begin(), grants.items().end(), [](const Value& grant) {
    const std::string& uri = grant["Grantee"]["URI"].as_string();
    return uri == all_users || uri == signed_in;
  });
}

Value requested(const Value& in, const std::string& account, const Value& bucket) {
  if (in["AccessControlPolicy"].has("Grants")) return in["AccessControlPolicy"]["Grants"];
  if (!has_grant_headers(in))
    return canned(in["ACL"].as_string(), account, bucket["_account"].as_string());
  Value grants = Value::list();
  for (const GrantHeader& header : grant_headers)
    add_header_grants(grants, in[header.member].as_string(), header.permission);
  return grants;
}

}  // namespace

Status check_acl_allowed(const Value& bucket, const Value& in) {
  const std::string& acl = in["ACL"].as_string();
  bool grants = has_grant_headers(in) || !in["AccessControlPolicy"]["Grants"].empty();
  bool harmless = acl.empty() || acl == "bucket-owner-full-control" || acl == "private";
  if (enforced(bucket) && (grants || !harmless))
    return aws_error("AccessControlListNotSupported", "The bucket does not allow ACLs");
  if (harmless && !grants) return {};
  bool blocked = bucket["_PublicAccessBlockConfiguration"]["BlockPublicAcls"].as_bool();
  if (blocked && opens(requested(in, bucket["_account"].as_string(), bucket)))
    return access_denied();
  return {};
}

void set_owner(const Call& call, const Value& bucket, const Value& in, Value& object) {
  const std::string& rule =
      bucket["_OwnershipControls"]["Rules"].at(0)["ObjectOwnership"].as_string();
  bool given =
      rule == "BucketOwnerPreferred" && in["ACL"].as_string() == "bucket-owner-full-control";
  std::string owner =
      enforced(bucket) || given ? bucket["_account"].as_string() : call.caller.account;
  if (owner.empty()) owner = bucket["_account"].as_string();  // written by nobody in particular
  if (!enforced(bucket)) object.set("_Grants", requested(in, owner, bucket));
  object.set("_Owner", owner);
}

Result<Value> get_bucket_acl(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  return answer(bucket["_account"], bucket["_Grants"]);
}

Result<Value> put_bucket_acl(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_acl_allowed(bucket, in));
  put_bucket(call, bucket.set("_Grants", requested(in, bucket["_account"].as_string(), bucket)));
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
  Value grants = requested(in, object["_Owner"].as_string(), bucket);
  if (grants == object["_Grants"]) return Value::map({});
  update_object(call, bucket, object.set("_Grants", std::move(grants)));
  tell_event(call, bucket, "ObjectAcl:Put", object);
  return Value::map({});
}

}  // namespace mainstay::s3
