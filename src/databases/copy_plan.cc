#include "databases/copy_plan.hh"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/text.hh"

namespace mainstay::databases {
namespace {

constexpr size_t name_max = 255;  // of a snapshot (CopyDBSnapshot, TargetDBSnapshotIdentifier)

bool has_tag(const Database& database, const Tags& wanted) {
  return std::ranges::any_of(wanted, [&](const auto& tag) {
    auto found = database.tags.find(tag.first);
    return found != database.tags.end() && glob_match(tag.second, found->second);
  });
}

std::string name_of_copy(const Database& database, const Snapshot& source) {
  std::string tail = "-" + to_lower(format_basic(*source.taken)) + "-from-" + database.region;
  return database.id.substr(0, name_max - tail.size()) + tail;
}

using ByDatabase = std::unordered_map<std::string, std::vector<const Snapshot*>>;

// A database's newest snapshot that can be copied: unfinished ones have no time yet and are passed
// over, copies from elsewhere are no snapshots of it.
const Snapshot* newest_of(const ByDatabase& snapshots, const Database& database) {
  const Snapshot* newest = nullptr;
  auto found = snapshots.find(database.id);
  if (found == snapshots.end()) return nullptr;
  for (const Snapshot* one : found->second)
    if (one->kind == database.kind && one->is_available() && copied_database(*one).empty() &&
        (!newest || *one->taken > *newest->taken))
      newest = one;
  return newest;
}

struct Region {
  std::unordered_map<std::string, const Snapshot*> by_id;
  std::unordered_map<std::string, std::vector<Snapshot>> copies;  // by the database's ARN
};

Region index(const std::vector<Snapshot>& snapshots) {
  Region out;
  for (const Snapshot& one : snapshots) {
    out.by_id[one.kind->word + (" " + one.id)] = &one;
    if (std::string of = copied_database(one); !of.empty()) out.copies[of].push_back(one);
  }
  return out;
}

Result<PlannedCopy> plan_copy(const Database& database, const Snapshot& source,
                              const std::string& region, const Region& there,
                              const CopyWish& wish) {
  PlannedCopy out{PlannedCopy::State::to_make,    database, source, region,
                  name_of_copy(database, source), "",       ""};
  auto key = wish.keys.find(region);
  bool encrypts = source.encrypted || database.kind == &instance_kind;
  if (key != wish.keys.end() && encrypts) out.key = key->second;
  if (source.encrypted && out.key.empty() && region != database.region)
    return Error("KeyMissing", source.id + " is encrypted, and there is no key for its copy in " +
                                   region + "; nothing was copied")
        .with_hint("give one of that region: --key " + region + "=alias/NAME");
  auto taken = there.by_id.find(database.kind->word + (" " + out.id));
  if (taken == there.by_id.end()) return out;
  const Snapshot& found = *taken->second;
  if (copied_database(found) != database.arn || found.tag(source_tag) != source.arn)
    return Error("SnapshotNameTaken", "a snapshot " + out.id + " that was not made here is in " +
                                          region + "; nothing was copied")
        .with_hint("rename or delete it; nothing that is not tagged as a copy is touched");
  if (found.status == "failed")
    out.replaces = found.id;
  else
    out.state = found.is_available() ? PlannedCopy::State::there : PlannedCopy::State::under_way;
  return out;
}

// As it will be once it is good.
Snapshot as_copied(const PlannedCopy& planned) {
  Snapshot out = planned.source;
  out.id = planned.id;
  out.region = planned.region;
  out.status = "available";
  out.tags = {{creator_tag, creator}, {database_tag, planned.database.arn}};
  return out;
}

}  // namespace

Result<std::vector<Database>> chosen(const std::vector<Database>& all, const CopyWish& wish) {
  std::vector<Database> out;
  std::set<std::string> unmet(wish.names.begin(), wish.names.end());
  for (const Database& one : all) {
    bool meant = wish.all || has_tag(one, wish.tags);
    for (const std::string& name : wish.names)
      if (glob_match(to_lower(name), one.id)) {
        meant = true;
        unmet.erase(name);
      }
    if (meant) out.push_back(one);
  }
  std::vector<std::string> ids;
  for (const Database& one : all) ids.push_back(one.id);
  for (const std::string& name : unmet) {
    auto near = nearest(name, ids);
    return Error("DatabaseMissing", wish.from + " has no database " + name)
        .with_hint(near ? "did you mean " + *near + "?" : "see mainstay db status");
  }
  if (out.empty()) return Error("DatabaseMissing", "no database of " + wish.from + " is meant");
  return out;
}

std::vector<Deletion> deletions_of(const std::string& database_arn,
                                   const std::vector<Snapshot>& snapshots,
                                   const Retention& retention, Time now) {
  std::vector<Snapshot> copies;
  for (const Snapshot& one : snapshots)
    if (copied_database(one) == database_arn) copies.push_back(one);
  std::vector<Deletion> out;
  for (Judgement& one : judge(std::move(copies), retention, now))
    if (!one.stays) out.push_back({std::move(one.copy), std::move(one.reason)});
  return out;
}

Result<CopyPlan> plan_copies(const Listing& listing, const CopyWish& wish, Time now) {
  TRY(auto databases, chosen(listing.databases, wish));
  std::map<std::string, Region> regions;
  for (const auto& [region, snapshots] : listing.snapshots) regions[region] = index(snapshots);
  ByDatabase sources;
  for (const Snapshot& one : listing.snapshots.at(wish.from)) sources[one.database].push_back(&one);
  CopyPlan plan;
  for (const Database& database : databases) {
    const Snapshot* source = newest_of(sources, database);
    for (const std::string& region : wish.to) {
      if (!source) {
        plan.uncopied.push_back({database.id, region, "it has no snapshot that is available"});
        continue;
      }
      TRY(PlannedCopy copy, plan_copy(database, *source, region, regions[region], wish));
      std::vector<Snapshot> copies = regions[region].copies[database.arn];
      if (copy.state != PlannedCopy::State::there) {
        std::erase_if(copies, [&](const Snapshot& one) { return one.id == copy.id; });
        copies.push_back(as_copied(copy));
      }
      std::ranges::move(deletions_of(database.arn, copies, wish.retention, now),
                        std::back_inserter(plan.deletions));
      plan.copies.push_back(std::move(copy));
    }
  }
  return plan;
}

std::string flaw_of(const Snapshot& copy, const PlannedCopy& planned) {
  if (copy.status != "available") return "it is " + copy.status;
  if (!copy.taken) return "it has no time";
  if (copied_database(copy) != planned.database.arn) return "its tags don't say what it is of";
  if (!planned.key.empty() && !copy.encrypted) return "it is not encrypted";
  if (planned.source.encrypted && !copy.encrypted) return "it is not encrypted";
  if (!planned.key.empty() && copy.key != planned.key)
    return "it is encrypted by " + copy.key + ", not by " + planned.key;
  if (copy.gib != planned.source.gib)
    return "it has " + std::to_string(copy.gib) + " GiB, the source " +
           std::to_string(planned.source.gib);
  if (*copy.taken != *planned.source.taken) return "it is of another time than its source";
  return "";
}

}  // namespace mainstay::databases
