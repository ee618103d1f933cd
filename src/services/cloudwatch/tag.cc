// Tags of alarms and dashboards, and what decisions about requests ask: which of them a request
// means, and these tags.
#include "cloud/authorization.hh"
#include "cloud/paging.hh"
#include "services/cloudwatch/alarm.hh"
#include "services/cloudwatch/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr size_t tags_max = 50;

struct Tagged {
  std::string table, id;
};
Tagged tagged_of(const std::string& arn) {
  auto parsed = wire::parse_arn(arn);
  if (!parsed.has_value()) return {};
  if (parsed->resource.starts_with("dashboard/"))
    return {"dashboard", parsed->resource.substr(std::string_view("dashboard/").size())};
  if (!parsed->resource.starts_with("alarm:")) return {};
  return {"alarm", alarm_name_of(arn)};
}

Result<Value> find_tagged(Call& call, const Tagged& tagged) {
  const Value* found = tagged.table.empty() ? nullptr : call.find(tagged.table, tagged.id);
  if (found) return *found;
  return aws_error("ResourceNotFoundException", "Unknown", 404);
}

}  // namespace

Result<Value> tag_resource(Call& call, const Value& in) {
  Tagged tagged = tagged_of(in["ResourceARN"].as_string());
  TRY(Value document, find_tagged(call, tagged));
  Value tags = cloud::merge_tags(document["_Tags"], in["Tags"]);
  if (tags.size() > tags_max) return invalid_value("A resource can have no more than 50 tags.");
  call.put(tagged.table, tagged.id, document.set("_Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  Tagged tagged = tagged_of(in["ResourceARN"].as_string());
  TRY(Value document, find_tagged(call, tagged));
  Value tags = cloud::without_tags(document["_Tags"], in["TagKeys"]);
  call.put(tagged.table, tagged.id, document.set("_Tags", std::move(tags)));
  return Value::map({});
}

// Of what is not there: none (recorded).
Result<Value> list_tags(Call& call, const Value& in) {
  auto document = find_tagged(call, tagged_of(in["ResourceARN"].as_string()));
  Value tags = document.has_value() ? (*document)["_Tags"] : Value::list();
  return Value::map({{"Tags", std::move(tags)}});
}

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (in.has("Namespace"))
    authorization.request.context.set("cloudwatch:namespace", in["Namespace"].as_string());
  Tagged tagged = tagged_of(in["ResourceARN"].as_string());
  if (in.has("AlarmName")) {
    tagged = {"alarm", in["AlarmName"].as_string()};
    authorization.request.resource = alarm_arn(call, tagged.id);
  } else if (in["AlarmNames"].size() == 1) {
    tagged = {"alarm", in["AlarmNames"].at(0).as_string()};
  }
  auto document = find_tagged(call, tagged);
  if (document.has_value()) authorization.resource_tags((*document)["_Tags"]);
  return {};
}

}  // namespace mainstay::cloudwatch
