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

constexpr Filter instance_filters[] = {
    {"architecture", "Architecture"},
    {"availability-zone", "Placement.AvailabilityZone"},
    {"block-device-mapping.volume-id", "BlockDeviceMappings.Ebs.VolumeId"},
    {"client-token", "ClientToken"},
    {"dns-name", "PublicDnsName"},
    {"group-id", "SecurityGroups.GroupId"},
    {"group-name", "SecurityGroups.GroupName"},
    {"iam-instance-profile.arn", "IamInstanceProfile.Arn"},
    {"iam-instance-profile.id", "IamInstanceProfile.Id"},
    {"image-id", "ImageId"},
    {"instance-id", "InstanceId"},
    {"instance-state-code", "State.Code"},
    {"instance-state-name", "State.Name"},
    {"instance-type", "InstanceType"},
    {"instance.group-id", "SecurityGroups.GroupId"},
    {"instance.group-name", "SecurityGroups.GroupName"},
    {"ip-address", "PublicIpAddress"},
    {"key-name", "KeyName"},
    {"metadata-options.http-tokens", "MetadataOptions.HttpTokens"},
    {"network-interface.network-interface-id", "NetworkInterfaces.NetworkInterfaceId"},
    {"network-interface.subnet-id", "NetworkInterfaces.SubnetId"},
    {"network-interface.vpc-id", "NetworkInterfaces.VpcId"},
    {"owner-id", "_Reservation.OwnerId"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-ip-address", "PrivateIpAddress"},
    {"reservation-id", "_Reservation.ReservationId"},
    {"root-device-type", "RootDeviceType"},
    {"subnet-id", "SubnetId"},
    {"tenancy", "Placement.Tenancy"},
    {"vpc-id", "VpcId"}};

constexpr Filter volume_filters[] = {{"attachment.device", "Attachments.Device"},
                                     {"attachment.instance-id", "Attachments.InstanceId"},
                                     {"attachment.status", "Attachments.State"},
                                     {"availability-zone", "AvailabilityZone"},
                                     {"encrypted", "Encrypted"},
                                     {"size", "Size"},
                                     {"status", "State"},
                                     {"volume-id", "VolumeId"},
                                     {"volume-type", "VolumeType"}};

constexpr Filter image_filters[] = {{"architecture", "Architecture"},
                                    {"image-id", "ImageId"},
                                    {"image-type", "ImageType"},
                                    {"is-public", "Public"},
                                    {"name", "Name"},
                                    {"owner-alias", "ImageOwnerAlias"},
                                    {"owner-id", "OwnerId"},
                                    {"root-device-type", "RootDeviceType"},
                                    {"state", "State"},
                                    {"virtualization-type", "VirtualizationType"}};

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
    {"instance", "i", "InstanceId", "instance ID", "InvalidInstanceID", "Instances", "InstanceIds",
     instance_filters},
    {"volume", "vol", "VolumeId", "volume", "InvalidVolume", "Volumes", "VolumeIds",
     volume_filters},
    {"image", "ami", "ImageId", "image id", "InvalidAMIID", "Images", "ImageIds", image_filters},
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
