#include "cli/access/access_text.hh"

#include <fmt/core.h>

#include "access/answer_value.hh"
#include "base/text.hh"

namespace mainstay::cli {
namespace {

using Outcome = policy::TraceRow::Outcome;

std::string row_text(const policy::TraceRow& row) {
  std::string text = fmt::format(
      "    {:<5} {}, statement {}: {}", row.rule->allows() ? "allow" : "deny",
      one_line(row.policy->name()), one_line(access::statement_label(*row.policy, *row.rule)),
      access::outcome_name(row.outcome));
  if (!row.detail.empty()) text += " (" + one_line(row.detail) + ")";
  return text + "\n";
}

// The rows that say something: those of other actions are only counted.
std::string trace_text(const policy::Trace& trace, const Style& style) {
  std::string text;
  const char* layer = nullptr;
  size_t others = 0;
  for (const policy::TraceRow& row : trace) {
    if (row.outcome == Outcome::other_action) {
      ++others;
      continue;
    }
    const char* name = policy::kind_name(row.layer);
    if (!layer || std::string_view(layer) != name)
      text += "  " + style.paint(Ink::faint, name) + "\n";
    layer = name;
    text += row_text(row);
  }
  if (others > 0)
    text +=
        fmt::format("  and {} statement{} about other actions\n", others, others == 1 ? "" : "s");
  return text;
}

std::string mark(bool allowed, const Style& style) {
  return allowed ? style.paint(Ink::good, "YES") : style.paint(Ink::bad, "NO");
}

}  // namespace

std::string answer_text(const access::Answer& answer, const access::Question& question,
                        const Style& style) {
  bool allowed = answer.allowed();
  std::string text = fmt::format("{}  {} {} {} on {}\n", mark(allowed, style),
                                 one_line(question.actor->arn), allowed ? "may" : "may not",
                                 one_line(question.action), one_line(question.target->arn));
  if (const access::Step* step = answer.refusing())
    text += fmt::format("WHY  {}: {}\n", one_line(step->title), one_line(access::reason(*step)));
  for (const access::Step& step : answer.steps) {
    text += fmt::format("\n{}: {}\n", one_line(step.title), one_line(access::reason(step)));
    text += trace_text(step.trace, style);
  }
  for (const std::string& note : answer.notes) text += "\nnote: " + one_line(note);
  if (!answer.notes.empty()) text += "\n";
  return text;
}

}  // namespace mainstay::cli
