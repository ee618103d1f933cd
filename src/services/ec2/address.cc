#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr const char* association_members[] = {
    "AssociationId",    "NetworkInterfaceId",      "InstanceId",
    "PrivateIpAddress", "NetworkInterfaceOwnerId", "SubnetId"};

Result<Value> find_address(Call& call, const Value& in) {
  if (in.has("AllocationId")) return get(call, address_kind(), in["AllocationId"].as_string());
  const std::string& ip = in["PublicIp"].as_string();
  if (ip.empty()) return missing_parameter("AllocationId");
  auto ids = call.find_by("elastic-ip", "PublicIp", ip);
  if (ids.empty()) return aws_error("InvalidAddress.NotFound", "Address '" + ip + "' not found.");
  return *call.find("elastic-ip", ids.front());
}

void set_interface_association(Call& call, const Value& address) {
  const Value* found = call.find("network-interface", address["NetworkInterfaceId"].as_string());
  if (!found) return;
  Value interface = *found;
  if (address.has("AssociationId")) {
    interface.set("Association", Value::map({{"AllocationId", address["AllocationId"]},
                                             {"AssociationId", address["AssociationId"]},
                                             {"PublicIp", address["PublicIp"]},
                                             {"IpOwnerId", call.account}}));
  }
  put(call, network_interface_kind(), interface);
}

void release_association(Call& call, Value& address) {
  if (const Value* found =
          call.find("network-interface", address["NetworkInterfaceId"].as_string())) {
    Value interface = *found;
    interface.erase("Association");
    put(call, network_interface_kind(), interface);
  }
  for (const char* member : association_members) address.erase(member);
}

}  // namespace

// From 198.18.0.0/15, reserved for benchmarks (RFC 2544): nobody's.
std::string fresh_public_address(Call& call) {
  while (true) {
    uint32_t address = 198u << 24 | 18u << 16 | static_cast<uint32_t>(call.random.below(1 << 17));
    std::string text = format_ipv4(address);
    if (call.find_by("elastic-ip", "PublicIp", text).empty()) return text;
  }
}

Result<Value> allocate_address(Call& call, const Value& in) {
  TRY(Value address, new_document(call, in, address_kind()));
  address.erase("OwnerId");
  address.set("PublicIp", fresh_public_address(call))
      .set("Domain", "vpc")
      .set("PublicIpv4Pool", "amazon")
      .set("NetworkBorderGroup", call.region);
  put(call, address_kind(), address);
  return address;
}

Result<Value> release_address(Call& call, const Value& in) {
  TRY(Value address, find_address(call, in));
  if (address.has("AssociationId"))
    return aws_error("InvalidIPAddress.InUse",
                     "Address " + address["PublicIp"].as_string() + " is in use.");
  call.remove("elastic-ip", address["AllocationId"].as_string());
  return answer_true();
}

Result<Value> describe_addresses(Call& call, const Value& in) {
  Value query = in;
  for (const Value& ip : in["PublicIps"].items()) {
    TRY(Value address, find_address(call, Value::map({{"PublicIp", ip}})));
    query.member("AllocationIds").push_back(address["AllocationId"]);
  }
  return describe(call, query, address_kind());
}

Result<Value> associate_address(Call& call, const Value& in) {
  TRY(Value address, find_address(call, in));
  if (in.has("InstanceId"))
    return aws_error("InvalidInstanceID.NotFound",
                     "The instance ID '" + in["InstanceId"].as_string() + "' does not exist");
  if (!in.has("NetworkInterfaceId")) return missing_parameter("InstanceId or NetworkInterfaceId");
  TRY(Value interface, get(call, network_interface_kind(), in["NetworkInterfaceId"].as_string()));
  if (address.has("AssociationId") && !in["AllowReassociation"].as_bool(true))
    return aws_error("Resource.AlreadyAssociated",
                     "resource " + address["AllocationId"].as_string() + " is already associated");
  release_association(call, address);
  address.set("AssociationId", call.new_id("eipassoc"))
      .set("NetworkInterfaceId", interface["NetworkInterfaceId"])
      .set("NetworkInterfaceOwnerId", call.account)
      .set("PrivateIpAddress",
           in.has("PrivateIpAddress") ? in["PrivateIpAddress"] : interface["PrivateIpAddress"])
      .set("SubnetId", interface["SubnetId"]);
  put(call, address_kind(), address);
  set_interface_association(call, address);
  return Value::map({{"Return", true}, {"AssociationId", address["AssociationId"]}});
}

Result<Value> disassociate_address(Call& call, const Value& in) {
  Value address;
  if (in.has("AssociationId")) {
    auto ids = call.find_by("elastic-ip", "AssociationId", in["AssociationId"].as_string());
    if (ids.empty())
      return aws_error(
          "InvalidAssociationID.NotFound",
          "The association ID '" + in["AssociationId"].as_string() + "' does not exist");
    address = *call.find("elastic-ip", ids.front());
  } else {
    TRY(address, find_address(call, in));
  }
  release_association(call, address);
  put(call, address_kind(), address);
  return answer_true();
}

}  // namespace mainstay::ec2
