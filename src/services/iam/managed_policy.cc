#include "services/iam/managed_policy.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "data/archive.hh"

namespace mainstay::iam {
namespace {

constexpr size_t versions_max = 5;
constexpr size_t size_max = 6144;  // "IAM and AWS STS quotas"

Error no_policy(const std::string& arn) {
  return no_such_entity("Policy " + arn + " does not exist or is not attachable.");
}

// AWS's policies, by ARN, as the data package has them: read once, kept for the process. Documents
// stay packed until one is asked for.
const std::map<std::string, Value, std::less<>>& aws_policies() {
  static const auto policies = [] {
    std::map<std::string, Value, std::less<>> out;
    auto text = data::read("managed-policies");
    auto rows = text.has_value() ? parse_json(*text) : Result<Value>(Value());
    if (!rows.has_value()) return out;
    for (const Value& row : rows->items()) {
      Value policy = row;
      Value version =
          Value::map({{"VersionId", row["DefaultVersionId"]},
                      {"IsDefaultVersion", true},
                      {"CreateDate", parse_time(row["UpdateDate"].as_string()).value_or(Time())}});
      for (const char* date : {"CreateDate", "UpdateDate"})
        policy.set(date, parse_time(row[date].as_string()).value_or(Time()));
      policy.set("AttachmentCount", 0)
          .set("PermissionsBoundaryUsageCount", 0)
          .set("IsAttachable", true)
          .set("_aws", true)
          .set("_versions", Value::list({version}));
      out.emplace(row["Arn"].as_string(), std::move(policy));
    }
    return out;
  }();
  return policies;
}

Result<Value> own_policy(Call& call, const Value& in) {
  TRY(Value policy, find_policy(call, in["PolicyArn"].as_string()));
  if (policy["_aws"].as_bool())
    return aws_error("AccessDenied", "Policy is outside your own account.", 403);
  return policy;
}

void put_policy(Call& call, const Value& policy) {
  call.put("policy", policy["Arn"].as_string(), policy);
}

Value shown_policy(Value policy) {
  policy.erase("_versions");
  policy.erase("_aws");
  return policy;
}

Value* find_version(Value& policy, const Value& id) {
  for (Value& version : policy.member("_versions").make_list())
    if (version["VersionId"] == id) return &version;
  return nullptr;
}

Status check_managed_policy(const Value& document) {
  CHECK_OK(check_policy(document));
  if (policy_size(document) > size_max)
    return aws_error("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409);
  return {};
}

Error no_version(const Value& in) {
  return no_such_entity("Policy " + in["PolicyArn"].as_string() + " version " +
                        in["VersionId"].as_string() + " does not exist or is not attachable.");
}

void make_default(Value& policy, const Value& id, Time now) {
  for (Value& version : policy.member("_versions").make_list())
    version.set("IsDefaultVersion", version["VersionId"] == id);
  policy.set("DefaultVersionId", id).set("UpdateDate", now);
}

Value without_document(Value version) {
  version.erase("Document");
  return version;
}

}  // namespace

Result<Value> find_policy(Call& call, const std::string& arn) {
  const Value* own = call.find("policy", arn);
  if (own) return *own;
  if (!arn.starts_with("arn:"))
    return aws_error("ValidationError", "ARN " + arn + " is not valid.");
  auto it = aws_policies().find(arn);
  if (it == aws_policies().end()) return no_policy(arn);
  // The account's own count of attachments overlays what AWS says of the policy.
  Value policy = it->second;
  if (const Value* count = call.find("aws-policy-attachments", arn))
    policy.set("AttachmentCount", *count);
  return policy;
}

Result<std::string> policy_text(const Value& policy) {
  if (policy["_aws"].as_bool())
    return data::read("managed-policies/" + policy["PolicyName"].as_string());
  for (const Value& version : policy["_versions"].items())
    if (version["IsDefaultVersion"].as_bool()) return version["Document"].as_string();
  return no_policy(policy["Arn"].as_string());
}

void count_attachment(Call& call, Value policy, int change) {
  int64_t count = policy["AttachmentCount"].as_int() + change;
  if (policy["_aws"].as_bool()) {
    call.put("aws-policy-attachments", policy["Arn"].as_string(), count);
  } else {
    put_policy(call, policy.set("AttachmentCount", count));
  }
}

Result<Value> create_policy(Call& call, const Value& in) {
  CHECK_OK(check_managed_policy(in["PolicyDocument"]));
  CHECK_OK(check_tags(in["Tags"]));
  const std::string& name = in["PolicyName"].as_string();
  std::string arn = call.arn("policy" + path_of(in) + name);
  if (!call.find_by("policy", "_key", key_of(name)).empty())
    return already_exists("A policy called " + name +
                          " already exists. Duplicate names are not allowed.");
  Time now{call.now.ms / 1000 * 1000};
  Value version = Value::map({{"VersionId", "v1"},
                              {"Document", in["PolicyDocument"]},
                              {"IsDefaultVersion", true},
                              {"CreateDate", now}});
  Value policy = Value::map({{"PolicyName", name},
                             {"PolicyId", unique_id(call, "ANPA")},
                             {"Arn", arn},
                             {"Path", path_of(in)},
                             {"DefaultVersionId", "v1"},
                             {"AttachmentCount", 0},
                             {"PermissionsBoundaryUsageCount", 0},
                             {"IsAttachable", true},
                             {"CreateDate", now},
                             {"UpdateDate", now},
                             {"_key", key_of(name)},
                             {"_next", 2},
                             {"_versions", Value::list({version})}});
  if (in.has("Description")) policy.set("Description", in["Description"]);
  if (!in["Tags"].empty()) policy.set("Tags", in["Tags"]);
  put_policy(call, policy);
  return Value::map({{"Policy", shown_policy(std::move(policy))}});
}

Result<Value> get_policy(Call& call, const Value& in) {
  auto policy = find_policy(call, in["PolicyArn"].as_string());
  if (!policy.has_value())
    return policy.error().code == "NoSuchEntity"
               ? no_such_entity("Policy " + in["PolicyArn"].as_string() + " was not found.")
               : policy.error();
  return Value::map({{"Policy", shown_policy(std::move(*policy))}});
}

Result<Value> list_policies(Call& call, const Value& in) {
  const std::string& scope = in["Scope"].as_string();
  List items;
  auto add = [&](const Value& policy) {
    if (!in["OnlyAttached"].as_bool() || policy["AttachmentCount"].as_int() > 0)
      items.push_back(shown_policy(policy));
  };
  if (scope != "Local")
    for (const auto& [arn, policy] : aws_policies()) {
      TRY(Value counted, find_policy(call, arn));
      add(counted);
    }
  if (scope != "AWS")
    for (const auto& [arn, policy] : call.all("policy")) add(policy);
  std::sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    return key_of(a["Arn"].as_string()) < key_of(b["Arn"].as_string());
  });
  return page(in, std::move(items), "Policies", "Arn");
}

