#include "base/json.hh"
#include "base/text.hh"
#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

constexpr int64_t session_s_default = 3600;

bool service_linked(const Value& document) {
  return document["Path"].as_string().starts_with("/aws-service-role/");
}

Error unmodifiable(const Value& document) {
  return aws_error("UnmodifiableEntity", "Cannot perform the operation on the protected role '" +
                                             document["RoleName"].as_string() +
                                             "' - this role is only modifiable by AWS");
}

Result<Value> own_role(Call& call, const Value& in) {
  TRY(Value document, get(call, role, in));
  if (service_linked(document)) return unmodifiable(document);
  return document;
}

}  // namespace

Result<Value> create_role(Call& call, const Value& in) {
  TRY(Value trust, take_trust_policy(call, in["AssumeRolePolicyDocument"]));
  TRY(Value document, create(call, role, in));
  document.set("AssumeRolePolicyDocument", std::move(trust))
      .set("MaxSessionDuration",
           in.has("MaxSessionDuration") ? in["MaxSessionDuration"] : Value(session_s_default))
      .set("RoleLastUsed", Value::map({}));
  if (in.has("Description")) document.set("Description", in["Description"]);
  Value out = with_trust(call, Value::map({{"Role", shown(document)}}));
  put(call, role, document);
  return out;
}

// "Using service-linked roles": the name is the service's, given here by its principal.
Result<Value> create_service_linked_role(Call& call, const Value& in) {
  const std::string& service = in["AWSServiceName"].as_string();
  std::string name = service.substr(0, service.find('.'));
  if (!service.ends_with(".amazonaws.com") || name.empty())
    return aws_error("InvalidInput", "Service role name " + service + " is not valid.");
  name[0] = static_cast<char>(std::toupper(name[0]));
  std::string full = "AWSServiceRoleFor" + name;
  if (in.has("CustomSuffix")) full += "_" + in["CustomSuffix"].as_string();
  if (call.find("role", key_of(full)))
    return aws_error("InvalidInput",
                     "Service role name " + full +
                         " has been taken in this account, please try a different suffix.");
  Value statement = Value::map({{"Effect", "Allow"},
                                {"Principal", Value::map({{"Service", service}})},
                                {"Action", "sts:AssumeRole"}});
  Value trust = Value::map({{"Version", "2012-10-17"}, {"Statement", Value::list({statement})}});
  return create_role(call, Value::map({{"RoleName", full},
                                       {"Path", "/aws-service-role/" + service + "/"},
                                       {"Description", in["Description"].as_string()},
                                       {"AssumeRolePolicyDocument", to_json(trust)}}));
}

Result<Value> get_role(Call& call, const Value& in) {
  TRY(Value document, get(call, role, in));
  return with_trust(call, Value::map({{"Role", shown(document)}}));
}

Result<Value> list_roles(Call& call, const Value& in) {
  List items;
  for (const auto& [key, document] : call.all("role")) {
    items.push_back(shown(document));
    for (const char* member : {"Tags", "PermissionsBoundary", "RoleLastUsed"})
      items.back().erase(member);
  }
  TRY(Value out, page(in, std::move(items), "Roles", "RoleName"));
  return with_trust(call, std::move(out));
}

Result<Value> update_role(Call& call, const Value& in) {
  TRY(Value document, own_role(call, in));
  for (const char* member : {"Description", "MaxSessionDuration"})
    if (in.has(member)) document.set(member, in[member]);
  put(call, role, document);
  return Value::map({});
}

Result<Value> update_role_description(Call& call, const Value& in) {
  TRY(Value document, own_role(call, in));
  document.set("Description", in["Description"]);
  Value out = with_trust(call, Value::map({{"Role", shown(document)}}));
  put(call, role, document);
  return out;
}

Result<Value> update_assume_role_policy(Call& call, const Value& in) {
  TRY(Value document, own_role(call, in));
  TRY(Value trust, take_trust_policy(call, in["PolicyDocument"]));
  put(call, role, document.set("AssumeRolePolicyDocument", std::move(trust)));
  return Value::map({});
}

Result<Value> delete_role(Call& call, const Value& in) {
  TRY(Value document, own_role(call, in));
  if (!profiles_of_role(call, document["RoleName"].as_string()).empty())
    return delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  CHECK_OK(check_deletable(document));
  call.remove("role", key_of(document["RoleName"].as_string()));
  return Value::map({});
}

}  // namespace mainstay::iam
