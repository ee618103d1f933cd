#include "wire/router.hh"

#include <doctest/doctest.h>

#include "wire/sigv4.hh"

using namespace mainstay;
using namespace mainstay::wire;

namespace {

// Routes of S3 as botocore's model has them, shapes cut to what routing needs.
constexpr const char* s3_model = R"({
 "metadata": {"protocol": "rest-xml", "serviceId": "S3", "apiVersion": "2006-03-01"},
 "operations": {
  "ListBuckets": {"name": "ListBuckets", "http": {"method": "GET", "requestUri": "/"}},
  "CreateBucket": {"http": {"method": "PUT", "requestUri": "/{Bucket}"}},
  "DeleteBucket": {"http": {"method": "DELETE", "requestUri": "/{Bucket}"}},
  "DeleteBucketAnalyticsConfiguration": {"http": {"method": "DELETE", "requestUri": "/{Bucket}?analytics"}, "input": {"shape": "WithId"}},
  "GetBucketInventoryConfiguration": {"http": {"method": "GET", "requestUri": "/{Bucket}?inventory"}, "input": {"shape": "WithId"}},
  "ListBucketInventoryConfigurations": {"http": {"method": "GET", "requestUri": "/{Bucket}?inventory"}},
  "GetBucketLifecycle": {"http": {"method": "GET", "requestUri": "/{Bucket}?lifecycle"}, "deprecated": true},
  "GetBucketLifecycleConfiguration": {"http": {"method": "GET", "requestUri": "/{Bucket}?lifecycle"}},
  "GetBucketVersioning": {"http": {"method": "GET", "requestUri": "/{Bucket}?versioning"}},
  "ListObjects": {"http": {"method": "GET", "requestUri": "/{Bucket}"}},
  "ListObjectsV2": {"http": {"method": "GET", "requestUri": "/{Bucket}?list-type=2"}},
  "GetObject": {"http": {"method": "GET", "requestUri": "/{Bucket}/{Key+}"}},
  "GetObjectTagging": {"http": {"method": "GET", "requestUri": "/{Bucket}/{Key+}?tagging"}},
  "ListParts": {"http": {"method": "GET", "requestUri": "/{Bucket}/{Key+}"}, "input": {"shape": "WithUpload"}},
  "PutObject": {"http": {"method": "PUT", "requestUri": "/{Bucket}/{Key+}"}},
  "CopyObject": {"http": {"method": "PUT", "requestUri": "/{Bucket}/{Key+}"}, "input": {"shape": "WithSource"}},
  "UploadPart": {"http": {"method": "PUT", "requestUri": "/{Bucket}/{Key+}"}, "input": {"shape": "WithPart"}},
  "UploadPartCopy": {"http": {"method": "PUT", "requestUri": "/{Bucket}/{Key+}"}, "input": {"shape": "WithPartAndSource"}},
  "WriteGetObjectResponse": {"http": {"method": "POST", "requestUri": "/WriteGetObjectResponse"}},
  "DeleteObjects": {"http": {"method": "POST", "requestUri": "/{Bucket}?delete"}}
 },
 "shapes": {
  "S": {"type": "string"},
  "WithId": {"type": "structure", "required": ["Id"], "members": {"Id": {"shape": "S", "location": "querystring", "locationName": "id"}}},
  "WithUpload": {"type": "structure", "required": ["UploadId"], "members": {"UploadId": {"shape": "S", "location": "querystring", "locationName": "uploadId"}}},
  "WithSource": {"type": "structure", "required": ["CopySource"], "members": {"CopySource": {"shape": "S", "location": "header", "locationName": "x-amz-copy-source"}}},
  "WithPart": {"type": "structure", "required": ["PartNumber", "UploadId"], "members": {
    "PartNumber": {"shape": "S", "location": "querystring", "locationName": "partNumber"},
    "UploadId": {"shape": "S", "location": "querystring", "locationName": "uploadId"}}},
  "WithPartAndSource": {"type": "structure", "required": ["PartNumber", "UploadId", "CopySource"], "members": {
    "PartNumber": {"shape": "S", "location": "querystring", "locationName": "partNumber"},
    "UploadId": {"shape": "S", "location": "querystring", "locationName": "uploadId"},
    "CopySource": {"shape": "S", "location": "header", "locationName": "x-amz-copy-source"}}}
 }})";

HttpRequest request(const char* method, const char* path, const char* query, Headers headers = {}) {
  HttpRequest r;
  r.method = method;
  r.path = path;
  r.query = query;
  r.headers = std::move(headers);
  return r;
}

}  // namespace

