#include "services/secretsmanager/secret.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::secretsmanager {
namespace {

// "A secret can have at most about 100 versions" without a stage (quotas of Secrets Manager).
constexpr size_t deprecated_max = 100;
constexpr size_t nonce_size = 12, suffix_size = 7;  // "-AbCdEf" at an ARN's end

Error not_found() {
  return aws_error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
}

// The name out of an ARN, with or without its suffix; other texts are names.
std::vector<std::string> possible_names(const std::string& id) {
  if (!id.starts_with("arn:")) return {id};
  auto parts = split(id, ":secret:");
  if (parts.size() != 2) return {};
  std::vector<std::string> out{parts[1]};
  if (parts[1].size() > suffix_size)
    out.push_back(parts[1].substr(0, parts[1].size() - suffix_size));
  return out;
}

Value context_of(const Value& secret, const std::string& version) {
  return Value::map({{"SecretARN", secret["ARN"]}, {"SecretVersionId", version}});
}

Result<Value> ask_kms(Call& call, const char* operation, Value in, const char* failure) {
  auto out = call.invoke("kms", operation, std::move(in));
  if (out.has_value()) return out;
  if (out.error().code.starts_with("AccessDenied"))
    return aws_error("AccessDeniedException", "Access to KMS is not allowed");
  return aws_error(failure, "Secrets Manager can't use the KMS key: " + out.error().message);
}

Status seal(Call& call, const Value& secret, Value& version, const std::string& plain) {
  std::string key =
      secret.has("KmsKeyId") ? secret["KmsKeyId"].as_string() : "alias/aws/secretsmanager";
  TRY(Value data_key,
      ask_kms(
          call, "GenerateDataKey",
          Value::map({{"KeyId", key},
                      {"KeySpec", "AES_256"},
                      {"EncryptionContext", context_of(secret, version["VersionId"].as_string())}}),
          "EncryptionFailure"));
  std::string nonce = secure_random(nonce_size);
  version.set("_Sealed",
              Bytes{nonce + aes_gcm_seal(data_key["Plaintext"].as_bytes(), nonce, plain, "")});
  version.set("_DataKey", data_key["CiphertextBlob"]);
  return {};
}

Result<std::string> unseal(Call& call, const Value& secret, const Value& version) {
  TRY(Value data_key,
      ask_kms(
          call, "Decrypt",
          Value::map({{"CiphertextBlob", version["_DataKey"]},
                      {"EncryptionContext", context_of(secret, version["VersionId"].as_string())}}),
          "DecryptionFailure"));
  std::string_view sealed = version["_Sealed"].as_bytes();
  return aes_gcm_open(data_key["Plaintext"].as_bytes(), sealed.substr(0, nonce_size),
                      sealed.substr(nonce_size), "");
}

// A version that loses its last stage is deprecated: it is there until there are too many.
void deprecate(Call& call, const Value& secret, Value& all, const std::string& id) {
  all.erase(id);
  std::vector<std::string> deprecated;
  for (const Value& version : versions_of(call, secret))
    if (!all.has(version["VersionId"].as_string()))
      deprecated.push_back(version["VersionId"].as_string());
  if (deprecated.size() > deprecated_max)
    call.remove("version", version_key(secret, deprecated.front()));
}

}  // namespace

Error invalid_parameter(std::string message) {
  return aws_error("InvalidParameterException", std::move(message));
}

Error invalid_request(std::string message) {
  return aws_error("InvalidRequestException", std::move(message));
}

Status check_token(const Call& call, const Value& in) {
  bool in_process = call.endpoint.empty() || !call.caller.via.empty();
  if (in.has("ClientRequestToken") || in_process) return {};
  return invalid_request(
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.");
}

Value named(const Value& secret) {
  return Value::map({{"ARN", secret["ARN"]}, {"Name", secret["Name"]}});
}

Status check_name(const std::string& name) {
  constexpr std::string_view others = "/_+=.@-";
  bool plain = std::all_of(name.begin(), name.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || others.find(c) != others.npos;
  });
  if (!plain || name.empty())
    return aws_error("ValidationException",
                     "Invalid name. Must be a valid name containing alphanumeric characters, or "
                     "any of the following: -/_+=.@!");
  return {};
}

