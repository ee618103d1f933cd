// What the files of this service lend each other: the parts that come with a VPC or subnet.
#pragma once

#include "services/ec2/cidr.hh"
#include "services/ec2/resource.hh"

namespace mainstay::ec2 {

// Of VPCs and subnets. Source: VPC user guide, "VPC CIDR blocks".
inline constexpr int prefix_min = 16, prefix_max = 28;

// A value of the form that ModifyXAttribute takes: {"Value": true}.
inline bool attribute_value(const Value& in, std::string_view name) {
  return in[name]["Value"].as_bool();
}

// Every address block of a VPC: IPv4 first.
std::vector<Cidr> blocks_of(const Value& vpc);

// A route table with the local routes of the VPC; main, if it is the VPC's own.
Value new_route_table(Call& call, const Value& vpc, bool main, Value tags);
// Makes the local routes of every route table of the VPC match its blocks.
void refresh_local_routes(Call& call, const Value& vpc);
// Removes the explicit associations of a subnet that goes away.
void forget_subnet_routes(Call& call, std::string_view vpc_id, std::string_view subnet_id);

// A network ACL that allows all (default) or nothing (custom).
Value new_network_acl(Call& call, std::string_view vpc_id, bool is_default, Value tags);
void associate_default_acl(Call& call, std::string_view vpc_id, std::string_view subnet_id);
void forget_subnet_acl(Call& call, std::string_view vpc_id, std::string_view subnet_id);

// The group "default" of a VPC, which admits its own members.
Result<Value> new_default_group(Call& call, std::string_view vpc_id);
void remove_group(Call& call, std::string_view group_id);

Value make_subnet(Call& call, const Value& vpc, const Cidr& block, const Value& zone, Value tags);
// An address that no interface of the subnet has yet; error when it is full.
Result<std::string> free_address(Call& call, const Value& subnet);
// A network interface in a subnet, put; count of free addresses adjusted.
Result<Value> make_interface(Call& call, const Value& subnet, std::string_view type,
                             std::string_view description, const Value& group_ids,
                             std::string_view address);
void remove_interface(Call& call, const Value& interface);
// Every association of the interface's addresses ends.
void release_addresses(Call& call, const Value& interface);
// An Elastic IP address stays with its interface when that is attached to an instance, or outlives
// one (null).
void note_instance_of_address(Call& call, const Value& interface, const Value& instance_id);
// A public address that no allocated one is.
std::string fresh_public_address(Call& call);

// Refused while interfaces are in it (DependencyViolation).
Status remove_subnet(Call& call, const std::string& id);

bool knows_region(std::string_view name);
// A zone of the call's region, by its letter.
void put_zone(Call& call, char letter);

// First use of an account in a region: zones, default DHCP options, default VPC.
Status prepare(Call& call);

}  // namespace mainstay::ec2
