"""Requests to S3 that no well-meaning client sends, each answered as AWS answers it."""

import http.client

import pytest
from helpers import fails


@pytest.fixture
def raw(endpoint, account):
    """raw(method, path, body, headers): status, headers and text, the path sent as it is."""

    def ask(method, path, body=b"", **headers):
        connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=20)
        scope = "20260101/us-east-1/s3/aws4_request"
        connection.request(method, path, body, {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={account}/{scope}, "
                             "SignedHeaders=host, Signature=0", **headers})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()

    return ask


def test_lists_of_nothing(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"x")
    parts = s3.list_parts(Bucket=bucket, Key="k", UploadId=upload, MaxParts=0)
    assert "Parts" not in parts and not parts["IsTruncated"]
    uploads = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=0)
    assert "Uploads" not in uploads and not uploads["IsTruncated"]
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=0)["KeyCount"] == 0
    with fails("InvalidArgument", "Argument max-parts must be an integer between 0 and 2147483647"):
        s3.list_parts(Bucket=bucket, Key="k", UploadId=upload, MaxParts=-1)


@pytest.mark.parametrize("path", ["bad%zz", "cut%a", "%ff%fe", "%c0%af", "a%00b"])
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_paths_that_are_no_key(raw, bucket, method, path):
    status, _, text = raw(method, f"/{bucket}/{path}")
    assert status == 400
    assert "<Code>InvalidURI</Code><Message>Couldn't parse the specified URI.</Message>" in text


@pytest.mark.parametrize("key", ["a//b", "../x", "a/../b", "/lead", "//", "a%2Fb", "a+b", "a b", "a\tb",
                                 "\u00e9\U0001f600", "a?b=c&d#e", "k" * 1024, "\u00e9" * 512])
def test_odd_keys_are_keys(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    s3.delete_object(Bucket=bucket, Key=key)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["copy"]


def test_too_long_keys(s3, bucket):
    for ask in (s3.get_object, s3.delete_object, s3.put_object):
        with fails("KeyTooLongError", "Your key is too long", 400):
            ask(Bucket=bucket, Key="\u00e9" * 513)


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "FOO"])
def test_methods_that_s3_does_not_have(raw, bucket, method):
    status, _, text = raw(method, f"/{bucket}")
    assert status == 405 and "<Code>MethodNotAllowed</Code>" in text


@pytest.mark.parametrize("asked,status,got", [
    ("bytes=-0", 416, None), ("bytes=10-", 416, None), ("bytes=-100", 206, "0123456789"),
    ("bytes=9-18446744073709551616", 206, "9"), ("bytes=99999999999999999999-", 416, None),
    ("bytes=--1", 200, "0123456789"),
    ("bytes= 1-2", 200, "0123456789"), ("bytes=5-4", 200, "0123456789")])
def test_odd_ranges(s3, raw, bucket, asked, status, got):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    answer = raw("GET", f"/{bucket}/k", Range=asked)
    assert answer[0] == status
    assert got is None or answer[2] == got


def test_range_of_nothing(s3, raw, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    for asked in ("bytes=-1", "bytes=0-"):
        status, _, text = raw("GET", f"/{bucket}/k", Range=asked)
        assert status == 416 and "<ActualObjectSize>0</ActualObjectSize>" in text
    with fails("InvalidRequest",
               "Cannot specify both Range header and partNumber query parameter", 400):
        s3.get_object(Bucket=bucket, Key="k", PartNumber=1, Range="bytes=0-1")


@pytest.mark.parametrize("declared,sent", [
    ("", "x-amz-acl:public-read"), ("x-amz-acl", "x-amz-acl:public-read"),
    ("x-amz-checksum-crc32", "")])
def test_trailers_cannot_be_other_headers(s3, raw, bucket, declared, sent):
    """What stands behind the body is not signed, so it must not say more than a checksum."""
    status, _, text = raw("PUT", f"/{bucket}/k", f"1\r\nx\r\n0\r\n{sent}\r\n\r\n".encode(), **{
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "1", "x-amz-trailer": declared})
    assert status == 400 and "<Code>MalformedTrailerError</Code>" in text
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_unknown_directives_of_a_copy(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    for member, message in (("MetadataDirective", "Unknown metadata directive."),
                            ("TaggingDirective", "Unknown tagging directive.")):
        with fails("InvalidArgument", message, 400):
            s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k", **{member: "MOVE"})
