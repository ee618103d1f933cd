#include <algorithm>
#include <map>

#include "base/text.hh"
#include "journal/runs.hh"

namespace mainstay::journal {
namespace {

constexpr size_t rows_max = 10;

// In a cell of a table nothing of it is taken for Markdown's own.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : one_line(text)) {
    if (std::string_view("\\|`*_[]<>#").contains(c)) out += '\\';
    out += c;
  }
  return out.empty() ? "-" : out;
}

std::string minutes_text(int64_t ms) {
  constexpr int64_t second = 1'000, minute = 60 * second;
  if (ms < minute) return std::to_string((ms + second / 2) / second) + " s";
  return std::to_string((ms + minute / 2) / minute) + " min";
}

std::string count_text(size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

template <class Key>
std::vector<std::pair<Key, size_t>> most_first(const std::map<Key, size_t>& counts) {
  std::vector<std::pair<Key, size_t>> rows(counts.begin(), counts.end());
  std::ranges::stable_sort(rows, std::greater(), [](const auto& row) { return row.second; });
  if (rows.size() > rows_max) rows.resize(rows_max);
  return rows;
}

class Review {
 public:
  Review(std::vector<RunRecord> runs, std::string month)
      : runs_(std::move(runs)), month_(std::move(month)) {}

  std::string text(const std::vector<std::string>& damaged) {
    out_ = "# Review of " + month_ + "\n\n";
    if (runs_.empty()) out_ += "No run of this month is in the journal.\n";
    if (!runs_.empty()) {
      summary();
      results();
      people();
      places();
      stacks();
      failures();
      loose_ends();
    }
    journal(damaged);
    return std::move(out_);
  }

 private:
  void heading(std::string_view title, std::string_view columns, size_t numbers) {
    size_t count = static_cast<size_t>(std::ranges::count(columns, '|')) + 1;
    out_ += "\n## " + std::string(title) + "\n\n| " + std::string(columns) + " |\n|";
    for (size_t i = 0; i < count; ++i) out_ += i + numbers >= count ? "---:|" : "---|";
    out_ += "\n";
  }

  void row(const std::vector<std::string>& cells) { out_ += "| " + join(cells, " | ") + " |\n"; }

  void summary() {
    size_t complete = 0, changed = 0;
    int64_t took_ms = 0;
    for (const RunRecord& run : runs_) {
      complete += result_of(run) == "complete";
      changed += run.ended ? run.ended->changed : 0;
      took_ms += run.ended ? run.ended->took_ms : 0;
    }
    out_ += count_text(runs_.size(), "run") + ", " + std::to_string(complete) +
            " of them complete; " + count_text(changed, "stack") + " changed; " +
            minutes_text(took_ms) + " in all.\n";
  }

  void results() {
    std::map<std::pair<std::string, std::string>, size_t> counts;
    for (const RunRecord& run : runs_) ++counts[{run.begun.command, result_of(run)}];
    heading("What was run", "command | result | runs", 1);
    for (const auto& [key, count] : counts)
      row({cell(key.first), key.second, std::to_string(count)});
  }

  void people() {
    std::map<std::string, size_t> counts;
    for (const RunRecord& run : runs_)
      ++counts[run.begun.user + (run.begun.host.empty() ? "" : " on " + run.begun.host)];
    heading("Who", "who | runs", 1);
    for (const auto& [who, count] : most_first(counts)) row({cell(who), std::to_string(count)});
  }

  void places() {
    std::map<std::string, size_t> counts;
    for (const RunRecord& run : runs_) ++counts[run.begun.where];
    heading("Where", "where | runs", 1);
    for (const auto& [where, count] : most_first(counts)) row({cell(where), std::to_string(count)});
  }

  void stacks() {
    struct Work {
      size_t complete = 0, failed = 0;
      int64_t longest_ms = 0;
    };
    std::map<std::string, Work> by_stack;
    std::map<std::string, size_t> counts;
    for (const RunRecord& run : runs_)
      for (const StackWorked& worked : run.stacks) {
        Work& work = by_stack[worked.address];
        ++(worked.outcome == "failed" ? work.failed : work.complete);
        work.longest_ms = std::max(work.longest_ms, worked.took_ms);
        ++counts[worked.address];
      }
    if (counts.empty()) return;
    heading("Stacks worked on most", "stack | complete | failed | longest", 3);
    for (const auto& [address, count] : most_first(counts)) {
      const Work& work = by_stack[address];
      row({cell(address), std::to_string(work.complete), std::to_string(work.failed),
           minutes_text(work.longest_ms)});
    }
  }

  void failures() {
    bool any = false;
    for (const RunRecord& run : runs_)
      for (const StackWorked& worked : run.stacks) {
        if (worked.outcome != "failed") continue;
        if (!std::exchange(any, true)) heading("Failures", "when | run | stack | why", 0);
        row({format_iso8601(run.began), cell(run.run), cell(worked.address), cell(worked.reason)});
      }
    for (const RunRecord& run : runs_) {
      bool told = std::ranges::any_of(
          run.stacks, [](const StackWorked& worked) { return worked.outcome == "failed"; });
      if (told || !run.ended || run.ended->exit == 0 || run.ended->errors.empty()) continue;
      if (!std::exchange(any, true)) heading("Failures", "when | run | stack | why", 0);
      const Error& first = run.ended->errors.front();
      row({format_iso8601(run.began), cell(run.run), "-", cell(first.code + ": " + first.message)});
    }
  }

  void loose_ends() {
    bool any = false;
    for (const RunRecord& run : runs_) {
      if (run.ended) continue;
      if (!std::exchange(any, true))
        heading("Runs without an end (killed, or still going on)", "when | run | command | who", 0);
      row({format_iso8601(run.began), cell(run.run), cell(run.begun.line), cell(run.begun.user)});
    }
  }

  void journal(const std::vector<std::string>& damaged) {
    out_ += "\nMade from the journal of the runs on this machine.";
    if (damaged.empty()) out_ += " All of its checksums hold.\n";
    if (!damaged.empty()) {
      out_ += " **" + count_text(damaged.size(), "line") +
              " of it can't be trusted and may hide something:**\n\n";
      for (const std::string& one : damaged) out_ += "- " + cell(one) + "\n";
    }
  }

  std::vector<RunRecord> runs_;
  std::string month_, out_;
};

}  // namespace

Result<std::string> review_of(const std::vector<RunRecord>& runs,
                              const std::vector<std::string>& damaged, const std::string& month) {
  if (month.size() != 7 || !parse_time(month + "-01"))
    return Error("UsageInvalid", "\"" + printable(month) + "\" is no month such as 2026-11");
  std::vector<RunRecord> of_month;
  for (const RunRecord& run : runs)
    if (format_iso8601(run.began).starts_with(month + "-")) of_month.push_back(run);
  return Review(std::move(of_month), month).text(damaged);
}

}  // namespace mainstay::journal
