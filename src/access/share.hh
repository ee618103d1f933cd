// A bucket shared over accounts: templates that make it work, and the proof that they do.
//
// The owner's account has the bucket (BucketOwnerEnforced, nothing public), its policy and, if
// asked for, its KMS key; writers' and readers' accounts get a role each. The bucket's policy names
// accounts and holds each to its role by aws:PrincipalArn: so the templates may be deployed in any
// order but for the key's ARN. Sources: S3 user guide, "Bucket owner granting cross-account bucket
// permissions"; KMS developer guide, "Allowing users in other accounts to use a KMS key".
#pragma once

#include <string>
#include <vector>

#include "access/answer.hh"

namespace mainstay::access {

struct ShareRequest {
  std::string bucket;
  std::string owner;  // accounts
  std::vector<std::string> writers, readers;
  bool kms = false;
  std::string region = "us-east-1";
  bool plain_http = false;  // do not refuse it, as for an emulator without TLS
};

struct SharePart {
  std::string file;  // "owner-111111111111.json"
  std::string account;
  Value body;  // the template
};

// One pair decided by what the templates say.
struct ShareProof {
  std::string who, action, resource, circumstance;
  bool expected = false;
  bool found = false;
  std::string reason;
};

struct Share {
  std::vector<SharePart> parts;
  std::vector<ShareProof> proofs;
  bool proved() const;
};

// Errors: "UsageInvalid" for names and accounts that cannot be.
Result<Share> share(const ShareRequest& request);
// Decides every pair by the templates and keeps what it found.
Status prove(const ShareRequest& request, Share& share);

}  // namespace mainstay::access
