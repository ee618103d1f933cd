#include "cli/chaos/chaos_commands.hh"

namespace mainstay::cli {

void add_chaos(CLI::App& app, int& exit_code) {
  CLI::App* chaos = app.add_subcommand(
      "chaos",
      "Attacks on containers of this host, which prove their effect and leave nothing behind");
  chaos->require_subcommand(1);
  add_chaos_attack(*chaos, exit_code);
  add_chaos_halt(*chaos, exit_code);
  add_chaos_status(*chaos, exit_code);
  add_chaos_guard(*chaos, exit_code);
  chaos->footer(
      "Examples:\n  mainstay chaos attack pause --label app=api --for 30 --dry-run\n"
      "  mainstay chaos halt\n  mainstay chaos audit\n\n"
      "docs/chaos.md says what each kind does and how it is taken back.");
}

}  // namespace mainstay::cli
