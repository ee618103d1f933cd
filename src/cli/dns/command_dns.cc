#include "cli/dns/dns_commands.hh"

namespace mainstay::cli {

void add_dns(CLI::App& root, int& exit_code) {
  CLI::App* app =
      root.add_subcommand("dns", "Zones of Route 53 as files: planned, applied, imported, checked");
  app->require_subcommand(1);
  add_dns_plan(*app, exit_code);
  add_dns_import(*app, exit_code);
  add_dns_check(*app, exit_code);
  add_dns_status(*app, exit_code);
  app->footer(
      "Examples:\n"
      "  mainstay dns plan dns.yaml\n"
      "  mainstay dns apply dns.yaml example.com\n"
      "  mainstay dns import example.com"
      "\n\ndocs/dns.md has a session.");
}

}  // namespace mainstay::cli
