// Values of SecureStrings: encrypted by KMS under the parameter's ARN as context. In the advanced
// tier a value may be longer than KMS encrypts, so there it goes under a data key (user guide, "AWS
// KMS encryption for Parameter Store SecureString parameters").
#include "base/digest.hh"
#include "base/text.hh"
#include "services/ssm/parameter.hh"

namespace mainstay::ssm {
namespace {

constexpr size_t nonce_size = 12;

Value context_of(const Call& call, const Value& version) {
  return Value::map({{"PARAMETER_ARN", arn_of(call, version["Name"].as_string())}});
}

// KMS's refusals, as Systems Manager passes them on.
Error invalid_key(const Call& call, const Error& from_kms) {
  return aws_error("InvalidKeyId",
                   from_kms.message + " (Service: AWSKMS; Status Code: 400; Error Code: " +
                       from_kms.code + "; Request ID: " + call.request_id + "; Proxy: null)");
}

Result<Value> ask_kms(Call& call, const char* operation, Value in) {
  auto out = call.invoke("kms", operation, std::move(in));
  if (!out.has_value()) return invalid_key(call, out.error());
  return out;
}

}  // namespace

Status seal_value(Call& call, Value& version, const std::string& plain) {
  Value in =
      Value::map({{"KeyId", version["KeyId"]}, {"EncryptionContext", context_of(call, version)}});
  if (version["Tier"].as_string() != "Advanced") {
    TRY(Value out, ask_kms(call, "Encrypt", in.set("Plaintext", Bytes{plain})));
    version.set("Value", base64_encode(out["CiphertextBlob"].as_bytes()));
    return {};
  }
  TRY(Value data_key, ask_kms(call, "GenerateDataKey", in.set("KeySpec", "AES_256")));
  std::string nonce = secure_random(nonce_size);
  std::string sealed = nonce + aes_gcm_seal(data_key["Plaintext"].as_bytes(), nonce, plain, "");
  version.set("Value", base64_encode(sealed)).set("_DataKey", data_key["CiphertextBlob"]);
  return {};
}

Result<std::string> open_value(Call& call, const Value& version) {
  std::string sealed = base64_decode(version["Value"].as_string()).value_or("");
  bool enveloped = version.has("_DataKey");
  Value blob = enveloped ? version["_DataKey"] : Value(Bytes{sealed});
  TRY(Value out, ask_kms(call, "Decrypt",
                         Value::map({{"CiphertextBlob", std::move(blob)},
                                     {"EncryptionContext", context_of(call, version)}})));
  if (!enveloped) return out["Plaintext"].as_bytes();
  return aes_gcm_open(out["Plaintext"].as_bytes(), std::string_view(sealed).substr(0, nonce_size),
                      std::string_view(sealed).substr(nonce_size), "");
}

}  // namespace mainstay::ssm
