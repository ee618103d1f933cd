"""S3: versions, multipart uploads, and lists in pages."""

import datetime

import pytest
from helpers import fails, names

PART = 5 * 1024 * 1024


@pytest.fixture
def versioned(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def put(s3, bucket, *keys):
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())


def test_versions_are_kept(s3, versioned):
    first = s3.put_object(Bucket=versioned, Key="k", Body=b"1")["VersionId"]
    second = s3.put_object(Bucket=versioned, Key="k", Body=b"2")["VersionId"]
    assert s3.get_object(Bucket=versioned, Key="k")["Body"].read() == b"2"
    old = s3.get_object(Bucket=versioned, Key="k", VersionId=first)
    assert old["Body"].read() == b"1"
    versions = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert names(versions, "VersionId") == [second, first]
    assert names(versions, "IsLatest") == [True, False]


def test_delete_markers(s3, versioned):
    put(s3, versioned, "k")
    marker = s3.delete_object(Bucket=versioned, Key="k")
    assert marker["DeleteMarker"] is True
    with fails("NoSuchKey"):
        s3.get_object(Bucket=versioned, Key="k")
    with fails("MethodNotAllowed", status=405):
        s3.get_object(Bucket=versioned, Key="k", VersionId=marker["VersionId"])
    s3.delete_object(Bucket=versioned, Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=versioned, Key="k")["Body"].read() == b"k"


def test_unknown_version(s3, versioned):
    put(s3, versioned, "k")
    other = s3.put_object(Bucket=versioned, Key="other", Body=b"")["VersionId"]
    with fails("NoSuchVersion", "The specified version does not exist.", 404):
        s3.get_object(Bucket=versioned, Key="k", VersionId=other)


def test_suspended_versions_are_null(s3, versioned):
    put(s3, versioned, "k")
    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Suspended"})
    put(s3, versioned, "k", "k")
    ids = names(s3.list_object_versions(Bucket=versioned)["Versions"], "VersionId")
    assert ids[0] == "null" and len(ids) == 2


def test_multipart(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="m", Metadata={"a": "b"})["UploadId"]
    parts = []
    for number, data in ((1, b"a" * PART), (2, b"end")):
        etag = s3.upload_part(Bucket=bucket, Key="m", UploadId=upload, PartNumber=number,
                              Body=data)["ETag"]
        parts.append({"ETag": etag, "PartNumber": number})
    assert names(s3.list_parts(Bucket=bucket, Key="m", UploadId=upload)["Parts"],
                 "Size") == [PART, 3]
    answer = s3.complete_multipart_upload(Bucket=bucket, Key="m", UploadId=upload,
                                          MultipartUpload={"Parts": parts})
    assert answer["ETag"].endswith('-2"')
    assert s3.head_object(Bucket=bucket, Key="m")["Metadata"] == {"a": "b"}
    assert s3.get_object(Bucket=bucket, Key="m", PartNumber=2)["Body"].read() == b"end"


def test_small_parts_are_refused(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]
    parts = []
    for number in (1, 2):
        etag = s3.upload_part(Bucket=bucket, Key="m", UploadId=upload, PartNumber=number,
                              Body=b"small")["ETag"]
        parts.append({"ETag": etag, "PartNumber": number})
    with fails("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"):
        s3.complete_multipart_upload(Bucket=bucket, Key="m", UploadId=upload,
                                     MultipartUpload={"Parts": parts})


def test_aborted_upload(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]
    assert names(s3.list_multipart_uploads(Bucket=bucket)["Uploads"], "UploadId") == [upload]
    s3.abort_multipart_upload(Bucket=bucket, Key="m", UploadId=upload)
    with fails("NoSuchUpload", status=404):
        s3.upload_part(Bucket=bucket, Key="m", UploadId=upload, PartNumber=1, Body=b"")


def test_part_copied_from_an_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="source", Body=b"x" * PART)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]
    copied = s3.upload_part_copy(Bucket=bucket, Key="m", UploadId=upload, PartNumber=1,
                                 CopySource=f"{bucket}/source", CopySourceRange="bytes=0-9")
    part = {"ETag": copied["CopyPartResult"]["ETag"], "PartNumber": 1}
    s3.complete_multipart_upload(Bucket=bucket, Key="m", UploadId=upload,
                                 MultipartUpload={"Parts": [part]})
    assert s3.get_object(Bucket=bucket, Key="m")["Body"].read() == b"x" * 10


