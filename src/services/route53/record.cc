#include <algorithm>

#include "base/text.hh"
#include "services/route53/zone.hh"

namespace mainstay::route53 {
namespace {

constexpr char separator = '\x01';
constexpr size_t records_max = 1000, characters_max = 32000;  // of one batch, UPSERT counting twice
constexpr size_t page_max = 300;

std::string quoted(const Value& record) {
  std::string out =
      "[name='" + record["Name"].as_string() + "', type='" + record["Type"].as_string() + "'";
  if (record.has("SetIdentifier"))
    out += ", set-identifier='" + record["SetIdentifier"].as_string() + "'";
  return out + "]";
}

// Values and all else that DELETE must match; order of values does not count.
bool same_record(const Value& a, const Value& b) {
  auto texts = [](const Value& r) {
    std::multiset<std::string> out;
    for (const Value& v : r["ResourceRecords"].items()) out.insert(v["Value"].as_string());
    return out;
  };
  if (texts(a) != texts(b)) return false;
  for (const char* member :
       {"TTL", "AliasTarget", "Weight", "Region", "Failover", "GeoLocation", "GeoProximityLocation",
        "CidrRoutingConfig", "MultiValueAnswer", "HealthCheckId"})
    if (a[member] != b[member]) return false;
  return true;
}

// Applies a batch to the zone, and gathers what is wrong with it.
class Batch {
 public:
  Batch(Call& call, Value zone)
      : call_(call), zone_(std::move(zone)), id_(bare_id(zone_["Id"].as_string())) {}

  void apply(const Value& change) {
    Value record = change["ResourceRecordSet"];
    auto name = normal_name(record["Name"].as_string());
    const std::string& zone_name = zone_["Name"].as_string();
    if (!name || !in_zone(*name, zone_name)) {
      messages_.push_back("RRSet with DNS name " + name.value_or(record["Name"].as_string()) +
                          " is not permitted in zone " + zone_name);
      return;
    }
    record.set("Name", *name);
    if (record.has("AliasTarget")) {
      Value& alias = record.member("AliasTarget");
      if (auto target = normal_name(alias["DNSName"].as_string())) alias.set("DNSName", *target);
    }
    const std::string& action = change["Action"].as_string();
    const Value* existing = call_.find("record", record_key(id_, record));
    if (action == "DELETE") return erase(record, existing);
    if (action == "CREATE" && existing) {
      messages_.push_back("Tried to create resource record set " + quoted(record) +
                          " but it already exists");
      return;
    }
    if (std::string wrong = check_record(record, zone_); !wrong.empty()) {
      messages_.push_back(wrong);
      return;
    }
    if (!existing) ++count_change_;
    call_.put("record", record_key(id_, record), record);
    written_.push_back(record);
  }

  // What can be said only of the zone after all changes.
  void finish() {
    const std::string& zone_name = zone_["Name"].as_string();
    for (const Value& record : written_) {
      check_neighbours(record);
      check_alias(record);
    }
    List apex = records_of(call_, id_, zone_name);
    auto count = [&](const char* type) {
      return std::count_if(apex.begin(), apex.end(),
                           [&](const Value& r) { return r["Type"].as_string() == type; });
    };
    if (count("SOA") != 1) messages_.push_back("A HostedZone must contain exactly one SOA record.");
    if (count("NS") < 1)
      messages_.push_back("A HostedZone must contain at least one NS record for the zone itself.");
    zone_.set("ResourceRecordSetCount", zone_["ResourceRecordSetCount"].as_int() + count_change_);
    put_zone(call_, zone_);
  }

  const std::vector<std::string>& messages() const { return messages_; }

 private:
  void erase(const Value& record, const Value* existing) {
    if (!existing) {
      messages_.push_back("Tried to delete resource record set " + quoted(record) +
                          " but it was not found");
    } else if (!same_record(*existing, record)) {
      messages_.push_back("Tried to delete resource record set " + quoted(record) +
                          " but the values provided do not match the current values");
    } else {
      call_.remove("record", record_key(id_, record));
      --count_change_;
    }
  }

