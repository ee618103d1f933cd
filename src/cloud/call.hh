// One request to one operation, as its handler sees it: who asks, where, and the service's state.
// A handler never sees HTTP, XML or IAM. It returns the operation's output in the model's shape, or
// an aws_error with AWS's code and words; whatever it changed is then undone.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http_body.hh"
#include "base/random.hh"
#include "base/time.hh"
#include "cloud/caller.hh"
#include "cloud/outbox.hh"
#include "cloud/service.hh"

namespace mainstay::store {
class Blobs;
}

namespace mainstay::cloud {

// For what an answer waits, until when, and what its handler wants to know when it is asked again.
struct Wait {
  std::string topic;
  Time until;
  Value state;
};

class EventSource;
class Upload;

class Call {
 public:
  Cloud& cloud;
  const Service& service;
  std::string_view operation;
  Caller caller;
  std::string account;  // whose state: the caller's account, or the target's where a service says
  std::string region;
  std::string request_id;
  std::string endpoint;  // "http://127.0.0.1:4566" as the client reached us, "" in process
  Time now;
  Random random;
  store::Unit& db;
  const store::Unit* beside = nullptr;  // another part of the state (Service::part_beside)
  // Long payloads. upload: the input's, where it was not kept in memory
  // (Operation::upload_bytes_max); its member of the input is empty then. body: the output's, if
  // the handler sets it; the output lacks the member then.
  Upload* upload = nullptr;
  std::shared_ptr<BodySource> body = {};
  // An output's stream of events, if the handler sets it (event_source.hh); the output lacks the
  // member then.
  std::shared_ptr<EventSource> events = {};
  // Work that goes with the change (on bulk data, say): run once the change is kept, or once it is
  // not, without the state's lock.
  std::vector<std::function<void()>> after_commit = {}, after_failure = {};
  std::optional<Wait> waiting = {};  // set by wait()
  // Cloud::invoke's token: a handler that changes what is not of this state, and so may be kept
  // where this change is not, finds by it what it did before. "" for none.
  std::string once = {};
  // Of a handler that is asked again: what it gave to wait(), and whether its time is over.
  Value wait_state = {};
  bool is_late = false;
  // For an operation that decides_parts (service.hh): whether a part of its request is allowed, put
  // as a request of its own. Errors: the refusal.
  std::function<Status(std::string_view operation, const Value& part)> may = {};

  const Value* find(std::string_view table, std::string_view id) const {
    return db.find(table, id);
  }
  const store::Documents& all(std::string_view table) const { return db.all(table); }
  std::vector<std::string> find_by(std::string_view table, std::string_view path,
                                   std::string_view text) const {
    return db.find_by(table, path, text);
  }
  void put(std::string_view table, std::string_view id, Value document) {
    db.put(table, id, std::move(document));
  }
  bool remove(std::string_view table, std::string_view id) { return db.remove(table, id); }

  // "vpc-0" and sixteen hex digits, as EC2 and others make ids.
  std::string new_id(std::string_view prefix);
  // "arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE", without the region for services wider than one.
  std::string arn(std::string_view resource) const;
  store::Blobs& blobs();
  Credentials credentials();

  // What is to be done later, as part of this change (timers.hh): a reaction of this service's, by
  // name. id: the timer of that id before is replaced; "": a fresh one. Returns the id.
  std::string at(Time when, std::string_view reaction, Value argument, std::string id = "");
  std::string after(int64_t ms, std::string_view reaction, Value argument, std::string id = "") {
    return at(now + ms, reaction, std::move(argument), std::move(id));
  }
  void cancel_timer(const std::string& id);
  // How long a step of a state machine takes here that takes AWS this long (clock.hh).
  int64_t duration(int64_t ms) const;
  // What another service is told once this change is kept (outbox.hh).
  void later(Delivery delivery);

  // Answers that wait: `return call.wait(topic, until)` keeps what was changed, lets go of the
  // state and of the thread, and runs the handler again, from its start with the same request, once
  // somebody has called notify(topic) or the time is over (is_late). A topic belongs to the state
  // that the handler sees: only who changes that may know that it has come.
  Value wait(std::string topic, Time until, Value state = {});
  // Once this change is kept.
  void notify(std::string_view topic);
  std::string topic(std::string_view name) const;  // of this service, account and region

  // Does `work` without this state's lock, for calls of services that this one must not call while
  // it is held. Only before anything is changed; what was read before may have changed after.
  void outside(const std::function<void()>& work);

  // Another service's operation, as this caller, in this account and region. Takes that service's
  // lock, so it must be one of Service::calls, of which there are no circles
  // (docs/decisions/0004), unless it is done outside().
  Result<Value> invoke(std::string_view service, std::string_view operation, Value in);
};

}  // namespace mainstay::cloud
