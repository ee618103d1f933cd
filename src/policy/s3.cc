#include "policy/s3.hh"

#include <algorithm>
#include <array>

#include "base/text.hh"

namespace mainstay::policy {
namespace {

constexpr std::string_view all_users = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr std::string_view signed_in = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

// "Mapping of ACL permissions and access policy permissions". `object`: the object's ACL is asked,
// else the bucket's.
struct AclRow {
  std::string_view action, permission;
  bool object;
};
constexpr std::array acl_rows{
    AclRow{"s3:ListBucket", "READ", false},
    AclRow{"s3:ListBucketVersions", "READ", false},
    AclRow{"s3:ListBucketMultipartUploads", "READ", false},
    AclRow{"s3:PutObject", "WRITE", false},
    AclRow{"s3:DeleteObject", "WRITE", false},
    AclRow{"s3:DeleteObjectVersion", "WRITE", false},
    AclRow{"s3:GetBucketAcl", "READ_ACP", false},
    AclRow{"s3:PutBucketAcl", "WRITE_ACP", false},
    AclRow{"s3:GetObject", "READ", true},
    AclRow{"s3:GetObjectVersion", "READ", true},
    AclRow{"s3:GetObjectAcl", "READ_ACP", true},
    AclRow{"s3:GetObjectVersionAcl", "READ_ACP", true},
    AclRow{"s3:PutObjectAcl", "WRITE_ACP", true},
    AclRow{"s3:PutObjectVersionAcl", "WRITE_ACP", true},
};

const AclRow* acl_row(std::string_view action) {
  for (const AclRow& row : acl_rows)
    if (equals_ignoring_case(row.action, action)) return &row;
  return nullptr;
}

bool is_group(const AclGrant& grant) {
  return grant.grantee == all_users || grant.grantee == signed_in;
}

Reach reach_of(const AclGrant& grant, const Principal& principal, bool ignore_public) {
  if (is_group(grant) && ignore_public) return Reach::none;
  if (grant.grantee == all_users) return Reach::direct;
  bool anonymous = principal.kind == Principal::Kind::anonymous;
  if (grant.grantee == signed_in) return anonymous ? Reach::none : Reach::account;
  bool own = !principal.canonical_id.empty() && grant.grantee == principal.canonical_id;
  return own ? Reach::account : Reach::none;
}

Reach granted(const Acl& acl, std::string_view permission, const Principal& principal,
              bool ignore_public) {
  Reach out = Reach::none;
  for (const AclGrant& grant : acl)
    if (grant.permission == permission || grant.permission == "FULL_CONTROL")
      out = std::max(out, reach_of(grant, principal, ignore_public));
  return out;
}

// Keys by which a policy for everyone is held to somebody: "The meaning of public".
constexpr std::array<std::string_view, 18> fixing_keys{
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:userid",
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:principalservicename",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id"};

// A network so wide that it is everyone: S3 calls a range wider than /8 (IPv6: /32) public.
bool is_wide(std::string_view text) {
  auto network = Network::parse(text);
  return !network || network->bits < (network->v6 ? 32 : 8);
}

bool fixes(const Condition& condition) {
  std::string key = to_lower(condition.key);
  if (std::find(fixing_keys.begin(), fixing_keys.end(), key) == fixing_keys.end()) return false;
  if (is_negated(condition.op) || condition.if_exists || condition.op == Operator::null ||
      condition.quantifier == Quantifier::for_all_values || condition.values.empty())
    return false;
  return std::none_of(condition.values.begin(), condition.values.end(), [&](const auto& value) {
    if (operand_of(condition.op) == Operand::network) return is_wide(value);
    // A variable or a wildcard is no fixed value; ARNs may have wildcards after the account.
    if (value.find("${") != std::string::npos) return true;
    size_t star = value.find_first_of("*?");
    bool arn_of_account = value.starts_with("arn:") && split(value, ":").size() >= 5 &&
                          split(value, ":")[4].find_first_of("*?") == std::string::npos &&
                          !split(value, ":")[4].empty();
    return star != std::string::npos && !arn_of_account;
  });
}

}  // namespace

Ownership ownership_from(std::string_view name) {
  if (name == "BucketOwnerEnforced") return Ownership::bucket_owner_enforced;
  if (name == "BucketOwnerPreferred") return Ownership::bucket_owner_preferred;
  return Ownership::object_writer;
}

bool is_object_action(std::string_view action) {
  // What may be done to an object that is there by its owner's leave. Deleting is the bucket
  // owner's right; putting makes a new object.
  static constexpr std::array<std::string_view, 4> prefixes{
      "s3:getobject", "s3:putobjectacl", "s3:putobjectversionacl", "s3:putobjecttagging"};
  std::string lower = to_lower(action);
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return lower.starts_with(prefix); });
}

void apply_s3_rules(Request& request, Policies& policies, const S3Bucket& bucket,
                    const S3Object* object) {
  bool acls = bucket.ownership != Ownership::bucket_owner_enforced;
  bool on_object = object && is_object_action(request.action);
  bool foreign = acls && on_object && object->account != bucket.account;
  request.resource_account = foreign ? object->account : bucket.account;
  bool outsider = request.principal.account != bucket.account &&
                  request.principal.kind != Principal::Kind::service;
  bool public_policy =
      std::any_of(policies.resource.begin(), policies.resource.end(),
                  [](const Policy* policy) { return is_public(policy->document()); });
  bool restricted = bucket.restrict_public_buckets && outsider && public_policy;
  policies.resource_only_denies = foreign || restricted;
  const AclRow* row = acls ? acl_row(request.action) : nullptr;
  if (!row || (row->object && !object)) return;
  const Acl& acl = row->object ? object->acl : bucket.acl;
  policies.other_grant =
      granted(acl, row->permission, request.principal, bucket.ignore_public_acls);
  policies.other_grant_name = row->object ? "the object's ACL" : "the bucket's ACL";
}

bool is_public(const Document& document) {
  return std::any_of(document.statements.begin(), document.statements.end(),
                     [](const Statement& s) {
                       return s.effect == Effect::allow && s.principals && s.principals->everyone &&
                              std::none_of(s.conditions.begin(), s.conditions.end(), fixes);
                     });
}

bool is_public(const Acl& acl) {
  return std::any_of(acl.begin(), acl.end(), is_group);
}

}  // namespace mainstay::policy
