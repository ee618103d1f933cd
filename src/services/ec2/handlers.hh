// Every operation of the service, by the file that holds it.
#pragma once

#include "cloud/call.hh"

namespace mainstay::ec2 {

#define EC2_HANDLER(name) Result<Value> name(cloud::Call& call, const Value& in)

// vpc.cc
EC2_HANDLER(create_vpc);
EC2_HANDLER(create_default_vpc);
EC2_HANDLER(delete_vpc);
EC2_HANDLER(describe_vpcs);
EC2_HANDLER(describe_vpc_attribute);
EC2_HANDLER(modify_vpc_attribute);
EC2_HANDLER(associate_vpc_cidr_block);
EC2_HANDLER(disassociate_vpc_cidr_block);
// subnet.cc
EC2_HANDLER(create_subnet);
EC2_HANDLER(create_default_subnet);
EC2_HANDLER(delete_subnet);
EC2_HANDLER(describe_subnets);
EC2_HANDLER(modify_subnet_attribute);
EC2_HANDLER(associate_subnet_cidr_block);
EC2_HANDLER(disassociate_subnet_cidr_block);
// gateway.cc
EC2_HANDLER(create_internet_gateway);
EC2_HANDLER(delete_internet_gateway);
EC2_HANDLER(describe_internet_gateways);
EC2_HANDLER(attach_internet_gateway);
EC2_HANDLER(detach_internet_gateway);
EC2_HANDLER(create_egress_only_internet_gateway);
EC2_HANDLER(delete_egress_only_internet_gateway);
EC2_HANDLER(describe_egress_only_internet_gateways);
// nat_gateway.cc
EC2_HANDLER(create_nat_gateway);
EC2_HANDLER(delete_nat_gateway);
EC2_HANDLER(describe_nat_gateways);
// address.cc
EC2_HANDLER(allocate_address);
EC2_HANDLER(release_address);
EC2_HANDLER(describe_addresses);
EC2_HANDLER(associate_address);
EC2_HANDLER(disassociate_address);
// route_table.cc
EC2_HANDLER(create_route_table);
EC2_HANDLER(delete_route_table);
EC2_HANDLER(describe_route_tables);
EC2_HANDLER(associate_route_table);
EC2_HANDLER(disassociate_route_table);
EC2_HANDLER(replace_route_table_association);
// route.cc
EC2_HANDLER(create_route);
EC2_HANDLER(replace_route);
EC2_HANDLER(delete_route);
// network_acl.cc
EC2_HANDLER(create_network_acl);
EC2_HANDLER(delete_network_acl);
EC2_HANDLER(describe_network_acls);
EC2_HANDLER(create_network_acl_entry);
EC2_HANDLER(replace_network_acl_entry);
EC2_HANDLER(delete_network_acl_entry);
EC2_HANDLER(replace_network_acl_association);
// security_group.cc
EC2_HANDLER(create_security_group);
EC2_HANDLER(delete_security_group);
EC2_HANDLER(describe_security_groups);
// security_group_rule.cc
EC2_HANDLER(authorize_ingress);
EC2_HANDLER(authorize_egress);
EC2_HANDLER(revoke_ingress);
EC2_HANDLER(revoke_egress);
EC2_HANDLER(modify_security_group_rules);
EC2_HANDLER(update_rule_descriptions_ingress);
EC2_HANDLER(update_rule_descriptions_egress);
EC2_HANDLER(describe_security_group_rules);
// dhcp_options.cc
EC2_HANDLER(create_dhcp_options);
EC2_HANDLER(delete_dhcp_options);
EC2_HANDLER(describe_dhcp_options);
EC2_HANDLER(associate_dhcp_options);
// endpoint.cc
EC2_HANDLER(create_vpc_endpoint);
EC2_HANDLER(modify_vpc_endpoint);
EC2_HANDLER(delete_vpc_endpoints);
EC2_HANDLER(describe_vpc_endpoints);
EC2_HANDLER(describe_vpc_endpoint_services);
EC2_HANDLER(describe_prefix_lists);
// network_interface.cc
EC2_HANDLER(create_network_interface);
EC2_HANDLER(assign_private_ip_addresses);
EC2_HANDLER(unassign_private_ip_addresses);
EC2_HANDLER(delete_network_interface);
EC2_HANDLER(describe_network_interfaces);
// peering.cc
EC2_HANDLER(create_vpc_peering_connection);
EC2_HANDLER(accept_vpc_peering_connection);
EC2_HANDLER(reject_vpc_peering_connection);
EC2_HANDLER(delete_vpc_peering_connection);
EC2_HANDLER(describe_vpc_peering_connections);
// key_pair.cc
EC2_HANDLER(create_key_pair);
EC2_HANDLER(import_key_pair);
EC2_HANDLER(delete_key_pair);
EC2_HANDLER(describe_key_pairs);
// instance_launch.cc
EC2_HANDLER(run_instances);
// instance.cc
EC2_HANDLER(describe_instances);
EC2_HANDLER(describe_instance_status);
EC2_HANDLER(terminate_instances);
EC2_HANDLER(stop_instances);
EC2_HANDLER(start_instances);
EC2_HANDLER(reboot_instances);
EC2_HANDLER(describe_volumes);
// image.cc
EC2_HANDLER(describe_images);
// zone.cc
EC2_HANDLER(describe_availability_zones);
EC2_HANDLER(describe_regions);
EC2_HANDLER(describe_account_attributes);
// tag.cc
EC2_HANDLER(create_tags);
EC2_HANDLER(delete_tags);
EC2_HANDLER(describe_tags);

#undef EC2_HANDLER

// guard.cc
Status guard(cloud::Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::ec2
