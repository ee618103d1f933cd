#include <algorithm>
#include <ranges>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

Value association(Call& call, std::string_view prefix, std::string_view member,
                  std::string_view block, std::string_view state) {
  return Value::map({{"AssociationId", call.new_id(prefix)},
                     {std::string(member), block},
                     {std::string(state), Value::map({{"State", "associated"}})}});
}

// Amazon's pool hands out /56 blocks; ours come from the documentation prefix 2001:db8::/32.
std::string amazon_ipv6_block(Call& call) {
  std::string h = call.random.hex(6);
  return "2001:db8:" + h.substr(0, 4) + ":" + h.substr(4, 2) + "00::/56";
}

void add_ipv6_block(Call& call, Value& vpc) {
  Cidr block = *parse_cidr(amazon_ipv6_block(call));
  Value added =
      association(call, "vpc-cidr-assoc", "Ipv6CidrBlock", block.to_string(), "Ipv6CidrBlockState");
  added.set("Ipv6Pool", "Amazon").set("NetworkBorderGroup", call.region);
  vpc.member("Ipv6CidrBlockAssociationSet").push_back(std::move(added));
}

Result<Cidr> vpc_block(const std::string& text) {
  auto block = parse_cidr(text);
  if (!block || block->v6)
    return invalid_parameter(text, "cidrBlock", "This is not a valid CIDR block.");
  if (block->prefix < prefix_min || block->prefix > prefix_max)
    return aws_error("InvalidVpc.Range", "The CIDR '" + text + "' is invalid.");
  return *block;
}

// What stands between a VPC and its deletion, besides the parts that came with it.
bool in_use(Call& call, std::string_view id) {
  auto others = [&](std::string_view table, std::string_view path, auto&& own) {
    auto ids = call.find_by(table, path, id);
    return std::any_of(ids.begin(), ids.end(),
                       [&](const std::string& i) { return !own(*call.find(table, i)); });
  };
  auto none = [](const Value&) { return false; };
  return others("subnet", "VpcId", none) ||
         others("internet-gateway", "Attachments.0.VpcId", none) ||
         others("egress-only-internet-gateway", "Attachments.0.VpcId", none) ||
         others("vpc-endpoint", "VpcId", none) || others("network-interface", "VpcId", none) ||
         others("security-group", "VpcId",
                [](const Value& g) { return g["GroupName"].as_string() == "default"; }) ||
         others("route-table", "VpcId",
                [](const Value& t) { return t.at_path("Associations.0.Main").as_bool(); }) ||
         others("network-acl", "VpcId", [](const Value& a) { return a["IsDefault"].as_bool(); });
}

Result<Value> make_vpc(Call& call, const Value& in, const Cidr& block, bool is_default) {
  TRY(Value vpc, new_document(call, in, vpc_kind()));
  const std::string id = vpc["VpcId"].as_string();
  vpc.set("CidrBlock", block.to_string())
      .set("State", "available")
      .set("InstanceTenancy", in.has("InstanceTenancy") ? in["InstanceTenancy"] : Value("default"))
      .set("IsDefault", is_default)
      .set("DhcpOptionsId", *call.find("setting", "dhcp-options"))
      .set("CidrBlockAssociationSet",
           Value::list({association(call, "vpc-cidr-assoc", "CidrBlock", block.to_string(),
                                    "CidrBlockState")}))
      .set("EnableDnsSupport", true)
      .set("EnableDnsHostnames", is_default)
      .set("EnableNetworkAddressUsageMetrics", false);
  if (in["AmazonProvidedIpv6CidrBlock"].as_bool()) add_ipv6_block(call, vpc);
  put(call, vpc_kind(), vpc);
  put(call, route_table_kind(), new_route_table(call, vpc, true, Value::list()));
  put(call, network_acl_kind(), new_network_acl(call, id, true, Value::list()));
  TRY(Value group, new_default_group(call, id));
  put(call, security_group_kind(), group);
  return vpc;
}

}  // namespace

std::vector<Cidr> blocks_of(const Value& vpc) {
  std::vector<Cidr> out;
  for (const Value& a : vpc["CidrBlockAssociationSet"].items())
    if (auto block = parse_cidr(a["CidrBlock"].as_string())) out.push_back(*block);
  for (const Value& a : vpc["Ipv6CidrBlockAssociationSet"].items())
    if (auto block = parse_cidr(a["Ipv6CidrBlock"].as_string())) out.push_back(*block);
  return out;
}

Result<Value> create_vpc(Call& call, const Value& in) {
  if (!in.has("CidrBlock")) return missing_parameter("cidrBlock");
  TRY(Cidr block, vpc_block(in["CidrBlock"].as_string()));
  TRY(Value vpc, make_vpc(call, in, block, false));
  return Value::map({{"Vpc", std::move(vpc)}});
}

