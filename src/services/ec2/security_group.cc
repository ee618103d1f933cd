#include <algorithm>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr size_t name_max = 255;

bool valid_text(std::string_view text) {
  constexpr std::string_view others = " ._-:/()#,@[]+=&;{}!$*";  // CreateSecurityGroup, GroupName
  return text.size() <= name_max && std::all_of(text.begin(), text.end(), [&](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) ||
                  others.find(c) != std::string_view::npos;
         });
}

std::string default_vpc(Call& call) {
  for (const auto& [id, vpc] : call.all("vpc"))
    if (vpc["IsDefault"].as_bool()) return id;
  return "";
}

Status check_names(Call& call, const Value& in, const std::string& vpc_id) {
  const std::string& name = in["GroupName"].as_string();
  if (name.empty()) return missing_parameter("GroupName");
  if (in["Description"].as_string().empty()) return missing_parameter("GroupDescription");
  if (!valid_text(name))
    return invalid_parameter(name, "GroupName", "Character sets beyond ASCII are not supported.");
  if (name.starts_with("sg-"))
    return invalid_parameter(name, "groupName", "Group names may not be in the format sg-*.");
  if (!valid_text(in["Description"].as_string()))
    return invalid_parameter(in["Description"].as_string(), "GroupDescription",
                             "Character sets beyond ASCII are not supported.");
  for (const std::string& id : call.find_by("security-group", "VpcId", vpc_id))
    if ((*call.find("security-group", id))["GroupName"].as_string() == name)
      return aws_error("InvalidGroup.Duplicate",
                       "The security group '" + name + "' already exists for VPC '" + vpc_id + "'");
  return {};
}

Value group_document(Call& call, std::string_view vpc_id, std::string_view name,
                     std::string_view description, Value tags) {
  std::string id = call.new_id("sg");
  return Value::map({{"GroupId", id},
                     {"GroupName", name},
                     {"Description", description},
                     {"VpcId", vpc_id},
                     {"OwnerId", call.account},
                     {"SecurityGroupArn", call.arn("security-group/" + id)},
                     {"IpPermissions", Value::list()},
                     {"IpPermissionsEgress", Value::list()},
                     {"Tags", std::move(tags)}});
}

// Every new group lets all traffic out (VPC user guide, "Security group rules").
Status allow_all_out(Call& call, const Value& group_id) {
  Value everywhere = Value::list({Value::map({{"CidrIp", "0.0.0.0/0"}})});
  Value permission = Value::map({{"IpProtocol", "-1"}, {"IpRanges", everywhere}});
  CHECK_OK(authorize_egress(
      call, Value::map({{"GroupId", group_id}, {"IpPermissions", Value::list({permission})}})));
  return {};
}

bool referenced(Call& call, const std::string& group_id) {
  for (const std::string& id :
       call.find_by("security-group-rule", "ReferencedGroupInfo.GroupId", group_id))
    if ((*call.find("security-group-rule", id))["GroupId"].as_string() != group_id) return true;
  for (const auto& [id, interface] : call.all("network-interface"))
    for (const Value& group : interface["Groups"].items())
      if (group["GroupId"].as_string() == group_id) return true;
  return false;
}

}  // namespace

Result<Value> new_default_group(Call& call, std::string_view vpc_id) {
  Value group =
      group_document(call, vpc_id, "default", "default VPC security group", Value::list());
  put(call, security_group_kind(), group);
  Value pair = Value::list({Value::map({{"GroupId", group["GroupId"]}, {"UserId", call.account}})});
  Value permission = Value::map({{"IpProtocol", "-1"}, {"UserIdGroupPairs", pair}});
  CHECK_OK(authorize_ingress(call, Value::map({{"GroupId", group["GroupId"]},
                                               {"IpPermissions", Value::list({permission})}})));
  CHECK_OK(allow_all_out(call, group["GroupId"]));
  return *call.find("security-group", group["GroupId"].as_string());
}

void remove_group(Call& call, std::string_view group_id) {
  for (const std::string& rule : call.find_by("security-group-rule", "GroupId", group_id))
    call.remove("security-group-rule", rule);
  call.remove("security-group", group_id);
}

Result<Value> create_security_group(Call& call, const Value& in) {
  std::string vpc_id = in.has("VpcId") ? in["VpcId"].as_string() : default_vpc(call);
  if (vpc_id.empty()) return aws_error("VPCIdNotSpecified", "No default VPC for this user");
  CHECK_OK(get(call, vpc_kind(), vpc_id));
  CHECK_OK(check_names(call, in, vpc_id));
  TRY(Value tags, requested_tags(call, in, "security-group"));
  Value group = group_document(call, vpc_id, in["GroupName"].as_string(),
                               in["Description"].as_string(), tags);
  put(call, security_group_kind(), group);
  CHECK_OK(allow_all_out(call, group["GroupId"]));
  return Value::map({{"GroupId", group["GroupId"]},
                     {"SecurityGroupArn", group["SecurityGroupArn"]},
                     {"Tags", std::move(tags)}});
}

Result<Value> delete_security_group(Call& call, const Value& in) {
  std::string id = in["GroupId"].as_string();
  if (id.empty() && in.has("GroupName")) {
    for (const std::string& candidate : call.find_by("security-group", "VpcId", default_vpc(call)))
      if ((*call.find("security-group", candidate))["GroupName"] == in["GroupName"]) id = candidate;
    if (id.empty())
      return aws_error("InvalidGroup.NotFound",
                       "The security group '" + in["GroupName"].as_string() + "' does not exist");
  }
  TRY(Value group, get(call, security_group_kind(), id));
  if (group["GroupName"].as_string() == "default")
    return aws_error("CannotDelete", "the specified group: \"" + id +
                                         "\" name: \"default\" cannot be deleted by a user");
  if (referenced(call, id))
    return aws_error("DependencyViolation", "resource " + id + " has a dependent object");
  remove_group(call, id);
  return Value::map({{"Return", true}, {"GroupId", id}});
}

Result<Value> describe_security_groups(Call& call, const Value& in) {
  if (in["GroupNames"].empty()) return describe(call, in, security_group_kind());
  Value query = in;
  Value& filters = query.member("Filters");
  filters.push_back(Value::map({{"Name", "group-name"}, {"Values", in["GroupNames"]}}));
  TRY(Value out, describe(call, query, security_group_kind()));
  for (const Value& name : in["GroupNames"].items()) {
    const List& found = out["SecurityGroups"].items();
    if (std::none_of(found.begin(), found.end(),
                     [&](const Value& g) { return g["GroupName"] == name; }))
      return aws_error("InvalidGroup.NotFound",
                       "The security group '" + name.as_string() + "' does not exist");
  }
  return out;
}

}  // namespace mainstay::ec2
