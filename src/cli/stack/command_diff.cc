#include <fmt/core.h>

#include "cli/journal/redacting.hh"
#include "cli/screen/approval.hh"
#include "cli/screen/change_text.hh"
#include "cli/stack/run_steps.hh"
#include "cli/stack/stack_commands.hh"
#include "stacks/diff.hh"

namespace mainstay::cli {
namespace {

struct DiffCounts {
  size_t stacks = 0, changed = 0, unchanged = 0;
  std::vector<stacks::ResourceChange> changes;
  std::vector<Error> errors;
  std::map<std::string, std::set<stacks::Consent>> consents;  // by stack
  bool recreates = false;
};

void show(StackRun& run, const stacks::StackDiff& found, DiffCounts& counts, bool verbose) {
  stacks::StackDiff diff = redacted(run.secrets(), found);
  ++counts.stacks;
  counts.changed += diff.changes_something();
  counts.unchanged += diff.kind == stacks::StackDiff::Kind::unchanged;
  counts.recreates |= diff.recreates;
  if (!diff.consents.empty()) counts.consents[diff.stack] = diff.consents;
  counts.changes.insert(counts.changes.end(), diff.changes.begin(), diff.changes.end());
  if (run.json()) run.json()->line("diff", diff_value(diff));
  if (verbose || !diff.zones.moves.empty() || diff.kind != stacks::StackDiff::Kind::unchanged) {
    run.print(diff_text(diff, run.target().region, run.style()) + "\n");
  }
  if (!diff.error) return;
  counts.errors.push_back(*diff.error);
  (void)run.fail(*diff.error);
}

// How to do just what was shown.
std::string next_text(const StackFlags& flags, const std::string& plan, const DiffCounts& counts) {
  std::string flag = approve_flag(counts.consents);
  return "Next: mainstay up " + repeated_flags(flags) + "--plan " + plan +
         (counts.recreates ? " --recreate-failed" : "") + (flag.empty() ? "" : " " + flag) + "\n";
}

}  // namespace

Exit run_diff(const StackFlags& flags, bool exit_code_for_changes) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  if (auto seen = run.look_at_graph(); !seen) return run.fail(seen.error());
  run.tell_what_left();
  run.finish_progress();
  DiffCounts counts;
  auto plan =
      run.plan([&](const stacks::StackDiff& one) { show(run, one, counts, flags.verbose); });
  if (!plan) return run.fail(plan.error());
  bool doable = counts.changed > 0 && counts.errors.empty();
  if (run.json())
    run.json()->line("summary", Value::map({{"stacks", counts.stacks},
                                            {"changed", counts.changed},
                                            {"unchanged", counts.unchanged},
                                            {"failed", counts.errors.size()},
                                            {"plan", doable ? plan->id : ""},
                                            {"approve", approve_flag(counts.consents)}}));
  run.print(
      counts.changed == 0 && counts.errors.empty()
          ? fmt::format("no changes in {} stack{}\n", counts.stacks, counts.stacks == 1 ? "" : "s")
          : fmt::format("{} of {} stacks would change: {}\n", counts.changed, counts.stacks,
                        counts_text(counts.changes)));
  if (doable) run.print(next_text(flags, plan->id, counts));
  if (!counts.errors.empty()) return exit_of(counts.errors);
  return counts.changed > 0 && exit_code_for_changes ? Exit::changes : Exit::ok;
}

void add_diff(CLI::App& app, int& exit_code) {
  struct Flags : StackFlags {
    bool exit_code = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("diff", "Show what `up` would change");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what it depends on");
  command->add_option("--force", flags->force, "Look at this stack though it is locked")
      ->allow_extra_args(false);
  command->add_flag("--exit-code", flags->exit_code, "Exit with 2 if something would change");
  command->footer(
      "Examples:\n  mainstay diff prod.env stacker.yml\n"
      "  mainstay diff --exit-code --stacks web prod.env stacker.yml\n"
      "  mainstay diff --json --profile prod prod.env stacker.yml");
  command->callback(
      [flags, &exit_code] { exit_code = static_cast<int>(run_diff(*flags, flags->exit_code)); });
}

}  // namespace mainstay::cli
