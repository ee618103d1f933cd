"""S3: objects, versions, tags, conditions and lists."""

import datetime

from run import cases
from s3_support import bucket, objects

s3 = cases("s3/test_s3.py::TestS3::")
checksums = cases("s3/test_s3.py::TestS3PutObjectChecksum::")
sse_c = cases("s3/test_s3.py::TestS3SSECEncryption::")
archive = cases("s3/test_s3.py::TestS3DeepArchive::")
crud = cases("s3/test_s3_api.py::TestS3ObjectCRUD::")
tagging = cases("s3/test_s3_api.py::TestS3BucketObjectTagging::")
writes = cases("s3/test_s3_api.py::TestS3ObjectWritePrecondition::")
deletes = cases("s3/test_s3_api.py::TestS3DeletePrecondition::")
sources = cases("s3/test_s3_preconditions.py::TestS3CopySourcePreconditions::")
encryption = cases("s3/test_s3_api.py::TestS3BucketEncryption::")
lists = cases("s3/test_s3_list_operations.py::TestS3ListObjectVersions::")
v2 = cases("s3/test_s3_list_operations.py::TestS3ListObjectsV2::")
buckets = cases("s3/test_s3_list_operations.py::TestS3ListBuckets::")


@s3
def get_object_part(run):
    name, part = bucket(run), b"a" * (5 * 1024 * 1024)
    upload = run.s3.create_multipart_upload(Bucket=name, Key="test.file")["UploadId"]
    at = {"Bucket": name, "Key": "test.file", "UploadId": upload}
    first = b"test content 123"
    run.ignore("ETag", "ChecksumCRC64NVME", "ChecksumCRC32")
    parts = [{"PartNumber": n, "ETag": run.s3.upload_part(Body=body, PartNumber=n, **at)["ETag"]}
             for n, body in ((1, part + first), (2, first))]
    run.step("multipart-upload", run.s3.complete_multipart_upload, MultipartUpload={"Parts": parts}, **at)
    where = {"Bucket": name, "Key": "test.file"}
    run.step("head-object-part", run.s3.head_object, PartNumber=2, **where)
    run.step("get-object-part", run.s3.get_object, PartNumber=2, **where)
    run.step("get-object-part-with-checksum", run.s3.get_object, PartNumber=2, ChecksumMode="ENABLED", **where)
    run.step("part-doesnt-exist", run.s3.get_object, PartNumber=10, **where)
    run.step("part-with-range", run.s3.get_object, PartNumber=2, Range="bytes=0-8", **where)
    objects(run, name, "single", body=b"test-123")
    run.step("part-no-multipart", run.s3.get_object, Bucket=name, Key="single", PartNumber=2)
    run.step("get-obj-no-multipart", run.s3.get_object, Bucket=name, Key="single", PartNumber=1)


def copied(run, step, **request):
    run.step(step, run.s3.copy_object, **request)


@s3
def s3_copy_object_with_checksum(run):
    name = bucket(run)
    run.step("put-object-no-checksum", run.s3.put_object, Bucket=name, Key="k", Body=b'{"key": "value"}')
    attributes = dict(Bucket=name, ObjectAttributes=["Checksum"])
    run.step("object-attrs", run.s3.get_object_attributes, Key="k", **attributes)
    copied(run, "copy-object-in-place-with-checksum", Bucket=name, Key="k", CopySource=f"{name}/k", ChecksumAlgorithm=run.param)
    run.step("object-attrs-after-copy", run.s3.get_object_attributes, Key="k", **attributes)
    copied(run, "copy-object-to-dest-keep-checksum", Bucket=name, Key="dest", CopySource=f"{name}/k")


def no_sums(run):
    return run.client("s3", request_checksum_calculation="when_required", response_checksum_validation="when_required")


