#include "access/snapshot.hh"

#include <algorithm>

namespace mainstay::access {
namespace {

// Members that say nothing are left out, so that a file stays readable.
void put(Value& out, const char* name, Value value) {
  bool silent = value.is_null() || (value.is_string() && value.as_string().empty()) ||
                (value.is_bool() && !value.as_bool()) || (!value.is_scalar() && value.empty());
  if (!silent) out.set(name, std::move(value));
}

template <class T, class Write>
Value list_of(const std::vector<T>& items, Write write) {
  Value out = Value::list();
  for (const T& item : items) out.push_back(write(item));
  return out;
}

Value tags_value(const Tags& tags) {
  Value out = Value::map();
  for (const auto& [key, value] : tags) out.set(key, value);
  return out;
}

Value policy_value(const NamedPolicy& policy) {
  return Value::map({{"name", policy.name}, {"document", policy.document}});
}

Value entity_value(const Entity& entity) {
  Value out = Value::map({{"name", entity.name}, {"arn", entity.arn}});
  put(out, "id", entity.unique_id);
  put(out, "trust", entity.trust);
  put(out, "policies", list_of(entity.inline_policies, policy_value));
  put(out, "attached", Value::texts(entity.attached));
  put(out, "boundary", entity.boundary);
  put(out, "groups", Value::texts(entity.groups));
  put(out, "instance_profile", entity.instance_profile);
  put(out, "tags", tags_value(entity.tags));
  return out;
}

Value block_value(const PublicAccessBlock& block) {
  Value out = Value::map();
  put(out, "block_acls", block.block_acls);
  put(out, "ignore_acls", block.ignore_acls);
  put(out, "block_policy", block.block_policy);
  put(out, "restrict_buckets", block.restrict_buckets);
  return out;
}

Value acl_grant_value(const AclGrant& grant) {
  return Value::map({{"grantee", grant.grantee}, {"permission", grant.permission}});
}

Value bucket_value(const Bucket& bucket) {
  Value out = Value::map({{"name", bucket.name}});
  put(out, "region", bucket.region);
  put(out, "policy", bucket.policy);
  put(out, "ownership", bucket.ownership);
  put(out, "acl", list_of(bucket.acl, acl_grant_value));
  put(out, "public_access_block", block_value(bucket.public_access_block));
  put(out, "encryption", bucket.encryption);
  put(out, "key", bucket.key);
  return out;
}

Value key_grant_value(const KeyGrant& grant) {
  Value out = Value::map({{"id", grant.id}, {"grantee", grant.grantee}});
  put(out, "operations", Value::texts(grant.operations));
  put(out, "constraints", grant.constraints);
  return out;
}

Value key_value(const Key& key) {
  Value out = Value::map({{"arn", key.arn}, {"manager", key.manager}});
  put(out, "aliases", Value::texts(key.aliases));
  put(out, "policy", key.policy);
  put(out, "grants", list_of(key.grants, key_grant_value));
  return out;
}

Value resource_value(const Resource& resource) {
  Value out = Value::map({{"arn", resource.arn}});
  put(out, "policy", resource.policy);
  put(out, "tags", tags_value(resource.tags));
  return out;
}

Value account_value(const Account& account) {
  Value out = Value::map({{"id", account.id}});
  put(out, "name", account.name);
  put(out, "canonical_id", account.canonical_id);
  Value users = Value::list(), groups = Value::list(), roles = Value::list();
  for (const Entity& entity : account.entities) {
    Value& list = entity.kind == Entity::Kind::user    ? users
                  : entity.kind == Entity::Kind::group ? groups
                                                       : roles;
    list.push_back(entity_value(entity));
  }
  put(out, "users", std::move(users));
  put(out, "groups", std::move(groups));
  put(out, "roles", std::move(roles));
  put(out, "policies", list_of(account.policies, policy_value));
  put(out, "public_access_block", block_value(account.public_access_block));
  put(out, "buckets", list_of(account.buckets, bucket_value));
  put(out, "keys", list_of(account.keys, key_value));
  put(out, "resources", list_of(account.resources, resource_value));
  return out;
}

Value unit_value(const Unit& unit) {
  Value out = Value::map({{"id", unit.id}});
  put(out, "parent", unit.parent);
  put(out, "service_control", list_of(unit.service_control, policy_value));
  put(out, "resource_control", list_of(unit.resource_control, policy_value));
  return out;
}

}  // namespace

const char* kind_name(Entity::Kind kind) {
  constexpr const char* names[] = {"user", "group", "role"};
  return names[static_cast<size_t>(kind)];
}

const Unit* Organization::find(std::string_view unit) const {
  auto found = std::ranges::find(units, unit, &Unit::id);
  return found == units.end() ? nullptr : &*found;
}

std::vector<const Unit*> Organization::way_to(std::string_view unit) const {
  std::vector<const Unit*> way;
  for (const Unit* at = find(unit); at && way.size() <= units.size(); at = find(at->parent))
    way.push_back(at);
  std::ranges::reverse(way);
  return way;
}

const Account* Snapshot::find(std::string_view account) const {
  auto found = std::ranges::find(accounts, account, &Account::id);
  return found == accounts.end() ? nullptr : &*found;
}

Value to_value(const Snapshot& snapshot) {
  Value out = Value::map({{"format", "mainstay-access-1"}});
  put(out, "source", snapshot.source);
  put(out, "taken", snapshot.taken);
  put(out, "unread", Value::texts(snapshot.unread));
  if (snapshot.organization) {
    const Organization& organization = *snapshot.organization;
    out.set("organization", Value::map({{"id", organization.id},
                                        {"management_account", organization.management_account},
                                        {"units", list_of(organization.units, unit_value)}}));
  }
  out.set("accounts", list_of(snapshot.accounts, account_value));
  return out;
}

}  // namespace mainstay::access
