// Amazon EC2's network family: VPCs, subnets, gateways, addresses, route tables, network ACLs,
// security groups, DHCP options, endpoints, interfaces, peering, key pairs and tags. No instances.
//
// Documents are kept in the shape that Describe* answers. Sources: the EC2 API reference, the VPC
// user guide, and "Error codes for the Amazon EC2 API".
#pragma once

#include "cloud/service.hh"

namespace mainstay::ec2 {

cloud::Service make_service();

}  // namespace mainstay::ec2
