#include "cli/screen/progress_rows.hh"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.hh"

namespace mainstay::cli {
namespace {

using stacks::StepState;

// What a step says it is doing, in one word where there is one.
std::string doing_text(const std::string& reason) {
  if (reason == "creating new stack") return "creating";
  if (reason == "updating existing stack") return "updating";
  if (reason == "deleting stack") return "deleting";
  return reason;
}

std::string clock_text(Time time) {
  return format_iso8601(time).substr(sizeof "2026-01-01T" - 1);
}

// Of wide frames, the running stacks matter before those that wait.
constexpr int lines_max = 20, lines_spared = 2;

}  // namespace

void ProgressRows::plan(const std::vector<stacks::PlannedStack>& stacks) {
  waiting_ = stacks;
}

bool ProgressRows::is_running(const std::string& stack) const {
  return std::ranges::find(rows_, stack, &Row::stack) != rows_.end();
}

void ProgressRows::begins(const stacks::OperationReport& report) {
  auto row = std::ranges::find(rows_, report.stack, &Row::stack);
  if (row == rows_.end()) return;
  row->resources = report.resources;
  row->done.clear();
  row->at_work.clear();
  auto usual = usual_ ? usual_(report) : std::nullopt;
  row->usual = usual ? usual_text(*usual) : "";
}

void ProgressRows::event(const std::string& stack, const stacks::StackEvent& event,
                         int64_t now_ms) {
  last_event_ = event.time;
  auto row = std::ranges::find(rows_, stack, &Row::stack);
  if (row == rows_.end() || event.is_stack) return;
  if (event.status.ends_with("_IN_PROGRESS")) {
    row->at_work.emplace(event.logical_id, now_ms);
    return;
  }
  row->at_work.erase(event.logical_id);
  if (event.status.ends_with("_COMPLETE")) row->done.insert(event.logical_id);
}

int64_t ProgressRows::step(const stacks::StepReport& report, int64_t now_ms) {
  std::erase_if(waiting_, [&](const auto& waiting) { return waiting.stack == report.stack; });
  auto row = std::ranges::find(rows_, report.stack, &Row::stack);
  if (report.state == StepState::waiting) return 0;
  if (report.state == StepState::running) {
    if (row == rows_.end()) {
      rows_.push_back({report.stack, "", now_ms, 0, {}, {}, ""});
      row = std::prev(rows_.end());
    }
    // What was done is being undone: it counts no longer.
    if (report.reason == "rolling back") row->resources = 0;
    row->doing = doing_text(report.reason);
    return 0;
  }
  int64_t took_ms = row == rows_.end() ? 0 : now_ms - row->started_ms;
  if (row != rows_.end()) rows_.erase(row);
  ++(report.state == StepState::done     ? done_
     : report.state == StepState::failed ? failed_
                                         : skipped_);
  return took_ms;
}

std::string ProgressRows::main_line(const Row& row, int64_t now_ms, const Style& style) const {
  std::string line = "  " + style.paint(Ink::busy, "▸") +
                     fmt::format(" {}  {}", one_line(row.stack), one_line(row.doing));
  if (row.resources > 0)
    line += fmt::format("  {}/{}", std::min(row.done.size(), row.resources), row.resources);
  else if (!row.done.empty())
    line += fmt::format("  {} done", row.done.size());
  line += "  " + duration_text(now_ms - row.started_ms);
  if (!row.usual.empty()) line += "  " + row.usual;
  return line;
}

std::string ProgressRows::resources_line(const Row& row, int64_t now_ms) const {
  std::vector<std::pair<int64_t, std::string>> longest_first;
  for (const auto& [id, since] : row.at_work) longest_first.emplace_back(since, id);
  std::ranges::sort(longest_first);
  std::vector<std::string> texts;
  for (const auto& [since, id] : longest_first)
    texts.push_back(one_line(id) + " " + duration_text(now_ms - since));
  return "      " + join(texts, ", ");
}

std::vector<std::string> ProgressRows::waiting_lines(const Style& style) const {
  std::vector<std::string> lines;
  for (const stacks::PlannedStack& waiting : waiting_) {
    std::vector<std::string> running;
    for (const std::string& other : waiting.waits_for)
      if (is_running(other)) running.push_back(one_line(other));
    if (running.empty()) continue;
    lines.push_back("  " + style.paint(Ink::faint, "·") + " " + one_line(waiting.stack) + "  " +
                    "waits for " + join(running, ", "));
  }
  return lines;
}

std::string ProgressRows::total_line(int64_t now_ms, int width, const Style& style) const {
  std::vector<std::string> parts{style.paint(Ink::good, "✓") + fmt::format(" {} done", done_)};
  if (skipped_ > 0) parts.push_back(fmt::format("- {} skipped", skipped_));
  parts.push_back(style.paint(failed_ > 0 ? Ink::bad : Ink::faint, "✗") +
                  fmt::format(" {} failed", failed_));
  parts.push_back(fmt::format("▸ {} running", rows_.size()));
  if (!waiting_.empty()) parts.push_back(fmt::format("· {} waiting", waiting_.size()));
  parts.push_back(duration_text(now_ms - started_ms_));
  if (last_event_) parts.push_back("last event " + clock_text(*last_event_));
  // What doesn't fit is left out as a whole.
  std::string line;
  for (const std::string& part : parts)
    if (cut_to(line + "  " + part, width) == line + "  " + part) line += "  " + part;
  return line;
}

std::vector<std::string> ProgressRows::lines(int64_t now_ms, const Terminal& terminal,
                                             const Style& style) const {
  size_t room = static_cast<size_t>(std::clamp(terminal.height - lines_spared, 1, lines_max)) - 1;
  bool roomy = rows_.size() * 2 <= room;
  std::vector<std::string> lines;
  for (const Row& row : rows_) {
    lines.push_back(main_line(row, now_ms, style));
    if (roomy && !row.at_work.empty()) lines.push_back(resources_line(row, now_ms));
  }
  for (std::string& line : waiting_lines(style)) lines.push_back(std::move(line));
  lines.resize(std::min(lines.size(), room));
  lines.push_back(total_line(now_ms, terminal.width, style));
  for (std::string& line : lines) line = cut_to(line, terminal.width);
  return lines;
}

}  // namespace mainstay::cli
