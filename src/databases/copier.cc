#include "databases/copier.hh"

#include <algorithm>

#include "base/text.hh"
#include "wire/sigv4.hh"

namespace mainstay::databases {
namespace {

// "Snapshot copies in progress": at most 20 to a region of an account (Quotas and constraints for
// Amazon RDS).
constexpr size_t at_once_max = 20;
constexpr int64_t first_look_ms = 100, look_ms_max = 15'000, presigned_s = 3600;

Value tags_of(const PlannedCopy& copy) {
  Value out = Value::list();
  const auto add = [&](const char* key, const std::string& value) {
    out.push_back(Value::map({{"Key", key}, {"Value", value}}));
  };
  add(creator_tag, creator);
  add(database_tag, copy.database.arn);
  add(source_tag, copy.source.arn);
  add(taken_tag, format_iso8601(*copy.source.taken, true));
  return out;
}

Value request_of(const PlannedCopy& copy) {
  const Kind& kind = *copy.database.kind;
  bool elsewhere = copy.region != copy.database.region;
  Value out = Value::map({{kind.copy_source, elsewhere ? copy.source.arn : copy.source.id},
                          {kind.copy_target, copy.id},
                          {"Tags", tags_of(copy)}});
  if (!copy.key.empty()) out.set("KmsKeyId", copy.key);
  return out;
}

bool is_quota(const Error& error) {
  return error.code.contains("SnapshotQuotaExceeded");
}

}  // namespace

Status Copier::resolve_keys(CopyWish& wish) {
  for (auto& [region, key] : wish.keys) {
    std::vector<std::string> parts = split(key, ":");
    if (key.starts_with("arn:") && (parts.size() < 6 || parts[3] != region))
      return Error("KeyUnusable", key + " is not a key of " + region)
          .with_hint("a copy is encrypted by a key of the region that it is in");
    auto found = options_.client->call("kms", "DescribeKey", Value::map({{"KeyId", key}}), region);
    if (!found && found.error().code.starts_with("NotFound"))
      return Error("KeyUnusable", "there is no key " + key + " in " + region);
    if (!found) return Error(found.error()).because("the key of " + region);
    const Value& key_facts = (*found)["KeyMetadata"];
    if (key_facts["KeyState"].as_string() != "Enabled")
      return Error("KeyUnusable",
                   "the key " + key + " of " + region + " is " + key_facts["KeyState"].as_string());
    key = key_facts["Arn"].as_string();
  }
  return {};
}

Result<Listing> Copier::list(const CopyWish& wish) {
  Listing out;
  TRY(out.databases, list_databases(*options_.client, wish.from));
  TRY(out.snapshots[wish.from], list_snapshots(*options_.client, wish.from));
  for (const std::string& region : wish.to)
    if (!out.snapshots.contains(region)) {
      TRY(out.snapshots[region], list_snapshots(*options_.client, region));
    }
  return out;
}

Result<CopyPlan> Copier::plan(const CopyWish& wish) {
  TRY(Listing listing, list(wish));
  return plan_copies(listing, wish, options_.clock->now());
}

// The request as it would be sent to the source's region, signed for it. Source: CopyDBSnapshot,
// PreSignedUrl.
Result<std::string> Copier::presigned(const PlannedCopy& copy) {
  const Kind& kind = *copy.database.kind;
  TRY(aws::Endpoint endpoint, aws::endpoint_of("rds", copy.database.region));
  const auto& settings = options_.client->options();
  if (settings.endpoint) endpoint.url = *settings.endpoint;
  TRY(aws::Credentials signer, settings.credentials->get());
  HttpRequest request;
  request.query = "Action=" + std::string(kind.copy) +
                  "&Version=2014-10-31&DestinationRegion=" + percent_encode(copy.region) + "&" +
                  kind.copy_source + "=" + percent_encode(copy.source.arn) + "&" +
                  kind.copy_target + "=" + percent_encode(copy.id);
  if (!copy.key.empty()) request.query += "&KmsKeyId=" + percent_encode(copy.key);
  request.headers.set("Host", endpoint.url.authority());
  wire::presign(request, {signer.access_key_id, signer.secret_access_key, signer.session_token},
                endpoint.signing_region, "rds", options_.clock->now(), presigned_s);
  return endpoint.url.scheme + "://" + endpoint.url.authority() + request.path + "?" +
         request.query;
}

Status Copier::begin_copy(const PlannedCopy& copy) {
  const Kind& kind = *copy.database.kind;
  Value request = request_of(copy);
  if (copy.region != copy.database.region) {
    TRY(std::string url, presigned(copy));
    request.set("PreSignedUrl", url);
  }
  auto begun = options_.client->call("rds", kind.copy, request, copy.region);
  if (begun) return {};
  // Its answer was lost before; whether it is the one that was planned is looked at anyway.
  if (begun.error().code.contains("SnapshotAlreadyExists")) return {};
  return begun.error();
}

// False where RDS takes no more at the moment.
Result<bool> Copier::start_one(const PlannedCopy& copy, size_t under_way) {
  if (!copy.replaces.empty()) {
    TRY(auto there,
        find_snapshot(*options_.client, *copy.database.kind, copy.region, copy.replaces));
    if (there && there->status == "failed" && copied_database(*there) == copy.database.arn) {
      options_.tell("deletes", copy.id, "its copying failed before");
      CHECK_OK(options_.client->call("rds", copy.database.kind->remove,
                                     Value::map({{copy.database.kind->snapshot_id, there->id}}),
                                     copy.region));
    }
  }
  Status begun = begin_copy(copy);
  if (!begun && is_quota(begun.error()) && under_way > 0) return false;
  if (!begun) return begun.error();
  options_.tell("copies", copy.id, copy.source.id + " to " + copy.region);
  return true;
}

void Copier::fail(Work& work, CopyOutcome& outcome, const std::string& why) {
  work.ended = true;
  outcome.uncopied.push_back({work.planned.database.id, work.planned.region, why});
  options_.tell("failed", work.planned.id, why);
}

bool Copier::start(std::vector<Work>& works, CopyOutcome& outcome) {
  std::map<std::string, size_t> under_way;
  for (const Work& work : works)
    if (!work.ended && work.planned.state == PlannedCopy::State::under_way)
      ++under_way[work.planned.region];
  bool moved = false;
  std::map<std::string, bool> is_full;
  for (Work& work : works) {
    const std::string& region = work.planned.region;
    if (work.ended || work.planned.state != PlannedCopy::State::to_make) continue;
    if (is_full[region] || under_way[region] >= at_once_max) continue;
    auto begun = start_one(work.planned, under_way[region]);
    if (!begun) {
      fail(work, outcome, begun.error().to_string());
      continue;
    }
    is_full[region] = !*begun;
    if (!*begun) continue;
    work.planned.state = PlannedCopy::State::under_way;
    ++under_way[region];
    moved = true;
  }
  return moved;
}

bool Copier::look(std::vector<Work>& works, CopyOutcome& outcome) {
  bool moved = false;
  for (Work& work : works) {
    const PlannedCopy& copy = work.planned;
    if (work.ended || copy.state == PlannedCopy::State::to_make) continue;
    auto found = find_snapshot(*options_.client, *copy.database.kind, copy.region, copy.id);
    if (!found && aws::is_retryable(found.error())) continue;  // the next look may see it
    if (!found) {
      fail(work, outcome, found.error().to_string());
    } else if (!*found) {
      fail(work, outcome, "it was deleted while it was copied");
    } else if ((*found)->status != "available" && (*found)->status != "failed") {
      options_.tell("progress", copy.id, std::to_string((*found)->percent) + " %");
      continue;
    } else if (std::string flaw = flaw_of(**found, copy); !flaw.empty()) {
      fail(work, outcome, flaw);
    } else {
      work.ended = true;
      work.planned.state = PlannedCopy::State::there;
      outcome.good.push_back(**found);
      options_.tell("good", copy.id, "available, of the right key, size and time");
    }
    moved = true;
  }
  return moved;
}

Status Copier::wait_for(std::vector<Work>& works, CopyLock& lock, CopyOutcome& outcome) {
  int64_t until = options_.clock->monotonic_ms() + options_.timeout_ms, wait = first_look_ms;
  for (;;) {
    bool moved = start(works, outcome);
    moved = look(works, outcome) || moved;
    auto open = std::ranges::find_if(works, [](const Work& work) { return !work.ended; });
    if (open == works.end()) return {};
    if (options_.clock->monotonic_ms() >= until)
      return Error("WaitTimeout", open->planned.id + " is still being copied to " +
                                      open->planned.region + "; nothing was deleted")
          .with_hint("RDS goes on with it; run it again, and it waits for the same copies");
    CHECK_OK(lock.keep());
    if (moved) wait = first_look_ms;
    if (!options_.clock->sleep_ms(wait, options_.stop) || options_.stop.stop_requested())
      return Error("Interrupted", "stopped; copies that were begun go on, nothing was deleted");
    wait = std::min(wait * 3 / 2, look_ms_max);
  }
}

// The newest copy is looked at once more before each: it must still be good.
Status Copier::remove(const Deletion& deletion, const PlannedCopy& newest) {
  const Kind& kind = *deletion.copy.kind;
  TRY(auto kept, find_snapshot(*options_.client, kind, newest.region, newest.id));
  if (!kept || !flaw_of(*kept, newest).empty())
    return Error("CopyNotGood", newest.id + " is no good copy any more");
  TRY(auto there, find_snapshot(*options_.client, kind, newest.region, deletion.copy.id));
  if (!there) return {};
  if (copied_database(*there) != newest.database.arn)
    return Error("CopyNotGood", deletion.copy.id + " is not tagged as a copy any more");
  CHECK_OK(options_.client->call("rds", kind.remove, Value::map({{kind.snapshot_id, there->id}}),
                                 newest.region));
  return {};
}

Status Copier::prune(const CopyWish& wish, const std::vector<Work>& works, CopyLock& lock,
                     CopyOutcome& outcome) {
  if (!wish.retention.deletes()) return {};
  std::map<std::string, std::unordered_map<std::string, std::vector<Snapshot>>> copies;
  for (const std::string& region : wish.to) {
    TRY(auto listed, list_snapshots(*options_.client, region));
    for (Snapshot& one : listed)
      if (std::string of = copied_database(one); !of.empty())
        copies[region][of].push_back(std::move(one));
  }
  std::vector<std::pair<Deletion, const PlannedCopy*>> due;
  for (const Work& work : works) {
    const PlannedCopy& copy = work.planned;
    if (copy.state != PlannedCopy::State::there) continue;
    for (Deletion& one : deletions_of(copy.database.arn, copies[copy.region][copy.database.arn],
                                      wish.retention, options_.clock->now()))
      if (one.copy.id != copy.id) due.emplace_back(std::move(one), &copy);
  }
  if (due.empty()) return {};
  for (const auto& [one, newest] : due) options_.tell("deletes", one.copy.id, one.reason);
  for (const auto& [one, newest] : due) {
    if (options_.stop.stop_requested()) return Error("Interrupted", "stopped while deleting");
    CHECK_OK(lock.check());
    Status gone = remove(one, *newest);
    if (gone)
      outcome.deleted.push_back(one);
    else
      outcome.undeleted.push_back({one.copy.id, newest->region, gone.error().to_string()});
  }
  return {};
}

Result<CopyOutcome> Copier::run(const CopyWish& wish, const Show& show) {
  // What can be known to be wrong is said before anything is written, the lock included.
  CHECK_OK(plan(wish));
  CopyLock lock({options_.client, options_.clock, wish.to, options_.owner, options_.has_ended});
  CHECK_OK(lock.hold());
  TRY(CopyPlan plan, this->plan(wish));
  show(plan);
  CopyOutcome outcome;
  outcome.uncopied = plan.uncopied;
  std::vector<Work> works;
  for (PlannedCopy& copy : plan.copies) works.push_back({std::move(copy), false});
  CHECK_OK(wait_for(works, lock, outcome));
  CHECK_OK(prune(wish, works, lock, outcome));
  if (Status released = lock.release(); !released)
    outcome.undeleted.push_back({"the lock", wish.to.front(), released.error().to_string()});
  return outcome;
}

}  // namespace mainstay::databases
