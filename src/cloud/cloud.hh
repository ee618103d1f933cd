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
#include "base/http_body.hh"
#include "base/http_message.hh"
#include "base/http_reply.hh"
#include "base/time.hh"
#include "cloud/agenda.hh"
#include "cloud/audience.hh"
#include "cloud/caller.hh"
#include "cloud/clock.hh"
#include "cloud/models.hh"
#include "cloud/outbox.hh"
#include "cloud/service.hh"
#include "cloud/timers.hh"
#include "cloud/trail.hh"
#include "cloud/waiters.hh"

namespace mainstay::wire {
enum class Protocol : uint8_t;
}

namespace mainstay::cloud {

class Authorization;
class Authorizer;
struct CallerSide;
struct SignedForm;

struct CloudOptions {
  std::string state_directory;  // empty: memory only
  std::string owner = "mainstay";
  bool sync = false;
  store::Disk* disk = nullptr;   // store::Options
  bool strict = false;           // refuse access keys that were not made here
  std::string root_secret = {};  // of a strict cloud: what accounts' roots sign with; "": none may
  // For tests: refuse what a handler answers beyond its model, but for these services.
  std::optional<std::set<std::string>> check_outputs_but = {};
  uint64_t seed = 0;             // 0: from the operating system
  size_t compact_bytes_min = 0;  // store::Options; 0: its default
  // Told what goes wrong outside requests: that compacting fails (store::Options), that a reaction
  // does. May be called by any thread.
  std::function<void(const Error&)> warn;
  std::function<Time()> now;  // the wall's time
  TimePlan time;
  std::optional<uint64_t> simulation;  // Agenda: the seed of the order of all that runs later
  // Only to be looked at: the state as it is now, though another process has it; nothing that was
  // under way goes on here, and no change is kept.
  bool is_snapshot = false;
  // A fork, or with is_snapshot a copy to go on with, where what was under way goes on: what its
  // services would start outside of it (processes, containers) must be simulated.
  bool is_fork = false;
  // Answers what is under /_mainstay/ and not the cloud's own (false: nothing is).
  std::function<bool(const HttpRequest&, const HttpReply&)> own_api;
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

  // Answers before it returns, unless the answer has to wait.
  void handle(HttpRequest request, const HttpReply& reply);
  // Blocks until the answer is there, whole.
  HttpResponse handle(HttpRequest request);
  // What becomes of a request's long body, once its header is there. length: where it is known.
  BodyPlan plan_body(const HttpRequest& head, std::optional<uint64_t> length);

  // As `caller` in `account` and `region`. The input is validated as a client's would be.
  // once: a token, for callers that may be killed before they have kept the answer. What an
  // operation answers that changes something is kept in the same unit as the change, and whoever
  // comes with the token again gets it without the operation being run; until forget_answers().
  Result<Value> invoke(const Caller& caller, std::string_view account, std::string_view region,
                       std::string_view service, std::string_view operation, Value in,
                       std::string_view once = "");
  // The same without blocking: done is called once, by this thread before it returns unless the
  // answer waits.
  void invoke_later(const Caller& caller, std::string_view account, std::string_view region,
                    std::string_view service, std::string_view operation, Value in,
                    std::string_view once, std::function<void(Result<Value>)> done);
  // As whoever signed a form that a browser sends (signed_form.hh), with what its HTTP request
  // tells of where it comes from. Errors: those of a signature as S3 words them.
  Result<Value> invoke_form(const SignedForm& form, const HttpRequest& http,
                            std::string_view service, std::string_view operation, Value in);
  // Whether that call was made once for its token, and its answer is still kept.
  bool was_answered(std::string_view account, std::string_view region, const Once& call);
  void forget_answers(std::string_view account, std::string_view region,
                      const std::vector<Once>& calls);
  // Answers whose tokens begin with none of these: their callers will not come again.
  void forget_answers_but(const std::set<std::string>& prefixes);
  // Runs `work` as one unit on a service's state, as the service itself: committed if it returns
  // ok.
  Status update(std::string_view service, std::string_view account, std::string_view region,
                const std::function<Status(Call&)>& work);
  Status update_at(const store::ShardKey& shard, std::string_view account, std::string_view region,
                   const std::function<Status(Call&)>& work);
  void outside(store::Unit& unit, const std::function<void()>& work);  // see Call::outside

  // What the decisions about requests ask (authorizer.hh): IAM's and Organizations' answers.
  Status describe_caller(const Caller& caller, std::string_view region,
                         Authorization& authorization);
  void describe_standing(std::string_view account, Standing& standing);
  // Looks at that account's IAM by its hooks, under its lock; not at all where there is no IAM.
  void ask_iam(std::string_view account, const std::function<void(Call& iam)>& ask);

  // As S3's Service::cors_rules answers: what the web guard asks.
  std::optional<Value> cors_rules(std::string_view bucket);

  // Forgets everything: what POST /moto-api/reset does.
  Status reset();
  // A cloud that goes on from what is here now, in memory, sharing what neither changes; nothing
  // that is done to it is seen here. services: the same, made anew. It knows no events of before
  // (trail.hh). Errors: "ForkUnsupported" of a fork.
  Result<std::unique_ptr<Cloud>> fork(std::vector<Service> services);
  // An exported state in the place of this one. Errors: those of Store::import_from.
  Result<store::ArchiveCounts> import_from(std::string_view archive, bool replace);

