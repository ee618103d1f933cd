// What decisions about requests ask IAM: the policies of a caller, and the tags of IAM's resources.
#include <algorithm>

#include "base/text.hh"
#include "cloud/authorization.hh"
#include "services/iam/handlers.hh"
#include "services/iam/managed_policy.hh"

namespace mainstay::iam {
namespace {

using cloud::Authorization;

std::string last_part(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

const Value* document_of(Call& call, const Entity& entity, const std::string& arn) {
  return call.find(entity.table, key_of(last_part(arn)));
}

const Value* find_by_id(Call& call, const Entity& entity, std::string_view id) {
  auto found = call.find_by(entity.table, entity.id, id);
  return found.empty() ? nullptr : call.find(entity.table, found.front());
}

Status add_managed(Call& call, Authorization& authorization, policy::Kind kind,
                   const std::string& arn) {
  auto text = [&]() -> Result<std::string> {
    TRY(Value policy, find_policy(call, arn));
    return policy_text(policy);
  };
  // AWS's own policies are what the embedded data says: the text need not be unpacked again.
  if (arn.find(":iam::aws:") != std::string::npos) return authorization.add_fixed(kind, arn, text);
  TRY(std::string own, text());
  return authorization.add(kind, arn, own);
}

Status add_policies(Call& call, Authorization& authorization, const Entity& entity,
                    const Value& document) {
  const std::string& owner = document[entity.name].as_string();
  for (const auto& [name, text] : document["_inline"].members())
    CHECK_OK(
        authorization.add(policy::Kind::identity,
                          "inline policy " + name + " of " + std::string(entity.noun) + " " + owner,
                          text.as_string()));
  for (const Value& arn : document["_attached"].items())
    CHECK_OK(add_managed(call, authorization, policy::Kind::identity, arn.as_string()));
  return {};
}

Status add_boundary(Call& call, Authorization& authorization, const Value& document) {
  const std::string& arn = document["PermissionsBoundary"]["PermissionsBoundaryArn"].as_string();
  return arn.empty() ? Status() : add_managed(call, authorization, policy::Kind::boundary, arn);
}

// By their ids: a user made anew under the old name is another.
Status describe_user(Call& call, const std::string& id, Authorization& authorization) {
  const Value* found = find_by_id(call, user, id);
  if (!found) return {};
  authorization.principal_tags((*found)["Tags"]);
  CHECK_OK(add_policies(call, authorization, user, *found));
  for (const auto& [key, g] : call.all(group.table)) {
    const List& users = g["_users"].items();
    if (std::find(users.begin(), users.end(), (*found)["UserId"]) != users.end())
      CHECK_OK(add_policies(call, authorization, group, g));
  }
  return add_boundary(call, authorization, *found);
}

Status describe_role(Call& call, const std::string& id, Authorization& authorization) {
  const Value* found = find_by_id(call, role, id);
  if (!found) return {};
  authorization.principal_tags((*found)["Tags"]);
  CHECK_OK(add_policies(call, authorization, role, *found));
  return add_boundary(call, authorization, *found);
}

Status add_session_policies(Call& call, const Value& session, Authorization& authorization) {
  const std::string& own = session["Policy"].as_string();
  bool federated = session.has("Issuer");
  authorization.policies.has_session_policy =
      federated || !own.empty() || !session["PolicyArns"].empty();
  if (!own.empty()) CHECK_OK(authorization.add(policy::Kind::session, "session policy", own));
  for (const Value& item : session["PolicyArns"].items())
    CHECK_OK(add_managed(call, authorization, policy::Kind::session, item["arn"].as_string()));
  return {};
}

}  // namespace

std::optional<std::string> principal_id(Call& call, std::string_view arn) {
  if (call.all(user.table).empty() && call.all(role.table).empty()) return std::nullopt;
  auto parts = split(arn.substr(arn.rfind(':') + 1), "/");
  bool of_session = parts[0] == "assumed-role";  // assumed-role/NAME/SESSION, whatever the path
  const std::string& name =
      of_session ? parts[std::min<size_t>(1, parts.size() - 1)] : parts.back();
  const Entity& entity = parts[0] == "user" ? user : role;
  const Value* found = call.find(entity.table, key_of(name));
  if (!found || (!of_session && (*found)["Arn"].as_string() != arn)) return "";
  const std::string& id = (*found)[entity.id].as_string();
  return of_session ? id + ":" + parts.back() : id;
}

std::string principal_arn(Call& call, std::string_view id) {
  size_t colon = id.find(':');
  const Value* found =
      find_by_id(call, id.starts_with(user.id_prefix) ? user : role, id.substr(0, colon));
  if (!found) return "";
  const std::string& arn = (*found)["Arn"].as_string();
  if (colon == std::string_view::npos) return arn;
  auto parts = split(arn, ":");
  return "arn:" + parts[1] + ":sts::" + parts[4] + ":assumed-role/" +
         (*found)["RoleName"].as_string() + "/" + std::string(id.substr(colon + 1));
}

Status describe_caller(Call& call, const cloud::Caller& caller, Authorization& authorization) {
  const Value& session = caller.details;
  if (session.has("RoleArn")) {
    CHECK_OK(
        describe_role(call, caller.user_id.substr(0, caller.user_id.find(':')), authorization));
  } else {
    bool is_federated = session.has("Issuer");
    CHECK_OK(describe_user(call, is_federated ? session["IssuerId"].as_string() : caller.user_id,
                           authorization));
  }
  authorization.principal_tags(session["Tags"]);
  return add_session_policies(call, session, authorization);
}

// The request names roles, users and profiles without their paths, in any letter case; here their
// ARNs are known.
Status guard(Call& call, const Value&, Authorization& authorization) {
  if (authorization.resource_type == "instance-profile")
    if (const Value* found =
            call.find("instance-profile", key_of(last_part(authorization.request.resource)))) {
      authorization.request.resource = (*found)["Arn"].as_string();
      authorization.resource_tags((*found)["Tags"], "iam");
    }
  for (const Entity* entity : {&user, &group, &role}) {
    if (authorization.resource_type != entity->noun) continue;
    const Value* found = document_of(call, *entity, authorization.request.resource);
    if (!found) return {};
    authorization.request.resource = (*found)["Arn"].as_string();
    authorization.resource_tags((*found)["Tags"], "iam");
    const Value& boundary = (*found)["PermissionsBoundary"]["PermissionsBoundaryArn"];
    if (!boundary.is_null() && !authorization.request.context.find("iam:PermissionsBoundary"))
      authorization.request.context.set("iam:PermissionsBoundary", boundary.as_string());
  }
  return {};
}

}  // namespace mainstay::iam
