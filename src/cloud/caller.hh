// Who makes a request, and the credentials that the cloud has issued.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/random.hh"
#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::store {
class Store;
struct Index;
}  // namespace mainstay::store

namespace mainstay::cloud {

// The account of test keys that nobody made (shared convention of AWS emulators).
inline constexpr std::string_view default_account = "123456789012";

struct Caller {
  enum class Kind { root, user, session, service, anonymous };
  Kind kind = Kind::root;
  std::string account;     // "" if anonymous
  std::string arn;         // as GetCallerIdentity answers it
  std::string user_id;     // AIDA..., AROA...:session, or the account
  std::string access_key;  // "" in process
  std::string source_ip;
  Value details;  // the credential's document: session policy, tags, issuer; null for root
  // The services that ask on the caller's behalf, one through the other, the first one first
  // (aws:CalledVia). A service acting for itself is the only one.
  std::vector<std::string> via;

  std::string asking_service() const { return via.empty() ? "" : via.back(); }

  // Services alone may set tags whose keys start with "aws:".
  bool may_use_reserved_tags() const { return kind == Kind::service || !via.empty(); }

  // As a document, and back.
  Value to_value() const;
  static Caller from_value(const Value& document);

  static Caller root_of(std::string_view account);
  // A service acting for itself, as "cloudformation.amazonaws.com".
  static Caller service_principal(std::string_view account, std::string_view name);
  // A service acting for a resource of a customer's ("sns.amazonaws.com" for a topic that
  // delivers): not free, but decided by the policy of what it asks for, which sees aws:SourceArn
  // and aws:SourceAccount. account: whose state it asks for, the resource's unless that says
  // otherwise.
  static Caller service_for(std::string_view account, std::string_view name,
                            std::string_view source_arn);
  bool acts_for_resource() const { return kind == Kind::service && details.has("SourceArn"); }
};

// Access keys live here and only here, a document each by access key id:
//   AccessKeyId, SecretAccessKey, SessionToken?, Account, Arn, UserId, Kind ("user" | "session"),
//   UserName?, Status ("Active" | "Inactive"), CreateDate, Expiration?, and what the issuer adds
//   (of a federated user's session, Issuer and IssuerId: the user who asked for it).
// IAM and STS write them; the pipeline reads them. Threads: any. Takes the lock of the credentials'
// shard only for the time of a call.
class Credentials {
 public:
  // Those whose time is over; ids that were made here are known without them.
  void forget_expired(Time now);
  explicit Credentials(store::Store& store) : store_(store) {}

  std::optional<Value> find(std::string_view access_key_id) const;
  // The lasting ones of a user, by its unique id.
  std::vector<Value> keys_of_user(std::string_view account, std::string_view user_id) const;
  // Stores the document under a new id, "AKIA..." or "ASIA...", and returns it with that. Some of
  // the account's sessions that have expired are forgotten: more than are made, so that they never
  // pile up. Error "Throttling" where the account has hardly an id left.
  Result<Value> add(std::string_view prefix, Value credential, Time now, Random& random);
  Status put(const Value& credential);  // in place of the one of its id
  Status remove(std::string_view access_key_id);
  // A user's keys and sessions: who is made again by the same name is another.
  Status remove_of_user(std::string_view account, std::string_view user_id);
  // The same, which go on under the user's new name.
  Status rename_user(std::string_view account, std::string_view user_id, std::string_view name,
                     std::string_view arn);

  static std::vector<store::Index> indexes();

 private:
  store::Store& store_;
};

}  // namespace mainstay::cloud
