#include "formation/stack_policy.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "formation/template_source.hh"
#include "policy/compiled.hh"

namespace mainstay::formation {
namespace {

constexpr size_t policy_max = 16 * 1024;  // SetStackPolicy, StackPolicyURL
constexpr std::string_view resource_prefix = "LogicalResourceId/";
constexpr std::string_view type_key = "ResourceType";

Error invalid(std::string_view what, const std::string& why) {
  return validation_error("Error validating " + std::string(what) + ": " + why);
}

// The guide lists these four actions, and two operators on one key.
bool is_stack_statement(const policy::Statement& s) {
  auto is_action = [](const std::string& action) {
    for (std::string_view known : {update_action::modify, update_action::replace,
                                   update_action::remove, std::string_view("Update:*")})
      if (equals_ignoring_case(action, known)) return true;
    return false;
  };
  auto is_condition = [](const policy::Condition& c) {
    return (c.op == policy::Operator::string_equals || c.op == policy::Operator::string_like) &&
           c.quantifier == policy::Quantifier::none && !c.if_exists &&
           equals_ignoring_case(c.key, type_key);
  };
  return std::all_of(s.actions.begin(), s.actions.end(), is_action) &&
         std::all_of(s.conditions.begin(), s.conditions.end(), is_condition);
}

bool allows_everything(const std::string& body) {
  if (trim(body).empty()) return true;
  auto value = parse_json(body);
  return value.has_value() && value->is_map() && value->empty();
}

Result<policy::Document> read(const std::string& body) {
  TRY(policy::Document document, policy::parse(body, policy::Kind::stack));
  for (const policy::Statement& s : document.statements)
    if (!is_stack_statement(s)) return Error("MalformedPolicyDocument", "not of a stack policy");
  return document;
}

// As recorded: the statement's own elements are told, not what was asked.
std::string denied_by(const policy::Statement& s, size_t number) {
  return "Action denied by stack policy: Statement [#" + std::to_string(number) +
         "] does not allow [" + join(s.actions, ", ") + "] for resource [" +
         join(s.resources, ", ") + "];";
}

}  // namespace

Result<Value> policy_of_request(Call& call, const Value& in, const std::string& stem) {
  const std::string body = stem + "Body", url = stem + "URL";
  if (in.has(body) && in.has(url))
    return validation_error("You cannot specify both " + url + " and " + body);
  if (!in.has(url)) return in[body];
  TRY(std::string text, fetch_object(asker_of(call), {url, policy_max}, in[url].as_string()));
  return Value(std::move(text));
}

Status check_stack_policy(const std::string& body, const std::set<std::string>& logical_ids,
                          std::string_view what) {
  if (allows_everything(body)) return {};
  auto document = read(body);
  if (!document.has_value()) return invalid(what, "Invalid stack policy");
  for (const policy::Statement& s : document->statements)
    for (const std::string& resource : s.resources) {
      if (resource.find_first_of("*?") != std::string::npos) continue;
      if (!logical_ids.contains(resource.substr(resource_prefix.size())))
        return invalid(what, "Unknown logical id '" + resource +
                                 "' in statement {} - stack policies can only be applied to "
                                 "logical ids referenced in the template");
    }
  return {};
}

std::optional<std::string> policy_refusal(const std::string& body, std::string_view action,
                                          const std::string& logical_id, const std::string& type) {
  if (allows_everything(body)) return std::nullopt;
  auto document = read(body);
  if (!document.has_value()) return "Error validating existing stack policy: Invalid stack policy";
  policy::Policy policy("stack policy", std::move(*document));
  policy::Context context;
  context.set(type_key, type);
  const std::string asked = to_lower(action), resource = std::string(resource_prefix) + logical_id;
  bool allowed = false;
  for (size_t i = 0; i < policy.rules().size(); ++i) {
    const policy::Rule& rule = policy.rules()[i];
    if (!rule.covers_action(asked) || !rule.covers_resource(resource, context) ||
        rule.failing_test(context))
      continue;
    if (!rule.allows()) return denied_by(rule.statement(), i + 1);
    allowed = true;
  }
  return allowed ? std::nullopt : std::optional<std::string>("Action not allowed by stack policy");
}

const Value& policy_in_force(const Value& stack) {
  const Value& meanwhile = stack["_operation"]["PolicyDuringUpdate"];
  return in_progress(stack) && !meanwhile.is_null() ? meanwhile : stack["_policy"];
}

}  // namespace mainstay::formation
