// What every command over a configuration needs, set up in one place: files read, the target
// opened, progress shown, signals heeded.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "cli/journal/run_journal.hh"
#include "cli/screen/approval.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/progress.hh"
#include "cli/screen/progress_kept.hh"
#include "cli/stack/graph_hold.hh"
#include "cli/stack/rehearsal.hh"
#include "cli/stack/stack_flags.hh"
#include "cli/target/target.hh"
#include "host/clock.hh"
#include "host/executor.hh"
#include "host/signals.hh"
#include "stacks/diff.hh"
#include "stacks/package_sources.hh"
#include "stacks/run.hh"
#include "stacks/session.hh"
#include "stacks/user_programs.hh"

namespace mainstay::cli {

class StackRun {
 public:
  explicit StackRun(const StackFlags& flags);
  ~StackRun();

  // Reads the environment and the configuration.
  Status load();
  // Another configuration, under the same environment; after load().
  Result<stacks::Config> read_config(const std::string& file);
  // Opens the target and says where it goes.
  Status open();
  stacks::Session& session() { return *session_; }

  struct Plan {
    std::string id;
    std::map<std::string, std::string> stacks;  // fingerprints of those that await nothing
  };
  // Looks at every stack, without changing anything. Errors: what keeps a run from starting.
  Result<Plan> plan(const std::function<void(const stacks::StackDiff&)>& show);
  // From here on stacks are only worked on as the plan with this id had them. Error "PlanStale".
  Status hold_to_plan(const std::string& id);

  const stacks::Config& config() const { return config_; }
  // Of a run that only rehearses; null for others.
  const RehearsalRecord* rehearsal() const { return rehearsal_.get(); }
  // Runs what the configuration has in Python; the configuration is not to be loaded after it.
  stacks::Programs& programs();

  // Takes the lock of the persistent graph, where the configuration has one, until the work ends.
  Status hold_graph();
  // The same to look only: nothing is locked, or written.
  Status look_at_graph();
  // Warns of stacks that left the configuration.
  void tell_what_left();
  // From here on the session is over what left the configuration. False where nothing did.
  bool turn_to_what_left();

  // Writes into the journal that the run begins; before anything is changed.
  void begin_work();
  // Writes how it ended, and gives the exit code back.
  Exit end_work(Exit exit, const stacks::RunResult& result);

  // Prints the error as asked for, and gives its exit code.
  Exit fail(const Error& error);
  // Stops progress, so that results can follow.
  void finish_progress() { progress_->finish(); }
  void print(const std::string& text) const;  // to standard output, but for --json
  // Where lines of JSON go, beside what is printed; nullptr: nowhere.
  Ndjson* json() { return ndjson_.get(); }
  const Style& style() const { return style_; }
  const Target& target() const { return target_; }
  const Files& files() const { return files_; }
  Files& writable_files() { return files_; }
  const Secrets& secrets() const { return secrets_; }
  bool can_ask() const { return input_.interactive && error_.interactive; }
  // With -i, answers are also taken from a pipe.
  bool answers_come() const { return flags_.interactive && flags_.files.back() != "-"; }
  bool interrupted() const { return begin_nothing_.stop_requested(); }
  int64_t elapsed_ms() const { return clock_->monotonic_ms() - started_ms_; }

 private:
  Status open_once();
  Status tell_of_profiles();
  std::shared_ptr<KeptRuns> kept_runs(std::string& warning) const;
  std::unique_ptr<Progress> make_progress();
  std::shared_ptr<RunJournal> make_journal();
  void on_signal(int count);
  void ask_what_to_do(std::stop_token over);
  stacks::RunOptions run_options() const;
  void make_session(stacks::RunOptions options);
  Status open_graph(bool look_only);
  // The first error is what matters.
  Status release_graph();

  const StackFlags& flags_;
  std::stop_source begin_nothing_, stop_waiting_, take_back_;
  SignalWatch signals_;  // before any other thread
  RealEnvironment environment_;
  RealFiles files_;
  Secrets secrets_;
  std::shared_ptr<RealClock> clock_ = std::make_shared<RealClock>();
  int64_t started_ms_ = clock_->monotonic_ms();
  Terminal input_, error_;
  Style style_;
  std::string run_id_;
  std::shared_ptr<Ndjson> ndjson_;
  stacks::EnvironmentFile variables_;
  stacks::Config config_, left_;
  const stacks::Config* at_work_ = &config_;  // what the session is over
  Target target_;
  ThreadPool threads_;
  std::shared_ptr<RehearsalRecord> rehearsal_;
  std::shared_ptr<RunJournal> journal_;  // null where nothing is kept
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<TerminalApprover> approver_;
  std::unique_ptr<stacks::Approver> asking_;  // the same, on a screen cleared for it
  RealProcesses processes_;
  std::unique_ptr<stacks::UserPrograms> programs_;
  std::unique_ptr<GraphHold> graph_;
  std::unique_ptr<stacks::Session> session_;
  std::jthread question_;  // after a signal; ended first
};

}  // namespace mainstay::cli
