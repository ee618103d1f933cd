// What decisions about requests ask RDS: the tags and settings of what a request names.
#include "cloud/authorization.hh"

#include "cloud/condition_keys.hh"
#include "services/rds/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::rds {

// "rds:db-tag/KEY", "rds:snapshot-tag/KEY" and so on beside aws:ResourceTag; "rds:req-tag/KEY" of
// what a request brings ("Condition keys for Amazon RDS", Service Authorization Reference).
Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  for (const Value& tag : in["Tags"].items())
    authorization.request.context.set("rds:req-tag/" + tag["Key"].as_string(),
                                      tag["Value"].as_string());
  auto arn = wire::parse_arn(authorization.request.resource);
  if (!arn.has_value() || arn->service != "rds") return {};
  for (const Kind* kind : kinds()) {
    const std::string type = std::string(kind->arn_type) + ":";
    if (!arn->resource.starts_with(type)) continue;
    auto found = find(call, *kind, arn->resource.substr(type.size()));
    if (!found.has_value()) return {};  // the handler has the words for that
    authorization.resource_tags((*found)["_Tags"]);
    for (const Value& tag : (*found)["_Tags"].items())
      authorization.request.context.set(
          "rds:" + std::string(kind->arn_type) + "-tag/" + tag["Key"].as_string(),
          tag["Value"].as_string());
    if (kind == &instance_kind)
      authorization.request.context.set("rds:Vpc", "true");  // EC2-Classic is gone
    cloud::ConditionKeys::table().add_of_resource(authorization, call, *found);
    return {};
  }
  return {};
}

}  // namespace mainstay::rds
