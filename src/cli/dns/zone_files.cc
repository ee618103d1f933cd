#include "cli/dns/zone_files.hh"

#include <algorithm>

#include "base/text.hh"
#include "dns/name.hh"
#include "dns/zone_file.hh"

namespace mainstay::cli {
namespace {

constexpr size_t text_max = 4 << 20;  // bytes of a configuration, and of a zone's file

}  // namespace

Result<std::vector<WantedZone>> read_zones(DnsRun& run, const std::string& config,
                                           const std::vector<std::string>& asked) {
  TRY(std::string text, run.files().read(config, text_max));
  TRY(auto entries, dns::parse_zone_config(text, config));
  std::vector<std::string> only, names;
  for (const std::string& name : asked) only.push_back(dns::normal_name(name).value_or(name));
  for (const dns::ZoneEntry& entry : entries) names.push_back(entry.name);
  for (const std::string& name : only)
    if (std::ranges::find(names, name) == names.end()) {
      auto near = nearest(name, names);
      return Error("UsageInvalid", "the configuration has no zone " + name)
          .with_hint(near ? "did you mean " + *near + "?" : "it has " + join(names, ", "));
    }
  std::vector<WantedZone> zones;
  for (dns::ZoneEntry& entry : entries) {
    if (!only.empty() && std::ranges::find(only, entry.name) == only.end()) continue;
    TRY(std::string file, run.files().read(entry.file, text_max));
    TRY(auto sets, dns::parse_zone_file(file, entry));
    zones.push_back({std::move(entry), std::move(sets)});
  }
  return zones;
}

}  // namespace mainstay::cli