Result<Value> delete_policy(Call& call, const Value& in) {
  TRY(Value policy, own_policy(call, in));
  if (policy["AttachmentCount"].as_int() > 0)
    return delete_conflict("Cannot delete a policy attached to entities.");
  if (policy["_versions"].size() > 1)
    return delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  call.remove("policy", policy["Arn"].as_string());
  return Value::map({});
}

Result<Value> create_policy_version(Call& call, const Value& in) {
  TRY(Value policy, own_policy(call, in));
  CHECK_OK(check_managed_policy(in["PolicyDocument"]));
  if (policy["_versions"].size() >= versions_max)
    return aws_error("LimitExceeded",
                     "A managed policy can have up to 5 versions. Before you create a new version, "
                     "you must delete an existing version.",
                     409);
  int64_t number = policy["_next"].as_int();
  Value id = "v" + std::to_string(number);
  Value version = Value::map({{"VersionId", id},
                              {"Document", in["PolicyDocument"]},
                              {"IsDefaultVersion", in["SetAsDefault"].as_bool()},
                              {"CreateDate", Time{call.now.ms / 1000 * 1000}}});
  policy.member("_versions").push_back(version);
  policy.set("_next", number + 1);
  if (in["SetAsDefault"].as_bool()) make_default(policy, id, call.now);
  put_policy(call, policy);
  return Value::map({{"PolicyVersion", without_document(std::move(version))}});
}

