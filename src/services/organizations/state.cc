#include "services/organizations/state.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::organizations {
namespace {

constexpr size_t tags_max = 50;

Error with_reason(Error error, std::string reason) {
  error.fields = std::make_shared<const Value>(Value::map({{"Reason", std::move(reason)}}));
  return error;
}

std::string_view table_of(std::string_view id) {
  return is_account_id(id) ? "account" : "node";
}

}  // namespace

Error invalid_input(std::string message, std::string reason) {
  return with_reason(aws_error("InvalidInputException", std::move(message)), std::move(reason));
}

Error constraint(std::string message, std::string reason) {
  return with_reason(aws_error("ConstraintViolationException", std::move(message)),
                     std::move(reason));
}

Error access_denied() {
  return aws_error("AccessDeniedException", "You don't have permissions to access this resource.");
}

Error no_parent() {
  return aws_error("ParentNotFoundException", "You specified a parent that doesn't exist.");
}

Error no_account() {
  return aws_error("AccountNotFoundException", "You specified an account that doesn't exist.");
}

std::string kind_of(std::string_view id) {
  if (is_account_id(id)) return "ACCOUNT";
  return id.starts_with("r-") ? "ROOT" : "ORGANIZATIONAL_UNIT";
}

std::string_view parents_relation(std::string_view id) {
  return is_account_id(id) ? relation::accounts_in : relation::units_in;
}

Result<Value> own_organization(Call& call) {
  const Value* account = call.find("account", call.account);
  if (!account)
    return aws_error("AWSOrganizationsNotInUseException",
                     "Your account is not a member of an organization.");
  return *call.find("organization", (*account)["_Organization"].as_string());
}

Result<Value> managed_organization(Call& call) {
  TRY(Value organization, own_organization(call));
  if (organization["MasterAccountId"].as_string() != call.account) return access_denied();
  return organization;
}

Result<Value> organization_to_change(Call& call) {
  TRY(Value organization, managed_organization(call));
  raise_revision(call, organization["Id"].as_string());
  return *call.find("organization", organization["Id"].as_string());
}

void raise_revision(Call& call, const std::string& organization_id) {
  Value organization = *call.find("organization", organization_id);
  organization.set("_Revision", organization["_Revision"].as_int() + 1);
  call.put("organization", organization_id, std::move(organization));
}

Result<Value> find_target(Call& call, const Value& organization, const std::string& id,
                          const Error& missing) {
  const Value* found = call.find(table_of(id), id);
  if (!found || (*found)["_Organization"] != organization["Id"]) return missing;
  return *found;
}

void put_target(Call& call, const Value& target) {
  const std::string& id = target["Id"].as_string();
  call.put(table_of(id), id, target);
}

Value shown(const Value& document) {
  Value out = Value::map({});
  for (const auto& [name, value] : document.members())
    if (!name.starts_with("_")) out.set(name, value);
  return out;
}

std::string arn_in(const Value& organization, std::string_view kind, std::string_view id) {
  return "arn:aws:organizations::" + organization["MasterAccountId"].as_string() + ":" +
         std::string(kind) + "/" + organization["Id"].as_string() + "/" + std::string(id);
}

std::string new_name(Call& call, std::string_view prefix, size_t length) {
  return std::string(prefix) + to_lower(call.random.alphanumeric(length));
}

Status check_tags(const Value& tags) {
  std::set<std::string_view> seen;
  for (const Value& tag : tags.items()) {
    const std::string& key = tag["Key"].as_string();
    if (to_lower(key).starts_with("aws:"))
      return invalid_input("You specified a tag key that begins with the reserved prefix aws:.",
                           "INVALID_SYSTEM_TAGS_PARAMETER");
    if (!seen.insert(key).second)
      return invalid_input("You specified the tag key " + key + " more than once.",
                           "DUPLICATE_TAG_KEY");
  }
  if (tags.size() > tags_max)
    return constraint("You have exceeded the maximum number of tags (50) of a resource.",
                      "MAX_TAG_LIMIT_EXCEEDED");
  return {};
}

}  // namespace mainstay::organizations
