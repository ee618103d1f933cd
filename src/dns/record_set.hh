// A record set of a zone: what Route 53 knows by name, type and set identifier.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::dns {

// What makes a record set itself. Ordered as Route 53 lists: labels from the right, then type.
struct RecordKey {
  std::string name;            // normal (name.hh)
  std::string type;            // "A"
  std::string set_identifier;  // "" for none

  bool operator==(const RecordKey&) const = default;
  std::strong_ordering operator<=>(const RecordKey& other) const;
  // "www.example.com. A", "www.example.com. A [blue]"
  std::string to_text() const;
};

struct Alias {
  std::string zone;  // id of the zone that the target is in
  std::string name;  // normal
  bool evaluate_health = false;
  bool operator==(const Alias&) const = default;
};

struct RecordSet {
  RecordKey key;
  int64_t ttl = 0;                  // seconds; 0 of an alias
  std::vector<std::string> values;  // in normal form, sorted; none of an alias
  std::optional<Alias> alias;
  // Weight, Region, Failover, GeoLocation, GeoProximityLocation, MultiValueAnswer,
  // CidrRoutingConfig, TrafficPolicyInstanceId as the API has them: they are compared and carried,
  // never acted upon, and so none gets lost.
  Value routing = Value::map();
  std::string health_check;  // its id, "" for none
  Position at;               // where a file has it

  // As a plan shows it: "300 192.0.2.1, 192.0.2.2", "alias x. (Z2)", then its routing.
  std::string to_text() const;
  bool same_answer(const RecordSet& other) const;

  // A ResourceRecordSet of the API.
  Value to_value() const;
  static Result<RecordSet> from_value(const Value& value);
};

// "Weight" of a weighted set, "" of a simple one.
std::string routing_kind(const RecordSet& set);

}  // namespace mainstay::dns
