#include "dns/zone_file.hh"

#include <algorithm>

#include "base/text.hh"
#include "cfn/document.hh"
#include "dns/record_data.hh"
#include "dns/record_value.hh"
#include "dns/routing.hh"

namespace mainstay::dns {
namespace {

constexpr const char* octodns_alias = "Route53Provider/ALIAS";

class FileReader {
 public:
  FileReader(const cfn::Document& document, const ZoneEntry& entry)
      : document_(document), entry_(entry) {}

  Result<std::vector<RecordSet>> read() {
    if (!document_.root.is_map()) return fault({}, "a map from names to records is wanted here");
    for (const auto& [name, value] : document_.root.members()) {
      cfn::Path path{name};
      TRY(std::string full, full_name(name));
      if (!value.is_list()) {
        CHECK_OK(record(full, path, value));
        continue;
      }
      for (size_t i = 0; i < value.size(); ++i)
        CHECK_OK(record(full, {name, std::to_string(i)}, value.at(i)));
    }
    std::ranges::stable_sort(sets_, {}, &RecordSet::key);
    return std::move(sets_);
  }

 private:
  Error fault(const cfn::Path& path, std::string message) const {
    return Error("DnsZoneInvalid", std::move(message)).where(document_.at(path));
  }
  Error fault(cfn::Path path, const std::string& key, std::string message) const {
    path.push_back(key);
    return fault(path, std::move(message));
  }

  Result<std::string> full_name(const std::string& name) const {
    std::string whole = name == "" || name == "@" ? entry_.name
                        : is_whole(name)          ? name
                                                  : name + "." + entry_.name;
    auto normal = normal_name(whole);
    Error error = Error("DnsZoneInvalid", "").where(document_.key_at({name}));
    if (!normal) {
      error.message = "\"" + name + "\" is no domain name";
    } else if (!in_zone(*normal, entry_.name)) {
      error.message = "\"" + name + "\" is outside of the zone " + shown_name(entry_.name);
      error.hint = "names are relative to the zone, unless they end in a dot";
    } else if (!is_ascii(name)) {
      error.message = "\"" + name + "\" has characters beyond ASCII";
      error.hint = "write its labels as they are in the DNS: xn--...";
    } else {
      return *normal;
    }
    return error;
  }

  static bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c < 128; });
  }

  Status record(const std::string& name, const cfn::Path& path, const Value& in) {
    if (!in.is_map()) return fault(path, "a record is wanted here: {type: A, value: 192.0.2.1}");
    CHECK_OK(check_keys(path, in));
    std::string type = in["type"].as_string();
    if (type == octodns_alias) return octodns_aliases(name, path, in);
    if (!is_known_type(type)) {
      auto near = nearest(to_upper(type), known_types());
      return fault(
                 path, "type",
                 type.empty() ? "a record has no type" : "Route 53 has no records of type " + type)
          .with_hint(near ? "did you mean " + *near + "?" : "it has " + join(known_types(), ", "));
    }
    RecordSet set;
    set.at = document_.at(path);
    set.key = {name, type, in["set"].to_text()};
    if (auto routed = read_routing(in, set); !routed)
      return std::move(routed).error().where(document_.at(path));
    if (in.has("alias")) {
      TRY(set.alias, alias(path, in));
    } else {
      CHECK_OK(values(path, in, set));
    }
    sets_.push_back(std::move(set));
    return {};
  }

  Status check_keys(const cfn::Path& path, const Value& in) const {
    static const std::vector<std::string> known = [] {
      std::vector<std::string> keys{"type", "ttl", "value", "values", "alias", "octodns"};
      for (const std::string& key : routing_keys()) keys.push_back(key);
      return keys;
    }();
    for (const auto& [key, value] : in.members()) {
      cfn::Path at = path;
      at.push_back(key);
      Error error = Error("DnsZoneInvalid", "").where(document_.key_at(at));
      if (key == "dynamic" || key == "geo" || (key == "octodns" && !value.empty())) {
        error.message = "octoDNS's \"" + key + "\" is not read here";
        error.hint = "write the record sets that it stands for: set, weight, region, failover, ...";
        return error;
      }
      if (std::ranges::find(known, key) != known.end()) continue;
      auto near = nearest(key, known);
      error.message = "unknown key \"" + key + "\"";
      error.hint = near ? "did you mean " + *near + "?" : "known are " + join(known, ", ");
      return error;
    }
    return {};
  }

  Status values(const cfn::Path& path, const Value& in, RecordSet& set) const {
    set.ttl = entry_.default_ttl;
    if (in.has("ttl")) {
      if (!in["ttl"].is_int() || in["ttl"].as_int() < 0 || in["ttl"].as_int() > ttl_max)
        return fault(path, "ttl", "a TTL is a number of seconds from 0 to 2147483647");
      set.ttl = in["ttl"].as_int();
    }
    if (in.has("value") == in.has("values"))
      return fault(path,
                   set.key.type + " needs a value, or values, or an alias, and one of them only");
    cfn::Path at = path;
    at.emplace_back(in.has("value") ? "value" : "values");
    const Value& given = in[at.back()];
    size_t count = given.is_list() ? given.size() : 1;
    for (size_t i = 0; i < count; ++i) {
      cfn::Path place = at;
      if (given.is_list()) place.push_back(std::to_string(i));
      auto value = read_value(set.key.type, given.is_list() ? given.at(i) : given);
      if (!value) return std::move(value).error().where(document_.at(place));
      if (std::ranges::find(set.values, *value) != set.values.end())
        return fault(place, "the value is there twice: " + *value);
      set.values.push_back(*value);
    }
    if (set.values.empty()) return fault(at, "a record set has at least one value");
    if (set.values.size() > 1 && is_single_valued(set.key.type))
      return fault(at, "a " + set.key.type + " has one value");
    std::ranges::sort(set.values);
    return {};
  }

  Result<Alias> alias(const cfn::Path& path, const Value& in) const {
    const Value& target = in["alias"];
    cfn::Path at = path;
    at.emplace_back("alias");
    if (in.has("value") || in.has("values") || in.has("ttl"))
      return fault(at, "an alias has neither values nor a TTL: it has its target's");
    for (const auto& [key, value] : target.members())
      if (key != "zone" && key != "name" && key != "evaluate_health")
        return fault(at, key, "unknown key \"" + key + "\"; known are zone, name, evaluate_health");
    Alias out;
    out.zone = target.has("zone") ? target["zone"].to_text() : own_zone;
    out.evaluate_health = target["evaluate_health"].as_bool();
    TRY(out.name, target_name(at, target["name"].to_text()));
    return out;
  }

  Result<std::string> target_name(const cfn::Path& at, const std::string& name) const {
    std::string whole = name.empty()     ? entry_.name
                        : is_whole(name) ? name
                                         : name + "." + entry_.name;
    auto normal = normal_name(whole);
    if (!normal) return fault(at, "name", "\"" + name + "\" is no domain name");
    return *normal;
  }

  // octoDNS's own way to write aliases: a value for each type.
  Status octodns_aliases(const std::string& name, const cfn::Path& path, const Value& in) {
    const Value& given = in.has("values") ? in["values"] : in["value"];
    List all = given.is_list() ? given.items() : List{given};
    for (const Value& one : all) {
      RecordSet set;
      set.at = document_.at(path);
      set.key = {name, one["type"].as_string(), ""};
      if (!is_known_type(set.key.type)) return fault(path, "an alias without a type such as A");
      Alias target;
      target.zone = one.has("hosted-zone-id") ? one["hosted-zone-id"].to_text() : own_zone;
      target.evaluate_health = one["evaluate-target-health"].as_bool();
      TRY(target.name, target_name(path, one["name"].to_text()));
      set.alias = target;
      sets_.push_back(std::move(set));
    }
    return {};
  }

  const cfn::Document& document_;
  const ZoneEntry& entry_;
  std::vector<RecordSet> sets_;
};

