#include "services/s3/encryption.hh"

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "services/s3/customer_key.hh"
#include "services/s3/notification_target.hh"

namespace mainstay::s3 {
namespace {

// KMS's errors carry its name in S3's answers (API reference, "Error responses", KMS.*), but for a
// refusal, which is S3's own AccessDenied with KMS's words.
Result<Value> ask_kms(Call& call, const char* operation, Value in) {
  auto out = call.invoke("kms", operation, std::move(in));
  if (out.has_value()) return out;
  Error& error = out.error();
  if (error.code != "AccessDeniedException")
    error.code.insert(0, "KMS.");
  else
    error = aws_error("AccessDenied", error.message, 403);
  return out;
}

std::string hash_of_key(const std::string& salt, const std::string& key) {
  return hex_encode(hmac_sha256(salt, key));
}

Encryption under_customer_key(std::string key) {
  constexpr size_t salt_bytes = 16;
  std::string salt = hex_encode(secure_random(salt_bytes));
  Value members =
      Value::map({{"_CustomerKeySalt", salt}, {"_CustomerKeyHash", hash_of_key(salt, key)}});
  return {std::move(members), std::move(key)};
}

bool is_under_customer_key(const Value& document) {
  return document.has("_CustomerKeyHash");
}

bool is_key_of(const Value& document, const std::string& key) {
  return equal_constant_time(document["_CustomerKeyHash"].as_string(),
                             hash_of_key(document["_CustomerKeySalt"].as_string(), key));
}

// What KMS's policies see: the object's ARN, or the bucket's under a bucket key, and what the
// request adds ("Encryption context", SSE-KMS).
Result<Value> encryption_context(const Value& bucket, const Value& in, bool by_bucket_key) {
  Value out = Value::map({});
  if (const std::string& given = in["SSEKMSEncryptionContext"].as_string(); !given.empty()) {
    auto text = base64_decode(given);
    auto parsed = parse_json(text.value_or(""));
    bool is_good = text && parsed.has_value() && parsed->is_map();
    if (is_good)
      for (const auto& [name, value] : parsed->members()) is_good &= value.is_string();
    if (!is_good)
      return invalid_argument(
          "The header 'x-amz-server-side-encryption-context' shall be "
          "Base64-encoded UTF-8 string holding JSON which represents a "
          "string-string map",
          "x-amz-server-side-encryption", given);
    out = std::move(*parsed);
  }
  std::string arn = arn_of_bucket(bucket);
  return out.set("aws:s3:arn", by_bucket_key ? arn : arn + "/" + in["Key"].as_string());
}

const Value& default_rule(const Value& bucket) {
  return bucket["_Encryption"]["Rules"].at(0);
}

Result<Encryption> under_kms_key(Call& call, const Value& bucket, const Value& in,
                                 const std::string& algorithm, std::string key) {
  if (algorithm != "aws:kms" && algorithm != "aws:kms:dsse")
    return invalid_argument("The encryption method specified is not supported",
                            "x-amz-server-side-encryption", algorithm);
  if (key.empty()) key = "alias/aws/s3";
  const Value& asked = in["BucketKeyEnabled"];
  bool by_bucket_key =
      algorithm == "aws:kms" &&
      (asked.is_null() ? default_rule(bucket)["BucketKeyEnabled"] : asked).as_bool();
  TRY(Value context, encryption_context(bucket, in, by_bucket_key));
  TRY(Value data_key,
      ask_kms(
          call, "GenerateDataKey",
          Value::map({{"KeyId", key}, {"KeySpec", "AES_256"}, {"EncryptionContext", context}})));
  Encryption out{Value::map({{"ServerSideEncryption", algorithm},
                             {"SSEKMSKeyId", data_key["KeyId"]},
                             {"_DataKey", data_key["CiphertextBlob"]},
                             {"_KeyContext", context}}),
                 data_key["Plaintext"].as_bytes()};
  if (by_bucket_key) out.members.set("BucketKeyEnabled", true);
  if (in.has("SSEKMSEncryptionContext"))
    out.members.set("SSEKMSEncryptionContext", in["SSEKMSEncryptionContext"]);
  return out;
}

bool is_blocked(const Value& bucket, std::string_view type) {
  for (const Value& blocked :
       default_rule(bucket)["BlockedEncryptionTypes"]["EncryptionType"].items())
    if (blocked.as_string() == type) return true;
  return false;
}

}  // namespace

// The request's own words first, else the bucket's default, else SSE-S3.
Result<Encryption> encryption_for(Call& call, const Value& bucket, const Value& in) {
  if (has_customer_key(in, "")) {
    if (is_blocked(bucket, "SSE-C")) return access_denied();
    TRY(std::string key, customer_key_to_write(in));
    return under_customer_key(std::move(key));
  }
  const Value& rule = default_rule(bucket)["ApplyServerSideEncryptionByDefault"];
  std::string algorithm = in["ServerSideEncryption"].as_string();
  std::string key = in["SSEKMSKeyId"].as_string();
  if (algorithm.empty() && key.empty() && rule.has("SSEAlgorithm")) {
    algorithm = rule["SSEAlgorithm"].as_string();
    key = rule["KMSMasterKeyID"].as_string();
  }
  if (!key.empty() && !algorithm.starts_with("aws:kms"))
    return invalid_argument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header "
        "x-amz-server-side-encryption : aws:kms",
        "x-amz-server-side-encryption", algorithm);
  if (algorithm.empty() || algorithm == "AES256")
    return Encryption{Value::map({{"ServerSideEncryption", "AES256"}}), ""};
  return under_kms_key(call, bucket, in, algorithm, std::move(key));
}

