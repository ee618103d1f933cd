#include "blueprints/network.hh"

#include "blueprints/builder.hh"

namespace mainstay::blueprints {
namespace {

const Variable network_variables[] = {
    {"VpcId", VariableType::text, true, {}, "the id of the VPC to create the network in", {}},
    {"VpcDefaultSecurityGroup",
     VariableType::text,
     true,
     {},
     "the VPC's default security group",
     {}},
    {"InternetGatewayId",
     VariableType::text,
     false,
     "",
     "makes the network public, with its default route through this gateway",
     {}},
    {"CreateNatGateway",
     VariableType::boolean,
     false,
     false,
     "creates a NAT gateway, unless NatGatewayId is given",
     {}},
    {"NatGatewayId",
     VariableType::text,
     false,
     "",
     "makes the network private, with its default route through this gateway",
     {}},
    {"AvailabilityZone", VariableType::text, true, {}, "the zone to create the network in", {}},
    {"CidrBlock", VariableType::text, true, {}, "the address range of the subnet", {}},
    {"Tags", VariableType::map, false, Value::map(), "tags for all resources that take them", {}},
};

struct Network {
  const Value& given;
  bool is_public = !given["InternetGatewayId"].as_string().empty();
  bool has_nat_id = !given["NatGatewayId"].as_string().empty();
  std::string_view type() const { return is_public ? "public" : "private"; }

  // NetworkType first, unless the tags say otherwise; then by key, as the original sorts them.
  Value tags() const {
    Map by_key;
    by_key.set("NetworkType", type());
    for (const auto& [key, value] : given["Tags"].members()) by_key.set(key, value);
    by_key.sort();
    Value list = Value::list();
    for (const auto& [key, value] : by_key)
      list.push_back(Value::map({{"Key", key}, {"Value", value}}));
    return list;
  }
};

void add_subnet(Builder& t, const Network& network) {
  const Value& given = network.given;
  t.resource("Subnet", "AWS::EC2::Subnet",
             Value::map({{"VpcId", given["VpcId"]},
                         {"AvailabilityZone", given["AvailabilityZone"]},
                         {"CidrBlock", given["CidrBlock"]},
                         {"Tags", network.tags()}}));
  t.output("SubnetId", ref_to("Subnet"));
  t.output("NetworkType", network.type());
  t.output("CidrBlock", given["CidrBlock"]);
  for (const char* attribute : {"AvailabilityZone", "NetworkAclAssociationId", "VpcId"})
    t.output(attribute, get_att("Subnet", attribute));
  t.output("Ipv6CidrBlocks", join_with(",", get_att("Subnet", "Ipv6CidrBlocks")));
}

void add_route_table(Builder& t, const Network& network) {
  t.resource("RouteTable", "AWS::EC2::RouteTable",
             Value::map({{"VpcId", network.given["VpcId"]}, {"Tags", network.tags()}}));
  t.output("RouteTableId", ref_to("RouteTable"));
  t.resource("SubnetRouteTableAssociation", "AWS::EC2::SubnetRouteTableAssociation",
             Value::map({{"SubnetId", ref_to("Subnet")}, {"RouteTableId", ref_to("RouteTable")}}));
  t.output("SubnetRouteTableAssociationId", ref_to("SubnetRouteTableAssociation"));
}

void add_nat_gateway(Builder& t) {
  t.resource("NatGatewayEIP", "AWS::EC2::EIP", Value::map({{"Domain", "vpc"}}));
  t.output("NatGatewayEIP", ref_to("NatGatewayEIP"));
  t.output("NatGatewayEIPAllocationId", get_att("NatGatewayEIP", "AllocationId"));
  t.resource("NatGateway", "AWS::EC2::NatGateway",
             Value::map({{"AllocationId", get_att("NatGatewayEIP", "AllocationId")},
                         {"SubnetId", ref_to("Subnet")}}));
  t.output("NatGatewayId", ref_to("NatGateway"));
}

void add_default_route(Builder& t, const Network& network) {
  Value route =
      Value::map({{"RouteTableId", ref_to("RouteTable")}, {"DestinationCidrBlock", "0.0.0.0/0"}});
  const char* gateway = network.is_public ? "GatewayId" : "NatGatewayId";
  route.set(gateway, network.given[network.is_public ? "InternetGatewayId" : "NatGatewayId"]);
  t.resource("DefaultRoute", "AWS::EC2::Route", std::move(route));
  t.output("DefaultRouteId", ref_to("DefaultRoute"));
}

Result<Value> render_network(const Blueprint&, const RenderInput& input) {
  const Value& given = input.variables;
  Network network{given};
  bool create_nat = given["CreateNatGateway"].as_bool();
  if (network.has_nat_id && network.is_public)
    return Error("BlueprintInvalid",
                 "NatGatewayId and InternetGatewayId exclude each other: a network is private or "
                 "public");
  if (network.has_nat_id && create_nat)
    return Error("BlueprintInvalid",
                 "CreateNatGateway and NatGatewayId exclude each other: give the one or the other");
  Builder t;
  add_subnet(t, network);
  add_route_table(t, network);
  if (create_nat) add_nat_gateway(t);
  if (network.is_public || network.has_nat_id) add_default_route(t, network);
  return std::move(t).finish();
}

}  // namespace

Blueprint network_blueprint() {
  return {"stacker_blueprints.network.Network",
          "a subnet with its route table: public, private through NAT, or cut off",
          network_variables, render_network};
}

}  // namespace mainstay::blueprints
