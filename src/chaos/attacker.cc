#include "chaos/attacker.hh"

#include <algorithm>

namespace mainstay::chaos {
namespace {

constexpr int64_t look_ms = 50, proof_ms_max = 5'000;

}  // namespace

Result<AttackPlan> Attacker::plan(const Kind& kind, const Selector& selector, Value parameters,
                                  int64_t duration_ms) {
  if (duration_ms < 1 || duration_ms > duration_ms_max)
    return Error("UsageInvalid", "an attack lasts from a moment to 24 hours");
  TRY(auto all, engine_.list({}));
  AttackPlan out;
  out.kind = &kind;
  out.parameters = std::move(parameters);
  out.duration_ms = duration_ms;
  TRY(out.targets, select(selector, all));
  out.running = static_cast<size_t>(
      std::count_if(all.begin(), all.end(), [](const auto& one) { return one.is_running(); }));
  TRY(auto attacks, journal_.all());
  for (const Attack& other : attacks)
    for (const Target& held : other.targets)
      for (const auto& target : out.targets)
        if (held.phase == Target::Phase::applied && held.id == target.id && other.kind == kind.name)
          return Error("AttackConflict",
                       target.name + " is held by attack " + other.id + " of this kind")
              .with_hint("mainstay chaos halt " + other.id);
  return out;
}

Result<Attack> Attacker::record(const AttackPlan& plan, Random& random) {
  Attack attack;
  attack.id = random.hex(12);
  attack.kind = plan.kind->name;
  attack.parameters = plan.parameters;
  attack.began = clock_.now();
  attack.until = attack.began + plan.duration_ms;
  for (const auto& container : plan.targets) {
    Target target;
    target.id = container.id;
    target.name = container.name;
    TRY(target.before, plan.kind->remember(engine_, container));
    attack.targets.push_back(std::move(target));
  }
  CHECK_OK(journal_.put(attack));
  return attack;
}

bool Attacker::becomes(const std::function<Result<bool>()>& look) {
  for (int64_t waited = 0; waited <= proof_ms_max; waited += look_ms) {
    auto seen = look();
    if (seen.has_value() && *seen) return true;
    if (!seen.has_value() && seen.error().code == "ContainerMissing") return false;
    (void)clock_.sleep_ms(look_ms, {});
  }
  return false;
}

Status Attacker::apply_to(const Kind& kind, const Attack& attack, Target& target) {
  TRY(backings::ContainerState container, engine_.inspect(target.id));
  // From here on it counts as touched, whatever the answer: it may have been done.
  target.phase = Target::Phase::applied;
  CHECK_OK(journal_.put(attack));
  CHECK_OK(kind.apply(engine_, container, attack.parameters));
  if (becomes(
          [&] { return kind.is_applied(engine_, target.id, target.before, attack.parameters); }))
    return {};
  return Error("NoEffect",
               "the attack " + attack.kind + " has no effect on " + target.name + ", as measured");
}

Status Attacker::apply(Attack& attack) {
  TRY(const Kind* kind, find_kind(attack.kind));
  for (Target& target : attack.targets) {
    Status done = apply_to(*kind, attack, target);
    if (done.has_value()) continue;
    if (done.error().code == "ContainerMissing") {
      target.phase = Target::Phase::gone;
      continue;
    }
    Status back = revert(attack);
    attack.status = Attack::Status::failed;
    CHECK_OK(journal_.put(attack));
    if (!back.has_value())
      return Error(done.error())
          .because("and not all could be taken back: " + back.error().message);
    return done.error();
  }
  attack.status = Attack::Status::holding;
  return journal_.put(attack);
}

void Attacker::hold(const Attack& attack, const std::function<bool()>& stop) {
  while (clock_.now() < attack.until && !journal_.is_halted(attack.id) && !stop())
    (void)clock_.sleep_ms(
        std::min(look_ms, std::max<int64_t>(attack.until.ms - clock_.now().ms, 1)), {});
}

Status Attacker::revert_target(const Kind& kind, Target& target) {
  Status done = kind.revert(engine_, target.id, target.before);
  if (done.has_value() &&
      !becomes([&] { return kind.is_reverted(engine_, target.id, target.before); }))
    done = Error("LeftBehind", "it is not as it was before");
  // One that was removed meanwhile has nothing left to take back.
  auto is_gone = [&] {
    auto seen = engine_.inspect(target.id);
    return !seen.has_value() && seen.error().code == "ContainerMissing";
  };
  if (!done.has_value() && is_gone()) {
    target.phase = Target::Phase::gone;
    target.note = "the container is gone";
    return {};
  }
  target.phase = done.has_value() ? Target::Phase::reverted : Target::Phase::failed;
  target.note = done.has_value() ? "" : done.error().to_string();
  return done;
}

Status Attacker::revert(Attack& attack) {
  TRY(const Kind* kind, find_kind(attack.kind));
  std::string left;
  for (Target& target : attack.targets) {
    bool is_touched =
        target.phase == Target::Phase::applied || target.phase == Target::Phase::failed;
    if (!is_touched) continue;
    if (Status done = revert_target(*kind, target); !done.has_value())
      left += (left.empty() ? "" : "; ") + target.name + ": " + done.error().message;
    CHECK_OK(journal_.put(attack));
  }
  if (!left.empty())
    return Error("LeftBehind", "not taken back: " + left)
        .with_hint("mainstay chaos audit --repair tries again");
  if (attack.status != Attack::Status::failed) attack.status = Attack::Status::reverted;
  return journal_.put(attack);
}

}  // namespace mainstay::chaos
