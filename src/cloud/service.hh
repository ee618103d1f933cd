// What a service tells the cloud of itself: its name, how wide its state is, and its operations.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/value.hh"
#include "store/store.hh"

namespace mainstay::cloud {

class Authorization;
class Call;
class Cloud;
struct Caller;
struct Standing;
struct TrailEvent;

using Handler = Result<Value> (*)(Call&, const Value& in);

struct Operation {
  std::string_view name;
  Handler handler;
  store::Mode mode;
  bool (*writes_if)(const Value& in) = nullptr;
  // Its handler asks Call::may for each part of the request and answers for each; nothing is
  // decided before it is called.
  bool decides_parts = false;
  // The longest payload that its handler takes as Call::upload, in bytes; 0: none.
  uint64_t upload_bytes_max = 0;

  store::Mode mode_for(const Value& in) const {
    return writes_if && writes_if(in) ? store::Mode::write : mode;
  }
};

// Rows of a service's table: a handler that only looks, or one that changes the service's state.
// A reading handler must not put or remove.
constexpr Operation reads(std::string_view name, Handler h) {
  return {name, h, store::Mode::read};
}
constexpr Operation writes(std::string_view name, Handler h) {
  return {name, h, store::Mode::write};
}
constexpr Operation writes_upload(std::string_view name, Handler h, uint64_t bytes_max) {
  return {name, h, store::Mode::write, nullptr, false, bytes_max};
}
constexpr Operation writes_parts(std::string_view name, Handler h) {
  return {name, h, store::Mode::write, nullptr, true};
}
// A handler that looks, but for inputs that may make something on first use.
constexpr Operation reads_unless(std::string_view name, Handler h,
                                 bool (*writes_if)(const Value& in)) {
  return {name, h, store::Mode::read, writes_if};
}

// How wide one shard of the service's state is.
enum class Scope { region, account, global };

// What a service does later, by name: what a timer (timers.hh) or a delivery's end (outbox.hh) asks
// for. One of the two: react() works in one unit on the service's state, in which an error undoes
// everything; work() is under no lock, and may be run again if the process is killed before its
// end.
struct Place {
  store::ShardKey shard;
  std::string account, region;  // of the call that asked for it
};
struct Reaction {
  std::string_view name;
  Status (*react)(Call&, const Value& argument) = nullptr;
  Status (*work)(Cloud&, const Place&, const Value& argument) = nullptr;
};

// Work of a service outside requests (CloudFormation's engine). start() after the state is open;
// stop() before it closes or is reset: it returns when no work is left running.
class Background {
 public:
  virtual ~Background() = default;
  virtual void start(Cloud& cloud) = 0;
  virtual void stop() = 0;
};

struct Service {
  std::string name;  // botocore's: "ec2", "route53"
  Scope scope = Scope::region;
  // A global state may be in parts, so that what goes on in one does not wait for another: the part
  // that a request works in, and one that it reads beside that (Call::beside; "" for none). A part
  // is there for ever, so there must be few names. May be null.
  std::string (*part_of)(const Value& in) = nullptr;
  std::string (*part_beside)(const Value& in) = nullptr;
  std::vector<Operation> operations;
  std::vector<store::Index> indexes;
  std::vector<Reaction> reactions = {};
  // The services that its handlers and guards call while they hold its state (Call::invoke).
  std::vector<std::string_view> calls = {};
  bool dry_run = false;  // EC2's DryRun member: all checks, no change
  // First use of a shard: what AWS has there before anyone asks (default VPC, zones). May be null.
  Status (*prepare)(Call&) = nullptr;
  // The account that a request means by an ARN, "" for the one it was made in. May be null.
  std::string (*account_of)(const Value& in) = nullptr;
  std::shared_ptr<Background> background;
  // Requests to URLs that the service hands out (a WaitConditionHandle): no operation, no
  // signature. Nothing for a request that is none of its own. May be null.
  std::optional<HttpResponse> (*answer_url)(Cloud&, const HttpRequest&) = nullptr;

  // For the decision whether a request is allowed (authorizer.hh); each may be null.
  // Which account owns the resource that the request names, "" for the one whose state is open.
  std::string (*owner_of)(Call&, const Value& in) = nullptr;
  // What guards the resource: its policies, tags, owner, what else grants. Called for each action
  // and resource of a request, in the unit that its handler will work in.
  Status (*guard)(Call&, const Value& in, Authorization&) = nullptr;
  // IAM alone: the policies of a user or a session.
  Status (*describe_caller)(Call&, const Caller&, Authorization&) = nullptr;
  // IAM alone: the unique id of a user, a role or a role's session by its ARN, in the account whose
  // state is open; "" where there is none, nothing where none was ever made there. And the other
  // way round: the ARN that an id has now, "" where it is nobody's.
  std::optional<std::string> (*principal_id)(Call&, std::string_view arn) = nullptr;
  std::string (*principal_arn)(Call&, std::string_view id) = nullptr;
  // Organizations alone: where an account stands.
  void (*describe_standing)(const store::Unit&, std::string_view account, Standing&) = nullptr;

  // CloudTrail alone: an event of the trail that somebody listens for (audience.hh). Called under
  // no lock.
  void (*on_event)(Cloud&, const std::shared_ptr<const TrailEvent>& event) = nullptr;

  // S3 alone: the CORS rules of a bucket (GetBucketCors's CORSRules; an empty list where it has
  // none), nothing where there is no such bucket.
  std::optional<Value> (*cors_rules)(const store::Unit&, std::string_view bucket) = nullptr;

  // Operations that CloudTrail's history leaves out ("Logging data events", CloudTrail user guide,
  // and the service's own page on CloudTrail).
  std::vector<std::string_view> data_events = {};
  // Resource control policies apply ("List of AWS services that support RCPs", Organizations).
  bool has_resource_control = false;
  // The code and status of a refusal, where they are not those of the service's protocol.
  std::string_view refusal_code = {};
  int refusal_status = 0;

  bool is_data_event(std::string_view operation) const {
    return std::find(data_events.begin(), data_events.end(), operation) != data_events.end();
  }
  std::string owner_for(Call& call, const Value& in) const;
  std::string account_for(std::string_view made_in, const Value& in) const {
    std::string named = account_of ? account_of(in) : "";
    return named.empty() ? std::string(made_in) : named;
  }
};

}  // namespace mainstay::cloud
