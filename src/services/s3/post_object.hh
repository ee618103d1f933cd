// Uploads that browsers send as forms ("POST Object", S3 API reference): POST /bucket with
// multipart/form-data.
#pragma once

#include <optional>

#include "base/http_message.hh"

namespace mainstay::cloud {
class Cloud;
}

namespace mainstay::s3 {

// Nothing for a request that is no such form.
std::optional<HttpResponse> answer_post(cloud::Cloud& cloud, const HttpRequest& http);

}  // namespace mainstay::s3
