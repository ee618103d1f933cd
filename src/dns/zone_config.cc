#include "dns/zone_config.hh"

#include <algorithm>
#include <optional>

#include "base/text.hh"
#include "cfn/document.hh"
#include "dns/name.hh"
#include "host/files.hh"

namespace mainstay::dns {
namespace {

class ConfigReader {
 public:
  ConfigReader(const cfn::Document& document, std::string folder)
      : document_(document), root_(document.root), folder_(std::move(folder)) {}

  Result<std::vector<ZoneEntry>> read() {
    CHECK_OK(check_keys({}, root_, {"zones", "providers", "manager"}));
    const Value& zones = root_["zones"];
    if (!zones.is_map() || zones.empty())
      return fault({"zones"}, "there are no zones").with_hint("zones:\n    example.com.: {}");
    if (zones.size() > zones_max) return fault({"zones"}, "there are more than 10000 zones");
    std::vector<ZoneEntry> out;
    std::set<std::string> seen;
    for (const auto& [name, value] : zones.members()) {
      TRY(ZoneEntry entry, zone(name, value));
      if (!seen.insert(entry.name + " " + entry.id).second)
        return key_fault({"zones", name}, "the zone is there twice");
      out.push_back(std::move(entry));
    }
    return out;
  }

 private:
  Error fault(const cfn::Path& path, std::string message) const {
    return Error("DnsConfigInvalid", std::move(message)).where(document_.at(path));
  }
  Error key_fault(const cfn::Path& path, std::string message) const {
    return Error("DnsConfigInvalid", std::move(message)).where(document_.key_at(path));
  }

  Status check_keys(const cfn::Path& path, const Value& map,
                    const std::vector<std::string>& known) const {
    if (!map.is_map()) return fault(path, "a map is wanted here");
    for (const auto& [key, _] : map.members()) {
      if (std::ranges::find(known, key) != known.end()) continue;
      cfn::Path at = path;
      at.push_back(key);
      auto near = nearest(key, known);
      return key_fault(at, "unknown key \"" + key + "\"")
          .with_hint(near ? "did you mean " + *near + "?" : "known are " + join(known, ", "));
    }
    return {};
  }

  Result<ZoneEntry> zone(const std::string& name, const Value& value) {
    cfn::Path path{"zones", name};
    ZoneEntry entry;
    entry.at = document_.key_at(path);
    auto normal = normal_name(name);
    if (!normal || *normal == "." || name == "*")
      return key_fault(path, "\"" + name + "\" is no name of a zone");
    entry.name = *normal;
    entry.file = join_path(folder_, shown_name(*normal) + "yaml");
    if (value.is_null()) return entry;
    CHECK_OK(check_keys(path, value,
                        {"file", "id", "foreign", "ours", "default_ttl", "sources", "targets"}));
    if (value.has("sources")) CHECK_OK(take_provider(entry, path, value["sources"]));
    if (value.has("targets")) CHECK_OK(check_targets(path, value["targets"]));
    if (value.has("file")) entry.file = join_path(folder_, value["file"].to_text());
    entry.id = value["id"].to_text();
    CHECK_OK(take_foreign(entry, path, value));
    return entry;
  }

  Status take_foreign(ZoneEntry& entry, const cfn::Path& path, const Value& value) const {
    std::string foreign = value.has("foreign") ? value["foreign"].to_text() : "remove";
    if (foreign != "keep" && foreign != "remove")
      return fault(child(path, "foreign"),
                   "foreign is \"keep\" or \"remove\", not \"" + foreign + "\"");
    entry.keeps_foreign = foreign == "keep";
    if (value.has("ours") && !value["ours"].is_list())
      return fault(child(path, "ours"), "a list of names is wanted here");
    for (const Value& pattern : value["ours"].items())
      entry.ours.push_back(to_lower(pattern.to_text()));
    if (!value.has("default_ttl")) return {};
    return take_ttl(entry, child(path, "default_ttl"), value["default_ttl"]);
  }

  Status take_ttl(ZoneEntry& entry, const cfn::Path& path, const Value& value) const {
    if (!value.is_int() || value.as_int() < 0 || value.as_int() > ttl_max)
      return fault(path, "a TTL is a number of seconds from 0 to 2147483647");
    entry.default_ttl = value.as_int();
    return {};
  }

  // octoDNS's: where the files are.
  Status take_provider(ZoneEntry& entry, const cfn::Path& path, const Value& sources) const {
    if (sources.size() != 1)
      return fault(child(path, "sources"), "one source is read, and it must be a YamlProvider");
    std::string provider = sources.at(0).to_text();
    const Value& settings = root_["providers"][provider];
    if (settings["class"].as_string() != "octodns.provider.yaml.YamlProvider")
      return fault(
          child(path, "sources"),
          "\"" + provider + "\" is not among providers as an octodns.provider.yaml.YamlProvider");
    cfn::Path at{"providers", provider};
    CHECK_OK(check_keys(at, settings, {"class", "directory", "default_ttl", "enforce_order"}));
    entry.file = join_path(join_path(folder_, settings["directory"].to_text()),
                           shown_name(entry.name) + "yaml");
    if (!settings.has("default_ttl")) return {};
    return take_ttl(entry, child(at, "default_ttl"), settings["default_ttl"]);
  }

  Status check_targets(const cfn::Path& path, const Value& targets) const {
    std::string of =
        targets.size() == 1 ? root_["providers"][targets.at(0).to_text()]["class"].as_string() : "";
    if (of != "octodns_route53.Route53Provider" && of != "octodns.provider.route53.Route53Provider")
      return fault(child(path, "targets"),
                   "one target is written to, and it must be an octodns_route53.Route53Provider");
    return {};
  }

  static cfn::Path child(cfn::Path path, const std::string& key) {
    path.push_back(key);
    return path;
  }

  const cfn::Document& document_;
  const Value& root_;
  std::string folder_;
};

}  // namespace

bool ZoneEntry::owns(std::string_view full_name) const {
  if (!keeps_foreign) return true;
  std::string relative = relative_name(full_name, name);
  return std::ranges::any_of(ours, [&](const std::string& pattern) {
    return glob_match(pattern, relative) || (pattern == "@" && relative.empty());
  });
}

Result<std::vector<ZoneEntry>> parse_zone_config(std::string_view text, const std::string& path) {
  auto document = cfn::parse_document(text, path, cfn::ParseOptions::for_config());
  if (!document) {
    Error error = document.error();
    error.code = "DnsConfigInvalid";
    return error;
  }
  return ConfigReader(*document, path.contains('/') ? directory_of(path) : "").read();
}

}  // namespace mainstay::dns
