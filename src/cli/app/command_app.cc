#include "cli/app/app_commands.hh"

namespace mainstay::cli {

void add_app(CLI::App& root, int& exit_code) {
  CLI::App* app = root.add_subcommand("app", "Applications on ECS: deployed, scaled, rolled back");
  app->require_subcommand(1);
  add_app_create(*app, exit_code);
  add_app_deploy(*app, exit_code);
  add_app_scale(*app, exit_code);
  add_app_variable(*app, exit_code);
  add_app_release(*app, exit_code);
  add_app_show(*app, exit_code);
  add_app_run(*app, exit_code);
  add_app_destroy(*app, exit_code);
  app->footer(
      "Examples:\n  mainstay app create shop --cluster main\n"
      "  mainstay app deploy shop shop:42 --procfile Procfile\n"
      "  mainstay app rollback shop 3\n\n"
      "docs/apps.md has a session.");
}

}  // namespace mainstay::cli
