#include "base/text.hh"
#include "services/organizations/handlers.hh"
#include "services/organizations/membership.hh"

namespace mainstay::organizations {
namespace {

constexpr int64_t valid_ms = 15LL * 24 * 3600 * 1000;  // InviteAccountToOrganization

Value typed(std::string_view type, Value value) {
  return Value::map({{"Type", type}, {"Value", std::move(value)}});
}

Value resources_of(const Value& organization, const Value& in) {
  Value out = Value::list(
      {typed("ORGANIZATION", organization["Id"])
           .set("Resources",
                Value::list({typed("MASTER_EMAIL", organization["MasterAccountEmail"]),
                             typed("MASTER_NAME", "management"),
                             typed("ORGANIZATION_FEATURE_SET", organization["FeatureSet"])})),
       typed(in["Target"]["Type"].as_string(), in["Target"]["Id"])});
  if (in.has("Notes")) out.push_back(typed("NOTES", in["Notes"]));
  return out;
}

// The account that is invited. Every account number is an account of the cloud.
Result<std::string> invited_account(Call& call, const Value& target) {
  const std::string &type = target["Type"].as_string(), &id = target["Id"].as_string();
  if (type == "ACCOUNT" && is_account_id(id)) return id;
  std::string found = type == "EMAIL" ? account_of_email(call, id) : "";
  if (!found.empty()) return found;
  if (type == "EMAIL")
    return invalid_input("No account has the email address " + id + ".",
                         "INVALID_EMAIL_ADDRESS_TARGET");
  return invalid_input("You specified an invalid target.", "INVALID_PARTY_TYPE_TARGET");
}

Value answer_handshake(const Value& handshake) {
  return Value::map({{"Handshake", shown(handshake)}});
}

// As it is now: an open one may have expired.
Value handshake_now(const Call& call, Value handshake) {
  if (handshake["State"].as_string() == "OPEN" &&
      handshake["ExpirationTimestamp"].as_time() <= call.now)
    handshake.set("State", "EXPIRED");
  return handshake;
}

Result<Value> find_handshake(Call& call, const Value& in) {
  const Value* found = call.find("handshake", in["HandshakeId"].as_string());
  if (!found)
    return aws_error("HandshakeNotFoundException", "You specified a handshake that doesn't exist.");
  bool party = (*found)["_Account"].as_string() == call.account ||
               (*found)["_Inviter"].as_string() == call.account;
  if (!party) return access_denied();
  return handshake_now(call, *found);
}

// Ends an open handshake in `state`; only the party in `who` may.
Result<Value> conclude(Call& call, const Value& in, const char* who, const char* state) {
  TRY(Value handshake, find_handshake(call, in));
  if (handshake[who].as_string() != call.account) return access_denied();
  const std::string& now = handshake["State"].as_string();
  if (now == state)
    return aws_error("HandshakeAlreadyInStateException",
                     "The specified handshake is already in the requested state.");
  if (now != "OPEN")
    return aws_error("InvalidHandshakeTransitionException",
                     "You can't perform the operation on the handshake in its current state.");
  handshake.set("State", state);
  call.put("handshake", handshake["Id"].as_string(), handshake);
  return handshake;
}

Result<Value> list_handshakes(Call& call, const Value& in, const std::string& of) {
  return page_of(call, in, relation::handshakes_of, of, "Handshakes", [&](const std::string& id) {
    return shown(handshake_now(call, *call.find("handshake", id)));
  });
}

}  // namespace

Result<Value> invite_account(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  CHECK_OK(check_tags(in["Tags"]));
  TRY(std::string account, invited_account(call, in["Target"]));
  const std::string organization_id = organization["Id"].as_string();
  if (call.find("account", account)) {
    Error already = aws_error("HandshakeConstraintViolationException",
                              "The account is already a member of an organization.");
    already.fields =
        std::make_shared<const Value>(Value::map({{"Reason", "ALREADY_IN_AN_ORGANIZATION"}}));
    return already;
  }
  for (const std::string& id : related(call, relation::handshakes_of, account)) {
    Value open = handshake_now(call, *call.find("handshake", id));
    if (open["_Organization"] == organization["Id"] && open["State"].as_string() == "OPEN")
      return aws_error("DuplicateHandshakeException",
                       "A handshake with the same action and target already exists.");
  }
  std::string id = "h-" + call.random.hex(32);
  Value handshake = Value::map(
      {{"Id", id},
       {"Arn", arn_in(organization, "handshake", "invite/" + id)},
       {"Parties",
        Value::list({Value::map({{"Id", organization_id.substr(2)}, {"Type", "ORGANIZATION"}}),
                     in["Target"]})},
       {"State", "OPEN"},
       {"RequestedTimestamp", call.now},
       {"ExpirationTimestamp", call.now + valid_ms},
       {"Action", "INVITE"},
       {"Resources", resources_of(organization, in)},
       {"_Organization", organization_id},
       {"_Inviter", call.account},
       {"_Account", account},
       {"_Tags", in["Tags"]}});
  call.put("handshake", id, handshake);
  relate(call, relation::handshakes_of, organization_id, id);
  relate(call, relation::handshakes_of, account, id);
  return answer_handshake(handshake);
}

Result<Value> describe_handshake(Call& call, const Value& in) {
  TRY(Value handshake, find_handshake(call, in));
  return answer_handshake(handshake);
}

Result<Value> accept_handshake(Call& call, const Value& in) {
  TRY(Value handshake, conclude(call, in, "_Account", "ACCEPTED"));
  const std::string& organization_id = handshake["_Organization"].as_string();
  if (!call.find("organization", organization_id))
    return aws_error("HandshakeNotFoundException", "You specified a handshake that doesn't exist.");
  if (call.find("account", call.account))
    return aws_error("AlreadyInOrganizationException",
                     "The AWS account is already a member of an organization.");
  raise_revision(call, organization_id);
  std::string email = made_up_email(call.account);
  add_account(call, *call.find("organization", organization_id),
              {call.account, email, "account " + call.account, "INVITED", handshake["_Tags"]});
  return answer_handshake(handshake);
}

Result<Value> decline_handshake(Call& call, const Value& in) {
  TRY(Value handshake, conclude(call, in, "_Account", "DECLINED"));
  return answer_handshake(handshake);
}

Result<Value> cancel_handshake(Call& call, const Value& in) {
  TRY(Value handshake, conclude(call, in, "_Inviter", "CANCELED"));
  return answer_handshake(handshake);
}

Result<Value> list_handshakes_for_account(Call& call, const Value& in) {
  return list_handshakes(call, in, call.account);
}

Result<Value> list_handshakes_for_organization(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  return list_handshakes(call, in, organization["Id"].as_string());
}

}  // namespace mainstay::organizations