@s3
def s3_copy_object_in_place_metadata_directive(run):
    name = bucket(run)
    where = {"Bucket": name, "Key": "k"}
    run.step("put_object", run.s3.put_object, Body=b'{"key": "value"}', ContentType="application/json",
             Metadata={"key": "value"}, **where)
    run.step("head_object", run.s3.head_object, **where)
    onto = dict(CopySource=f"{name}/k", **where)
    run.step("no-metadata-directive-fail", run.s3.copy_object, **onto)
    run.step("copy-replace-directive", run.s3.copy_object, Metadata={"key2": "value2"}, MetadataDirective="REPLACE", **onto)
    run.step("head-replace-directive", run.s3.head_object, **where)
    run.step("copy-copy-directive", run.s3.copy_object, MetadataDirective="COPY", StorageClass="STANDARD", **onto)
    run.step("head-copy-directive", run.s3.head_object, **where)
    run.step("copy-copy-directive-ignore", run.s3.copy_object, Metadata={"key3": "value3"}, MetadataDirective="COPY",
             StorageClass="STANDARD", **onto)
    run.step("head-copy-directive-ignore", run.s3.head_object, **where)
    run.step("copy-replace-directive-empty", run.s3.copy_object, MetadataDirective="REPLACE", **onto)
    run.step("head-replace-directive-empty", run.s3.head_object, **where)


@s3
def put_object_storage_class_outposts(run):
    name = bucket(run)
    run.step("put-object-outposts", run.s3.put_object, Bucket=name, Key="k", Body=b"x", StorageClass="OUTPOSTS")
    run.step("create-multipart-outposts-exc", run.s3.create_multipart_upload, Bucket=name, Key="k", StorageClass="OUTPOSTS")


@checksums
def put_object_checksum(run):
    name, member = bucket(run), f"Checksum{run.param}"
    data = {"CRC32": "cZWHwQ==", "CRC64NVME": "qUVrWYOrIAM="}
    if run.param not in data:
        return
    where = {"Bucket": name, "Key": "k"}
    plain = no_sums(run)
    run.step("put-wrong-checksum-no-b64", plain.put_object, Body=b"test data..", **{member: "test"}, **where)
    wrong = {"CRC32": "AAAAAA==", "CRC64NVME": "AAAAAAAAAAA="}[run.param]
    run.step("put-wrong-checksum-value", plain.put_object, Body=b"test data..", **{member: wrong}, **where)
    for put, attributes in (("put-object-generated", "get-object-attrs-generated"),
                            ("put-object-autogenerated", "get-object-attrs-auto-generated")):
        run.step(put, plain.put_object, Body=b"test data..", **{member: data[run.param]}, **where)
        run.step(attributes, run.s3.get_object_attributes, ObjectAttributes=["ETag", "Checksum"], **where)
    run.step("head-object-with-checksum", run.s3.head_object, ChecksumMode="ENABLED", **where)


@checksums
def s3_get_object_checksum(run):
    name = bucket(run)
    algorithm = {} if run.param == "None" else {"ChecksumAlgorithm": run.param}
    run.step("put-object", run.s3.put_object, Bucket=name, Key="k", Body=b"test-checksum", **algorithm)
    run.step("get-object", run.s3.get_object, Bucket=name, Key="k")
    run.step("get-object-with-checksum", run.s3.get_object, Bucket=name, Key="k", ChecksumMode="ENABLED")
    run.step("head-object-with-checksum", run.s3.get_object, Bucket=name, Key="k", ChecksumMode="ENABLED")
    run.step("get-object-attrs", run.s3.get_object_attributes, Bucket=name, Key="k", ObjectAttributes=["Checksum"])


WITH_KEY = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"0123456789abcdef0123456789abcdef"}


