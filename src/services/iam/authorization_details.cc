// GetAccountAuthorizationDetails: all users, groups, roles and policies with their documents, in
// pages. Of AWS's own policies those that something here uses.
// Source: IAM API Reference, "GetAccountAuthorizationDetails".
#include <algorithm>
#include <map>
#include <set>

#include "base/text.hh"
#include "data/archive.hh"
#include "services/iam/handlers.hh"
#include "services/iam/managed_policy.hh"

namespace mainstay::iam {
namespace {

constexpr size_t details_page_default = 100;

struct Part {
  const char* filter;
  const char* list;
};
// In the order in which pages hand them out; the number is the first character of a sort key.
constexpr Part detail_parts[] = {{"User", "UserDetailList"},
                                 {"Group", "GroupDetailList"},
                                 {"Role", "RoleDetailList"},
                                 {"LocalManagedPolicy", "Policies"},
                                 {"AWSManagedPolicy", "Policies"}};
enum : size_t { users_part, groups_part, roles_part, own_policies_part, aws_policies_part };

// An entry before it is filled in: only a page's worth of them is.
Value entry(size_t part, const std::string& key) {
  return Value::map({{"part", part}, {"key", key}});
}

std::vector<std::string> aws_policies_used(Call& call) {
  std::set<std::string> used;
  auto note = [&](const std::string& arn) {
    if (arn.find(":iam::aws:policy/") != std::string::npos) used.insert(arn);
  };
  for (const Entity* entity : {&user, &group, &role})
    for (const auto& [key, document] : call.all(entity->table)) {
      for (const Value& arn : document["_attached"].items()) note(arn.as_string());
      note(document["PermissionsBoundary"]["PermissionsBoundaryArn"].as_string());
    }
  return {used.begin(), used.end()};
}

List entries(Call& call, const Value& in) {
  const List& filters = in["Filter"].items();
  auto wanted = [&](size_t part) {
    return filters.empty() || std::find(filters.begin(), filters.end(),
                                        Value(detail_parts[part].filter)) != filters.end();
  };
  List all;
  auto add = [&](size_t part, std::string_view table) {
    if (!wanted(part)) return;
    for (const auto& [key, document] : call.all(table)) all.push_back(entry(part, key));
  };
  add(users_part, user.table);
  add(groups_part, group.table);
  add(roles_part, role.table);
  add(own_policies_part, "policy");
  if (wanted(aws_policies_part))
    for (const std::string& arn : aws_policies_used(call))
      all.push_back(entry(aws_policies_part, arn));
  return all;
}

std::string sort_key(const Value& entry) {
  return std::to_string(entry["part"].as_int()) + entry["key"].as_string();
}

Result<Value> with_policies(Call& call, const Value& document, const char* inline_member) {
  Value out = shown(document), own = Value::list(), attached = Value::list();
  for (const auto& [name, text] : document["_inline"].members())
    own.push_back(Value::map({{"PolicyName", name}, {"PolicyDocument", encoded_policy(text)}}));
  for (const Value& arn : document["_attached"].items()) {
    TRY(Value policy, find_policy(call, arn.as_string()));
    attached.push_back(Value::map({{"PolicyName", policy["PolicyName"]}, {"PolicyArn", arn}}));
  }
  return out.set(inline_member, std::move(own)).set("AttachedManagedPolicies", attached);
}

using Memberships = std::map<std::string, Value>;  // group names by user id

Memberships memberships(Call& call) {
  Memberships out;
  for (const auto& [key, g] : call.all(group.table))
    for (const Value& id : g["_users"].items()) out[id.as_string()].push_back(g["GroupName"]);
  return out;
}

Result<Value> user_detail(Call& call, const Value& document, const Memberships& groups) {
  TRY(Value out, with_policies(call, document, "UserPolicyList"));
  out.erase("_login");
  auto found = groups.find(document["UserId"].as_string());
  return out.set("GroupList", found == groups.end() ? Value::list() : found->second);
}

Result<Value> role_detail(Call& call, const Value& document) {
  TRY(Value out, with_policies(call, document, "RolePolicyList"));
  Value profiles = Value::list();
  for (const Value& profile : profiles_of_role(call, document["RoleName"].as_string()))
    profiles.push_back(shown_profile(call, profile));
  for (const char* member : {"Description", "MaxSessionDuration"}) out.erase(member);
  return out.set("InstanceProfileList", std::move(profiles));
}

Result<Value> policy_detail(Call& call, const std::string& arn) {
  TRY(Value policy, find_policy(call, arn));
  Value versions = Value::list();
  for (Value version : policy["_versions"].items()) {
    if (policy["_aws"].as_bool()) {
      TRY(std::string text, data::read("managed-policies/" + policy["PolicyName"].as_string()));
      version.set("Document", text);
    }
    versions.push_back(version.set("Document", encoded_policy(version["Document"])));
  }
  for (const char* member : {"_versions", "_aws", "_key", "_next", "Tags"}) policy.erase(member);
  return policy.set("PolicyVersionList", std::move(versions));
}

Result<Value> detail(Call& call, size_t part, const std::string& key, const Memberships& groups) {
  if (part == users_part) return user_detail(call, *call.find(user.table, key), groups);
  if (part == groups_part) {
    TRY(Value out, with_policies(call, *call.find(group.table, key), "GroupPolicyList"));
    out.erase("_users");
    return out;
  }
  if (part == roles_part) return role_detail(call, *call.find(role.table, key));
  return policy_detail(call, key);
}

}  // namespace

Result<Value> get_account_authorization_details(Call& call, const Value& in) {
  TRY(cloud::Page page,
      cloud::paginate(entries(call, in), sort_key, in["Marker"].as_string(),
                      static_cast<size_t>(in["MaxItems"].as_int(details_page_default)),
                      aws_error("ValidationError", "Invalid Marker.")));
  Memberships groups = memberships(call);
  Value out = Value::map({});
  for (const Part& part : detail_parts) out.set(part.list, Value::list());
  for (const Value& entry : page.items) {
    auto part = static_cast<size_t>(entry["part"].as_int());
    TRY(Value filled, detail(call, part, entry["key"].as_string(), groups));
    out.member(detail_parts[part].list).push_back(std::move(filled));
  }
  out.set("IsTruncated", !page.next.empty());
  if (!page.next.empty()) out.set("Marker", page.next);
  return with_trust(call, std::move(out));
}

}  // namespace mainstay::iam
