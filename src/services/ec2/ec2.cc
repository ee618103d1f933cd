#include "services/ec2/ec2.hh"

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

using cloud::reads, cloud::writes;

constexpr cloud::Operation operations[] = {
    writes("CreateVpc", create_vpc),
    writes("CreateDefaultVpc", create_default_vpc),
    writes("DeleteVpc", delete_vpc),
    reads("DescribeVpcs", describe_vpcs),
    reads("DescribeVpcAttribute", describe_vpc_attribute),
    writes("ModifyVpcAttribute", modify_vpc_attribute),
    writes("AssociateVpcCidrBlock", associate_vpc_cidr_block),
    writes("DisassociateVpcCidrBlock", disassociate_vpc_cidr_block),
    writes("CreateSubnet", create_subnet),
    writes("CreateDefaultSubnet", create_default_subnet),
    writes("DeleteSubnet", delete_subnet),
    reads("DescribeSubnets", describe_subnets),
    writes("ModifySubnetAttribute", modify_subnet_attribute),
    writes("AssociateSubnetCidrBlock", associate_subnet_cidr_block),
    writes("DisassociateSubnetCidrBlock", disassociate_subnet_cidr_block),
    writes("CreateInternetGateway", create_internet_gateway),
    writes("DeleteInternetGateway", delete_internet_gateway),
    reads("DescribeInternetGateways", describe_internet_gateways),
    writes("AttachInternetGateway", attach_internet_gateway),
    writes("DetachInternetGateway", detach_internet_gateway),
    writes("CreateEgressOnlyInternetGateway", create_egress_only_internet_gateway),
    writes("DeleteEgressOnlyInternetGateway", delete_egress_only_internet_gateway),
    reads("DescribeEgressOnlyInternetGateways", describe_egress_only_internet_gateways),
    writes("CreateNatGateway", create_nat_gateway),
    writes("DeleteNatGateway", delete_nat_gateway),
    reads("DescribeNatGateways", describe_nat_gateways),
    writes("AllocateAddress", allocate_address),
    writes("ReleaseAddress", release_address),
    reads("DescribeAddresses", describe_addresses),
    writes("AssociateAddress", associate_address),
    writes("DisassociateAddress", disassociate_address),
    writes("CreateRouteTable", create_route_table),
    writes("DeleteRouteTable", delete_route_table),
    reads("DescribeRouteTables", describe_route_tables),
    writes("AssociateRouteTable", associate_route_table),
    writes("DisassociateRouteTable", disassociate_route_table),
    writes("ReplaceRouteTableAssociation", replace_route_table_association),
    writes("CreateRoute", create_route),
    writes("ReplaceRoute", replace_route),
    writes("DeleteRoute", delete_route),
    writes("CreateNetworkAcl", create_network_acl),
    writes("DeleteNetworkAcl", delete_network_acl),
    reads("DescribeNetworkAcls", describe_network_acls),
    writes("CreateNetworkAclEntry", create_network_acl_entry),
    writes("ReplaceNetworkAclEntry", replace_network_acl_entry),
    writes("DeleteNetworkAclEntry", delete_network_acl_entry),
    writes("ReplaceNetworkAclAssociation", replace_network_acl_association),
    writes("CreateSecurityGroup", create_security_group),
    writes("DeleteSecurityGroup", delete_security_group),
    reads("DescribeSecurityGroups", describe_security_groups),
    writes("AuthorizeSecurityGroupIngress", authorize_ingress),
    writes("AuthorizeSecurityGroupEgress", authorize_egress),
    writes("RevokeSecurityGroupIngress", revoke_ingress),
    writes("RevokeSecurityGroupEgress", revoke_egress),
    writes("ModifySecurityGroupRules", modify_security_group_rules),
    writes("UpdateSecurityGroupRuleDescriptionsIngress", update_rule_descriptions_ingress),
    writes("UpdateSecurityGroupRuleDescriptionsEgress", update_rule_descriptions_egress),
    reads("DescribeSecurityGroupRules", describe_security_group_rules),
    writes("CreateDhcpOptions", create_dhcp_options),
    writes("DeleteDhcpOptions", delete_dhcp_options),
    reads("DescribeDhcpOptions", describe_dhcp_options),
    writes("AssociateDhcpOptions", associate_dhcp_options),
    writes("CreateVpcEndpoint", create_vpc_endpoint),
    writes("ModifyVpcEndpoint", modify_vpc_endpoint),
    writes("DeleteVpcEndpoints", delete_vpc_endpoints),
    reads("DescribeVpcEndpoints", describe_vpc_endpoints),
    reads("DescribeVpcEndpointServices", describe_vpc_endpoint_services),
    reads("DescribePrefixLists", describe_prefix_lists),
    writes("CreateNetworkInterface", create_network_interface),
    writes("AssignPrivateIpAddresses", assign_private_ip_addresses),
    writes("UnassignPrivateIpAddresses", unassign_private_ip_addresses),
    writes("DeleteNetworkInterface", delete_network_interface),
    reads("DescribeNetworkInterfaces", describe_network_interfaces),
    writes("CreateVpcPeeringConnection", create_vpc_peering_connection),
    writes("AcceptVpcPeeringConnection", accept_vpc_peering_connection),
    writes("RejectVpcPeeringConnection", reject_vpc_peering_connection),
    writes("DeleteVpcPeeringConnection", delete_vpc_peering_connection),
    reads("DescribeVpcPeeringConnections", describe_vpc_peering_connections),
    writes("CreateKeyPair", create_key_pair),
    writes("ImportKeyPair", import_key_pair),
    writes("DeleteKeyPair", delete_key_pair),
    reads("DescribeKeyPairs", describe_key_pairs),
    writes("RunInstances", run_instances),
    reads("DescribeInstances", describe_instances),
    reads("DescribeInstanceStatus", describe_instance_status),
    writes("TerminateInstances", terminate_instances),
    writes("StopInstances", stop_instances),
    writes("StartInstances", start_instances),
    writes("RebootInstances", reboot_instances),
    reads("DescribeVolumes", describe_volumes),
    reads("DescribeImages", describe_images),
    reads("DescribeAvailabilityZones", describe_availability_zones),
    reads("DescribeRegions", describe_regions),
    reads("DescribeAccountAttributes", describe_account_attributes),
    writes("CreateTags", create_tags),
    writes("DeleteTags", delete_tags),
    reads("DescribeTags", describe_tags)};

