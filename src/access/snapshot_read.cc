// A snapshot from JSON: what a file has, checked member by member.
#include <algorithm>
#include <set>

#include "access/fields.hh"
#include "access/snapshot.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "wire/arn.hh"

namespace mainstay::access {
namespace {

constexpr const char* format_known = "mainstay-access-1";
constexpr int depth_max = 128;

void check_arn(Fields& in, const std::string& arn) {
  if (!in.failed() && !wire::parse_arn(arn)) in.fail("has \"" + arn + "\", which is no ARN");
}

NamedPolicy read_policy(Fields& in) {
  NamedPolicy policy{in.required("name"), in.document("document")};
  if (policy.document.is_null()) in.fail("lacks \"document\"");
  return policy;
}

auto reader_of(Entity::Kind kind, const std::string& account) {
  return [kind, &account](Fields& in) {
    Entity entity;
    entity.kind = kind;
    entity.name = in.required("name");
    entity.arn =
        in.text("arn", "arn:aws:iam::" + account + ":" + kind_name(kind) + "/" + entity.name);
    check_arn(in, entity.arn);
    entity.unique_id = in.text("id");
    entity.inline_policies = in.list<NamedPolicy>("policies", read_policy);
    entity.attached = in.texts("attached");
    if (kind != Entity::Kind::group) {
      entity.boundary = in.text("boundary");
      entity.tags = in.pairs("tags");
    }
    if (kind == Entity::Kind::user) entity.groups = in.texts("groups");
    if (kind == Entity::Kind::role) {
      entity.trust = in.document("trust");
      entity.instance_profile = in.flag("instance_profile");
    }
    return entity;
  };
}

PublicAccessBlock read_block(Fields& in) {
  return {in.flag("block_acls"), in.flag("ignore_acls"), in.flag("block_policy"),
          in.flag("restrict_buckets")};
}

AclGrant read_acl_grant(Fields& in) {
  return {in.required("grantee"), in.required("permission")};
}

Bucket read_bucket(Fields& in) {
  Bucket bucket;
  bucket.name = in.required("name");
  bucket.region = in.text("region");
  bucket.policy = in.document("policy");
  bucket.ownership = in.text("ownership", bucket.ownership);
  static const std::set<std::string> known{"BucketOwnerEnforced", "BucketOwnerPreferred",
                                           "ObjectWriter"};
  if (!known.contains(bucket.ownership))
    in.fail("has ownership \"" + bucket.ownership +
            "\"; it is BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter");
  bucket.acl = in.list<AclGrant>("acl", read_acl_grant);
  in.object("public_access_block",
            [&](Fields& block) { bucket.public_access_block = read_block(block); });
  bucket.encryption = in.text("encryption", bucket.encryption);
  bucket.key = in.text("key");
  return bucket;
}

KeyGrant read_key_grant(Fields& in) {
  return {in.text("id"), in.required("grantee"), in.texts("operations"), in.any("constraints")};
}

Key read_key(Fields& in) {
  Key key;
  key.arn = in.required("arn");
  check_arn(in, key.arn);
  key.manager = in.text("manager", key.manager);
  key.aliases = in.texts("aliases");
  key.policy = in.document("policy");
  key.grants = in.list<KeyGrant>("grants", read_key_grant);
  return key;
}

Resource read_resource(Fields& in) {
  Resource resource{in.required("arn"), in.document("policy"), in.pairs("tags")};
  check_arn(in, resource.arn);
  return resource;
}

Account read_account(Fields& in) {
  Account account;
  account.id = in.required("id");
  if (!is_account_id(account.id)) in.fail("has an \"id\" that is not twelve digits");
  account.name = in.text("name");
  account.canonical_id = in.text("canonical_id");
  struct Part {
    const char* member;
    Entity::Kind kind;
  };
  for (Part part : {Part{"users", Entity::Kind::user}, Part{"groups", Entity::Kind::group},
                    Part{"roles", Entity::Kind::role}})
    for (Entity& entity : in.list<Entity>(part.member, reader_of(part.kind, account.id)))
      account.entities.push_back(std::move(entity));
  account.policies = in.list<NamedPolicy>("policies", read_policy);
  in.object("public_access_block",
            [&](Fields& block) { account.public_access_block = read_block(block); });
  account.buckets = in.list<Bucket>("buckets", read_bucket);
  account.keys = in.list<Key>("keys", read_key);
  account.resources = in.list<Resource>("resources", read_resource);
  return account;
}

Unit read_unit(Fields& in) {
  return {in.required("id"), in.text("parent"),
          in.list<NamedPolicy>("service_control", read_policy),
          in.list<NamedPolicy>("resource_control", read_policy)};
}

Organization read_organization(Fields& in) {
  Organization organization;
  organization.id = in.required("id");
  organization.management_account = in.required("management_account");
  organization.units = in.list<Unit>("units", read_unit);
  std::set<std::string> seen;
  for (const Unit& unit : organization.units) {
    if (!unit.parent.empty() && !seen.contains(unit.parent))
      in.fail("has a unit \"" + unit.id + "\" before its parent \"" + unit.parent + "\"");
    if (!seen.insert(unit.id).second) in.fail("has the unit \"" + unit.id + "\" twice");
  }
  return organization;
}

}  // namespace

Result<Snapshot> snapshot_of(const Value& json) {
  Fields in(json, "", items_max);
  std::string format = in.text("format", format_known);
  if (format != format_known)
    in.fail("has the format \"" + format + "\"; this program reads " + format_known);
  Snapshot snapshot;
  snapshot.source = in.text("source");
  snapshot.taken = in.text("taken");
  snapshot.unread = in.texts("unread");
  in.object("organization",
            [&](Fields& organization) { snapshot.organization = read_organization(organization); });
  snapshot.accounts = in.list<Account>("accounts", read_account);
  if (snapshot.accounts.size() > accounts_max)
    in.fail("has more than " + std::to_string(accounts_max) + " accounts");
  std::set<std::string> seen;
  for (const Account& account : snapshot.accounts)
    if (!seen.insert(account.id).second) in.fail("has the account " + account.id + " twice");
  CHECK_OK(in.done());
  return snapshot;
}

Result<Snapshot> read_snapshot(std::string_view json) {
  auto parsed = parse_json(json, depth_max);
  if (!parsed) return Error("SnapshotInvalid", "not JSON: " + parsed.error().message);
  return snapshot_of(*parsed);
}

}  // namespace mainstay::access
