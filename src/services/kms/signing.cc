#include <algorithm>

#include "base/digest.hh"
#include "services/kms/crypto.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

Status check_listed(const Value& key, const char* list, const std::string& algorithm) {
  const List& known = key[list].items();
  if (std::find(known.begin(), known.end(), Value(algorithm)) != known.end()) return {};
  return aws_error("InvalidKeyUsageException", "Algorithm " + algorithm + " and key spec " +
                                                   key["KeySpec"].as_string() +
                                                   " are incompatible.");
}

Result<Value> signing_key(Call& call, const Value& in) {
  TRY(Value key, find_key(call, in["KeyId"].as_string()));
  CHECK_OK(check_usage(key, "SIGN_VERIFY", call.operation));
  CHECK_OK(check_listed(key, "SigningAlgorithms", in["SigningAlgorithm"].as_string()));
  CHECK_OK(check_dry_run(in));
  return key;
}

Result<std::string> digest_to_sign(const Value& in, const SigningAlgorithm& algorithm) {
  const std::string& message = in["Message"].as_bytes();
  if (in["MessageType"].as_string() != "DIGEST") return hash(algorithm.digest, message);
  if (message.size() != algorithm.digest_bytes)
    return aws_error("ValidationException",
                     "Digest is invalid length for algorithm " + std::string(algorithm.name) + ".");
  return message;
}

Result<Value> mac_key(Call& call, const Value& in) {
  TRY(Value key, find_key(call, in["KeyId"].as_string()));
  CHECK_OK(check_usage(key, "GENERATE_VERIFY_MAC", call.operation));
  CHECK_OK(check_listed(key, "MacAlgorithms", in["MacAlgorithm"].as_string()));
  CHECK_OK(check_dry_run(in));
  return key;
}

std::string mac_of(const Value& key, const Value& in) {
  return hmac(digest_of(in["MacAlgorithm"].as_string()), material(key), in["Message"].as_bytes());
}

}  // namespace

Result<Value> sign(Call& call, const Value& in) {
  TRY(Value key, signing_key(call, in));
  const SigningAlgorithm* algorithm = find_signing(in["SigningAlgorithm"].as_string());
  TRY(std::string digest, digest_to_sign(in, *algorithm));
  TRY(std::string signature, sign_digest(material(key), *algorithm, digest));
  return Value::map({{"KeyId", key["Arn"]},
                     {"Signature", Bytes{std::move(signature)}},
                     {"SigningAlgorithm", in["SigningAlgorithm"]}});
}

Result<Value> verify(Call& call, const Value& in) {
  TRY(Value key, signing_key(call, in));
  const SigningAlgorithm* algorithm = find_signing(in["SigningAlgorithm"].as_string());
  TRY(std::string digest, digest_to_sign(in, *algorithm));
  TRY(bool valid, verify_digest(material(key), *algorithm, digest, in["Signature"].as_bytes()));
  if (!valid) return aws_error("KMSInvalidSignatureException", "");
  return Value::map({{"KeyId", key["Arn"]},
                     {"SignatureValid", true},
                     {"SigningAlgorithm", in["SigningAlgorithm"]}});
}

Result<Value> generate_mac(Call& call, const Value& in) {
  TRY(Value key, mac_key(call, in));
  return Value::map({{"Mac", Bytes{mac_of(key, in)}},
                     {"MacAlgorithm", in["MacAlgorithm"]},
                     {"KeyId", key["Arn"]}});
}

Result<Value> verify_mac(Call& call, const Value& in) {
  TRY(Value key, mac_key(call, in));
  if (!equal_constant_time(mac_of(key, in), in["Mac"].as_bytes()))
    return aws_error("KMSInvalidMacException", "");
  return Value::map(
      {{"KeyId", key["Arn"]}, {"MacValid", true}, {"MacAlgorithm", in["MacAlgorithm"]}});
}

Result<Value> get_public_key(Call& call, const Value& in) {
  TRY(Value key, find_key(call, in["KeyId"].as_string()));
  CHECK_OK(check_usable(key));
  const Spec* spec = find_spec(key["KeySpec"].as_string());
  if (spec->family != Family::rsa && spec->family != Family::ec)
    return aws_error("UnsupportedOperationException",
                     key["Arn"].as_string() + " is not an asymmetric key.");
  TRY(std::string public_key, public_key_of(material(key)));
  Value out = Value::map({{"KeyId", key["Arn"]}, {"PublicKey", Bytes{std::move(public_key)}}});
  for (const char* member : {"CustomerMasterKeySpec", "KeySpec", "KeyUsage", "EncryptionAlgorithms",
                             "SigningAlgorithms"})
    if (key.has(member)) out.set(member, key[member]);
  return out;
}

}  // namespace mainstay::kms
