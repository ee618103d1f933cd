// Kinds of RDS's resources, their identifiers, ARNs, lists and tags. A document is what the
// Describe operation shows, under the lower-case identifier; members that begin with "_" are
// private.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/resource_kind.hh"
#include "cloud/tags.hh"

namespace mainstay::rds {

using cloud::Call;

struct Kind {
  cloud::ResourceKind resource;
  std::string_view id;                 // the member that names one, in documents and requests
  std::string_view arn, arn_type;      // the member of its ARN; "db" of "…:db:NAME"
  std::string_view taken_code, taken;  // what is said of an identifier that is there; "*" is it
};
extern const Kind instance_kind, snapshot_kind, subnet_group_kind, parameter_group_kind,
    cluster_kind, cluster_snapshot_kind, cluster_parameter_group_kind;
std::span<const Kind* const> kinds();

Error invalid(std::string message);      // InvalidParameterValue
Error combination(std::string message);  // InvalidParameterCombination

// The identifier of a new one: checked, in lower case, and not taken.
Result<std::string> new_identifier(const Call& call, const Kind& kind, const Value& in,
                                   const char* member);
std::string arn_of(const Call& call, const Kind& kind, std::string_view id);
// By identifier or ARN, as the request has it under this member.
Result<Value> find(const Call& call, const Kind& kind, const Value& in, const char* member);
Result<Value> find(const Call& call, const Kind& kind, const std::string& id);
void put(Call& call, const Kind& kind, const Value& document);
void remove(Call& call, const Kind& kind, const Value& document);
// Without what is private, with its tags as TagList.
Value shown(const Value& document);
// {"DBInstance": shown}
Value answer(const char* member, const Value& document);

// A filter of a list: its name, and the member that has to be one of its values.
struct Filter {
  std::string_view name, member;
};
Result<Value> list(Call& call, const Kind& kind, const Value& in, std::span<const Filter> filters,
                   const std::function<bool(const Value&)>& has = {});

extern const cloud::TagRules tag_rules;
Status tag_new(const Call& call, Value& document, const Value& in);

// One entry of the events that DescribeEvents tells, for two weeks.
void tell(Call& call, const Kind& kind, const std::string& id, std::string_view category,
          std::string message);

}  // namespace mainstay::rds
