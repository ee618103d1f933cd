// A policy document as written: statements with their elements, checked against the grammar.
//
// Source: "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference" of the
// IAM user guide. What the grammar does not know is an error, never skipped: a policy of which a
// part was not understood must not allow anything.
// Limits: 16 MiB of text (AWS's own quotas are the business of the services that store documents).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay {
class Value;
}

namespace mainstay::policy {

// Where a document is attached: decides which elements it may and must have.
enum class Kind {
  identity,
  resource,
  trust,
  boundary,
  session,
  service_control,
  resource_control,
  endpoint,
  stack  // CloudFormation's stack policies: "Update:Replace" on "LogicalResourceId/Id"
};
const char* kind_name(Kind kind);  // "identity-based policy", as AWS's messages say

enum class Effect { allow, deny };

enum class Operator {
  string_equals,
  string_not_equals,
  string_equals_ignore_case,
  string_not_equals_ignore_case,
  string_like,
  string_not_like,
  numeric_equals,
  numeric_not_equals,
  numeric_less_than,
  numeric_less_than_equals,
  numeric_greater_than,
  numeric_greater_than_equals,
  date_equals,
  date_not_equals,
  date_less_than,
  date_less_than_equals,
  date_greater_than,
  date_greater_than_equals,
  boolean,
  binary_equals,
  ip_address,
  not_ip_address,
  arn_equals,
  arn_like,
  arn_not_equals,
  arn_not_like,
  null
};
bool is_negated(Operator op);  // matches where none of the values does
const char* operator_name(Operator op);
std::optional<Operator> find_operator(std::string_view name);  // whatever its case
std::vector<std::string> operator_names();

enum class Quantifier { none, for_all_values, for_any_value };

struct Condition {
  Operator op = Operator::string_equals;
  Quantifier quantifier = Quantifier::none;
  bool if_exists = false;
  std::string key;                  // as written
  std::vector<std::string> values;  // scalars as text

  std::string operator_text() const;  // "ForAnyValue:StringLikeIfExists"
  bool operator==(const Condition&) const = default;
};

struct Principals {
  bool everyone = false;               // "*" or {"AWS": "*"}
  std::vector<std::string> aws;        // ARNs, accounts as "arn:aws:iam::123456789012:root"
  std::vector<std::string> service;    // "ec2.amazonaws.com"
  std::vector<std::string> federated;  // provider ARNs and names
  std::vector<std::string> canonical;  // canonical user ids
  bool operator==(const Principals&) const = default;
};

struct Statement {
  std::string sid;
  Effect effect = Effect::deny;
  std::optional<Principals> principals;
  bool not_principal = false;
  std::vector<std::string> actions;
  bool not_action = false;
  std::vector<std::string> resources;  // {"*"} where the kind of policy has none (trust)
  bool not_resource = false;
  std::vector<Condition> conditions;

  bool operator==(const Statement&) const = default;
};

struct Document {
  Kind kind = Kind::identity;
  std::string version;  // "2012-10-17" or "2008-10-17"
  std::string id;
  std::vector<Statement> statements;

  bool has_variables() const { return version == "2012-10-17"; }
};

// Errors: "MalformedPolicyDocument" with the element's place ("Statement[2].Condition") and what
// would be right; of a principal that can be none, invalid_principal().
Result<Document> parse(std::string_view json, Kind kind);
Result<Document> from_value(const Value& json, Kind kind);
// "Invalid principal in policy: "AWS":"x"" (IAM user guide, "I can't assume a role"); its field
// "Principal" is the name. kind: "AWS", "SERVICE".
Error invalid_principal(std::string_view kind, const std::string& name);
// The document as JSON: elements in the usual order, lists of one as text.
Value to_value(const Document& document);

}  // namespace mainstay::policy
