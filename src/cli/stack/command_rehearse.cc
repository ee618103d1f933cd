#include <fmt/core.h>

#include "base/text.hh"
#include "cli/journal/redacting.hh"
#include "cli/screen/approval.hh"
#include "cli/screen/change_text.hh"
#include "cli/stack/rehearsal.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/assessment.hh"

namespace mainstay::cli {
namespace {

const char* outcome_of(const RehearsedStack& one) {
  switch (one.state) {
    case stacks::StepState::done:
      return one.changed ? "would be done" : "would not change";
    case stacks::StepState::skipped:
      return "would be skipped";
    case stacks::StepState::failed:
      return "would fail";
    default:
      return "would not be begun";
  }
}

std::string cause_text(const RehearsedStack& one) {
  if (one.failure && one.failure->cause) {
    const stacks::StackEvent& cause = *one.failure->cause;
    return fmt::format("   {}  {}  {}\n   {}\n   {}\n", one_line(cause.logical_id),
                       one_line(cause.type), one_line(cause.status), one_line(cause.reason),
                       one.failure->rolled_back ? "it would be rolled back cleanly"
                                                : "it would not be rolled back");
  }
  return one.error ? "   " + one_line(one.error->message) + "\n" : "";
}

// Replacements and what goes; the rest is what `diff` is for.
std::string grave_text(const stacks::StackDiff& diff, const Style& style) {
  std::string text;
  for (const stacks::ResourceChange& change : diff.changes)
    if (change.may_replace() || change.action == "Remove")
      text += change_text(change, &diff.document, style);
  return text;
}

using Grave = std::map<std::string, std::string>;  // by stack

std::string verdict_text(const RehearsalRecord& record, const Grave& grave) {
  std::string text;
  int number = 0;
  for (const RehearsedStack& one : record.stacks()) {
    text += fmt::format("{}. {}  {} ({})\n", ++number, one_line(one.stack), outcome_of(one),
                        one_line(one.reason));
    auto changes = grave.find(one.stack);
    if (changes != grave.end()) text += changes->second;
    text += cause_text(one);
  }
  for (const std::string& what : record.what_is_unproven())
    text += "UNPROVEN  " + one_line(what) + "\n";
  return text;
}

Value verdict_value(const RehearsalRecord& record, bool refused) {
  Value all = Value::list();
  for (const RehearsedStack& one : record.stacks()) {
    bool has_cause = one.failure && one.failure->cause;
    all.push_back(Value::map({{"stack", one.stack},
                              {"outcome", stacks::state_name(one.state)},
                              {"changed", one.changed},
                              {"reason", one.reason},
                              {"status", one.failure ? one.failure->status : ""},
                              {"resource", has_cause ? one.failure->cause->logical_id : ""},
                              {"message", has_cause   ? one.failure->cause->reason
                                          : one.error ? one.error->message
                                                      : ""},
                              {"rolled_back", one.failure && one.failure->rolled_back}}));
  }
  return Value::map({{"stacks", std::move(all)},
                     {"unproven", Value::texts(record.what_is_unproven())},
                     {"approve", approve_flag(record.consents())},
                     {"refused", refused}});
}

Exit say(StackRun& run, const Grave& grave, const Result<stacks::RunResult>& result) {
  const RehearsalRecord& record = *run.rehearsal();
  if (!result) return run.fail(result.error());
  bool unproven = !record.what_is_unproven().empty();
  bool refused = !result->errors.empty() || result->failed > 0 || unproven;
  if (run.json()) run.json()->line("rehearsal", verdict_value(record, refused));
  run.print(verdict_text(record, grave));
  std::string flag = approve_flag(record.consents());
  if (!flag.empty()) run.print("to be approved with " + flag + "\n");
  run.print(
      fmt::format("rehearsed: {} would be changed, {} would fail, {} would not be begun; "
                  "nothing was done\n",
                  result->changed, result->failed, result->cancelled));
  if (result->failed > 0 || !result->errors.empty()) return exit_of(result->errors);
  if (!unproven) return Exit::ok;
  return run.fail(Error("RehearsalUnproven", "what is listed as unproven was not rehearsed"));
}

}  // namespace

Exit run_rehearsal(const StackFlags& asked) {
  StackFlags flags = asked;
  flags.target.rehearses = true;
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  Grave grave;
  auto planned = run.plan([&](const stacks::StackDiff& found) {
    grave[found.stack] = grave_text(redacted(run.secrets(), found), run.style());
  });
  if (!planned) return run.fail(planned.error());
  auto result = stacks::bring_up(run.session());
  run.finish_progress();
  return say(run, grave, result);
}

void add_rehearse(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StackFlags>();
  CLI::App* command = app.add_subcommand(
      "rehearse",
      "Do what `up` would do on a copy of the embedded cloud, and say how it would end");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what it depends on");
  add_parallel_flags(*command, *flags);
  command->add_option("--force", flags->force, "Rehearse this stack though it is locked")
      ->allow_extra_args(false);
  command->add_flag("--recreate-failed", flags->recreate_failed,
                    "Delete and create anew what never came up");
  command->footer(
      "Nothing of the cloud or its state is changed. Hooks that leave AWS are not run, and count "
      "as unproven.\n"
      "Examples:\n  mainstay rehearse prod.env stacker.yml\n"
      "  mainstay rehearse --stacks web prod.env stacker.yml\n"
      "  mainstay rehearse --json prod.env stacker.yml");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(run_rehearsal(*flags)); });
}

}  // namespace mainstay::cli
