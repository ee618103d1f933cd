#include "services/iam/entity.hh"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "cloud/key_id.hh"
#include "policy/document.hh"
#include "services/iam/handlers.hh"
#include "services/iam/managed_policy.hh"
#include "services/iam/policy_grammar.hh"

namespace mainstay::iam {
namespace {

constexpr size_t page_default = 100;
constexpr size_t tags_max = 50;
constexpr size_t trust_size_max = 2048;  // "IAM and AWS STS quotas"
constexpr std::string_view sid_characters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

}  // namespace

Error no_such_entity(std::string message) {
  return aws_error("NoSuchEntity", std::move(message), 404);
}
Error delete_conflict(std::string message) {
  return aws_error("DeleteConflict", std::move(message), 409);
}
Error already_exists(std::string message) {
  return aws_error("EntityAlreadyExists", std::move(message), 409);
}

std::string key_of(std::string_view name) {
  return to_lower(name);
}

Result<Value> get(Call& call, const Entity& entity, const Value& in) {
  std::string name = in[entity.name].as_string();
  // GetUser and its like without a name mean the caller.
  if (name.empty() && &entity == &user && call.caller.kind == cloud::Caller::Kind::user)
    name = call.caller.arn.substr(call.caller.arn.rfind('/') + 1);
  const Value* found = call.find(entity.table, key_of(name));
  if (!found)
    return no_such_entity("The " + std::string(entity.noun) + " with name " + name +
                          " cannot be found.");
  return *found;
}

void put(Call& call, const Entity& entity, const Value& document) {
  call.put(entity.table, key_of(document[entity.name].as_string()), document);
}

std::string unique_id(Call& call, std::string_view prefix) {
  if (prefix == user.id_prefix || prefix == role.id_prefix)
    return cloud::make_principal_id(prefix, call.account, call.random);
  return std::string(prefix) + call.random.alphanumeric(17);
}

std::string path_of(const Value& in) {
  return in.has("Path") ? in["Path"].as_string() : "/";
}

Status check_modifiable(const Value& document) {
  if (!document["Path"].as_string().starts_with("/aws-service-role/") || !document.has("RoleName"))
    return {};
  return aws_error("UnmodifiableEntity", "Cannot perform the operation on the protected role '" +
                                             document["RoleName"].as_string() +
                                             "' - this role is only modifiable by AWS");
}

Status check_boundary(Call& call, const Value& in) {
  const std::string& arn = in["PermissionsBoundary"].as_string();
  if (find_policy(call, arn).has_value()) return {};
  return no_such_entity("Scope ARN: " + arn + " does not exist or is not attachable.");
}

Result<Value> create(Call& call, const Entity& entity, const Value& in) {
  const std::string& name = in[entity.name].as_string();
  if (call.find(entity.table, key_of(name)))
    return already_exists(std::string(entity.title) + " with name " + name + " already exists.");
  CHECK_OK(check_tags(in["Tags"]));
  std::string path = path_of(in);
  Value document = Value::map({{"Path", path},
                               {std::string(entity.name), name},
                               {std::string(entity.id), unique_id(call, entity.id_prefix)},
                               {"Arn", call.arn(std::string(entity.noun) + path + name)},
                               {"CreateDate", Time{call.now.ms / 1000 * 1000}},
                               {"_inline", Value::map({})},
                               {"_attached", Value::list()}});
  if (!in["Tags"].empty()) document.set("Tags", in["Tags"]);
  if (in.has("PermissionsBoundary")) CHECK_OK(check_boundary(call, in));
  if (in.has("PermissionsBoundary"))
    document.set("PermissionsBoundary",
                 Value::map({{"PermissionsBoundaryType", "Policy"},
                             {"PermissionsBoundaryArn", in["PermissionsBoundary"]}}));
  return document;
}

Status check_deletable(const Value& document) {
  if (!document["_attached"].empty())
    return delete_conflict("Cannot delete entity, must detach all policies first.");
  if (!document["_inline"].empty())
    return delete_conflict("Cannot delete entity, must delete policies first.");
  return {};
}

Result<Value> rename(Call& call, const Entity& entity, const Value& in) {
  TRY(Value document, get(call, entity, in));
  std::string old_key = key_of(document[entity.name].as_string());
  std::string new_member = "New" + std::string(entity.name);
  if (in.has(new_member)) {
    std::string new_key = key_of(in[new_member].as_string());
    if (new_key != old_key && call.find(entity.table, new_key))
      return already_exists(std::string(entity.title) + " with name " + in[new_member].as_string() +
                            " already exists.");
    document.set(entity.name, in[new_member]);
  }
  if (in.has("NewPath")) document.set("Path", in["NewPath"]);
  document.set("Arn", call.arn(std::string(entity.noun) + document["Path"].as_string() +
                               document[entity.name].as_string()));
  call.remove(entity.table, old_key);
  put(call, entity, document);
  return document;
}

Status check_tags(const Value& tags) {
  if (tags.size() > tags_max)
    return aws_error("LimitExceeded", "The number of tags has reached the maximum limit.", 409);
  std::set<std::string> seen;
  for (const Value& tag : tags.items()) {
    const std::string& key = tag["Key"].as_string();
    if (!seen.insert(to_lower(key)).second)
      return aws_error("InvalidInput",
                       "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  return {};
}

Value remove_tags(const Value& tags, const Value& keys) {
  Value out = Value::list();
  for (const Value& tag : tags.items()) {
    const List& gone = keys.items();
    if (std::none_of(gone.begin(), gone.end(), [&](const Value& k) {
          return equals_ignoring_case(k.as_string(), tag["Key"].as_string());
        }))
      out.push_back(tag);
  }
  return out;
}

Value set_tags(const Value& tags, const Value& added) {
  Value keys = Value::list();
  for (const Value& tag : added.items()) keys.push_back(tag["Key"]);
  Value out = remove_tags(tags, keys);
  for (const Value& tag : added.items()) out.push_back(tag);
  return out;
}

Result<Value> page(const Value& in, List items, std::string_view list, std::string_view key) {
  if (in.has("PathPrefix"))
    std::erase_if(items, [&](const Value& v) {
      return !v["Path"].as_string().starts_with(in["PathPrefix"].as_string());
    });
  TRY(cloud::Page cut,
      cloud::paginate(
          std::move(items), [&](const Value& v) { return key_of(v[key].as_string()); },
          in["Marker"].as_string(), static_cast<size_t>(in["MaxItems"].as_int(page_default)),
          aws_error("ValidationError", "Invalid Marker.")));
  Value out = Value::map(
      {{std::string(list), Value(std::move(cut.items))}, {"IsTruncated", !cut.next.empty()}});
  if (!cut.next.empty()) out.set("Marker", cut.next);
  return out;
}

Result<Value> page_of_names(const Value& in, const List& names, std::string_view list) {
  List items;
  for (const Value& name : names) items.push_back(Value::map({{"Name", name}}));
  TRY(Value out, page(in, std::move(items), list, "Name"));
  List plain;
  for (const Value& item : out[list].items()) plain.push_back(item["Name"]);
  return out.set(list, Value(std::move(plain)));
}

size_t policy_size(const Value& document) {
  const std::string& text = document.as_string();
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return std::string_view(" \t\r\n").find(c) == std::string_view::npos;
  }));
}

