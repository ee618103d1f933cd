#include <algorithm>

#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

Result<Value> get_profile(Call& call, const Value& in) {
  const std::string& name = in["InstanceProfileName"].as_string();
  const Value* found = call.find("instance-profile", key_of(name));
  if (!found) return no_such_entity("Instance Profile " + name + " cannot be found.");
  return *found;
}

void put_profile(Call& call, const Value& profile) {
  call.put("instance-profile", key_of(profile["InstanceProfileName"].as_string()), profile);
}

}  // namespace

Value shown_profile(Call& call, const Value& profile) {
  Value out = profile, roles = Value::list();
  for (const Value& name : profile["_roles"].items())
    if (const Value* document = call.find("role", key_of(name.as_string())))
      roles.push_back(shown(*document));
  out.erase("_roles");
  return out.set("Roles", std::move(roles));
}

std::vector<Value> profiles_of_role(Call& call, const std::string& role_name) {
  std::vector<Value> out;
  for (const std::string& key : call.find_by("instance-profile", "_roles.0", role_name))
    out.push_back(*call.find("instance-profile", key));
  return out;
}

Result<Value> create_instance_profile(Call& call, const Value& in) {
  const std::string& name = in["InstanceProfileName"].as_string();
  if (call.find("instance-profile", key_of(name)))
    return already_exists("Instance Profile " + name + " already exists.");
  CHECK_OK(check_tags(in["Tags"]));
  Value profile = Value::map({{"Path", path_of(in)},
                              {"InstanceProfileName", name},
                              {"InstanceProfileId", unique_id(call, "AIPA")},
                              {"Arn", call.arn("instance-profile" + path_of(in) + name)},
                              {"CreateDate", Time{call.now.ms / 1000 * 1000}},
                              {"_roles", Value::list()},
                              {"Tags", in["Tags"].is_list() ? in["Tags"] : Value::list()}});
  put_profile(call, profile);
  return Value::map({{"InstanceProfile", shown_profile(call, profile)}});
}

Result<Value> get_instance_profile(Call& call, const Value& in) {
  TRY(Value profile, get_profile(call, in));
  return with_trust(call, Value::map({{"InstanceProfile", shown_profile(call, profile)}}));
}

Result<Value> list_instance_profiles(Call& call, const Value& in) {
  List items;
  for (const auto& [key, profile] : call.all("instance-profile"))
    items.push_back(shown_profile(call, profile));
  TRY(Value out, page(in, std::move(items), "InstanceProfiles", "InstanceProfileName"));
  return with_trust(call, std::move(out));
}

Result<Value> list_instance_profiles_for_role(Call& call, const Value& in) {
  TRY(Value document, get(call, role, in));
  List items;
  for (const Value& profile : profiles_of_role(call, document["RoleName"].as_string()))
    items.push_back(shown_profile(call, profile));
  TRY(Value out, page(in, std::move(items), "InstanceProfiles", "InstanceProfileName"));
  return with_trust(call, std::move(out));
}

Result<Value> delete_instance_profile(Call& call, const Value& in) {
  TRY(Value profile, get_profile(call, in));
  if (!profile["_roles"].empty())
    return delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  call.remove("instance-profile", key_of(profile["InstanceProfileName"].as_string()));
  return Value::map({});
}

Result<Value> add_role_to_instance_profile(Call& call, const Value& in) {
  TRY(Value profile, get_profile(call, in));
  TRY(Value document, get(call, role, in));
  if (!profile["_roles"].empty())
    return aws_error("LimitExceeded",
                     "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409);
  put_profile(call, profile.set("_roles", Value::list({document["RoleName"]})));
  return Value::map({});
}

Result<Value> remove_role_from_instance_profile(Call& call, const Value& in) {
  TRY(Value profile, get_profile(call, in));
  TRY(Value document, get(call, role, in));
  if (profile["_roles"].at(0) != document["RoleName"])
    return no_such_entity("The role with name " + in["RoleName"].as_string() + " cannot be found.");
  put_profile(call, profile.set("_roles", Value::list()));
  return Value::map({});
}

Result<Value> tag_instance_profile(Call& call, const Value& in) {
  TRY(Value profile, get_profile(call, in));
  Value tags = set_tags(profile["Tags"], in["Tags"]);
  CHECK_OK(check_tags(tags));
  put_profile(call, profile.set("Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_instance_profile(Call& call, const Value& in) {
  TRY(Value profile, get_profile(call, in));
  put_profile(call, profile.set("Tags", remove_tags(profile["Tags"], in["TagKeys"])));
  return Value::map({});
}

Result<Value> list_instance_profile_tags(Call& call, const Value& in) {
  TRY(Value profile, get_profile(call, in));
  return Value::map({{"Tags", profile["Tags"]}, {"IsTruncated", false}});
}

}  // namespace mainstay::iam