Error fault_at(const RecordSet& set, std::string message) {
  return Error("DnsZoneInvalid", std::move(message)).where(set.at);
}

// Two sets of one name and type, neighbours in order.
Status check_siblings(const RecordSet& one, const RecordSet& other) {
  std::string what = shown_name(other.key.name) + " " + other.key.type;
  if (one.key == other.key)
    return fault_at(other, other.key.to_text() + " is there twice" +
                               (one.at.known() ? ", first at " + one.at.to_string() : ""));
  if (one.key.set_identifier.empty())
    return fault_at(one, what + " has several sets, of which this one has no identifier (set)");
  if (routing_kind(one) != routing_kind(other))
    return fault_at(other, what + " has sets of different routing: " + routing_kind(one) + " and " +
                               routing_kind(other));
  // Route 53 refuses it: "weighted sets must contain the same TTL".
  if (routing_kind(one) == "Weight" && !one.alias && !other.alias && one.ttl != other.ttl)
    return fault_at(other, what + " has weighted sets with different TTLs");
  return {};
}

}  // namespace

Status check_zone(const std::vector<RecordSet>& sets, const std::string& zone) {
  const RecordSet* cname = nullptr;
  for (size_t i = 0; i < sets.size(); ++i) {
    const RecordSet& set = sets[i];
    bool same_name = i > 0 && sets[i - 1].key.name == set.key.name;
    if (same_name && sets[i - 1].key.type == set.key.type)
      CHECK_OK(check_siblings(sets[i - 1], set));
    if (!same_name) cname = nullptr;
    if (set.key.type == "CNAME") {
      if (set.key.name == zone)
        return fault_at(set, "a CNAME can't stand at the zone itself, which has SOA and NS")
            .with_hint("an alias can");
      cname = &set;
    }
    bool beside = same_name && (set.key.type == "CNAME") != (sets[i - 1].key.type == "CNAME");
    if (beside)
      return fault_at(set, shown_name(set.key.name) + " has a CNAME, and " +
                               (cname == &set ? sets[i - 1].key.type : set.key.type) +
                               " beside it: a CNAME is alone")
          .with_hint(sets[i - 1].at.known() ? "the other is at " + sets[i - 1].at.to_string() : "");
  }
  return {};
}

Result<std::vector<RecordSet>> parse_zone_file(std::string_view text, const ZoneEntry& entry) {
  auto document = cfn::parse_document(text, entry.file, cfn::ParseOptions::for_config());
  if (!document) {
    Error error = document.error();
    error.code = "DnsZoneInvalid";
    return error;
  }
  TRY(std::vector<RecordSet> sets, FileReader(*document, entry).read());
  CHECK_OK(check_zone(sets, entry.name));
  return sets;
}

}  // namespace mainstay::dns
