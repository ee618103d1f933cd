#include "dns/gather.hh"

#include <algorithm>
#include <map>

#include "dns/name.hh"
#include "dns/record_data.hh"
#include "dns/zone_file.hh"

namespace mainstay::dns {
namespace {

const std::set<std::string> signing_types{"RRSIG",  "NSEC", "NSEC3",   "NSEC3PARAM",
                                          "DNSKEY", "CDS",  "CDNSKEY", "TYPE65534"};

}  // namespace

Result<Gathered> gather(const std::vector<MasterRecord>& records, const GatherOptions& options) {
  std::map<RecordKey, RecordSet> sets;
  std::map<std::string, size_t> left;
  for (const MasterRecord& record : records) {
    bool apex = record.name == options.zone && (record.type == "SOA" || record.type == "NS");
    if (apex && !options.with_apex) {
      ++left[record.type + " of the zone itself"];
    } else if (signing_types.contains(record.type) || options.skip.contains(record.type)) {
      ++left[record.type];
    } else if (!is_known_type(record.type)) {
      return zone_error("Route 53 has no records of type " + record.type)
          .where(record.at)
          .with_hint("to leave them out: --skip " + record.type);
    } else {
      RecordKey key{record.name, record.type, ""};
      auto [at, is_new] = sets.try_emplace(key);
      RecordSet& set = at->second;
      if (is_new) {
        set.key = key;
        set.ttl = record.ttl;
        set.at = record.at;
      }
      set.ttl = std::min(set.ttl, record.ttl);
      set.values.push_back(record.data);
    }
  }
  Gathered out;
  for (auto& [key, set] : sets) {
    std::ranges::sort(set.values);
    set.values.erase(std::ranges::unique(set.values).begin(), set.values.end());
    if (set.values.size() > 1 && is_single_valued(key.type))
      return zone_error(key.to_text() + " has more than one value").where(set.at);
    out.sets.push_back(std::move(set));
  }
  CHECK_OK(check_zone(out.sets, options.zone));
  out.left.assign(left.begin(), left.end());
  return out;
}

}  // namespace mainstay::dns
