// When stacks are worked on: each by a timer of its own, outside requests.
//
// Everything an operation needs to know is in the stack's documents, and every step is journalled
// before the next begins. So a run (operation.hh) works until nothing can be done now and ends; no
// thread waits. Whoever changes what a stack may wait for wakes it, in the same unit: a request, a
// signal, a nested stack that came to its end. A stack never runs beside itself; one that is woken
// while it runs is run once more.
#pragma once

#include "cloud/cloud.hh"
#include "formation/provider.hh"
#include "formation/records.hh"

namespace mainstay::formation {

// The stack is run soon, once this unit is kept.
void wake(Call& call, const StackKey& key);
// The same at a time, in place of the time that was set before.
void wake_at(Call& call, const StackKey& key, Time when);

// What timers ask for (cloud::Reaction).
std::vector<cloud::Reaction> reactions();

// Takes up, at start, the stacks of a state whose runs had ended with the process that began them.
class Resumption : public cloud::Background {
 public:
  void start(cloud::Cloud& cloud) override;
  void stop() override {}
};

}  // namespace mainstay::formation