  void check_neighbours(const Value& record) {
    const std::string& name = record["Name"].as_string();
    const std::string& zone_name = zone_["Name"].as_string();
    const std::string& type = record["Type"].as_string();
    for (const Value& other : records_of(call_, id_, name)) {
      const std::string& other_type = other["Type"].as_string();
      if (type == "CNAME" && other_type != "CNAME") {
        messages_.push_back(
            "RRSet of type CNAME with DNS name " + name +
            " is not permitted as it conflicts with other records with the same DNS name in zone " +
            zone_name);
        return;
      }
      if (type != "CNAME" && other_type == "CNAME") {
        messages_.push_back(
            "RRSet of type " + type + " with DNS name " + name +
            " is not permitted because a conflicting RRSet of type CNAME with the same DNS "
            "name already exists in zone " +
            zone_name);
        return;
      }
      if (other_type == type) check_policy(record, other);
    }
  }

  // One routing policy for all record sets of a name and type.
  void check_policy(const Value& record, const Value& other) {
    if (record["SetIdentifier"] == other["SetIdentifier"]) return;
    std::string head =
        "RRSet with DNS name " + record["Name"].as_string() + ", type " +
        record["Type"].as_string() + ", SetIdentifier " +
        (record.has("SetIdentifier") ? record["SetIdentifier"].as_string() : "null") +
        " cannot be created as ";
    bool weighted = record.has("Weight");
    if (weighted && !other.has("Weight")) {
      messages_.push_back(head + "a non-weighted set exists with the same name and type.");
    } else if (record.has("SetIdentifier") != other.has("SetIdentifier") ||
               weighted != other.has("Weight")) {
      messages_.push_back(head + "other RRSets exist with the same name and type.");
    } else if (weighted && record["TTL"] != other["TTL"]) {
      messages_.push_back(head + "weighted sets must contain the same TTL.");
    }
  }

  // An alias into this very zone must find its target there.
  void check_alias(const Value& record) {
    const Value& alias = record["AliasTarget"];
    if (alias.is_null() || bare_id(alias["HostedZoneId"].as_string()) != id_) return;
    const std::string& target = alias["DNSName"].as_string();
    std::string head = "Tried to create an alias that targets " + target + ", type " +
                       record["Type"].as_string() + " in zone " + id_ + ", but ";
    if (!in_zone(target, zone_["Name"].as_string())) {
      messages_.push_back(head + "the alias target name does not lie within the target zone");
      return;
    }
    List found = records_of(call_, id_, target);
    if (std::none_of(found.begin(), found.end(),
                     [&](const Value& r) { return r["Type"] == record["Type"]; }))
      messages_.push_back(head + "that target was not found");
  }

