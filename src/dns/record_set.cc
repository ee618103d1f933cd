#include "dns/record_set.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "dns/record_data.hh"

namespace mainstay::dns {
namespace {

constexpr const char* routing_members[] = {"Weight",
                                           "Region",
                                           "Failover",
                                           "GeoLocation",
                                           "MultiValueAnswer",
                                           "CidrRoutingConfig",
                                           "GeoProximityLocation",
                                           "TrafficPolicyInstanceId"};

std::string reversed(std::string_view name) {
  std::vector<std::string> labels = split(name, ".");
  std::reverse(labels.begin(), labels.end());
  return join(labels, ".");
}

}  // namespace

std::strong_ordering RecordKey::operator<=>(const RecordKey& other) const {
  if (name != other.name) return reversed(name) <=> reversed(other.name);
  return std::tie(type, set_identifier) <=> std::tie(other.type, other.set_identifier);
}

std::string RecordKey::to_text() const {
  return shown_name(name) + " " + type +
         (set_identifier.empty() ? "" : " [" + set_identifier + "]");
}

std::string RecordSet::to_text() const {
  std::string out = alias ? "alias " + shown_name(alias->name) + " in " + alias->zone
                          : std::to_string(ttl) + " " + join(values, ", ");
  if (alias && alias->evaluate_health) out += ", evaluates health";
  for (const auto& [name, value] : routing.members())
    out += "; " + name + " " + (value.is_scalar() ? value.to_text() : to_json(value));
  if (!health_check.empty()) out += "; health check " + health_check;
  return out;
}

bool RecordSet::same_answer(const RecordSet& other) const {
  if (alias != other.alias || health_check != other.health_check) return false;
  if (!alias && (ttl != other.ttl || values != other.values)) return false;
  return std::ranges::all_of(routing_members, [&](const char* m) {
    return to_canonical_json(routing[m]) == to_canonical_json(other.routing[m]);
  });
}

std::string routing_kind(const RecordSet& set) {
  return set.routing.empty() ? "" : set.routing.members().begin()->first;
}

Value RecordSet::to_value() const {
  Value out = Value::map({{"Name", key.name}, {"Type", key.type}});
  if (!key.set_identifier.empty()) out.set("SetIdentifier", key.set_identifier);
  for (const auto& [name, value] : routing.members()) out.set(name, value);
  if (!health_check.empty()) out.set("HealthCheckId", health_check);
  if (alias) {
    out.set("AliasTarget", Value::map({{"HostedZoneId", alias->zone},
                                       {"DNSName", alias->name},
                                       {"EvaluateTargetHealth", alias->evaluate_health}}));
    return out;
  }
  if (values.empty()) return out;
  Value records = Value::list();
  for (const std::string& value : values) records.push_back(Value::map({{"Value", value}}));
  out.set("TTL", ttl).set("ResourceRecords", std::move(records));
  return out;
}

Result<RecordSet> RecordSet::from_value(const Value& value) {
  RecordSet set;
  auto name = normal_name(value["Name"].as_string());
  if (!name)
    return Error("DnsZoneInvalid", "\"" + value["Name"].as_string() + "\" is no domain name");
  set.key = {*name, value["Type"].as_string(), value["SetIdentifier"].as_string()};
  set.ttl = value["TTL"].as_int();
  for (const Value& record : value["ResourceRecords"].items()) {
    const std::string& text = record["Value"].as_string();
    // What is there already is taken as it is where we don't understand it.
    auto normal = normal_data(set.key.type, text);
    set.values.push_back(normal ? *normal : text);
  }
  std::ranges::sort(set.values);
  if (const Value& target = value["AliasTarget"]; target.is_map()) {
    const std::string& target_name = target["DNSName"].as_string();
    set.alias =
        Alias{target["HostedZoneId"].as_string(), normal_name(target_name).value_or(target_name),
              target["EvaluateTargetHealth"].as_bool()};
  }
  for (const char* member : routing_members)
    if (value.has(member)) set.routing.set(member, value[member]);
  set.health_check = value["HealthCheckId"].as_string();
  return set;
}

}  // namespace mainstay::dns
