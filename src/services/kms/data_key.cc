#include "base/digest.hh"
#include "services/kms/blob.hh"
#include "services/kms/crypto.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

Result<Value> symmetric_key(Call& call, const Value& in) {
  TRY(Value key, find_key(call, in["KeyId"].as_string()));
  CHECK_OK(check_usage(key, "ENCRYPT_DECRYPT", call.operation));
  if (key["KeySpec"].as_string() != "SYMMETRIC_DEFAULT")
    return aws_error("InvalidKeyUsageException",
                     key["Arn"].as_string() + " key spec is " + key["KeySpec"].as_string() +
                         " which is not valid for " + std::string(call.operation) + ".");
  if (in.has("Recipient"))
    return aws_error("UnsupportedOperationException",
                     "mainstay's embedded cloud does not attest Nitro enclaves.");
  return key;
}

Value without(Value out, const char* member) {
  out.erase(member);
  return out;
}

}  // namespace

Result<Value> generate_data_key(Call& call, const Value& in) {
  if (in.has("KeySpec") == in.has("NumberOfBytes"))
    return aws_error("ValidationException", "Please specify either number of bytes or key spec.");
  TRY(Value key, symmetric_key(call, in));
  CHECK_OK(check_dry_run(in));
  int64_t size = in["NumberOfBytes"].as_int(in["KeySpec"].as_string() == "AES_128" ? 16 : 32);
  std::string plain = secure_random(static_cast<size_t>(size));
  std::string blob = seal(key, plain, in["EncryptionContext"]);
  return Value::map({{"CiphertextBlob", Bytes{std::move(blob)}},
                     {"Plaintext", Bytes{std::move(plain)}},
                     {"KeyId", key["Arn"]},
                     {"KeyMaterialId", key["CurrentKeyMaterialId"]}});
}

Result<Value> generate_data_key_without_plaintext(Call& call, const Value& in) {
  Value request = in;
  if (!in.has("KeySpec") && !in.has("NumberOfBytes")) request.set("KeySpec", "AES_256");
  TRY(Value out, generate_data_key(call, request));
  return without(std::move(out), "Plaintext");
}

Result<Value> generate_data_key_pair(Call& call, const Value& in) {
  const std::string& name = in["KeyPairSpec"].as_string();
  const Spec* spec = find_spec(name);
  if (!spec || (spec->family != Family::rsa && spec->family != Family::ec))
    return aws_error("UnsupportedOperationException",
                     "KeyPairSpec " + name + " is not supported here.");
  TRY(Value key, symmetric_key(call, in));
  CHECK_OK(check_dry_run(in));
  TRY(std::string private_key, make_private_key(*spec));
  TRY(std::string public_key, public_key_of(private_key));
  std::string blob = seal(key, private_key, in["EncryptionContext"]);
  return Value::map({{"PrivateKeyCiphertextBlob", Bytes{std::move(blob)}},
                     {"PrivateKeyPlaintext", Bytes{std::move(private_key)}},
                     {"PublicKey", Bytes{std::move(public_key)}},
                     {"KeyId", key["Arn"]},
                     {"KeyPairSpec", name},
                     {"KeyMaterialId", key["CurrentKeyMaterialId"]}});
}

Result<Value> generate_data_key_pair_without_plaintext(Call& call, const Value& in) {
  TRY(Value out, generate_data_key_pair(call, in));
  return without(std::move(out), "PrivateKeyPlaintext");
}

Result<Value> generate_random(Call&, const Value& in) {
  if (!in.has("NumberOfBytes"))
    return aws_error("ValidationException", "NumberOfBytes must be given.");
  size_t size = static_cast<size_t>(in["NumberOfBytes"].as_int());
  return Value::map({{"Plaintext", Bytes{secure_random(size)}}});
}

}  // namespace mainstay::kms