Result<Value> find_secret(Call& call, const Value& id) {
  const std::string& text = id.as_string();
  if (!text.starts_with("arn:")) CHECK_OK(check_name(text));
  for (const std::string& name : possible_names(text)) {
    const Value* found = call.find("secret", name);
    if (!found) continue;
    bool by_arn = text.starts_with("arn:");
    if (!by_arn || (*found)["ARN"].as_string().starts_with(text)) return *found;
  }
  return not_found();
}

Result<Value> find_live_secret(Call& call, const Value& id) {
  TRY(Value secret, find_secret(call, id));
  if (secret.has("DeletedDate"))
    return invalid_request(
        "You can't perform this operation on the secret because it was marked for deletion.");
  return secret;
}

void put_secret(Call& call, const Value& secret) {
  call.put("secret", secret["Name"].as_string(), secret);
}

std::string version_key(const Value& secret, const std::string& version) {
  return secret["ARN"].as_string() + "|" + version;
}

std::vector<Value> versions_of(const Call& call, const Value& secret) {
  std::vector<Value> out;
  std::string prefix = version_key(secret, "");
  const auto& all = call.all("version");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->second);
  std::ranges::stable_sort(out, {},
                           [](const Value& version) { return version["CreatedDate"].as_time(); });
  return out;
}

bool has_stage(const Value& stages, std::string_view stage) {
  const List& all = stages.items();
  return std::any_of(all.begin(), all.end(),
                     [&](const Value& s) { return s.as_string() == stage; });
}

std::string version_of_stage(const Value& secret, std::string_view stage) {
  for (const auto& [version, stages] : secret["VersionIdsToStages"].members())
    if (has_stage(stages, stage)) return version;
  return "";
}

void move_stage(Call& call, Value& secret, const std::string& stage, const std::string& to) {
  std::string from = version_of_stage(secret, stage);
  if (from == to) return;
  if (stage == current && !from.empty()) {
    move_stage(call, secret, previous, from);
    // A rotation that came to its end ("Staging labels", user guide).
    if (has_stage(secret["VersionIdsToStages"][from], pending))
      std::erase(secret.member("VersionIdsToStages").member(from).make_list(), Value(pending));
  }
  Value& all = secret.member("VersionIdsToStages");
  if (!from.empty()) {
    std::erase(all.member(from).make_list(), Value(stage));
    if (all[from].empty()) deprecate(call, secret, all, from);
  }
  if (!to.empty()) all.member(to).push_back(stage);
}

Result<std::string> add_version(Call& call, Value& secret, const Value& in,
                                const std::vector<std::string>& stages) {
  if (in.has("SecretString") && in.has("SecretBinary"))
    return invalid_parameter(
        "You can't specify both a binary secret value and a string secret value in the same "
        "secret.");
  const char* kind = in.has("SecretBinary") ? "SecretBinary" : "SecretString";
  std::string id =
      in.has("ClientRequestToken") ? in["ClientRequestToken"].as_string() : call.random.uuid();
  if (const Value* known = call.find("version", version_key(secret, id))) {
    TRY(Value value, open_version(call, secret, *known));
    if (value[kind].as_bytes() == in[kind].as_bytes()) return id;
    return aws_error("ResourceExistsException",
                     "You can't use ClientRequestToken " + id +
                         " because that value is already in use for a version of secret " +
                         secret["ARN"].as_string() + ".");
  }
  Value version = Value::map({{"VersionId", id}, {"CreatedDate", call.now}, {"_Kind", kind}});
  CHECK_OK(seal(call, secret, version, in[kind].as_bytes()));
  call.put("version", version_key(secret, id), std::move(version));
  for (const std::string& stage : stages) move_stage(call, secret, stage, id);
  secret.set("LastChangedDate", call.now);
  return id;
}

Result<Value> open_version(Call& call, const Value& secret, const Value& version) {
  TRY(std::string plain, unseal(call, secret, version));
  bool binary = version["_Kind"].as_string() == "SecretBinary";
  return Value::map({{version["_Kind"].as_string(), binary ? Value(Bytes{plain}) : Value(plain)}});
}

}  // namespace mainstay::secretsmanager