@sse_c
def put_object_validation_sse_c(run):
    name = bucket(run)

    def refused(step, **given):
        run.step(step, run.s3.put_object, Bucket=name, Key="k", Body=b"x", **given)
    key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    refused("put-obj-sse-c-wrong-algo", SSECustomerAlgorithm="KMS", SSECustomerKey=WITH_KEY["SSECustomerKey"])
    refused("put-obj-sse-c-wrong-key-size", SSECustomerAlgorithm="AES256", SSECustomerKey=b"short")
    refused("put-obj-sse-c-no-key", SSECustomerAlgorithm="AES256")
    refused("put-obj-sse-c-no-algo", SSECustomerKey=WITH_KEY["SSECustomerKey"])
    refused("put-obj-sse-c-bad-md5", SSECustomerAlgorithm="AES256", SSECustomerKey=key, SSECustomerKeyMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    refused("put-obj-sse-c-both-encryption", ServerSideEncryption="AES256", **WITH_KEY)


@sse_c
def object_retrieval_sse_c(run):
    name = bucket(run)
    run.ignore("ETag", "ChecksumCRC32")
    run.constants(**{"JMwgiexXqwuPqIPjYFmIZQ==": "s5tT6MQzdP0i9lB0ZZ7rEQ=="})
    run.ignore("SSECustomerKeyMD5")
    where = {"Bucket": name, "Key": "k"}
    run.step("put-obj-sse-c", run.s3.put_object, Body=b"test_data", **WITH_KEY, **where)
    run.step("get-obj-no-sse-c", run.s3.get_object, **where)
    other = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"1" * 32}
    run.step("get-obj-sse-c-wrong-key", run.s3.get_object, **other, **where)
    wrong = {**WITH_KEY, "SSECustomerAlgorithm": "KMS"}
    run.step("get-obj-sse-c-wrong-algo", run.s3.get_object, **wrong, **where)
    run.step("head-obj-sse-c-wrong-algo", run.s3.head_object, **wrong, **where)
    run.step("get-obj-attrs-sse-c-wrong-algo", run.s3.get_object_attributes, ObjectAttributes=["ETag"], **wrong, **where)
    run.step("get-obj-sse-c-wrong-key-size", run.s3.get_object, SSECustomerAlgorithm="AES256", SSECustomerKey=b"short", **where)
    run.step("get-obj-sse-c-bad-md5", run.s3.get_object, SSECustomerAlgorithm="AES256",
             SSECustomerKey="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", SSECustomerKeyMD5="AAAAAAAAAAAAAAAAAAAAAA==", **where)


@archive
def s3_get_deep_archive_object_restore(run):
    name = bucket(run)
    objects(run, name, "k", StorageClass="DEEP_ARCHIVE")
    run.step("get_object_invalid_state", run.s3.get_object, Bucket=name, Key="k")
    run.step("restore_object", run.s3.restore_object, Bucket=name, Key="k", RestoreRequest={
        "Days": 30, "GlacierJobParameters": {"Tier": "Bulk"}})


@crud
def delete_object_versioned(run):
    name = bucket(run, versioned=True)
    where = {"Bucket": name, "Key": "test-delete"}
    first = run.step("put-object", run.s3.put_object, Body="test-delete", **where)["VersionId"]
    run.step("get-object-with-version", run.s3.get_object, VersionId=first, **where)
    run.step("delete-with-bad-version", run.s3.delete_object, VersionId="bad-version-id", **where)
    run.step("delete-wrong-key", run.s3.delete_object, Bucket=name, Key="wrong-key")
    marker = run.step("delete-object", run.s3.delete_object, **where)["VersionId"]
    run.step("delete-object-2", run.s3.delete_object, **where)
    run.step("list-object-versions", run.s3.list_object_versions, Bucket=name, Prefix="test-delete")
    run.step("get-deleted-object", run.s3.get_object, **where)
    run.step("get-delete-marker", run.s3.get_object, VersionId=marker, **where)
    run.step("delete-object-version", run.s3.delete_object, VersionId=first, **where)
    run.step("get-deleted-object-with-version", run.s3.get_object, VersionId=first, **where)
    run.step("delete-delete-marker", run.s3.delete_object, VersionId=marker, **where)


