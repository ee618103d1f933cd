// One look at a region for all stacks that are waited for there, instead of one request each: many
// stacks at a time would else be throttled (CloudFormation quotas: DescribeStacks has a rate for
// the whole account).
//
// Stacks are asked for one by one while few are waited for, or where the region has so many that
// its pages would be more. Threads: any. Owner: the session.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>

#include "stacks/cloudformation.hh"

namespace mainstay::stacks {

class StackPoller {
 public:
  // While somebody waits for a stack at a place (a region of a profile).
  class Waiter {
   public:
    Waiter(StackPoller& poller, std::string place) : poller_(poller), place_(std::move(place)) {
      since_ = poller_.joins(place_);
    }
    ~Waiter() { poller_.leaves(place_); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    // What was seen after the waiter began to wait, and not before its last question.
    Result<std::optional<DeployedStack>> ask(const CloudFormation& cloud, const std::string& id);

   private:
    StackPoller& poller_;
    std::string place_;
    uint64_t since_;  // looks begun up to this one don't count
  };

  // From how many waiters on they are looked for together; 0: never.
  explicit StackPoller(size_t together_from) : together_from_(together_from) {}

 private:
  struct Place {
    size_t waiters = 0;
    bool looking = false;
    uint64_t looks = 0, seen_at = 0;  // numbers of looks: begun, and last ended
    std::map<std::string, DeployedStack> seen;
    std::optional<Error> error;
  };
  uint64_t joins(const std::string& place);
  void leaves(const std::string& place);
  bool together(const Place& place) const;

  static constexpr size_t page_size = 100;  // of DescribeStacks, at most
  const size_t together_from_;
  std::mutex mutex_;
  std::condition_variable seen_;
  std::map<std::string, Place> places_;
};

}  // namespace mainstay::stacks
