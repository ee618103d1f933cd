#include <algorithm>

#include "policy/document.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

struct EndpointService {
  std::string_view name;
  bool gateway;  // else interface
};

// The services that a VPC of this cloud can reach privately ("Gateway endpoints" and "AWS services
// that integrate with AWS PrivateLink").
constexpr EndpointService services[] = {{"s3", true},
                                        {"dynamodb", true},
                                        {"s3", false},
                                        {"ec2", false},
                                        {"ssm", false},
                                        {"ssmmessages", false},
                                        {"ec2messages", false},
                                        {"kms", false},
                                        {"sts", false},
                                        {"logs", false},
                                        {"monitoring", false},
                                        {"ecr.api", false},
                                        {"ecr.dkr", false},
                                        {"ecs", false},
                                        {"ecs-agent", false},
                                        {"ecs-telemetry", false},
                                        {"secretsmanager", false},
                                        {"sns", false},
                                        {"sqs", false},
                                        {"cloudformation", false},
                                        {"elasticloadbalancing", false},
                                        {"autoscaling", false},
                                        {"lambda", false},
                                        {"events", false},
                                        {"execute-api", false},
                                        {"kinesis-streams", false},
                                        {"rds", false}};

std::string service_name(const Call& call, const EndpointService& service) {
  return "com.amazonaws." + call.region + "." + std::string(service.name);
}

const EndpointService* find_service(const Call& call, std::string_view name, bool gateway) {
  for (const EndpointService& s : services)
    if (s.gateway == gateway && service_name(call, s) == name) return &s;
  return nullptr;
}

bool is_private_link(std::string_view name) {
  return name.starts_with("com.amazonaws.vpce.") ||
         name.find("vpce-svc-") != std::string_view::npos;
}

// The prefix list of a gateway endpoint's service: one id a service and region.
std::string prefix_list_id(const EndpointService& service) {
  return service.name == "s3" ? "pl-63a5400a" : "pl-02cd2c6b";
}

constexpr std::string_view open_policy =
    R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";

Value endpoint_route(const EndpointService& service, const Value& endpoint_id) {
  return Value::map({{"DestinationPrefixListId", prefix_list_id(service)},
                     {"GatewayId", endpoint_id},
                     {"Origin", "CreateRoute"},
                     {"State", "active"}});
}

void remove_route(Call& call, const Value& endpoint, const std::string& table_id) {
  const Value* found = call.find("route-table", table_id);
  if (!found) return;
  Value table = *found;
  std::erase_if(table.member("Routes").make_list(),
                [&](const Value& r) { return r["GatewayId"] == endpoint["VpcEndpointId"]; });
  put(call, route_table_kind(), table);
}

Status add_route(Call& call, const Value& endpoint, const std::string& table_id) {
  TRY(Value table, get(call, route_table_kind(), table_id));
  if (table["VpcId"] != endpoint["VpcId"])
    return aws_error("InvalidParameter", "Route table " + table_id + " does not belong to " +
                                             endpoint["VpcId"].as_string());
  Value route = endpoint_route(*find_service(call, endpoint["ServiceName"].as_string(), true),
                               endpoint["VpcEndpointId"]);
  for (const Value& r : table["Routes"].items())
    if (r["DestinationPrefixListId"] == route["DestinationPrefixListId"])
      return aws_error("RouteAlreadyExists",
                       "route table " + table_id +
                           " already has a route with destination-prefix-list-id " +
                           route["DestinationPrefixListId"].as_string());
  table.member("Routes").push_back(std::move(route));
  put(call, route_table_kind(), table);
  return {};
}

Status attach_interface(Call& call, Value& endpoint, const Value& subnet_id) {
  TRY(Value subnet, get(call, subnet_kind(), subnet_id.as_string()));
  if (subnet["VpcId"] != endpoint["VpcId"])
    return aws_error(
        "InvalidParameter",
        "Subnet " + subnet_id.as_string() + " does not belong to " + endpoint["VpcId"].as_string());
  Value groups = Value::list();
  for (const Value& g : endpoint["Groups"].items()) groups.push_back(g["GroupId"]);
  TRY(Value interface,
      make_interface(call, subnet, "vpc_endpoint",
                     "VPC Endpoint Interface " + endpoint["VpcEndpointId"].as_string(), groups,
                     ""));
  endpoint.member("NetworkInterfaceIds").push_back(interface["NetworkInterfaceId"]);
  endpoint.member("SubnetIds").push_back(subnet_id);
  return {};
}