@crud
def get_object_range(run):
    name = bucket(run)
    run.s3.put_object(Bucket=name, Key="k", Body="0123456789")
    for step in run.recorded:
        text = step.removeprefix("get-").removesuffix("-checksum")
        more = {"ChecksumMode": "ENABLED"} if step.endswith("-checksum") else {}
        if step.startswith("get-") and not text[:1].isalpha():
            run.step(step, run.s3.get_object, Bucket=name, Key="k", Range=f"bytes={text}", **more)


@tagging
def object_tagging_crud(run):
    name = bucket(run)
    where = {"Bucket": name, "Key": "k"}

    def put(step, *tags):
        run.step(step, run.s3.put_object_tagging, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]}, **where)
    run.step("put-object", run.s3.put_object, Body="test-tagging", **where)
    run.step("get-object-tags-empty", run.s3.get_object_tagging, **where)
    put("put-object-tags", ("tag1", "tag1"), ("tag2", ""))
    run.step("get-object-tags", run.s3.get_object_tagging, **where)
    put("put-object-tags-overwrite", ("tag3", "tag3"))
    run.step("get-object-tags-overwritten", run.s3.get_object_tagging, **where)
    run.step("get-obj-after-tags", run.s3.get_object, **where)
    run.step("delete-object-tags", run.s3.delete_object_tagging, **where)
    run.step("get-object-tags-deleted", run.s3.get_object_tagging, **where)
    run.step("get-obj-after-tags-deleted", run.s3.get_object, **where)


@tagging
def put_object_with_tags(run):
    name = bucket(run)
    where = {"Bucket": name, "Key": "k"}

    def put(tags):
        return run.s3.put_object(Body="test-tagging", Tagging=tags, **where)
    run.step("put-object", run.s3.put_object, Body="test-tagging", Tagging="tag1=tag1&tag2=tag2&tag=", **where)
    run.step("get-object-tags", run.s3.get_object_tagging, **where)
    run.step("put-object-tags", run.s3.put_object_tagging, Tagging={"TagSet": [{"Key": "tag3", "Value": "tag3"}]}, **where)
    run.step("get-object-tags-override", run.s3.get_object_tagging, **where)
    run.step("head-obj", run.s3.head_object, **where)
    run.step("get-obj", run.s3.get_object, **where)
    put("wrongquery&wrongagain")
    run.step("get-object-tags-wrong-format-qs", run.s3.get_object_tagging, **where)
    put("key1&&&key2")
    run.step("get-object-tags-wrong-format-qs-2", run.s3.get_object_tagging, **where)


@writes
def put_object_if_match(run):
    name = bucket(run)
    where = {"Bucket": name, "Key": "test-precondition"}
    put = run.s3.put_object
    run.step("put-obj-if-match-key-not-exists", put, IfMatch='"x"', **where)
    etag = run.step("put-obj", put, Body="test", **where)["ETag"]
    run.step("put-obj-if-match-wrong-etag", put, IfMatch='"f41824da5b3edfb2"', **where)
    run.step("put-obj-overwrite", put, IfMatch=etag, **where)
    run.step("del-obj", run.s3.delete_object, **where)
    run.step("put-obj-after-del", put, **where)


@writes
def put_object_if_match_validation(run):
    where = {"Bucket": bucket(run), "Key": "test-precondition-validation"}
    run.step("put-obj-if-match-star-value", run.s3.put_object, IfMatch="*", **where)
    run.step("put-obj-if-match-bad-value", run.s3.put_object, IfMatch="abcdef", **where)
    run.step("put-obj-if-match-bad-value-2", run.s3.put_object, IfMatch="bad-char_/", **where)


@writes
def put_object_if_match_and_if_none_match_validation(run):
    run.step("put-obj-both-precondition", run.s3.put_object, Bucket=bucket(run), Key="k", IfNoneMatch="*", IfMatch="abcdef")


@writes
def copy_object_precondition_write_validation(run):
    name = bucket(run)
    objects(run, name, "source")
    onto = dict(Bucket=name, Key="dest", CopySource=f"{name}/source")
    run.step("copy-obj-both", run.s3.copy_object, IfMatch='"x"', IfNoneMatch="*", **onto)
    run.step("copy-obj-if-match-star", run.s3.copy_object, IfMatch="*", **onto)
    run.step("copy-obj-none-match-etag", run.s3.copy_object, IfNoneMatch='"x"', **onto)


