#include "services/ec2/handlers.hh"
#include "services/ec2/instance.hh"
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

Value association_of(const Call& call, const Value& address) {
  const std::string& ip = address["PublicIp"].as_string();
  return Value::map({{"AllocationId", address["AllocationId"]},
                     {"AssociationId", address["AssociationId"]},
                     {"PublicIp", ip},
                     {"PublicDnsName", public_dns_name(call, ip)},
                     {"IpOwnerId", call.account}});
}

// The interface's end of the association of one of its private addresses, null where it has none,
// and the instance's that it is attached to. The primary address's is the interface's own.
void show_association(Call& call, Value interface, const std::string& private_ip,
                      const Value& association) {
  auto show = [&](Value& holder) {
    holder.erase("Association");
    if (!association.is_null()) holder.set("Association", association);
  };
  if (interface["PrivateIpAddress"].as_string() == private_ip) show(interface);
  for (Value& one : interface.member("PrivateIpAddresses").make_list())
    if (one["PrivateIpAddress"].as_string() == private_ip) show(one);
  put(call, network_interface_kind(), interface);
  if (const Value* found =
          call.find("instance", interface["Attachment"]["InstanceId"].as_string())) {
    Value instance = *found;
    show_public_addresses(call, instance);
    put(call, instance_kind(), instance);
  }
}

void release_association(Call& call, Value& address) {
  const std::string interface_id = address["NetworkInterfaceId"].as_string();
  const std::string private_ip = address["PrivateIpAddress"].as_string();
  for (const char* member : association_members) address.erase(member);
  put(call, address_kind(), address);
  if (const Value* interface = call.find("network-interface", interface_id))
    show_association(call, *interface, private_ip, Value());
}

// The allocated address that a private one is associated with; null where there is none.
Value associated_with(Call& call, const Value& interface, const Value& private_ip) {
  for (const Value& one : interface["PrivateIpAddresses"].items())
    if (one["PrivateIpAddress"] == private_ip)
      if (const Value* found =
              call.find("elastic-ip", one["Association"]["AllocationId"].as_string()))
        return *found;
  return {};
}

Status check_has_address(const Value& interface, const Value& private_ip) {
  for (const Value& one : interface["PrivateIpAddresses"].items())
    if (one["PrivateIpAddress"] == private_ip) return {};
  return invalid_parameter(private_ip.as_string(), "privateIpAddress",
                           "The address is none of the network interface's.");
}

Result<Value> interface_of_instance(Call& call, const std::string& id) {
  TRY(Value instance, get(call, instance_kind(), id));
  if (instance["State"]["Name"].as_string() == terminated.name)
    return aws_error("InvalidInstanceID", "The terminated instance '" + id +
                                              "' is not in a valid state for this operation.");
  const Value& all = instance["NetworkInterfaces"];
  if (all.size() > 1)
    return aws_error("InvalidInstanceID",
                     "There are multiple interfaces attached to instance '" + id +
                         "'. Please specify an interface ID for the operation instead.");
  return get(call, network_interface_kind(), all.at(0)["NetworkInterfaceId"].as_string());
}

// Of an instance or an interface, not both (API reference, AssociateAddress).
Result<Value> interface_to_associate(Call& call, const Value& in) {
  bool by_instance = in.has("InstanceId");
  if (by_instance && in.has("NetworkInterfaceId"))
    return aws_error("InvalidParameterCombination",
                     "You may specify an instance ID or a network interface ID, but not both.");
  if (by_instance) return interface_of_instance(call, in["InstanceId"].as_string());
  if (!in.has("NetworkInterfaceId")) return missing_parameter("InstanceId or NetworkInterfaceId");
  return get(call, network_interface_kind(), in["NetworkInterfaceId"].as_string());
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

void note_instance_of_address(Call& call, const Value& interface, const Value& instance_id) {
  const Value* found =
      call.find("elastic-ip", interface["Association"]["AllocationId"].as_string());
  if (!found) return;
  Value address = *found;
  address.erase("InstanceId");
  if (!instance_id.is_null()) address.set("InstanceId", instance_id);
  put(call, address_kind(), address);
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

// What either had before is let go: the address's association, and the interface's address, which
// stays allocated (API reference, AssociateAddress). The same again is no change.
Result<Value> associate_address(Call& call, const Value& in) {
  TRY(Value address, find_address(call, in));
  TRY(Value interface, interface_to_associate(call, in));
  const Value ip =
      in.has("PrivateIpAddress") ? in["PrivateIpAddress"] : interface["PrivateIpAddress"];
  CHECK_OK(check_has_address(interface, ip));
  bool is_same = address["NetworkInterfaceId"] == interface["NetworkInterfaceId"] &&
                 address["PrivateIpAddress"] == ip;
  if (address.has("AssociationId") && !is_same) {
    if (!in["AllowReassociation"].as_bool(true))
      return aws_error("Resource.AlreadyAssociated",
                       "resource " + address["AllocationId"].as_string() +
                           " is already associated with associate-id " +
                           address["AssociationId"].as_string());
    release_association(call, address);
  }
  if (!is_same) {
    if (Value other = associated_with(call, interface, ip); !other.is_null()) {
      release_association(call, other);
      TRY(interface,
          get(call, network_interface_kind(), interface["NetworkInterfaceId"].as_string()));
    }
    address.set("AssociationId", call.new_id("eipassoc"))
        .set("NetworkInterfaceId", interface["NetworkInterfaceId"])
        .set("NetworkInterfaceOwnerId", call.account)
        .set("PrivateIpAddress", ip)
        .set("SubnetId", interface["SubnetId"]);
    if (const Value& instance = interface["Attachment"]["InstanceId"]; !instance.is_null())
      address.set("InstanceId", instance);
    put(call, address_kind(), address);
    show_association(call, interface, ip.as_string(), association_of(call, address));
  }
  return Value::map({{"Return", true}, {"AssociationId", address["AssociationId"]}});
}

void release_addresses(Call& call, const Value& interface) {
  for (const Value& one : interface["PrivateIpAddresses"].items())
    if (Value address = associated_with(call, interface, one["PrivateIpAddress"]);
        !address.is_null())
      release_association(call, address);
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
  return answer_true();
}

}  // namespace mainstay::ec2
