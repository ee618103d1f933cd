#include "cli/stack/run_steps.hh"

#include <fmt/core.h>

#include "base/text.hh"

namespace mainstay::cli {
namespace {

std::string summary_text(const stacks::RunResult& result, int64_t elapsed_ms, bool deletes) {
  std::string text = fmt::format("{} {}", result.changed, deletes ? "deleted" : "changed");
  if (result.skipped > 0) text += fmt::format(", {} unchanged or skipped", result.skipped);
  if (result.failed > 0) text += fmt::format(", {} failed", result.failed);
  if (result.cancelled > 0) text += fmt::format(", {} cancelled", result.cancelled);
  if (result.declined > 0) text += fmt::format(", {} declined", result.declined);
  if (!deletes && result.changed + result.failed + result.cancelled + result.declined == 0)
    text = "no changes: " + text;
  return text + " in " + took_text(elapsed_ms) + "\n";
}

}  // namespace

Exit conclude(StackRun& run, const Result<stacks::RunResult>& result, bool deletes) {
  run.finish_progress();
  if (!result) return run.fail(result.error());
  if (run.json())
    run.json()->line("summary", Value::map({{"changed", result->changed},
                                            {"skipped", result->skipped},
                                            {"failed", result->failed},
                                            {"cancelled", result->cancelled}}));
  run.print(summary_text(*result, run.elapsed_ms(), deletes));
  Exit exit = run.interrupted() ? Exit::interrupted : exit_of(result->errors);
  return run.end_work(exit, *result);
}

Status confirm_deletion(StackRun& run, const StackFlags& flags) {
  if (flags.yes) return {};
  const std::string& word = run.config().name_space;
  if (!run.can_ask() || word.empty())
    return Error("ApprovalNeeded", "these stacks would be deleted, in this order")
        .with_hint("to delete them, run again with --force");
  auto answer =
      ask("These stacks and all that is in them will be deleted. Type \"" + word + "\" to go on: ");
  if (answer && *answer == word) return {};
  return Error("ApprovalNeeded", "nothing was deleted");
}

}  // namespace mainstay::cli
