#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {

Result<Value> create_nat_gateway(Call& call, const Value& in) {
  TRY(Value subnet, get(call, subnet_kind(), in["SubnetId"].as_string()));
  bool is_private = in["ConnectivityType"].as_string() == "private";
  if (!is_private && !in.has("AllocationId")) return missing_parameter("AllocationId");
  TRY(Value gateway, new_document(call, in, nat_gateway_kind()));
  gateway.erase("OwnerId");
  TRY(Value interface,
      make_interface(call, subnet, "nat_gateway",
                     "Interface for NAT Gateway " + gateway["NatGatewayId"].as_string(), Value(),
                     in["PrivateIpAddress"].as_string()));
  Value address = Value::map({{"NetworkInterfaceId", interface["NetworkInterfaceId"]},
                              {"PrivateIp", interface["PrivateIpAddress"]},
                              {"IsPrimary", true},
                              {"Status", "succeeded"}});
  if (!is_private) {
    TRY(Value associated,
        associate_address(call,
                          Value::map({{"AllocationId", in["AllocationId"]},
                                      {"NetworkInterfaceId", interface["NetworkInterfaceId"]}})));
    address.set("AllocationId", in["AllocationId"])
        .set("AssociationId", associated["AssociationId"])
        .set("PublicIp", (*call.find("elastic-ip", in["AllocationId"].as_string()))["PublicIp"]);
  }
  gateway.set("SubnetId", subnet["SubnetId"])
      .set("VpcId", subnet["VpcId"])
      .set("State", "available")
      .set("CreateTime", call.now)
      .set("ConnectivityType", is_private ? "private" : "public")
      .set("NatGatewayAddresses", Value::list({address}));
  put(call, nat_gateway_kind(), gateway);
  return Value::map({{"NatGateway", gateway}, {"ClientToken", in["ClientToken"]}});
}

Result<Value> delete_nat_gateway(Call& call, const Value& in) {
  const std::string id = in["NatGatewayId"].as_string();
  TRY(Value gateway, get(call, nat_gateway_kind(), id));
  if (gateway["State"].as_string() == "deleted") return not_found(nat_gateway_kind(), id);
  for (const Value& address : gateway["NatGatewayAddresses"].items()) {
    if (address.has("AssociationId"))
      CHECK_OK(
          disassociate_address(call, Value::map({{"AssociationId", address["AssociationId"]}})));
    if (const Value* interface =
            call.find("network-interface", address["NetworkInterfaceId"].as_string()))
      remove_interface(call, *interface);
  }
  // A deleted gateway is still described for an hour (VPC user guide, "Delete a NAT gateway").
  gateway.set("State", "deleted").set("DeleteTime", call.now);
  put(call, nat_gateway_kind(), gateway);
  return Value::map({{"NatGatewayId", id}});
}

Result<Value> describe_nat_gateways(Call& call, const Value& in) {
  constexpr int64_t described_ms_max = 3'600'000;
  TRY(Value out, describe(call, in, nat_gateway_kind()));
  std::erase_if(out.member("NatGateways").make_list(), [&](const Value& gateway) {
    return gateway.has("DeleteTime") &&
           call.now - gateway["DeleteTime"].as_time() > described_ms_max;
  });
  return out;
}

}  // namespace mainstay::ec2
