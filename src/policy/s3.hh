// What S3 adds to the decision: object ownership, access control lists, public access blocks.
//
// Sources: S3 user guide, "How Amazon S3 authorizes a request for an object operation", "Access
// control list (ACL) overview" (its mapping of ACL permissions to actions), "Controlling ownership
// of objects", "Blocking public access" (what counts as public). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/decide.hh"

namespace mainstay::policy {

enum class Ownership { bucket_owner_enforced, bucket_owner_preferred, object_writer };
Ownership ownership_from(std::string_view name);  // "BucketOwnerEnforced"; anything else: writer

struct AclGrant {
  std::string grantee;     // a canonical id, or the URI of a group
  std::string permission;  // "READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"
};
using Acl = std::vector<AclGrant>;

struct S3Bucket {
  std::string account;  // its owner
  Ownership ownership = Ownership::bucket_owner_enforced;
  Acl acl;
  bool ignore_public_acls = false;
  bool restrict_public_buckets = false;
};

// An object that is there. Without one the request is about the bucket (also PutObject).
struct S3Object {
  std::string account;  // its owner; under BucketOwnerEnforced the bucket's, whatever is said here
  Acl acl;
};

// Makes the request and its policies (the bucket's policy as `resource`) those of an S3 request:
// who owns the resource, whether the bucket policy's allows count, what the ACLs grant. Then
// decide().
void apply_s3_rules(Request& request, Policies& policies, const S3Bucket& bucket,
                    const S3Object* object);

// Whether the action is about an object that is there and so belongs to whoever owns the object.
bool is_object_action(std::string_view action);

// A bucket policy is public if a statement allows everyone without a condition that holds the
// request to fixed values of the keys that S3 lists.
bool is_public(const Document& document);
// An ACL with a grant to everyone or to all signed-in users.
bool is_public(const Acl& acl);

}  // namespace mainstay::policy
