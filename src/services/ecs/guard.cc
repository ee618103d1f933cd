// What decisions about requests ask ECS: the cluster of a request, and the tags of what it names.
#include "cloud/authorization.hh"

#include "cloud/condition_keys.hh"
#include "services/ecs/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::ecs {

// "Condition keys for Amazon ECS", Service Authorization Reference: ecs:cluster is the ARN of the
// cluster that a request is about; the tags of resources stand under aws: and ecs:.
Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (in.has("cluster")) {
    const std::string& given = in["cluster"].as_string();
    authorization.request.context.set(
        "ecs:cluster", given.starts_with("arn:") ? given : call.arn("cluster/" + given));
  }
  bool is_privileged = false;
  for (const Value& container : in["containerDefinitions"].items())
    is_privileged = is_privileged || container["privileged"].as_bool();
  if (in.has("containerDefinitions"))
    authorization.request.context.set("ecs:privileged", is_privileged ? "true" : "false");
  auto arn = wire::parse_arn(authorization.request.resource);
  if (!arn.has_value() || arn->service != "ecs") return {};
  for (const Kind* kind : {&cluster_kind, &instance_kind, &task_kind, &service_kind}) {
    const std::string type = std::string(kind->arn_type) + "/";
    if (!arn->resource.starts_with(type)) continue;
    if (const Value* found = call.find(kind->resource.table, arn->resource.substr(type.size()))) {
      authorization.resource_tags((*found)["_Tags"], "ecs");
      cloud::ConditionKeys::table().add_of_resource(authorization, call, *found);
    }
    return {};
  }
  if (arn->resource.starts_with("task-definition/")) {
    Value found = find_definition(call, authorization.request.resource);
    if (!found.is_null()) authorization.resource_tags(found["_Tags"], "ecs");
  }
  return {};
}

}  // namespace mainstay::ecs
