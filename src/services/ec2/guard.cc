// What decisions about requests ask EC2: the tags of its resources, and which role an instance
// profile passes.
#include "cloud/authorization.hh"

#include "cloud/cloud.hh"
#include "cloud/condition_keys.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/instance.hh"
#include "services/ec2/resource.hh"

namespace mainstay::ec2 {
namespace {

// Requests name the profile; what is passed is the role in it. Without one the pattern of all roles
// stays, which only those who may pass every role are allowed.
void resolve_passed_role(Call& call, const Value& in, cloud::Authorization& authorization) {
  const Value& profile = in["IamInstanceProfile"];
  const std::string& arn = profile["Arn"].as_string();
  std::string name = arn.empty() ? profile["Name"].as_string() : arn.substr(arn.rfind('/') + 1);
  auto found = call.cloud.invoke(
      cloud::Caller::service_principal(call.account, "ec2.amazonaws.com"), call.account,
      call.region, "iam", "GetInstanceProfile", Value::map({{"InstanceProfileName", name}}));
  if (!found.has_value()) return;
  const Value& role = (*found)["InstanceProfile"]["Roles"].at(0);
  if (role.has("Arn")) authorization.request.resource = role["Arn"].as_string();
}

// Where the instances and interfaces come to be, if the request says it by a subnet or not at all.
void add_launch_keys(Call& call, const Value& in, cloud::Authorization& authorization) {
  const Value& named =
      in.has("SubnetId") ? in["SubnetId"] : in["NetworkInterfaces"].at(0)["SubnetId"];
  Value subnet;
  if (named.is_string()) {
    if (const Value* found = call.find("subnet", named.as_string())) subnet = *found;
  } else if (auto usual = default_subnet(call, in); usual.has_value()) {
    subnet = *usual;
  }
  if (subnet.is_null()) return;
  policy::Context& context = authorization.request.context;
  context.set("ec2:AvailabilityZone", subnet["AvailabilityZone"].as_string());
  context.set("ec2:AvailabilityZoneId", subnet["AvailabilityZoneId"].as_string());
  context.set("ec2:Subnet", call.arn("subnet/" + subnet["SubnetId"].as_string()));
  context.set("ec2:Vpc", call.arn("vpc/" + subnet["VpcId"].as_string()));
}

// ec2:Attribute and ec2:Attribute/NAME: what a Modify… operation changes. One attribute a request,
// as the API has it.
void add_modified(const Value& in, cloud::Authorization& authorization) {
  for (const auto& [name, value] : in.members()) {
    if (name.ends_with("Id") || name == "DryRun") continue;
    authorization.request.context.set("ec2:Attribute", name);
    const Value& plain = value.has("Value") ? value["Value"] : value;
    if (plain.is_scalar())
      authorization.request.context.set("ec2:Attribute/" + name, plain.to_text());
  }
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (authorization.request.action == "iam:PassRole") {
    resolve_passed_role(call, in, authorization);
    return {};
  }
  if (call.operation == "RunInstances") add_launch_keys(call, in, authorization);
  if (call.operation.starts_with("Modify")) add_modified(in, authorization);
  const std::string& arn = authorization.request.resource;
  std::string id = arn.substr(arn.rfind('/') + 1);
  const Kind* kind = kind_of_id(id);
  const Value* document = kind ? call.find(kind->table, id) : nullptr;
  if (!document) return {};
  authorization.resource_tags((*document)[tags_member(*kind)], "ec2");
  cloud::ConditionKeys::table().add_of_resource(authorization, call, *document);
  return {};
}

}  // namespace mainstay::ec2
