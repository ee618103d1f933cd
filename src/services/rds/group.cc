// Subnet groups, parameter groups of instances and of clusters.
#include <algorithm>
#include <set>

#include "base/text.hh"
#include "services/rds/handlers.hh"

namespace mainstay::rds {
namespace {

Result<Value> subnets_of(Call& call, const Value& in) {
  auto found = call.invoke("ec2", "DescribeSubnets", Value::map({{"SubnetIds", in["SubnetIds"]}}));
  if (!found.has_value())
    return aws_error("InvalidSubnet", "Some input subnets in :[" +
                                          in["SubnetIds"].at(0).as_string() + "] are invalid.");
  return (*found)["Subnets"];
}

// "Subnet groups must contain at least two subnets in two different Availability Zones in the same
// region" (CreateDBSubnetGroup).
Status set_subnets(Call& call, const Value& in, Value& group) {
  TRY(Value subnets, subnets_of(call, in));
  std::set<std::string> zones, networks;
  Value shown_subnets = Value::list();
  for (const Value& subnet : subnets.items()) {
    zones.insert(subnet["AvailabilityZone"].as_string());
    networks.insert(subnet["VpcId"].as_string());
    shown_subnets.push_back(
        Value::map({{"SubnetIdentifier", subnet["SubnetId"]},
                    {"SubnetAvailabilityZone", Value::map({{"Name", subnet["AvailabilityZone"]}})},
                    {"SubnetOutpost", Value::map({})},
                    {"SubnetStatus", "Active"}}));
  }
  if (networks.size() > 1)
    return aws_error("InvalidSubnet",
                     "The DB subnet group doesn't meet VPC requirements: its "
                     "subnets are of more than one VPC.");
  if (zones.size() < 2)
    return aws_error("DBSubnetGroupDoesNotCoverEnoughAZs",
                     "The DB subnet group doesn't meet Availability Zone (AZ) coverage "
                     "requirement. Current AZ coverage: " +
                         (zones.empty() ? std::string() : *zones.begin()) +
                         ". Add subnets to cover at least 2 AZs.");
  group.set("Subnets", std::move(shown_subnets)).set("VpcId", *networks.begin());
  return {};
}

bool is_used(const Call& call, const char* table, const std::function<bool(const Value&)>& uses) {
  const auto& all = call.all(table);
  return std::any_of(all.begin(), all.end(), [&](const auto& entry) { return uses(entry.second); });
}

struct GroupOf {
  const Kind& kind;
  const char* answer;
  const char* name;  // its member in requests
};

Result<Value> create_group(Call& call, const Value& in, const GroupOf& of) {
  TRY(std::string name, new_identifier(call, of.kind, in, of.name));
  if (name.starts_with("default."))
    return invalid("Names that begin with default. are those of AWS's own groups.");
  Value group = Value::map({{of.name, name},
                            {"DBParameterGroupFamily", in["DBParameterGroupFamily"]},
                            {"Description", in["Description"]},
                            {std::string(of.kind.arn), arn_of(call, of.kind, name)},
                            {"_Parameters", Value::map({})}});
  CHECK_OK(tag_new(call, group, in));
  put(call, of.kind, group);
  Value out = shown(group);
  out.erase("TagList");
  return Value::map({{of.answer, std::move(out)}});
}

Result<Value> describe_groups(Call& call, const Value& in, const GroupOf& of) {
  auto show = [](Value group) {
    group = shown(group);
    group.erase("TagList");
    return group;
  };
  const std::string list_name(of.kind.resource.list);
  if (in.has(of.name)) {
    TRY(Value found, find(call, of.kind, in, of.name));
    return Value::map({{list_name, Value::list({show(found)})}});
  }
  TRY(Value out, list(call, of.kind, in, {}));
  Value groups = Value::list();
  for (const Value& group : out[list_name].items()) groups.push_back(show(group));
  return out.set(list_name, std::move(groups));
}

// "Changes to dynamic parameters are applied immediately; those to static ones after a reboot."
Result<Value> modify_group(Call& call, const Value& in, const GroupOf& of) {
  constexpr size_t parameters_at_once = 20;
  TRY(Value group, find(call, of.kind, in, of.name));
  if (in["Parameters"].size() > parameters_at_once)
    return invalid("At most 20 parameters can be modified in a single request.");
  for (const Value& parameter : in["Parameters"].items()) {
    if (!parameter.has("ParameterName") || !parameter.has("ParameterValue"))
      return aws_error("MissingParameter",
                       "A parameter needs ParameterName, ParameterValue and ApplyMethod.");
    group.member("_Parameters").set(parameter["ParameterName"].as_string(), parameter);
  }
  put(call, of.kind, group);
  return Value::map({{of.name, group[of.name]}});
}

// Only those that were set: the engines' own lists are not carried here.
Result<Value> describe_group(Call& call, const Value& in, const GroupOf& of) {
  if (in[of.name].as_string().starts_with("default."))
    return Value::map({{"Parameters", Value::list()}});
  TRY(Value group, find(call, of.kind, in, of.name));
  const std::string& source = in["Source"].as_string();
  Value out = Value::list();
  if (source.empty() || source == "user")
    for (const auto& [name, parameter] : group["_Parameters"].members())
      out.push_back(Value(parameter).set("Source", "user").set("IsModifiable", true));
  return Value::map({{"Parameters", std::move(out)}});
}

Result<Value> delete_group(Call& call, const Value& in, const GroupOf& of, const char* users) {
  TRY(Value group, find(call, of.kind, in, of.name));
  const std::string& name = group[of.name].as_string();
  bool used = is_used(call, users, [&](const Value& user) {
    return user["DBParameterGroups"].at(0)["DBParameterGroupName"].as_string() == name ||
           user["DBClusterParameterGroup"].as_string() == name;
  });
  if (used)
    return aws_error("InvalidDBParameterGroupState",
                     "One or more database instances are still members of this parameter group " +
                         name + ", so the group cannot be deleted");
  remove(call, of.kind, group);
  return Value::map({});
}

constexpr GroupOf of_instances{parameter_group_kind, "DBParameterGroup", "DBParameterGroupName"};
constexpr GroupOf of_clusters{cluster_parameter_group_kind, "DBClusterParameterGroup",
                              "DBClusterParameterGroupName"};

}  // namespace

Result<Value> create_subnet_group(Call& call, const Value& in) {
  TRY(std::string name, new_identifier(call, subnet_group_kind, in, "DBSubnetGroupName"));
  Value group = Value::map({{"DBSubnetGroupName", name},
                            {"DBSubnetGroupDescription", in["DBSubnetGroupDescription"]},
                            {"SubnetGroupStatus", "Complete"},
                            {"DBSubnetGroupArn", arn_of(call, subnet_group_kind, name)},
                            {"SupportedNetworkTypes", Value::list({"IPV4"})}});
  CHECK_OK(set_subnets(call, in, group));
  CHECK_OK(tag_new(call, group, in));
  put(call, subnet_group_kind, group);
  Value out = shown(group);
  out.erase("TagList");
  return Value::map({{"DBSubnetGroup", std::move(out)}});
}

Result<Value> describe_subnet_groups(Call& call, const Value& in) {
  return describe_groups(call, in, {subnet_group_kind, "DBSubnetGroup", "DBSubnetGroupName"});
}

Result<Value> modify_subnet_group(Call& call, const Value& in) {
  TRY(Value group, find(call, subnet_group_kind, in, "DBSubnetGroupName"));
  if (in.has("DBSubnetGroupDescription"))
    group.set("DBSubnetGroupDescription", in["DBSubnetGroupDescription"]);
  CHECK_OK(set_subnets(call, in, group));
  put(call, subnet_group_kind, group);
  Value out = shown(group);
  out.erase("TagList");
  return Value::map({{"DBSubnetGroup", std::move(out)}});
}

Result<Value> delete_subnet_group(Call& call, const Value& in) {
  TRY(Value group, find(call, subnet_group_kind, in, "DBSubnetGroupName"));
  const Value& name = group["DBSubnetGroupName"];
  bool used = is_used(call, "instance",
                      [&](const Value& instance) {
                        return instance["DBSubnetGroup"]["DBSubnetGroupName"] == name;
                      }) ||
              is_used(call, "cluster", [&](const Value& c) { return c["DBSubnetGroup"] == name; });
  if (used)
    return aws_error("InvalidDBSubnetGroupStateFault",
                     "Cannot delete the subnet group '" + name.as_string() +
                         "' because at least one database instance is still using it.");
  remove(call, subnet_group_kind, group);
  return Value::map({});
}

Result<Value> create_parameter_group(Call& call, const Value& in) {
  return create_group(call, in, of_instances);
}
Result<Value> describe_parameter_groups(Call& call, const Value& in) {
  return describe_groups(call, in, of_instances);
}
Result<Value> modify_parameter_group(Call& call, const Value& in) {
  return modify_group(call, in, of_instances);
}
Result<Value> describe_parameters(Call& call, const Value& in) {
  return describe_group(call, in, of_instances);
}
Result<Value> delete_parameter_group(Call& call, const Value& in) {
  return delete_group(call, in, of_instances, "instance");
}
Result<Value> create_cluster_parameter_group(Call& call, const Value& in) {
  return create_group(call, in, of_clusters);
}
Result<Value> describe_cluster_parameter_groups(Call& call, const Value& in) {
  return describe_groups(call, in, of_clusters);
}
Result<Value> modify_cluster_parameter_group(Call& call, const Value& in) {
  return modify_group(call, in, of_clusters);
}
Result<Value> describe_cluster_parameters(Call& call, const Value& in) {
  return describe_group(call, in, of_clusters);
}
Result<Value> delete_cluster_parameter_group(Call& call, const Value& in) {
  return delete_group(call, in, of_clusters, "cluster");
}

}  // namespace mainstay::rds
