// Attributes of container instances, by which placement tells them apart.
#include <algorithm>

#include "services/ecs/deploy.hh"
#include "services/ecs/fleet.hh"
#include "services/ecs/handlers.hh"

namespace mainstay::ecs {
namespace {

constexpr size_t custom_max = 10;  // "up to 10 custom attributes for each resource" (PutAttributes)

// "1 and 128 characters … letters, numbers, hyphens, underscores, forward slashes, back slashes, or
// periods" (API reference, Attribute); a value may have @, : and inner spaces, too.
bool is_fit(std::string_view text, std::string_view signs) {
  auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           signs.contains(c);
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), fits);
}

Result<Value> target_of(const Call& call, const Value& cluster, const Value& attribute) {
  const std::string& id = attribute["targetId"].as_string();
  const Value* found = call.find("instance", key_of(cluster, id));
  if (!found)
    return aws_error("TargetNotFoundException", "The specified target wasn't found: " + id + ".");
  return *found;
}

Value described(const Value& attribute, const Value& instance) {
  Value out =
      Value::map({{"name", attribute["name"]}, {"targetId", instance["containerInstanceArn"]}});
  return attribute.has("value") ? out.set("value", attribute["value"]) : out;
}

}  // namespace

Result<Value> put_attributes(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  for (const Value& given : in["attributes"].items()) {
    TRY(Value instance, target_of(call, cluster, given));
    if (!is_fit(given["name"].as_string(), "-_/\\.") ||
        (given.has("value") && !given["value"].as_string().empty() &&
         !is_fit(given["value"].as_string(), "-_/\\.@: ")))
      return invalid(
          "Invalid attribute " + given["name"].as_string() +
          ": 1 to 128 letters, digits and -_/\\. in its name, those and @: in its value.");
    Value attributes = Value::list();
    size_t custom = 1;
    for (const Value& one : instance["attributes"].items()) {
      if (one["name"] == given["name"]) continue;
      attributes.push_back(one);
      const std::string& name = one["name"].as_string();
      custom += !name.starts_with("ecs.") && !name.starts_with("com.amazonaws.");
    }
    if (custom > custom_max)
      return aws_error("AttributeLimitExceededException",
                       "You can apply up to 10 custom attributes for each resource.");
    Value kept = Value::map({{"name", given["name"]}});
    if (given.has("value")) kept.set("value", given["value"]);
    attributes.push_back(kept);
    instance.set("attributes", attributes);
    put(call, instance_kind, instance);
  }
  deploy_waiting(call, cluster["clusterName"].as_string());
  return Value::map({{"attributes", in["attributes"]}});
}

Result<Value> delete_attributes(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  Value deleted = Value::list();
  for (const Value& given : in["attributes"].items()) {
    TRY(Value instance, target_of(call, cluster, given));
    Value attributes = Value::list();
    for (const Value& one : instance["attributes"].items()) {
      bool is =
          one["name"] == given["name"] && (!given.has("value") || one["value"] == given["value"]);
      (is ? deleted : attributes).push_back(is ? described(one, instance) : one);
    }
    instance.set("attributes", attributes);
    put(call, instance_kind, instance);
  }
  return Value::map({{"attributes", deleted}});
}

Result<Value> list_attributes(Call& call, const Value& in) {
  TRY(Value cluster, find_cluster(call, in));
  if (in["targetType"].as_string() != "container-instance")
    return invalid("The target type must be container-instance.");
  Value out = Value::list();
  each_in(call, "instance", cluster["clusterName"].as_string(),
          [&](const std::string&, const Value& instance) {
            for (const Value& one : instance["attributes"].items()) {
              if (in.has("attributeName") && one["name"] != in["attributeName"]) continue;
              if (in.has("attributeValue") && one["value"] != in["attributeValue"]) continue;
              out.push_back(described(one, instance));
            }
          });
  return Value::map({{"attributes", out}});
}

}  // namespace mainstay::ecs