@writes
def put_object_if_none_match_versioned_bucket(run):
    name = bucket(run, versioned=True)
    where = {"Bucket": name, "Key": "test-precondition"}
    run.step("put-obj", run.s3.put_object, IfNoneMatch="*", **where)
    run.step("put-obj-if-none-match", run.s3.put_object, IfNoneMatch="*", **where)
    run.step("del-obj", run.s3.delete_object, **where)
    run.step("put-obj-after-del", run.s3.put_object, IfNoneMatch="*", **where)
    run.step("list-object-versions", run.s3.list_object_versions, Bucket=name)


@deletes
def delete_object_if_match_non_express(run):
    name = bucket(run)
    objects(run, name, "k")
    run.step("delete-obj-if-match", run.s3.delete_object, Bucket=name, Key="k", IfMatch="badvalue")


@deletes
def delete_object_if_match_modified_non_express(run):
    name = bucket(run)
    objects(run, name, "k")
    run.step("delete-obj-if-match-last-modified", run.s3.delete_object, Bucket=name, Key="k",
             IfMatchLastModifiedTime=datetime.datetime(2024, 1, 1))


@deletes
def delete_object_if_match_all_non_express(run):
    name = bucket(run)
    objects(run, name, "k")
    run.step("delete-obj-if-match-all", run.s3.delete_object, Bucket=name, Key="k", IfMatchSize=10, IfMatch="badvalue",
             IfMatchLastModifiedTime=datetime.datetime(2024, 1, 1))


@sources
def s3_copy_object_if_source_unmodified_since_versioned(run):
    name = bucket(run, versioned=True)
    run.s3.put_object(Bucket=name, Key="source", Body=b"data")
    run.step("head-object", run.s3.head_object, Bucket=name, Key="source")
    onto = dict(Bucket=name, Key="dest", CopySource=f"{name}/source")
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.timezone.utc)
    run.step("copy-past-if-unmodified-since", run.s3.copy_object, CopySourceIfUnmodifiedSince=now - day, **onto)
    run.step("copy-if-unmodified-since", run.s3.copy_object, CopySourceIfUnmodifiedSince=now + day, **onto)


@lists
def list_objects_versions_with_prefix(run):
    name = bucket(run, versioned=True)
    run.constants(**{"<owner-id>": run.s3.list_buckets()["Owner"]["ID"]})
    run.ignore("ETag", "Size")
    for key, body in (("dir/test", "a"), ("dir/test", "b"), ("dir/subdir/test2", "c"), ("dir/subdir/test2", "d")):
        run.s3.put_object(Bucket=name, Key=key, Body=body)
    for number, prefix in enumerate(("dir/", "dir/s", "dir/test", "dir/subdir", "dir/subdir/"), 1):
        run.step(f"list-object-version-{number}", run.s3.list_object_versions, Bucket=name, Prefix=prefix, Delimiter="/")


@v2
def list_ops_encoding_type_validation(run):
    name, ask = bucket(run), getattr(run.s3, run.param)
    run.step(f"{run.param}-error-wrong-value", ask, Bucket=name, EncodingType="value")
    run.step(f"{run.param}-error-empty-value", ask, Bucket=name, EncodingType="")


@buckets
def list_buckets_region_validation(run):
    run.step("bad-region", run.s3.list_buckets, BucketRegion="eu-east-1")


@buckets
def list_buckets_by_bucket_region(run):
    name = bucket(run)
    run.constants(**{"<owner-id>": run.s3.list_buckets()["Owner"]["ID"]})
    run.step("list-objects-by-bucket-region-empty", run.s3.list_buckets, BucketRegion="us-west-2", Prefix=name)
    run.step("list-objects-by-bucket-region-not-empty", run.s3.list_buckets, BucketRegion="us-east-1", Prefix=name)
