// The user's programs as processes: one Python for everything in Python, a process for each
// command.
#pragma once

#include <memory>
#include <mutex>

#include "host/process.hh"
#include "host/surroundings.hh"
#include "python/worker.hh"
#include "stacks/programs.hh"

namespace mainstay::stacks {

struct ProgramSetup {
  const Environment& environment;
  Processes& processes;
  std::shared_ptr<Clock> clock;
  std::string region;  // of the run
  std::function<void(const std::string& program, const std::string& line)> log;
  std::stop_token stop;
};

// Limits: a template is made within two minutes, a hook or a lookup runs for an hour at most; a
// command prints 1 MB. The configuration and the environment file must outlive it.
class UserPrograms : public Programs {
 public:
  UserPrograms(const Config& config, const Map& environment, ProgramSetup setup)
      : config_(config), environment_(environment), setup_(std::move(setup)) {}

  Status check_class(const std::string& class_path) override;
  Status check_lookup(const std::string& path) override;
  Status check_hook(const std::string& path) override;
  Status check_jinja(const std::string& file, const std::string& text) override;
  Result<MadeTemplate> render(const StackConfig& stack, const Value& variables,
                              const Value& hook_data, const ProgramAsk& ask) override;
  Result<std::string> fill_in(const std::string& file, const std::string& text,
                              const StackConfig& stack, const Value& variables,
                              const Value& hook_data, const ProgramAsk& ask) override;
  Result<MadeTemplate> run_command(const StackConfig& stack, const Value& variables) override;
  Result<Value> look_up(const std::string& path, const std::string& data, const ProgramPlace& place,
                        const ProgramAsk& ask) override;
  Result<HookOutcome> run_hook(const std::string& path, const std::string& data_key,
                               const Value& args, const ProgramPlace& place,
                               const ProgramAsk& ask) override;
  Result<Value> describe(const std::string& class_path) override;

 private:
  Result<python::Worker*> worker();
  Result<Value> call(const std::string& operation, const Value& with, const ProgramAsk& ask,
                     int64_t timeout_ms);
  Status check(const std::string& operation, const Value& with);
  Value hello() const;

  const Config& config_;
  const Map& environment_;
  ProgramSetup setup_;
  std::mutex mutex_;  // of worker_
  std::unique_ptr<python::Worker> worker_;
};

}  // namespace mainstay::stacks
