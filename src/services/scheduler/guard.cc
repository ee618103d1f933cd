// What decisions about requests ask Scheduler: which schedule or group a request means.
#include "cloud/authorization.hh"

#include "services/scheduler/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::scheduler {

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  std::string group;
  if (in.has("ResourceArn")) {
    auto arn = wire::parse_arn(in["ResourceArn"].as_string());
    if (arn.has_value()) group = arn->resource.substr(arn->resource.find('/') + 1);
    authorization.request.resource = in["ResourceArn"].as_string();
  } else if (call.operation.ends_with("Group")) {
    group = in["Name"].as_string();
    authorization.request.resource = group_arn(call, group);
  } else if (in.has("Name")) {
    group = group_of(in);
    authorization.request.resource = schedule_arn(call, in);
  }
  if (const Value* found = call.find("group", group))
    authorization.resource_tags((*found)["_Tags"]);
  return {};
}

}  // namespace mainstay::scheduler
