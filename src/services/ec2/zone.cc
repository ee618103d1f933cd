#include <algorithm>

#include "base/text.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

struct Region {
  std::string_view name, zone_letters, id_prefix;
};

// "Regions and Zones" of the EC2 user guide; letters as a new account sees them.
constexpr Region regions[] = {
    {"us-east-1", "abcdef", "use1"},    {"us-east-2", "abc", "use2"},
    {"us-west-1", "ac", "usw1"},        {"us-west-2", "abcd", "usw2"},
    {"ca-central-1", "abd", "cac1"},    {"ca-west-1", "abc", "caw1"},
    {"eu-west-1", "abc", "euw1"},       {"eu-west-2", "abc", "euw2"},
    {"eu-west-3", "abc", "euw3"},       {"eu-central-1", "abc", "euc1"},
    {"eu-central-2", "abc", "euc2"},    {"eu-north-1", "abc", "eun1"},
    {"eu-south-1", "abc", "eus1"},      {"eu-south-2", "abc", "eus2"},
    {"ap-south-1", "abc", "aps1"},      {"ap-south-2", "abc", "aps2"},
    {"ap-southeast-1", "abc", "apse1"}, {"ap-southeast-2", "abc", "apse2"},
    {"ap-southeast-3", "abc", "apse3"}, {"ap-southeast-4", "abc", "apse4"},
    {"ap-northeast-1", "acd", "apne1"}, {"ap-northeast-2", "abcd", "apne2"},
    {"ap-northeast-3", "abc", "apne3"}, {"ap-east-1", "abc", "ape1"},
    {"sa-east-1", "abc", "sae1"},       {"me-south-1", "abc", "mes1"},
    {"me-central-1", "abc", "mec1"},    {"il-central-1", "abc", "ilc1"},
    {"af-south-1", "abc", "afs1"}};

const Region* find_region(std::string_view name) {
  const Region* found = std::find_if(std::begin(regions), std::end(regions),
                                     [&](const Region& r) { return r.name == name; });
  return found == std::end(regions) ? nullptr : found;
}

Region region_of(const Call& call) {
  const Region* known = find_region(call.region);
  return known ? *known : Region{call.region, "abc", call.region};
}

// Zones that no new account sees are numbered after those that all see.
size_t zone_number(const Region& region, char letter) {
  size_t at = region.zone_letters.find(letter);
  if (at != std::string_view::npos) return at + 1;
  size_t number = region.zone_letters.size() + 1;
  for (char other = 'a'; other < letter; ++other) number += !region.zone_letters.contains(other);
  return number;
}

Value zone_document(const Call& call, const Region& region, char letter) {
  std::string name = call.region + letter;
  std::string number = std::to_string(zone_number(region, letter));
  return Value::map({{"ZoneName", name},
                     {"ZoneId", std::string(region.id_prefix) + "-az" + number},
                     {"RegionName", call.region},
                     {"GroupName", call.region + "-zg-1"},
                     {"NetworkBorderGroup", call.region},
                     {"ZoneType", "availability-zone"},
                     {"OptInStatus", "opt-in-not-required"},
                     {"State", "available"},
                     {"Messages", Value::list()}});
}

constexpr Kind zone_kind{
    "zone", "", "ZoneName", "zone", "InvalidParameterValue", "AvailabilityZones", ""};
constexpr Kind region_kind{"region",  "", "RegionName", "region", "InvalidParameterValue",
                           "Regions", ""};

// Only the items whose member is one of the wanted names; all where none are wanted.
Result<List> only(List items, const char* member, const Value& wanted, const char* noun) {
  for (const Value& w : wanted.items())
    if (std::none_of(items.begin(), items.end(), [&](const Value& v) { return v[member] == w; }))
      return aws_error("InvalidParameterValue",
                       "Invalid " + std::string(noun) + ": [" + w.as_string() + "]");
  if (!wanted.empty())
    std::erase_if(items, [&](const Value& v) {
      const List& w = wanted.items();
      return std::find(w.begin(), w.end(), v[member]) == w.end();
    });
  return items;
}

}  // namespace

bool knows_region(std::string_view name) {
  return find_region(name) != nullptr;
}

void put_zone(Call& call, char letter) {
  Value zone = zone_document(call, region_of(call), letter);
  call.put("zone", zone["ZoneName"].as_string(), zone);
}

Status prepare(Call& call) {
  for (char letter : region_of(call).zone_letters) put_zone(call, letter);
  std::string domain =
      call.region == "us-east-1" ? "ec2.internal" : call.region + ".compute.internal";
  auto configuration = [](const char* key, const std::string& value) {
    return Value::map({{"Key", key}, {"Values", Value::list({value})}});
  };
  TRY(Value options,
      create_dhcp_options(
          call, Value::map(
                    {{"DhcpConfigurations",
                      Value::list({configuration("domain-name", domain),
                                   configuration("domain-name-servers", "AmazonProvidedDNS")})}})));
  call.put("setting", "dhcp-options", options.at_path("DhcpOptions.DhcpOptionsId"));
  CHECK_OK(create_default_vpc(call, Value::map({})));
  return {};
}

Result<Value> describe_availability_zones(Call& call, const Value& in) {
  List zones;
  for (const auto& [name, zone] : call.all("zone")) zones.push_back(zone);
  TRY(zones, only(std::move(zones), "ZoneName", in["ZoneNames"], "availability zone"));
  TRY(zones, only(std::move(zones), "ZoneId", in["ZoneIds"], "availability zone id"));
  return describe_list(in, std::move(zones), zone_kind);
}

Result<Value> describe_regions(Call&, const Value& in) {
  List out;
  for (const Region& r : regions)
    out.push_back(Value::map({{"RegionName", r.name},
                              {"Endpoint", "ec2." + std::string(r.name) + ".amazonaws.com"},
                              {"OptInStatus", "opt-in-not-required"}}));
  TRY(out, only(std::move(out), "RegionName", in["RegionNames"], "region"));
  return describe_list(in, std::move(out), region_kind);
}

Result<Value> describe_account_attributes(Call& call, const Value& in) {
  std::string default_vpc = "none";
  for (const auto& [id, vpc] : call.all("vpc"))
    if (vpc["IsDefault"].as_bool()) default_vpc = id;
  const std::pair<const char*, std::string> attributes[] = {
      {"supported-platforms", "VPC"},
      {"default-vpc", default_vpc},
      {"vpc-max-security-groups-per-interface", "5"},
      {"max-elastic-ips", "5"},
      {"vpc-max-elastic-ips", "5"}};
  Value out = Value::list();
  for (const auto& [name, value] : attributes) {
    const List& wanted = in["AttributeNames"].items();
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), Value(name)) == wanted.end())
      continue;
    out.push_back(
        Value::map({{"AttributeName", name},
                    {"AttributeValues", Value::list({Value::map({{"AttributeValue", value}})})}}));
  }
  return Value::map({{"AccountAttributes", std::move(out)}});
}

}  // namespace mainstay::ec2
