// How long operations on stacks took in earlier runs, on this machine: what "usual 6-9m (11 runs)"
// is said from. One JSON file, of durations that ended well only.
//
// Limits: runs_max durations a stack and kind of operation, the oldest go first; stacks_max stacks,
// the longest unused go first. Threads: one at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"
#include "host/files.hh"
#include "host/surroundings.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

// The span in which four of five runs lay.
struct Usual {
  int64_t low_ms = 0, high_ms = 0;
  size_t runs = 0;
};

// "usual 6-9m (11 runs)"
std::string usual_text(const Usual& usual);

class RunHistory {
 public:
  static constexpr size_t runs_max = 20, stacks_max = 1'000;
  static constexpr size_t runs_to_tell = 3;  // fewer are no custom

  // Of a file that is not there: empty. Error "JsonInvalid" or those of files.
  static Result<RunHistory> load(const Files& files, const std::string& path);
  // Reads the file again and adds what is new, so that runs side by side keep each other's.
  Status save(Files& files, const std::string& path) const;

  void add(const std::string& address, stacks::Operation operation, int64_t took_ms, Time when);
  std::optional<Usual> usual(const std::string& address, stacks::Operation operation) const;
  bool has_news() const { return !news_.empty(); }

 private:
  struct News {
    std::string address;
    stacks::Operation operation;
    int64_t took_ms;
    Time when;
  };
  struct Kept {
    std::map<std::string, std::vector<int64_t>> took_ms;  // by operation, oldest first
    int64_t used_ms = 0;
  };
  void keep(const News& news);
  std::string to_text() const;

  std::map<std::string, Kept> stacks_;  // by address
  std::vector<News> news_;
};

// $XDG_STATE_HOME/mainstay/durations.json, else under ~/.local/state; nothing where neither is
// known. Source: XDG Base Directory Specification (relative paths don't count).
std::optional<std::string> history_path(const Environment& environment);

}  // namespace mainstay::cli
