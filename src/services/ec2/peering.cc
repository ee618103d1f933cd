#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

// Peering within one account and region; AWS's cross-account and cross-region forms need the other
// side's state and are refused by name.
namespace mainstay::ec2 {
namespace {

Value vpc_info(const Call& call, const Value& vpc) {
  return Value::map({{"VpcId", vpc["VpcId"]},
                     {"OwnerId", vpc["OwnerId"]},
                     {"CidrBlock", vpc["CidrBlock"]},
                     {"Region", call.region}});
}

Value status(std::string_view code, std::string_view message) {
  return Value::map({{"Code", code}, {"Message", message}});
}

// Only a connection that nobody has answered yet can be.
Result<Value> unanswered(Call& call, const Value& in, const std::string& answered) {
  const std::string& id = in["VpcPeeringConnectionId"].as_string();
  TRY(Value connection, get(call, peering_kind(), id));
  const std::string& code = connection.at_path("Status.Code").as_string();
  if (code == "pending-acceptance") return connection;
  return aws_error("InvalidStateTransition",
                   "VPC peering connection " + id + " cannot be " + answered + ": it is " + code);
}

}  // namespace

Result<Value> create_vpc_peering_connection(Call& call, const Value& in) {
  TRY(Value requester, get(call, vpc_kind(), in["VpcId"].as_string()));
  bool elsewhere = (in.has("PeerOwnerId") && in["PeerOwnerId"].as_string() != call.account) ||
                   (in.has("PeerRegion") && in["PeerRegion"].as_string() != call.region);
  if (elsewhere)
    return aws_error("Unsupported",
                     "peering with another account or region is not supported by mainstay's "
                     "embedded cloud");
  TRY(Value accepter, get(call, vpc_kind(), in["PeerVpcId"].as_string()));
  for (const Cidr& a : blocks_of(requester))
    for (const Cidr& b : blocks_of(accepter))
      if (a.overlaps(b))
        return aws_error("OperationNotPermitted", "VPCs with overlapping CIDRs cannot be peered");
  TRY(Value connection, new_document(call, in, peering_kind()));
  connection.erase("OwnerId");
  connection.set("RequesterVpcInfo", vpc_info(call, requester))
      .set("AccepterVpcInfo", vpc_info(call, accepter))
      .set("Status", status("pending-acceptance", "Pending Acceptance by " + call.account));
  put(call, peering_kind(), connection);
  return Value::map({{"VpcPeeringConnection", std::move(connection)}});
}

Result<Value> accept_vpc_peering_connection(Call& call, const Value& in) {
  TRY(Value connection, unanswered(call, in, "accepted"));
  connection.set("Status", status("active", "Active"));
  put(call, peering_kind(), connection);
  return Value::map({{"VpcPeeringConnection", std::move(connection)}});
}

Result<Value> reject_vpc_peering_connection(Call& call, const Value& in) {
  TRY(Value connection, unanswered(call, in, "rejected"));
  connection.set("Status", status("rejected", "Rejected by " + call.account));
  put(call, peering_kind(), connection);
  return answer_true();
}

Result<Value> delete_vpc_peering_connection(Call& call, const Value& in) {
  const std::string id = in["VpcPeeringConnectionId"].as_string();
  CHECK_OK(get(call, peering_kind(), id));
  call.remove("vpc-peering-connection", id);
  return answer_true();
}

Result<Value> describe_vpc_peering_connections(Call& call, const Value& in) {
  return describe(call, in, peering_kind());
}

}  // namespace mainstay::ec2
