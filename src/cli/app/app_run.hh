// What every command about applications needs: the account where they run, and where answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "apps/releaser.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "cli/target/target.hh"
#include "host/clock.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {

struct AppFlags {
  TargetOptions target;
  std::string name;  // of the application
  std::string colour = "auto";
  bool json = false;
  bool anyway = false;
};

class AppRun {
 public:
  explicit AppRun(const AppFlags& flags);

  // Opens the target, and says which.
  Result<std::unique_ptr<apps::Releaser>> open();
  Exit fail(const Error& error);
  // The same for people and for programs.
  Exit done(std::string_view type, Value members, const std::string& text);
  void line(std::string_view type, Value members, const std::string& text);
  RealFiles& files() { return files_; }

 private:
  const AppFlags& flags_;
  RealEnvironment environment_;
  RealFiles files_;
  Secrets secrets_;
  std::shared_ptr<RealClock> clock_ = std::make_shared<RealClock>();
  Style style_;
  std::unique_ptr<Ndjson> ndjson_;
  Target target_;
};

void add_app_flags(CLI::App& command, AppFlags& flags, bool with_name);

// Declares a command with the flags that all have. Run: Exit(const Flags&).
template <class Flags, class Run>
CLI::App* add_app_command(CLI::App& app, int& exit_code, const std::string& name,
                          const std::string& description, std::shared_ptr<Flags> flags, Run run,
                          bool with_name = true) {
  CLI::App* command = app.add_subcommand(name, description);
  add_app_flags(*command, *flags, with_name);
  command->callback(
      [flags = std::move(flags), run, &exit_code] { exit_code = static_cast<int>(run(*flags)); });
  return command;
}

// A command that makes a release: opens, makes it, says how it went.
Exit release_command(
    const AppFlags& flags, const std::string& description,
    const std::function<Status(apps::Releaser&, const apps::App&, apps::Release&)>& change);

}  // namespace mainstay::cli
