#include "services/ssm/handlers.hh"

namespace mainstay::ssm {
namespace {

constexpr size_t tags_max = 50;

Result<Value> tagged(Call& call, const Value& in) {
  if (in["ResourceType"].as_string() != "Parameter")
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud keeps tags of parameters only, not of " +
                         in["ResourceType"].as_string(),
                     501);
  const Value* found =
      call.find("parameter", parse_reference(call, in["ResourceId"].as_string()).name);
  if (!found)
    return aws_error("InvalidResourceId",
                     "The resource ID isn't valid. Verify that you entered "
                     "the correct ID and try again.");
  return *found;
}

}  // namespace

Status check_tags(const Value& tags) {
  if (tags.size() > tags_max)
    return aws_error("TooManyTagsError", "A resource can have at most 50 tags.");
  for (const Value& tag : tags.items())
    if (tag["Key"].as_string().starts_with("aws:"))
      return validation("Tag keys must not begin with aws:");
  return {};
}

Result<Value> add_tags(Call& call, const Value& in) {
  TRY(Value parameter, tagged(call, in));
  CHECK_OK(check_tags(in["Tags"]));
  Value tags = cloud::merge_tags(parameter["_Tags"], in["Tags"]);
  CHECK_OK(check_tags(tags));
  call.put("parameter", parameter["Name"].as_string(), parameter.set("_Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> remove_tags(Call& call, const Value& in) {
  TRY(Value parameter, tagged(call, in));
  parameter.set("_Tags", cloud::without_tags(parameter["_Tags"], in["TagKeys"]));
  call.put("parameter", parameter["Name"].as_string(), parameter);
  return Value::map({});
}

Result<Value> list_tags(Call& call, const Value& in) {
  TRY(Value parameter, tagged(call, in));
  return Value::map({{"TagList", parameter["_Tags"]}});
}

}  // namespace mainstay::ssm
