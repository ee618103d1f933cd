#include "services/s3/bucket.hh"

// Server-side encryption: what is asked for, and the data keys that KMS gives.
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

}  // namespace

// The request's own words first, else the bucket's default, else SSE-S3.
Result<Encryption> encryption_for(Call& call, const Value& bucket, const Value& in) {
  const Value& rule = bucket["_Encryption"]["Rules"].at(0)["ApplyServerSideEncryptionByDefault"];
  std::string algorithm = in["ServerSideEncryption"].as_string();
  std::string key = in["SSEKMSKeyId"].as_string();
  if (in.has("SSECustomerAlgorithm"))
    return aws_error(
        "NotImplemented",
        "mainstay's embedded cloud does not keep objects under customer-provided keys (SSE-C)",
        501);
  if (algorithm.empty() && rule.has("SSEAlgorithm")) {
    algorithm = rule["SSEAlgorithm"].as_string();
    if (key.empty()) key = rule["KMSMasterKeyID"].as_string();
  }
  if (algorithm.empty()) algorithm = "AES256";
  Encryption out{Value::map({{"ServerSideEncryption", algorithm}}), ""};
  if (algorithm == "AES256") {
    if (!key.empty())
      return invalid_argument(
          "Server Side Encryption with AWS KMS managed key requires HTTP header "
          "x-amz-server-side-encryption : aws:kms");
    return out;
  }
  if (!algorithm.starts_with("aws:kms"))
    return invalid_argument("The encryption method specified is not supported",
                            "x-amz-server-side-encryption", algorithm);
  if (key.empty()) key = "alias/aws/s3";
  TRY(Value data_key,
      ask_kms(call, "GenerateDataKey", Value::map({{"KeyId", key}, {"KeySpec", "AES_256"}})));
  out.members.set("SSEKMSKeyId", data_key["KeyId"]).set("_DataKey", data_key["CiphertextBlob"]);
  if (in["BucketKeyEnabled"].as_bool() ||
      bucket["_Encryption"]["Rules"].at(0)["BucketKeyEnabled"].as_bool())
    out.members.set("BucketKeyEnabled", true);
  out.data_key = data_key["Plaintext"].as_bytes();
  return out;
}

Result<std::string> data_key_of(Call& call, const Value& object) {
  if (!object.has("_DataKey")) return std::string();
  TRY(Value out, ask_kms(call, "Decrypt", Value::map({{"CiphertextBlob", object["_DataKey"]}})));
  return out["Plaintext"].as_bytes();
}

}  // namespace mainstay::s3
