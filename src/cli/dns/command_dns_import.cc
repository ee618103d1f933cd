#include <fmt/core.h>

#include "base/text.hh"
#include "cli/dns/dns_commands.hh"
#include "cli/dns/dns_run.hh"
#include "dns/gather.hh"
#include "dns/name.hh"
#include "dns/transfer.hh"
#include "dns/zone_file.hh"
#include "dns/zone_writer.hh"

namespace mainstay::cli {
namespace {

constexpr size_t master_text_max = 256 << 20;  // bytes of a master file

struct ImportFlags : DnsFlags {
  std::string zone, from, server, to, id;
  std::vector<std::string> skip;
  bool with_apex = false, force = false;
  int timeout = 30;  // seconds
};

struct Imported {
  dns::Gathered gathered;
  std::string zone_id;  // "" where it isn't Route 53's
};

// Of a hosted zone: record sets as they are.
Result<Imported> from_route53(DnsRun& run, const ImportFlags& flags, const std::string& zone) {
  TRY(auto hosted, run.open());
  dns::ZoneEntry entry;
  entry.name = zone;
  entry.id = flags.id;
  Imported out;
  TRY(out.zone_id, hosted->find(entry));
  if (out.zone_id.empty())
    return Error("DnsZoneMissing", "there is no public zone " + dns::shown_name(zone));
  TRY(auto live, hosted->record_sets(out.zone_id));
  size_t apex = 0, policies = 0;
  for (dns::LiveSet& one : live) {
    const dns::RecordKey& key = one.set.key;
    bool is_apex = key.name == zone && (key.type == "SOA" || key.type == "NS");
    if (is_apex && !flags.with_apex)
      ++apex;
    else if (one.set.routing.has("TrafficPolicyInstanceId"))
      ++policies;
    else
      out.gathered.sets.push_back(std::move(one.set));
  }
  if (apex > 0) out.gathered.left.emplace_back("SOA and NS of the zone itself", apex);
  if (policies > 0) out.gathered.left.emplace_back("record sets of traffic policies", policies);
  return out;
}

Result<Imported> import_zone(DnsRun& run, const ImportFlags& flags, const std::string& zone) {
  if (flags.from.empty() && flags.server.empty()) return from_route53(run, flags, zone);
  std::vector<dns::MasterRecord> records;
  if (flags.server.empty()) {
    TRY(records, dns::parse_master_file(flags.from, zone, [&](const std::string& path) {
          return run.files().read(path, master_text_max);
        }));
  } else {
    TRY(dns::NameServer server, dns::NameServer::parse(flags.server));
    TRY(records, dns::transfer_zone(server, zone, flags.timeout));
  }
  dns::GatherOptions options{.zone = zone, .with_apex = flags.with_apex, .skip = {}};
  for (const std::string& type : flags.skip) options.skip.insert(to_upper(type));
  Imported out;
  TRY(out.gathered, dns::gather(records, options));
  return out;
}

// What is written must be read back to the same: a file that says something else is never left.
Result<std::string> checked_text(const Imported& imported, const std::string& zone) {
  std::string text = dns::zone_file_text(imported.gathered.sets, zone, imported.zone_id);
  dns::ZoneEntry entry;
  entry.name = zone;
  TRY(auto again, dns::parse_zone_file(text, entry));
  const auto& sets = imported.gathered.sets;
  for (dns::RecordSet& set : again)
    if (set.alias && set.alias->zone == dns::own_zone) set.alias->zone = imported.zone_id;
  for (size_t i = 0; i < sets.size(); ++i)
    if (i >= again.size() || again[i].key != sets[i].key || !again[i].same_answer(sets[i]))
      return Error("DnsZoneInvalid",
                   sets[i].key.to_text() +
                       " can't be written so that it reads back the same: " + sets[i].to_text());
  return text;
}

Exit import_command(const ImportFlags& flags) {
  DnsRun run(flags);
  auto zone = dns::normal_name(flags.zone);
  if (!zone || *zone == ".")
    return run.fail(Error("UsageInvalid", "\"" + flags.zone + "\" is no name of a zone"));
  std::string to = flags.to.empty() ? dns::shown_name(*zone) + "yaml" : flags.to;
  if (to != "-" && !flags.force && run.files().facts(to))
    return run.fail(
        Error("UsageInvalid", to + " is there already").with_hint("to write over it: --force"));
  auto imported = import_zone(run, flags, *zone);
  if (!imported) return run.fail(imported.error());
  auto text = checked_text(*imported, *zone);
  if (!text) return run.fail(text.error());
  if (to == "-") {
    run.line("dns_file", Value::map({{"zone", dns::shown_name(*zone)}, {"text", *text}}), *text);
    return Exit::ok;
  }
  if (auto written = run.files().write(to, *text); !written) return run.fail(written.error());
  size_t sets = imported->gathered.sets.size();
  run.line("dns_imported",
           Value::map({{"zone", dns::shown_name(*zone)}, {"file", to}, {"sets", sets}}),
           fmt::format("{}  {} record sets in {}\n", dns::shown_name(*zone), sets, to));
  for (const auto& [what, count] : imported->gathered.left)
    run.line("dns_left_out", Value::map({{"what", what}, {"count", count}}),
             fmt::format("  left out: {} {}\n", count, what));
  return Exit::ok;
}

}  // namespace

void add_dns_import(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = app.add_subcommand(
      "import", "A zone's file out of a hosted zone, a master file or a name server");
  command->add_option("zone", flags->zone, "The zone's name")->required();
  CLI::Option* from = command->add_option("--from", flags->from, "A master file, as BIND has it");
  command->add_option("--server", flags->server, "HOST[:PORT] of a name server that transfers it")
      ->excludes(from);
  command->add_option("--timeout", flags->timeout, "Seconds to wait for a name server")
      ->check(CLI::Range(1, 3600));
  command->add_option("--id", flags->id, "The hosted zone, where several have the name");
  command->add_option("--to", flags->to,
                      "The file to write, else NAME.yaml; - for standard output");
  command->add_option("--skip", flags->skip, "A type that may be left out");
  command->add_flag("--with-apex", flags->with_apex, "SOA and NS of the zone itself, too");
  command->add_flag("--force", flags->force, "Also over a file that is there");
  add_client_flags(*command, *flags);
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(import_command(*flags)); });
  command->footer(
      "Examples:\n  mainstay dns import example.com\n"
      "  mainstay dns import example.com --from db.example.com\n"
      "  mainstay dns import example.com --server 192.0.2.53");
}

}  // namespace mainstay::cli
