#include "services/s3/s3.hh"

#include "services/s3/bucket.hh"
#include "services/s3/lifecycle.hh"
#include "services/s3/post_object.hh"
#include "services/s3/restore.hh"
#include "services/s3/website.hh"

namespace mainstay::s3 {

namespace {

constexpr std::string_view data_events[] = {"AbortMultipartUpload",
                                            "CompleteMultipartUpload",
                                            "CopyObject",
                                            "CreateMultipartUpload",
                                            "DeleteObject",
                                            "DeleteObjectTagging",
                                            "DeleteObjects",
                                            "GetObject",
                                            "GetObjectAcl",
                                            "GetObjectAttributes",
                                            "GetObjectLegalHold",
                                            "GetObjectRetention",
                                            "GetObjectTagging",
                                            "GetObjectTorrent",
                                            "HeadBucket",
                                            "HeadObject",
                                            "ListMultipartUploads",
                                            "ListObjectVersions",
                                            "ListObjects",
                                            "ListObjectsV2",
                                            "ListParts",
                                            "PutObject",
                                            "PutObjectAcl",
                                            "PutObjectLegalHold",
                                            "PutObjectRetention",
                                            "PutObjectTagging",
                                            "RestoreObject",
                                            "SelectObjectContent",
                                            "UploadPart",
                                            "UploadPartCopy"};

}  // namespace

namespace {

// What is no operation of the model: websites, and forms.
std::optional<HttpResponse> answer_url(cloud::Cloud& cloud, const HttpRequest& http) {
  auto page = answer_website(cloud, http);
  return page ? std::move(page) : answer_post(cloud, http);
}

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "s3";
  service.has_resource_control = true;
  service.data_events.assign(std::begin(data_events), std::end(data_events));
  service.calls = {"kms"};
  service.scope = cloud::Scope::global;
  service.part_of = part_of;
  service.part_beside = part_of_source;
  service.background = make_parting();
  service.owner_of = owner_of_bucket;
  service.guard = guard;
  service.cors_rules = cors_rules;
  service.answer_url = answer_url;
  service.reactions = {{"finish restore", finish_restore},
                       {"end restore", end_restore},
                       {"sweep lifecycle", sweep_lifecycle}};
  service.operations = {
      writes("CreateBucket", create_bucket),
      writes("DeleteBucket", delete_bucket),
      reads("HeadBucket", head_bucket),
      reads("ListBuckets", list_buckets),
      reads("GetBucketLocation", get_bucket_location),
      reads("GetBucketVersioning", get_bucket_versioning),
      writes("PutBucketVersioning", put_bucket_versioning),
      cloud::writes_upload("PutObject", put_object, upload_bytes_max),
      reads("GetObject", get_object),
      reads("HeadObject", head_object),
      reads("GetObjectAttributes", get_object_attributes),
      writes("DeleteObject", delete_object),
      cloud::writes_parts("DeleteObjects", delete_objects),
      writes("CopyObject", copy_object),
      writes("UploadPartCopy", upload_part_copy),
      reads("ListObjects", list_objects),
      reads("ListObjectsV2", list_objects_v2),
      reads("ListObjectVersions", list_object_versions),
      writes("CreateMultipartUpload", create_multipart_upload),
      cloud::writes_upload("UploadPart", upload_part, upload_bytes_max),
      writes("CompleteMultipartUpload", complete_multipart_upload),
      writes("RestoreObject", restore_object),
      writes("AbortMultipartUpload", abort_multipart_upload),
      reads("ListParts", list_parts),
      reads("ListMultipartUploads", list_multipart_uploads),
      reads("GetObjectTagging", get_object_tagging),
      writes("PutObjectTagging", put_object_tagging),
      writes("DeleteObjectTagging", delete_object_tagging),
      writes("PutObjectRetention", put_object_retention),
      reads("GetObjectRetention", get_object_retention),
      writes("PutObjectLegalHold", put_object_legal_hold),
      reads("GetObjectLegalHold", get_object_legal_hold),
      reads("GetBucketAcl", get_bucket_acl),
      writes("PutBucketAcl", put_bucket_acl),
      reads("GetObjectAcl", get_object_acl),
      writes("PutObjectAcl", put_object_acl),
      writes("PutBucketPolicy", put_bucket_policy),
      reads("GetBucketPolicy", get_bucket_policy),
      writes("DeleteBucketPolicy", delete_bucket_policy),
      reads("GetBucketPolicyStatus", get_bucket_policy_status),
  };
  for (const auto& operations : {configuration_operations(), identified_operations()})
    service.operations.insert(service.operations.end(), operations.begin(), operations.end());
  return service;
}

}  // namespace mainstay::s3
