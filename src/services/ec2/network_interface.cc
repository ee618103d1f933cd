#include <algorithm>

#include "base/text.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

std::string default_group(Call& call, const std::string& vpc_id) {
  for (std::string& id : call.find_by("security-group", "VpcId", vpc_id))
    if ((*call.find("security-group", id))["GroupName"].as_string() == "default")
      return std::move(id);
  return "";
}

Result<Value> group_list(Call& call, const Value& subnet, const Value& ids) {
  Value out = Value::list();
  Value wanted =
      ids.empty() ? Value::list({default_group(call, subnet["VpcId"].as_string())}) : ids;
  for (const Value& id : wanted.items()) {
    TRY(Value group, get(call, security_group_kind(), id.as_string()));
    if (group["VpcId"] != subnet["VpcId"])
      return aws_error("InvalidParameterValue",
                       "Security group " + id.as_string() + " and subnet " +
                           subnet["SubnetId"].as_string() + " belong to different networks.");
    out.push_back(Value::map({{"GroupId", id}, {"GroupName", group["GroupName"]}}));
  }
  return out;
}

void count_addresses(Call& call, const std::string& subnet_id, int64_t change) {
  Value subnet = *call.find("subnet", subnet_id);
  subnet.set("AvailableIpAddressCount", subnet["AvailableIpAddressCount"].as_int() + change);
  put(call, subnet_kind(), subnet);
}

std::set<std::string> used_addresses(Call& call, const Value& subnet) {
  std::set<std::string> used;
  for (const std::string& id :
       call.find_by("network-interface", "SubnetId", subnet["SubnetId"].as_string()))
    used.insert((*call.find("network-interface", id))["PrivateIpAddress"].as_string());
  return used;
}

Status check_address(Call& call, const Value& subnet, const std::string& text) {
  auto host = parse_cidr(text + "/32");
  if (!host || !parse_cidr(subnet["CidrBlock"].as_string())->contains(*host))
    return invalid_parameter(text, "addresses",
                             "Address does not fall within the subnet's address range");
  if (used_addresses(call, subnet).contains(text))
    return aws_error("InvalidIPAddress.InUse", "Address " + text + " is in use.");
  return {};
}

std::string private_name(const Call& call, std::string address) {
  std::replace(address.begin(), address.end(), '.', '-');
  return "ip-" + address +
         (call.region == "us-east-1" ? ".ec2.internal" : "." + call.region + ".compute.internal");
}

}  // namespace

Result<std::string> free_address(Call& call, const Value& subnet) {
  Cidr block = *parse_cidr(subnet["CidrBlock"].as_string());
  std::set<std::string> used = used_addresses(call, subnet);
  // The first four addresses and the last are AWS's.
  for (uint32_t offset = 4; offset + 1 < block.size(); ++offset) {
    std::string text = format_ipv4(static_cast<uint32_t>(block.address) + offset);
    if (!used.contains(text)) return text;
  }
  return aws_error(
      "InsufficientFreeAddressesInSubnet",
      "The specified subnet does not have enough free addresses to satisfy the request.");
}

Result<Value> make_interface(Call& call, const Value& subnet, std::string_view type,
                             std::string_view description, const Value& group_ids,
                             std::string_view address) {
  std::string ip(address);
  if (ip.empty()) {
    TRY(ip, free_address(call, subnet));
  } else {
    CHECK_OK(check_address(call, subnet, ip));
  }
  TRY(Value groups, group_list(call, subnet, group_ids));
  std::string mac = "02";
  for (int i = 0; i < 5; ++i) mac += ":" + call.random.hex(2);
  Value interface =
      Value::map({{"NetworkInterfaceId", call.new_id("eni")},
                  {"SubnetId", subnet["SubnetId"]},
                  {"VpcId", subnet["VpcId"]},
                  {"AvailabilityZone", subnet["AvailabilityZone"]},
                  {"OwnerId", call.account},
                  {"Description", description},
                  {"InterfaceType", type},
                  {"Status", type == "interface" ? "available" : "in-use"},
                  {"RequesterManaged", type != "interface"},
                  {"SourceDestCheck", type != "nat_gateway"},
                  {"MacAddress", mac},
                  {"PrivateIpAddress", ip},
                  {"PrivateDnsName", private_name(call, ip)},
                  {"PrivateIpAddresses",
                   Value::list({Value::map({{"Primary", true}, {"PrivateIpAddress", ip}})})},
                  {"Groups", std::move(groups)},
                  {"TagSet", Value::list()}});
  put(call, network_interface_kind(), interface);
  count_addresses(call, subnet["SubnetId"].as_string(), -1);
  return interface;
}

void remove_interface(Call& call, const Value& interface) {
  std::string subnet = interface["SubnetId"].as_string();  // the interface may be the kept document
  call.remove("network-interface", interface["NetworkInterfaceId"].as_string());
  count_addresses(call, subnet, +1);
}

Result<Value> create_network_interface(Call& call, const Value& in) {
  TRY(Value subnet, get(call, subnet_kind(), in["SubnetId"].as_string()));
  TRY(Value tags, requested_tags(call, in, "network-interface"));
  TRY(Value interface, make_interface(call, subnet, "interface", in["Description"].as_string(),
                                      in["Groups"], in["PrivateIpAddress"].as_string()));
  interface.set("TagSet", std::move(tags));
  put(call, network_interface_kind(), interface);
  return Value::map({{"NetworkInterface", std::move(interface)}});
}

Result<Value> delete_network_interface(Call& call, const Value& in) {
  TRY(Value interface, get(call, network_interface_kind(), in["NetworkInterfaceId"].as_string()));
  if (interface["Status"].as_string() == "in-use")
    return aws_error(
        "InvalidParameterValue",
        "Network interface '" + in["NetworkInterfaceId"].as_string() + "' is currently in use.");
  if (interface.has("Association"))
    CHECK_OK(disassociate_address(
        call, Value::map({{"AssociationId", interface.at_path("Association.AssociationId")}})));
  remove_interface(call, interface);
  return answer_true();
}

Result<Value> describe_network_interfaces(Call& call, const Value& in) {
  return describe(call, in, network_interface_kind());
}

}  // namespace mainstay::ec2
