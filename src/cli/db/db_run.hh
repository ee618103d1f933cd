// What every command about databases needs: the account where they are, signals, the journal, and
// where answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "aws/client.hh"
#include "cli/journal/run_journal.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "cli/target/target.hh"
#include "databases/copy_lock.hh"
#include "host/clock.hh"
#include "host/files.hh"
#include "host/process.hh"
#include "host/signals.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {

struct DbFlags {
  TargetOptions target;
  std::string colour = "auto";
  bool json = false;
};

class DbRun {
 public:
  DbRun(const DbFlags& flags, std::string command);

  // Opens the target, and says which.
  Status open();
  const std::shared_ptr<aws::Client>& client() const { return client_; }
  const std::shared_ptr<RealClock>& clock() const { return clock_; }
  const std::string& region() const { return target_.region; }
  RealFiles& files() { return files_; }
  const Environment& environment() const { return environment_; }
  Processes& processes() { return processes_; }
  std::stop_token stop() const { return stopping_.get_token(); }
  databases::LockOwner owner() const;

  // Before the first change; then each piece of work as it ends, and the end of it all.
  void begin_work(const std::string& line);
  void worked(const std::string& what, const std::string& region, bool well,
              const std::string& reason);
  Exit end_work(Exit exit);

  Exit fail(const Error& error);
  // The same for people and for programs.
  void line(std::string_view type, Value members, const std::string& text);

 private:
  const DbFlags& flags_;
  std::string command_, run_id_;
  std::stop_source stopping_;
  SignalWatch signals_;
  RealEnvironment environment_;
  RealFiles files_;
  RealProcesses processes_;
  Secrets secrets_;
  std::shared_ptr<RealClock> clock_ = std::make_shared<RealClock>();
  Style style_;
  std::unique_ptr<Ndjson> ndjson_;
  Target target_;
  std::shared_ptr<aws::Client> client_;
  std::unique_ptr<RunJournal> journal_;
  std::vector<Error> errors_;
  size_t changed_ = 0, failed_ = 0;
};

// Whether the process that holds a lock has ended, as far as that can be told from here.
bool lock_owner_has_ended(const databases::LockOwner& owner);

// "eu-west-1=alias/x" as a pair. Error "UsageInvalid".
Result<std::map<std::string, std::string>> pairs_of(const std::string& flag,
                                                    const std::vector<std::string>& words);

void add_db_flags(CLI::App& command, DbFlags& flags);

// Declares a command with the flags that all have. Run: Exit(const Flags&).
template <class Flags, class Run>
CLI::App* add_db_command(CLI::App& db, int& exit_code, const std::string& name,
                         const std::string& description, std::shared_ptr<Flags> flags, Run run) {
  CLI::App* command = db.add_subcommand(name, description);
  add_db_flags(*command, *flags);
  command->callback(
      [flags = std::move(flags), run, &exit_code] { exit_code = static_cast<int>(run(*flags)); });
  return command;
}

}  // namespace mainstay::cli
