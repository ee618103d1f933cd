// What every command about applications needs: the account where they run, and where answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "apps/releaser.hh"
#include "cli/target/client_run.hh"

namespace mainstay::cli {

struct AppFlags : ClientFlags {
  std::string name;  // of the application
  bool anyway = false;
};

class AppRun : public ClientRun {
 public:
  explicit AppRun(const AppFlags& flags) : ClientRun(flags), flags_(flags) {}

  // Opens the target, and says which.
  Result<std::unique_ptr<apps::Releaser>> open();
  // The same, with the application that the flags name.
  struct Opened {
    std::unique_ptr<apps::Releaser> releaser;
    apps::App app;
  };
  Result<Opened> open_app();

 private:
  const AppFlags& flags_;
};

// Declares a command with the flags that all have. Run: Exit(const Flags&).
template <class Flags, class Run>
CLI::App* add_app_command(CLI::App& app, int& exit_code, const std::string& name,
                          const std::string& description, std::shared_ptr<Flags> flags, Run run,
                          bool with_name = true) {
  CLI::App* command = app.add_subcommand(name, description);
  if (with_name) command->add_option("app", flags->name, "The application")->required();
  add_client_flags(*command, *flags);
  command->callback(
      [flags = std::move(flags), run, &exit_code] { exit_code = static_cast<int>(run(*flags)); });
  return command;
}

// A command that makes a release: opens, makes it, says how it went.
Exit release_command(
    const AppFlags& flags, const std::string& description,
    const std::function<Status(apps::Releaser&, const apps::App&, apps::Release&)>& change);

}  // namespace mainstay::cli