TEST_CASE("S3's operations are told apart by method, path, query and headers") {
  auto model = Model::parse(s3_model).value();
  Router router(*model);
  Headers copy{{"X-Amz-Copy-Source", "/a/b"}};
  struct Row {
    HttpRequest request;
    std::string_view operation;
  };
  const Row rows[] = {
      {request("GET", "/", ""), "ListBuckets"},
      {request("PUT", "/b", ""), "CreateBucket"},
      {request("PUT", "/b/", ""), "CreateBucket"},
      {request("GET", "/b", "prefix=a"), "ListObjects"},
      {request("GET", "/b", "list-type=2&prefix=a"), "ListObjectsV2"},
      {request("GET", "/b", "list-type=1"), "ListObjects"},
      {request("GET", "/b", "versioning"), "GetBucketVersioning"},
      {request("GET", "/b", "versioning="), "GetBucketVersioning"},
      {request("GET", "/b", "lifecycle"), "GetBucketLifecycleConfiguration"},
      {request("GET", "/b", "inventory"), "ListBucketInventoryConfigurations"},
      {request("GET", "/b", "inventory&id=1"), "GetBucketInventoryConfiguration"},
      {request("DELETE", "/b", ""), "DeleteBucket"},
      {request("DELETE", "/b", "analytics&id=1"), "DeleteBucketAnalyticsConfiguration"},
      {request("DELETE", "/b", "analytics"), "DeleteBucketAnalyticsConfiguration"},
      {request("GET", "/b/k/l//m", ""), "GetObject"},
      {request("GET", "/b/k", "versionId=1&x-id=GetObject"), "GetObject"},
      {request("GET", "/b/k", "tagging"), "GetObjectTagging"},
      {request("GET", "/b/k", "uploadId=1"), "ListParts"},
      {request("PUT", "/b/k", ""), "PutObject"},
      {request("PUT", "/b/k", "", copy), "CopyObject"},
      {request("PUT", "/b/k", "partNumber=1&uploadId=2"), "UploadPart"},
      {request("PUT", "/b/k", "partNumber=1&uploadId=2", copy), "UploadPartCopy"},
      {request("POST", "/WriteGetObjectResponse", ""), "WriteGetObjectResponse"},
      {request("POST", "/b", "delete"), "DeleteObjects"},
  };
  for (const Row& row : rows) {
    INFO(row.request.method, " ", row.request.path, "?", row.request.query);
    const Operation* found = router.match(row.request);
    REQUIRE(found != nullptr);
    CHECK(found->name == row.operation);
  }
  CHECK(router.match("PATCH", "/b", "") == nullptr);
  CHECK(router.match("POST", "/b/k", "") == nullptr);
}

TEST_CASE("a request says which service it is for") {
  HttpRequest json = request("POST", "/", "",
                             {{"X-Amz-Target", "TrentService.CreateKey"},
                              {"Content-Type", "application/x-amz-json-1.1"},
                              {"Host", "KMS.us-east-1.amazonaws.com:443"}});
  Hints hints = detect(json);
  CHECK(hints.form == Hints::Form::json);
  CHECK(hints.json_version == Protocol::json_1_1);
  CHECK(hints.target_prefix == "TrentService");
  CHECK(hints.operation == "CreateKey");
  CHECK(hints.host == "kms.us-east-1.amazonaws.com");

  HttpRequest form = request("POST", "/", "",
                             {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                              {"Host", "localhost:4566"}});
  form.body = "Version=2011-06-15&Action=GetCallerIdentity";
  sign(form, {"AKID", "secret", ""}, "eu-west-1", "sts", Time{0});
  hints = detect(form);
  CHECK(hints.form == Hints::Form::form);
  CHECK(hints.operation == "GetCallerIdentity");
  CHECK(hints.version == "2011-06-15");
  CHECK(hints.access_key == "AKID");
  CHECK(hints.region == "eu-west-1");
  CHECK(hints.signing_name == "sts");

  HttpRequest cbor = request("POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics",
                             "", {{"smithy-protocol", "rpc-v2-cbor"}});
  hints = detect(cbor);
  CHECK(hints.form == Hints::Form::cbor);
  CHECK(hints.target_prefix == "GraniteServiceVersion20100801");
  CHECK(hints.operation == "ListMetrics");

  CHECK(detect(request("GET", "/b/k", "")).form == Hints::Form::rest);
  CHECK(detect(request("GET", "/", "Action=DescribeVpcs&Version=1")).operation == "DescribeVpcs");
}

TEST_CASE("buckets in host names") {
  CHECK(virtual_host_bucket("my.bucket.s3.eu-west-1.amazonaws.com") == "my.bucket");
  CHECK(virtual_host_bucket("bucket.s3.localhost:4566") == "bucket");
  CHECK(virtual_host_bucket("bucket.s3-eu-west-1.amazonaws.com") == "bucket");
  CHECK(virtual_host_bucket("s3.amazonaws.com") == "");
  CHECK(virtual_host_bucket("localhost:4566") == "");
  CHECK(virtual_host_bucket("127.0.0.1:4566") == "");
}
