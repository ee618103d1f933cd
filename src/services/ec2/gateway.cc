#include <algorithm>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

Value attachment(const Value& vpc_id, std::string_view state) {
  return Value::list({Value::map({{"VpcId", vpc_id}, {"State", state}})});
}

bool attached_to(const Value& gateway, const Value& vpc_id) {
  return gateway.at_path("Attachments.0.VpcId") == vpc_id;
}

}  // namespace

Result<Value> create_internet_gateway(Call& call, const Value& in) {
  TRY(Value gateway, new_document(call, in, internet_gateway_kind()));
  gateway.set("Attachments", Value::list());
  put(call, internet_gateway_kind(), gateway);
  return Value::map({{"InternetGateway", std::move(gateway)}});
}

Result<Value> delete_internet_gateway(Call& call, const Value& in) {
  const std::string id = in["InternetGatewayId"].as_string();
  TRY(Value gateway, get(call, internet_gateway_kind(), id));
  if (!gateway["Attachments"].empty())
    return aws_error("DependencyViolation",
                     "The internetGateway '" + id + "' has dependencies and cannot be deleted.");
  call.remove("internet-gateway", id);
  return answer_true();
}

Result<Value> describe_internet_gateways(Call& call, const Value& in) {
  return describe(call, in, internet_gateway_kind());
}

Result<Value> attach_internet_gateway(Call& call, const Value& in) {
  TRY(Value gateway, get(call, internet_gateway_kind(), in["InternetGatewayId"].as_string()));
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  const std::string& id = gateway["InternetGatewayId"].as_string();
  if (!gateway["Attachments"].empty())
    return aws_error("Resource.AlreadyAssociated",
                     "resource " + id + " is already attached to network " +
                         gateway.at_path("Attachments.0.VpcId").as_string());
  if (!call.find_by("internet-gateway", "Attachments.0.VpcId", in["VpcId"].as_string()).empty())
    return aws_error("InvalidParameterValue", "Network " + in["VpcId"].as_string() +
                                                  " already has an internet gateway attached");
  gateway.set("Attachments", attachment(vpc["VpcId"], "available"));
  put(call, internet_gateway_kind(), gateway);
  return answer_true();
}

Result<Value> detach_internet_gateway(Call& call, const Value& in) {
  TRY(Value gateway, get(call, internet_gateway_kind(), in["InternetGatewayId"].as_string()));
  if (!attached_to(gateway, in["VpcId"]))
    return aws_error("Gateway.NotAttached", "resource " + in["InternetGatewayId"].as_string() +
                                                " is not attached to network " +
                                                in["VpcId"].as_string());
  for (const auto& [id, address] : call.all("elastic-ip")) {
    const Value* subnet = call.find("subnet", address["SubnetId"].as_string());
    if (subnet && (*subnet)["VpcId"] == in["VpcId"])
      return aws_error("DependencyViolation",
                       "Network " + in["VpcId"].as_string() +
                           " has some mapped public address(es). Please unmap those public "
                           "address(es) before detaching the gateway.");
  }
  gateway.set("Attachments", Value::list());
  put(call, internet_gateway_kind(), gateway);
  return answer_true();
}

Result<Value> create_egress_only_internet_gateway(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  TRY(Value gateway, new_document(call, in, egress_gateway_kind()));
  gateway.set("Attachments", attachment(vpc["VpcId"], "attached"));
  put(call, egress_gateway_kind(), gateway);
  return Value::map({{"EgressOnlyInternetGateway", std::move(gateway)}});
}

Result<Value> delete_egress_only_internet_gateway(Call& call, const Value& in) {
  const std::string id = in["EgressOnlyInternetGatewayId"].as_string();
  CHECK_OK(get(call, egress_gateway_kind(), id));
  call.remove("egress-only-internet-gateway", id);
  return Value::map({{"ReturnCode", true}});
}

Result<Value> describe_egress_only_internet_gateways(Call& call, const Value& in) {
  return describe(call, in, egress_gateway_kind());
}

}  // namespace mainstay::ec2
