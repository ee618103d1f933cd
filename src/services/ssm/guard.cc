// What decisions about requests ask Parameter Store: a parameter's tags.
#include "services/ssm/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::ssm {

Status guard(Call& call, const Value&, cloud::Authorization& authorization) {
  auto arn = wire::parse_arn(authorization.request.resource);
  constexpr std::string_view prefix = "parameter";
  if (!arn.has_value() || !arn->resource.starts_with(prefix)) return {};
  std::string name = arn->resource.substr(prefix.size());
  const Value* found = call.find("parameter", name);
  if (!found && name.starts_with('/')) found = call.find("parameter", name.substr(1));
  if (found) authorization.resource_tags((*found)["_Tags"], "ssm");
  return {};
}

}  // namespace mainstay::ssm
