#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/organizations/handlers.hh"
#include "services/organizations/membership.hh"
#include "services/organizations/policy.hh"

namespace mainstay::organizations {
namespace {

// A number that is no account's yet, as far as organizations know.
std::string new_account_id(Call& call) {
  for (;;) {
    std::string id;
    for (int digit = 0; digit < 12; ++digit)
      id +=
          static_cast<char>('0' + (digit == 0 ? 1 + call.random.below(9) : call.random.below(10)));
    if (!call.find("account", id)) return id;
  }
}

// The role by which the management account enters a new account. As a service: it asks nobody.
Status make_access_role(Call& call, const std::string& account, const std::string& role) {
  if (!call.cloud.has_service("iam")) return {};
  Value trust = Value::map(
      {{"Version", "2012-10-17"},
       {"Statement",
        Value::list({Value::map(
            {{"Effect", "Allow"},
             {"Principal", Value::map({{"AWS", "arn:aws:iam::" + call.account + ":root"}})},
             {"Action", "sts:AssumeRole"}})})}});
  auto iam = [&](std::string_view operation, Value in) {
    return call.cloud.invoke(
        cloud::Caller::service_principal(account, "organizations.amazonaws.com"), account,
        call.region, "iam", operation, std::move(in));
  };
  CHECK_OK(iam("CreateRole",
               Value::map({{"RoleName", role}, {"AssumeRolePolicyDocument", to_json(trust)}})));
  CHECK_OK(iam("AttachRolePolicy",
               Value::map({{"RoleName", role},
                           {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}})));
  return {};
}

}  // namespace

std::string made_up_email(const std::string& account) {
  return "account-" + account + "@example.com";
}

std::string account_of_email(Call& call, const std::string& email) {
  const Value* found = call.find("email", to_lower(email));
  return found ? found->as_string() : "";
}

void add_account(Call& call, const Value& organization, const NewAccount& added) {
  std::string root = organization["_Root"].as_string();
  Value account = Value::map({{"Id", added.id},
                              {"Arn", arn_in(organization, "account", added.id)},
                              {"Email", added.email},
                              {"Name", added.name},
                              {"Status", "ACTIVE"},
                              {"State", "ACTIVE"},
                              {"JoinedMethod", added.joined},
                              {"JoinedTimestamp", call.now},
                              {"_Organization", organization["Id"]},
                              {"_Parent", root},
                              {"_Tags", Value(List(added.tags.items()))}});
  attach_defaults(call, organization, account);
  put_target(call, account);
  call.put("email", to_lower(added.email), added.id);
  relate(call, relation::accounts_of, organization["Id"].as_string(), added.id);
  relate(call, relation::accounts_in, root, added.id);
}

void remove_account(Call& call, Value account) {
  std::string id = account["Id"].as_string();
  detach_everything(call, account);
  unrelate(call, relation::accounts_of, account["_Organization"].as_string(), id);
  unrelate(call, relation::accounts_in, account["_Parent"].as_string(), id);
  call.remove("email", to_lower(account["Email"].as_string()));
  call.remove("account", id);
}

Result<Value> create_account(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  CHECK_OK(check_tags(in["Tags"]));
  std::string request_id = "car-" + call.random.hex(32);
  Value request = Value::map({{"Id", request_id},
                              {"AccountName", in["AccountName"]},
                              {"RequestedTimestamp", call.now},
                              {"CompletedTimestamp", call.now},
                              {"_Organization", organization["Id"]}});
  std::string email = in["Email"].as_string();
  if (!account_of_email(call, email).empty()) {
    request.set("State", "FAILED").set("FailureReason", "EMAIL_ALREADY_EXISTS");
  } else {
    std::string id = new_account_id(call);
    std::string role =
        in.has("RoleName") ? in["RoleName"].as_string() : "OrganizationAccountAccessRole";
    CHECK_OK(make_access_role(call, id, role));
    add_account(call, organization,
                {id, email, in["AccountName"].as_string(), "CREATED", in["Tags"]});
    request.set("State", "SUCCEEDED").set("AccountId", id);
  }
  call.put("request", request_id, request);
  relate(call, relation::requests_of, organization["Id"].as_string(), request_id);
  return Value::map({{"CreateAccountStatus", shown(request)}});
}

Result<Value> describe_create_account_status(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  const Value* request = call.find("request", in["CreateAccountRequestId"].as_string());
  if (!request || (*request)["_Organization"] != organization["Id"])
    return aws_error("CreateAccountStatusNotFoundException",
                     "You specified a create account request that doesn't exist.");
  return Value::map({{"CreateAccountStatus", shown(*request)}});
}

Result<Value> list_create_account_status(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  const List& states = in["States"].items();
  return page_of(call, in, relation::requests_of, organization["Id"].as_string(),
                 "CreateAccountStatuses", [&](const std::string& id) {
                   const Value& request = *call.find("request", id);
                   bool wanted = states.empty() || std::find(states.begin(), states.end(),
                                                             request["State"]) != states.end();
                   return wanted ? shown(request) : Value();
                 });
}

Result<Value> list_accounts(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  return page_of(call, in, relation::accounts_of, organization["Id"].as_string(), "Accounts",
                 [&](const std::string& id) { return shown(*call.find("account", id)); });
}

Result<Value> describe_account(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  TRY(Value account, find_target(call, organization, in["AccountId"].as_string(), no_account()));
  return Value::map({{"Account", shown(account)}});
}

Result<Value> remove_account_from_organization(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  const std::string& id = in["AccountId"].as_string();
  if (id == call.account)
    return aws_error("MasterCannotLeaveOrganizationException",
                     "You can't remove a management account from an organization.");
  TRY(Value account, find_target(call, organization, id, no_account()));
  remove_account(call, std::move(account));
  return Value::map({});
}

Result<Value> leave_organization(Call& call, const Value&) {
  TRY(Value organization, own_organization(call));
  if (organization["MasterAccountId"].as_string() == call.account)
    return aws_error("MasterCannotLeaveOrganizationException",
                     "You can't remove a management account from an organization.");
  raise_revision(call, organization["Id"].as_string());
  remove_account(call, *call.find("account", call.account));
  return Value::map({});
}

}  // namespace mainstay::organizations
