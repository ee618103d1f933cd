#include <fmt/core.h>
#include <signal.h>

#include <algorithm>

#include "base/digest.hh"
#include "cli/chaos/chaos_commands.hh"
#include "cli/chaos/chaos_run.hh"
#include "host/process.hh"

namespace mainstay::cli {
namespace {

struct AttackFlags : ChaosFlags {
  std::string kind;
  std::vector<std::string> labels, names, images, excluded;
  bool everything = false, dry_run = false, detached = false;
  size_t count = 0;
  double seconds = 30;
  int64_t percent = 50;
};
struct GuardFlags : ChaosFlags {
  std::string id;
};

Result<chaos::Selector> selector_of(const AttackFlags& flags) {
  chaos::Selector out;
  for (const std::string& text : flags.labels) {
    TRY(auto label, chaos::Selector::parse_label(text));
    out.labels.push_back(std::move(label));
  }
  for (const std::string& text : flags.excluded) {
    TRY(auto label, chaos::Selector::parse_label(text));
    out.excluded.push_back(std::move(label));
  }
  out.names = flags.names;
  out.images = flags.images;
  out.everything = flags.everything;
  if (flags.count > 0) out.count = flags.count;
  return out;
}

// A process of its own, which outlives this one and takes the attack back when its time is over.
Status start_guard(ChaosRun& run, const std::string& id) {
  RealProcesses processes;
  ProcessSpec spec;
  spec.argv = {"/proc/self/exe", "chaos", "guard", id};
  for (const auto& [name, value] : run.environment().all())
    spec.environment.push_back(name + "=" + value);
  spec.output = spec.errors =
      ProcessSpec::Stream::to_file(run.journal().folder() + "/" + id + ".log");
  spec.ends_with_us = false;
  TRY(auto guard, processes.spawn(spec));
  guard->leave();
  return {};
}

void show_plan(ChaosRun& run, const AttackFlags& flags, const chaos::AttackPlan& plan) {
  std::string text =
      fmt::format("{} for {} s: {} of {} containers that run ({})\n", plan.kind->name,
                  flags.seconds, plan.targets.size(), plan.running, plan.kind->mechanism);
  Value names = Value::list();
  for (const auto& target : plan.targets) {
    text += "  " + target.name + "  " + target.image + "\n";
    names.push_back(target.name);
  }
  run.line("plan",
           Value::map({{"kind", plan.kind->name},
                       {"targets", names},
                       {"of", static_cast<int64_t>(plan.running)}}),
           text);
}

// The attack goes on with its guard; this process only shows how it ends.
Exit watch(ChaosRun& run, const std::string& id) {
  for (;;) {
    auto attack = run.journal().get(id);
    if (!attack) return run.fail(attack.error());
    if (attack->is_over()) {
      run.show(*attack);
      return attack->status == chaos::Attack::Status::reverted && attack->is_clean() ? Exit::ok
                                                                                     : Exit::failed;
    }
    (void)run.clock()->sleep_ms(50, {});
  }
}

Exit attack_command(const AttackFlags& flags) {
  ChaosRun run(flags);
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto kind = chaos::find_kind(flags.kind);
  if (!kind) return run.fail(kind.error());
  if ((*kind)->name == "cpu" && (flags.percent < 1 || flags.percent > 10'000))
    return run.fail(Error("UsageInvalid", "--percent is from 1 to 10000, of one processor"));
  auto selector = selector_of(flags);
  if (!selector) return run.fail(selector.error());
  auto plan = run.attacker().plan(**kind, *selector, Value::map({{"percent", flags.percent}}),
                                  static_cast<int64_t>(flags.seconds * 1000));
  if (!plan) return run.fail(plan.error());
  show_plan(run, flags, *plan);
  if (flags.dry_run) return Exit::ok;
  Random random(secure_seed());
  auto attack = run.attacker().record(*plan, random);
  if (!attack) return run.fail(attack.error());
  // First the guard, then the attack: from the first touch on there is somebody who takes it back.
  if (Status guarded = start_guard(run, attack->id); !guarded) return run.fail(guarded.error());
  if (flags.detached) {
    run.line("attack", attack->to_value(),
             fmt::format("attack {} has begun; mainstay chaos status, mainstay chaos halt {}\n",
                         attack->id, attack->id));
    return Exit::ok;
  }
  return watch(run, attack->id);
}

// Everything that touches a container is done here: so it does not matter who else is killed.
Exit guard_command(const GuardFlags& flags) {
  ChaosRun run(flags);
  ::signal(SIGHUP, SIG_IGN);
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto attack = run.journal().get(flags.id);
  if (!attack) return run.fail(attack.error());
  if (attack->status != chaos::Attack::Status::applying)
    return run.fail(Error("AttackConflict", "attack " + flags.id + " has begun already"));
  if (Status applied = run.attacker().apply(*attack); !applied) return run.fail(applied.error());
  run.attacker().hold(*attack, [] { return false; });
  if (Status back = run.attacker().revert(*attack); !back) return run.fail(back.error());
  return Exit::ok;
}

}  // namespace

void add_chaos_attack(CLI::App& chaos, int& exit_code) {
  auto flags = std::make_shared<AttackFlags>();
  CLI::App* command = chaos.add_subcommand(
      "attack", "Attack containers, prove it, and take it back when the time is over");
  command->add_option("kind", flags->kind, "pause, stop, crash or cpu (mainstay chaos kinds)")
      ->required();
  command
      ->add_option("--label", flags->labels,
                   "Containers with this label, as app=api; repeated: with all of them")
      ->allow_extra_args(false);
  command->add_option("--name", flags->names, "A container's name; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--image", flags->images, "Containers of this image; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--exclude", flags->excluded, "Never those with this label; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--all", flags->everything,
                    "Every container of this host, where nothing else is said");
  command->add_option("--count", flags->count, "No more than so many of them");
  command->add_option("--for", flags->seconds, "Seconds until it is taken back")
      ->capture_default_str();
  command->add_option("--percent", flags->percent, "Of cpu: of one processor")
      ->capture_default_str();
  command->add_flag("-n,--dry-run", flags->dry_run, "Only say what would be touched");
  command->add_flag("-d,--detached", flags->detached, "Do not wait for its end");
  add_chaos_flags(*command, *flags);
  command->footer(
      "Examples:\n"
      "  mainstay chaos attack pause --label app=api --for 30 --dry-run\n"
      "  mainstay chaos attack cpu --label app=api --percent 20 --for 60\n"
      "  mainstay chaos attack crash --label app=api --count 1 --exclude keep");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(attack_command(*flags)); });
}

void add_chaos_guard(CLI::App& chaos, int& exit_code) {
  auto flags = std::make_shared<GuardFlags>();
  CLI::App* command = chaos.add_subcommand(
      "guard", "What an attack starts for itself: applies it, holds it and takes it back");
  command->group("");  // not for people
  command->add_option("id", flags->id, "The attack")->required();
  command->footer(
      "Examples:\n"
      "  mainstay chaos guard 0123456789ab\n"
      "  mainstay chaos guard 0123456789ab --json\n"
      "  mainstay chaos guard 0123456789ab --color never");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(guard_command(*flags)); });
}

}  // namespace mainstay::cli