def test_list_is_in_byte_order(s3, bucket):
    put(s3, bucket, "b", "a", "B", "é", "a/b", "a-b")
    found = names(s3.list_objects_v2(Bucket=bucket)["Contents"], "Key")
    assert found == ["B", "a", "a-b", "a/b", "b", "é"]


def test_folders_by_delimiter(s3, bucket):
    put(s3, bucket, "top", "a/1", "a/2", "a/b/3", "c/4")
    answer = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert names(answer["Contents"], "Key") == ["top"]
    assert names(answer["CommonPrefixes"], "Prefix") == ["a/", "c/"]
    below = s3.list_objects_v2(Bucket=bucket, Delimiter="/", Prefix="a/")
    assert names(below["Contents"], "Key") == ["a/1", "a/2"]
    assert names(below["CommonPrefixes"], "Prefix") == ["a/b/"]


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
def test_pages_of_keys_and_folders(s3, bucket, operation):
    put(s3, bucket, "a/1", "a/2", "b", "c/1", "d")
    pages = s3.get_paginator(operation).paginate(Bucket=bucket, Delimiter="/",
                                                 PaginationConfig={"PageSize": 2})
    seen = []
    for page in pages:
        assert len(page.get("Contents", [])) + len(page.get("CommonPrefixes", [])) <= 2
        seen += names(page.get("CommonPrefixes", []), "Prefix")
        seen += names(page.get("Contents", []), "Key")
    assert sorted(seen) == ["a/", "b", "c/", "d"]


def test_pages_of_versions(s3, versioned):
    put(s3, versioned, "a", "a", "b", "b", "c")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=versioned,
                                                              PaginationConfig={"PageSize": 2})
    assert [v["Key"] for page in pages for v in page["Versions"]] == list("aabbc")


def test_start_after(s3, bucket):
    put(s3, bucket, "a", "b", "c")
    answer = s3.list_objects_v2(Bucket=bucket, StartAfter="a")
    assert names(answer["Contents"], "Key") == ["b", "c"]


def test_bad_token(s3, bucket):
    with fails("InvalidArgument", "The continuation token provided is incorrect"):
        s3.list_objects_v2(Bucket=bucket, ContinuationToken="nonsense!")


@pytest.fixture
def locked(s3, account):
    name = f"locked-{account}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def is_refused(s3, bucket, version, **more):
    """By DeleteObject and by DeleteObjects; what has no version named gets a delete marker."""
    with fails("AccessDenied", "Access Denied because object protected by object lock.", 403):
        s3.delete_object(Bucket=bucket, Key="a", VersionId=version, **more)
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a", "VersionId": version}]}, **more)
    assert [e["Code"] for e in answer["Errors"]] == ["AccessDenied"] and "Deleted" not in answer
    s3.head_object(Bucket=bucket, Key="a", VersionId=version)


def test_object_lock_keeps_versions(s3, locked):
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    put = {"Bucket": locked, "Key": "a", "Body": b"x"}
    held = s3.put_object(**put, ObjectLockLegalHoldStatus="ON")["VersionId"]
    compliance = s3.put_object(**put, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=soon)["VersionId"]
    governance = s3.put_object(**put, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=soon)["VersionId"]
    for version in [held, compliance]:
        is_refused(s3, locked, version)
        is_refused(s3, locked, version, BypassGovernanceRetention=True)
    is_refused(s3, locked, governance)
    s3.delete_object(Bucket=locked, Key="a", VersionId=governance, BypassGovernanceRetention=True)
    marker = s3.delete_object(Bucket=locked, Key="a")["VersionId"]
    s3.delete_object(Bucket=locked, Key="a", VersionId=marker)


def test_object_lock_by_default(s3, locked):
    free = s3.put_object(Bucket=locked, Key="a", Body=b"x")["VersionId"]
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2}}})
    version = s3.put_object(Bucket=locked, Key="a", Body=b"x")["VersionId"]
    head = s3.head_object(Bucket=locked, Key="a")
    assert head["ObjectLockMode"] == "COMPLIANCE" and head["ObjectLockRetainUntilDate"] > head["LastModified"] + datetime.timedelta(days=1)
    is_refused(s3, locked, version)
    s3.delete_object(Bucket=locked, Key="a", VersionId=free)
