#include <algorithm>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr int64_t reserved_addresses = 5;  // VPC user guide, "Subnet CIDR blocks"

// The zone asked for by name or id, else the region's first.
Result<Value> chosen_zone(Call& call, const Value& in) {
  std::string names;
  for (const auto& [name, zone] : call.all("zone")) {
    bool named = in.has("AvailabilityZone")     ? in["AvailabilityZone"] == zone["ZoneName"]
                 : in.has("AvailabilityZoneId") ? in["AvailabilityZoneId"] == zone["ZoneId"]
                                                : true;
    if (named) return zone;
    names += (names.empty() ? "" : ", ") + name;
  }
  const char* parameter = in.has("AvailabilityZone") ? "AvailabilityZone" : "AvailabilityZoneId";
  return invalid_parameter(
      in[parameter].as_string(),
      in.has("AvailabilityZone") ? "availabilityZone" : "availabilityZoneId",
      "Subnets can currently only be created in the following availability zones: " + names + ".");
}

Result<Cidr> subnet_block(Call& call, const Value& vpc, const std::string& text) {
  auto block = parse_cidr(text);
  if (!block || block->v6)
    return invalid_parameter(text, "cidrBlock", "This is not a valid CIDR block.");
  auto blocks = blocks_of(vpc);
  bool inside =
      std::any_of(blocks.begin(), blocks.end(), [&](const Cidr& b) { return b.contains(*block); });
  if (block->prefix < prefix_min || block->prefix > prefix_max || !inside)
    return aws_error("InvalidSubnet.Range", "The CIDR '" + text + "' is invalid.");
  for (const std::string& id : call.find_by("subnet", "VpcId", vpc["VpcId"].as_string()))
    if (block->overlaps(*parse_cidr((*call.find("subnet", id))["CidrBlock"].as_string())))
      return aws_error("InvalidSubnet.Conflict",
                       "The CIDR '" + text + "' conflicts with another subnet");
  return *block;
}

Status add_ipv6_block(Call& call, const Value& vpc, Value& subnet, const std::string& text) {
  auto block = parse_cidr(text);
  auto blocks = blocks_of(vpc);
  if (!block || !block->v6 || block->prefix != 64 ||
      std::none_of(blocks.begin(), blocks.end(), [&](const Cidr& b) { return b.contains(*block); }))
    return aws_error("InvalidSubnet.Range", "The CIDR '" + text + "' is invalid.");
  subnet.member("Ipv6CidrBlockAssociationSet")
      .push_back(Value::map({{"AssociationId", call.new_id("subnet-cidr-assoc")},
                             {"Ipv6CidrBlock", block->to_string()},
                             {"Ipv6CidrBlockState", Value::map({{"State", "associated"}})}}));
  return {};
}

}  // namespace

Value make_subnet(Call& call, const Value& vpc, const Cidr& block, const Value& zone, Value tags) {
  std::string id = call.new_id("subnet");
  Value subnet = Value::map(
      {{"SubnetId", id},
       {"VpcId", vpc["VpcId"]},
       {"OwnerId", call.account},
       {"State", "available"},
       {"CidrBlock", block.to_string()},
       {"AvailabilityZone", zone["ZoneName"]},
       {"AvailabilityZoneId", zone["ZoneId"]},
       {"AvailableIpAddressCount", static_cast<int64_t>(block.size()) - reserved_addresses},
       {"DefaultForAz", false},
       {"MapPublicIpOnLaunch", false},
       {"MapCustomerOwnedIpOnLaunch", false},
       {"AssignIpv6AddressOnCreation", false},
       {"EnableDns64", false},
       {"Ipv6Native", false},
       {"Ipv6CidrBlockAssociationSet", Value::list()},
       {"PrivateDnsNameOptionsOnLaunch", Value::map({{"HostnameType", "ip-name"},
                                                     {"EnableResourceNameDnsARecord", false},
                                                     {"EnableResourceNameDnsAAAARecord", false}})},
       {"SubnetArn", call.arn("subnet/" + id)},
       {"Tags", std::move(tags)}});
  put(call, subnet_kind(), subnet);
  associate_default_acl(call, vpc["VpcId"].as_string(), id);
  return subnet;
}

Result<Value> create_subnet(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  if (!in.has("CidrBlock")) return missing_parameter("cidrBlock");
  TRY(Value tags, requested_tags(call, in, "subnet"));
  TRY(Value zone, chosen_zone(call, in));
  TRY(Cidr block, subnet_block(call, vpc, in["CidrBlock"].as_string()));
  Value subnet = make_subnet(call, vpc, block, zone, std::move(tags));
  if (in.has("Ipv6CidrBlock"))
    CHECK_OK(add_ipv6_block(call, vpc, subnet, in["Ipv6CidrBlock"].as_string()));
  put(call, subnet_kind(), subnet);
  return Value::map({{"Subnet", std::move(subnet)}});
}

