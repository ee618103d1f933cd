#include "base/digest.hh"
#include "base/text.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"
#include "services/ec2/ssh_key.hh"

namespace mainstay::ec2 {
namespace {

Result<Value> new_key_pair(Call& call, const Value& in) {
  const std::string& name = in["KeyName"].as_string();
  if (name.empty()) return missing_parameter("KeyName");
  if (!call.find_by("key-pair", "KeyName", name).empty())
    return aws_error("InvalidKeyPair.Duplicate", "The keypair already exists");
  TRY(Value pair, new_document(call, in, key_pair_kind()));
  pair.erase("OwnerId");
  return pair.set("KeyName", name).set("CreateTime", call.now);
}

// The key's blob in "ssh-rsa AAAA... comment", which users also send as base64 of that line.
std::optional<std::string> key_blob(const std::string& material, std::string& type) {
  std::string line = material;
  if (!line.starts_with("ssh-"))
    if (auto decoded = base64_decode(line)) line = *decoded;
  auto parts = split(std::string(trim(line)), " ");
  if (parts.size() < 2 || (parts[0] != "ssh-rsa" && parts[0] != "ssh-ed25519")) return std::nullopt;
  type = parts[0] == "ssh-rsa" ? "rsa" : "ed25519";
  return base64_decode(parts[1]);
}

}  // namespace

Result<Value> create_key_pair(Call& call, const Value& in) {
  if (in["KeyFormat"].as_string() == "ppk")
    return aws_error("Unsupported",
                     "mainstay's embedded cloud gives private keys as PEM only, not as PuTTY's");
  TRY(Value pair, new_key_pair(call, in));
  bool ed25519 = in["KeyType"].as_string() == "ed25519";
  const std::string& name = in["KeyName"].as_string();
  SshKey key = ed25519 ? generate_ed25519_key(name) : generate_rsa_key(name);
  pair.set("KeyType", ed25519 ? "ed25519" : "rsa")
      .set("KeyFingerprint", key.fingerprint)
      .set("PublicKey", key.public_key);
  put(call, key_pair_kind(), pair);
  pair.erase("PublicKey");
  return pair.set("KeyMaterial", key.private_key);
}

Result<Value> import_key_pair(Call& call, const Value& in) {
  TRY(Value pair, new_key_pair(call, in));
  std::string type;
  auto blob = key_blob(in["PublicKeyMaterial"].as_bytes(), type);
  if (!blob) return aws_error("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  std::string print = type == "rsa" ? colons(md5(*blob)) : base64_encode(sha256(*blob));
  pair.set("KeyType", type).set("KeyFingerprint", print);
  pair.set("PublicKey", in["PublicKeyMaterial"].as_bytes());
  put(call, key_pair_kind(), pair);
  return pair;
}

Result<Value> delete_key_pair(Call& call, const Value& in) {
  std::string id = in["KeyPairId"].as_string();
  if (id.empty()) {
    auto ids = call.find_by("key-pair", "KeyName", in["KeyName"].as_string());
    if (ids.empty()) return answer_true();  // no such key is no error
    id = ids.front();
  }
  call.remove("key-pair", id);
  return Value::map({{"Return", true}, {"KeyPairId", id}});
}

Result<Value> describe_key_pairs(Call& call, const Value& in) {
  Value query = in;
  for (const Value& name : in["KeyNames"].items()) {
    auto ids = call.find_by("key-pair", "KeyName", name.as_string());
    if (ids.empty())
      return aws_error("InvalidKeyPair.NotFound",
                       "The key pair '" + name.as_string() + "' does not exist");
    query.member("KeyPairIds").push_back(ids.front());
  }
  TRY(Value out, describe(call, query, key_pair_kind()));
  if (!in["IncludePublicKey"].as_bool())
    for (Value& pair : out.member("KeyPairs").make_list()) pair.erase("PublicKey");
  return out;
}

}  // namespace mainstay::ec2
