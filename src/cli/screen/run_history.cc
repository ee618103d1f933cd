#include "cli/screen/run_history.hh"

#include <fmt/core.h>

#include <algorithm>

#include "base/json.hh"

namespace mainstay::cli {
namespace {

constexpr size_t history_bytes_max = 4 * 1024 * 1024;
constexpr int64_t second = 1'000, minute = 60 * second, hour = 60 * minute;

// Nearest rank: what so many of a hundred don't exceed.
int64_t percentile(const std::vector<int64_t>& sorted, size_t of_hundred) {
  size_t rank = (sorted.size() * of_hundred + 99) / 100;
  return sorted[std::clamp<size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace

std::string usual_text(const Usual& usual) {
  struct Unit {
    int64_t ms;
    const char* name;
  };
  constexpr int64_t in_minutes_from = 90 * second, in_hours_from = 100 * minute;
  Unit unit = usual.high_ms < in_minutes_from ? Unit{second, "s"}
              : usual.high_ms < in_hours_from ? Unit{minute, "m"}
                                              : Unit{hour, "h"};
  int64_t low = (usual.low_ms + unit.ms / 2) / unit.ms;
  int64_t high = (usual.high_ms + unit.ms / 2) / unit.ms;
  std::string span = high == 0     ? "under 1"
                     : low == high ? std::to_string(high)
                                   : fmt::format("{}-{}", low, high);
  return fmt::format("usual {}{} ({} runs)", span, unit.name, usual.runs);
}

Result<RunHistory> RunHistory::load(const Files& files, const std::string& path) {
  RunHistory history;
  auto text = files.read(path, history_bytes_max);
  if (!text && text.error().code == "FileNotFound") return history;
  if (!text) return text.error();
  TRY(Value whole, parse_json(*text));
  for (const auto& [address, stack] : whole["stacks"].members()) {
    Kept kept;
    kept.used_ms = stack["used_ms"].as_int();
    for (const auto& [operation, durations] : stack["took_ms"].members())
      for (const Value& one : durations.items())
        if (one.is_int() && one.as_int() >= 0) kept.took_ms[operation].push_back(one.as_int());
    history.stacks_[address] = std::move(kept);
  }
  return history;
}

Status RunHistory::save(Files& files, const std::string& path) const {
  // Whatever can't be read is begun anew: it was warned of when it was loaded.
  RunHistory now = load(files, path).value_or(RunHistory());
  for (const News& news : news_) now.keep(news);
  return files.write(path, now.to_text(), 0600);
}

void RunHistory::add(const std::string& address, stacks::Operation operation, int64_t took_ms,
                     Time when) {
  news_.push_back({address, operation, took_ms, when});
}

void RunHistory::keep(const News& news) {
  Kept& kept = stacks_[news.address];
  kept.used_ms = news.when.ms;
  std::vector<int64_t>& durations = kept.took_ms[std::string(operation_name(news.operation))];
  durations.push_back(news.took_ms);
  if (durations.size() > runs_max)
    durations.erase(durations.begin(), durations.end() - static_cast<ptrdiff_t>(runs_max));
  while (stacks_.size() > stacks_max)
    stacks_.erase(std::ranges::min_element(stacks_, {},
                                           [](const auto& stack) { return stack.second.used_ms; }));
}

std::optional<Usual> RunHistory::usual(const std::string& address,
                                       stacks::Operation operation) const {
  auto stack = stacks_.find(address);
  if (stack == stacks_.end()) return std::nullopt;
  auto kept = stack->second.took_ms.find(std::string(operation_name(operation)));
  if (kept == stack->second.took_ms.end() || kept->second.size() < runs_to_tell)
    return std::nullopt;
  std::vector<int64_t> sorted = kept->second;
  std::ranges::sort(sorted);
  return Usual{percentile(sorted, 10), percentile(sorted, 90), sorted.size()};
}

std::string RunHistory::to_text() const {
  Value all = Value::map();
  for (const auto& [address, kept] : stacks_) {
    Value operations = Value::map();
    for (const auto& [operation, durations] : kept.took_ms) {
      Value list = Value::list();
      for (int64_t ms : durations) list.push_back(ms);
      operations.set(operation, std::move(list));
    }
    all.set(address, Value::map({{"used_ms", kept.used_ms}, {"took_ms", std::move(operations)}}));
  }
  return to_json(Value::map({{"version", 1}, {"stacks", std::move(all)}})) + "\n";
}

std::optional<std::string> history_path(const Environment& environment) {
  std::string base = environment.text("XDG_STATE_HOME");
  if (!base.starts_with('/')) {
    std::string home = environment.text("HOME");
    if (!home.starts_with('/')) return std::nullopt;
    base = join_path(home, ".local/state");
  }
  return join_path(base, "mainstay/durations.json");
}

}  // namespace mainstay::cli
