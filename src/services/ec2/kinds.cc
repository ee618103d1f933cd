#include <array>

#include "services/ec2/resource.hh"

// The filters are those of each Describe operation's page in the EC2 API reference.
namespace mainstay::ec2 {
namespace {

constexpr Filter vpc_filters[] = {
    {"cidr", "CidrBlock"},
    {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"},
    {"cidr-block-association.association-id", "CidrBlockAssociationSet.AssociationId"},
    {"cidr-block-association.state", "CidrBlockAssociationSet.CidrBlockState.State"},
    {"dhcp-options-id", "DhcpOptionsId"},
    {"is-default", "IsDefault"},
    {"isDefault", "IsDefault"},
    {"owner-id", "OwnerId"},
    {"state", "State"},
    {"vpc-id", "VpcId"}};

constexpr Filter subnet_filters[] = {{"availability-zone", "AvailabilityZone"},
                                     {"availabilityZone", "AvailabilityZone"},
                                     {"availability-zone-id", "AvailabilityZoneId"},
                                     {"available-ip-address-count", "AvailableIpAddressCount"},
                                     {"cidr-block", "CidrBlock"},
                                     {"cidr", "CidrBlock"},
                                     {"default-for-az", "DefaultForAz"},
                                     {"defaultForAz", "DefaultForAz"},
                                     {"map-public-ip-on-launch", "MapPublicIpOnLaunch"},
                                     {"owner-id", "OwnerId"},
                                     {"state", "State"},
                                     {"subnet-arn", "SubnetArn"},
                                     {"subnet-id", "SubnetId"},
                                     {"vpc-id", "VpcId"}};

constexpr Filter internet_gateway_filters[] = {{"attachment.state", "Attachments.State"},
                                               {"attachment.vpc-id", "Attachments.VpcId"},
                                               {"internet-gateway-id", "InternetGatewayId"},
                                               {"owner-id", "OwnerId"}};

constexpr Filter nat_gateway_filters[] = {{"nat-gateway-id", "NatGatewayId"},
                                          {"state", "State"},
                                          {"subnet-id", "SubnetId"},
                                          {"vpc-id", "VpcId"}};

constexpr Filter address_filters[] = {{"allocation-id", "AllocationId"},
                                      {"association-id", "AssociationId"},
                                      {"domain", "Domain"},
                                      {"instance-id", "InstanceId"},
                                      {"network-interface-id", "NetworkInterfaceId"},
                                      {"private-ip-address", "PrivateIpAddress"},
                                      {"public-ip", "PublicIp"}};

constexpr Filter route_table_filters[] = {
    {"association.main", "Associations.Main"},
    {"association.route-table-association-id", "Associations.RouteTableAssociationId"},
    {"association.route-table-id", "Associations.RouteTableId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"association.gateway-id", "Associations.GatewayId"},
    {"owner-id", "OwnerId"},
    {"route-table-id", "RouteTableId"},
    {"route.destination-cidr-block", "Routes.DestinationCidrBlock"},
    {"route.gateway-id", "Routes.GatewayId"},
    {"route.nat-gateway-id", "Routes.NatGatewayId"},
    {"route.origin", "Routes.Origin"},
    {"route.state", "Routes.State"},
    {"vpc-id", "VpcId"}};

constexpr Filter network_acl_filters[] = {
    {"association.association-id", "Associations.NetworkAclAssociationId"},
    {"association.network-acl-id", "Associations.NetworkAclId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"default", "IsDefault"},
    {"entry.cidr", "Entries.CidrBlock"},
    {"entry.protocol", "Entries.Protocol"},
    {"entry.rule-action", "Entries.RuleAction"},
    {"entry.egress", "Entries.Egress"},
    {"entry.rule-number", "Entries.RuleNumber"},
    {"network-acl-id", "NetworkAclId"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"}};

constexpr Filter security_group_filters[] = {
    {"description", "Description"},
    {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
    {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
    {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
    {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
    {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
    {"group-id", "GroupId"},
    {"group-name", "GroupName"},
    {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
    {"ip-permission.from-port", "IpPermissions.FromPort"},
    {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
    {"ip-permission.protocol", "IpPermissions.IpProtocol"},
    {"ip-permission.to-port", "IpPermissions.ToPort"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"}};

constexpr Filter security_group_rule_filters[] = {
    {"group-id", "GroupId"}, {"security-group-rule-id", "SecurityGroupRuleId"}};

constexpr Filter dhcp_options_filters[] = {{"dhcp-options-id", "DhcpOptionsId"},
                                           {"key", "DhcpConfigurations.Key"},
                                           {"owner-id", "OwnerId"},
                                           {"value", "DhcpConfigurations.Values.Value"}};

constexpr Filter endpoint_filters[] = {{"service-name", "ServiceName"},
                                       {"vpc-endpoint-id", "VpcEndpointId"},
                                       {"vpc-endpoint-state", "State"},
                                       {"vpc-endpoint-type", "VpcEndpointType"},
                                       {"vpc-id", "VpcId"}};

constexpr Filter network_interface_filters[] = {{"availability-zone", "AvailabilityZone"},
                                                {"description", "Description"},
                                                {"group-id", "Groups.GroupId"},
                                                {"group-name", "Groups.GroupName"},
                                                {"interface-type", "InterfaceType"},
                                                {"network-interface-id", "NetworkInterfaceId"},
                                                {"owner-id", "OwnerId"},
                                                {"private-ip-address", "PrivateIpAddress"},
                                                {"status", "Status"},
                                                {"subnet-id", "SubnetId"},
                                                {"vpc-id", "VpcId"}};

constexpr Filter peering_filters[] = {
    {"accepter-vpc-info.cidr-block", "AccepterVpcInfo.CidrBlock"},
    {"accepter-vpc-info.owner-id", "AccepterVpcInfo.OwnerId"},
    {"accepter-vpc-info.vpc-id", "AccepterVpcInfo.VpcId"},
    {"requester-vpc-info.cidr-block", "RequesterVpcInfo.CidrBlock"},
    {"requester-vpc-info.owner-id", "RequesterVpcInfo.OwnerId"},
    {"requester-vpc-info.vpc-id", "RequesterVpcInfo.VpcId"},
    {"status-code", "Status.Code"},
    {"vpc-peering-connection-id", "VpcPeeringConnectionId"}};

constexpr Filter key_pair_filters[] = {
    {"fingerprint", "KeyFingerprint"}, {"key-name", "KeyName"}, {"key-pair-id", "KeyPairId"}};

constexpr Kind kinds[] = {
    {"vpc", "vpc", "VpcId", "vpc ID", "InvalidVpcID", "Vpcs", "VpcIds", vpc_filters},
    {"subnet", "subnet", "SubnetId", "subnet ID", "InvalidSubnetID", "Subnets", "SubnetIds",
     subnet_filters},
    {"internet-gateway", "igw", "InternetGatewayId", "internetGateway ID",
     "InvalidInternetGatewayID", "InternetGateways", "InternetGatewayIds",
     internet_gateway_filters},
    {"egress-only-internet-gateway",
     "eigw",
     "EgressOnlyInternetGatewayId",
     "egressOnlyInternetGateway ID",
     "InvalidGatewayID",
     "EgressOnlyInternetGateways",
     "EgressOnlyInternetGatewayIds",
     {}},
    {"natgateway", "nat", "NatGatewayId", "Nat gateway", "NatGatewayNotFound", "NatGateways",
     "NatGatewayIds", nat_gateway_filters},
    {"elastic-ip", "eipalloc", "AllocationId", "allocation ID", "InvalidAllocationID", "Addresses",
     "AllocationIds", address_filters},
    {"route-table", "rtb", "RouteTableId", "routeTable ID", "InvalidRouteTableID", "RouteTables",
     "RouteTableIds", route_table_filters},
    {"network-acl", "acl", "NetworkAclId", "networkAcl ID", "InvalidNetworkAclID", "NetworkAcls",
     "NetworkAclIds", network_acl_filters},
    {"security-group", "sg", "GroupId", "security group", "InvalidGroup", "SecurityGroups",
     "GroupIds", security_group_filters},
    {"security-group-rule", "sgr", "SecurityGroupRuleId", "security group rule ID",
     "InvalidSecurityGroupRuleId", "SecurityGroupRules", "SecurityGroupRuleIds",
     security_group_rule_filters},
    {"dhcp-options", "dopt", "DhcpOptionsId", "dhcpOption ID", "InvalidDhcpOptionID", "DhcpOptions",
     "DhcpOptionsIds", dhcp_options_filters},
    {"vpc-endpoint", "vpce", "VpcEndpointId", "Vpc Endpoint Id", "InvalidVpcEndpointId",
     "VpcEndpoints", "VpcEndpointIds", endpoint_filters},
    {"network-interface", "eni", "NetworkInterfaceId", "networkInterface ID",
     "InvalidNetworkInterfaceID", "NetworkInterfaces", "NetworkInterfaceIds",
     network_interface_filters},
    {"vpc-peering-connection", "pcx", "VpcPeeringConnectionId", "vpcPeeringConnection ID",
     "InvalidVpcPeeringConnectionID", "VpcPeeringConnections", "VpcPeeringConnectionIds",
     peering_filters},
    {"key-pair", "key", "KeyPairId", "key pair ID", "InvalidKeyPair", "KeyPairs", "KeyPairIds",
     key_pair_filters},
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
