// The words of the policy language: condition operators and kinds of policies, and documents back
// to JSON.
#include <array>

#include "base/text.hh"
#include "base/value.hh"
#include "policy/document.hh"

namespace mainstay::policy {
namespace {

struct OperatorName {
  const char* name;
  Operator op;
  bool negated = false;
};

constexpr std::array operator_table{
    OperatorName{"StringEquals", Operator::string_equals},
    OperatorName{"StringNotEquals", Operator::string_not_equals, true},
    OperatorName{"StringEqualsIgnoreCase", Operator::string_equals_ignore_case},
    OperatorName{"StringNotEqualsIgnoreCase", Operator::string_not_equals_ignore_case, true},
    OperatorName{"StringLike", Operator::string_like},
    OperatorName{"StringNotLike", Operator::string_not_like, true},
    OperatorName{"NumericEquals", Operator::numeric_equals},
    OperatorName{"NumericNotEquals", Operator::numeric_not_equals, true},
    OperatorName{"NumericLessThan", Operator::numeric_less_than},
    OperatorName{"NumericLessThanEquals", Operator::numeric_less_than_equals},
    OperatorName{"NumericGreaterThan", Operator::numeric_greater_than},
    OperatorName{"NumericGreaterThanEquals", Operator::numeric_greater_than_equals},
    OperatorName{"DateEquals", Operator::date_equals},
    OperatorName{"DateNotEquals", Operator::date_not_equals, true},
    OperatorName{"DateLessThan", Operator::date_less_than},
    OperatorName{"DateLessThanEquals", Operator::date_less_than_equals},
    OperatorName{"DateGreaterThan", Operator::date_greater_than},
    OperatorName{"DateGreaterThanEquals", Operator::date_greater_than_equals},
    OperatorName{"Bool", Operator::boolean},
    OperatorName{"BinaryEquals", Operator::binary_equals},
    OperatorName{"IpAddress", Operator::ip_address},
    OperatorName{"NotIpAddress", Operator::not_ip_address, true},
    OperatorName{"ArnEquals", Operator::arn_equals},
    OperatorName{"ArnLike", Operator::arn_like},
    OperatorName{"ArnNotEquals", Operator::arn_not_equals, true},
    OperatorName{"ArnNotLike", Operator::arn_not_like, true},
    OperatorName{"Null", Operator::null},
};

const OperatorName& row_of(Operator op) {
  return operator_table[static_cast<size_t>(op)];
}

Value list_value(const std::vector<std::string>& items) {
  if (items.size() == 1) return Value(items[0]);
  return Value::texts(items);
}

Value principals_value(const Principals& p) {
  if (p.everyone && p.service.empty() && p.federated.empty() && p.canonical.empty()) return "*";
  Value out = Value::map();
  std::vector<std::string> aws = p.aws;
  if (p.everyone) aws.insert(aws.begin(), "*");
  if (!aws.empty()) out.set("AWS", list_value(aws));
  if (!p.service.empty()) out.set("Service", list_value(p.service));
  if (!p.federated.empty()) out.set("Federated", list_value(p.federated));
  if (!p.canonical.empty()) out.set("CanonicalUser", list_value(p.canonical));
  return out;
}

}  // namespace

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::identity:
      return "identity-based policy";
    case Kind::resource:
      return "resource-based policy";
    case Kind::trust:
      return "role trust policy";
    case Kind::boundary:
      return "permissions boundary";
    case Kind::session:
      return "session policy";
    case Kind::service_control:
      return "service control policy";
    case Kind::resource_control:
      return "resource control policy";
    case Kind::endpoint:
      return "VPC endpoint policy";
    case Kind::stack:
      return "stack policy";
  }
  return "";
}

bool is_negated(Operator op) {
  return row_of(op).negated;
}

const char* operator_name(Operator op) {
  return row_of(op).name;
}

std::string Condition::operator_text() const {
  std::string out;
  if (quantifier == Quantifier::for_all_values) out = "ForAllValues:";
  if (quantifier == Quantifier::for_any_value) out = "ForAnyValue:";
  out += operator_name(op);
  if (if_exists) out += "IfExists";
  return out;
}

std::optional<Operator> find_operator(std::string_view name) {
  for (const OperatorName& row : operator_table)
    if (equals_ignoring_case(name, row.name)) return row.op;
  return {};
}

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  for (const OperatorName& row : operator_table) names.emplace_back(row.name);
  return names;
}

Value to_value(const Document& document) {
  Value out = Value::map({{"Version", document.version}});
  if (!document.id.empty()) out.set("Id", document.id);
  Value statements = Value::list();
  for (const Statement& s : document.statements) {
    Value v = Value::map();
    if (!s.sid.empty()) v.set("Sid", s.sid);
    v.set("Effect", s.effect == Effect::allow ? "Allow" : "Deny");
    if (s.principals)
      v.set(s.not_principal ? "NotPrincipal" : "Principal", principals_value(*s.principals));
    v.set(s.not_action ? "NotAction" : "Action", list_value(s.actions));
    if (document.kind != Kind::trust)
      v.set(s.not_resource ? "NotResource" : "Resource", list_value(s.resources));
    for (const Condition& c : s.conditions) {
      Value values = c.values.empty() ? Value::list() : list_value(c.values);
      v.member("Condition").member(c.operator_text()).set(c.key, std::move(values));
    }
    statements.push_back(std::move(v));
  }
  out.set("Statement", std::move(statements));
  return out;
}

}  // namespace mainstay::policy
