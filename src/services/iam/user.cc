#include <algorithm>

#include "services/iam/handlers.hh"

namespace mainstay::iam {
bool member_of(const Value& group_document, const Value& user_document) {
  const List& members = group_document["_users"].items();
  return std::find(members.begin(), members.end(), user_document["UserId"]) != members.end();
}

Result<Value> create_user(Call& call, const Value& in) {
  TRY(Value document, create(call, user, in));
  put(call, user, document);
  return Value::map({{"User", shown(document)}});
}

Result<Value> get_user(Call& call, const Value& in) {
  if (!in.has("UserName") && call.caller.kind == cloud::Caller::Kind::root)
    return Value::map({{"User", Value::map({{"Path", "/"},
                                            {"UserName", "root"},
                                            {"UserId", call.account},
                                            {"Arn", call.caller.arn},
                                            {"CreateDate", Time{}}})}});
  TRY(Value document, get(call, user, in));
  return Value::map({{"User", shown(document)}});
}

Result<Value> list_users(Call& call, const Value& in) {
  List items;
  for (const auto& [key, document] : call.all("user")) {
    items.push_back(shown(document));
    items.back().erase("Tags");
  }
  return page(in, std::move(items), "Users", "UserName");
}

Result<Value> update_user(Call& call, const Value& in) {
  TRY(Value document, rename(call, user, in));
  const std::string& name = document["UserName"].as_string();
  CHECK_OK(call.credentials().rename_user(call.account, document["UserId"].as_string(), name,
                                          document["Arn"].as_string()));
  if (document.has("_login")) {
    document.member("_login").set("UserName", name);
    put(call, user, document);
  }
  return Value::map({});
}

Result<Value> delete_user(Call& call, const Value& in) {
  TRY(Value document, get(call, user, in));
  if (!call.credentials().keys_of_user(call.account, document["UserId"].as_string()).empty())
    return delete_conflict("Cannot delete entity, must delete access keys first.");
  if (document.has("_login"))
    return delete_conflict("Cannot delete entity, must delete login profile first.");
  if (!document["_service_credentials"].empty())
    return delete_conflict("Cannot delete entity, must remove referenced objects first.");
  for (const auto& [key, g] : call.all("group"))
    if (member_of(g, document))
      return delete_conflict("Cannot delete entity, must remove users from group first.");
  CHECK_OK(check_deletable(document));
  CHECK_OK(call.credentials().remove_of_user(call.account, document["UserId"].as_string()));
  call.remove("user", key_of(document["UserName"].as_string()));
  return Value::map({});
}

Result<Value> list_groups_for_user(Call& call, const Value& in) {
  TRY(Value document, get(call, user, in));
  List items;
  for (const auto& [key, g] : call.all("group"))
    if (member_of(g, document)) items.push_back(shown(g));
  return page(in, std::move(items), "Groups", "GroupName");
}

Result<Value> create_login_profile(Call& call, const Value& in) {
  TRY(Value document, get(call, user, in));
  if (document.has("_login"))
    return already_exists("Login Profile for user " + document["UserName"].as_string() +
                          " already exists.");
  Value profile = Value::map({{"UserName", document["UserName"]},
                              {"CreateDate", call.now},
                              {"PasswordResetRequired", in["PasswordResetRequired"].as_bool()}});
  put(call, user, document.set("_login", profile));
  return Value::map({{"LoginProfile", std::move(profile)}});
}

Result<Value> get_login_profile(Call& call, const Value& in) {
  TRY(Value document, get(call, user, in));
  if (!document.has("_login"))
    return no_such_entity("Login Profile for User " + document["UserName"].as_string() +
                          " cannot be found.");
  return Value::map({{"LoginProfile", document["_login"]}});
}

Result<Value> delete_login_profile(Call& call, const Value& in) {
  TRY(Value document, get(call, user, in));
  if (!document.erase("_login"))
    return no_such_entity("Login Profile for User " + document["UserName"].as_string() +
                          " cannot be found.");
  put(call, user, document);
  return Value::map({});
}

}  // namespace mainstay::iam
