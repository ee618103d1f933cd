"""S3: objects, written and read in every way."""

import base64
import hashlib
import urllib.error
import urllib.request
import zlib

import pytest
from helpers import fails, tags


def body(s3, bucket, key, **more):
    return s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()


def test_round_trip(s3, bucket):
    answer = s3.put_object(Bucket=bucket, Key="k", Body=b"hello")
    assert answer["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"'
    assert body(s3, bucket, "k") == b"hello"
    s3.delete_object(Bucket=bucket, Key="k")
    with fails("NoSuchKey", "The specified key does not exist.", 404):
        s3.get_object(Bucket=bucket, Key="k")


def test_deleting_what_is_not_there_succeeds(s3, bucket):
    s3.delete_object(Bucket=bucket, Key="never")


@pytest.mark.parametrize("key", ["ünï/çødé ☃.txt", "a b+c&d=e?f#g%h", "trailing/", "dots/../x",
                                 "quote'\"<>", "日本語/キー"])
def test_keys_of_any_kind(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert body(s3, bucket, key) == key.encode()
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"] == key


def test_key_length(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k" * 1024, Body=b"")
    with fails("KeyTooLongError", "Your key is too long"):
        s3.put_object(Bucket=bucket, Key="k" * 1025, Body=b"")


@pytest.mark.parametrize("asked, part, shown", [
    ("bytes=0-3", b"0123", "bytes 0-3/10"), ("bytes=7-", b"789", "bytes 7-9/10"),
    ("bytes=-2", b"89", "bytes 8-9/10"), ("bytes=8-100", b"89", "bytes 8-9/10")])
def test_ranges(s3, bucket, asked, part, shown):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    answer = s3.get_object(Bucket=bucket, Key="k", Range=asked)
    assert answer["Body"].read() == part
    assert answer["ContentRange"] == shown
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_range_beyond_the_end(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    with fails("InvalidRange", "The requested range is not satisfiable", 416):
        s3.get_object(Bucket=bucket, Key="k", Range="bytes=10-")


def test_conditional_reads(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    assert body(s3, bucket, "k", IfMatch=etag) == b"x"
    with fails("PreconditionFailed", status=412):
        s3.get_object(Bucket=bucket, Key="k", IfMatch='"other"')
    with fails("304", status=304):
        s3.get_object(Bucket=bucket, Key="k", IfNoneMatch=etag)


def test_conditional_writes(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")
    with fails("PreconditionFailed", status=412):
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*")
    assert body(s3, bucket, "k") == b"1"


def test_metadata_and_headers(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Metadata={"owner": "ops"},
                  ContentType="text/plain", CacheControl="max-age=60",
                  ContentDisposition="attachment")
    head = s3.head_object(Bucket=bucket, Key="k")
    assert head["Metadata"] == {"owner": "ops"}
    assert (head["ContentType"], head["CacheControl"]) == ("text/plain", "max-age=60")
    assert head["ContentDisposition"] == "attachment"
    assert head["ContentLength"] == 1


def test_content_type_by_default(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert s3.head_object(Bucket=bucket, Key="k")["ContentType"] == "binary/octet-stream"


def test_answers_in_other_words(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    answer = s3.get_object(Bucket=bucket, Key="k", ResponseContentType="text/html")
    assert answer["ContentType"] == "text/html"


def test_copy(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b", Body=b"x", Metadata={"m": "1"})
    s3.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": bucket, "Key": "a b"})
    assert body(s3, bucket, "c") == b"x"
    assert s3.head_object(Bucket=bucket, Key="c")["Metadata"] == {"m": "1"}


def test_copy_with_other_metadata(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", Metadata={"m": "1"})
    s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/a", Metadata={"m": "2"},
                   MetadataDirective="REPLACE")
    assert s3.head_object(Bucket=bucket, Key="a")["Metadata"] == {"m": "2"}


def test_copy_onto_itself_must_change_something(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    with fails("InvalidRequest", "This copy request is illegal because it is trying to copy an "
               "object to itself without changing the object's metadata, storage class, website "
               "redirect location or encryption attributes."):
        s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/a")


def test_copy_of_nothing(s3, bucket):
    with fails("NoSuchKey", status=404):
        s3.copy_object(Bucket=bucket, Key="a", CopySource=f"{bucket}/none")


def test_tags_of_an_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="a=1&b=two%20words")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags(a="1", b="two words")
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags(c="3")})
    assert s3.get_object(Bucket=bucket, Key="k")["TagCount"] == 1
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []


def test_ten_tags_at_most(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    many = [{"Key": str(i), "Value": ""} for i in range(11)]
    with fails("BadRequest", "Object tags cannot be greater than 10"):
        s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": many})


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_are_kept(s3, bucket, algorithm):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", ChecksumAlgorithm=algorithm)
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head["Checksum" + algorithm] == put["Checksum" + algorithm]


def test_wrong_checksum_is_refused(s3, bucket):
    wrong = base64.b64encode(zlib.crc32(b"other").to_bytes(4, "big")).decode()
    with fails("BadDigest"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ChecksumCRC32=wrong)


def test_wrong_md5_is_refused(s3, bucket):
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    with fails("BadDigest"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentMD5=wrong)


@pytest.mark.parametrize("malformed", ["", "AAAA", "not base64!", "A" * 200],
                         ids=["empty", "short", "text", "long"])
def test_malformed_digests_are_refused(s3, bucket, malformed):
    def calls(**digest):
        upload = s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]
        yield lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"x", **digest)
        yield lambda: s3.upload_part(Bucket=bucket, Key="m", UploadId=upload, PartNumber=1,
                                     Body=b"x", **digest)
        yield lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}]}, **digest)
        yield lambda: s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": []}, **digest)

    def set_header(name):
        def handler(params, **_):
            params["headers"][name] = malformed
        return handler

    for name, code, words in (
            ("Content-MD5", "InvalidDigest", "The Content-MD5 you specified was invalid."),
            ("x-amz-checksum-crc32", "InvalidRequest",
             "Value for x-amz-checksum-crc32 header is invalid.")):
        s3.meta.events.register("before-call", handler := set_header(name))
        for call in calls():
            with fails(code, words, 400):
                call()
        s3.meta.events.unregister("before-call", handler)
    with fails("InvalidRequest", "Value for x-amz-checksum-sha256 header is invalid.", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ChecksumSHA256=malformed)


def test_two_checksums_are_refused(s3, bucket):
    with fails("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types "
               "are not allowed.", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ChecksumSHA256="A" * 43 + "=",
                      ChecksumCRC32="AAAAAA==")


def test_objects_under_a_kms_key(s3, kms, bucket):
    key = kms.create_key()["KeyMetadata"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"secret", ServerSideEncryption="aws:kms",
                  SSEKMSKeyId=key["KeyId"])
    answer = s3.get_object(Bucket=bucket, Key="k")
    assert answer["Body"].read() == b"secret"
    assert answer["SSEKMSKeyId"] == key["Arn"]


def test_a_disabled_key_keeps_its_objects_shut(s3, kms, bucket):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"secret", ServerSideEncryption="aws:kms",
                  SSEKMSKeyId=key)
    kms.disable_key(KeyId=key)
    with fails("KMS.DisabledException", "... is disabled."):
        s3.get_object(Bucket=bucket, Key="k")


def test_aws_key_for_s3_comes_by_itself(s3, kms, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    aliases = [a["AliasName"] for a in kms.list_aliases()["Aliases"] if "TargetKeyId" in a]
    assert "alias/aws/s3" in aliases


def test_big_object(s3, bucket):
    data = bytes(range(256)) * 4096 * 11
    s3.put_object(Bucket=bucket, Key="big", Body=data)
    assert s3.head_object(Bucket=bucket, Key="big")["ContentLength"] == len(data)
    assert body(s3, bucket, "big") == data


def test_presigned_put_and_get(s3, bucket):
    where = {"Bucket": bucket, "Key": "p q"}
    put = urllib.request.Request(s3.generate_presigned_url("put_object", Params=where),
                                 data=b"by link", method="PUT")
    assert urllib.request.urlopen(put).status == 200
    with urllib.request.urlopen(s3.generate_presigned_url("get_object", Params=where)) as answer:
        assert answer.read() == b"by link"


def test_attributes(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"12345")
    answer = s3.get_object_attributes(Bucket=bucket, Key="k",
                                      ObjectAttributes=["ObjectSize", "ETag"])
    assert answer["ObjectSize"] == 5
    assert answer["ETag"] == hashlib.md5(b"12345").hexdigest()


def test_what_every_answer_has(s3, bucket, endpoint):
    """Recorded headers; the API reference's "Common response headers"."""
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    answer = s3.list_objects_v2(Bucket=bucket)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["server"] == "AmazonS3" and headers["date"].endswith(" GMT")
    url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket})
    with urllib.request.urlopen(url, timeout=30) as plain:
        text = plain.read().decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns=')
    assert ".000Z</LastModified>" in text
