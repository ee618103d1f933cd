#include <array>

#include "services/ec2/resource.hh"

namespace mainstay::ec2 {
namespace {

constexpr Kind kinds[] = {
    {"vpc", "vpc", "VpcId", "vpc ID", "InvalidVpcID", "Vpcs", "VpcIds"},
    {"subnet", "subnet", "SubnetId", "subnet ID", "InvalidSubnetID", "Subnets", "SubnetIds"},
    {"internet-gateway", "igw", "InternetGatewayId", "internetGateway ID",
     "InvalidInternetGatewayID", "InternetGateways", "InternetGatewayIds"},
    {"egress-only-internet-gateway", "eigw", "EgressOnlyInternetGatewayId",
     "egressOnlyInternetGateway ID", "InvalidGatewayID", "EgressOnlyInternetGateways",
     "EgressOnlyInternetGatewayIds"},
    {"natgateway", "nat", "NatGatewayId", "Nat gateway", "NatGatewayNotFound", "NatGateways",
     "NatGatewayIds"},
    {"elastic-ip", "eipalloc", "AllocationId", "allocation ID", "InvalidAllocationID", "Addresses",
     "AllocationIds"},
    {"route-table", "rtb", "RouteTableId", "routeTable ID", "InvalidRouteTableID", "RouteTables",
     "RouteTableIds"},
    {"network-acl", "acl", "NetworkAclId", "networkAcl ID", "InvalidNetworkAclID", "NetworkAcls",
     "NetworkAclIds"},
    {"security-group", "sg", "GroupId", "security group", "InvalidGroup", "SecurityGroups",
     "GroupIds"},
    {"security-group-rule", "sgr", "SecurityGroupRuleId", "security group rule ID",
     "InvalidSecurityGroupRuleId", "SecurityGroupRules", "SecurityGroupRuleIds"},
    {"dhcp-options", "dopt", "DhcpOptionsId", "dhcpOption ID", "InvalidDhcpOptionID", "DhcpOptions",
     "DhcpOptionsIds"},
    {"vpc-endpoint", "vpce", "VpcEndpointId", "Vpc Endpoint Id", "InvalidVpcEndpointId",
     "VpcEndpoints", "VpcEndpointIds"},
    {"network-interface", "eni", "NetworkInterfaceId", "networkInterface ID",
     "InvalidNetworkInterfaceID", "NetworkInterfaces", "NetworkInterfaceIds"},
    {"vpc-peering-connection", "pcx", "VpcPeeringConnectionId", "vpcPeeringConnection ID",
     "InvalidVpcPeeringConnectionID", "VpcPeeringConnections", "VpcPeeringConnectionIds"},
    {"key-pair", "key", "KeyPairId", "key pair ID", "InvalidKeyPair", "KeyPairs", "KeyPairIds"},
    {"instance", "i", "InstanceId", "instance ID", "InvalidInstanceID", "Instances", "InstanceIds"},
    {"volume", "vol", "VolumeId", "volume", "InvalidVolume", "Volumes", "VolumeIds"},
    {"image", "ami", "ImageId", "image id", "InvalidAMIID", "Images", "ImageIds"},
};

constexpr auto kind_pointers = [] {
  std::array<const Kind*, std::size(kinds)> out{};
  for (size_t i = 0; i < out.size(); ++i) out[i] = &kinds[i];
  return out;
}();

}  // namespace

const Kind& vpc_kind() {
  return kinds[0];
}
const Kind& subnet_kind() {
  return kinds[1];
}
const Kind& internet_gateway_kind() {
  return kinds[2];
}
const Kind& egress_gateway_kind() {
  return kinds[3];
}
const Kind& nat_gateway_kind() {
  return kinds[4];
}
const Kind& address_kind() {
  return kinds[5];
}
const Kind& route_table_kind() {
  return kinds[6];
}
const Kind& network_acl_kind() {
  return kinds[7];
}
const Kind& security_group_kind() {
  return kinds[8];
}
const Kind& security_group_rule_kind() {
  return kinds[9];
}
const Kind& dhcp_options_kind() {
  return kinds[10];
}
const Kind& endpoint_kind() {
  return kinds[11];
}
const Kind& network_interface_kind() {
  return kinds[12];
}
const Kind& peering_kind() {
  return kinds[13];
}
const Kind& key_pair_kind() {
  return kinds[14];
}

const Kind& instance_kind() {
  return kinds[15];
}
const Kind& volume_kind() {
  return kinds[16];
}
const Kind& image_kind() {
  return kinds[17];
}

std::span<const Kind* const> all_kinds() {
  return kind_pointers;
}

const Kind* kind_of_id(std::string_view id) {
  std::string_view prefix = id.substr(0, id.rfind('-'));
  for (const Kind& kind : kinds)
    if (kind.prefix == prefix) return &kind;
  return nullptr;
}

}  // namespace mainstay::ec2
