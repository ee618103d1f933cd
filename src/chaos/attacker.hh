// Carries attacks out: planned, journalled, applied, proved, held, reverted, proved again.
//
// Errors: "NoEffect" (an attack that shows none is reverted and is a failure), "LeftBehind" (what
// could not be taken back, by container), those of selection, the engine and the journal.
// Threads: one. A container that vanishes meanwhile is "gone", and no reason to stop (case C3).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "backings/container.hh"
#include "base/random.hh"
#include "chaos/attack_journal.hh"
#include "chaos/kinds.hh"
#include "chaos/selector.hh"
#include "host/clock.hh"

namespace mainstay::chaos {

inline constexpr int64_t duration_ms_max = int64_t{24} * 3600 * 1000;

struct AttackPlan {
  const Kind* kind = nullptr;
  Value parameters;
  int64_t duration_ms = 0;
  std::vector<backings::ContainerState> targets;
  size_t running = 0;  // containers that run, meant or not
};

class Attacker {
 public:
  Attacker(backings::Containers& engine, AttackJournal& journal, Clock& clock)
      : engine_(engine), journal_(journal), clock_(clock) {}

  // What would be touched; touches nothing. Refuses a container that another attack of this kind
  // holds (its value before would be that attack's).
  Result<AttackPlan> plan(const Kind& kind, const Selector& selector, Value parameters,
                          int64_t duration_ms);
  // Writes it into the journal, before anything is touched.
  Result<Attack> record(const AttackPlan& plan, Random& random);
  // Applied and proved, else taken back.
  Status apply(Attack& attack);
  // Until its time is over, it is halted, or `stop` says so.
  void hold(const Attack& attack, const std::function<bool()>& stop);
  // Only what this attack did (case C4), each target by itself.
  Status revert(Attack& attack);

 private:
  Status apply_to(const Kind& kind, const Attack& attack, Target& target);
  Status revert_target(const Kind& kind, Target& target);
  bool becomes(const std::function<Result<bool>()>& look);

  backings::Containers& engine_;
  AttackJournal& journal_;
  Clock& clock_;
};

}  // namespace mainstay::chaos
