#include <algorithm>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr std::string_view known_keys[] = {
    "domain-name-servers",  "domain-name",       "ntp-servers",
    "netbios-name-servers", "netbios-node-type", "ipv6-address-preferred-lease-time"};

}  // namespace

Result<Value> create_dhcp_options(Call& call, const Value& in) {
  TRY(Value options, new_document(call, in, dhcp_options_kind()));
  Value configurations = Value::list();
  for (const Value& c : in["DhcpConfigurations"].items()) {
    const std::string& key = c["Key"].as_string();
    if (std::find(std::begin(known_keys), std::end(known_keys), key) == std::end(known_keys))
      return invalid_parameter(key, "dhcpConfiguration key", "The DHCP option is not known.");
    if (c["Values"].empty()) return missing_parameter("dhcpConfiguration value");
    Value values = Value::list();
    for (const Value& v : c["Values"].items()) values.push_back(Value::map({{"Value", v}}));
    configurations.push_back(Value::map({{"Key", key}, {"Values", std::move(values)}}));
  }
  if (configurations.empty()) return missing_parameter("dhcpConfiguration");
  options.set("DhcpConfigurations", std::move(configurations));
  put(call, dhcp_options_kind(), options);
  return Value::map({{"DhcpOptions", std::move(options)}});
}

Result<Value> delete_dhcp_options(Call& call, const Value& in) {
  const std::string id = in["DhcpOptionsId"].as_string();
  CHECK_OK(get(call, dhcp_options_kind(), id));
  if (!call.find_by("vpc", "DhcpOptionsId", id).empty())
    return aws_error("DependencyViolation",
                     "The dhcpOptions '" + id + "' has dependencies and cannot be deleted.");
  call.remove("dhcp-options", id);
  return answer_true();
}

Result<Value> describe_dhcp_options(Call& call, const Value& in) {
  return describe(call, in, dhcp_options_kind());
}

// "default" associates no options at all, which VPCs then show as the word.
Result<Value> associate_dhcp_options(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  if (in["DhcpOptionsId"].as_string() != "default")
    CHECK_OK(get(call, dhcp_options_kind(), in["DhcpOptionsId"].as_string()));
  vpc.set("DhcpOptionsId", in["DhcpOptionsId"]);
  put(call, vpc_kind(), vpc);
  return answer_true();
}

}  // namespace mainstay::ec2
