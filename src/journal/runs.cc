#include "journal/runs.hh"

#include <map>

namespace mainstay::journal {
namespace {

struct Joiner {
  RunRecord& record;
  Time time;
  void operator()(const RunBegun& begun) {
    record.began = time;
    record.begun = begun;
  }
  void operator()(const StackWorked& worked) { record.stacks.push_back(worked); }
  void operator()(const RunEnded& ended) { record.ended = ended; }
};

}  // namespace

std::vector<RunRecord> runs_of(const std::vector<Entry>& entries) {
  std::vector<RunRecord> runs;
  std::map<std::string, size_t> places;
  for (const Entry& entry : entries) {
    auto [place, is_new] = places.try_emplace(entry.run, runs.size());
    if (is_new) runs.push_back({entry.run, entry.time, {}, {}, std::nullopt});
    std::visit(Joiner{runs[place->second], entry.time}, entry.what);
  }
  return runs;
}

std::string result_of(const RunRecord& run) {
  constexpr int approval = 5, interrupted = 130;  // docs/stacks.md, "Exit codes"
  if (!run.ended) return "not ended";
  if (run.ended->exit == 0) return "complete";
  if (run.ended->exit == interrupted) return "interrupted";
  return run.ended->exit == approval ? "refused" : "failed";
}

}  // namespace mainstay::journal
