#include <fmt/core.h>

#include "base/json.hh"
#include "base/text.hh"
#include "cli/stack/rehearsal.hh"
#include "cli/stack/run_steps.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/diff.hh"
#include "stacks/run.hh"

namespace mainstay::cli {
namespace {

Exit show_outline(StackRun& run, const StackFlags& flags, bool down) {
  std::set<std::string> targets(flags.targets.begin(), flags.targets.end());
  auto names = stacks::outline(run.config(), targets, down);
  if (!names) return run.fail(names.error());
  int number = 0;
  for (const std::string& name : *names) {
    std::string address = run.config().full_name(*run.config().find(name));
    if (run.json())
      run.json()->line("outline", Value::map({{"stack", name}, {"address", address}}));
    run.print(fmt::format("{}. {} ({})\n", ++number, one_line(name), one_line(address)));
  }
  return Exit::ok;
}

// Templates as they would be sent; outputs that nobody knows yet stand in them as such.
Exit dump(StackRun& run, const std::string& directory) {
  std::vector<Error> errors;
  Status walked = stacks::diff_all(run.session(), [&](const stacks::StackDiff& diff) {
    if (diff.error) errors.push_back(*diff.error);
    if (diff.document.root.is_null()) return;
    std::string path = join_path(directory, diff.full_name + ".json");
    Status written = run.writable_files().write(
        path, to_json_pretty(run.secrets().redacted_values(diff.document.root)) + "\n", 0644,
        false);
    if (!written) errors.push_back(written.error());
    if (written) run.print(path + "\n");
  });
  if (!walked) return run.fail(walked.error());
  for (const Error& error : errors) (void)run.fail(error);
  return exit_of(errors);
}

Exit down(const StackFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  // Where it goes is said before anything is asked.
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  if (flags.outline || !flags.yes) {
    Exit shown = show_outline(run, flags, true);
    if (flags.outline || shown != Exit::ok) return shown;
  }
  if (auto held = run.hold_graph(); !held) return run.fail(held.error());
  run.tell_what_left();
  if (auto confirmed = confirm_deletion(run, flags); !confirmed) return run.fail(confirmed.error());
  run.begin_work();
  return conclude(run, stacks::take_down(run.session()), true);
}

}  // namespace

Exit run_up(const StackFlags& flags) {
  if (flags.rehearse)
    if (Exit rehearsed = run_rehearsal(flags); rehearsed != Exit::ok) {
      StackRun refused(flags);
      (void)refused.fail(
          Error("RehearsalRefused", "the rehearsal did not go through, so nothing was done")
              .with_hint("see above; `mainstay up` without --rehearse is not held back"));
      return Exit::approval;
    }
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  if (flags.outline) return show_outline(run, flags, false);
  if (!flags.dump_directory.empty()) return dump(run, flags.dump_directory);
  if (auto held = run.hold_graph(); !held) return run.fail(held.error());
  run.tell_what_left();
  if (!flags.plan.empty())
    if (auto held = run.hold_to_plan(flags.plan); !held) return run.fail(held.error());
  run.begin_work();
  return conclude(run, stacks::bring_up(run.session()), false);
}

void add_up(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StackFlags>();
  CLI::App* command = app.add_subcommand("up", "Create or update the stacks of a configuration");
  command->alias("build");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what it depends on");
  add_parallel_flags(*command, *flags);
  command->add_flag("-o,--outline", flags->outline, "Only list the stacks, in order");
  command->add_option("-d,--dump", flags->dump_directory, "Write the templates to this folder");
  command->add_option("--force", flags->force, "Update this stack though it is locked")
      ->allow_extra_args(false);
  command->add_flag("-i,--interactive", flags->interactive, "Show and ask before every update");
  command->add_flag("--replacements-only", flags->replacements_only,
                    "With -i, ask for replacements only");
  command->add_flag("--recreate-failed", flags->recreate_failed,
                    "Delete and create anew what never came up");
  add_approve_flag(*command, *flags);
  add_graph_flags(*command, *flags);
  command->add_flag("--continue-rollback", flags->continue_rollback,
                    "Let rollbacks go on that are stuck, then update");
  command
      ->add_option("--skip-resource", flags->skipped_resources,
                   "STACK:ID, a resource that a stuck rollback is to leave as it is")
      ->check([](const std::string& text) {
        return text.contains(':') ? std::string() : "is a stack and a resource: STACK:ID";
      })
      ->allow_extra_args(false);
  command->add_flag("--rehearse", flags->rehearse,
                    "Rehearse it first, and do nothing unless that goes through");
  command->add_option("--plan", flags->plan, "Do what `diff` showed as this plan, or nothing");
  command->footer(
      "Examples:\n  mainstay up prod.env stacker.yml\n"
      "  mainstay up --stacks web -e namespace=test stacker.yml\n"
      "  mainstay up --profile prod -i prod.env stacker.yml");
  command->callback([flags, &exit_code] {
    flags->target.reads = flags->outline;
    exit_code = static_cast<int>(run_up(*flags));
  });
}

void add_down(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StackFlags>();
  CLI::App* command = app.add_subcommand("down", "Delete the stacks of a configuration");
  command->alias("destroy");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what depends on it");
  add_parallel_flags(*command, *flags);
  command->add_flag("-o,--outline", flags->outline, "Only list the stacks, in order");
  command->add_flag("-f,--force,--yes", flags->yes,
                    "Delete without asking, but for data: see --approve");
  add_approve_flag(*command, *flags);
  add_graph_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay down prod.env stacker.yml\n  mainstay down --force test.env "
      "stacker.yml\n"
      "  mainstay down --stacks vpc --outline test.env stacker.yml");
  command->callback([flags, &exit_code] {
    flags->target.reads = flags->outline;
    exit_code = static_cast<int>(down(*flags));
  });
}

}  // namespace mainstay::cli