Result<std::string> data_key_of(Call& call, const Value& object, const Value& in,
                                std::string_view prefix) {
  bool is_brought = has_customer_key(in, prefix);
  if (is_under_customer_key(object)) {
    if (!is_brought)
      return aws_error("InvalidRequest",
                       "The object was stored using a form of Server Side Encryption. The correct "
                       "parameters must be provided to retrieve the object.");
    TRY(std::string key, customer_key_to_read(in, prefix));
    if (!is_key_of(object, key)) return wrong_customer_key();
    return key;
  }
  if (is_brought)
    return aws_error("InvalidRequest",
                     "The encryption parameters are not applicable to this object.");
  if (!object.has("_DataKey")) return std::string();
  Value asked = Value::map({{"CiphertextBlob", object["_DataKey"]}});
  if (object.has("_KeyContext")) asked.set("EncryptionContext", object["_KeyContext"]);
  TRY(Value out, ask_kms(call, "Decrypt", std::move(asked)));
  return out["Plaintext"].as_bytes();
}

Result<std::string> part_key_of(Call& call, const Value& upload, const Value& in) {
  bool is_brought = has_customer_key(in, "");
  if (!is_under_customer_key(upload)) {
    if (!is_brought) return data_key_of(call, upload, {});
    return aws_error("InvalidRequest",
                     "The multipart upload initiate did not request encryption. Please resend the "
                     "request without sending encryption parameters.");
  }
  if (!is_brought)
    return aws_error("InvalidRequest",
                     "The multipart upload initiate requested encryption. Subsequent part requests "
                     "must include the appropriate encryption parameters.");
  TRY(std::string key, customer_key_to_write(in));
  if (is_key_of(upload, key)) return key;
  return aws_error("InvalidRequest",
                   "The provided encryption parameters did not match the ones used originally.");
}

void add_encryption(const Value& document, const Value& in, Value& out) {
  for (const char* member : {"ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled"})
    if (document.has(member)) out.set(member, document[member]);
  if (!is_under_customer_key(document)) return;
  for (const char* member : {"SSECustomerAlgorithm", "SSECustomerKeyMD5"})
    if (in.has(member)) out.set(member, in[member]);
}

std::string etag_for(Call& call, const Encryption& encryption, std::string md5_etag) {
  constexpr size_t etag_digits = 32;
  return encryption.data_key.empty() ? std::move(md5_etag)
                                     : "\"" + call.random.hex(etag_digits) + "\"";
}

// "PutBucketEncryption", API reference.
Result<Value> put_encryption(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  Value configuration = in["ServerSideEncryptionConfiguration"];
  if (configuration["Rules"].size() != 1) return malformed_xml();
  Value rule = configuration["Rules"].at(0);
  const Value& by_default = rule["ApplyServerSideEncryptionByDefault"];
  const std::string& algorithm = by_default["SSEAlgorithm"].as_string();
  bool is_kms = algorithm == "aws:kms" || algorithm == "aws:kms:dsse";
  bool is_blocking = rule.has("BlockedEncryptionTypes") && by_default.is_null();
  if (!is_kms && algorithm != "AES256" && !is_blocking) return malformed_xml();
  if (!is_kms && by_default.has("KMSMasterKeyID"))
    return invalid_argument(
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
        "aws:kms:dsse",
        "ApplyServerSideEncryptionByDefault");
  if (!rule.has("BucketKeyEnabled")) rule.set("BucketKeyEnabled", false);
  configuration.set("Rules", Value::list({std::move(rule)}));
  put_bucket(call, bucket.set("_Encryption", std::move(configuration)));
  return Value::map({});
}

}  // namespace mainstay::s3
