// Why a bucket that several accounts share does not work for a writer and a reader, and the
// smallest changes that mend it: each is made to a copy of the snapshot and decided again.
//
// The situations are those of "three accounts": bucket in A, writer in B, reader in C. Sources: S3
// user guide, "Controlling ownership of objects", "Bucket owner granting permissions to objects it
// does not own", "Using server-side encryption with AWS KMS keys".
#pragma once

#include <string>
#include <vector>

#include "access/answer.hh"

namespace mainstay::access {

enum class Situation {
  works,
  foreign_object,      // the writer owns the object: no policy of the bucket's counts
  foreign_delegation,  // the bucket's owner may read it, but cannot pass that on
  acl_refused,         // ACLs are off, and the upload sends one
  aws_managed_key,     // aws/s3, which no other account can use
  key_refuses,         // the key's policy, or the caller's on the key
  alias_of_requester,  // an alias in the bucket's default encryption
  bucket_policy,       // nothing of the bucket's lets the other account in
  identity_policy,     // the caller's own account does not let it
  forbidden            // an explicit deny, or a control policy or boundary that does not allow
};
const char* situation_name(Situation situation);  // "foreign-object"
const char* situation_text(Situation situation);  // a sentence

struct ExplainRequest {
  std::string bucket;
  std::string writer, reader;  // as World::actor reads them; either may be ""
  std::string acl;             // canned, that the writer sends; "" for none
};

struct Mend {
  Situation situation;
  std::string step;     // "reader: s3:GetObject"
  std::string reason;   // what refuses it
  std::string change;   // what to do, in words
  Value statement;      // the statement to add, null where the change is another
  bool proved = false;  // decided again after it, this refusal is gone
};

struct Explanation {
  std::string writer, reader;                 // ARNs
  std::string object_owner;                   // the account that owns what the writer puts, now
  bool put = false, get = false;              // now
  bool put_after = false, get_after = false;  // with all of the mends
  std::vector<Mend> mends;                    // in order
};

// Errors: those of World; "ResourceUnknown" for the bucket.
Result<Explanation> explain(const Snapshot& snapshot, const ExplainRequest& request,
                            const ManagedPolicies& aws);

}  // namespace mainstay::access
