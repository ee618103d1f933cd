// Kinds of ECS's resources: how they are named, found, listed and tagged. A document is what the
// Describe operation shows; members that begin with "_" are private. What belongs to a cluster
// stands under "CLUSTER/ID", a task definition under "FAMILY:" and nine digits.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/resource_kind.hh"
#include "cloud/tags.hh"

namespace mainstay::ecs {

using cloud::Call;

struct Kind {
  cloud::ResourceKind resource;
  std::string_view arn, arn_type;  // the member of its ARN; "task" of "…:task/CLUSTER/ID"
};
extern const Kind cluster_kind, definition_kind, instance_kind, task_kind, service_kind;

Error invalid(std::string message);       // InvalidParameterException
Error client_error(std::string message);  // ClientException

// The last part of a name or an ARN: "web" of "arn:…:service/default/web".
std::string short_name(std::string_view name_or_arn);

// The cluster that a request names under "cluster", "default" where it names none.
Result<Value> find_cluster(const Call& call, const Value& in);
std::string key_of(const Value& cluster, std::string_view name_or_arn);
std::string key_of_arn(std::string_view arn);  // of what stands in a cluster
void put(Call& call, const Kind& kind, const Value& document);
// Changes the items of a list that a document has.
void change_each(Value& document, const char* member, const std::function<void(Value&)>& change);

// By name, "FAMILY:REVISION" or ARN; of a family the latest ACTIVE one. Null where there is none.
Value find_definition(const Call& call, std::string_view name);

// Without what is private; its tags as "tags" where the request includes them.
Value shown(const Value& document, bool with_tags = true);
bool includes_tags(const Value& in);
// {"tasks": [...], "failures": [...]}: of what a request names, those that there are, and those
// that there are not.
Value describe(Call& call, const Kind& kind, const Value& cluster, const Value& names,
               const Value& in);
Result<Value> list(Call& call, const Kind& kind, const Value& in, const cloud::Listing& listing);
Value failure(const Call& call, const Kind& kind, std::string_view name, std::string_view reason);

Status tag_new(const Call& call, Value& document, const Value& in);

}  // namespace mainstay::ecs
