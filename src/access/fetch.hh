// Reads a snapshot through AWS's API, with calls that only read: the organisation, and of each
// account IAM's principals and policies, buckets, KMS keys, and what else has policies of its own.
//
// What may not be read or is not there to be asked (a service that an endpoint lacks) is noted in
// Snapshot::unread and left out; an account whose principals cannot be read is an error. Blocks.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "access/snapshot.hh"
#include "aws/client.hh"

namespace mainstay::access {

struct FetchOptions {
  // A client whose caller is in this account; "" for the one that is at hand.
  std::function<Result<std::shared_ptr<aws::Client>>(const std::string& account)> client;
  std::vector<std::string> accounts;  // these; or, where empty:
  bool whole_organization = false;    // every account of the organisation, else the one at hand
  std::string source;                 // for people
  // Whether an AWS-managed policy's document is at hand; others are asked for. Empty: all are.
  std::function<bool(const std::string& arn)> knows_policy;
  Time now;
};

Result<Snapshot> fetch(const FetchOptions& options);

// The parts, each for one account.
class Notes {
 public:
  explicit Notes(Snapshot& snapshot) : snapshot_(snapshot) {}
  // Keeps what could not be read; more than notes_max are only counted.
  void unread(const std::string& what, const Error& error);

 private:
  static constexpr size_t notes_max = 100;
  Snapshot& snapshot_;
};

Status fetch_principals(aws::Client& client, Account& account);
// AWS-managed policies that are attached, and whose documents are not at hand.
void fetch_managed_policies(aws::Client& client,
                            const std::function<bool(const std::string& arn)>& known,
                            Account& account, Notes& notes);
void fetch_buckets(aws::Client& client, Account& account, Notes& notes);
void fetch_keys(aws::Client& client, const std::set<std::string>& regions, Account& account,
                Notes& notes);
void fetch_resources(aws::Client& client, const std::set<std::string>& regions, Account& account,
                     Notes& notes);
// Nothing where the account is in no organisation. Names the accounts by id.
struct FoundOrganization {
  Organization organization;
  std::vector<std::pair<std::string, std::string>> accounts;  // id and name
};
Result<std::optional<FoundOrganization>> fetch_organization(
    aws::Client& own,
    const std::function<Result<std::shared_ptr<aws::Client>>(const std::string& account)>& client);

}  // namespace mainstay::access
