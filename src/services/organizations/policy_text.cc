#include "services/organizations/policy_text.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "services/organizations/state.hh"

namespace mainstay::organizations {
namespace {

constexpr size_t content_characters_max = 5120;  // user guide, "Quotas"

// AWS says no more than this; what is wrong stands behind it.
Error malformed(const std::string& what) {
  return aws_error("MalformedPolicyDocumentException",
                   "The provided policy document does not meet the requirements of the specified "
                   "policy type.")
      .with_hint(what);
}

bool exactly_one(const Value& statement, const char* a, const char* b) {
  return statement.has(a) != statement.has(b);
}

Status check_service_control(const Value& statement) {
  if (statement.has("Principal") || statement.has("NotPrincipal"))
    return malformed("a service control policy names no principal");
  const std::string& effect = statement["Effect"].as_string();
  if (effect != "Allow" && effect != "Deny") return malformed("Effect is Allow or Deny");
  if (!exactly_one(statement, "Action", "NotAction"))
    return malformed("a statement has Action or NotAction");
  if (!exactly_one(statement, "Resource", "NotResource"))
    return malformed("a statement has Resource or NotResource");
  return {};
}

Status check_resource_control(const Value& statement) {
  const Value& principal = statement["Principal"];
  bool everyone = principal.as_string() == "*" || principal["AWS"].as_string() == "*";
  if (!everyone || statement.has("NotPrincipal"))
    return malformed("the principal of a resource control policy is \"*\"");
  if (statement["Effect"].as_string() != "Deny") return malformed("Effect is Deny");
  if (!statement.has("Action") || statement.has("NotAction"))
    return malformed("a statement has Action, and not NotAction");
  if (!exactly_one(statement, "Resource", "NotResource"))
    return malformed("a statement has Resource or NotResource");
  return {};
}

}  // namespace

Status check_content(const std::string& type, const std::string& content) {
  if (utf8_length(content) > content_characters_max)
    return constraint("You have exceeded the maximum policy size of " +
                          std::to_string(content_characters_max) + " characters.",
                      "POLICY_CONTENT_LIMIT_EXCEEDED");
  auto policy = parse_json(content);
  if (!policy.has_value()) return malformed(policy.error().message);
  for (const auto& [name, value] : policy->members())
    if (name != "Version" && name != "Id" && name != "Statement")
      return malformed("a policy has no member " + name);
  const Value& statements = (*policy)["Statement"];
  List list = statements.is_list() ? statements.items() : List{statements};
  if (list.empty()) return malformed("a policy has statements");
  for (const Value& statement : list)
    CHECK_OK(type == scp_type ? check_service_control(statement)
                              : check_resource_control(statement));
  return {};
}

}  // namespace mainstay::organizations
