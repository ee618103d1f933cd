// Secrets' values: their versions and stages.
#include <algorithm>

#include "base/digest.hh"
#include "services/secretsmanager/handlers.hh"

namespace mainstay::secretsmanager {
namespace {

// The version that a request means, by id or stage, by default the current one.
Result<Value> find_version(Call& call, const Value& secret, const Value& in) {
  std::string stage = in.has("VersionStage") ? in["VersionStage"].as_string() : current;
  std::string id =
      in.has("VersionId") ? in["VersionId"].as_string() : version_of_stage(secret, stage);
  const Value* found = call.find("version", version_key(secret, id));
  bool agree = !in.has("VersionId") || !in.has("VersionStage") ||
               has_stage(secret["VersionIdsToStages"][id], stage);
  if (!found || !agree)
    return aws_error(
        "ResourceNotFoundException",
        in.has("VersionId")
            ? "Secrets Manager can't find the specified secret value for VersionId: " + id
            : "Secrets Manager can't find the specified secret value for staging "
              "label: " +
                  stage);
  return *found;
}

struct Characters {
  const char* excluded_by;
  std::string_view characters;
};
constexpr Characters kinds_of_characters[] = {
    {"ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"},
    {"ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"ExcludeNumbers", "0123456789"},
    {"ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}};

// Eight bytes: what the remainder favours is far too little to matter.
size_t below(size_t bound) {
  uint64_t number = 0;
  for (char byte : secure_random(sizeof number))
    number = number << 8 | static_cast<unsigned char>(byte);
  return number % bound;
}

Value sorted_stages(const Value& stages) {
  List out = stages.items();
  std::sort(out.begin(), out.end(),
            [](const Value& a, const Value& b) { return a.as_string() < b.as_string(); });
  return out;
}

// When a value was last read is told to the day ("LastAccessedDate", DescribeSecret), so it is
// written down once a day.
void note_access(Call& call, Value secret, Value version) {
  constexpr int64_t day_ms = 24LL * 3600 * 1000;
  Value today(Time{call.now.ms / day_ms * day_ms});
  if (secret["LastAccessedDate"] != today) put_secret(call, secret.set("LastAccessedDate", today));
  if (version["LastAccessedDate"] == today) return;
  std::string key = version_key(secret, version["VersionId"].as_string());
  call.put("version", key, version.set("LastAccessedDate", today));
}

}  // namespace

Result<Value> get_secret_value(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  TRY(Value version, find_version(call, secret, in));
  TRY(Value value, open_version(call, secret, version));
  Value out = named(secret);
  for (const auto& [name, member] : value.members()) out.set(name, member);
  const Value& stages = secret["VersionIdsToStages"][version["VersionId"].as_string()];
  if (!stages.empty()) out.set("VersionStages", stages);
  out.set("VersionId", version["VersionId"]).set("CreatedDate", version["CreatedDate"]);
  note_access(call, std::move(secret), std::move(version));
  return out;
}

Result<Value> put_secret_value(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  if (!in.has("SecretString") && !in.has("SecretBinary"))
    return invalid_request("You must provide either SecretString or SecretBinary.");
  std::vector<std::string> stages;
  for (const Value& stage : in["VersionStages"].items()) stages.push_back(stage.as_string());
  if (stages.empty()) stages.push_back(current);
  CHECK_OK(check_token(call, in));
  TRY(std::string id, add_version(call, secret, in, stages));
  put_secret(call, secret);
  return named(secret)
      .set("VersionId", id)
      .set("VersionStages", sorted_stages(secret["VersionIdsToStages"][id]));
}

Result<Value> update_version_stage(Call& call, const Value& in) {
  TRY(Value secret, find_live_secret(call, in["SecretId"]));
  const std::string &stage = in["VersionStage"].as_string(),
                    &to = in["MoveToVersionId"].as_string();
  std::string from = version_of_stage(secret, stage);
  if (!to.empty() && !call.find("version", version_key(secret, to)))
    return aws_error("ResourceNotFoundException",
                     "Secrets Manager can't find the specified secret version.");
  if (!from.empty() && from != to && in["RemoveFromVersionId"].as_string() != from)
    return invalid_parameter("The parameter RemoveFromVersionId can't be empty. Staging label " +
                             stage + " is currently attached to version " + from +
                             ", so you must explicitly reference that version in "
                             "RemoveFromVersionId.");
  move_stage(call, secret, stage, to);
  put_secret(call, secret);
  return named(secret);
}

Result<Value> list_version_ids(Call& call, const Value& in) {
  TRY(Value secret, find_secret(call, in["SecretId"]));
  Value versions = Value::list();
  for (const Value& version : versions_of(call, secret)) {
    const Value& stages = secret["VersionIdsToStages"][version["VersionId"].as_string()];
    if (stages.empty() && !in["IncludeDeprecated"].as_bool()) continue;
    Value item = Value::map(
        {{"VersionId", version["VersionId"]},
         {"KmsKeyIds", Value::list({secret.has("KmsKeyId") ? secret["KmsKeyId"]
                                                           : Value("DefaultEncryptionKey")})},
         {"CreatedDate", version["CreatedDate"]}});
    if (!stages.empty()) item.set("VersionStages", sorted_stages(stages));
    if (version.has("LastAccessedDate")) item.set("LastAccessedDate", version["LastAccessedDate"]);
    versions.push_back(std::move(item));
  }
  return named(secret).set("Versions", std::move(versions));
}

Result<Value> get_random_password(Call&, const Value& in) {
  constexpr int64_t length_default = 32;
  std::string all;
  std::vector<std::string> kinds;
  for (const Characters& kind : kinds_of_characters) {
    if (in[kind.excluded_by].as_bool()) continue;
    std::string some(kind.characters);
    std::erase_if(some, [&](char c) {
      return in["ExcludeCharacters"].as_string().find(c) != std::string::npos;
    });
    if (!some.empty()) kinds.push_back(some);
    all += some;
  }
  if (in["IncludeSpace"].as_bool()) all += ' ';
  size_t length = static_cast<size_t>(in["PasswordLength"].as_int(length_default));
  if (all.empty() || length < kinds.size())
    return invalid_parameter("The password can't be made of the characters that are left.");
  std::string password;
  bool each = in["RequireEachIncludedType"].as_bool(true);
  for (size_t i = 0; i < length; ++i) {
    const std::string& from = each && i < kinds.size() ? kinds[i] : all;
    password += from[below(from.size())];
  }
  // Those of each kind must not stand at its beginning.
  for (size_t i = length; i > 1; --i) std::swap(password[i - 1], password[below(i)]);
  return Value::map({{"RandomPassword", password}});
}

}  // namespace mainstay::secretsmanager