  Time now() const { return clock_.now(); }
  CloudClock& clock() { return clock_; }
  Agenda& agenda() { return agenda_; }
  Waiters& waiters() { return waiters_; }
  Timers& timers() { return timers_; }
  Outbox& outbox() { return outbox_; }
  // Work outside requests should come to an end: what it leaves is taken up at the next start.
  bool is_ending() const { return is_ending_; }
  const Reaction* reaction(std::string_view service, std::string_view name) const;
  void warn(const Error& error) const {
    if (options_.warn) options_.warn(error);
  }
  Random random();  // a fresh generator, different at every call
  store::Store& store() { return *store_; }
  const Models& models() const { return models_; }
  Credentials credentials() { return Credentials(*store_); }
  Trail& trail() { return trail_; }
  Audience& audience() { return audience_; }
  std::vector<std::string> service_names() const;
  bool has_service(std::string_view service) const { return entry(service) != nullptr; }
  const CloudOptions& options() const { return options_; }
  // Where it can be reached by what it starts itself (functions): "http://127.0.0.1:4566", "" as
  // long as it listens nowhere.
  void listens_at(std::string endpoint);
  // How it comes to listen once that is asked for: `open` says listens_at() and returns true, or
  // false if it can't. Called once at a time, and must not call this cloud's services.
  void listens_when_asked(std::function<bool()> open);
  std::string endpoint();

 private:
  struct Request;  // one request on its way through the pipeline
  struct Work;     // run.hh
  struct Job;
  class Keeper;
  struct Entry {
    Service service;
    std::unordered_map<std::string_view, const Operation*> operations;
    std::mutex preparing;
    std::set<std::pair<std::string, std::string>> prepared;  // accounts and regions
  };
  Cloud(CloudOptions options, std::vector<Service> services);

  std::optional<HttpResponse> serve(HttpRequest& http, Request& request, const HttpReply& reply);
  static HttpResponse encode(const Request& request, const Result<Value>& out);
  static HttpResponse encode_whole(const Request& request, const Work& work,
                                   const Result<Value>& out);
  // own_api.cc: what is the program's own, not AWS's; false for all other requests.
  bool answer_own(const HttpRequest& http, const HttpReply& reply);
  void answer_clock(const HttpRequest& http, const HttpReply& reply);
  void keep_clock();
  Result<Value> with_whole_body(const Work& work, Result<Value> out);
  Status route(const HttpRequest& http, Request& request);
  Status identify(HttpRequest& http, Request& request);
  Status identify_root(const std::string& key, HttpRequest& http, Request& request);
  // Who asks, in whose words a refusal is, and the session's token that came with the key.
  struct Presented {
    std::string_view service;
    wire::Protocol protocol;
    std::string token;
  };
  Status check_unknown_key(const std::string& key, const Presented& presented) const;
  Status check_credential(const Value& credential, const Presented& presented) const;
  Result<Caller> caller_of_form(const SignedForm& form);
  static Caller caller_of(const Value& credential);
  static Error not_implemented(std::string_view service, std::string_view operation);
  std::optional<Result<Value>> run(Request& request, const HttpReply& reply);
  void record(const Request& request, const Work& work, const Result<Value>& out);
  void record_inner(const Work& work, const Result<Value>& out);
  void keep_event(TrailEvent event, const Work& work, const Result<Value>& out);
  Result<Work> make_work(const Caller& caller, std::string_view made_in, std::string_view region,
                         std::string_view service, std::string_view operation, Value in,
                         std::string_view once);
  // Decides, then runs the handler; nothing where the answer waits.
  std::optional<Result<Value>> attempt(Work& work, Keeper& keeper);
  void resume(const std::shared_ptr<Job>& job, Waiters::Why why);
  Result<Value> perform(const Work& work, Call& call, const CallerSide& side);
  Result<Value> call_handler(const Work& work, Call& call);
  Status check_output(const Work& work, const Value& out) const;
  Status update_in(const Entry& entry, store::Shard& to, std::string_view account,
                   std::string_view region, const std::function<Status(Call&)>& work);
  Status check_calls() const;
  void begin_background();
  void end_background();
  HttpResponse health() const;
  Entry* entry(std::string_view service) const;
  Status prepare(Entry& entry, std::string_view account, std::string_view region);
  store::Shard& shard(const Service& service, std::string_view account, std::string_view region,
                      const Value& in = {});
  store::Shard* shard_beside(const Service& service, const store::Shard& state, const Value& in);
  Call make_call(const Service& service, std::string_view operation, const Caller& caller,
                 std::string_view account, std::string_view region, store::Unit& unit,
                 std::string_view given_id = {});  // "" makes the request an id

  CloudOptions options_;
  CloudClock clock_;
  std::atomic<bool> is_ending_ = false;
  Agenda agenda_;
  Waiters waiters_{agenda_};
  Timers timers_{*this};
  Outbox outbox_{*this};
  Models models_;
  std::unique_ptr<Authorizer> authorizer_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::unique_ptr<store::Store> store_;
  Trail trail_;
  std::mutex opening_mutex_;  // taken before the next one
  std::function<bool()> open_endpoint_;
  std::mutex endpoint_mutex_;
  std::string endpoint_;
  Audience audience_;
  std::atomic<uint64_t> counter_{0};
  std::shared_mutex resetting_;  // shared by every request, exclusive for a reset
};

}  // namespace mainstay::cloud
