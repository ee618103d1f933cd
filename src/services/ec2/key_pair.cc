#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

struct NewKey {
  std::string pem, fingerprint;
};

std::string colons(std::string_view digest) {
  std::string out;
  for (size_t i = 0; i < digest.size(); ++i)
    out += (i ? ":" : "") + hex_encode(digest.substr(i, 1));
  return out;
}

// 2048-bit RSA in PEM; the fingerprint is the SHA-1 of the DER form ("Verify the fingerprint").
NewKey generate_rsa() {
  std::unique_ptr<EVP_PKEY, KeyDeleter> key(EVP_RSA_gen(2048));
  std::unique_ptr<BIO, KeyDeleter> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  long size = BIO_get_mem_data(bio.get(), &text);
  NewKey out{std::string(text, static_cast<size_t>(size)), ""};
  unsigned char* der = nullptr;
  int length = i2d_PKCS8PrivateKey_bio(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
                   ? i2d_PrivateKey(key.get(), &der)
                   : 0;
  out.fingerprint =
      colons(sha1(std::string_view(reinterpret_cast<char*>(der), static_cast<size_t>(length))));
  OPENSSL_free(der);
  return out;
}

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
  if (in["KeyType"].as_string() == "ed25519")
    return aws_error(
        "Unsupported",
        "mainstay's embedded cloud makes RSA key pairs only; import an ED25519 key instead");
  TRY(Value pair, new_key_pair(call, in));
  NewKey key = generate_rsa();
  pair.set("KeyType", "rsa").set("KeyFingerprint", key.fingerprint);
  put(call, key_pair_kind(), pair);
  return pair.set("KeyMaterial", key.pem);
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
