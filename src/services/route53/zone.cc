#include "services/route53/zone.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/paging.hh"

namespace mainstay::route53 {
namespace {

Value record(const std::string& name, const char* type, int64_t ttl,
             const std::vector<std::string>& values) {
  Value list = Value::list();
  for (const std::string& v : values) list.push_back(Value::map({{"Value", v}}));
  return Value::map(
      {{"Name", name}, {"Type", type}, {"TTL", ttl}, {"ResourceRecords", std::move(list)}});
}

// Four servers under four top-level domains, as delegation sets have them.
std::vector<std::string> name_servers(Call& call, bool is_private) {
  constexpr const char* suffixes[] = {"com", "net", "org", "co.uk"};
  std::vector<std::string> out;
  for (uint64_t i = 0; i < 4; ++i) {
    uint64_t host = i * 512 + (is_private ? 0 : call.random.below(512));
    std::string group = is_private ? "00" : std::to_string(10 + call.random.below(54));
    out.push_back("ns-" + std::to_string(host) + ".awsdns-" + group + "." + suffixes[i]);
  }
  return out;
}

// The SOA and NS of a new zone, with the times that Route 53 gives them (developer guide, "NS and
// SOA records that Amazon Route 53 creates").
void put_apex(Call& call, const std::string& id, const std::string& name,
              const std::vector<std::string>& servers) {
  std::vector<std::string> dotted;
  for (const std::string& s : servers) dotted.push_back(s + ".");
  Value ns = record(name, "NS", 172800, dotted);
  Value soa = record(name, "SOA", 900,
                     {dotted[0] + " awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"});
  call.put("record", record_key(id, ns), ns);
  call.put("record", record_key(id, soa), soa);
}

Value shown_zone(const Value& zone) {
  Value out = zone;
  for (const char* member : {"_vpcs", "_servers", "_tags"}) out.erase(member);
  return out;
}

Status check_vpc(Call& call, const Value& vpc) {
  auto found =
      call.cloud.invoke(call.caller, call.account, vpc["VPCRegion"].as_string(), "ec2",
                        "DescribeVpcs", Value::map({{"VpcIds", Value::list({vpc["VPCId"]})}}));
  if (!found.has_value())
    return aws_error("InvalidVPCId",
                     "The VPC: " + vpc["VPCId"].as_string() +
                         " that you provided is not authorized to make the association.");
  return {};
}

bool associated(const Value& zone, const Value& vpc) {
  const List& vpcs = zone["_vpcs"].items();
  return std::any_of(vpcs.begin(), vpcs.end(),
                     [&](const Value& v) { return v["VPCId"] == vpc["VPCId"]; });
}

// Another private zone of the same name may not answer in the same VPC.
Status check_conflict(Call& call, const Value& vpc, const std::string& name) {
  for (const std::string& id : call.find_by("zone", "Name", name))
    if (associated(*call.find("zone", id), vpc))
      return aws_error("ConflictingDomainExists",
                       "The VPC " + vpc["VPCId"].as_string() + " in region " +
                           vpc["VPCRegion"].as_string() +
                           " has already been associated with the hosted zone " + id +
                           " with the same domain name.");
  return {};
}

Value answer_zone(Call&, const Value& zone) {
  Value out = Value::map({{"HostedZone", shown_zone(zone)}});
  if (zone.at_path("Config.PrivateZone").as_bool()) {
    out.set("VPCs", zone["_vpcs"]);
  } else {
    out.set("DelegationSet", Value::map({{"NameServers", zone["_servers"]}}));
  }
  return out;
}

Result<Value> page_of_zones(const Value& in, List zones) {
  auto key = [](const Value& z) { return bare_id(z["Id"].as_string()); };
  TRY(size_t count, items_asked(in, page_default));
  std::string token = in.has("Marker") ? cloud::make_token(in["Marker"].as_string()) : "";
  TRY(cloud::Page page, cloud::paginate(std::move(zones), key, token, count,
                                        aws_error("InvalidInput", "Invalid marker")));
  Value out = Value::map({{"HostedZones", Value(std::move(page.items))},
                          {"IsTruncated", !page.next.empty()},
                          {"MaxItems", std::to_string(count)},
                          {"Marker", in["Marker"].as_string()}});
  if (!page.next.empty()) out.set("NextMarker", *cloud::read_token(page.next));
  return out;
}

}  // namespace

Result<size_t> items_asked(const Value& in, size_t page_max) {
  if (!in.has("MaxItems")) return page_max;
  auto asked = parse_int(in["MaxItems"].to_text());
  if (!asked || *asked < 1)
    return aws_error("InvalidInput",
                     "Invalid parameter : MaxItems must be an integer that is greater than 0.");
  return std::min(static_cast<size_t>(*asked), page_max);
}

std::string bare_id(const std::string& id) {
  return id.substr(id.rfind('/') + 1);
}

Result<Value> get_zone(Call& call, const Value& in, std::string_view member) {
  std::string id = bare_id(in[member].as_string());
  const Value* zone = call.find("zone", id);
  if (!zone) return aws_error("NoSuchHostedZone", "No hosted zone found with ID: " + id, 404);
  return *zone;
}

void put_zone(Call& call, const Value& zone) {
  call.put("zone", bare_id(zone["Id"].as_string()), zone);
}

Result<Value> create_hosted_zone(Call& call, const Value& in) {
  const std::string& reference = in["CallerReference"].as_string();
  if (!call.find_by("zone", "CallerReference", reference).empty())
    return aws_error("HostedZoneAlreadyExists",
                     "A hosted zone has already been created with the specified caller reference.",
                     409);
  auto name = normal_name(in["Name"].as_string());
  if (!name)
    return aws_error("InvalidDomainName", in["Name"].as_string() + " is not a valid domain name");
  bool is_private = in.has("VPC");
  if (is_private) {
    CHECK_OK(check_vpc(call, in["VPC"]));
    CHECK_OK(check_conflict(call, in["VPC"], *name));
  }
  std::string id = "Z" + call.random.alphanumeric(20);
  auto servers = name_servers(call, is_private);
  Value config = Value::map({{"PrivateZone", is_private}});
  if (in["HostedZoneConfig"].has("Comment"))
    config.set("Comment", in["HostedZoneConfig"]["Comment"]);
  List server_list(servers.begin(), servers.end());
  Value zone = Value::map({{"Id", "/hostedzone/" + id},
                           {"Name", *name},
                           {"CallerReference", reference},
                           {"Config", config},
                           {"ResourceRecordSetCount", 2},
                           {"_vpcs", is_private ? Value::list({in["VPC"]}) : Value::list()},
                           {"_servers", Value(std::move(server_list))}});
  put_zone(call, zone);
  put_apex(call, id, *name, servers);
  Value out = answer_zone(call, zone);
  if (is_private) {
    out.erase("VPCs");
    out.set("VPC", in["VPC"]);
  }
  return out.set("ChangeInfo", new_change(call, Value()))
      .set("Location", "https://route53.amazonaws.com/2013-04-01/hostedzone/" + id);
}

Result<Value> get_hosted_zone(Call& call, const Value& in) {
  TRY(Value zone, get_zone(call, in));
  return answer_zone(call, zone);
}

Result<Value> list_hosted_zones(Call& call, const Value& in) {
  List zones;
  for (const auto& [id, zone] : call.all("zone"))
    if (in["HostedZoneType"].as_string() != "PrivateHostedZone" ||
        zone.at_path("Config.PrivateZone").as_bool())
      zones.push_back(shown_zone(zone));
  return page_of_zones(in, std::move(zones));
}

Result<Value> list_hosted_zones_by_name(Call& call, const Value& in) {
  List zones;
  for (const auto& [id, zone] : call.all("zone")) zones.push_back(shown_zone(zone));
  auto order = [](const Value& z) {
    return std::pair(reversed(z["Name"].as_string()), bare_id(z["Id"].as_string()));
  };
  std::sort(zones.begin(), zones.end(),
            [&](const Value& a, const Value& b) { return order(a) < order(b); });
  std::pair<std::string, std::string> from;
  if (in.has("DNSName")) {
    auto name = normal_name(in["DNSName"].as_string());
    if (!name)
      return aws_error("InvalidDomainName",
                       in["DNSName"].as_string() + " is not a valid domain name");
    from = {reversed(*name), bare_id(in["HostedZoneId"].as_string())};
  }
  std::erase_if(zones, [&](const Value& z) { return order(z) < from; });
  TRY(size_t count, items_asked(in, page_default));
  Value out =
      Value::map({{"IsTruncated", zones.size() > count}, {"MaxItems", std::to_string(count)}});
  for (const char* member : {"DNSName", "HostedZoneId"})
    if (in.has(member)) out.set(member, in[member]);
  if (zones.size() > count) {
    out.set("NextDNSName", zones[count]["Name"])
        .set("NextHostedZoneId", bare_id(zones[count]["Id"].as_string()));
    zones.resize(count);
  }
  return out.set("HostedZones", Value(std::move(zones)));
}

Result<Value> list_hosted_zones_by_vpc(Call& call, const Value& in) {
  TRY(size_t count, items_asked(in, page_default));
  List found;
  for (const auto& [id, zone] : call.all("zone"))
    if (associated(zone, in))
      found.push_back(Value::map({{"HostedZoneId", id},
                                  {"Name", zone["Name"]},
                                  {"Owner", Value::map({{"OwningAccount", call.account}})}}));
  auto key = [](const Value& z) { return z["HostedZoneId"].as_string(); };
  TRY(cloud::Page page,
      cloud::paginate(std::move(found), key, in["NextToken"].as_string(), count,
                      aws_error("InvalidPaginationToken", "Invalid pagination token")));
  Value out = Value::map(
      {{"HostedZoneSummaries", Value(std::move(page.items))}, {"MaxItems", std::to_string(count)}});
  if (!page.next.empty()) out.set("NextToken", page.next);
  return out;
}

Result<Value> get_hosted_zone_count(Call& call, const Value&) {
  return Value::map({{"HostedZoneCount", call.all("zone").size()}});
}

Result<Value> update_hosted_zone_comment(Call& call, const Value& in) {
  TRY(Value zone, get_zone(call, in));
  zone.member("Config").set("Comment", in["Comment"].as_string());
  put_zone(call, zone);
  return Value::map({{"HostedZone", shown_zone(zone)}});
}

Result<Value> delete_hosted_zone(Call& call, const Value& in) {
  TRY(Value zone, get_zone(call, in));
  std::string id = bare_id(zone["Id"].as_string());
  if (zone["ResourceRecordSetCount"].as_int() > 2)
    return aws_error("HostedZoneNotEmpty",
                     "The specified hosted zone contains non-required resource record sets  and so "
                     "cannot be deleted.");
  for (const Value& r : records_of(call, id)) call.remove("record", record_key(id, r));
  call.remove("zone", id);
  return Value::map({{"ChangeInfo", new_change(call, Value())}});
}

Result<Value> associate_vpc(Call& call, const Value& in) {
  TRY(Value zone, get_zone(call, in, "HostedZoneId"));
  if (!zone.at_path("Config.PrivateZone").as_bool())
    return aws_error("PublicZoneVPCAssociation",
                     "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 "
                     "doesn't support associating a VPC with a public hosted zone.");
  CHECK_OK(check_vpc(call, in["VPC"]));
  CHECK_OK(check_conflict(call, in["VPC"], zone["Name"].as_string()));
  zone.member("_vpcs").push_back(in["VPC"]);
  put_zone(call, zone);
  return Value::map({{"ChangeInfo", new_change(call, in["Comment"])}});
}

Result<Value> disassociate_vpc(Call& call, const Value& in) {
  TRY(Value zone, get_zone(call, in, "HostedZoneId"));
  if (!associated(zone, in["VPC"]))
    return aws_error("VPCAssociationNotFound",
                     "The specified VPC and hosted zone are not currently associated.", 404);
  if (zone["_vpcs"].size() == 1)
    return aws_error(
        "LastVPCAssociation",
        "The VPC that you're trying to disassociate from the private hosted zone is the "
        "last VPC that is associated with the hosted zone.");
  std::erase_if(zone.member("_vpcs").make_list(),
                [&](const Value& v) { return v["VPCId"] == in["VPC"]["VPCId"]; });
  put_zone(call, zone);
  return Value::map({{"ChangeInfo", new_change(call, in["Comment"])}});
}

}  // namespace mainstay::route53
