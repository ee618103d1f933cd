// Deployment packages: ZIP files given in the request or in a bucket, kept as blobs.
#pragma once

#include "services/lambda/name.hh"

namespace mainstay::lambda {

// The Code document of a function or layer: Digest, Size, Blob. `in` has ZipFile, or S3Bucket,
// S3Key and S3ObjectVersion. The blob is written, and removed should the change not be kept.
Result<Value> take_code(Call& call, const Value& in);
// Unless another version of it uses it.
void drop_code(Call& call, const std::string& name, const Value& code);

// Where the package can be fetched for ten minutes (GetFunction, "Code.Location").
std::string code_location(const Call& call, const Value& code);
// The answer to such a URL; nothing for any other.
std::optional<HttpResponse> answer_code_url(cloud::Cloud& cloud, const HttpRequest& request);

}  // namespace mainstay::lambda
