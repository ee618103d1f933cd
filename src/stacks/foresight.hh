// Every yes that can be known to be needed is asked for before the run changes anything, so that it
// does not stop half-way at the third stack: the stacks are judged by their templates and by what
// is deployed, and once more when their turn comes, by what is then known as well.
//
// It happens when the first stack is about to be changed; whoever is to change another one waits
// for it. Threads: any. Owner: the run.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "stacks/session.hh"

namespace mainstay::stacks {

class Foresight {
 public:
  explicit Foresight(std::vector<const StackConfig*> stacks) : stacks_(std::move(stacks)) {}

  // Error "ApprovalNeeded" naming all that lack a yes where nobody can be asked.
  Status before_first_write(Session& session);
  // Whether what is needed was said yes or no to beforehand; nothing where it was not asked.
  std::optional<bool> answered(const std::string& stack, const std::set<Consent>& needed) const;

 private:
  Status look(Session& session);
  Status ask_about(Session& session, const StackConfig& stack);

  const std::vector<const StackConfig*> stacks_;
  mutable std::mutex mutex_;
  std::condition_variable over_;
  enum class State : uint8_t { not_begun, under_way, over } state_ = State::not_begun;
  Status outcome_;
  std::map<std::string, std::set<Consent>> given_, refused_;  // by stack
};

}  // namespace mainstay::stacks