void detach_interface(Call& call, Value& endpoint, const Value& subnet_id) {
  List kept;
  for (const Value& id : endpoint["NetworkInterfaceIds"].items()) {
    const Value* interface = call.find("network-interface", id.as_string());
    if (interface && (*interface)["SubnetId"] == subnet_id) {
      remove_interface(call, *interface);
    } else {
      kept.push_back(id);
    }
  }
  endpoint.set("NetworkInterfaceIds", Value(std::move(kept)));
  std::erase(endpoint.member("SubnetIds").make_list(), subnet_id);
}

Status set_groups(Call& call, Value& endpoint, const Value& ids) {
  Value groups = Value::list();
  for (const Value& id : ids.items()) {
    TRY(Value group, get(call, security_group_kind(), id.as_string()));
    groups.push_back(Value::map({{"GroupId", id}, {"GroupName", group["GroupName"]}}));
  }
  endpoint.set("Groups", std::move(groups));
  return {};
}

Status set_policy(Value& endpoint, const Value& document) {
  if (document.as_string().empty()) {
    endpoint.set("PolicyDocument", open_policy);
    return {};
  }
  auto parsed = policy::parse(document.as_string(), policy::Kind::endpoint);
  if (!parsed.has_value()) return aws_error("InvalidPolicyDocument", parsed.error().message);
  endpoint.set("PolicyDocument", document);
  return {};
}

bool is_gateway(const Value& endpoint) {
  return endpoint["VpcEndpointType"].as_string() == "Gateway";
}

Status change_members(Call& call, Value& endpoint, const Value& in, bool add) {
  const Value& tables = in[add ? "AddRouteTableIds" : "RemoveRouteTableIds"];
  for (const Value& id : tables.items()) {
    if (add) {
      CHECK_OK(add_route(call, endpoint, id.as_string()));
      endpoint.member("RouteTableIds").push_back(id);
    } else {
      remove_route(call, endpoint, id.as_string());
      std::erase(endpoint.member("RouteTableIds").make_list(), id);
    }
  }
  for (const Value& id : in[add ? "AddSubnetIds" : "RemoveSubnetIds"].items()) {
    if (add) {
      CHECK_OK(attach_interface(call, endpoint, id));
    } else {
      detach_interface(call, endpoint, id);
    }
  }
  return {};
}

}  // namespace

Result<Value> create_vpc_endpoint(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  std::string type = in.has("VpcEndpointType") ? in["VpcEndpointType"].as_string() : "Gateway";
  const std::string& service = in["ServiceName"].as_string();
  if (type != "Gateway" && type != "Interface")
    return aws_error("Unsupported",
                     type + " endpoints are not supported by mainstay's embedded cloud");
  if (!find_service(call, service, type == "Gateway") &&
      !(type == "Interface" && is_private_link(service)))
    return aws_error("InvalidServiceName",
                     "The Vpc Endpoint Service '" + service + "' does not exist");
  TRY(Value endpoint, new_document(call, in, endpoint_kind()));
  endpoint.set("VpcId", vpc["VpcId"])
      .set("VpcEndpointType", type)
      .set("ServiceName", service)
      .set("State", "available")
      .set("CreationTimestamp", call.now)
      .set("RequesterManaged", false)
      .set("PrivateDnsEnabled", type == "Interface" && (!in.has("PrivateDnsEnabled") ||
                                                        in["PrivateDnsEnabled"].as_bool()))
      .set("RouteTableIds", Value::list())
      .set("SubnetIds", Value::list())
      .set("NetworkInterfaceIds", Value::list())
      .set("DnsEntries", Value::list());
  CHECK_OK(set_policy(endpoint, in["PolicyDocument"]));
  CHECK_OK(set_groups(call, endpoint, in["SecurityGroupIds"]));
  if (type == "Interface") {
    std::string name = endpoint["VpcEndpointId"].as_string() + "-" + call.random.hex(8) + "." +
                       service.substr(service.rfind('.') + 1) + "." + call.region +
                       ".vpce.amazonaws.com";
    endpoint.set("DnsEntries",
                 Value::list({Value::map({{"DnsName", name}, {"HostedZoneId", "Z7HUB22UULQXV"}})}));
  }
  CHECK_OK(change_members(
      call, endpoint,
      Value::map({{"AddRouteTableIds", in["RouteTableIds"]}, {"AddSubnetIds", in["SubnetIds"]}}),
      true));
  put(call, endpoint_kind(), endpoint);
  return Value::map({{"VpcEndpoint", std::move(endpoint)}});
}