std::vector<store::Index> indexes() {
  constexpr std::pair<const char*, const char*> rows[] = {
      {"vpc", "DhcpOptionsId"},
      {"subnet", "VpcId"},
      {"subnet", "Ipv6CidrBlockAssociationSet.0.AssociationId"},
      {"internet-gateway", "Attachments.0.VpcId"},
      {"egress-only-internet-gateway", "Attachments.0.VpcId"},
      {"natgateway", "VpcId"},
      {"natgateway", "SubnetId"},
      {"elastic-ip", "PublicIp"},
      {"elastic-ip", "AssociationId"},
      {"route-table", "VpcId"},
      {"network-acl", "VpcId"},
      {"security-group", "VpcId"},
      {"security-group", "GroupName"},
      {"security-group-rule", "GroupId"},
      {"security-group-rule", "ReferencedGroupInfo.GroupId"},
      {"vpc-endpoint", "VpcId"},
      {"network-interface", "SubnetId"},
      {"network-interface", "VpcId"},
      {"key-pair", "KeyName"},
      {"instance", "VpcId"},
      {"instance", "SubnetId"},
      {"instance", "ClientToken"}};
  std::vector<store::Index> out;
  for (const auto& [table, path] : rows) out.push_back({"ec2", table, path});
  return out;
}

}  // namespace

cloud::Service make_service() {
  cloud::Service service;
  service.name = "ec2";
  service.calls = {"iam", "ssm"};
  service.scope = cloud::Scope::region;
  service.operations.assign(std::begin(operations), std::end(operations));
  service.indexes = indexes();
  service.dry_run = true;
  service.guard = guard;
  service.prepare = prepare;
  return service;
}

}  // namespace mainstay::ec2
