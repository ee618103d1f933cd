// Groups of schedules, and their tags.
#include <vector>

#include "cloud/paging.hh"
#include "services/scheduler/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::scheduler {
namespace {

constexpr int64_t groups_a_page = 100;
constexpr size_t groups_max = 500, tags_max = 200;
constexpr std::string_view group_resource = "schedule-group/";

Value shown_group(Call& call, const Value& group) {
  Value out = Value::map({{"Arn", group_arn(call, group["Name"].as_string())}});
  for (const char* member : {"Name", "State", "CreationDate", "LastModificationDate"})
    out.set(member, group[member]);
  return out;
}

Result<Value> find_tagged(Call& call, const Value& in) {
  auto arn = wire::parse_arn(in["ResourceArn"].as_string());
  if (!arn.has_value() || !arn->resource.starts_with(group_resource))
    return invalid("Invalid resource ARN: only schedule groups have tags.");
  return find_group(call, arn->resource.substr(group_resource.size()));
}

}  // namespace

Result<Value> create_group(Call& call, const Value& in) {
  const std::string& name = in["Name"].as_string();
  if (const Value* found = call.find("group", name)) {
    if (in.has("ClientToken") && (*found)["_Token"] == in["ClientToken"])
      return Value::map({{"ScheduleGroupArn", group_arn(call, name)}});
    return aws_error("ConflictException", "Schedule group " + name + " already exists.", 409);
  }
  if (call.all("group").size() >= groups_max)
    return aws_error("ServiceQuotaExceededException", "The quota of schedule groups is reached.",
                     402);
  Value group = Value::map({{"Name", name},
                            {"State", "ACTIVE"},
                            {"CreationDate", call.now},
                            {"LastModificationDate", call.now},
                            {"_Tags", in["Tags"].is_list() ? in["Tags"] : Value::list()}});
  if (in.has("ClientToken")) group.set("_Token", in["ClientToken"]);
  call.put("group", name, std::move(group));
  return Value::map({{"ScheduleGroupArn", group_arn(call, name)}});
}

Result<Value> get_group(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in["Name"].as_string()));
  return shown_group(call, group);
}

// Its schedules go with it.
Result<Value> delete_group(Call& call, const Value& in) {
  const std::string& name = in["Name"].as_string();
  if (name == default_group) return invalid("The default schedule group cannot be deleted.");
  CHECK_OK(find_group(call, name));
  std::string prefix = schedule_key(name, "");
  std::vector<Value> schedules;
  const auto& all = call.all("schedule");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    schedules.push_back(it->second);
  for (const Value& schedule : schedules) remove_schedule(call, schedule);
  call.remove("group", name);
  return Value::map({});
}

Result<Value> list_groups(Call& call, const Value& in) {
  std::string prefix = in["NamePrefix"].as_string(), from = prefix;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return invalid("Invalid NextToken.");
    from = *position;
  }
  auto count = static_cast<size_t>(in["MaxResults"].as_int(groups_a_page));
  Value items = Value::list(), out = Value::map({});
  const auto& all = call.all("group");
  for (auto it = all.lower_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (items.size() == count) {
      out.set("NextToken", cloud::make_token(it->first));
      break;
    }
    items.push_back(shown_group(call, it->second));
  }
  return out.set("ScheduleGroups", std::move(items));
}

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Value group, find_tagged(call, in));
  Value tags = cloud::merge_tags(group["_Tags"], in["Tags"]);
  if (tags.size() > tags_max) return invalid("A schedule group has at most 200 tags.");
  call.put("group", group["Name"].as_string(), group.set("_Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Value group, find_tagged(call, in));
  Value tags = cloud::without_tags(group["_Tags"], in["TagKeys"]);
  call.put("group", group["Name"].as_string(), group.set("_Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> list_tags(Call& call, const Value& in) {
  TRY(Value group, find_tagged(call, in));
  return Value::map({{"Tags", group["_Tags"]}});
}

}  // namespace mainstay::scheduler
