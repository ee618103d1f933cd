#include <fmt/core.h>

#include "base/text.hh"
#include "cli/dns/dns_commands.hh"
#include "cli/dns/dns_run.hh"
#include "cli/dns/zone_files.hh"
#include "dns/delegation.hh"
#include "dns/name.hh"

namespace mainstay::cli {
namespace {

struct StatusFlags : DnsFlags {
  std::string config, parent;
  std::vector<std::string> only;
  int timeout = 3;  // seconds
};

struct ZoneStatus {
  std::string zone_id;  // "" where Route 53 has none
  size_t changes = 0;   // that a plan would make
  std::string refused;  // why there is no plan
  std::optional<dns::Delegation> delegation;
};

Result<ZoneStatus> status_of(dns::HostedZones& hosted, const WantedZone& zone,
                             const std::optional<dns::NameServer>& parent, const dns::Ask& ask) {
  ZoneStatus out;
  TRY(out.zone_id, hosted.find(zone.entry));
  std::set<std::string> ours;
  if (!out.zone_id.empty()) {
    TRY(auto live, hosted.record_sets(out.zone_id));
    auto plan = plan_zone(zone.entry, out.zone_id, zone.sets, live, {true, true});
    if (plan)
      out.changes = plan->changes.size();
    else
      out.refused = plan.error().message;
    TRY(ours, hosted.name_servers(out.zone_id));
  } else {
    out.changes = zone.sets.size();
  }
  if (parent) out.delegation = ask_delegation(zone.entry.name, ours, *parent, ask);
  return out;
}

void show_status(DnsRun& run, const std::string& zone, const ZoneStatus& status) {
  Value line = Value::map({{"zone", zone}, {"id", status.zone_id}, {"changes", status.changes}});
  std::string says = status.zone_id.empty()    ? "not at Route 53"
                     : !status.refused.empty() ? "no plan: " + status.refused
                     : status.changes == 0     ? "as its file says"
                                               : fmt::format("{} changes to apply", status.changes);
  if (!status.refused.empty()) line.set("refused", status.refused);
  if (status.delegation) {
    const dns::Delegation& delegation = *status.delegation;
    std::vector<std::string> servers(delegation.servers.begin(), delegation.servers.end());
    line.set("delegation", dns::state_name(delegation.state))
        .set("servers", Value::texts(servers))
        .set("ds", delegation.signers);
    says += fmt::format("; delegation: {}", dns::state_name(delegation.state));
    if (!delegation.why.empty()) says += " (" + delegation.why + ")";
    if (!servers.empty() && delegation.state != dns::Delegation::State::ours)
      says += " (" + join(servers, ", ") + ")";
    if (delegation.signers > 0)
      says += fmt::format("; {} DS at the parent, whose keys the new servers must have",
                          delegation.signers);
  }
  run.line("dns_domain", std::move(line), zone + "  " + one_line(says) + "\n");
}

Exit status_command(const StatusFlags& flags) {
  DnsRun run(flags);
  auto zones = read_zones(run, flags.config, flags.only);
  if (!zones) return run.fail(zones.error());
  std::optional<dns::NameServer> parent;
  if (!flags.parent.empty()) {
    auto server = dns::NameServer::parse(flags.parent);
    if (!server) return run.fail(server.error());
    parent = *server;
  }
  auto hosted = run.open();
  if (!hosted) return run.fail(hosted.error());
  dns::Ask ask = dns::ask_over_network(flags.timeout);
  for (const WantedZone& zone : *zones) {
    auto status = status_of(**hosted, zone, parent, ask);
    if (!status) return run.fail(status.error());
    show_status(run, dns::shown_name(zone.entry.name), *status);
  }
  return Exit::ok;
}

}  // namespace

void add_dns_status(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StatusFlags>();
  CLI::App* command = app.add_subcommand(
      "status", "Every zone: what is left to apply, and whether the domain is delegated to it");
  command->add_option("config", flags->config, "The configuration: which zones there are")
      ->required();
  command->add_option("zones", flags->only, "Only these zones");
  command->add_option("--parent", flags->parent,
                      "HOST[:PORT] of a server of the parent zone, which knows the delegation");
  command->add_option("--timeout", flags->timeout, "Seconds to wait for an answer")
      ->check(CLI::Range(1, 60));
  add_client_flags(*command, *flags);
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(status_command(*flags)); });
  command->footer(
      "Examples:\n"
      "  mainstay dns status dns.yaml\n"
      "  mainstay dns status dns.yaml example.com\n"
      "  mainstay dns status dns.yaml --parent 203.0.113.1");
}

}  // namespace mainstay::cli
