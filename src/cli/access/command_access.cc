#include "cli/access/access_commands.hh"

namespace mainstay::cli {

void add_access(CLI::App& app, int& exit_code) {
  CLI::App* access = app.add_subcommand("access", "Who may do what, over accounts");
  access->require_subcommand(1);
  add_access_can(*access, exit_code);
  add_access_who(*access, exit_code);
  add_access_what(*access, exit_code);
  add_access_path(*access, exit_code);
  add_access_blast(*access, exit_code);
  add_access_diff(*access, exit_code);
  add_access_check(*access, exit_code);
  add_access_tighten(*access, exit_code);
  add_access_share(*access, exit_code);
  add_access_explain(*access, exit_code);
  add_access_fetch(*access, exit_code);
  access->footer(
      "Examples:\n  mainstay access can role/app s3:GetObject arn:aws:s3:::acme-data/x\n"
      "  mainstay access who s3:GetObject arn:aws:s3:::acme-data/x --profile audit\n"
      "  mainstay access fetch --save access.json\n\n"
      "Where the facts come from: the embedded cloud (all accounts of its organization), an\n"
      "--endpoint, real accounts (--profile, only reading calls), or a file (--from).\n"
      "docs/access.md has a session and the file's format.");
}

}  // namespace mainstay::cli
