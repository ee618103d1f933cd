// What decisions about requests ask EC2: the tags of its resources, and which role an instance
// profile passes.
#include "cloud/access.hh"

#include "cloud/cloud.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/resource.hh"

namespace mainstay::ec2 {
namespace {

// Requests name the profile; what is passed is the role in it. Without one the pattern of all roles
// stays, which only those who may pass every role are allowed.
void resolve_passed_role(Call& call, const Value& in, cloud::Access& access) {
  const Value& profile = in["IamInstanceProfile"];
  const std::string& arn = profile["Arn"].as_string();
  std::string name = arn.empty() ? profile["Name"].as_string() : arn.substr(arn.rfind('/') + 1);
  auto found = call.cloud.invoke(
      cloud::Caller::service_principal(call.account, "ec2.amazonaws.com"), call.account,
      call.region, "iam", "GetInstanceProfile", Value::map({{"InstanceProfileName", name}}));
  if (!found.has_value()) return;
  const Value& role = (*found)["InstanceProfile"]["Roles"].at(0);
  if (role.has("Arn")) access.request.resource = role["Arn"].as_string();
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Access& access) {
  if (access.request.action == "iam:PassRole") {
    resolve_passed_role(call, in, access);
    return {};
  }
  const std::string& arn = access.request.resource;
  std::string id = arn.substr(arn.rfind('/') + 1);
  const Kind* kind = kind_of_id(id);
  const Value* document = kind ? call.find(kind->table, id) : nullptr;
  if (!document) return {};
  access.resource_tags((*document)[tags_member(*kind)], "ec2");
  for (const char* member : {"VpcId", "SubnetId"})
    if (document->has(member)) {
      bool vpc = std::string_view(member) == "VpcId";
      access.request.context.set(
          vpc ? "ec2:Vpc" : "ec2:Subnet",
          call.arn((vpc ? "vpc/" : "subnet/") + (*document)[member].as_string()));
    }
  return {};
}

}  // namespace mainstay::ec2
