#include "services/iam/entity_policies.hh"

#include <algorithm>

namespace mainstay::iam {
namespace {

Error no_inline(const Entity& entity, const Value& in) {
  return no_such_entity("The " + std::string(entity.noun) + " policy with name " +
                        in["PolicyName"].as_string() + " cannot be found.");
}

// "IAM and AWS STS quotas" (IAM user guide): of all inline policies of one entity together, white
// space not counted, and of managed policies attached to it.
size_t inline_bytes_max(const Entity& entity) {
  return entity.table == "user" ? 2048 : entity.table == "group" ? 5120 : 10240;
}
constexpr size_t attached_max = 10;

Status check_inline_size(const Entity& entity, const Value& document) {
  size_t bytes = 0, bytes_max = inline_bytes_max(entity);
  for (const auto& [name, policy] : document["_inline"].members()) bytes += policy_size(policy);
  if (bytes <= bytes_max) return {};
  return aws_error("LimitExceeded",
                   "Maximum policy size of " + std::to_string(bytes_max) + " bytes exceeded for " +
                       std::string(entity.noun) + " " + document[entity.name].as_string(),
                   409);
}

}  // namespace

Result<Value> put_inline(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  CHECK_OK(check_modifiable(document));
  CHECK_OK(check_policy(in["PolicyDocument"]));
  document.member("_inline").set(in["PolicyName"].as_string(), in["PolicyDocument"]);
  CHECK_OK(check_inline_size(entity, document));
  put(call, entity, document);
  return Value::map({});
}

Result<Value> get_inline(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  const Value* policy = document["_inline"].find(in["PolicyName"].as_string());
  if (!policy) return no_inline(entity, in);
  return Value::map({{std::string(entity.name), document[entity.name]},
                     {"PolicyName", in["PolicyName"]},
                     {"PolicyDocument", encoded_policy(*policy)}});
}

Result<Value> list_inline(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  Map inline_policies = document["_inline"].members();
  inline_policies.sort();
  List names;
  for (const auto& [name, policy] : inline_policies) names.push_back(name);
  return page_of_names(in, names, "PolicyNames");
}

Result<Value> delete_inline(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  CHECK_OK(check_modifiable(document));
  if (!document.member("_inline").erase(in["PolicyName"].as_string())) return no_inline(entity, in);
  put(call, entity, document);
  return Value::map({});
}

Result<Value> attach(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  CHECK_OK(check_modifiable(document));
  auto found = find_policy(call, in["PolicyArn"].as_string());
  if (!found.has_value() && found.error().code == "NoSuchEntity")
    return no_such_entity("Policy " + in["PolicyArn"].as_string() +
                          " does not exist or is not attachable.");
  TRY(Value policy, std::move(found));
  List& attached = document.member("_attached").make_list();
  if (std::find(attached.begin(), attached.end(), in["PolicyArn"]) != attached.end())
    return Value::map({});
  if (attached.size() >= attached_max)
    return aws_error("LimitExceeded",
                     "Cannot exceed quota for PoliciesPer" + std::string(entity.title) + ": " +
                         std::to_string(attached_max),
                     409);
  attached.push_back(in["PolicyArn"]);
  put(call, entity, document);
  count_attachment(call, policy, +1);
  return Value::map({});
}

Result<Value> detach(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  CHECK_OK(check_modifiable(document));
  List& attached = document.member("_attached").make_list();
  auto it = std::find(attached.begin(), attached.end(), in["PolicyArn"]);
  if (it == attached.end())
    return no_such_entity("Policy " + in["PolicyArn"].as_string() + " was not found.");
  attached.erase(it);
  put(call, entity, document);
  TRY(Value policy, find_policy(call, in["PolicyArn"].as_string()));
  count_attachment(call, policy, -1);
  return Value::map({});
}

Result<Value> list_attached(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  List items;
  for (const Value& arn : document["_attached"].items()) {
    TRY(Value policy, find_policy(call, arn.as_string()));
    items.push_back(Value::map(
        {{"PolicyName", policy["PolicyName"]}, {"PolicyArn", arn}, {"Path", policy["Path"]}}));
  }
  std::sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    return key_of(a["PolicyArn"].as_string()) < key_of(b["PolicyArn"].as_string());
  });
  TRY(Value out, page(in, std::move(items), "AttachedPolicies", "PolicyArn"));
  for (Value& item : out.member("AttachedPolicies").make_list())
    item.erase("Path");  // for the filter
  return out;
}

Result<Value> tag(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  CHECK_OK(check_tags(in["Tags"]));
  Value tags = set_tags(document["Tags"], in["Tags"]);
  CHECK_OK(check_tags(tags));
  put(call, entity, document.set("Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  put(call, entity, document.set("Tags", remove_tags(document["Tags"], in["TagKeys"])));
  return Value::map({});
}

Result<Value> list_tags(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  List tags = document["Tags"].items();
  std::sort(tags.begin(), tags.end(), [](const Value& a, const Value& b) {
    return key_of(a["Key"].as_string()) < key_of(b["Key"].as_string());
  });
  return page(in, std::move(tags), "Tags", "Key");
}

Result<Value> put_boundary(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  CHECK_OK(check_modifiable(document));
  CHECK_OK(check_boundary(call, in));
  document.set("PermissionsBoundary",
               Value::map({{"PermissionsBoundaryType", "Policy"},
                           {"PermissionsBoundaryArn", in["PermissionsBoundary"]}}));
  put(call, entity, document);
  return Value::map({});
}

Result<Value> delete_boundary(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  CHECK_OK(check_modifiable(document));
  if (!document.erase("PermissionsBoundary"))
    return no_such_entity(std::string(entity.title) + " " + document[entity.name].as_string() +
                          " does not have a permissions boundary.");
  put(call, entity, document);
  return Value::map({});
}

}  // namespace mainstay::iam