// "Default VPCs" of the VPC user guide: 172.31.0.0/16, a /20 subnet in each zone, a gateway.
Result<Value> create_default_vpc(Call& call, const Value& in) {
  for (const auto& [id, vpc] : call.all("vpc"))
    if (vpc["IsDefault"].as_bool())
      return aws_error("DefaultVpcAlreadyExists",
                       "A Default VPC already exists for this account in this region.");
  TRY(Value vpc, make_vpc(call, in, *parse_cidr("172.31.0.0/16"), true));
  uint32_t next = 172u << 24 | 31u << 16;
  const store::Documents zones = call.all("zone");
  for (const auto& [name, zone] : zones) {
    Cidr block{next, 20, false};
    Value subnet = make_subnet(call, vpc, block, zone, Value::list());
    subnet.set("DefaultForAz", true).set("MapPublicIpOnLaunch", true);
    put(call, subnet_kind(), subnet);
    next += 1u << 12;
  }
  TRY(Value made, create_internet_gateway(call, Value::map({})));
  Value gateway = made.at_path("InternetGateway.InternetGatewayId");
  CHECK_OK(attach_internet_gateway(
      call, Value::map({{"InternetGatewayId", gateway}, {"VpcId", vpc["VpcId"]}})));
  std::string main = call.find_by("route-table", "VpcId", vpc["VpcId"].as_string()).front();
  CHECK_OK(create_route(call, Value::map({{"RouteTableId", main},
                                          {"DestinationCidrBlock", "0.0.0.0/0"},
                                          {"GatewayId", gateway}})));
  return Value::map({{"Vpc", std::move(vpc)}});
}

Result<Value> delete_vpc(Call& call, const Value& in) {
  const std::string id = in["VpcId"].as_string();
  CHECK_OK(get(call, vpc_kind(), id));
  if (in_use(call, id)) return dependency_violation(vpc_kind(), id);
  for (const std::string& table : call.find_by("route-table", "VpcId", id))
    call.remove("route-table", table);
  for (const std::string& acl : call.find_by("network-acl", "VpcId", id))
    call.remove("network-acl", acl);
  for (const std::string& group : call.find_by("security-group", "VpcId", id))
    remove_group(call, group);
  call.remove("vpc", id);
  return answer_true();
}

Result<Value> describe_vpcs(Call& call, const Value& in) {
  return describe(call, in, vpc_kind());
}

Result<Value> describe_vpc_attribute(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  std::string name = in["Attribute"].as_string();
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(name[0]));
  if (!name.starts_with("Enable") || !vpc.has(name))
    return invalid_parameter(in["Attribute"].as_string(), "attribute");
  return Value::map({{"VpcId", vpc["VpcId"]}, {name, Value::map({{"Value", vpc[name]}})}});
}

Result<Value> modify_vpc_attribute(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  int changes = 0;
  for (const char* name :
       {"EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"}) {
    if (!in.has(name)) continue;
    vpc.set(name, attribute_value(in, name));
    ++changes;
  }
  if (changes == 0) return missing_parameter("EnableDnsSupport or EnableDnsHostnames");
  if (changes > 1)
    return aws_error("InvalidParameterCombination",
                     "Only one VPC attribute can be modified at a time.");
  put(call, vpc_kind(), vpc);
  return answer_true();
}

Result<Value> associate_vpc_cidr_block(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  Value out = Value::map({{"VpcId", vpc["VpcId"]}});
  if (in["AmazonProvidedIpv6CidrBlock"].as_bool()) {
    add_ipv6_block(call, vpc);
    out.set("Ipv6CidrBlockAssociation", vpc["Ipv6CidrBlockAssociationSet"].items().back());
  } else if (!in.has("CidrBlock")) {
    return missing_parameter("cidrBlock");
  } else {
    TRY(Cidr block, vpc_block(in["CidrBlock"].as_string()));
    for (const Cidr& other : blocks_of(vpc))
      if (block.overlaps(other))
        return aws_error("InvalidVpc.Range", "The CIDR '" + block.to_string() +
                                                 "' conflicts with another block of the VPC.");
    Value added =
        association(call, "vpc-cidr-assoc", "CidrBlock", block.to_string(), "CidrBlockState");
    vpc.member("CidrBlockAssociationSet").push_back(added);
    out.set("CidrBlockAssociation", added);
  }
  put(call, vpc_kind(), vpc);
  refresh_local_routes(call, vpc);
  return out;
}

Result<Value> disassociate_vpc_cidr_block(Call& call, const Value& in) {
  const std::string& id = in["AssociationId"].as_string();
  const store::Documents vpcs = call.all("vpc");
  for (Value vpc : vpcs | std::views::values) {
    for (const char* set : {"CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"}) {
      const List& items = vpc[set].items();
      auto it = std::find_if(items.begin(), items.end(),
                             [&](const Value& a) { return a["AssociationId"].as_string() == id; });
      if (it == items.end()) continue;
      if ((*it)["CidrBlock"] == vpc["CidrBlock"] && it->has("CidrBlock"))
        return aws_error(
            "OperationNotPermitted",
            "The vpc CIDR block with association ID " + id +
                " may not be disassociated. It is the primary IPv4 CIDR block of the VPC");
      Value gone = *it;
      List& kept = vpc.member(set).make_list();
      std::erase(kept, gone);
      put(call, vpc_kind(), vpc);
      refresh_local_routes(call, vpc);
      bool v6 = gone.has("Ipv6CidrBlock");
      return Value::map({{"VpcId", vpc["VpcId"]},
                         {v6 ? "Ipv6CidrBlockAssociation" : "CidrBlockAssociation", gone}});
    }
  }
  return aws_error("InvalidVpcCidrBlockAssociationID.NotFound",
                   "The vpc CIDR block association ID '" + id + "' does not exist");
}

}  // namespace mainstay::ec2
