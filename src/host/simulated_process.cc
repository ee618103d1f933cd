#include "host/simulated_process.hh"

#include <algorithm>
#include <csignal>

#include "base/text.hh"

namespace mainstay {
namespace {

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string SimulatedChild::variable(std::string_view name) const {
  std::string start = std::string(name) + "=";
  for (const std::string& entry : spec.environment)
    if (entry.starts_with(start)) return entry.substr(start.size());
  return "";
}

class SimulatedProcess : public Process {
 public:
  SimulatedProcess(std::shared_ptr<SimulatedChild> child, const SimulatedProgram& program,
                   SimulatedClock& clock, bool ours)
      : child_(std::move(child)), program_(program), clock_(clock), ours_(ours) {}
  ~SimulatedProcess() override {
    if (ours_ && !left_) (void)kill(SIGKILL);
  }

  ProcessId id() const override { return child_->id; }

  Result<size_t> write(std::string_view bytes, int64_t) override {
    if (!input_open_ || !child_->running())
      return Error("ProcessGone", "nobody reads its input any more");
    if (program_.input) program_.input(*child_, bytes);
    return bytes.size();
  }
  void close_input() override {
    if (!std::exchange(input_open_, false) || !child_->running()) return;
    if (program_.end_of_input) program_.end_of_input(*child_);
  }

  Result<Piece> read(size_t bytes_max, int64_t timeout_ms) override {
    for (auto [text, from] :
         {std::pair{&child_->output_, Source::output}, {&child_->errors_, Source::errors}}) {
      if (text->empty()) continue;
      std::string bytes = text->substr(0, bytes_max);
      text->erase(0, bytes.size());
      return Piece{from, std::move(bytes)};
    }
    if (!child_->running()) return Piece{};
    return late(timeout_ms);
  }

  Result<ProcessExit> wait(int64_t timeout_ms) override {
    if (child_->running()) return late(timeout_ms);
    return ours_ ? *child_->exit_ : ProcessExit{0, 0, false};
  }

  Status kill(int signal) override {
    if (!child_->running()) return {};
    if (signal != SIGKILL && program_.signal && program_.signal(*child_, signal)) return {};
    if (child_->running()) child_->exit_ = ProcessExit{128 + signal, signal, true};
    return {};
  }
  Status kill_group(int signal) override { return kill(signal); }
  void leave() override { left_ = true; }
  Result<ProcessUsage> usage() const override {
    if (!child_->running()) return Error("FileNotFound", "the process has ended");
    return ProcessUsage{};
  }

 private:
  // Nothing else runs, so that what has not come now never will.
  Error late(int64_t timeout_ms) {
    if (timeout_ms < 0) return Error("ProcessFailed", "the simulated process waits for ever");
    clock_.sleep_ms(timeout_ms);
    return Error("ProcessTimeout",
                 "nothing from the process within " + std::to_string(timeout_ms) + " ms");
  }

  std::shared_ptr<SimulatedChild> child_;
  const SimulatedProgram& program_;
  SimulatedClock& clock_;
  const bool ours_;
  bool input_open_ = true;
  bool left_ = false;
};

void SimulatedProcesses::add(const std::string& program, SimulatedProgram script) {
  programs_[program] = std::move(script);
}

void SimulatedProcesses::crash() {
  for (auto& [pid, running] : children_)
    if (running.child->spec.ends_with_us && running.child->running())
      running.child->exit_ = ProcessExit{128 + SIGKILL, SIGKILL, true};
}

Result<std::unique_ptr<Process>> SimulatedProcesses::spawn(const ProcessSpec& spec) {
  if (spec.argv.empty()) return Error("ProgramNotFound", "no program is named");
  auto program = programs_.find(spec.argv[0]);
  if (program == programs_.end()) program = programs_.find(last_part(spec.argv[0]));
  if (program == programs_.end())
    return Error("ProgramNotFound", spec.argv[0] + ": no such program");
  std::erase_if(children_, [](const auto& entry) { return !entry.second.child->running(); });
  ProcessId id{++last_pid_, static_cast<uint64_t>(clock_.monotonic_ms())};
  auto child = std::make_shared<SimulatedChild>(spec, id);
  children_[id.pid] = {child, &program->second};
  if (program->second.start) program->second.start(*child);
  return std::make_unique<SimulatedProcess>(child, program->second, clock_, true);
}

Result<std::unique_ptr<Process>> SimulatedProcesses::adopt(const ProcessId& id) {
  auto it = children_.find(id.pid);
  if (it == children_.end() || it->second.child->id != id || !it->second.child->running())
    return Error("ProcessGone", "process " + std::to_string(id.pid) + " has ended");
  return std::make_unique<SimulatedProcess>(it->second.child, *it->second.program, clock_, false);
}

std::vector<Processes::Found> SimulatedProcesses::find_marked(const std::string& variable) const {
  std::vector<Found> found;
  for (const auto& [pid, running] : children_)
    for (const std::string& entry : running.child->spec.environment)
      if (running.child->running() && entry.starts_with(variable + "="))
        found.push_back({running.child->id, entry.substr(variable.size() + 1)});
  return found;
}

std::optional<std::string> SimulatedProcesses::find_program(const std::string& name,
                                                            std::string_view) const {
  if (programs_.contains(name)) return name.contains('/') ? name : "/usr/bin/" + name;
  return programs_.contains(last_part(name)) ? std::optional(name) : std::nullopt;
}

}  // namespace mainstay
