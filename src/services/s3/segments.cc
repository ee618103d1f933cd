#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "store/blobs.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t inline_bytes_max = 64 << 10;
constexpr size_t nonce_size = 12;

// What is stored for data: itself, or sealed under the object's data key, nonce first.
std::string sealed(std::string_view data, std::string_view key) {
  if (key.empty()) return std::string(data);
  std::string nonce = secure_random(nonce_size);
  return nonce + aes_gcm_seal(key, nonce, data, "");
}

Result<std::string> opened(std::string stored, std::string_view key) {
  if (key.empty()) return stored;
  return aes_gcm_open(key, std::string_view(stored).substr(0, nonce_size),
                      std::string_view(stored).substr(nonce_size), "");
}

// A part of one segment's plain bytes.
Result<std::string> read_part(Call& call, const Value& segment, size_t offset, size_t size,
                              std::string_view key) {
  if (segment.has("Blob") && key.empty())
    return call.blobs().read(segment["Blob"].as_string(), offset, size);
  std::string stored;
  if (segment.has("Blob")) {
    TRY(stored, call.blobs().read(segment["Blob"].as_string()));
  } else {
    stored = segment["Data"].as_bytes();
  }
  TRY(std::string plain, opened(std::move(stored), key));
  return plain.substr(std::min(offset, plain.size()), size);
}

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

Result<Value> write_segment(Call& call, std::string_view data, std::string_view data_key) {
  Value segment = Value::map({{"Size", data.size()}});
  std::string stored = sealed(data, data_key);
  if (stored.size() <= inline_bytes_max) return segment.set("Data", Bytes{std::move(stored)});
  std::string name = call.random.hex(32);
  CHECK_OK(call.blobs().write(name, stored));
  auto& blobs = call.blobs();
  call.after_failure.push_back([&blobs, name] { blobs.remove(name); });
  return segment.set("Blob", name);
}

Result<std::string> read_segments(Call& call, const Value& object, size_t offset, size_t size,
                                  std::string_view data_key) {
  std::string out;
  for (const Value& segment : object["_Segments"].items()) {
    size_t length = static_cast<size_t>(segment["Size"].as_int());
    if (offset >= length) {
      offset -= length;
      continue;
    }
    size_t part = std::min(size, length - offset);
    if (part == 0) break;
    TRY(std::string data, read_part(call, segment, offset, part, data_key));
    out += data;
    size -= part;
    offset = 0;
  }
  return out;
}

void discard_segments(Call& call, const Value& object) {
  auto& blobs = call.blobs();
  for (const Value& segment : object["_Segments"].items())
    if (segment.has("Blob"))
      call.after_commit.push_back(
          [&blobs, name = segment["Blob"].as_string()] { blobs.remove(name); });
}

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
