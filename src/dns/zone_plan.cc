#include "dns/zone_plan.hh"

#include <algorithm>
#include <map>

#include "dns/name.hh"
#include "dns/record_data.hh"
#include "dns/zone_file.hh"

namespace mainstay::dns {
namespace {

bool is_apex_set(const RecordKey& key, const std::string& zone) {
  return key.name == zone && (key.type == "NS" || key.type == "SOA");
}

// Whoever writes the file, these are not its to delete.
bool is_untouchable(const RecordSet& set, const std::string& zone) {
  return is_apex_set(set.key, zone) || set.routing.has("TrafficPolicyInstanceId");
}

Error foreign_error(const RecordSet& set, const std::string& what) {
  return Error("ForeignRecord", set.key.to_text() + " is there with " + what)
      .where(set.at)
      .with_hint("if it is yours, name it under `ours`; else take it out of the file");
}

// Both values of a set that both have.
Result<RecordSet> merged(RecordSet wanted, const RecordSet& foreign) {
  if (wanted.alias || foreign.alias) {
    if (wanted.alias == foreign.alias) return wanted;
    return foreign_error(wanted,
                         "another answer, and one of the two is an alias: " + foreign.to_text());
  }
  if (is_single_valued(wanted.key.type) && wanted.values != foreign.values)
    return foreign_error(wanted,
                         "another value, of which it can have only one: " + foreign.to_text());
  for (const std::string& value : foreign.values)
    if (std::ranges::find(wanted.values, value) == wanted.values.end())
      wanted.values.push_back(value);
  std::ranges::sort(wanted.values);
  return wanted;
}

using Sets = std::map<RecordKey, RecordSet>;

// What the zone is to hold: the file's and what stays.
Result<Sets> whole_zone(const ZoneEntry& entry, std::vector<RecordSet> wanted,
                        const std::vector<LiveSet>& live, ZonePlan& plan) {
  Sets all;
  for (RecordSet& set : wanted) {
    RecordKey key = set.key;
    all.emplace(std::move(key), std::move(set));
  }
  for (const auto& [set, stored] : live) {
    auto found = all.find(set.key);
    bool stays = is_untouchable(set, entry.name) || !entry.owns(set.key.name);
    if (!stays) continue;
    if (found == all.end()) {
      all.emplace(set.key, set);
      if (!is_apex_set(set.key, entry.name)) ++plan.foreign_sets;
    } else if (!entry.owns(set.key.name)) {
      TRY(found->second, merged(found->second, set));
    }
  }
  std::vector<RecordSet> sorted;
  for (const auto& [key, set] : all) sorted.push_back(set);
  if (auto valid = check_zone(sorted, entry.name); !valid) {
    // The file alone was fine: what else is there made the difference.
    Error error = valid.error();
    error.code = "ForeignRecord";
    return error;
  }
  return all;
}

// Route 53 refuses an alias into the same zone without its target, and by then other batches would
// be in.
Status check_aliases(const Sets& all, const ZoneEntry& entry, const std::string& zone_id) {
  for (const auto& [key, set] : all) {
    if (!set.alias || (set.alias->zone != own_zone && set.alias->zone != zone_id)) continue;
    Error error = Error("DnsZoneInvalid", key.to_text() + " is an alias of " +
                                              shown_name(set.alias->name) + " " + key.type)
                      .where(set.at);
    if (!in_zone(set.alias->name, entry.name)) {
      error.message += ", which lies outside of the zone";
      error.hint = "say which zone it is in: alias: {zone: ID, name: ...}";
      return error;
    }
    auto target = all.lower_bound({set.alias->name, key.type, ""});
    bool is_there = target != all.end() && target->first.name == set.alias->name &&
                    target->first.type == key.type;
    if (is_there) continue;
    error.message += ", which the zone does not have";
    return error;
  }
  return {};
}

// Records that a name loses: one that is replaced by another is not lost.
Status check_shrinking(const Sets& all, const std::vector<LiveSet>& live, const ZoneEntry& entry) {
  std::map<std::string, int64_t> change;
  int64_t there = 0, lost = 0;
  const auto records = [](const RecordSet& set) {
    return std::max<int64_t>(std::ssize(set.values), 1);
  };
  for (const auto& [set, stored] : live) {
    if (is_untouchable(set, entry.name)) continue;
    there += records(set);
    change[set.key.name] -= records(set);
  }
  for (const auto& [key, set] : all)
    if (!is_untouchable(set, entry.name)) change[key.name] += records(set);
  for (const auto& [name, count] : change) lost += std::max<int64_t>(-count, 0);
  if (lost * 3 <= there) return {};
  return Error("DnsZoneShrinks", shown_name(entry.name) + " would lose " + std::to_string(lost) +
                                     " of its " + std::to_string(there) +
                                     " records, which is more than a third")
      .where(entry.at)
      .with_hint("if that is meant: --allow-deletions");
}

Status check_apex(const RecordChange& change, const ZoneEntry& entry) {
  if (!is_apex_set(change.key(), entry.name)) return {};
  return Error("ApexChanges", change.key().to_text() + " would change from " +
                                  (change.before ? change.before->set.to_text() : "nothing") +
                                  " to " + (change.after ? change.after->to_text() : "nothing"))
      .where(change.after ? change.after->at : entry.at)
      .with_hint("the zone hangs on it; if that is meant: --allow-apex");
}

}  // namespace

Value RecordChange::to_value() const {
  constexpr const char* actions[] = {"CREATE", "UPSERT", "DELETE"};
  return Value::map({{"Action", actions[static_cast<int>(kind)]},
                     {"ResourceRecordSet", after ? after->to_value() : before->stored}});
}

Result<ZonePlan> plan_zone(const ZoneEntry& entry, const std::string& zone_id,
                           std::vector<RecordSet> wanted, const std::vector<LiveSet>& live,
                           const PlanConsent& consent) {
  ZonePlan plan{.zone = entry.name, .zone_id = zone_id, .changes = {}};
  for (RecordSet& set : wanted)
    if (set.alias && set.alias->zone == own_zone && !zone_id.empty()) set.alias->zone = zone_id;
  TRY(Sets all, whole_zone(entry, std::move(wanted), live, plan));
  CHECK_OK(check_aliases(all, entry, zone_id));
  if (!consent.shrinking) CHECK_OK(check_shrinking(all, live, entry));
  std::map<RecordKey, const LiveSet*> there;
  for (const LiveSet& one : live) there.emplace(one.set.key, &one);
  using Kind = RecordChange::Kind;
  for (const auto& [key, one] : there)
    if (!all.contains(key)) plan.changes.push_back({Kind::remove, *one, std::nullopt});
  for (const auto& [key, set] : all) {
    auto before = there.find(key);
    if (before == there.end())
      plan.changes.push_back({Kind::create, std::nullopt, set});
    else if (!before->second->set.same_answer(set))
      plan.changes.push_back({Kind::update, *before->second, set});
  }
  // By name, and within one what goes before what comes.
  std::ranges::stable_sort(plan.changes, [](const RecordChange& a, const RecordChange& b) {
    RecordKey one{a.key().name, "", ""}, other{b.key().name, "", ""};
    if (one == other) return a.kind == Kind::remove && b.kind != Kind::remove;
    return one < other;
  });
  if (!consent.apex)
    for (const RecordChange& change : plan.changes) CHECK_OK(check_apex(change, entry));
  plan.sets_after = all.size();
  return plan;
}

}  // namespace mainstay::dns
