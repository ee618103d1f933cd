// What has to be known of some accounts to say who may do what in them: principals with their
// policies, the organisation above them, and the resources that have policies of their own.
//
// A snapshot is read through AWS's API (fetch.hh) or from a file, which may be written by hand
// (docs/access.md has the format). It is data only: world.hh makes decisions of it.
// Limits: 64 MiB a file, accounts_max accounts, items_max of anything in one account.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::access {

inline constexpr size_t snapshot_bytes_max = 64 * 1024 * 1024;
inline constexpr size_t accounts_max = 10'000;
inline constexpr size_t items_max = 1'000'000;

// A policy by its name within what holds it, or by its ARN.
struct NamedPolicy {
  std::string name;
  Value document;  // as JSON
};

using Tags = std::vector<std::pair<std::string, std::string>>;

// A user, group or role.
struct Entity {
  enum class Kind { user, group, role } kind = Kind::user;
  std::string name;
  std::string arn;
  std::string unique_id;  // "AIDA...", "" if unknown
  std::vector<NamedPolicy> inline_policies;
  std::vector<std::string> attached;  // ARNs of managed policies
  std::string boundary;               // an ARN, "" without
  std::vector<std::string> groups;    // of a user
  Value trust;                        // of a role
  bool instance_profile = false;      // of a role: instances may have it
  Tags tags;
};
const char* kind_name(Entity::Kind kind);  // "user"

struct AclGrant {
  std::string grantee;     // a canonical id, or the URI of a group
  std::string permission;  // "READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"
};

// S3's four switches.
struct PublicAccessBlock {
  bool block_acls = false, ignore_acls = false, block_policy = false, restrict_buckets = false;
};

struct Bucket {
  std::string name;
  std::string region;
  Value policy;                                   // null without
  std::string ownership = "BucketOwnerEnforced";  // or "BucketOwnerPreferred", "ObjectWriter"
  std::vector<AclGrant> acl;
  PublicAccessBlock public_access_block;
  std::string encryption = "AES256";  // or "aws:kms", "aws:kms:dsse"
  std::string key;                    // as configured: an ARN, an id or an alias; "" for aws/s3
  std::string canonical_id;           // of its owner, "" if unknown
};

struct KeyGrant {
  std::string id;
  std::string grantee;                  // an ARN, or a service's name
  std::vector<std::string> operations;  // "Decrypt"
  Value constraints;                    // EncryptionContextSubset and EncryptionContextEquals
};

struct Key {
  std::string arn;
  std::string manager = "CUSTOMER";  // or "AWS"
  std::vector<std::string> aliases;  // "alias/aws/s3"
  Value policy;
  std::vector<KeyGrant> grants;
};

// Anything else that has an ARN, perhaps with a policy: queues, topics, secrets, tables.
struct Resource {
  std::string arn;
  Value policy;  // null without
  Tags tags;
};

struct Account {
  std::string id;
  std::string name;
  std::string canonical_id;  // S3's name for it, in ACLs; "" if unknown
  std::vector<Entity> entities;
  std::vector<NamedPolicy> policies;      // managed ones, by ARN
  PublicAccessBlock public_access_block;  // the account's own, over all its buckets
  std::vector<Bucket> buckets;
  std::vector<Key> keys;
  std::vector<Resource> resources;
};

// A root, an organisational unit or an account in its tree.
struct Unit {
  std::string id;      // "r-abcd", "ou-...", or the account's
  std::string parent;  // "" for the root
  std::vector<NamedPolicy> service_control;
  std::vector<NamedPolicy> resource_control;
};

struct Organization {
  std::string id;  // "o-abcdefghij"
  std::string management_account;
  std::vector<Unit> units;  // parents before children

  const Unit* find(std::string_view id) const;
  // From the root down to this one; empty if it is not in the organisation.
  std::vector<const Unit*> way_to(std::string_view id) const;
};

struct Snapshot {
  std::string source;  // where it was read, for people
  std::string taken;   // when, ISO 8601; "" if written by hand
  std::optional<Organization> organization;
  std::vector<Account> accounts;
  std::vector<std::string> unread;  // what could not be read, and why: answers may lack it

  const Account* find(std::string_view account) const;
};

// Errors: "SnapshotInvalid" with the path of the member and what would be right.
Result<Snapshot> read_snapshot(std::string_view json);
Result<Snapshot> snapshot_of(const Value& json);
Value to_value(const Snapshot& snapshot);

}  // namespace mainstay::access
