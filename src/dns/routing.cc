#include "dns/routing.hh"

#include "base/text.hh"

namespace mainstay::dns {
namespace {

struct Part {
  const char *key, *member;
};

// of: what the value is; parts: of a map.
struct RoutingForm {
  const char *key, *member;
  Value::Kind kind;
  std::vector<Part> parts;
};

const std::vector<RoutingForm>& routing_forms() {
  using enum Value::Kind;
  static const std::vector<RoutingForm> forms{
      {"weight", "Weight", integer, {}},
      {"region", "Region", string, {}},
      {"failover", "Failover", string, {}},
      {"geolocation",
       "GeoLocation",
       map,
       {{"continent", "ContinentCode"},
        {"country", "CountryCode"},
        {"subdivision", "SubdivisionCode"}}},
      {"geoproximity",
       "GeoProximityLocation",
       map,
       {{"region", "AWSRegion"},
        {"local_zone_group", "LocalZoneGroup"},
        {"bias", "Bias"},
        {"coordinates", "Coordinates"}}},
      {"multivalue", "MultiValueAnswer", boolean, {}},
      {"cidr",
       "CidrRoutingConfig",
       map,
       {{"collection", "CollectionId"}, {"location", "LocationName"}}}};
  return forms;
}

Result<Value> read_parts(const RoutingForm& form, const Value& value) {
  Value out = Value::map();
  for (const Part& part : form.parts)
    if (value.has(part.key))
      out.set(part.member, std::string_view(part.key) == "coordinates" || value[part.key].is_int()
                               ? value[part.key]
                               : Value(value[part.key].to_text()));
  if (out.size() == value.size() && !out.empty()) return out;
  std::vector<std::string> known;
  for (const Part& part : form.parts) known.emplace_back(part.key);
  return zone_error(std::string(form.key) + " is a map of " + join(known, ", "));
}

// What is known to be wrong without asking Route 53 (ResourceRecordSet in its API reference).
Status check_range(const RoutingForm& form, const Value& value) {
  std::string_view key = form.key;
  if (key == "weight" && (value.as_int() < 0 || value.as_int() > 255))
    return zone_error("a weight is from 0 to 255");
  if (key == "failover" && value.as_string() != "PRIMARY" && value.as_string() != "SECONDARY")
    return zone_error("failover is PRIMARY or SECONDARY");
  if (key == "multivalue" && !value.as_bool()) return zone_error("multivalue is true, or left out");
  return {};
}

}  // namespace

const std::vector<std::string>& routing_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all{"set", "health_check"};
    for (const RoutingForm& form : routing_forms()) all.emplace_back(form.key);
    return all;
  }();
  return keys;
}

Status read_routing(const Value& record, RecordSet& set) {
  set.health_check = record["health_check"].to_text();
  for (const RoutingForm& form : routing_forms()) {
    const Value* value = record.find(form.key);
    if (!value) continue;
    if (value->kind() != form.kind)
      return zone_error(std::string(form.key) + " is " + kind_name(form.kind) + ", not " +
                        kind_name(value->kind()));
    if (!set.routing.empty())
      return zone_error("a record set has one kind of routing, not " + std::string(form.key) +
                        " and " + routing_kind(set) + " both");
    CHECK_OK(check_range(form, *value));
    Value taken = *value;
    if (form.kind == Value::Kind::map) {
      TRY(taken, read_parts(form, *value));
    }
    set.routing.set(form.member, std::move(taken));
  }
  if (set.routing.empty() != set.key.set_identifier.empty())
    return zone_error(
        set.routing.empty()
            ? "a set with an identifier needs its routing: weight, region, failover, ..."
            : "routing needs an identifier, which tells the sets apart (set: NAME)");
  return {};
}

Value routing_to_file(const RecordSet& set) {
  Value out = Value::map();
  if (!set.key.set_identifier.empty()) out.set("set", set.key.set_identifier);
  for (const RoutingForm& form : routing_forms()) {
    const Value* value = set.routing.find(form.member);
    if (!value) continue;
    if (form.kind != Value::Kind::map) {
      out.set(form.key, *value);
      continue;
    }
    Value parts = Value::map();
    for (const Part& part : form.parts)
      if (value->has(part.member)) parts.set(part.key, (*value)[part.member]);
    out.set(form.key, std::move(parts));
  }
  if (!set.health_check.empty()) out.set("health_check", set.health_check);
  return out;
}

}  // namespace mainstay::dns
