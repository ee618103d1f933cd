#include <fmt/core.h>

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/dns/dns_commands.hh"
#include "cli/dns/dns_run.hh"
#include "cli/dns/zone_files.hh"
#include "dns/batches.hh"
#include "dns/name.hh"
#include "dns/zone_apply.hh"

namespace mainstay::cli {
namespace {

struct PlanFlags : DnsFlags {
  std::string config;
  std::vector<std::string> only;  // names of zones
  dns::PlanConsent consent;
  bool exit_code = false;
  int64_t timeout = 600;  // seconds
};

Result<std::vector<dns::ZonePlan>> plan_zones(dns::HostedZones& hosted,
                                              const std::vector<WantedZone>& zones,
                                              const dns::PlanConsent& consent) {
  std::vector<dns::ZonePlan> plans;
  for (const WantedZone& zone : zones) {
    TRY(std::string id, hosted.find(zone.entry));
    std::vector<dns::LiveSet> live;
    if (!id.empty()) {
      TRY(live, hosted.record_sets(id));
    }
    TRY(dns::ZonePlan plan, plan_zone(zone.entry, id, zone.sets, live, consent));
    if (auto batches = make_batches(plan.changes); !batches) return batches.error();
    plans.push_back(std::move(plan));
  }
  return plans;
}

void show_change(DnsRun& run, const dns::ZonePlan& plan, const dns::RecordChange& change) {
  using Kind = dns::RecordChange::Kind;
  constexpr const char* words[] = {"create", "update", "delete"};
  constexpr Ink inks[] = {Ink::good, Ink::busy, Ink::bad};
  constexpr const char* marks[] = {"+", "~", "-"};
  auto kind = static_cast<size_t>(change.kind);
  std::string before = change.before ? change.before->set.to_text() : "";
  std::string after = change.after ? change.after->to_text() : "";
  std::string what = change.kind == Kind::update ? before + " -> " + after : before + after;
  Value line = Value::map({{"zone", dns::shown_name(plan.zone)},
                           {"action", words[kind]},
                           {"name", dns::shown_name(change.key().name)},
                           {"record_type", change.key().type}});
  if (!change.key().set_identifier.empty()) line.set("set", change.key().set_identifier);
  if (!before.empty()) line.set("before", before);
  if (!after.empty()) line.set("after", after);
  run.line("dns_record", std::move(line),
           run.style().paint(
               inks[kind], fmt::format("  {} {}", marks[kind], one_line(change.key().to_text()))) +
               "  " + one_line(what) + "\n");
}

void show_plan(DnsRun& run, const dns::ZonePlan& plan) {
  std::string name = dns::shown_name(plan.zone);
  size_t counts[3] = {};
  for (const dns::RecordChange& change : plan.changes) ++counts[static_cast<size_t>(change.kind)];
  std::string says = plan.zone_id.empty() ? "is not there, and would be made; " : "";
  says += plan.changes.empty() ? "nothing to change"
                               : fmt::format("{} to create, {} to update, {} to delete", counts[0],
                                             counts[1], counts[2]);
  if (plan.foreign_sets > 0)
    says += fmt::format("; {} foreign record sets stay", plan.foreign_sets);
  run.line("dns_zone",
           Value::map({{"zone", name},
                       {"id", plan.zone_id},
                       {"create", counts[0]},
                       {"update", counts[1]},
                       {"delete", counts[2]},
                       {"foreign", plan.foreign_sets}}),
           name + "  " + says + "\n");
  for (const dns::RecordChange& change : plan.changes) show_change(run, plan, change);
}

Exit plan_command(const PlanFlags& flags) {
  DnsRun run(flags);
  auto zones = read_zones(run, flags.config, flags.only);
  if (!zones) return run.fail(zones.error());
  auto hosted = run.open();
  if (!hosted) return run.fail(hosted.error());
  auto plans = plan_zones(**hosted, *zones, flags.consent);
  if (!plans) return run.fail(plans.error());
  for (const dns::ZonePlan& plan : *plans) show_plan(run, plan);
  bool is_empty = std::ranges::all_of(*plans, &dns::ZonePlan::empty);
  return flags.exit_code && !is_empty ? Exit::changes : Exit::ok;
}

Exit apply_command(const PlanFlags& flags) {
  DnsRun run(flags);
  auto zones = read_zones(run, flags.config, flags.only);
  if (!zones) return run.fail(zones.error());
  auto hosted = run.open();
  if (!hosted) return run.fail(hosted.error());
  // What is wrong with one zone must not be found when another is changed already.
  auto plans = plan_zones(**hosted, *zones, flags.consent);
  if (!plans) return run.fail(plans.error());
  dns::ApplyOptions options;
  options.timeout_ms = flags.timeout * 1000;
  options.say = [&](const std::string& text) {
    run.line("progress", Value::map({{"message", text}}), text + "\n");
  };
  for (size_t i = 0; i < zones->size(); ++i) {
    const WantedZone& zone = (*zones)[i];
    show_plan(run, (*plans)[i]);
    if ((*plans)[i].empty()) continue;
    options.caller_reference = "mainstay-" + hex_encode(secure_random(8));
    auto applied = apply_zone(**hosted, zone.entry, zone.sets, flags.consent, options);
    if (!applied) return run.fail(applied.error());
    std::string name = dns::shown_name(zone.entry.name);
    run.line("dns_applied",
             Value::map({{"zone", name}, {"changes", applied->changes}, {"sets", applied->sets}}),
             fmt::format("{}  applied and in sync: {} changes; the zone has {} record sets\n", name,
                         applied->changes, applied->sets));
  }
  return Exit::ok;
}

template <class Run>
CLI::App* add_plan_command(CLI::App& app, int& exit_code, const std::string& name,
                           const std::string& description, std::shared_ptr<PlanFlags> flags,
                           Run run) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("config", flags->config, "The configuration: which zones there are")
      ->required();
  command->add_option("zones", flags->only, "Only these zones");
  command->add_flag("--allow-deletions", flags->consent.shrinking,
                    "Also where a zone loses more than a third of its records");
  command->add_flag("--allow-apex", flags->consent.apex,
                    "Also where SOA or NS of a zone itself change");
  add_client_flags(*command, *flags);
  command->callback(
      [flags = std::move(flags), run, &exit_code] { exit_code = static_cast<int>(run(*flags)); });
  return command;
}

}  // namespace

void add_dns_plan(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* command = add_plan_command(app, exit_code, "plan", "What would change in the zones",
                                       flags, plan_command);
  command->add_flag("--exit-code", flags->exit_code, "Exit with 2 where anything would change");
  command->footer(
      "Examples:\n"
      "  mainstay dns plan dns.yaml\n"
      "  mainstay dns plan dns.yaml example.com\n"
      "  mainstay dns plan --exit-code dns.yaml");
  flags = std::make_shared<PlanFlags>();
  command =
      add_plan_command(app, exit_code, "apply",
                       "Makes the zones what their files say, and waits until all servers have it",
                       flags, apply_command);
  command->add_option("--timeout", flags->timeout, "Seconds to wait for the servers")
      ->check(CLI::Range(1, 86400));
  command->footer(
      "Examples:\n"
      "  mainstay dns apply dns.yaml\n"
      "  mainstay dns apply dns.yaml example.com\n"
      "  mainstay dns apply --allow-deletions dns.yaml example.com");
}

}  // namespace mainstay::cli
