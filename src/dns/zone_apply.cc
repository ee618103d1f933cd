#include "dns/zone_apply.hh"

#include "dns/batches.hh"
#include "dns/name.hh"

namespace mainstay::dns {
namespace {

std::string count_of(size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

Result<ZonePlan> plan_now(HostedZones& zones, const ZoneEntry& entry, const std::string& zone_id,
                          const std::vector<RecordSet>& wanted, const PlanConsent& consent) {
  TRY(std::vector<LiveSet> live, zones.record_sets(zone_id));
  return plan_zone(entry, zone_id, wanted, live, consent);
}

Status make_changes(HostedZones& zones, const ZonePlan& plan, const ApplyOptions& options,
                    Applied& applied) {
  TRY(auto batches, make_batches(plan.changes));
  std::vector<std::string> ids;
  for (const std::vector<size_t>& batch : batches) {
    auto id = zones.change(plan.zone_id, plan.changes, batch);
    if (!id)
      return std::move(id).error().because(
          shown_name(plan.zone) + ", request " + std::to_string(applied.requests + 1) + " of " +
          std::to_string(batches.size()) + " (those before it are applied)");
    ++applied.requests;
    applied.changes += batch.size();
    ids.push_back(*id);
    options.say(shown_name(plan.zone) + " request " + std::to_string(applied.requests) + " of " +
                std::to_string(batches.size()) + ": " + count_of(batch.size(), "change"));
  }
  for (const std::string& id : ids) CHECK_OK(zones.wait(id, options.timeout_ms));
  return {};
}

}  // namespace

Result<Applied> apply_zone(HostedZones& zones, const ZoneEntry& entry,
                           const std::vector<RecordSet>& wanted, const PlanConsent& consent,
                           const ApplyOptions& options) {
  Applied applied;
  TRY(std::string zone_id, zones.find(entry));
  if (zone_id.empty()) {
    TRY(zone_id, zones.create(entry, options.caller_reference));
    options.say(shown_name(entry.name) + " is made, zone " + zone_id);
  }
  TRY(ZonePlan plan, plan_now(zones, entry, zone_id, wanted, consent));
  CHECK_OK(make_changes(zones, plan, options, applied));
  PlanConsent all{.shrinking = true, .apex = true};
  TRY(std::vector<LiveSet> live, zones.record_sets(zone_id));
  applied.sets = live.size();
  TRY(ZonePlan rest, plan_zone(entry, zone_id, wanted, live, all));
  if (rest.changes.empty()) return applied;
  return Error("DnsZoneDiffers", shown_name(entry.name) + " was changed, and still differs in " +
                                     count_of(rest.changes.size(), "record set") + ", the first " +
                                     rest.changes[0].key().to_text());
}

}  // namespace mainstay::dns
