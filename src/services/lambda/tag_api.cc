// Tags of functions and event source mappings, by ARN.
#include "base/text.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"
#include "services/lambda/settings.hh"

namespace mainstay::lambda {
namespace {

constexpr size_t tags_max = 50;

struct Tagged {
  const char* table;
  std::string id;
  Value document;
};

Result<Tagged> find_tagged(Call& call, const Value& in) {
  const std::string& arn = in["Resource"].as_string();
  auto parts = split(arn, ":");
  if (parts.size() > 6 && parts[5] == "event-source-mapping") {
    const Value* found = call.find("mapping", parts[6]);
    if (!found) return not_found("Event source mapping not found: " + arn);
    return Tagged{"mapping", parts[6], *found};
  }
  if (parts.size() > 6 && parts[5] == "capacity-provider")  // there are none here
    return not_found("Capacity provider not found: " + arn);
  if (parts.size() < 7 || parts[5] != "function")
    return not_here("tags of " + (parts.size() > 5 ? parts[5] : arn));
  FunctionName named = parse_function(arn);
  if (!named.qualifier.empty())
    return invalid_parameter(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.");
  const Value* found = call.find("function", named.name);
  if (!found) return function_not_found(call, named.name);
  return Tagged{"function", named.name, *found};
}

}  // namespace

// "Tag naming … aws: is reserved for AWS use".
Status check_tags(const Call& call, const Value& tags) {
  for (const auto& [key, value] : tags.members())
    if (key.starts_with("aws:") && !call.caller.may_use_reserved_tags())
      return invalid_parameter("The tag key " + key +
                               " begins with aws:, which is reserved for AWS use");
  if (tags.size() > tags_max)
    return invalid_parameter("Number of tags exceeds resource tag limit.");
  return {};
}

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Tagged tagged, find_tagged(call, in));
  if (in["Tags"].empty())
    return invalid_parameter("An error occurred and the request cannot be processed.");
  CHECK_OK(check_tags(call, in["Tags"]));
  for (const auto& [key, value] : in["Tags"].members())
    tagged.document.member("Tags").set(key, value);
  if (tagged.document["Tags"].size() > tags_max)
    return invalid_parameter("Number of tags exceeds resource tag limit.");
  call.put(tagged.table, tagged.id, std::move(tagged.document));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Tagged tagged, find_tagged(call, in));
  for (const Value& key : in["TagKeys"].items())
    tagged.document.member("Tags").erase(key.as_string());
  call.put(tagged.table, tagged.id, std::move(tagged.document));
  return Value::map({});
}

Result<Value> list_tags(Call& call, const Value& in) {
  TRY(Tagged tagged, find_tagged(call, in));
  return Value::map({{"Tags", tagged.document["Tags"]}});
}

}  // namespace mainstay::lambda
