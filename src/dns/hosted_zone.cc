#include "dns/hosted_zone.hh"

#include <algorithm>

#include "dns/name.hh"

namespace mainstay::dns {
namespace {

constexpr size_t pages_max = 10'000;
// The burst of an account is small, and a change takes seconds: no faster than this.
constexpr int64_t poll_first_ms = 200, poll_max_ms = 5'000;

std::string bare_id(const std::string& id) {
  return id.substr(id.rfind('/') + 1);
}

}  // namespace

Result<std::string> HostedZones::find(const ZoneEntry& entry) {
  if (!entry.id.empty()) {
    auto answer = client_->call("route53", "GetHostedZone", Value::map({{"Id", entry.id}}));
    if (!answer) return std::move(answer).error().where(entry.at);
    const std::string& name = (*answer)["HostedZone"]["Name"].as_string();
    if (normal_name(name) == entry.name) return bare_id(entry.id);
    return Error("DnsZoneMissing",
                 "zone " + entry.id + " is " + name + ", not " + shown_name(entry.name))
        .where(entry.at);
  }
  std::vector<std::string> found;
  Value input = Value::map({{"DNSName", entry.name}});
  for (size_t page = 0; page < pages_max; ++page) {
    TRY(Value answer, client_->call("route53", "ListHostedZonesByName", input));
    for (const Value& zone : answer["HostedZones"].items())
      if (normal_name(zone["Name"].as_string()) == entry.name &&
          !zone["Config"]["PrivateZone"].as_bool())
        found.push_back(bare_id(zone["Id"].as_string()));
    if (!answer["IsTruncated"].as_bool() ||
        normal_name(answer["NextDNSName"].as_string()) != entry.name)
      break;
    input.set("HostedZoneId", answer["NextHostedZoneId"]);
  }
  if (found.empty()) return std::string();
  if (found.size() == 1) return found[0];
  return Error("DnsZoneAmbiguous", std::to_string(found.size()) + " public zones are named " +
                                       shown_name(entry.name) + ": " + found[0] + ", " + found[1])
      .where(entry.at)
      .with_hint("say which one: id: " + found[0]);
}

Result<std::string> HostedZones::create(const ZoneEntry& entry,
                                        const std::string& caller_reference) {
  TRY(Value answer,
      client_->call("route53", "CreateHostedZone",
                    Value::map({{"Name", entry.name}, {"CallerReference", caller_reference}})));
  return bare_id(answer["HostedZone"]["Id"].as_string());
}

Result<std::vector<LiveSet>> HostedZones::record_sets(const std::string& zone_id) {
  std::vector<LiveSet> out;
  Value input = Value::map({{"HostedZoneId", zone_id}});
  for (size_t page = 0;; ++page) {
    if (page == pages_max)
      return Error("TooManyPages", "the record sets of zone " + zone_id + " have no end");
    TRY(Value answer, client_->call("route53", "ListResourceRecordSets", input));
    for (const Value& stored : answer["ResourceRecordSets"].items()) {
      TRY(RecordSet set, RecordSet::from_value(stored));
      out.push_back({std::move(set), stored});
    }
    if (!answer["IsTruncated"].as_bool()) break;
    input = Value::map({{"HostedZoneId", zone_id},
                        {"StartRecordName", answer["NextRecordName"]},
                        {"StartRecordType", answer["NextRecordType"]}});
    if (answer.has("NextRecordIdentifier"))
      input.set("StartRecordIdentifier", answer["NextRecordIdentifier"]);
  }
  std::ranges::stable_sort(out, {}, [](const LiveSet& one) { return one.set.key; });
  return out;
}

Result<std::set<std::string>> HostedZones::name_servers(const std::string& zone_id) {
  TRY(Value answer, client_->call("route53", "GetHostedZone", Value::map({{"Id", zone_id}})));
  std::set<std::string> out;
  for (const Value& name : answer["DelegationSet"]["NameServers"].items())
    out.insert(normal_name(name.as_string()).value_or(name.as_string()));
  return out;
}

Result<std::string> HostedZones::change(const std::string& zone_id,
                                        const std::vector<RecordChange>& changes,
                                        const std::vector<size_t>& batch) {
  Value list = Value::list();
  for (size_t i : batch) list.push_back(changes[i].to_value());
  Value input =
      Value::map({{"HostedZoneId", zone_id},
                  {"ChangeBatch",
                   Value::map({{"Comment", "mainstay dns apply"}, {"Changes", std::move(list)}})}});
  TRY(Value answer, client_->call("route53", "ChangeResourceRecordSets", input));
  return bare_id(answer["ChangeInfo"]["Id"].as_string());
}

Status HostedZones::wait(const std::string& change_id, int64_t timeout_ms) {
  int64_t began = clock_->monotonic_ms();
  for (int64_t pause = poll_first_ms;; pause = std::min(pause * 2, poll_max_ms)) {
    TRY(Value answer, client_->call("route53", "GetChange", Value::map({{"Id", change_id}})));
    if (answer["ChangeInfo"]["Status"].as_string() == "INSYNC") return {};
    if (clock_->monotonic_ms() - began > timeout_ms)
      return Error("WaitTimeout", "change " + change_id + " is made, but not yet at all servers");
    clock_->sleep_ms(pause);
  }
}

}  // namespace mainstay::dns
