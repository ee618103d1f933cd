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
#include "cli/target/client_run.hh"
#include "databases/copy_lock.hh"
#include "host/process.hh"
#include "host/signals.hh"

namespace mainstay::cli {

using DbFlags = ClientFlags;

class DbRun : public ClientRun {
 public:
  DbRun(const DbFlags& flags, std::string command);

  // Opens the target, and says which.
  Status open();
  const std::shared_ptr<aws::Client>& client() const { return client_; }
  const std::string& region() const { return target().region; }
  Processes& processes() { return processes_; }
  std::stop_token stop() const { return stopping_.get_token(); }
  databases::LockOwner owner() const;

  // Before the first change; then each piece of work as it ends, and the end of it all.
  void begin_work(const std::string& line);
  void worked(const std::string& what, const std::string& region, bool well,
              const std::string& reason);
  Exit end_work(Exit exit);

 private:
  std::string command_;
  std::stop_source stopping_;
  SignalWatch signals_;
  RealProcesses processes_;
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

// Declares a command with the flags that all have. Run: Exit(const Flags&).
template <class Flags, class Run>
CLI::App* add_db_command(CLI::App& db, int& exit_code, const std::string& name,
                         const std::string& description, std::shared_ptr<Flags> flags, Run run) {
  CLI::App* command = db.add_subcommand(name, description);
  add_client_flags(*command, *flags);
  command->callback(
      [flags = std::move(flags), run, &exit_code] { exit_code = static_cast<int>(run(*flags)); });
  return command;
}

}  // namespace mainstay::cli
