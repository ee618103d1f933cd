#include <algorithm>

#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

Value shown_group(const Value& document) {
  Value out = shown(document);
  out.erase("_users");
  return out;
}

}  // namespace

Result<Value> create_group(Call& call, const Value& in) {
  TRY(Value document, create(call, group, in));
  put(call, group, document.set("_users", Value::list()));
  return Value::map({{"Group", shown_group(document)}});
}

Result<Value> get_group(Call& call, const Value& in) {
  TRY(Value document, get(call, group, in));
  List users;
  for (const auto& [key, u] : call.all("user")) {
    const List& ids = document["_users"].items();
    if (std::find(ids.begin(), ids.end(), u["UserId"]) != ids.end()) users.push_back(shown(u));
  }
  TRY(Value out, page(in, std::move(users), "Users", "UserName"));
  return out.set("Group", shown_group(document));
}

Result<Value> list_groups(Call& call, const Value& in) {
  List items;
  for (const auto& [key, document] : call.all("group")) items.push_back(shown_group(document));
  return page(in, std::move(items), "Groups", "GroupName");
}

Result<Value> update_group(Call& call, const Value& in) {
  CHECK_OK(rename(call, group, in));
  return Value::map({});
}

Result<Value> delete_group(Call& call, const Value& in) {
  TRY(Value document, get(call, group, in));
  if (!document["_users"].empty())
    return delete_conflict("Cannot delete entity, must remove users from group first.");
  CHECK_OK(check_deletable(document));
  call.remove("group", key_of(document["GroupName"].as_string()));
  return Value::map({});
}

Result<Value> add_user_to_group(Call& call, const Value& in) {
  TRY(Value document, get(call, group, in));
  TRY(Value member, get(call, user, in));
  List& users = document.member("_users").make_list();
  if (std::find(users.begin(), users.end(), member["UserId"]) == users.end()) {
    users.push_back(member["UserId"]);
    put(call, group, document);
  }
  return Value::map({});
}

Result<Value> remove_user_from_group(Call& call, const Value& in) {
  TRY(Value document, get(call, group, in));
  TRY(Value member, get(call, user, in));
  std::erase(document.member("_users").make_list(), member["UserId"]);
  put(call, group, document);
  return Value::map({});
}

}  // namespace mainstay::iam
