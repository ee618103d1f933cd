// The journal's entries put together by run. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/entry.hh"

namespace mainstay::journal {

struct RunRecord {
  std::string run;
  Time began;
  RunBegun begun;
  std::vector<StackWorked> stacks;  // in the order in which they ended
  std::optional<RunEnded> ended;    // nothing: it goes on, or was killed
};

// In the order in which they began. Entries whose beginning is no longer kept make a run that says
// no more than they do.
std::vector<RunRecord> runs_of(const std::vector<Entry>& entries);

// "complete", "failed", "interrupted", "refused", "not ended": how a run ended, in a word.
std::string result_of(const RunRecord& run);

// A month's report in Markdown: of the runs that began in it (UTC). month: "2026-11". Error
// "UsageInvalid" for what is no month.
Result<std::string> review_of(const std::vector<RunRecord>& runs,
                              const std::vector<std::string>& damaged, const std::string& month);

}  // namespace mainstay::journal
