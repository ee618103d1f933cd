// What every command about access needs: the snapshot, from a file or from the target's accounts,
// made ready for decisions; where the answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "access/world.hh"
#include "actions/action_table.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "cli/target/target.hh"
#include "host/clock.hh"

namespace mainstay::cli {

struct AccessFlags {
  TargetOptions target;
  std::vector<std::string> profiles;
  std::vector<std::string> accounts;
  std::string role;                  // to assume in accounts that no profile is of
  std::string from;                  // a saved snapshot
  std::vector<std::string> context;  // KEY=VALUE
  std::string colour = "auto";
  bool json = false;
  std::string json_into;  // a file for the lines of JSON, beside the text for people
};

void add_access_output_flags(CLI::App& command, AccessFlags& flags);
void add_access_source_flags(CLI::App& command, AccessFlags& flags);
void add_context_flag(CLI::App& command, AccessFlags& flags);

class AccessRun {
 public:
  explicit AccessRun(const AccessFlags& flags);

  // Reads the snapshot; says where it is from, and what could not be read.
  Result<access::Snapshot> snapshot();
  // The same, made ready.
  Status open();
  const access::World& world() const { return *world_; }
  // A client of an account of the target, "" for the one at hand.
  Result<std::shared_ptr<aws::Client>> client(const std::string& account);

  // Of --context: a key that is given several times is a list. Error "UsageInvalid".
  Result<policy::Context> context() const;

  Exit fail(const Error& error);
  void print(const std::string& text) const;  // to standard output, but for --json
  void warn(const std::string& text) const;   // by --json as a line of its own
  // A new action may be missing from the program's data, so that this is no error.
  void warn_of_unknown_action(const actions::ActionTable& table, const std::string& action) const;
  void note(const std::string& text) const;  // to standard error, but for --json
  // Where lines of JSON go, beside what is printed; nullptr: nowhere.
  Ndjson* json() { return ndjson_.get(); }
  const Style& style() const { return style_; }
  RealFiles& files() { return files_; }
  Time now() const { return clock_->now(); }

 private:
  Result<access::Snapshot> from_file();
  Result<access::Snapshot> from_target();
  Status open_targets();
  Status open_profiles(const TargetContext& context);
  Result<std::shared_ptr<aws::Client>> assumed(const std::string& account);

  const AccessFlags& flags_;
  RealEnvironment environment_;
  RealFiles files_;
  Secrets secrets_;
  std::shared_ptr<RealClock> clock_ = std::make_shared<RealClock>();
  Style style_;
  std::shared_ptr<Ndjson> ndjson_;
  std::vector<Target> targets_;  // one; or one a profile
  std::string own_account_;
  std::map<std::string, std::shared_ptr<aws::Client>> clients_;  // by account
  std::shared_ptr<const access::World> world_;
};

// AWS's own managed policies, from the data that the program carries.
Result<std::string> embedded_managed_policy(const std::string& arn);

}  // namespace mainstay::cli
