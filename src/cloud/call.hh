// One request to one operation, as its handler sees it: who asks, where, and the service's state.
// A handler never sees HTTP, XML or IAM. It returns the operation's output in the model's shape, or
// an aws_error with AWS's code and words; whatever it changed is then undone.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hh"
#include "base/time.hh"
#include "cloud/caller.hh"
#include "cloud/service.hh"

namespace mainstay::store {
class Blobs;
}

namespace mainstay::cloud {

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
  // Work on bulk data that goes with the change: run once the change is kept, or once it is not.
  std::vector<std::function<void()>> after_commit, after_failure;
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

  // Another service's operation, as this caller, in this account and region. Takes that service's
  // lock, so services must not call each other in circles (docs/decisions/0004).
  Result<Value> invoke(std::string_view service, std::string_view operation, Value in);
};

}  // namespace mainstay::cloud
