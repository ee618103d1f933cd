// What a run looks like at one moment, as lines of a terminal: the stacks at work with what is done
// of how many, how long it has taken and what is being made; those that wait for them; and a line
// for all. Knows nothing of terminals or threads.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/screen/run_history.hh"
#include "cli/screen/screen.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

// What earlier runs say of an operation; may be empty.
using UsualSource = std::function<std::optional<Usual>(const stacks::OperationReport& report)>;

class ProgressRows {
 public:
  explicit ProgressRows(UsualSource usual, int64_t now_ms)
      : usual_(std::move(usual)), started_ms_(now_ms) {}

  void plan(const std::vector<stacks::PlannedStack>& stacks);
  void begins(const stacks::OperationReport& report);
  void event(const std::string& stack, const stacks::StackEvent& event, int64_t now_ms);
  // For a step that has ended: how long it was at work.
  int64_t step(const stacks::StepReport& report, int64_t now_ms);

  // At most so many lines, each narrower than the terminal.
  std::vector<std::string> lines(int64_t now_ms, const Terminal& terminal,
                                 const Style& style) const;

 private:
  struct Row {
    std::string stack, doing;
    int64_t started_ms = 0;
    size_t resources = 0;  // of the operation; 0: not known
    std::set<std::string> done;
    std::map<std::string, int64_t> at_work;  // resources, by when they began
    std::string usual;
  };
  std::string main_line(const Row& row, int64_t now_ms, const Style& style) const;
  std::string resources_line(const Row& row, int64_t now_ms) const;
  std::vector<std::string> waiting_lines(const Style& style) const;
  std::string total_line(int64_t now_ms, int width, const Style& style) const;
  bool is_running(const std::string& stack) const;

  UsualSource usual_;
  int64_t started_ms_;
  std::vector<Row> rows_;                      // running, in the order in which they began
  std::vector<stacks::PlannedStack> waiting_;  // not begun
  size_t done_ = 0, failed_ = 0, skipped_ = 0;
  std::optional<Time> last_event_;
};

}  // namespace mainstay::cli
