#include <fmt/core.h>

#include "base/text.hh"
#include "cli/journal/journal_commands.hh"
#include "cli/journal/journal_view.hh"

namespace mainstay::cli {
namespace {

void show_details(JournalView& view, const journal::RunRecord& run) {
  for (const journal::StackWorked& worked : run.stacks)
    view.print("    " + worked_text(worked, view.style()));
  if (!run.ended) return;
  for (const Error& error : run.ended->errors)
    view.print(fmt::format("    {}: {}\n", one_line(error.code), one_line(error.message)));
}

Exit history(const JournalFlags& flags) {
  JournalView view(flags);
  auto contents = view.read();
  if (!contents) return view.fail(contents.error());
  std::vector<journal::RunRecord> runs = journal::runs_of(contents->entries);
  if (!flags.run.empty()) {
    auto run = run_called(runs, flags.run);
    if (!run) return view.fail(run.error());
    runs = {std::move(*run)};
  }
  size_t first = flags.run.empty() && runs.size() > flags.last ? runs.size() - flags.last : 0;
  for (size_t i = first; i < runs.size(); ++i) {
    view.line("past_run", run_value(runs[i]));
    view.print(run_text(runs[i], view.style()));
    if (!flags.run.empty()) show_details(view, runs[i]);
  }
  if (runs.empty()) view.print("no runs yet\n");
  return Exit::ok;
}

// What one entry says, in a line.
struct EntryText {
  const Style& style;
  std::string operator()(const journal::RunBegun& begun) const {
    return fmt::format("begins: {} by {} on {}\n", one_line(begun.line), one_line(begun.user),
                       one_line(begun.host));
  }
  std::string operator()(const journal::StackWorked& worked) const {
    return worked_text(worked, style);
  }
  std::string operator()(const journal::RunEnded& ended) const {
    return fmt::format("ends: {} changed, {} failed, exit code {}\n", ended.changed, ended.failed,
                       ended.exit);
  }
};

bool is_about(const journal::Entry& entry, const std::string& stack) {
  if (stack.empty()) return true;
  const auto* worked = std::get_if<journal::StackWorked>(&entry.what);
  return worked && (worked->stack == stack || worked->address == stack);
}

Exit events(const JournalFlags& flags) {
  JournalView view(flags);
  auto contents = view.read();
  if (!contents) return view.fail(contents.error());
  std::vector<const journal::Entry*> shown;
  for (const journal::Entry& entry : contents->entries)
    if (entry.run.starts_with(flags.run) && is_about(entry, flags.stack)) shown.push_back(&entry);
  for (size_t i = shown.size() - std::min(shown.size(), flags.last); i < shown.size(); ++i) {
    Value v = journal::entry_value(*shown[i]);
    v.set("at", v["time"]);  // "time" and "run" are every line's own
    v.set("of", v["run"]);
    v.erase("time");
    v.erase("run");
    view.line("past_event", std::move(v));
    view.print(fmt::format("{}  {}  ", format_iso8601(shown[i]->time), one_line(shown[i]->run)) +
               std::visit(EntryText{view.style()}, shown[i]->what));
  }
  return Exit::ok;
}

Exit review(const JournalFlags& flags) {
  JournalView view(flags);
  auto contents = view.read();
  if (!contents) return view.fail(contents.error());
  auto text =
      journal::review_of(journal::runs_of(contents->entries), contents->damaged, flags.month);
  if (!text) return view.fail(text.error());
  view.print(*text);
  return Exit::ok;
}

CLI::App* add_journal_command(CLI::App& app, const char* name, const char* about,
                              JournalFlags& flags) {
  CLI::App* command = app.add_subcommand(name, about);
  command->add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  return command;
}

}  // namespace

void add_history(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<JournalFlags>();
  CLI::App* command =
      add_journal_command(app, "history", "Runs that changed something, from the journal", *flags);
  command->add_option("run", flags->run, "The id of one run, or how it begins: with its stacks");
  command->add_option("-n,--last", flags->last, "So many, the newest")->capture_default_str();
  command->add_flag("--json", flags->json, "One JSON object a line on standard output");
  command->footer(
      "Examples:\n  mainstay history\n  mainstay history 7f3a\n"
      "  mainstay history --last 100 --json");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(history(*flags)); });
}

void add_events(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<JournalFlags>();
  flags->last = 100;
  CLI::App* command =
      add_journal_command(app, "events", "What the journal has, entry by entry", *flags);
  command->add_option("--run", flags->run, "Only of this run, or of those whose id begins so");
  command->add_option("--stack", flags->stack, "Only of this stack: its name, or its name in AWS");
  command->add_option("-n,--last", flags->last, "So many, the newest")->capture_default_str();
  command->add_flag("--json", flags->json, "One JSON object a line on standard output");
  command->footer(
      "Examples:\n  mainstay events\n  mainstay events --stack prod-vpc\n"
      "  mainstay events --run 7f3a --json");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(events(*flags)); });
}

void add_review(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<JournalFlags>();
  CLI::App* command =
      add_journal_command(app, "review", "A month's runs in Markdown, from the journal", *flags);
  command->add_option("--month", flags->month, "The month, UTC: YYYY-MM")->required();
  command->footer(
      "Examples:\n  mainstay review --month 2026-11\n"
      "  mainstay review --month 2026-11 > review.md\n"
      "  mainstay review --month 2026-10 --color never");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(review(*flags)); });
}

}  // namespace mainstay::cli