Result<Value> modify_vpc_endpoint(Call& call, const Value& in) {
  TRY(Value endpoint, get(call, endpoint_kind(), in["VpcEndpointId"].as_string()));
  if (is_gateway(endpoint) && !in["AddSubnetIds"].empty())
    return aws_error("InvalidParameter", "Subnets cannot be added to a Gateway endpoint");
  if (in["ResetPolicy"].as_bool()) CHECK_OK(set_policy(endpoint, Value()));
  if (in.has("PolicyDocument")) CHECK_OK(set_policy(endpoint, in["PolicyDocument"]));
  CHECK_OK(change_members(call, endpoint, in, false));
  CHECK_OK(change_members(call, endpoint, in, true));
  Value groups = Value::list();
  for (const Value& g : endpoint["Groups"].items()) {
    const List& gone = in["RemoveSecurityGroupIds"].items();
    if (std::find(gone.begin(), gone.end(), g["GroupId"]) == gone.end())
      groups.push_back(g["GroupId"]);
  }
  for (const Value& id : in["AddSecurityGroupIds"].items()) groups.push_back(id);
  CHECK_OK(set_groups(call, endpoint, groups));
  if (in.has("PrivateDnsEnabled")) endpoint.set("PrivateDnsEnabled", in["PrivateDnsEnabled"]);
  put(call, endpoint_kind(), endpoint);
  return answer_true();
}

// Endpoints that cannot be deleted are answered, not refused as a whole.
Result<Value> delete_vpc_endpoints(Call& call, const Value& in) {
  Value unsuccessful = Value::list();
  for (const Value& id : in["VpcEndpointIds"].items()) {
    auto found = get(call, endpoint_kind(), id.as_string());
    if (!found.has_value()) {
      unsuccessful.push_back(Value::map(
          {{"ResourceId", id},
           {"Error",
            Value::map({{"Code", found.error().code}, {"Message", found.error().message}})}}));
      continue;
    }
    Value endpoint = *found;
    const List subnets = endpoint["SubnetIds"].items();
    for (const Value& table : endpoint["RouteTableIds"].items())
      remove_route(call, endpoint, table.as_string());
    for (const Value& subnet : subnets) detach_interface(call, endpoint, subnet);
    call.remove("vpc-endpoint", id.as_string());
  }
  return Value::map({{"Unsuccessful", std::move(unsuccessful)}});
}

Result<Value> describe_vpc_endpoints(Call& call, const Value& in) {
  return describe(call, in, endpoint_kind());
}

namespace {

// Made on the spot, so without a table of their own; the names are those of their filters.
constexpr Kind service_kind{
    "vpc-endpoint-service", "", "ServiceName", "service", "InvalidServiceName",
    "ServiceDetails",       ""};
constexpr Kind prefix_list_kind{
    "prefix-list",  "", "PrefixListId", "prefix list ID", "InvalidPrefixListId", "PrefixLists",
    "PrefixListIds"};

}  // namespace

Result<Value> describe_vpc_endpoint_services(Call& call, const Value& in) {
  List details;
  for (const EndpointService& s : services) {
    std::string name = service_name(call, s);
    const List& wanted = in["ServiceNames"].items();
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), Value(name)) == wanted.end())
      continue;
    Value zones = Value::list();
    for (const auto& [zone, document] : call.all("zone")) zones.push_back(zone);
    details.push_back(Value::map(
        {{"ServiceName", name},
         {"ServiceRegion", call.region},
         {"SupportedIpAddressTypes", Value::list({"ipv4"})},
         {"ServiceType",
          Value::list({Value::map({{"ServiceType", s.gateway ? "Gateway" : "Interface"}})})},
         {"AvailabilityZones", zones},
         {"Owner", "amazon"},
         {"VpcEndpointPolicySupported", true},
         {"AcceptanceRequired", false},
         {"ManagesVpcEndpoints", false}}));
  }
  TRY(Value out, describe_list(in, std::move(details), service_kind));
  Value names = Value::list();
  for (const Value& detail : out["ServiceDetails"].items()) names.push_back(detail["ServiceName"]);
  return out.set("ServiceNames", std::move(names));
}

Result<Value> describe_prefix_lists(Call& call, const Value& in) {
  List lists;
  for (const EndpointService& s : services) {
    const List& wanted = in["PrefixListIds"].items();
    std::string id = prefix_list_id(s);
    if (!s.gateway ||
        (!wanted.empty() && std::find(wanted.begin(), wanted.end(), Value(id)) == wanted.end()))
      continue;
    lists.push_back(Value::map({{"PrefixListId", id},
                                {"PrefixListName", service_name(call, s)},
                                {"Cidrs", Value::list({"198.51.100.0/24"})}}));
  }
  return describe_list(in, std::move(lists), prefix_list_kind);
}

}  // namespace mainstay::ec2
