// What decisions about requests ask Scheduler: which schedule or group a request means.
#include "cloud/access.hh"

#include "services/scheduler/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::scheduler {

Status guard(Call& call, const Value& in, cloud::Access& access) {
  std::string group;
  if (in.has("ResourceArn")) {
    auto arn = wire::parse_arn(in["ResourceArn"].as_string());
    if (arn.has_value()) group = arn->resource.substr(arn->resource.find('/') + 1);
    access.request.resource = in["ResourceArn"].as_string();
  } else if (call.operation.ends_with("Group")) {
    group = in["Name"].as_string();
    access.request.resource = group_arn(call, group);
  } else if (in.has("Name")) {
    group = group_of(in);
    access.request.resource = schedule_arn(call, in);
  }
  if (const Value* found = call.find("group", group)) access.resource_tags((*found)["_Tags"]);
  return {};
}

}  // namespace mainstay::scheduler
