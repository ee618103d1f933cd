#include "policy/document.hh"

#include <algorithm>
#include <set>

#include "base/json.hh"
#include "base/text.hh"
#include "base/value.hh"
#include "policy/operand.hh"

namespace mainstay::policy {
namespace {

constexpr size_t text_max = 16u << 20;

Error malformed(const std::string& where, const std::string& what) {
  return aws_error("MalformedPolicyDocument", where + ": " + what);
}

// One text or a list of texts.
Result<std::vector<std::string>> texts(const Value& v, const std::string& where) {
  std::vector<std::string> out;
  auto add = [&](const Value& item) {
    if (item.is_string()) out.push_back(item.as_string());
    return item.is_string();
  };
  if (v.is_list()) {
    for (const Value& item : v.items())
      if (!add(item)) return malformed(where, "expected text or a list of texts");
    if (out.empty()) return malformed(where, "the list is empty; it needs at least one entry");
  } else if (!add(v)) {
    return malformed(where, "expected text or a list of texts");
  }
  return out;
}

Status add_aws_principal(Principals& to, const std::string& name, const std::string& where) {
  if (name == "*") {
    to.everyone = true;
  } else if (is_account_id(name)) {
    to.aws.push_back("arn:aws:iam::" + name + ":root");
  } else if (name.find_first_of("*?") != std::string::npos) {
    return invalid_principal("AWS", name)
        .because(where)
        .with_hint(
            "\"*\", or a name without wildcards; a condition on aws:PrincipalArn takes patterns");
  } else if (name.starts_with("arn:") || name.starts_with("AIDA") || name.starts_with("AROA")) {
    to.aws.push_back(name);
  } else {
    return invalid_principal("AWS", name)
        .because(where)
        .with_hint("an ARN, an account id or \"*\"");
  }
  return {};
}

Result<Principals> parse_principals(const Value& v, const std::string& where) {
  Principals out;
  if (v.is_string() && v.as_string() == "*") {
    out.everyone = true;
    return out;
  }
  if (!v.is_map() || v.empty())
    return malformed(where,
                     "expected \"*\" or an object with AWS, Service, Federated or "
                     "CanonicalUser");
  for (const auto& [kind, names] : v.members()) {
    std::string at = where + "." + kind;
    TRY(auto list, texts(names, at));
    if (kind == "AWS") {
      for (const std::string& name : list) CHECK_OK(add_aws_principal(out, name, at));
    } else if (kind == "Service") {
      out.service = std::move(list);
    } else if (kind == "Federated") {
      out.federated = std::move(list);
    } else if (kind == "CanonicalUser") {
      out.canonical = std::move(list);
    } else {
      return malformed(at, "expected AWS, Service, Federated or CanonicalUser");
    }
  }
  return out;
}

// "ForAnyValue:StringLikeIfExists" to its parts.
Status parse_operator(std::string_view text, const std::string& where, Condition& out) {
  std::string_view rest = text;
  size_t colon = rest.find(':');
  if (colon != std::string_view::npos) {
    std::string_view set = rest.substr(0, colon);
    if (equals_ignoring_case(set, "ForAllValues"))
      out.quantifier = Quantifier::for_all_values;
    else if (equals_ignoring_case(set, "ForAnyValue"))
      out.quantifier = Quantifier::for_any_value;
    else
      return malformed(where, "expected ForAllValues: or ForAnyValue: before the operator");
    rest.remove_prefix(colon + 1);
  }
  constexpr std::string_view suffix = "IfExists";
  if (rest.size() > suffix.size() &&
      equals_ignoring_case(rest.substr(rest.size() - suffix.size()), suffix)) {
    out.if_exists = true;
    rest.remove_suffix(suffix.size());
  }
  if (auto op = find_operator(rest)) {
    if (*op == Operator::null && (out.if_exists || out.quantifier != Quantifier::none))
      return malformed(where, "Null takes no IfExists and no set operator");
    out.op = *op;
    return {};
  }
  auto near = nearest(rest, operator_names());
  return malformed(where, "unknown condition operator " + printable(text) +
                              (near ? "; did you mean " + *near + "?" : ""));
}

Result<std::vector<std::string>> condition_values(const Value& v, const std::string& where) {
  std::vector<std::string> out;
  auto add = [&](const Value& item) {
    bool fits = item.is_string() || item.is_number() || item.is_bool();
    if (fits) out.push_back(item.to_text());
    return fits;
  };
  if (v.is_list()) {
    for (const Value& item : v.items())
      if (!add(item)) return malformed(where, "expected texts, numbers or booleans");
  } else if (!add(v)) {
    return malformed(where, "expected text, a number, a boolean or a list of them");
  }
  return out;
}

Status parse_conditions(const Value& v, const std::string& where, std::vector<Condition>& out) {
  if (!v.is_map()) return malformed(where, "expected an object of operators");
  std::set<std::string> seen;
  for (const auto& [op, keys] : v.members()) {
    Condition common;
    std::string at = where + "." + op;
    CHECK_OK(parse_operator(op, at, common));
    if (!seen.insert(common.operator_text()).second)
      return malformed(at, "the operator is there twice, in different letter case");
    if (!keys.is_map()) return malformed(at, "expected an object of condition keys");
    for (const auto& [key, values] : keys.members()) {
      Condition condition = common;
      condition.key = key;
      if (key.empty()) return malformed(at, "a condition key is empty");
      TRY(condition.values, condition_values(values, at + "." + key));
      for (const std::string& value : condition.values)
        if (auto fault = operand_fault(condition.op, value))
          return malformed(at + "." + key, *fault);
      out.push_back(std::move(condition));
    }
  }
  return {};
}

Status check_actions(const std::vector<std::string>& actions, const std::string& where) {
  for (const std::string& action : actions) {
    size_t colon = action.find(':');
    bool fits =
        action == "*" || (colon != std::string::npos && colon > 0 && colon + 1 < action.size() &&
                          action.find_first_of(" \t\n", 0) == std::string::npos);
    if (!fits)
      return malformed(where, "expected \"*\" or \"service:action\", not " + printable(action));
  }
  return {};
}

Status check_resources(const std::vector<std::string>& resources, Kind kind,
                       const std::string& where) {
  bool in_stack = kind == Kind::stack;
  for (const std::string& resource : resources)
    if (resource != "*" && !resource.starts_with(in_stack ? "LogicalResourceId/" : "arn:"))
      return malformed(where, "Resource " + printable(resource) + " must be in " +
                                  (in_stack ? "LogicalResourceId/ID" : "ARN") +
                                  " format or \"*\".");
  return {};
}

bool wants_principal(Kind kind) {
  return kind == Kind::resource || kind == Kind::trust || kind == Kind::resource_control ||
         kind == Kind::endpoint || kind == Kind::stack;
}

// An element and its Not form: which of the two is there? Both or a wrong one is an error.
struct Choice {
  const Value* value = nullptr;
  bool negated = false;
};

Result<Choice> choose(const Value& v, const std::string& name, const std::string& where) {
  Choice out{v.find(name), false};
  if (const Value* negated = v.find("Not" + name)) {
    if (out.value) return malformed(where, "has both " + name + " and Not" + name);
    out = {negated, true};
  }
  return out;
}

Status parse_principal_element(const Value& v, Kind kind, const std::string& where,
                               Statement& out) {
  TRY(Choice principal, choose(v, "Principal", where));
  if (!wants_principal(kind)) {
    if (principal.value)
      return malformed(where, std::string("a ") + kind_name(kind) + " has no Principal element");
    return {};
  }
  if (!principal.value) return malformed(where, "Principal is missing");
  if (principal.negated && out.effect == Effect::allow)
    return malformed(where, "NotPrincipal is only supported with \"Effect\": \"Deny\"");
  TRY(out.principals, parse_principals(*principal.value, where + ".Principal"));
  out.not_principal = principal.negated;
  bool only_everyone = kind == Kind::resource_control || kind == Kind::stack;
  if (only_everyone && (out.not_principal || !out.principals->everyone))
    return malformed(where, std::string("a ") + kind_name(kind) + "'s Principal must be \"*\"");
  return {};
}

Result<Statement> parse_statement(const Value& v, Kind kind, const std::string& where) {
  if (!v.is_map()) return malformed(where, "a statement must be an object");
  static const std::vector<std::string> known{"Sid",      "Effect",       "Principal",
                                              "Action",   "NotPrincipal", "NotAction",
                                              "Resource", "NotResource",  "Condition"};
  for (const auto& [name, ignored] : v.members())
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      auto near = nearest(name, known);
      return malformed(where, "unknown element " + printable(name) +
                                  (near ? "; did you mean " + *near + "?" : ""));
    }
  Statement out;
  if (const Value* sid = v.find("Sid")) {
    if (!sid->is_string()) return malformed(where, "Sid must be text");
    out.sid = sid->as_string();
  }
  // In any letter case, as AWS takes it.
  const std::string& effect = v["Effect"].as_string();
  bool allows = equals_ignoring_case(effect, "Allow");
  if (!allows && !equals_ignoring_case(effect, "Deny"))
    return malformed(where, "Effect must be \"Allow\" or \"Deny\"");
  out.effect = allows ? Effect::allow : Effect::deny;
  CHECK_OK(parse_principal_element(v, kind, where, out));
  TRY(Choice action, choose(v, "Action", where));
  if (!action.value) return malformed(where, "Action or NotAction is missing");
  TRY(out.actions, texts(*action.value, where + ".Action"));
  CHECK_OK(check_actions(out.actions, where + ".Action"));
  out.not_action = action.negated;
  TRY(Choice resource, choose(v, "Resource", where));
  if (kind == Kind::trust) {
    if (resource.value) return malformed(where, "a role trust policy has no Resource element");
    out.resources = {"*"};
  } else {
    if (!resource.value) return malformed(where, "Resource or NotResource is missing");
    TRY(out.resources, texts(*resource.value, where + ".Resource"));
    CHECK_OK(check_resources(out.resources, kind, where + ".Resource"));
    out.not_resource = resource.negated;
  }
  if (const Value* conditions = v.find("Condition"))
    CHECK_OK(parse_conditions(*conditions, where + ".Condition", out.conditions));
  return out;
}

}  // namespace

