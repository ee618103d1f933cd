#include <algorithm>

#include "services/organizations/organizations.hh"
#include "services/organizations/policy.hh"

namespace mainstay::organizations {
namespace {

ControlLevel level_of(const store::Unit& unit, const Value& target, std::string_view type) {
  ControlLevel level{target["Id"].as_string(), {}};
  for (const Value& id : target["_Policies"][type].items()) {
    Value policy = policy_by_id(unit, target["_Organization"].as_string(), id.as_string());
    level.policies.push_back(
        {id.as_string(), policy["Arn"].as_string(), policy["_Content"].as_string()});
  }
  return level;
}

// The account and what it is below, root first.
std::vector<const Value*> lineage(const store::Unit& unit, const Value* account) {
  std::vector<const Value*> out;
  for (const Value* at = account; at; at = unit.find("node", (*at)["_Parent"].as_string()))
    out.push_back(at);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

Standing standing_of(const store::Unit& unit, std::string_view account) {
  Standing standing;
  const Value* member = unit.find("account", account);
  if (!member) return standing;
  const Value& organization = *unit.find("organization", (*member)["_Organization"].as_string());
  standing.member = true;
  standing.organization_id = organization["Id"].as_string();
  standing.management_account = organization["MasterAccountId"].as_string();
  standing.management = standing.management_account == account;
  standing.path = standing.organization_id + "/";
  for (const Value* target : lineage(unit, member)) {
    if (target != member) standing.path += (*target)["Id"].as_string() + "/";
    if (is_enabled(organization, scp_type))
      standing.service_control.push_back(level_of(unit, *target, scp_type));
    if (is_enabled(organization, rcp_type))
      standing.resource_control.push_back(level_of(unit, *target, rcp_type));
  }
  return standing;
}

std::string standing_revision(const store::Unit& unit, std::string_view account) {
  const Value* member = unit.find("account", account);
  if (!member) return "";
  const std::string& id = (*member)["_Organization"].as_string();
  return id + ":" + (*unit.find("organization", id))["_Revision"].to_text();
}

}  // namespace mainstay::organizations
