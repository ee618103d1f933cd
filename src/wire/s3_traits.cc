#include "wire/s3_traits.hh"

#include <array>
#include <utility>

namespace mainstay::wire {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> output_roots = {{
    {"CompleteMultipartUploadOutput", "CompleteMultipartUploadResult"},
    {"CreateMultipartUploadOutput", "InitiateMultipartUploadResult"},
    {"CreateSessionOutput", "CreateSessionResult"},
    {"DeleteObjectsOutput", "DeleteResult"},
    {"GetBucketAccelerateConfigurationOutput", "AccelerateConfiguration"},
    {"GetBucketAclOutput", "AccessControlPolicy"},
    {"GetBucketCorsOutput", "CORSConfiguration"},
    {"GetBucketLifecycleConfigurationOutput", "LifecycleConfiguration"},
    {"GetBucketLifecycleOutput", "LifecycleConfiguration"},
    {"GetBucketLocationOutput", "LocationConstraint"},
    {"GetBucketLoggingOutput", "BucketLoggingStatus"},
    {"GetBucketRequestPaymentOutput", "RequestPaymentConfiguration"},
    {"GetBucketTaggingOutput", "Tagging"},
    {"GetBucketVersioningOutput", "VersioningConfiguration"},
    {"GetBucketWebsiteOutput", "WebsiteConfiguration"},
    {"GetObjectAclOutput", "AccessControlPolicy"},
    {"GetObjectAttributesOutput", "GetObjectAttributesResponse"},
    {"GetObjectTaggingOutput", "Tagging"},
    {"ListBucketsOutput", "ListAllMyBucketsResult"},
    {"ListDirectoryBucketsOutput", "ListAllMyDirectoryBucketsResult"},
    {"ListMultipartUploadsOutput", "ListMultipartUploadsResult"},
    {"ListObjectVersionsOutput", "ListVersionsResult"},
    {"ListPartsOutput", "ListPartsResult"},
    {"NotificationConfigurationDeprecated", "NotificationConfiguration"},
}};

}  // namespace

std::string_view s3_output_root(std::string_view output_shape) {
  // Both lists of objects share their root.
  if (output_shape == "ListObjectsOutput" || output_shape == "ListObjectsV2Output")
    return "ListBucketResult";
  for (const auto& [shape, root] : output_roots)
    if (shape == output_shape) return root;
  return {};
}

}  // namespace mainstay::wire
