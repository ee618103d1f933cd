#include "services/lambda/code.hh"

#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "store/blobs.hh"
#include "zip/zip.hh"

namespace mainstay::lambda {
namespace {

// "Lambda quotas", "Deployment package (.zip file archive) size".
constexpr size_t direct_bytes_max = 50 << 20;
constexpr uint64_t unzipped_bytes_max = 262'144'000;
constexpr int64_t location_ms_max = 600'000;  // GetFunction: "valid for 10 minutes"
constexpr std::string_view location_path = "/_lambda/code/";

Result<std::string> fetch(Call& call, const Value& in) {
  Value object = Value::map({{"Bucket", in["S3Bucket"]}, {"Key", in["S3Key"]}});
  if (in.has("S3ObjectVersion")) object.set("VersionId", in["S3ObjectVersion"]);
  auto found = call.invoke("s3", "GetObject", object);
  if (found.has_value()) return (*found)["Body"].as_bytes();
  const Error& why = found.error();
  return invalid_parameter("Error occurred while GetObject. S3 Error Code: " + why.code +
                           ". S3 Error Message: " + why.message);
}

Status check_package(const std::string& bytes) {
  if (bytes.empty()) return invalid_parameter("Uploaded file must be a non-empty zip");
  auto size = check_zip(bytes, {unzipped_bytes_max});
  if (size.has_value()) return {};
  if (size.error().code == "ZipTooLarge")
    return invalid_parameter("Unzipped size must be smaller than " +
                             std::to_string(unzipped_bytes_max) + " bytes");
  return invalid_parameter(
      "Could not unzip uploaded file. Please check your file, then try to upload again.");
}

// Whoever has the URL may fetch it: it can't be made without the secret of this process.
std::string signature_of(std::string_view blob, std::string_view expires) {
  static const std::string secret = secure_random(32);
  return hex_encode(hmac_sha256(secret, std::string(blob) + "\n" + std::string(expires)));
}

}  // namespace

Result<Value> take_code(Call& call, const Value& in) {
  if (in.has("ImageUri")) return not_here("functions from container images (give a ZIP file)");
  std::string bytes = in["ZipFile"].as_bytes();
  bool is_direct = in.has("ZipFile");
  if (!is_direct && !in.has("S3Bucket"))
    return invalid_parameter("Please provide a source for function code.");
  if (!is_direct) {
    TRY(bytes, fetch(call, in));
  } else if (bytes.size() > direct_bytes_max) {
    return aws_error("RequestEntityTooLargeException",
                     "Request must be smaller than 70167211 bytes for the operation", 413);
  }
  CHECK_OK(check_package(bytes));
  std::string blob = "lambda-" + call.random.uuid();
  CHECK_OK(call.blobs().write(blob, bytes));
  call.after_failure.push_back([&blobs = call.blobs(), blob] { blobs.remove(blob); });
  return Value::map({{"Digest", hex_encode(sha256(bytes))},
                     {"Size", static_cast<int64_t>(bytes.size())},
                     {"Blob", blob}});
}

void drop_code(Call& call, const std::string& name, const Value& code) {
  const Value* function = call.find("function", name);
  if (function && (*function)["Code"]["Blob"] == code["Blob"]) return;
  for (const std::string& id : call.find_by("version", "Name", name))
    if ((*call.find("version", id))["Code"]["Blob"] == code["Blob"]) return;
  call.after_commit.push_back(
      [&blobs = call.blobs(), blob = code["Blob"].as_string()] { blobs.remove(blob); });
}

std::string code_location(const Call& call, const Value& code) {
  const std::string& blob = code["Blob"].as_string();
  std::string expires = std::to_string((call.now + location_ms_max).ms / 1000);
  std::string at =
      call.endpoint.empty() ? "https://lambda." + call.region + ".amazonaws.com" : call.endpoint;
  return at + std::string(location_path) + blob + "?Expires=" + expires +
         "&Signature=" + signature_of(blob, expires);
}

std::optional<HttpResponse> answer_code_url(cloud::Cloud& cloud, const HttpRequest& request) {
  if (!request.path.starts_with(location_path)) return std::nullopt;
  HttpResponse refused{
      403, {{"Content-Type", "text/plain"}}, "Request has expired or is not valid"};
  std::string blob = request.path.substr(location_path.size()), expires, signature;
  for (const std::string& pair : split(request.query, "&")) {
    if (pair.starts_with("Expires=")) expires = pair.substr(8);
    if (pair.starts_with("Signature=")) signature = pair.substr(10);
  }
  if (request.method != "GET" || !equal_constant_time(signature, signature_of(blob, expires)) ||
      parse_int(expires).value_or(0) < cloud.now().ms / 1000)
    return refused;
  auto bytes = cloud.store().blobs().read(blob);
  if (!bytes.has_value()) return HttpResponse{404, {{"Content-Type", "text/plain"}}, "Gone"};
  return HttpResponse{200, {{"Content-Type", "application/zip"}}, std::move(*bytes)};
}

}  // namespace mainstay::lambda
