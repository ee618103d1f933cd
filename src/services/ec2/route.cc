#include <algorithm>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

struct Target {
  std::string_view member;
  const Kind& (*kind)();  // null where the target's service is not in this cloud
};

// What a route may lead to (EC2 API reference, CreateRoute).
constexpr Target targets[] = {{"GatewayId", &internet_gateway_kind},
                              {"NatGatewayId", &nat_gateway_kind},
                              {"EgressOnlyInternetGatewayId", &egress_gateway_kind},
                              {"NetworkInterfaceId", &network_interface_kind},
                              {"VpcPeeringConnectionId", &peering_kind},
                              {"VpcEndpointId", &endpoint_kind},
                              {"InstanceId", nullptr},
                              {"TransitGatewayId", nullptr},
                              {"LocalGatewayId", nullptr},
                              {"CarrierGatewayId", nullptr}};

struct Destination {
  const char* member;
  Value value;
};

Result<Destination> destination_of(const Value& in) {
  for (const char* member :
       {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}) {
    if (!in.has(member)) continue;
    const std::string& text = in[member].as_string();
    if (std::string_view(member) == "DestinationPrefixListId") return Destination{member, text};
    auto block = parse_cidr(text);
    if (!block)
      return invalid_parameter(text, "destinationCidrBlock", "This is not a valid CIDR block.");
    return Destination{member, block->to_string()};
  }
  return missing_parameter("destinationCidrBlock");
}

Status check_target(Call& call, const Value& table, const Target& target, const std::string& id) {
  if (target.member == "GatewayId" && (id == "local" || id.starts_with("vgw-"))) return {};
  const Kind& kind =
      target.member == "GatewayId" && id.starts_with("vpce-") ? endpoint_kind() : target.kind();
  TRY(Value resource, get(call, kind, id));
  if (target.member == "GatewayId" && resource.at_path("Attachments.0.VpcId") != table["VpcId"])
    return aws_error("InvalidParameterValue", "route table " + table["RouteTableId"].as_string() +
                                                  " and network gateway " + id +
                                                  " belong to different networks");
  if (target.member == "NatGatewayId" && resource["State"].as_string() != "available")
    return not_found(nat_gateway_kind(), id);
  return {};
}

Result<Value> new_route(Call& call, const Value& table, const Value& in) {
  TRY(Destination destination, destination_of(in));
  Value route = Value::map({{destination.member, destination.value}});
  for (const Target& target : targets) {
    if (!in.has(target.member)) continue;
    const std::string& id = in[target.member].as_string();
    if (!target.kind)
      return aws_error("Unsupported", "routes to " + std::string(target.member) +
                                          " are not supported by mainstay's embedded cloud");
    CHECK_OK(check_target(call, table, target, id));
    route.set(target.member, id);
  }
  if (route.size() != 2)
    return aws_error("InvalidParameterCombination",
                     "The parameters must name exactly one route target.");
  return route.set("Origin", "CreateRoute").set("State", "active");
}

List::iterator same_destination(List& routes, const Destination& destination) {
  return std::find_if(routes.begin(), routes.end(), [&](const Value& route) {
    return route[destination.member] == destination.value;
  });
}

Error no_route(const Value& in, const Destination& destination) {
  return aws_error("InvalidRoute.NotFound", "no route with destination-cidr-block " +
                                                destination.value.as_string() + " in route table " +
                                                in["RouteTableId"].as_string());
}

}  // namespace

Result<Value> create_route(Call& call, const Value& in) {
  TRY(Value table, get(call, route_table_kind(), in["RouteTableId"].as_string()));
  TRY(Destination destination, destination_of(in));
  TRY(Value route, new_route(call, table, in));
  List& routes = table.member("Routes").make_list();
  if (auto it = same_destination(routes, destination); it != routes.end()) {
    if (*it == route) return answer_true();  // the same route again is no error
    return aws_error("RouteAlreadyExists", "The route identified by " +
                                               destination.value.as_string() + " already exists.");
  }
  routes.push_back(std::move(route));
  put(call, route_table_kind(), table);
  return answer_true();
}

Result<Value> replace_route(Call& call, const Value& in) {
  TRY(Value table, get(call, route_table_kind(), in["RouteTableId"].as_string()));
  TRY(Destination destination, destination_of(in));
  TRY(Value route, new_route(call, table, in));
  List& routes = table.member("Routes").make_list();
  auto it = same_destination(routes, destination);
  if (it == routes.end()) return no_route(in, destination);
  *it = std::move(route);
  put(call, route_table_kind(), table);
  return answer_true();
}

Result<Value> delete_route(Call& call, const Value& in) {
  TRY(Value table, get(call, route_table_kind(), in["RouteTableId"].as_string()));
  TRY(Destination destination, destination_of(in));
  List& routes = table.member("Routes").make_list();
  auto it = same_destination(routes, destination);
  if (it == routes.end()) return no_route(in, destination);
  if ((*it)["GatewayId"].as_string() == "local")
    return aws_error("InvalidParameterValue",
                     "cannot remove local route " + destination.value.as_string() +
                         " in route table " + in["RouteTableId"].as_string());
  routes.erase(it);
  put(call, route_table_kind(), table);
  return answer_true();
}

}  // namespace mainstay::ec2
