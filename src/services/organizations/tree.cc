#include "base/text.hh"
#include "services/organizations/handlers.hh"

namespace mainstay::organizations {
namespace {

// The id of a root or unit that is there.
Result<std::string> parent_in(Call& call, const Value& organization, const std::string& id,
                              const Error& missing) {
  if (is_account_id(id)) return missing;
  TRY(Value parent, find_target(call, organization, id, missing));
  return parent["Id"].as_string();
}

Result<Value> list_below(Call& call, const Value& in, std::string_view relation,
                         std::string_view list,
                         const std::function<Value(const std::string&)>& show) {
  TRY(Value organization, managed_organization(call));
  TRY(std::string parent, parent_in(call, organization, in["ParentId"].as_string(), no_parent()));
  return page_of(call, in, relation, parent, list, show);
}

}  // namespace

Result<Value> list_units_for_parent(Call& call, const Value& in) {
  return list_below(call, in, relation::units_in, "OrganizationalUnits",
                    [&](const std::string& id) { return shown(*call.find("node", id)); });
}

Result<Value> list_accounts_for_parent(Call& call, const Value& in) {
  return list_below(call, in, relation::accounts_in, "Accounts",
                    [&](const std::string& id) { return shown(*call.find("account", id)); });
}

Result<Value> list_children(Call& call, const Value& in) {
  bool accounts = in["ChildType"].as_string() == "ACCOUNT";
  return list_below(
      call, in, accounts ? relation::accounts_in : relation::units_in, "Children",
      [&](const std::string& id) { return Value::map({{"Id", id}, {"Type", in["ChildType"]}}); });
}

Result<Value> list_parents(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  TRY(Value child, find_target(call, organization, in["ChildId"].as_string(),
                               aws_error("ChildNotFoundException",
                                         "You specified a child that doesn't exist.")));
  const std::string& parent = child["_Parent"].as_string();
  Value parents = Value::list();
  if (!parent.empty()) parents.push_back(Value::map({{"Id", parent}, {"Type", kind_of(parent)}}));
  return Value::map({{"Parents", std::move(parents)}});
}

Result<Value> move_account(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  TRY(Value account, find_target(call, organization, in["AccountId"].as_string(), no_account()));
  Error no_source = aws_error("SourceParentNotFoundException",
                              "You specified a source parent that doesn't exist.");
  TRY(std::string source,
      parent_in(call, organization, in["SourceParentId"].as_string(), no_source));
  TRY(std::string destination,
      parent_in(call, organization, in["DestinationParentId"].as_string(),
                aws_error("DestinationParentNotFoundException",
                          "You specified a destination parent that doesn't exist.")));
  const std::string id = account["Id"].as_string();
  if (account["_Parent"].as_string() == destination)
    return aws_error("DuplicateAccountException",
                     "That account is already present in the specified destination.");
  if (account["_Parent"].as_string() != source) return no_source;
  unrelate(call, relation::accounts_in, source, id);
  relate(call, relation::accounts_in, destination, id);
  put_target(call, account.set("_Parent", destination));
  return Value::map({});
}

}  // namespace mainstay::organizations
