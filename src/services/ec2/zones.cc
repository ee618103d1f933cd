#include "services/ec2/zones.hh"

#include "base/printable.hh"
#include "cloud/call.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr size_t account_digits = 12;

Status check_place(const ZonePlace& place) {
  if (!knows_region(place.region))
    return Error("RegionInvalid", "there is no region " + printable(place.region))
        .with_hint("`aws ec2 describe-regions` lists them");
  if (place.account.size() != account_digits ||
      place.account.find_first_not_of("0123456789") != std::string::npos)
    return Error("AccountInvalid", printable(place.account) + " is no account's id: 12 digits");
  return {};
}

Result<Value> ask(cloud::Cloud& cloud, const ZonePlace& place, std::string_view operation,
                  Value in) {
  return cloud.invoke(cloud::Caller::service_principal(place.account, "ec2"), place.account,
                      place.region, "ec2", operation, std::move(in));
}

Status add(Call& call, const std::string& name) {
  bool is_letter = name.size() == call.region.size() + 1 && name.starts_with(call.region) &&
                   name.back() >= 'a' && name.back() <= 'z';
  if (!is_letter)
    return Error("ZoneInvalid", printable(name) + " is no zone of " + call.region)
        .with_hint("a zone is its region and a letter: " + call.region + "f");
  if (call.find("zone", name))
    return Error("ZoneExists", "the account has the zone " + name + " already");
  put_zone(call, name.back());
  return {};
}

Result<Value> default_subnet_of(const Call& call, const std::string& zone) {
  for (const auto& [id, subnet] : call.all("subnet"))
    if (subnet["DefaultForAz"].as_bool() && subnet["AvailabilityZone"] == zone) return subnet;
  return Value();
}

Status take_default(Call& call, const std::string& zone) {
  TRY(Value subnet, default_subnet_of(call, zone));
  if (subnet.is_null())
    return Error("ZoneMissing", "there is no default subnet in the zone " + zone);
  return remove_subnet(call, subnet["SubnetId"].as_string());
}

Status remove(Call& call, const std::string& zone) {
  std::string ids;
  for (const auto& [id, subnet] : call.all("subnet"))
    if (!subnet["DefaultForAz"].as_bool() && subnet["AvailabilityZone"] == zone)
      ids += (ids.empty() ? "" : ", ") + id;
  if (!ids.empty())
    return Error("ZoneInUse", "the zone " + zone + " has subnets: " + ids)
        .with_hint("AWS hides a zone only from accounts that have nothing in it");
  TRY(Value subnet, default_subnet_of(call, zone));
  if (!subnet.is_null()) CHECK_OK(remove_subnet(call, subnet["SubnetId"].as_string()));
  call.remove("zone", zone);
  return {};
}

Status change(Call& call, ZoneChange change, const std::string& zone) {
  if (change == ZoneChange::add) return add(call, zone);
  if (!call.find("zone", zone))
    return Error("ZoneMissing", "the account has no zone " + printable(zone) + " in " + call.region)
        .with_hint("`mainstay cloud zones list " + call.region + "` has them");
  return change == ZoneChange::remove ? remove(call, zone) : take_default(call, zone);
}

}  // namespace

Result<Value> list_zones(cloud::Cloud& cloud, const ZonePlace& place) {
  CHECK_OK(check_place(place));
  TRY(Value zones, ask(cloud, place, "DescribeAvailabilityZones", Value::map({})));
  TRY(Value subnets, ask(cloud, place, "DescribeSubnets", Value::map({})));
  Value out = Value::list();
  for (const Value& zone : zones["AvailabilityZones"].items()) {
    int64_t count = 0;
    std::string of_default;
    for (const Value& subnet : subnets["Subnets"].items()) {
      if (subnet["AvailabilityZone"] != zone["ZoneName"]) continue;
      ++count;
      if (subnet["DefaultForAz"].as_bool()) of_default = subnet["SubnetId"].as_string();
    }
    out.push_back(Value::map({{"ZoneName", zone["ZoneName"]},
                              {"ZoneId", zone["ZoneId"]},
                              {"Subnets", count},
                              {"DefaultSubnet", of_default}}));
  }
  return out;
}

std::optional<ZoneChange> parse_zone_change(std::string_view word) {
  constexpr std::pair<std::string_view, ZoneChange> words[] = {
      {"add", ZoneChange::add},
      {"remove", ZoneChange::remove},
      {"default", ZoneChange::give_default},
      {"no-default", ZoneChange::take_default}};
  for (const auto& [name, change] : words)
    if (name == word) return change;
  return std::nullopt;
}

Status change_zone(cloud::Cloud& cloud, const ZonePlace& place, ZoneChange wanted,
                   const std::string& zone) {
  CHECK_OK(check_place(place));
  if (wanted == ZoneChange::give_default) {
    CHECK_OK(ask(cloud, place, "CreateDefaultSubnet", Value::map({{"AvailabilityZone", zone}})));
    return {};
  }
  // What the account has from its beginning is there once it was asked for.
  CHECK_OK(ask(cloud, place, "DescribeAvailabilityZones", Value::map({})));
  return cloud.update("ec2", place.account, place.region,
                      [&](Call& call) { return change(call, wanted, zone); });
}

}  // namespace mainstay::ec2
