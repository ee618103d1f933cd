#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

constexpr int64_t session_s_default = 3600;

Result<Value> own_role(Call& call, const Value& in) {
  TRY(Value document, get(call, role, in));
  CHECK_OK(check_modifiable(document));
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
  put(call, role, document);
  // The answer has the policy as it was given, and not all that GetRole has (recorded on AWS).
  Value out = shown(document);
  for (const char* member : {"MaxSessionDuration", "RoleLastUsed"}) out.erase(member);
  out.set("AssumeRolePolicyDocument", encoded_policy(in["AssumeRolePolicyDocument"]));
  return Value::map({{"Role", std::move(out)}});
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

// Of a service-linked role too ("Editing a service-linked role description").
Result<Value> update_role_description(Call& call, const Value& in) {
  TRY(Value document, get(call, role, in));
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
