// One operation on its way, and what is kept of it while its answer waits. Inside of the pipeline:
// included by its files alone.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cloud/authorizer.hh"
#include "cloud/cloud.hh"
#include "cloud/event_source.hh"
#include "cloud/upload.hh"

namespace mainstay::cloud {

struct Cloud::Work {
  const Entry* entry = nullptr;
  const Operation* operation = nullptr;
  Caller caller;
  std::string account, region, request_id, endpoint;
  std::string once;  // a token, see Cloud::invoke
  Origin origin;
  Value in;
  std::shared_ptr<Upload> upload;    // see Call
  std::shared_ptr<BodySource> body;  // set by attempt(), as is the next
  std::shared_ptr<EventSource> events;
  // Of a handler that is asked again.
  bool was_allowed = false, is_late = false;
  Value wait_state;
};

// Work whose answer waits, and whom it goes to.
struct Cloud::Job {
  Work work;
  std::function<void(const Work&, Result<Value>)> done;
  std::function<bool()> is_gone;  // nobody wants the answer any more; may be empty
};

// Asked for a job, once, when an answer has to wait; the work is moved into it.
class Cloud::Keeper {
 public:
  virtual ~Keeper() = default;
  virtual std::shared_ptr<Job> keep() = 0;
};

}  // namespace mainstay::cloud
