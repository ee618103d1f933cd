#include "services/kms/key.hh"

#include "base/digest.hh"
#include "base/text.hh"
#include "services/kms/blob.hh"
#include "services/kms/crypto.hh"
#include "services/kms/policy.hh"
#include "wire/arn.hh"

namespace mainstay::kms {
namespace {

constexpr std::string_view aws_prefix = "alias/aws/";

bool is_key_id(std::string_view id) {
  if (id.starts_with("mrk-")) return id.size() == 36;
  return id.size() == 36 && id[8] == '-' && id[13] == '-';
}

Error no_key(const Call& call, const std::string& id) {
  return not_found("Key '" + call.arn("key/" + id) + "' does not exist");
}

Result<Value> key_by_id(Call& call, const std::string& id) {
  if (!is_key_id(id)) return not_found("Invalid keyId '" + id + "'");
  const Value* key = call.find("key", id);
  if (!key || is_gone(*key, call.now)) return no_key(call, id);
  return *key;
}

// What AWS's keys protect, in the words of their descriptions (DynamoDB's is recorded, the others
// are as DescribeKey is quoted in public reports).
std::string protected_by_key_of(const std::string& service) {
  static constexpr std::pair<std::string_view, std::string_view> things[] = {
      {"dynamodb", "DynamoDB data"},  {"elasticfilesystem", "EFS filesystems"},
      {"es", "OpenSearch data"},      {"glue", "Glue data"},
      {"lambda", "Lambda functions"}, {"rds", "RDS database volumes"},
      {"s3", "S3 objects"},           {"secretsmanager", "Secrets Manager data"}};
  for (const auto& [name, thing] : things)
    if (name == service) return std::string(thing);
  return service + " data";
}

// The key of alias/aws/SERVICE, made at its first use as AWS does (developer guide, "AWS managed
// keys").
Result<Value> make_aws_key(Call& call, const std::string& alias) {
  std::string service = alias.substr(aws_prefix.size());
  Value in =
      Value::map({{"Description", "Default key that protects my " + protected_by_key_of(service) +
                                      " when no other key is defined"},
                  {"Policy", aws_managed_policy(call, service)}});
  TRY(Value key, new_key(call, in, "AWS"));
  put_key(call, key);
  call.put("alias", alias,
           Value::map({{"AliasName", alias},
                       {"AliasArn", call.arn(alias)},
                       {"TargetKeyId", key["KeyId"]},
                       {"CreationDate", call.now},
                       {"LastUpdatedDate", call.now}}));
  return key;
}

Result<Value> key_by_alias(Call& call, const std::string& alias) {
  const Value* found = call.find("alias", alias);
  if (!found && is_aws_alias(alias) && alias.size() > aws_prefix.size())
    return make_aws_key(call, alias);
  if (!found) return not_found("Alias " + call.arn(alias) + " is not found.");
  auto key = key_by_id(call, (*found)["TargetKeyId"].as_string());
  if (!key.has_value()) return not_found("Alias " + call.arn(alias) + " is not found.");
  return key;
}

Result<std::string> resource_of(const Call& call, const std::string& text) {
  auto arn = wire::parse_arn(text);
  if (!arn.has_value() || arn->service != "kms")
    return aws_error("InvalidArnException", "Invalid arn " + text);
  if (arn->region != call.region) return not_found("Invalid arn " + arn->region);
  return arn->resource;
}

Value algorithms(const std::vector<std::string_view>& names) {
  Value out = Value::list();
  for (std::string_view name : names) out.push_back(name);
  return out;
}

Status check_new(const Value& in, const Spec* spec, const std::string& name) {
  if (!spec)
    return aws_error("UnsupportedOperationException",
                     "KeySpec " + name + " is not supported here.");
  if (in.has("CustomKeyStoreId") || in.has("XksKeyId"))
    return aws_error("UnsupportedOperationException",
                     "mainstay's embedded cloud has no custom key stores.");
  if (spec->family != Family::symmetric && !in.has("KeyUsage"))
    return aws_error("ValidationException",
                     "You must specify a KeyUsage value for all KMS keys except for symmetric "
                     "encryption keys.");
  if (in.has("KeyUsage") && !spec->allows(in["KeyUsage"].as_string()))
    return aws_error("ValidationException", "KeyUsage " + in["KeyUsage"].as_string() +
                                                " is not compatible with KeySpec " + name);
  return {};
}

Result<Value> new_material(Call& call, const Spec& spec) {
  std::string bytes;
  if (spec.family == Family::rsa || spec.family == Family::ec) {
    TRY(bytes, make_private_key(spec));
  } else {
    bytes = secure_random(static_cast<size_t>(spec.bits) / 8);
  }
  return Value::map({{"KeyMaterialId", new_material_id(call)}, {"Bytes", Bytes{std::move(bytes)}}});
}

std::string new_key_id(Call& call, bool multi_region) {
  return multi_region ? "mrk-" + call.random.hex(32) : call.random.uuid();
}

}  // namespace

Error not_found(std::string message) {
  return aws_error("NotFoundException", std::move(message));
}

// What AWS answers where a key policy does not allow: it does not tell whether the key exists.
Error access_denied(const Call& call) {
  return aws_error("AccessDeniedException",
                   "User: " + call.caller.arn +
                       " is not authorized to perform: kms:" + std::string(call.operation) +
                       " on this resource because the resource does not exist in this Region, no "
                       "resource-based policies allow access, or a resource-based policy "
                       "explicitly denies access");
}

bool is_gone(const Value& key, Time now) {
  return key["KeyState"].as_string() == "PendingDeletion" && key["DeletionDate"].as_time() <= now;
}

Result<Value> find_key(Call& call, const std::string& name, Named named) {
  std::string resource = name;
  if (name.starts_with("arn:")) {
    TRY(resource, resource_of(call, name));
    if (resource.starts_with("key/")) return key_by_id(call, resource.substr(4));
  }
  if (!resource.starts_with("alias/")) return key_by_id(call, resource);
  if (named == Named::by_id)
    return name.starts_with("arn:") ? aws_error("InvalidArnException", "Invalid arn " + name)
                                    : not_found("Invalid keyId '" + name + "'");
  return key_by_alias(call, resource);
}

Result<Value> find_readable_key(Call& call, const Value& in) {
  if (call.account != call.caller.account) return access_denied(call);
  return find_key(call, in["KeyId"].as_string(), Named::by_id);
}

Result<Value> find_own_key(Call& call, const Value& in) {
  TRY(Value key, find_readable_key(call, in));
  if (key["KeyManager"].as_string() == "AWS") return access_denied(call);
  return key;
}

void put_key(Call& call, const Value& key) {
  call.put("key", key["KeyId"].as_string(), key);
}

Status check_not_pending(const Value& key) {
  if (key["KeyState"].as_string() == "PendingDeletion")
    return aws_error("KMSInvalidStateException", key["Arn"].as_string() + " is pending deletion.");
  return {};
}

Status check_usable(const Value& key) {
  CHECK_OK(check_not_pending(key));
  const std::string& state = key["KeyState"].as_string();
  if (state == "Disabled")
    return aws_error("DisabledException", key["Arn"].as_string() + " is disabled.");
  if (state == "PendingImport")
    return aws_error("KMSInvalidStateException", key["Arn"].as_string() + " is pending import.");
  return {};
}

Status check_usage(const Value& key, std::string_view usage, std::string_view operation) {
  CHECK_OK(check_usable(key));
  if (key["KeyUsage"].as_string() == usage) return {};
  return aws_error("InvalidKeyUsageException",
                   key["Arn"].as_string() + " key usage is " + key["KeyUsage"].as_string() +
                       " which is not valid for " + std::string(operation) + ".");
}

Status check_dry_run(const Value& in) {
  if (!in["DryRun"].as_bool()) return {};
  return aws_error("DryRunOperationException",
                   "The request would have succeeded, but the DryRun option is set.");
}

std::string new_material_id(Call& call) {
  return call.random.hex(64);
}

std::string_view material(const Value& key) {
  const List& all = key["_Materials"].items();
  return all.empty() ? std::string_view() : std::string_view(all.back()["Bytes"].as_bytes());
}

Result<Value> new_key(Call& call, const Value& in, std::string_view manager) {
  std::string name = "SYMMETRIC_DEFAULT";
  for (const char* member : {"CustomerMasterKeySpec", "KeySpec"})
    if (in.has(member)) name = in[member].as_string();
  const Spec* spec = find_spec(name);
  CHECK_OK(check_new(in, spec, name));
  std::string usage = in.has("KeyUsage") ? in["KeyUsage"].as_string() : "ENCRYPT_DECRYPT";
  std::string origin = in.has("Origin") ? in["Origin"].as_string() : "AWS_KMS";
  bool external = origin == "EXTERNAL", multi_region = in["MultiRegion"].as_bool();
  std::string id = new_key_id(call, multi_region);
  Value key = Value::map({{"AWSAccountId", call.account},
                          {"KeyId", id},
                          {"Arn", call.arn("key/" + id)},
                          {"CreationDate", call.now},
                          {"Enabled", !external},
                          {"Description", in["Description"].as_string()},
                          {"KeyUsage", usage},
                          {"KeyState", external ? "PendingImport" : "Enabled"},
                          {"Origin", origin},
                          {"KeyManager", manager},
                          {"CustomerMasterKeySpec", name},
                          {"KeySpec", name},
                          {"MultiRegion", multi_region},
                          {"_Policy", in.has("Policy") ? in["Policy"] : default_policy(call)},
                          {"_Tags", in.has("Tags") ? in["Tags"] : Value::list()},
                          {"_Materials", Value::list()}});
  if (usage == "ENCRYPT_DECRYPT") key.set("EncryptionAlgorithms", algorithms(spec->encryption));
  if (usage == "SIGN_VERIFY") key.set("SigningAlgorithms", algorithms(spec->signing));
  if (usage == "GENERATE_VERIFY_MAC") key.set("MacAlgorithms", algorithms(spec->mac));
  if (multi_region)
    key.set("MultiRegionConfiguration",
            Value::map({{"MultiRegionKeyType", "PRIMARY"},
                        {"PrimaryKey", Value::map({{"Arn", key["Arn"]}, {"Region", call.region}})},
                        {"ReplicaKeys", Value::list()}}));
  if (external) return key;
  TRY(Value first, new_material(call, *spec));
  if (spec->family == Family::symmetric) key.set("CurrentKeyMaterialId", first["KeyMaterialId"]);
  return key.set("_Materials", Value::list({first}));
}

bool is_aws_alias(std::string_view name) {
  return name.starts_with(aws_prefix) || name.find(":alias/aws/") != std::string_view::npos;
}

bool makes_aws_key(const Value& in) {
  for (const char* member : {"KeyId", "SourceKeyId", "DestinationKeyId"})
    if (is_aws_alias(in[member].as_string())) return true;
  return false;
}

// An ARN in the request says it, or the one inside the ciphertext.
std::string account_meant(const Value& in) {
  std::string arn;
  for (const char* member : {"SourceKeyId", "KeyId"})
    if (in.has(member)) arn = in[member].as_string();
  if (arn.empty()) arn = key_arn_in(in["CiphertextBlob"].as_bytes());
  auto parsed = wire::parse_arn(arn);
  return parsed.has_value() && parsed->service == "kms" ? parsed->account : "";
}

Result<Value> page(const Value& in, List items, const char* list, const char* key,
                   int64_t count_default) {
  TRY(cloud::Page cut,
      cloud::paginate(
          std::move(items), [&](const Value& v) { return v[key].as_string(); },
          in["Marker"].as_string(), static_cast<size_t>(in["Limit"].as_int(count_default)),
          aws_error("InvalidMarkerException",
                    "Could not deserialize marker '" + in["Marker"].as_string() + "'")));
  Value out = Value::map({{list, Value(std::move(cut.items))}, {"Truncated", !cut.next.empty()}});
  if (!cut.next.empty()) out.set("NextMarker", cut.next);
  return out;
}

}  // namespace mainstay::kms
