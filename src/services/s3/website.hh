// Buckets as websites, at their website host: "BUCKET.s3-website-REGION.amazonaws.com",
// "BUCKET.s3-website.REGION.amazonaws.com", "BUCKET.s3-website.localhost" ("Hosting a static
// website using Amazon S3", S3 user guide; pages of errors recorded).
#pragma once

#include <optional>

#include "base/http_message.hh"

namespace mainstay::cloud {
class Cloud;
}

namespace mainstay::s3 {

// Nothing for a request to another host. Objects are read as by nobody in particular. Limit: an
// object of 512 MiB.
std::optional<HttpResponse> answer_website(cloud::Cloud& cloud, const HttpRequest& http);

}  // namespace mainstay::s3
