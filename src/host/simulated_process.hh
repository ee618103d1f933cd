// Children that are scripts, for runs that are repeated from a seed: a program is what it does when
// it is started, spoken to, or signalled. Everything happens on the caller's thread, so one
// that waits in vain moves the simulated clock and is told of the time-out.
//
// Threads: one at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "host/clock.hh"
#include "host/process.hh"

namespace mainstay {

// A running script, as it sees itself.
class SimulatedChild {
 public:
  const ProcessSpec spec;
  const ProcessId id;
  explicit SimulatedChild(ProcessSpec s, ProcessId i) : spec(std::move(s)), id(i) {}
  void print(std::string_view bytes) { output_ += bytes; }
  void complain(std::string_view bytes) { (spec.errors_to_output ? output_ : errors_) += bytes; }
  void exit(int code) { exit_ = ProcessExit{code, 0, true}; }
  bool running() const { return !exit_; }
  std::string variable(std::string_view name) const;  // of its environment, or ""

 private:
  friend class SimulatedProcess;
  friend class SimulatedProcesses;
  std::string output_, errors_;
  std::optional<ProcessExit> exit_;
};

struct SimulatedProgram {
  std::function<void(SimulatedChild&)> start;
  std::function<void(SimulatedChild&, std::string_view bytes)> input;
  std::function<void(SimulatedChild&)> end_of_input;
  // Whether it lives on. Without it, and for SIGKILL always, a signal ends it.
  std::function<bool(SimulatedChild&, int signal)> signal;
};

class SimulatedProcesses : public Processes {
 public:
  explicit SimulatedProcesses(SimulatedClock& clock) : clock_(clock) {}
  // By argv[0], or its last part.
  void add(const std::string& program, SimulatedProgram script);
  // As a kill -9 of the program itself: who ends with it ends, the others live on.
  void crash();

  Result<std::unique_ptr<Process>> spawn(const ProcessSpec& spec) override;
  Result<std::unique_ptr<Process>> adopt(const ProcessId& id) override;
  Result<ProcessId> self() const override { return ProcessId{1, 0}; }
  std::vector<Found> find_marked(const std::string& variable) const override;
  std::optional<std::string> find_program(const std::string& name,
                                          std::string_view path) const override;

 private:
  struct Running {
    std::shared_ptr<SimulatedChild> child;
    const SimulatedProgram* program;
  };
  SimulatedClock& clock_;
  std::map<std::string, SimulatedProgram> programs_;
  std::map<int64_t, Running> children_;  // by pid; those that have ended go with the next spawn
  int64_t last_pid_ = 1000;
};

}  // namespace mainstay