  Call& call_;
  Value zone_;
  std::string id_;
  List written_;
  std::vector<std::string> messages_;
  int64_t count_change_ = 0;
};

Status check_size(const Value& changes) {
  size_t records = 0, characters = 0;
  for (const Value& change : changes.items()) {
    size_t weight = change["Action"].as_string() == "UPSERT" ? 2 : 1;
    const Value& values = change["ResourceRecordSet"]["ResourceRecords"];
    records += weight * std::max<size_t>(values.size(), 1);
    for (const Value& v : values.items()) characters += weight * v["Value"].as_string().size();
  }
  if (records > records_max)
    return aws_error("InvalidChangeBatch", "Number of records limit of 1000 exceeded.");
  if (characters > characters_max)
    return aws_error("InvalidChangeBatch", "Number of characters limit of 32000 exceeded.");
  return {};
}

// Exactly one way to say what the record answers (InvalidInput, before anything is looked at).
Status check_form(const Value& change) {
  const Value& record = change["ResourceRecordSet"];
  bool plain = record.has("TTL") && !record["ResourceRecords"].empty();
  int ways = (plain ? 1 : 0) + (record.has("AliasTarget") ? 1 : 0) +
             (record.has("TrafficPolicyInstanceId") ? 1 : 0);
  if (ways == 1) return {};
  std::string found = ways == 0 ? "none" : "more than one";
  std::string set = record.has("SetIdentifier") ? record["SetIdentifier"].as_string() : "null";
  return aws_error("InvalidInput",
                   "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
                   "ResourceRecords], or TrafficPolicyInstanceId], but found " +
                       found + " in Change with [Action=" + change["Action"].as_string() +
                       ", Name=" + record["Name"].as_string() +
                       ", Type=" + record["Type"].as_string() + ", SetIdentifier=" + set + "]");
}

}  // namespace

std::string record_key(const std::string& zone_id, std::string_view name, std::string_view type,
                       std::string_view set_identifier) {
  std::string key = zone_id + separator;
  if (name.empty()) return key;
  key += reversed(name) + separator;
  return key.append(type) + separator + std::string(set_identifier);
}

std::string record_key(const std::string& zone_id, const Value& record) {
  return record_key(zone_id, record["Name"].as_string(), record["Type"].as_string(),
                    record["SetIdentifier"].as_string());
}

List records_of(Call& call, const std::string& zone_id, std::string_view name) {
  std::string prefix = zone_id + separator;
  if (!name.empty()) prefix += reversed(name) + separator;
  List out;
  const auto& all = call.all("record");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->second);
  return out;
}

Result<Value> change_records(Call& call, const Value& in) {
  TRY(Value zone, get_zone(call, in, "HostedZoneId"));
  const Value& changes = in["ChangeBatch"]["Changes"];
  for (const Value& change : changes.items()) CHECK_OK(check_form(change));
  CHECK_OK(check_size(changes));
  Batch batch(call, zone);
  for (const Value& change : changes.items()) batch.apply(change);
  if (batch.messages().empty()) batch.finish();
  if (!batch.messages().empty()) {
    Error error = aws_error("InvalidChangeBatch", "[" + join(batch.messages(), ", ") + "]");
    List messages(batch.messages().begin(), batch.messages().end());
    error.fields =
        std::make_shared<const Value>(Value::map({{"messages", Value(std::move(messages))}}));
    return error;
  }
  return Value::map({{"ChangeInfo", new_change(call, in["ChangeBatch"]["Comment"])}});
}

Result<Value> list_records(Call& call, const Value& in) {
  TRY(Value zone, get_zone(call, in, "HostedZoneId"));
  if (in.has("StartRecordType") && !in.has("StartRecordName"))
    return aws_error("InvalidInput", "The input is not valid: a start type needs a start name");
  std::string id = bare_id(zone["Id"].as_string()), prefix = record_key(id, "", "", "");
  std::string from = prefix;
  if (in.has("StartRecordName")) {
    auto name = normal_name(in["StartRecordName"].as_string());
    if (!name) return aws_error("InvalidInput", "The start name is not a valid domain name");
    from = prefix + reversed(*name) + separator + in["StartRecordType"].as_string();
    if (in.has("StartRecordIdentifier"))
      from += separator + in["StartRecordIdentifier"].as_string();
  }
  TRY(size_t count, items_asked(in, page_max));
  Value records = Value::list(), out;
  const auto& all = call.all("record");
  auto it = all.lower_bound(from);
  for (; it != all.end() && it->first.starts_with(prefix) && records.size() < count; ++it)
    records.push_back(it->second);
  bool more = it != all.end() && it->first.starts_with(prefix);
  out.set("ResourceRecordSets", std::move(records))
      .set("IsTruncated", more)
      .set("MaxItems", std::to_string(count));
  if (more) {
    out.set("NextRecordName", it->second["Name"]).set("NextRecordType", it->second["Type"]);
    if (it->second.has("SetIdentifier"))
      out.set("NextRecordIdentifier", it->second["SetIdentifier"]);
  }
  return out;
}

}  // namespace mainstay::route53