// "Default VPCs" of the VPC user guide: a /20 of the default VPC, here the first that is free. The
// codes and words: "Error codes for the Amazon EC2 API".
Result<Value> create_default_subnet(Call& call, const Value& in) {
  TRY(Value zone, chosen_zone(call, in));
  Value vpc;
  for (const auto& [id, one] : call.all("vpc"))
    if (one["IsDefault"].as_bool()) vpc = one;
  if (vpc.is_null())
    return aws_error("DefaultVpcDoesNotExist",
                     "There is no default VPC in which to carry out the operation. If you've "
                     "deleted your default VPC, you can create a new one.");
  std::vector<Cidr> taken;
  for (const std::string& id : call.find_by("subnet", "VpcId", vpc["VpcId"].as_string())) {
    const Value& subnet = *call.find("subnet", id);
    taken.push_back(*parse_cidr(subnet["CidrBlock"].as_string()));
    if (subnet["DefaultForAz"].as_bool() && subnet["AvailabilityZone"] == zone["ZoneName"])
      return aws_error(
          "DefaultSubnetAlreadyExistsInAvailabilityZone",
          "A default subnet already exists in the specified Availability Zone. You can have only "
          "one default subnet per Availability Zone.");
  }
  Cidr whole = blocks_of(vpc).front(), block{whole.address, 20, false};
  auto overlaps = [&](const Cidr& other) { return block.overlaps(other); };
  while (std::ranges::any_of(taken, overlaps)) block.address += block.size();
  if (!whole.contains(block))
    return aws_error("InsufficientCidrBlocks", "The default VPC has no free /20 CIDR block.");
  Value subnet = make_subnet(call, vpc, block, zone, Value::list());
  subnet.set("DefaultForAz", true).set("MapPublicIpOnLaunch", true);
  put(call, subnet_kind(), subnet);
  return Value::map({{"Subnet", std::move(subnet)}});
}

Status remove_subnet(Call& call, const std::string& id) {
  TRY(Value subnet, get(call, subnet_kind(), id));
  if (!call.find_by("network-interface", "SubnetId", id).empty())
    return dependency_violation(subnet_kind(), id);
  forget_subnet_routes(call, subnet["VpcId"].as_string(), id);
  forget_subnet_acl(call, subnet["VpcId"].as_string(), id);
  call.remove("subnet", id);
  return {};
}

Result<Value> delete_subnet(Call& call, const Value& in) {
  CHECK_OK(remove_subnet(call, in["SubnetId"].as_string()));
  return answer_true();
}

Result<Value> describe_subnets(Call& call, const Value& in) {
  return describe(call, in, subnet_kind());
}

Result<Value> modify_subnet_attribute(Call& call, const Value& in) {
  TRY(Value subnet, get(call, subnet_kind(), in["SubnetId"].as_string()));
  for (const char* name : {"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64",
                           "MapCustomerOwnedIpOnLaunch"})
    if (in.has(name)) subnet.set(name, attribute_value(in, name));
  struct Option {
    const char *parameter, *member;
  };
  constexpr Option options[] = {
      {"EnableResourceNameDnsARecordOnLaunch", "EnableResourceNameDnsARecord"},
      {"EnableResourceNameDnsAAAARecordOnLaunch", "EnableResourceNameDnsAAAARecord"}};
  Value& names = subnet.member("PrivateDnsNameOptionsOnLaunch");
  for (const Option& o : options)
    if (in.has(o.parameter)) names.set(o.member, attribute_value(in, o.parameter));
  if (in.has("PrivateDnsHostnameTypeOnLaunch"))
    names.set("HostnameType", in["PrivateDnsHostnameTypeOnLaunch"]);
  put(call, subnet_kind(), subnet);
  return answer_true();
}

Result<Value> associate_subnet_cidr_block(Call& call, const Value& in) {
  TRY(Value subnet, get(call, subnet_kind(), in["SubnetId"].as_string()));
  TRY(Value vpc, get(call, vpc_kind(), subnet["VpcId"].as_string()));
  CHECK_OK(add_ipv6_block(call, vpc, subnet, in["Ipv6CidrBlock"].as_string()));
  put(call, subnet_kind(), subnet);
  return Value::map(
      {{"SubnetId", subnet["SubnetId"]},
       {"Ipv6CidrBlockAssociation", subnet["Ipv6CidrBlockAssociationSet"].items().back()}});
}

Result<Value> disassociate_subnet_cidr_block(Call& call, const Value& in) {
  const std::string& id = in["AssociationId"].as_string();
  auto owners = call.find_by("subnet", "Ipv6CidrBlockAssociationSet.0.AssociationId", id);
  if (owners.empty())
    return aws_error("InvalidSubnetCidrBlockAssociationID.NotFound",
                     "The subnet CIDR block with association ID " + id + " does not exist");
  Value subnet = *call.find("subnet", owners.front());
  Value gone = subnet["Ipv6CidrBlockAssociationSet"].at(0);
  subnet.set("Ipv6CidrBlockAssociationSet", Value::list());
  put(call, subnet_kind(), subnet);
  return Value::map({{"SubnetId", subnet["SubnetId"]}, {"Ipv6CidrBlockAssociation", gone}});
}

}  // namespace mainstay::ec2
