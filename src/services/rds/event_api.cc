// DescribeEvents, and tags of everything that has an ARN.
#include "base/text.hh"
#include "cloud/tags.hh"
#include "services/rds/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::rds {
namespace {

constexpr int64_t minutes_default = 60;  // "Default: 60" (DescribeEvents, Duration)

struct Tagged {
  const Kind* kind;
  Value document;
};

Result<Tagged> tagged(Call& call, const Value& in) {
  const std::string& name = in["ResourceName"].as_string();
  auto arn = wire::parse_arn(name);
  if (arn.has_value() && arn->service == "rds")
    for (const Kind* kind : kinds()) {
      const std::string type = std::string(kind->arn_type) + ":";
      if (!arn->resource.starts_with(type)) continue;
      TRY(Value document, find(call, *kind, arn->resource.substr(type.size())));
      return Tagged{kind, std::move(document)};
    }
  return invalid("Invalid resource name: " + name);
}

}  // namespace

Result<Value> describe_events(Call& call, const Value& in) {
  int64_t minutes = in["Duration"].as_int(minutes_default);
  Time from =
      in.has("StartTime") ? in["StartTime"].as_time() : Time{call.now.ms - minutes * 60'000};
  Time to = in.has("EndTime") ? in["EndTime"].as_time() : call.now;
  Value out = Value::list();
  for (const auto& [id, event] : call.all("event")) {
    Time at = event["Date"].as_time();
    if (at < from || to < at) continue;
    if (in.has("SourceIdentifier") && in["SourceIdentifier"] != event["SourceIdentifier"]) continue;
    if (in.has("SourceType") && in["SourceType"] != event["SourceType"]) continue;
    out.push_back(event);
  }
  return Value::map({{"Events", std::move(out)}});
}

Result<Value> add_tags_to_resource(Call& call, const Value& in) {
  TRY(Tagged found, tagged(call, in));
  CHECK_OK(cloud::add_tags(call, found.document, in["Tags"], tag_rules));
  put(call, *found.kind, found.document);
  return Value::map({});
}

Result<Value> remove_tags_from_resource(Call& call, const Value& in) {
  TRY(Tagged found, tagged(call, in));
  cloud::remove_tags(found.document, in["TagKeys"]);
  put(call, *found.kind, found.document);
  return Value::map({});
}

Result<Value> list_tags_for_resource(Call& call, const Value& in) {
  TRY(Tagged found, tagged(call, in));
  const Value& tags = found.document["_Tags"];
  return Value::map({{"TagList", tags.is_list() ? tags : Value::list()}});
}

}  // namespace mainstay::rds