Error invalid_principal(std::string_view kind, const std::string& name) {
  Error out = aws_error("MalformedPolicyDocument", "Invalid principal in policy: \"" +
                                                       std::string(kind) + "\":\"" + name + "\"");
  out.fields = std::make_shared<const Value>(Value::map({{"Principal", name}}));
  return out;
}

Result<Document> parse(std::string_view json, Kind kind) {
  if (json.size() > text_max) return malformed("the policy", "has more than 16 MiB");
  auto value = parse_json(json);
  if (!value.has_value())
    return Error(aws_error("MalformedPolicyDocument",
                           "the policy is not valid JSON: " + value.error().message))
        .where(value.error().at);
  return from_value(*value, kind);
}

Result<Document> from_value(const Value& json, Kind kind) {
  if (!json.is_map()) return malformed("the policy", "must be a JSON object");
  Document out;
  out.kind = kind;
  out.version = "2008-10-17";
  const Value* statements = nullptr;
  for (const auto& [name, value] : json.members()) {
    if (name == "Version" && value.is_string())
      out.version = value.as_string();
    else if (name == "Id" && value.is_string())
      out.id = value.as_string();
    else if (name == "Statement")
      statements = &value;
    else
      return malformed("the policy", "unknown or wrong element " + printable(name) +
                                         "; expected Version, Id and Statement");
  }
  if (out.version != "2012-10-17" && out.version != "2008-10-17")
    return malformed("Version", "must be \"2012-10-17\" or \"2008-10-17\"");
  if (!statements) return malformed("the policy", "Statement is missing");
  if (statements->is_list() && statements->empty())
    return malformed("Statement", "must have at least one statement");
  size_t count = statements->is_list() ? statements->size() : 1;
  for (size_t i = 0; i < count; ++i) {
    const Value& v = statements->is_list() ? statements->at(i) : *statements;
    TRY(Statement statement, parse_statement(v, kind, "Statement[" + std::to_string(i) + "]"));
    out.statements.push_back(std::move(statement));
  }
  return out;
}

}  // namespace mainstay::policy
