// An AWS in a box: the request pipeline over services and their state.
//
//   HTTP ─► detect service and operation ─► who asks? ─► decode ─► validate ─► handler ─► journal
//   ─► encode
//
// handle() answers any request, with AWS's error form where something is wrong, and never throws.
// invoke() is the same pipeline without HTTP, for services that use each other. Threads: any number
// call in at once; requests that change one shard (service, account, region) run one after another.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/time.hh"
#include "cloud/caller.hh"
#include "cloud/models.hh"
#include "cloud/service.hh"
#include "cloud/trail.hh"

namespace mainstay::cloud {

class Access;
class Authorizer;
struct CallerSide;

struct CloudOptions {
  std::string state_directory;  // empty: memory only
  std::string owner = "mainstay";
  bool sync = false;
  bool strict = false;                     // refuse access keys that were not made here
  uint64_t seed = 0;                       // 0: from the operating system
  size_t compact_bytes_min = 0;            // store::Options; 0: its default
  std::function<void(const Error&)> warn;  // store::Options
  std::function<Time()> now;
};

// A call that was made once for its token.
struct Once {
  std::string token, service;
  Value in;
};

class Cloud {
 public:
  static Result<std::unique_ptr<Cloud>> open(CloudOptions options, std::vector<Service> services);
  ~Cloud();

  HttpResponse handle(HttpRequest request);

  // As `caller` in `account` and `region`. The input is validated as a client's would be.
  // once: a token, for callers that may be killed before they have kept the answer. What an
  // operation answers that changes something is kept in the same unit as the change, and whoever
  // comes with the token again gets it without the operation being run; until forget_answers().
  Result<Value> invoke(const Caller& caller, std::string_view account, std::string_view region,
                       std::string_view service, std::string_view operation, Value in,
                       std::string_view once = "");
  void forget_answers(std::string_view account, std::string_view region,
                      const std::vector<Once>& calls);
  // Answers whose tokens begin with none of these: their callers will not come again.
  void forget_answers_but(const std::set<std::string>& prefixes);
  // Runs `work` as one unit on a service's state (for its Background): committed if it returns ok.
  Status update(std::string_view service, std::string_view account, std::string_view region,
                const std::function<Status(Call&)>& work);

  // What the decisions about requests ask (authorizer.hh): IAM's and Organizations' answers.
  Status describe_caller(const Caller& caller, std::string_view region, Access& access);
  void describe_standing(std::string_view account, Standing& standing);
  // As IAM's Service::has_principal answers for that account.
  std::optional<bool> has_principal(std::string_view account, std::string_view arn);

  // Forgets everything: what POST /moto-api/reset does.
  Status reset();

  Time now() const { return options_.now(); }
  Random random();  // a fresh generator, different at every call
  store::Store& store() { return *store_; }
  const Models& models() const { return models_; }
  Credentials credentials() { return Credentials(*store_); }
  Trail& trail() { return trail_; }
  std::vector<std::string> service_names() const;
  bool has_service(std::string_view service) const { return entry(service) != nullptr; }
  const CloudOptions& options() const { return options_; }

 private:
  struct Request;  // one request on its way through the pipeline
  struct Entry {
    Service service;
    std::unordered_map<std::string_view, const Operation*> operations;
    std::mutex preparing;
    std::set<std::pair<std::string, std::string>> prepared;  // accounts and regions
  };
  Cloud(CloudOptions options, std::vector<Service> services);

  HttpResponse serve(HttpRequest& http, Request& request);
  Status route(const HttpRequest& http, Request& request);
  Status identify(HttpRequest& http, Request& request);
  Status check_unknown_key(const std::string& key, const HttpRequest& http,
                           const Request& request) const;
  Status check_credential(const Value& credential, const HttpRequest& http,
                          const Request& request) const;
  static Caller caller_of(const Value& credential);
  static Error not_implemented(std::string_view service, std::string_view operation);
  Result<Value> run(Request& request, const Value& in);
  void record(Request& request, const Value& in, const Result<Value>& out);
  // Decides, then runs the handler; once: see invoke.
  Result<Value> perform(const Entry& entry, const Operation& operation, Call& call, const Value& in,
                        const CallerSide& side, std::string_view once = "");
  Result<Value> call_handler(const Entry& entry, const Operation& operation, Call& call,
                             const Value& in, std::string_view once = "");
  HttpResponse health() const;
  Entry* entry(std::string_view service) const;
  Status prepare(Entry& entry, std::string_view account, std::string_view region);
  store::Shard& shard(const Service& service, std::string_view account, std::string_view region);
  Call make_call(const Service& service, std::string_view operation, const Caller& caller,
                 std::string_view account, std::string_view region, store::Unit& unit);

  CloudOptions options_;
  Models models_;
  std::unique_ptr<Authorizer> authorizer_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::unique_ptr<store::Store> store_;
  Trail trail_;
  std::atomic<uint64_t> counter_{0};
  std::shared_mutex resetting_;  // shared by every request, exclusive for a reset
};

}  // namespace mainstay::cloud
