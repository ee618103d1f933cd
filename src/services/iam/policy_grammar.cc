#include "services/iam/policy_grammar.hh"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hh"
#include "policy/document.hh"

namespace mainstay::iam {
namespace {

Error malformed(std::string message) {
  return aws_error("MalformedPolicyDocument", std::move(message));
}

constexpr std::array known_elements{"Sid",          "Effect",      "Principal",
                                    "NotPrincipal", "Action",      "NotAction",
                                    "Resource",     "NotResource", "Condition"};
constexpr std::array partitions{"aws",       "aws-cn",    "aws-us-gov", "aws-iso",
                                "aws-iso-b", "aws-iso-e", "aws-iso-f",  "aws-eusc"};
constexpr std::array iam_paths{"user/",
                               "federated-user/",
                               "role/",
                               "group/",
                               "instance-profile/",
                               "mfa/",
                               "server-certificate/",
                               "policy/",
                               "sms-mfa/",
                               "saml-provider/",
                               "oidc-provider/",
                               "report/",
                               "access-report/"};

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

List statements_of(const Value& policy) {
  const Value& statements = policy["Statement"];
  return statements.is_list() ? statements.items() : List{statements};
}

bool are_texts(const Value& v) {
  if (v.is_string()) return true;
  return v.is_list() && std::all_of(v.items().begin(), v.items().end(),
                                    [](const Value& item) { return item.is_string(); });
}

// "ForAnyValue:StringLikeIfExists" is StringLike.
bool is_operator(std::string_view name) {
  for (std::string_view set : {"ForAnyValue:", "ForAllValues:"})
    if (name.starts_with(set)) name.remove_prefix(set.size());
  if (name.ends_with("IfExists")) name.remove_suffix(8);
  return policy::find_operator(name).has_value();
}

bool is_condition(const Value& condition) {
  return condition.is_map() &&
         std::all_of(condition.members().begin(), condition.members().end(), [](const auto& of) {
           return of.second.is_map() && (of.second.empty() || is_operator(of.first));
         });
}

bool is_statement(const Value& s) {
  if (!s.is_map()) return false;
  for (const auto& [name, value] : s.members())
    if (!has(known_elements, name)) return false;
  for (const char* name : {"Action", "Resource"}) {
    std::string negated = std::string("Not") + name;
    if (s.has(name) && s.has(negated)) return false;
    for (const std::string& one : {std::string(name), negated})
      if (s.has(one) && !are_texts(s[one])) return false;
  }
  const std::string& effect = s["Effect"].as_string();
  bool has_effect = equals_ignoring_case(effect, "Allow") || equals_ignoring_case(effect, "Deny");
  return has_effect && (!s.has("Sid") || s["Sid"].is_string()) &&
         (!s.has("Condition") || is_condition(s["Condition"]));
}

bool has_syntax(const Value& policy) {
  if (!policy.is_map() || !policy.has("Statement")) return false;
  for (const auto& [name, value] : policy.members())
    if (name != "Version" && name != "Id" && name != "Statement") return false;
  const std::string& version = policy["Version"].as_string();
  if (policy.has("Version") && version != "2012-10-17" && version != "2008-10-17") return false;
  if (policy.has("Id") && !policy["Id"].is_string()) return false;
  List statements = statements_of(policy);
  return !statements.empty() && std::all_of(statements.begin(), statements.end(), is_statement);
}

List texts_of(const Value& v) {
  return v.is_list() ? v.items() : v.is_null() ? List{} : List{v};
}

Status check_action(const std::string& action) {
  if (action == "*") return {};
  auto parts = split(action, ":");
  if (parts.size() == 1)
    return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  if (parts.size() > 2) return malformed("Actions/Condition can contain only one colon.");
  constexpr std::string_view vendor =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  if (parts[0] != "*" && parts[0].find_first_not_of(vendor) != std::string::npos)
    return malformed("Vendor " + parts[0] + " is not valid");
  return {};
}

// Of services that are no region's: "arn:aws:s3:us-east-1::b".
Status check_region(const std::string& resource, const std::vector<std::string>& parts) {
  if (parts[3].empty()) return {};
  if (parts[2] == "iam")
    return malformed("IAM resource " + resource + " cannot contain region information.");
  bool of_access_point = parts.size() > 5 && parts[5].starts_with("accesspoint/");
  if (parts[2] == "s3" && !of_access_point)
    return malformed("Resource " + resource + " can not contain region information.");
  return {};
}

Status check_iam_path(const std::vector<std::string>& parts) {
  if (parts[2] != "iam" || parts.size() < 6 || parts[5] == "*") return {};
  if (std::any_of(iam_paths.begin(), iam_paths.end(),
                  [&](std::string_view path) { return parts[5].starts_with(path); }))
    return {};
  return malformed("IAM resource path must either be \"*\" or start with " +
                   join(std::vector<std::string>(iam_paths.begin(), iam_paths.end()), ", ") + ".");
}

Status check_resource(const std::string& resource) {
  if (resource == "*") return {};
  auto parts = split(resource, ":");
  if (parts.size() == 1 || parts[0] != "arn")
    return malformed("Resource " + resource + " must be in ARN format or \"*\".");
  if (parts[1] != "*" && !has(partitions, parts[1])) {
    while (parts.size() < 6) parts.emplace_back("*");
    return malformed("Partition \"" + parts[1] + "\" is not valid for resource \"" +
                     join(parts, ":") + "\".");
  }
  if (parts.size() < 3)
    return malformed("Resource vendor must be fully qualified and cannot contain regexes.");
  // Fields may be left to a star at the end: "arn:aws:sqs:*".
  if (parts.size() < 6)
    return resource.ends_with('*') ? Status() : malformed("The policy failed legacy parsing");
  CHECK_OK(check_region(resource, parts));
  return check_iam_path(parts);
}

Status check_statement(const Value& s) {
  if (s.has("Principal") || s.has("NotPrincipal"))
    return malformed("Policy document should not specify a principal.");
  List actions = texts_of(s[s.has("Action") ? "Action" : "NotAction"]);
  if (actions.empty()) return malformed("Policy statement must contain actions.");
  List resources = texts_of(s[s.has("Resource") ? "Resource" : "NotResource"]);
  if (resources.empty()) return malformed("Policy statement must contain resources.");
  for (const Value& resource : resources) CHECK_OK(check_resource(resource.as_string()));
  for (const Value& action : actions) CHECK_OK(check_action(action.as_string()));
  return {};
}

}  // namespace

Status check_grammar(const Value& policy, bool is_managed) {
  if (!has_syntax(policy)) return malformed("Syntax errors in policy.");
  if (is_managed && policy["Version"].as_string() != "2012-10-17")
    return malformed("Policy document must be version 2012-10-17 or greater.");
  for (const Value& statement : statements_of(policy)) CHECK_OK(check_statement(statement));
  return {};
}

}  // namespace mainstay::iam
