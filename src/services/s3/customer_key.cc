#include "services/s3/customer_key.hh"

#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t customer_key_bytes = 32;

struct CustomerHeaders {
  const Value &algorithm, &key, &md5;
};
CustomerHeaders headers_of(const Value& in, std::string_view prefix) {
  std::string before = std::string(prefix) + "SSECustomer";
  return {in[before + "Algorithm"], in[before + "Key"], in[before + "KeyMD5"]};
}

Error refused_key(const std::string& message) {
  Error error = aws_error("InvalidArgument", message);
  error.fields =
      std::make_shared<const Value>(Value::map({{"ArgumentName", "x-amz-server-side-encryption"}}));
  return error;
}

Status check_algorithm(const Value& algorithm) {
  if (algorithm.as_string() == "AES256") return {};
  Error error =
      aws_error("InvalidEncryptionAlgorithmError",
                "The Encryption request you specified is not valid. Supported value: AES256.");
  error.fields = std::make_shared<const Value>(
      Value::map({{"ArgumentName", "x-amz-server-side-encryption"}, {"ArgumentValue", algorithm}}));
  return error;
}

Result<std::string> checked_key(const CustomerHeaders& given) {
  auto key = base64_decode(given.key.as_string());
  if (!key || key->size() != customer_key_bytes || given.md5.is_null())
    return refused_key("The secret key was invalid for the specified algorithm.");
  if (base64_encode(md5(*key)) != given.md5.as_string())
    return refused_key(
        "The calculated MD5 hash of the key did not match the hash that was provided.");
  return std::move(*key);
}

}  // namespace

bool has_customer_key(const Value& in, std::string_view prefix) {
  CustomerHeaders given = headers_of(in, prefix);
  return !given.algorithm.is_null() || !given.key.is_null() || !given.md5.is_null();
}

Result<std::string> customer_key_to_write(const Value& in) {
  CustomerHeaders given = headers_of(in, "");
  if (in.has("ServerSideEncryption"))
    return invalid_argument(
        "Server Side Encryption with Customer provided key is incompatible with the encryption "
        "method specified",
        "x-amz-server-side-encryption", in["ServerSideEncryption"].as_string());
  if (given.algorithm.is_null())
    return refused_key(
        "Requests specifying Server Side Encryption with Customer provided keys must provide a "
        "valid encryption algorithm.");
  CHECK_OK(check_algorithm(given.algorithm));
  if (given.key.is_null())
    return refused_key(
        "Requests specifying Server Side Encryption with Customer provided keys must provide an "
        "appropriate secret key.");
  return checked_key(given);
}

Result<std::string> customer_key_to_read(const Value& in, std::string_view prefix) {
  CustomerHeaders given = headers_of(in, prefix);
  CHECK_OK(check_algorithm(given.algorithm));
  if (given.key.is_null() || given.md5.is_null()) return wrong_customer_key();
  return checked_key(given);
}

Error wrong_customer_key() {
  return aws_error("AccessDenied",
                   "Requests specifying Server Side Encryption with Customer provided keys must "
                   "provide the correct secret key.",
                   403);
}

}  // namespace mainstay::s3
