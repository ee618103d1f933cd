#include <algorithm>

#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

constexpr ptrdiff_t groups_max = 10;  // of a user ("IAM and AWS STS quotas")

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
  if (member_of(document, member)) return Value::map({});
  const auto& groups = call.all("group");
  auto holds = [&](const auto& entry) { return member_of(entry.second, member); };
  if (std::count_if(groups.begin(), groups.end(), holds) >= groups_max)
    return aws_error("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", 409);
  document.member("_users").push_back(member["UserId"]);
  put(call, group, document);
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
