#include "cli/db/db_commands.hh"

namespace mainstay::cli {

void add_db(CLI::App& root, int& exit_code) {
  CLI::App* db = root.add_subcommand(
      "db", "Databases of RDS: copies of their snapshots, restore drills, checks");
  db->require_subcommand(1);
  add_db_copy(*db, exit_code);
  add_db_status(*db, exit_code);
  add_db_verify(*db, exit_code);
  add_db_upgrade(*db, exit_code);
  add_db_storage(*db, exit_code);
  db->footer(
      "Examples:\n"
      "  mainstay db copy --all --to eu-west-1 --key eu-west-1=alias/copies --plan\n"
      "  mainstay db copy orders --to eu-west-1 --keep 7\n"
      "  mainstay db status --to eu-west-1 --rpo 24h"
      "\n\ndocs/database-copies.md has a session.");
}

}  // namespace mainstay::cli
