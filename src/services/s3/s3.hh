// Amazon S3: buckets and their configuration, objects, versions, multipart uploads, lists, tags.
// Website hosting is stored, not served. Sources: the S3 API reference and user guide.
#pragma once

#include "cloud/service.hh"

namespace mainstay::s3 {

cloud::Service make_service();

}  // namespace mainstay::s3
