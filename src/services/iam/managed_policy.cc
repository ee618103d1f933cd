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
  return no_such_entity("Policy " + arn + " was not found.");
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

constexpr std::string_view boundary_path = "PermissionsBoundary.PermissionsBoundaryArn";

// Users and roles whose boundary it is.
size_t boundary_uses(Call& call, const std::string& arn) {
  return call.find_by(user.table, boundary_path, arn).size() +
         call.find_by(role.table, boundary_path, arn).size();
}

Value shown_policy(Call& call, Value policy) {
  policy.erase("_versions");
  policy.erase("_aws");
  auto uses = static_cast<int64_t>(boundary_uses(call, policy["Arn"].as_string()));
  return policy.set("PermissionsBoundaryUsageCount", uses);
}

bool is_attached(const Value& document, const Value& arn) {
  const List& arns = document["_attached"].items();
  return std::find(arns.begin(), arns.end(), arn) != arns.end();
}

// PolicyUsageFilter: "PermissionsPolicy", "PermissionsBoundary", or either.
bool has_usage(const Value& in, bool as_policy, bool as_boundary) {
  const std::string& filter = in["PolicyUsageFilter"].as_string();
  if (filter == "PermissionsPolicy") return as_policy;
  if (filter == "PermissionsBoundary") return as_boundary;
  return as_policy || as_boundary;
}

Value* find_version(Value& policy, const Value& id) {
  for (Value& version : policy.member("_versions").make_list())
    if (version["VersionId"] == id) return &version;
  return nullptr;
}

Status check_managed_policy(const Value& document) {
  CHECK_OK(check_policy(document, true));
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
    return aws_error("ValidationError", "Invalid ARN:  Could not be parsed!");
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
  return Value::map({{"Policy", shown_policy(call, std::move(policy))}});
}

Result<Value> get_policy(Call& call, const Value& in) {
  TRY(Value policy, find_policy(call, in["PolicyArn"].as_string()));
  return Value::map({{"Policy", shown_policy(call, std::move(policy))}});
}

Result<Value> list_policies(Call& call, const Value& in) {
  const std::string& scope = in["Scope"].as_string();
  List items;
  auto add = [&](const Value& policy) {
    Value shown = shown_policy(call, policy);
    bool attached = shown["AttachmentCount"].as_int() > 0;
    if (in["OnlyAttached"].as_bool() && !attached) return;
    if (in.has("PolicyUsageFilter") &&
        !has_usage(in, attached, shown["PermissionsBoundaryUsageCount"].as_int() > 0))
      return;
    items.push_back(std::move(shown));
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
  if (policy["AttachmentCount"].as_int() > 0 || boundary_uses(call, policy["Arn"].as_string()) > 0)
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
  constexpr Part parts[] = {{&group, "PolicyGroups", "Group"},
                            {&role, "PolicyRoles", "Role"},
                            {&user, "PolicyUsers", "User"}};
  const Value& arn = in["PolicyArn"];
  List found;
  for (const Part& part : parts) {
    if (in.has("EntityFilter") && in["EntityFilter"].as_string() != part.filter) continue;
    for (const auto& [key, document] : call.all(part.entity->table))
      if (has_usage(in, is_attached(document, arn), document.at_path(boundary_path) == arn))
        found.push_back(Value::map({{"List", part.list},
                                    {"Path", document["Path"]},
                                    {"Name", std::string(part.list) + "/" + key},
                                    {std::string(part.entity->name), document[part.entity->name]},
                                    {std::string(part.entity->id), document[part.entity->id]}}));
  }
  TRY(Value paged, page(in, std::move(found), "All", "Name"));
  Value out = Value::map({{"IsTruncated", paged["IsTruncated"]}});
  if (paged.has("Marker")) out.set("Marker", paged["Marker"]);
  for (const Part& part : parts) out.set(part.list, Value::list());
  for (Value entity : paged["All"].items()) {
    const std::string list = entity["List"].as_string();
    for (const char* own : {"List", "Path", "Name"}) entity.erase(own);
    out.member(list).push_back(std::move(entity));
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
