#include <fmt/core.h>

#include "base/text.hh"
#include "cli/app/app_commands.hh"
#include "cli/app/app_run.hh"

namespace mainstay::cli {
namespace {

struct RollbackFlags : AppFlags {
  std::string release;
};

Exit releases_command(const AppFlags& flags) {
  AppRun run(flags);
  auto opened = run.open_app();
  if (!opened) return run.fail(opened.error());
  auto& [releaser, app] = *opened;
  auto releases = releaser->shelf().releases(app);
  if (!releases) return run.fail(releases.error());
  for (const apps::Release& one : *releases)
    run.line("release", one.to_value(),
             fmt::format("{} v{:<4} {}  {:<24} {}  {}\n", one.number == app.current ? "*" : " ",
                         one.number, format_iso8601(one.created), one.description, one.user,
                         one.status));
  return Exit::ok;
}

// All of what the older one was: image, processes, counts and variables.
Exit rollback_command(const RollbackFlags& flags) {
  std::string digits = flags.release.starts_with('v') ? flags.release.substr(1) : flags.release;
  auto number = parse_int(digits);
  if (!number)
    return AppRun(flags).fail(
        Error("UsageInvalid", "\"" + flags.release + "\" is no release, as 3 or v3"));
  return release_command(
      flags, "rollback to v" + digits,
      [&](apps::Releaser& releaser, const apps::App& app, apps::Release& next) -> Status {
        TRY(next, releaser.shelf().release(app, *number));
        return {};
      });
}

}  // namespace

void add_app_release(CLI::App& app, int& exit_code) {
  CLI::App* command = add_app_command(app, exit_code, "releases",
                                      "What was released, when and by whom; * is deployed",
                                      std::make_shared<AppFlags>(), releases_command);
  command->footer(
      "Examples:\n  mainstay app releases shop\n"
      "  mainstay app releases shop --json\n"
      "  mainstay app releases shop --profile staging");
  auto flags = std::make_shared<RollbackFlags>();
  command =
      add_app_command(app, exit_code, "rollback", "A new release that is all that an older one was",
                      flags, rollback_command);
  command->add_option("release", flags->release, "Its number, as 3 or v3")->required();
  command->add_flag("--anyway", flags->anyway, "Also where the cluster has no room for all of it");
  command->footer(
      "Examples:\n  mainstay app rollback shop v3\n"
      "  mainstay app rollback shop 3\n"
      "  mainstay app rollback shop v3 --anyway");
}

}  // namespace mainstay::cli