Result<Value> get_policy_version(Call& call, const Value& in) {
  TRY(Value policy, find_policy(call, in["PolicyArn"].as_string()));
  Value* version = find_version(policy, in["VersionId"]);
  if (!version) return no_version(in);
  if (policy["_aws"].as_bool()) {
    TRY(std::string document, data::read("managed-policies/" + policy["PolicyName"].as_string()));
    version->set("Document", document);
  }
  return Value::map(
      {{"PolicyVersion", version->set("Document", encoded_policy((*version)["Document"]))}});
}

Result<Value> list_policy_versions(Call& call, const Value& in) {
  TRY(Value policy, find_policy(call, in["PolicyArn"].as_string()));
  List versions;
  for (const Value& version : policy["_versions"].items())
    versions.insert(versions.begin(), without_document(version));
  return Value::map({{"Versions", Value(std::move(versions))}, {"IsTruncated", false}});
}

Result<Value> delete_policy_version(Call& call, const Value& in) {
  TRY(Value policy, own_policy(call, in));
  Value* version = find_version(policy, in["VersionId"]);
  if (!version) return no_version(in);
  if ((*version)["IsDefaultVersion"].as_bool())
    return delete_conflict("Cannot delete the default version of a policy.");
  std::erase(policy.member("_versions").make_list(), Value(*version));
  put_policy(call, policy);
  return Value::map({});
}

Result<Value> set_default_policy_version(Call& call, const Value& in) {
  TRY(Value policy, own_policy(call, in));
  if (!find_version(policy, in["VersionId"])) return no_version(in);
  make_default(policy, in["VersionId"], call.now);
  put_policy(call, policy);
  return Value::map({});
}

Result<Value> list_entities_for_policy(Call& call, const Value& in) {
  CHECK_OK(find_policy(call, in["PolicyArn"].as_string()));
  struct Part {
    const Entity* entity;
    const char *list, *filter;
  };
  constexpr Part parts[] = {{&user, "PolicyUsers", "User"},
                            {&group, "PolicyGroups", "Group"},
                            {&role, "PolicyRoles", "Role"}};
  Value out = Value::map({{"IsTruncated", false}});
  for (const Part& part : parts) {
    Value found = Value::list();
    if (!in.has("EntityFilter") || in["EntityFilter"].as_string() == part.filter)
      for (const auto& [key, document] : call.all(part.entity->table)) {
        const List& arns = document["_attached"].items();
        if (std::find(arns.begin(), arns.end(), in["PolicyArn"]) == arns.end()) continue;
        found.push_back(Value::map({{std::string(part.entity->name), document[part.entity->name]},
                                    {std::string(part.entity->id), document[part.entity->id]}}));
      }
    out.set(part.list, std::move(found));
  }
  return out;
}

Result<Value> tag_policy(Call& call, const Value& in) {
  TRY(Value policy, own_policy(call, in));
  Value tags = set_tags(policy["Tags"], in["Tags"]);
  CHECK_OK(check_tags(tags));
  put_policy(call, policy.set("Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_policy(Call& call, const Value& in) {
  TRY(Value policy, own_policy(call, in));
  put_policy(call, policy.set("Tags", remove_tags(policy["Tags"], in["TagKeys"])));
  return Value::map({});
}

Result<Value> list_policy_tags(Call& call, const Value& in) {
  TRY(Value policy, find_policy(call, in["PolicyArn"].as_string()));
  return Value::map({{"Tags", policy["Tags"].is_list() ? policy["Tags"] : Value::list()},
                     {"IsTruncated", false}});
}

}  // namespace mainstay::iam
