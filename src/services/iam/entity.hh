// What users, groups and roles have in common: names, inline policies, attached policies, tags.
//
// Documents are in the shape that Get* answers, with "_inline" (a map from policy name to document)
// and "_attached" (a list of policy ARNs) beside, which no model names and so no answer shows.
#pragma once

#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/paging.hh"

namespace mainstay::iam {

using cloud::Call;

struct Entity {
  std::string_view table;      // "user"
  std::string_view name;       // "UserName"
  std::string_view noun;       // "user", in "The user with name x cannot be found."
  std::string_view title;      // "User", in "User with name x already exists."
  std::string_view id;         // "UserId"
  std::string_view id_prefix;  // "AIDA"
};

inline constexpr Entity user{"user", "UserName", "user", "User", "UserId", "AIDA"};
inline constexpr Entity group{"group", "GroupName", "group", "Group", "GroupId", "AGPA"};
inline constexpr Entity role{"role", "RoleName", "role", "Role", "RoleId", "AROA"};

Error no_such_entity(std::string message);
Error delete_conflict(std::string message);
Error already_exists(std::string message);

// Names differ by more than case: documents are kept by the lower-case name.
std::string key_of(std::string_view name);
Result<Value> get(Call& call, const Entity& entity, const Value& in);
void put(Call& call, const Entity& entity, const Value& document);
// A new document: path, ARN, id, date, tags; error if the name is taken.
Result<Value> create(Call& call, const Entity& entity, const Value& in);
// Of a service-linked role: only its service changes it. Error UnmodifiableEntity.
Status check_modifiable(const Value& document);
// The policy that a PermissionsBoundary names is there.
Status check_boundary(Call& call, const Value& in);
// Nothing attached, nothing inline.
Status check_deletable(const Value& document);
// Changes the name or path that UpdateUser and UpdateGroup ask for.
Result<Value> rename(Call& call, const Entity& entity, const Value& in);

std::string unique_id(Call& call, std::string_view prefix);
std::string path_of(const Value& in);
Status check_tags(const Value& tags);
Value set_tags(const Value& tags, const Value& added);  // IAM's keys fold case
Value remove_tags(const Value& tags, const Value& keys);

// Marker, MaxItems, IsTruncated over documents whose Path starts with PathPrefix.
Result<Value> page(const Value& in, List items, std::string_view list, std::string_view key);
// The same over plain texts.
Result<Value> page_of_names(const Value& in, const List& names, std::string_view list);

// As quotas count it: "IAM doesn't count white space" ("IAM and AWS STS quotas").
size_t policy_size(const Value& document);
// JSON, and for trust policies without Resource, within their quota, and of users and roles of this
// account only such as are there. Kept as text.
Status check_policy(const Value& document, bool is_managed = false);
// Answers it as it is to be kept (cloud/kept_policy.hh).
Result<Value> take_trust_policy(Call& call, const Value& document);
// Policy documents travel percent-encoded (RFC 3986).
Value encoded_policy(const Value& document);

// A copy without what only this service knows.
Value shown(const Value& document);
// An answer whose roles have their trust policies as they are shown: encoded, with the names that
// their principals have now. Only before anything is changed (cloud/kept_policy.hh), and when
// nothing of the state is looked at any more.
Value with_trust(Call& call, Value answer);

}  // namespace mainstay::iam
