#include "services/organizations/handlers.hh"
#include "services/organizations/policy.hh"

namespace mainstay::organizations {
namespace {

constexpr size_t depth_max = 5;  // of units below the root (user guide, "Quotas")

Error no_unit() {
  return aws_error("OrganizationalUnitNotFoundException",
                   "You specified an organizational unit that doesn't exist.");
}

Result<Value> find_unit(Call& call, const Value& organization, const Value& in) {
  return find_target(call, organization, in["OrganizationalUnitId"].as_string(), no_unit());
}

// Names are taken by what stands under the same parent.
std::string name_key(const Value& parent, const std::string& name) {
  return parent["Id"].as_string() + "|" + name;
}

Status check_name_free(Call& call, const Value& parent, const std::string& name) {
  if (call.find("unit-name", name_key(parent, name)))
    return aws_error("DuplicateOrganizationalUnitException",
                     "An OU with the same name already exists.");
  return {};
}

size_t depth_of(Call& call, const Value& node) {
  size_t depth = 0;
  for (const Value* at = &node; at && !(*at)["_Parent"].as_string().empty();
       at = call.find("node", (*at)["_Parent"].as_string()))
    ++depth;
  return depth;
}

Value answer_unit(const Value& unit) {
  return Value::map({{"OrganizationalUnit", shown(unit)}});
}

}  // namespace

Result<Value> create_unit(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  CHECK_OK(check_tags(in["Tags"]));
  TRY(Value parent, find_target(call, organization, in["ParentId"].as_string(), no_parent()));
  std::string name = in["Name"].as_string();
  CHECK_OK(check_name_free(call, parent, name));
  if (depth_of(call, parent) >= depth_max)
    return constraint("You have exceeded the maximum depth of organizational units.",
                      "OU_DEPTH_LIMIT_EXCEEDED");
  std::string root = organization["_Root"].as_string().substr(2);
  std::string id = new_name(call, "ou-" + root + "-", 8);
  Value unit = Value::map({{"Id", id},
                           {"Arn", arn_in(organization, "ou", id)},
                           {"Name", name},
                           {"_Organization", organization["Id"]},
                           {"_Parent", parent["Id"]},
                           {"_Tags", Value(List(in["Tags"].items()))}});
  attach_defaults(call, organization, unit);
  put_target(call, unit);
  call.put("unit-name", name_key(parent, name), id);
  relate(call, relation::units_in, parent["Id"].as_string(), id);
  return answer_unit(unit);
}

Result<Value> describe_unit(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  TRY(Value unit, find_unit(call, organization, in));
  return answer_unit(unit);
}

Result<Value> update_unit(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  TRY(Value unit, find_unit(call, organization, in));
  if (in.has("Name") && in["Name"] != unit["Name"]) {
    TRY(Value parent, find_target(call, organization, unit["_Parent"].as_string(), no_parent()));
    CHECK_OK(check_name_free(call, parent, in["Name"].as_string()));
    call.remove("unit-name", name_key(parent, unit["Name"].as_string()));
    call.put("unit-name", name_key(parent, in["Name"].as_string()), unit["Id"]);
    unit.set("Name", in["Name"]);
    put_target(call, unit);
  }
  return answer_unit(unit);
}

Result<Value> delete_unit(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  TRY(Value unit, find_unit(call, organization, in));
  std::string id = unit["Id"].as_string();
  if (has_related(call, relation::units_in, id) || has_related(call, relation::accounts_in, id))
    return aws_error("OrganizationalUnitNotEmptyException",
                     "The specified OU is not empty. Move all accounts to another root or to "
                     "other OUs, remove all child OUs, and try the operation again.");
  TRY(Value parent, find_target(call, organization, unit["_Parent"].as_string(), no_parent()));
  detach_everything(call, unit);
  unrelate(call, relation::units_in, parent["Id"].as_string(), id);
  call.remove("unit-name", name_key(parent, unit["Name"].as_string()));
  call.remove("node", id);
  return Value::map({});
}

}  // namespace mainstay::organizations
