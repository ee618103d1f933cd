#include <fmt/core.h>

#include "base/text.hh"
#include "cli/app/app_commands.hh"
#include "cli/app/app_run.hh"

namespace mainstay::cli {
namespace {

Exit list_command(const AppFlags& flags) {
  AppRun run(flags);
  auto releaser = run.open();
  if (!releaser) return run.fail(releaser.error());
  auto all = (*releaser)->shelf().apps();
  if (!all) return run.fail(all.error());
  for (const apps::App& one : *all)
    run.line("app", one.to_value(),
             fmt::format(
                 "{:<30} {:<20} {}\n", one.name, one.cluster,
                 one.current ? fmt::format("v{}", one.current) : std::string("nothing deployed")));
  return Exit::ok;
}

Exit info_command(const AppFlags& flags) {
  AppRun run(flags);
  auto opened = run.open_app();
  if (!opened) return run.fail(opened.error());
  auto& [releaser, app] = *opened;
  auto release = releaser->deployed(app);
  if (!release) return run.fail(release.error());
  run.line("app", app.to_value(),
           fmt::format("{}  cluster {}  stack {}\n{}", app.name, app.cluster, app.stack(),
                       *release ? "" : "nothing is deployed\n"));
  if (!*release) return Exit::ok;
  run.line("release", (*release)->to_value(),
           fmt::format("v{}  {}\n", (*release)->number, (*release)->image));
  for (const apps::Process& one : (*release)->processes)
    run.line("process",
             Value::map({{"name", one.name}, {"count", one.count}, {"size", one.size.to_text()}}),
             fmt::format("  {:<16} {:>4} x {:<10} {}\n", one.name, one.count, one.size.to_text(),
                         join(one.command, " ")));
  return Exit::ok;
}

}  // namespace

void add_app_show(CLI::App& app, int& exit_code) {
  CLI::App* command = add_app_command(app, exit_code, "list", "All applications",
                                      std::make_shared<AppFlags>(), list_command, false);
  command->footer(
      "Examples:\n  mainstay app list\n"
      "  mainstay app list --json\n"
      "  mainstay app list --endpoint http://127.0.0.1:4566");
  command = add_app_command(app, exit_code, "info", "What an application is, and what runs of it",
                            std::make_shared<AppFlags>(), info_command);
  command->footer(
      "Examples:\n  mainstay app info shop\n"
      "  mainstay app info shop --json\n"
      "  mainstay app info shop --profile staging");
}

}  // namespace mainstay::cli
