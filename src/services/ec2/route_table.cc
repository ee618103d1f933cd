#include <algorithm>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

Value new_association(Call& call, const Value& table_id, bool main) {
  return Value::map({{"RouteTableAssociationId", call.new_id("rtbassoc")},
                     {"RouteTableId", table_id},
                     {"Main", main},
                     {"AssociationState", Value::map({{"State", "associated"}})}});
}

Value local_route(const Cidr& block) {
  return Value::map(
      {{block.v6 ? "DestinationIpv6CidrBlock" : "DestinationCidrBlock", block.to_string()},
       {"GatewayId", "local"},
       {"Origin", "CreateRouteTable"},
       {"State", "active"}});
}

// The route table that holds this association, or null.
const Value* table_of_association(Call& call, const Value& association_id) {
  for (const auto& [id, table] : call.all("route-table"))
    for (const Value& a : table["Associations"].items())
      if (a["RouteTableAssociationId"] == association_id) return &table;
  return nullptr;
}

Error no_association(const Value& id) {
  return aws_error("InvalidAssociationID.NotFound",
                   "The association ID '" + id.as_string() + "' does not exist");
}

Value take_association(Value& table, const Value& id) {
  List& items = table.member("Associations").make_list();
  auto it = std::find_if(items.begin(), items.end(),
                         [&](const Value& a) { return a["RouteTableAssociationId"] == id; });
  Value taken = *it;
  items.erase(it);
  return taken;
}

bool has_association(Call& call, const Value& vpc_id, std::string_view member,
                     const Value& target) {
  for (const std::string& id : call.find_by("route-table", "VpcId", vpc_id.as_string()))
    for (const Value& a : (*call.find("route-table", id))["Associations"].items())
      if (a[member] == target) return true;
  return false;
}

}  // namespace

Value new_route_table(Call& call, const Value& vpc, bool main, Value tags) {
  std::string id = call.new_id("rtb");
  Value routes = Value::list();
  for (const Cidr& block : blocks_of(vpc)) routes.push_back(local_route(block));
  return Value::map(
      {{"RouteTableId", id},
       {"VpcId", vpc["VpcId"]},
       {"OwnerId", call.account},
       {"Associations", main ? Value::list({new_association(call, id, true)}) : Value::list()},
       {"PropagatingVgws", Value::list()},
       {"Routes", std::move(routes)},
       {"Tags", std::move(tags)}});
}

void refresh_local_routes(Call& call, const Value& vpc) {
  for (const std::string& id : call.find_by("route-table", "VpcId", vpc["VpcId"].as_string())) {
    Value table = *call.find("route-table", id);
    List routes;
    for (const Cidr& block : blocks_of(vpc)) routes.push_back(local_route(block));
    for (const Value& route : table["Routes"].items())
      if (route["GatewayId"].as_string() != "local") routes.push_back(route);
    table.set("Routes", Value(std::move(routes)));
    put(call, route_table_kind(), table);
  }
}

void forget_subnet_routes(Call& call, std::string_view vpc_id, std::string_view subnet_id) {
  for (const std::string& id : call.find_by("route-table", "VpcId", vpc_id)) {
    Value table = *call.find("route-table", id);
    size_t gone = std::erase_if(table.member("Associations").make_list(), [&](const Value& a) {
      return a["SubnetId"].as_string() == subnet_id;
    });
    if (gone > 0) put(call, route_table_kind(), table);
  }
}

Result<Value> create_route_table(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  TRY(Value tags, requested_tags(call, in, "route-table"));
  Value table = new_route_table(call, vpc, false, std::move(tags));
  put(call, route_table_kind(), table);
  return Value::map({{"RouteTable", std::move(table)}});
}

Result<Value> delete_route_table(Call& call, const Value& in) {
  const std::string id = in["RouteTableId"].as_string();
  TRY(Value table, get(call, route_table_kind(), id));
  if (!table["Associations"].empty())
    return aws_error("DependencyViolation",
                     "The routeTable '" + id + "' has dependencies and cannot be deleted.");
  call.remove("route-table", id);
  return answer_true();
}

Result<Value> describe_route_tables(Call& call, const Value& in) {
  return describe(call, in, route_table_kind());
}

Result<Value> associate_route_table(Call& call, const Value& in) {
  TRY(Value table, get(call, route_table_kind(), in["RouteTableId"].as_string()));
  bool gateway = in.has("GatewayId");
  const Value& target = in[gateway ? "GatewayId" : "SubnetId"];
  TRY(Value resource,
      get(call, gateway ? internet_gateway_kind() : subnet_kind(), target.as_string()));
  const char* member = gateway ? "GatewayId" : "SubnetId";
  if (!gateway && resource["VpcId"] != table["VpcId"])
    return aws_error("InvalidParameterValue", "Route table " + table["RouteTableId"].as_string() +
                                                  " and network " + target.as_string() +
                                                  " belong to different networks");
  for (const Value& a : table["Associations"].items())
    if (a[member] == target)
      return Value::map({{"AssociationId", a["RouteTableAssociationId"]},
                         {"AssociationState", a["AssociationState"]}});
  if (has_association(call, table["VpcId"], member, target))
    return aws_error("Resource.AlreadyAssociated", "the specified association for route table " +
                                                       table["RouteTableId"].as_string() +
                                                       " conflicts with an existing association");
  Value association = new_association(call, table["RouteTableId"], false);
  association.set(member, target);
  table.member("Associations").push_back(association);
  put(call, route_table_kind(), table);
  return Value::map({{"AssociationId", association["RouteTableAssociationId"]},
                     {"AssociationState", association["AssociationState"]}});
}

Result<Value> disassociate_route_table(Call& call, const Value& in) {
  const Value* found = table_of_association(call, in["AssociationId"]);
  if (!found) return no_association(in["AssociationId"]);
  Value table = *found;
  Value gone = take_association(table, in["AssociationId"]);
  if (gone["Main"].as_bool())
    return aws_error(
        "InvalidParameterValue",
        "cannot disassociate the main route table association " + in["AssociationId"].as_string());
  put(call, route_table_kind(), table);
  return answer_true();
}

Result<Value> replace_route_table_association(Call& call, const Value& in) {
  const Value* found = table_of_association(call, in["AssociationId"]);
  if (!found) return no_association(in["AssociationId"]);
  Value before = *found;
  CHECK_OK(get(call, route_table_kind(), in["RouteTableId"].as_string()));
  Value association = take_association(before, in["AssociationId"]);
  put(call, route_table_kind(), before);
  Value table = *call.find("route-table", in["RouteTableId"].as_string());
  association.set("RouteTableAssociationId", call.new_id("rtbassoc"))
      .set("RouteTableId", table["RouteTableId"]);
  table.member("Associations").push_back(association);
  put(call, route_table_kind(), table);
  return Value::map({{"NewAssociationId", association["RouteTableAssociationId"]},
                     {"AssociationState", association["AssociationState"]}});
}

}  // namespace mainstay::ec2