namespace {

// "IAM JSON policy elements: Sid". An empty one counts as none.
bool has_repeated_sid(const policy::Document& document) {
  std::set<std::string_view> seen;
  return std::any_of(document.statements.begin(), document.statements.end(),
                     [&](const policy::Statement& statement) {
                       return !statement.sid.empty() && !seen.insert(statement.sid).second;
                     });
}

// The words are those of recorded answers: issues 3973 and 1376 of cfn-lint.
Status check_sids(const policy::Document& document) {
  for (const policy::Statement& statement : document.statements)
    if (statement.sid.find_first_not_of(sid_characters) != std::string::npos)
      return aws_error("MalformedPolicyDocument",
                       "Statement IDs (SID) must be alpha-numeric. Check that your input "
                       "satisfies the regular expression [0-9A-Za-z]*");
  if (has_repeated_sid(document))
    return aws_error("MalformedPolicyDocument",
                     "Statement IDs (SID) in a single policy must be unique.");
  return {};
}

// Actions of another service, and "*", which would take them in. Whatever sts has passes.
bool names_other_service(const policy::Statement& statement) {
  return std::any_of(
      statement.actions.begin(), statement.actions.end(),
      [](const std::string& action) { return !to_lower(action).starts_with("sts:"); });
}

}  // namespace

Status check_policy(const Value& document, bool is_managed) {
  auto json = parse_json(document.as_string());
  if (!json.has_value()) return aws_error("MalformedPolicyDocument", "Syntax errors in policy.");
  CHECK_OK(check_grammar(*json, is_managed));
  auto parsed = policy::parse(document.as_string(), policy::Kind::identity);
  if (!parsed.has_value()) return std::move(parsed.error());
  return check_sids(*parsed);
}

Result<Value> take_trust_policy(Call& call, const Value& document) {
  auto json = parse_json(document.as_string());
  if (!json.has_value())
    return aws_error("MalformedPolicyDocument", "This policy contains invalid Json");
  const Value& statements = (*json)["Statement"];
  for (const char* member : {"Resource", "NotResource"})
    if (statements.has(member) || statements.at(0).has(member))
      return aws_error("MalformedPolicyDocument", std::string("Has prohibited field ") + member);
  auto taken = cloud::take_policy(call, document.as_string(), policy::Kind::trust);
  if (!taken.has_value()) return aws_error(taken.error().code, taken.error().message);
  if (has_repeated_sid(taken->document))
    return aws_error("MalformedPolicyDocument", "The Statement Ids in the policy are not unique");
  for (const policy::Statement& statement : taken->document.statements)
    if (!statement.not_action && names_other_service(statement))
      return aws_error("MalformedPolicyDocument",
                       "AssumeRole policy may only specify STS AssumeRole actions.");
  if (policy_size(document) > trust_size_max)
    return aws_error("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", 409);
  return Value(std::move(taken->kept));
}

Value encoded_policy(const Value& document) {
  return percent_encode(document.as_string());
}

Value shown(const Value& document) {
  Value out = document;
  out.erase("_inline");
  out.erase("_attached");
  return out;
}

Value with_trust(Call& call, Value answer) {
  constexpr const char* trust = "AssumeRolePolicyDocument";
  if (answer.is_list()) {
    for (Value& item : answer.make_list()) item = with_trust(call, std::move(item));
    return answer;
  }
  if (answer.has(trust))
    answer.set(trust, encoded_policy(cloud::shown_policy(call, answer[trust].as_string())));
  for (const char* holder : {"Role", "Roles", "RoleDetailList", "InstanceProfile",
                             "InstanceProfiles", "InstanceProfileList"})
    if (answer.has(holder)) answer.set(holder, with_trust(call, answer[holder]));
  return answer;
}

}  // namespace mainstay::iam
