#include "cli/journal/journal_view.hh"

#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::cli {

JournalView::JournalView(const JournalFlags& flags)
    : flags_(flags), style_(style_for(flags.colour, terminal_of(1, environment_), environment_)) {
  if (!flags.json) return;
  ndjson_ = std::make_unique<Ndjson>(clock_, hex_encode(secure_random(6)));
  ndjson_->add(stdout);
}

Result<journal::Contents> JournalView::read() {
  auto folder = journal::journal_folder(environment_);
  if (!folder)
    return Error("JournalUnknown", "no folder for the journal is known")
        .with_hint("set HOME, XDG_STATE_HOME or MAINSTAY_JOURNAL");
  TRY(journal::Contents contents, journal::Journal(files_, *folder).read());
  for (const std::string& one : contents.damaged) {
    if (ndjson_) ndjson_->line("warning", Value::map({{"message", "damaged: " + one}}));
    if (!flags_.json) fmt::print(stderr, "warning: damaged: {}\n", one_line(one));
  }
  return contents;
}

Exit JournalView::fail(const Error& error) {
  if (ndjson_) ndjson_->error(error);
  if (!flags_.json)
    fmt::print(stderr, "{}",
               error_text(error, files_,
                          style_for(flags_.colour, terminal_of(2, environment_), environment_)));
  return exit_of(error);
}

void JournalView::print(const std::string& text) const {
  if (flags_.json) return;
  std::string shown = only_colours(text);
  std::fwrite(shown.data(), 1, shown.size(), stdout);
}

void JournalView::line(std::string_view type, Value members) {
  if (ndjson_) ndjson_->line(type, std::move(members));
}

Result<journal::RunRecord> run_called(const std::vector<journal::RunRecord>& runs,
                                      const std::string& id) {
  const journal::RunRecord* found = nullptr;
  for (const journal::RunRecord& run : runs) {
    if (!run.run.starts_with(id)) continue;
    if (found)
      return Error("RunUnknown", "several runs begin with \"" + printable(id) + "\"")
          .with_hint("`mainstay history` has the whole ids");
    found = &run;
  }
  if (found) return *found;
  return Error("RunUnknown", "the journal has no run \"" + printable(id) + "\"")
      .with_hint("`mainstay history` lists them");
}

std::string worked_text(const journal::StackWorked& worked, const Style& style) {
  bool failed = worked.outcome == "failed";
  std::string where = worked.region.empty() ? "" : " " + one_line(worked.region);
  return fmt::format("{}{}: {} ({}) in {}\n", one_line(worked.address), where,
                     style.paint(failed ? Ink::bad : Ink::good, one_line(worked.outcome)),
                     one_line(worked.reason), took_text(worked.took_ms));
}

std::string run_text(const journal::RunRecord& run, const Style& style) {
  std::string text = fmt::format("{}  {}  {}\n", style.paint(Ink::bold, one_line(run.run)),
                                 format_iso8601(run.began), one_line(run.begun.line));
  text += fmt::format("  by {} on {}, {}\n", one_line(run.begun.user), one_line(run.begun.host),
                      one_line(run.begun.where));
  std::string result = journal::result_of(run);
  Ink ink = result == "complete" ? Ink::good : Ink::bad;
  text += "  " + style.paint(ink, result);
  if (!run.ended) return text + ": it goes on, or was killed\n";
  text += fmt::format(": {} changed", run.ended->changed);
  if (run.ended->skipped > 0) text += fmt::format(", {} unchanged or skipped", run.ended->skipped);
  if (run.ended->failed > 0) text += fmt::format(", {} failed", run.ended->failed);
  if (run.ended->cancelled > 0) text += fmt::format(", {} cancelled", run.ended->cancelled);
  text += " in " + took_text(run.ended->took_ms);
  if (run.ended->exit != 0) text += fmt::format(", exit code {}", run.ended->exit);
  return text + "\n";
}

Value run_value(const journal::RunRecord& run) {
  Value v = Value::map({{"id", run.run},
                        {"began", format_iso8601(run.began, true)},
                        {"command", run.begun.command},
                        {"line", run.begun.line},
                        {"user", run.begun.user},
                        {"host", run.begun.host},
                        {"where", run.begun.where},
                        {"config", run.begun.config},
                        {"namespace", run.begun.name_space},
                        {"result", journal::result_of(run)}});
  if (!run.ended) return v;
  v.set("changed", run.ended->changed);
  v.set("skipped", run.ended->skipped);
  v.set("failed", run.ended->failed);
  v.set("cancelled", run.ended->cancelled);
  v.set("exit", run.ended->exit);
  v.set("took_ms", run.ended->took_ms);
  return v;
}

}  // namespace mainstay::cli
