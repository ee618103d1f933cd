#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "policy/s3.hh"
#include "services/secretsmanager/handlers.hh"

namespace mainstay::secretsmanager {
namespace {

constexpr size_t tags_max = 50;
constexpr int64_t page_max = 100, window_days_default = 30;
constexpr int64_t day_ms = 24LL * 3600 * 1000;

Status check_tags(const Value& tags) {
  if (tags.size() > tags_max) return invalid_parameter("A secret can have at most 50 tags.");
  for (const Value& tag : tags.items())
    if (tag["Key"].as_string().starts_with("aws:"))
      return invalid_parameter("Tag keys can't begin with aws:.");
  return {};
}

bool has_value(const Value& in) {
  return in.has("SecretString") || in.has("SecretBinary");
}

Value shown(const Value& secret) {
  Value out = Value::map({});
  for (const auto& [name, value] : secret.members())
    if (!name.starts_with("_") && !value.is_null() &&
        !((value.is_map() || value.is_list()) && value.empty()))
      out.set(name, value);
  return out;
}

// As ListSecrets shows it: the stages under another name.
Value listed(const Value& secret) {
  Value out = shown(secret);
  if (out.has("VersionIdsToStages")) out.set("SecretVersionsToStages", out["VersionIdsToStages"]);
  out.erase("VersionIdsToStages");
  return out;
}

bool begins_any(const Value& values, const std::string& text) {
  const List& all = values.items();
  return std::any_of(all.begin(), all.end(), [&](const Value& v) {
    const std::string& wanted = v.as_string();
    bool negated = wanted.starts_with("!");
    return text.starts_with(wanted.substr(negated ? 1 : 0)) != negated;
  });
}

bool passes(const Value& secret, const Value& filter) {
  const std::string& key = filter["Key"].as_string();
  const Value& values = filter["Values"];
  if (key == "name") return begins_any(values, secret["Name"].as_string());
  if (key == "description") return begins_any(values, secret["Description"].as_string());
  if (key == "primary-region") return begins_any(values, secret["PrimaryRegion"].as_string());
  if (key == "owning-service") return begins_any(values, secret["OwningService"].as_string());
  bool any = key == "all" && (begins_any(values, secret["Name"].as_string()) ||
                              begins_any(values, secret["Description"].as_string()));
  for (const Value& tag : secret["Tags"].items()) {
    if (key != "tag-value") any = any || begins_any(values, tag["Key"].as_string());
    if (key != "tag-key") any = any || begins_any(values, tag["Value"].as_string());
  }
  return any;
}

// A name that is free: none there, or one whose recovery window is over.
Status check_free(Call& call, const std::string& name) {
  const Value* found = call.find("secret", name);
  if (!found) return {};
  if (found->has("DeletedDate"))
    return invalid_request(
        "You can't create this secret because a secret with this name is already scheduled for "
        "deletion.");
  return aws_error("ResourceExistsException",
                   "The operation failed because the secret " + name + " already exists.");
}

// The same request again: CreateSecret with the token and the value of a version that is there.
bool is_made_by(Call& call, const Value& secret, const Value& in) {
  if (!in.has("ClientRequestToken") || secret.has("DeletedDate")) return false;
  const Value* version =
      call.find("version", version_key(secret, in["ClientRequestToken"].as_string()));
  if (!version) return false;
  auto value = open_version(call, secret, *version);
  const char* kind = in.has("SecretBinary") ? "SecretBinary" : "SecretString";
  return value.has_value() && (*value)[kind].as_bytes() == in[kind].as_bytes();
}

// "If you forcibly delete an already deleted or nonexistent secret, the operation does not return
// ResourceNotFoundException" (DeleteSecret, API reference).
Value gone_already(const Call& call, const std::string& id) {
  bool is_arn = id.starts_with("arn:");
  return Value::map({{"ARN", is_arn ? id : call.arn("secret:" + id)},
                     {"Name", is_arn ? id.substr(id.rfind(':') + 1) : id},
                     {"DeletionDate", call.now}});
}

void forget(Call& call, const Value& secret) {
  for (const Value& version : versions_of(call, secret))
    call.remove("version", version_key(secret, version["VersionId"].as_string()));
  call.remove("secret", secret["Name"].as_string());
}

// What CreateSecret and UpdateSecret may give: a description, a key, a value as the current
// version.
Result<Value> keep_described(Call& call, Value& secret, const Value& in) {
  for (const char* member : {"Description", "KmsKeyId"})
    if (in.has(member)) secret.set(member, in[member]);
  Value out = named(secret);
  if (has_value(in)) {
    TRY(std::string id, add_version(call, secret, in, {current}));
    out.set("VersionId", id);
  }
  put_secret(call, secret);
  return out;
}

}  // namespace

Result<Value> create_secret(Call& call, const Value& in) {
  std::string name = in["Name"].as_string();
  CHECK_OK(check_name(name));
  CHECK_OK(check_tags(in["Tags"]));
  CHECK_OK(check_token(call, in));
  if (const Value* made = call.find("secret", name); made && is_made_by(call, *made, in))
    return named(*made).set("VersionId", in["ClientRequestToken"]);
  CHECK_OK(check_free(call, name));
  Value secret =
      Value::map({{"ARN", call.arn("secret:" + name + "-" + call.random.alphanumeric(6))},
                  {"Name", name},
                  {"CreatedDate", call.now},
                  {"LastChangedDate", call.now},
                  {"VersionIdsToStages", Value::map({})},
                  {"Tags", Value(List(in["Tags"].items()))}});
  return keep_described(call, secret, in);
}

Result<Value> update_secret(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  return keep_described(call, secret.set("LastChangedDate", call.now), in);
}

Result<Value> describe_secret(Call& call, const Value& in) {
  TRY(Value secret, find_secret(call, in["SecretId"]));
  return shown(secret);
}

Result<Value> delete_secret(Call& call, const Value& in) {
  bool at_once = in["ForceDeleteWithoutRecovery"].as_bool();
  auto found = find_secret(call, in["SecretId"]);
  if (!found.has_value() && found.error().code == "ResourceNotFoundException" && at_once)
    return gone_already(call, in["SecretId"].as_string());
  TRY(Value secret, std::move(found));
  if (at_once && in.has("RecoveryWindowInDays"))
    return invalid_parameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  int64_t days = in["RecoveryWindowInDays"].as_int(window_days_default);
  if (days < 7 || days > 30)
    return invalid_parameter(
        "The RecoveryWindowInDays value must be between 7 and 30 days "
        "(inclusive).");
  Time gone = at_once ? call.now : call.now + days * day_ms;
  if (at_once)
    forget(call, secret);
  else
    put_secret(call, secret.set("DeletedDate", call.now));
  return named(secret).set("DeletionDate", gone);
}

Result<Value> restore_secret(Call& call, const Value& in) {
  TRY(Value secret, find_secret(call, in["SecretId"]));
  secret.erase("DeletedDate");
  put_secret(call, secret);
  return named(secret);
}

Result<Value> list_secrets(Call& call, const Value& in) {
  std::string from;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return aws_error("InvalidNextTokenException", "Invalid token");
    from = *position;
  }
  size_t count = static_cast<size_t>(in["MaxResults"].as_int(page_max));
  const List& filters = in["Filters"].items();
  Value out = Value::map({{"SecretList", Value::list()}});
  const auto& all = call.all("secret");
  for (auto it = all.lower_bound(from); it != all.end(); ++it) {
    const Value& secret = it->second;
    if ((secret.has("DeletedDate") && !in["IncludePlannedDeletion"].as_bool()) ||
        !std::all_of(filters.begin(), filters.end(),
                     [&](const Value& filter) { return passes(secret, filter); }))
      continue;
    if (out["SecretList"].size() == count)
      return out.set("NextToken", cloud::make_token(it->first));
    out.member("SecretList").push_back(listed(secret));
  }
  return out;
}

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  CHECK_OK(check_tags(in["Tags"]));
  Value tags = cloud::merge_tags(secret["Tags"], in["Tags"]);
  CHECK_OK(check_tags(tags));
  put_secret(call, secret.set("Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  secret.set("Tags", cloud::without_tags(secret["Tags"], in["TagKeys"]));
  put_secret(call, secret);
  return Value::map({});
}

Result<Value> put_resource_policy(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  auto policy = parse_json(in["ResourcePolicy"].as_string());
  if (!policy.has_value() || !policy->has("Statement"))
    return aws_error("MalformedPolicyDocumentException",
                     "This resource policy contains invalid Json.");
  auto taken = cloud::take_policy(call, in["ResourcePolicy"].as_string(), policy::Kind::resource);
  if (!taken.has_value())
    return aws_error("MalformedPolicyDocumentException",
                     cloud::refused_principal(taken.error())
                         ? "This resource policy contains an unsupported principal."
                         : taken.error().message);
  // "By default, public policies aren't blocked" (PutResourcePolicy, API reference).
  if (in["BlockPublicPolicy"].as_bool() && policy::is_public(taken->document))
    return aws_error("PublicPolicyException",
                     "This resource policy grants broad access to your secret.");
  put_secret(call, secret.set("_Policy", std::move(taken->kept)));
  return named(secret);
}

Result<Value> get_resource_policy(Call& call, const Value& in) {
  TRY(Value secret, find_secret(call, in["SecretId"]));
  Value out = named(secret);
  if (secret.has("_Policy"))
    out.set("ResourcePolicy", cloud::shown_policy(call, secret["_Policy"].as_string()));
  return out;
}

Result<Value> delete_resource_policy(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  secret.erase("_Policy");
  put_secret(call, secret);
  return named(secret);
}

}  // namespace mainstay::secretsmanager
