#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/dns/dns_commands.hh"
#include "cli/dns/dns_run.hh"
#include "cli/dns/zone_files.hh"
#include "dns/name.hh"
#include "dns/zone_check.hh"

namespace mainstay::cli {
namespace {

struct CheckFlags : DnsFlags {
  std::string config, parent;
  std::vector<std::string> only, servers;
  int timeout = 3;  // seconds
};

void show_check(DnsRun& run, const std::string& zone, const dns::ZoneCheck& check) {
  for (const dns::Finding& finding : check.findings)
    run.line("dns_difference",
             Value::map({{"zone", zone},
                         {"server", finding.server},
                         {"record", finding.record},
                         {"message", finding.what}}),
             run.style().paint(Ink::bad, "  ! " + one_line(finding.record)) + " at " +
                 finding.server + ": " + one_line(finding.what) + "\n");
  run.line("dns_checked",
           Value::map({{"zone", zone},
                       {"findings", check.findings.size()},
                       {"compared", check.compared},
                       {"not_compared", check.not_compared}}),
           fmt::format("{}  {} differences; {} answers compared, {} that can't be\n", zone,
                       check.findings.size(), check.compared, check.not_compared));
}

Exit check_command(const CheckFlags& flags) {
  DnsRun run(flags);
  auto zones = read_zones(run, flags.config, flags.only);
  if (!zones) return run.fail(zones.error());
  std::vector<dns::NameServer> servers;
  for (const std::string& text : flags.servers) {
    auto server = dns::NameServer::parse(text);
    if (!server) return run.fail(server.error());
    servers.push_back(*server);
  }
  std::optional<dns::NameServer> parent;
  if (!flags.parent.empty()) {
    auto server = dns::NameServer::parse(flags.parent);
    if (!server) return run.fail(server.error());
    parent = *server;
  }
  dns::Ask ask = dns::ask_over_network(flags.timeout);
  size_t findings = 0;
  for (const WantedZone& zone : *zones) {
    std::string label = "mainstay-" + hex_encode(secure_random(8));
    dns::ZoneCheck check = check_answers(zone.entry.name, zone.sets, servers, label, ask);
    if (parent) {
      dns::ZoneCheck above = check_delegation(zone.entry.name, *parent, servers, ask);
      check.compared += above.compared;
      check.findings.insert(check.findings.end(), above.findings.begin(), above.findings.end());
    }
    show_check(run, dns::shown_name(zone.entry.name), check);
    findings += check.findings.size();
  }
  if (findings == 0) return Exit::ok;
  return run.fail(Error("DnsAnswersDiffer", "the servers do not answer what the files say, in " +
                                                std::to_string(findings) +
                                                (findings == 1 ? " place" : " places")));
}

}  // namespace

void add_dns_check(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* command = app.add_subcommand(
      "check", "What name servers answer, beside what the files say: record by record");
  command->add_option("config", flags->config, "The configuration: which zones there are")
      ->required();
  command->add_option("zones", flags->only, "Only these zones");
  command->add_option("--server", flags->servers, "HOST[:PORT] of a name server; more than once")
      ->required();
  command->add_option("--parent", flags->parent,
                      "HOST[:PORT] of a server of the parent zone: the delegation and DS, too");
  command->add_option("--timeout", flags->timeout, "Seconds to wait for an answer")
      ->check(CLI::Range(1, 60));
  command->add_option("--color", flags->colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_flag("--json", flags->json, "One JSON object a line on standard output");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(check_command(*flags)); });
  command->footer(
      "Examples:\n"
      "  mainstay dns check dns.yaml --server 192.0.2.53\n"
      "  mainstay dns check dns.yaml --server 192.0.2.53 --server 198.51.100.53\n"
      "  mainstay dns check dns.yaml example.com --server 192.0.2.53 --parent 203.0.113.1");
}

}  // namespace mainstay::cli
