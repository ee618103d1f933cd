#include "services/kms/encryption.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/kms/blob.hh"
#include "services/kms/crypto.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

constexpr std::string_view symmetric = "SYMMETRIC_DEFAULT";

std::string algorithm_in(const Value& in, const char* member) {
  return in.has(member) ? in[member].as_string() : std::string(symmetric);
}

Status check_algorithm(const Value& key, const std::string& algorithm) {
  const List& known = key["EncryptionAlgorithms"].items();
  if (std::find(known.begin(), known.end(), Value(algorithm)) != known.end()) return {};
  return aws_error("InvalidKeyUsageException", "Algorithm " + algorithm + " and key spec " +
                                                   key["KeySpec"].as_string() +
                                                   " are incompatible.");
}

Status check_context(const Value& context, const std::string& algorithm) {
  if (algorithm == symmetric || context.empty()) return {};
  return aws_error("ValidationException",
                   "An encryption context cannot be used with an asymmetric key.");
}

// OAEP takes two digests and two bytes of the modulus (RFC 8017, 7.1.1); the words are recorded.
Error too_long(const Value& key, const std::string& algorithm) {
  const std::string& spec = key["KeySpec"].as_string();
  int64_t modulus = parse_int(spec.substr(spec.rfind('_') + 1)).value_or(0) / 8;
  int64_t digest = algorithm.ends_with("SHA_256") ? 32 : 20;
  return aws_error("ValidationException", "Algorithm " + algorithm + " and key spec " + spec +
                                              " cannot encrypt data larger than " +
                                              std::to_string(modulus - 2 * digest - 2) + " bytes.");
}

}  // namespace

Result<Value> encrypt_under(const Value& key, std::string_view plain, const std::string& algorithm,
                            const Value& context) {
  CHECK_OK(check_algorithm(key, algorithm));
  CHECK_OK(check_context(context, algorithm));
  std::string blob;
  if (algorithm == symmetric) {
    blob = seal(key, plain, context);  // 4,096 bytes at most, by the model
  } else {
    auto sealed = rsa_encrypt(material(key), digest_of(algorithm), plain);
    if (!sealed.has_value()) return too_long(key, algorithm);
    blob = std::move(*sealed);
  }
  return Value::map({{"CiphertextBlob", Bytes{std::move(blob)}},
                     {"KeyId", key["Arn"]},
                     {"EncryptionAlgorithm", algorithm}});
}

Result<Value> decrypt_with(Call& call, const Ciphertext& what) {
  std::string inside = key_arn_in(what.blob);
  bool is_symmetric = what.algorithm == symmetric;
  if (is_symmetric && inside.empty()) return aws_error("InvalidCiphertextException", "");
  if (!is_symmetric && what.key_name.empty())
    return aws_error("ValidationException", "KeyId must be given with an asymmetric algorithm.");
  TRY(Value key, find_key(call, what.key_name.empty() ? inside : what.key_name));
  CHECK_OK(check_usage(key, "ENCRYPT_DECRYPT", what.operation));
  CHECK_OK(check_algorithm(key, what.algorithm));
  if (is_symmetric && inside != key["Arn"].as_string())
    return aws_error("IncorrectKeyException",
                     "The key ID in the request does not identify a CMK that can perform this "
                     "operation.");
  Value out = Value::map({{"KeyId", key["Arn"]}, {"EncryptionAlgorithm", what.algorithm}});
  if (is_symmetric) {
    TRY(Opened opened, unseal(key, what.blob, what.context));
    return out.set("Plaintext", Bytes{std::move(opened.plain)})
        .set("KeyMaterialId", opened.material_id);
  }
  auto plain = rsa_decrypt(material(key), digest_of(what.algorithm), what.blob);
  if (!plain.has_value()) return aws_error("InvalidCiphertextException", "");
  return out.set("Plaintext", Bytes{std::move(*plain)});
}

Result<Value> encrypt(Call& call, const Value& in) {
  TRY(Value key, find_key(call, in["KeyId"].as_string()));
  CHECK_OK(check_usage(key, "ENCRYPT_DECRYPT", call.operation));
  CHECK_OK(check_dry_run(in));
  return encrypt_under(key, in["Plaintext"].as_bytes(), algorithm_in(in, "EncryptionAlgorithm"),
                       in["EncryptionContext"]);
}

Result<Value> decrypt(Call& call, const Value& in) {
  TRY(Value out, decrypt_with(call, {in["CiphertextBlob"].as_bytes(), in["KeyId"].as_string(),
                                     algorithm_in(in, "EncryptionAlgorithm"),
                                     in["EncryptionContext"], call.operation}));
  CHECK_OK(check_dry_run(in));
  return out;
}

// The call is in the account of the source; the destination may be in another.
Result<Value> re_encrypt(Call& call, const Value& in) {
  TRY(Value opened,
      decrypt_with(call, {in["CiphertextBlob"].as_bytes(), in["SourceKeyId"].as_string(),
                          algorithm_in(in, "SourceEncryptionAlgorithm"),
                          in["SourceEncryptionContext"], call.operation}));
  std::string algorithm = algorithm_in(in, "DestinationEncryptionAlgorithm");
  const std::string& name = in["DestinationKeyId"].as_string();
  std::string account = account_meant(Value::map({{"KeyId", name}}));
  if (account.empty()) account = call.caller.account;
  Value sealed;
  if (account == call.account) {
    TRY(Value key, find_key(call, name));
    CHECK_OK(check_usage(key, "ENCRYPT_DECRYPT", call.operation));
    TRY(sealed, encrypt_under(key, opened["Plaintext"].as_bytes(), algorithm,
                              in["DestinationEncryptionContext"]));
  } else {
    Value request = Value::map(
        {{"KeyId", name}, {"Plaintext", opened["Plaintext"]}, {"EncryptionAlgorithm", algorithm}});
    if (in.has("DestinationEncryptionContext"))
      request.set("EncryptionContext", in["DestinationEncryptionContext"]);
    // That the caller may re-encrypt to this key has been decided (guard.cc). Not while our own
    // keys are held: another may be re-encrypting the other way.
    Result<Value> answer = Value();
    call.outside([&] {
      answer = call.cloud.invoke(cloud::Caller::service_principal(account, "kms.amazonaws.com"),
                                 account, call.region, "kms", "Encrypt", request);
    });
    TRY(sealed, std::move(answer));
  }
  CHECK_OK(check_dry_run(in));
  Value out = Value::map({{"CiphertextBlob", sealed["CiphertextBlob"]},
                          {"SourceKeyId", opened["KeyId"]},
                          {"KeyId", sealed["KeyId"]},
                          {"SourceEncryptionAlgorithm", opened["EncryptionAlgorithm"]},
                          {"DestinationEncryptionAlgorithm", algorithm}});
  if (opened.has("KeyMaterialId")) out.set("SourceKeyMaterialId", opened["KeyMaterialId"]);
  return out;
}

}  // namespace mainstay::kms
