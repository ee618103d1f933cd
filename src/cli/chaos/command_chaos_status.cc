#include <fmt/core.h>

#include "cli/chaos/chaos_commands.hh"
#include "cli/chaos/chaos_run.hh"

namespace mainstay::cli {
namespace {

struct AuditFlags : ChaosFlags {
  bool repair = false;
};
struct HaltFlags : ChaosFlags {
  std::string id;
};

constexpr int64_t grace_ms = 15'000;  // of a guard that is just taking it back

Exit status_command(const ChaosFlags& flags) {
  ChaosRun run(flags);
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto all = run.journal().all();
  if (!all) return run.fail(all.error());
  for (const chaos::Attack& attack : *all) run.show(attack);
  return Exit::ok;
}

// What is touched and should not be any more.
bool is_overdue(const chaos::Attack& attack, Time now) {
  if (attack.is_clean()) return false;
  return attack.is_over() || now > attack.until + grace_ms;
}

Exit audit_command(const AuditFlags& flags) {
  ChaosRun run(flags);
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto all = run.journal().all();
  if (!all) return run.fail(all.error());
  size_t left = 0;
  for (chaos::Attack& attack : *all) {
    if (!is_overdue(attack, run.clock()->now())) continue;
    if (flags.repair && run.attacker().revert(attack)) continue;
    ++left;
    run.show(attack);
  }
  // What no attack of ours has done, but may be somebody's.
  auto containers = run.engine().list({});
  if (!containers) return run.fail(containers.error());
  for (const auto& container : *containers) {
    bool is_known = false;
    for (const chaos::Attack& attack : *all)
      for (const chaos::Target& target : attack.targets)
        is_known = is_known ||
                   (target.id == container.id && target.phase == chaos::Target::Phase::applied);
    if (container.status != "paused" || is_known) continue;
    run.line("warning",
             Value::map({{"message", container.name + " is paused, and by no attack of ours"}}),
             "foreign: " + container.name + " is paused, and by no attack of ours\n");
  }
  if (left > 0)
    return run.fail(Error("LeftBehind", fmt::format("{} attacks have left something behind", left))
                        .with_hint("mainstay chaos audit --repair"));
  run.line("audit", Value::map({{"left", 0}}), "nothing of ours is left\n");
  return Exit::ok;
}

// Asks its guard, and does it itself where there is none any more.
Exit halt_command(const HaltFlags& flags) {
  ChaosRun run(flags);
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto all = run.journal().all();
  if (!all) return run.fail(all.error());
  size_t halted = 0;
  for (const chaos::Attack& attack : *all) {
    if (!flags.id.empty() && attack.id != flags.id) continue;
    if (attack.is_over() && attack.is_clean()) continue;
    if (Status asked = run.journal().ask_to_halt(attack.id); !asked) return run.fail(asked.error());
    ++halted;
    constexpr int looks = 40;
    auto now = run.journal().get(attack.id);
    for (int i = 0; i < looks && now && !now->is_over(); ++i) {
      (void)run.clock()->sleep_ms(50, {});
      now = run.journal().get(attack.id);
    }
    if (!now) return run.fail(now.error());
    if (!now->is_over() || !now->is_clean())
      if (Status back = run.attacker().revert(*now); !back) return run.fail(back.error());
    run.show(*now);
  }
  if (halted == 0 && !flags.id.empty()) {
    if (auto there = run.journal().get(flags.id); !there) return run.fail(there.error());
  }
  run.line("halt", Value::map({{"attacks", static_cast<int64_t>(halted)}}),
           fmt::format("{} attacks halted\n", halted));
  return Exit::ok;
}

Exit kinds_command(const ChaosFlags& flags) {
  ChaosRun run(flags);
  for (const chaos::Kind& kind : chaos::kinds())
    run.line(
        "kind",
        Value::map({{"name", kind.name}, {"about", kind.about}, {"mechanism", kind.mechanism}}),
        fmt::format("{:<8} {} ({})\n", kind.name, kind.about, kind.mechanism));
  return Exit::ok;
}

template <class Flags, class Run>
CLI::App* add(CLI::App& chaos, int& exit_code, const char* name, const char* about,
              std::shared_ptr<Flags> flags, Run run) {
  CLI::App* command = chaos.add_subcommand(name, about);
  add_chaos_flags(*command, *flags);
  command->callback([flags, run, &exit_code] { exit_code = static_cast<int>(run(*flags)); });
  const std::string line = std::string("\n  mainstay chaos ") + name;
  command->footer("Examples:" + line + line + " --json" + line + " --color never");
  return command;
}

}  // namespace

void add_chaos_halt(CLI::App& chaos, int& exit_code) {
  auto flags = std::make_shared<HaltFlags>();
  add(chaos, exit_code, "halt", "Take attacks back now: one, or all", flags, halt_command)
      ->add_option("id", flags->id, "The attack; else all");
}

void add_chaos_status(CLI::App& chaos, int& exit_code) {
  add(chaos, exit_code, "status", "Attacks, what they touch and how they ended",
      std::make_shared<ChaosFlags>(), status_command);
  auto flags = std::make_shared<AuditFlags>();
  add(chaos, exit_code, "audit", "Whether attacks have left something behind", flags, audit_command)
      ->add_flag("--repair", flags->repair, "Take it back");
  add(chaos, exit_code, "kinds", "What can be done here, and by which means",
      std::make_shared<ChaosFlags>(), kinds_command);
}

}  // namespace mainstay::cli
