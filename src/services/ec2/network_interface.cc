#include <algorithm>

#include "base/text.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr uint32_t reserved_first = 4, reserved_last = 1;

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
    for (const Value& one : (*call.find("network-interface", id))["PrivateIpAddresses"].items())
      used.insert(one["PrivateIpAddress"].as_string());
  return used;
}

Status check_address(Call& call, const Value& subnet, const std::string& text) {
  auto host = parse_cidr(text + "/32");
  if (!host || !parse_cidr(subnet["CidrBlock"].as_string())->contains(*host))
    return invalid_parameter(text, "addresses",
                             "Address does not fall within the subnet's address range");
  // The first four addresses and the last are AWS's ("Subnet CIDR reservations", VPC user guide).
  Cidr block = *parse_cidr(subnet["CidrBlock"].as_string());
  auto offset = static_cast<uint32_t>(host->address - block.address);
  if (offset < reserved_first || offset + reserved_last >= block.size())
    return aws_error("InvalidParameterValue",
                     "Address " + text + " is in subnet's reserved address range");
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
  for (uint32_t offset = reserved_first; offset + reserved_last < block.size(); ++offset) {
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
                   Value::list({Value::map({{"Primary", true},
                                            {"PrivateIpAddress", ip},
                                            {"PrivateDnsName", private_name(call, ip)}})})},
                  {"Groups", std::move(groups)},
                  {"TagSet", Value::list()}});
  put(call, network_interface_kind(), interface);
  count_addresses(call, subnet["SubnetId"].as_string(), -1);
  return interface;
}

void remove_interface(Call& call, const Value& interface) {
  std::string subnet = interface["SubnetId"].as_string();  // the interface may be the kept document
  auto count = static_cast<int64_t>(interface["PrivateIpAddresses"].size());
  call.remove("network-interface", interface["NetworkInterfaceId"].as_string());
  count_addresses(call, subnet, count);
}

namespace {

// Further private addresses of an interface, by name or as many as are wanted. Answers them.
Result<Value> add_secondary(Call& call, Value& interface, const Value& named, int64_t count) {
  TRY(Value subnet, get(call, subnet_kind(), interface["SubnetId"].as_string()));
  Value added = Value::list();
  int64_t total = std::max<int64_t>(count, static_cast<int64_t>(named.size()));
  for (int64_t i = 0; i < total; ++i) {
    std::string ip;
    if (i < static_cast<int64_t>(named.size())) {
      ip = named.at(static_cast<size_t>(i)).as_string();
      CHECK_OK(check_address(call, subnet, ip));
    } else {
      TRY(ip, free_address(call, subnet));
    }
    interface.member("PrivateIpAddresses")
        .push_back(Value::map({{"Primary", false},
                               {"PrivateIpAddress", ip},
                               {"PrivateDnsName", private_name(call, ip)}}));
    added.push_back(Value::map({{"PrivateIpAddress", ip}}));
    put(call, network_interface_kind(), interface);
  }
  count_addresses(call, interface["SubnetId"].as_string(), -total);
  return added;
}

// The addresses that CreateNetworkInterface names: the primary one first, "" for any.
Result<std::vector<std::string>> named_addresses(const Value& in) {
  std::vector<std::string> out{in["PrivateIpAddress"].as_string()};
  for (const Value& one : in["PrivateIpAddresses"].items()) {
    const std::string& ip = one["PrivateIpAddress"].as_string();
    if (one["Primary"].as_bool() && !out[0].empty())
      return aws_error("InvalidParameterCombination",
                       "Only one primary private IP address can be specified.");
    if (one["Primary"].as_bool())
      out[0] = ip;
    else
      out.push_back(ip);
  }
  if (out.size() > 1 && in.has("SecondaryPrivateIpAddressCount"))
    return aws_error("InvalidParameterCombination",
                     "The parameters secondaryPrivateIpAddressCount and privateIpAddresses can't "
                     "be used together");
  return out;
}

}  // namespace

Result<Value> create_network_interface(Call& call, const Value& in) {
  TRY(Value subnet, get(call, subnet_kind(), in["SubnetId"].as_string()));
  TRY(Value tags, requested_tags(call, in, "network-interface"));
  TRY(std::vector<std::string> named, named_addresses(in));
  TRY(Value interface, make_interface(call, subnet, "interface", in["Description"].as_string(),
                                      in["Groups"], named[0]));
  named.erase(named.begin());
  CHECK_OK(add_secondary(call, interface, Value::texts(named),
                         in["SecondaryPrivateIpAddressCount"].as_int()));
  interface.set("TagSet", std::move(tags));
  put(call, network_interface_kind(), interface);
  return Value::map({{"NetworkInterface", std::move(interface)}});
}

Result<Value> assign_private_ip_addresses(Call& call, const Value& in) {
  TRY(Value interface, get(call, network_interface_kind(), in["NetworkInterfaceId"].as_string()));
  TRY(Value added, add_secondary(call, interface, in["PrivateIpAddresses"],
                                 in["SecondaryPrivateIpAddressCount"].as_int()));
  return Value::map({{"NetworkInterfaceId", in["NetworkInterfaceId"]},
                     {"AssignedPrivateIpAddresses", std::move(added)}});
}

// "The addresses must be secondary ones"; what is associated with them is let go.
Result<Value> unassign_private_ip_addresses(Call& call, const Value& in) {
  const std::string& id = in["NetworkInterfaceId"].as_string();
  TRY(Value interface, get(call, network_interface_kind(), id));
  const List& gone = in["PrivateIpAddresses"].items();
  Value kept = Value::list(), removed = Value::list();
  for (const Value& one : interface["PrivateIpAddresses"].items()) {
    bool goes = std::find(gone.begin(), gone.end(), one["PrivateIpAddress"]) != gone.end();
    if (goes && one["Primary"].as_bool())
      return invalid_parameter(one["PrivateIpAddress"].as_string(), "privateIpAddresses",
                               "The primary address can't be unassigned.");
    (goes ? removed : kept).push_back(one);
  }
  if (removed.size() != gone.size())
    return invalid_parameter(gone.front().as_string(), "privateIpAddresses",
                             "Some addresses are not assigned to interface " + id + ".");
  release_addresses(call, Value(interface).set("PrivateIpAddresses", removed));
  put(call, network_interface_kind(), interface.set("PrivateIpAddresses", std::move(kept)));
  count_addresses(call, interface["SubnetId"].as_string(), static_cast<int64_t>(removed.size()));
  return answer_true();
}

Result<Value> delete_network_interface(Call& call, const Value& in) {
  TRY(Value interface, get(call, network_interface_kind(), in["NetworkInterfaceId"].as_string()));
  if (interface["Status"].as_string() == "in-use")
    return aws_error(
        "InvalidParameterValue",
        "Network interface '" + in["NetworkInterfaceId"].as_string() + "' is currently in use.");
  release_addresses(call, interface);
  remove_interface(call, interface);
  return answer_true();
}

Result<Value> describe_network_interfaces(Call& call, const Value& in) {
  return describe(call, in, network_interface_kind());
}

}  // namespace mainstay::ec2
