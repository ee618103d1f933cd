"""S3: checksums of every kind, of objects, parts and copies.

Words and shapes: recorded answers of S3 ("TestS3MultipartUploadChecksum", "test_s3_copy_object_with_checksum").
"""

import base64
import hashlib
import zlib

import pytest
from helpers import fails

PART = b"a" * 5_242_881
KINDS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]


def crc(data, bits, polynomial):
    """Bit by bit, another way than the cloud's."""
    word = mask = (1 << bits) - 1
    for byte in data:
        word ^= byte
        for _ in range(8):
            word = word >> 1 ^ (polynomial if word & 1 else 0)
    return (word ^ mask).to_bytes(bits // 8, "big")


def checksum(kind, data):
    raw = {"CRC32": lambda: zlib.crc32(data).to_bytes(4, "big"), "CRC32C": lambda: crc(data, 32, 0x82f63b78),
           "CRC64NVME": lambda: crc(data, 64, 0x9a6c9329ac4bc9b5), "SHA1": lambda: hashlib.sha1(data).digest(),
           "SHA256": lambda: hashlib.sha256(data).digest()}[kind]()
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize("kind", KINDS)
def test_objects(s3, bucket, kind):
    member, sum_of_it = "Checksum" + kind, checksum(kind, b"test data..")
    answer = s3.put_object(Bucket=bucket, Key="k", Body=b"test data..", **{member: sum_of_it})
    assert answer[member] == sum_of_it and answer["ChecksumType"] == "FULL_OBJECT"
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head[member] == sum_of_it
    assert member not in s3.head_object(Bucket=bucket, Key="k")
    attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum"])
    assert attributes["Checksum"] == {member: sum_of_it, "ChecksumType": "FULL_OBJECT"}
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["ChecksumAlgorithm"] == [kind]
    with fails("BadDigest", f"The {kind} you specified did not match the calculated checksum.", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"other", **{member: sum_of_it})
    with fails("InvalidRequest", f"Value for x-amz-checksum-{kind.lower()} header is invalid.", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"other", **{member: "Zm9v"})


@pytest.mark.parametrize("kind", KINDS)
def test_copies(s3, bucket, kind):
    member = "Checksum" + kind
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", ChecksumAlgorithm="SHA256")
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")["CopyObjectResult"]
    assert copied["ChecksumSHA256"] == checksum("SHA256", b"data") and copied["ChecksumType"] == "FULL_OBJECT"
    copied = s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k", ChecksumAlgorithm=kind)["CopyObjectResult"]
    assert copied[member] == checksum(kind, b"data")


@pytest.fixture
def plain(clients):
    """boto3 as it was before it sent checksums by itself; it has no code for some of them."""
    return clients("s3", request_checksum_calculation="when_required", response_checksum_validation="when_required")


def upload(s3, bucket, bodies, **more):
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k", **more)["UploadId"]
    parts = []
    for number, body in enumerate(bodies, 1):
        answer = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, **{k: v for k, v in answer.items() if k == "ETag" or k.startswith("Checksum")}})
    return upload_id, parts


def complete(s3, bucket, upload_id, parts, **more):
    return s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": parts}, **more)


# What AWS answered for these bytes (recorded): 5242881, 5242881 and 10 times "a".
COMPOSITE = {"CRC32": "5FRUiw==-3", "CRC32C": "XF5+4A==-3", "SHA256": "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=-3"}


@pytest.mark.parametrize("kind", ["CRC32", "CRC32C", "SHA1", "SHA256"])
def test_of_the_parts_checksums(plain, bucket, kind):
    s3, member = plain, "Checksum" + kind
    upload_id, parts = upload(s3, bucket, [PART, PART, b"a" * 10], ChecksumAlgorithm=kind)
    assert all(member in part for part in parts)
    listed = s3.list_parts(Bucket=bucket, Key="k", UploadId=upload_id)
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == (kind, "COMPOSITE")
    assert [p[member] for p in listed["Parts"]] == [p[member] for p in parts]
    with fails("InvalidRequest", f"The upload was created using a {kind.lower()} checksum. The complete request must include the "
                                 "checksum for each part. It was missing for part 1 in the request."):
        complete(s3, bucket, upload_id, [{k: p[k] for k in ("PartNumber", "ETag")} for p in parts])
    with fails("InvalidPart"):
        complete(s3, bucket, upload_id, [{**parts[0], member: parts[2][member]}] + parts[1:])
    whole = complete(s3, bucket, upload_id, parts)
    raw = base64.b64decode
    of_sums = checksum(kind, b"".join(raw(p[member]) for p in parts))
    assert whole[member] == of_sums + "-3" and whole["ChecksumType"] == "COMPOSITE"
    assert COMPOSITE.get(kind, whole[member]) == whole[member]
    attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum", "ObjectParts"], MaxParts=2)
    assert attributes["Checksum"][member] == of_sums
    assert attributes["ObjectParts"]["Parts"] == [
        {"PartNumber": n, "Size": len(PART), member: parts[0][member]} for n in (1, 2)]
    assert attributes["ObjectParts"]["IsTruncated"] and attributes["ObjectParts"]["NextPartNumberMarker"] == 2
    third = s3.get_object(Bucket=bucket, Key="k", PartNumber=3, ChecksumMode="ENABLED")
    assert third[member] == parts[2][member] and third["Body"].read() == b"a" * 10
    # A copy is one piece and so has a checksum of the whole.
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")["CopyObjectResult"]
    assert copied["ChecksumType"] == "FULL_OBJECT"
    assert copied[member] == {"CRC32": "qSEQSA==", "CRC32C": "eTdAQA=="}.get(kind, copied[member])


# Recorded, but for CRC64NVME, which is compared with that of the same bytes put at once.
@pytest.mark.parametrize("kind, of_whole", [("CRC32", "qSEQSA=="), ("CRC32C", "eTdAQA=="), ("CRC64NVME", None)])
def test_of_the_whole(plain, bucket, kind, of_whole):
    s3, member = plain, "Checksum" + kind
    upload_id, parts = upload(s3, bucket, [PART, PART, b"a" * 10], ChecksumAlgorithm=kind, ChecksumType="FULL_OBJECT")
    with fails("InvalidRequest", "The upload was created using the FULL_OBJECT checksum mode. The complete request must use the "
                                 "same checksum mode."):
        complete(s3, bucket, upload_id, parts, ChecksumType="COMPOSITE")
    with fails("BadDigest", f"The {kind.lower()} you specified did not match the calculated checksum."):
        complete(s3, bucket, upload_id, parts, ChecksumType="FULL_OBJECT", **{member: parts[0][member]})
    whole = complete(s3, bucket, upload_id, parts)
    s3.put_object(Bucket=bucket, Key="at-once", Body=PART + PART + b"a" * 10)
    at_once = s3.head_object(Bucket=bucket, Key="at-once", ChecksumMode="ENABLED")["ChecksumCRC64NVME"]
    assert whole[member] == (of_whole or at_once) and whole["ChecksumType"] == "FULL_OBJECT"
    assert s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts"])["ObjectParts"] == {
        "TotalPartsCount": 3}


@pytest.mark.parametrize("sent", ["CRC32", "nothing"])
def test_an_upload_that_names_none(s3, plain, bucket, sent):
    s3 = s3 if sent == "CRC32" else plain
    upload_id, parts = upload(s3, bucket, [PART, b"end"])
    whole = complete(s3, bucket, upload_id, [{k: p[k] for k in ("PartNumber", "ETag")} for p in parts])
    plain.put_object(Bucket=bucket, Key="at-once", Body=PART + b"end")
    assert whole["ChecksumCRC64NVME"] == s3.head_object(Bucket=bucket, Key="at-once", ChecksumMode="ENABLED")["ChecksumCRC64NVME"]


def test_what_an_upload_may_not_ask_for(s3, bucket):
    def create(**more):
        return s3.create_multipart_upload(Bucket=bucket, Key="k", **more)
    with fails("InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."):
        create(ChecksumType="COMPOSITE")
    with fails("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
                                 "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"):
        create(ChecksumAlgorithm="TEST")
    with fails("InvalidRequest", "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm."):
        create(ChecksumAlgorithm="SHA1", ChecksumType="FULL_OBJECT")
    with fails("InvalidRequest", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm."):
        create(ChecksumAlgorithm="CRC64NVME", ChecksumType="COMPOSITE")
    upload_id = create(ChecksumAlgorithm="SHA256")["UploadId"]
    with fails("InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32"):
        s3.upload_part(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1, Body=b"x", ChecksumAlgorithm="CRC32")


def test_completing_twice(s3, bucket):
    upload_id, parts = upload(s3, bucket, [b"only"])
    parts = [{k: p[k] for k in ("PartNumber", "ETag")} for p in parts]
    first, again = complete(s3, bucket, upload_id, parts), complete(s3, bucket, upload_id, parts)
    assert first["ETag"] == again["ETag"] and first["Location"] == again["Location"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"newer")
    with fails("NoSuchUpload", status=404):
        complete(s3, bucket, upload_id, parts)


def test_sizes_of_parts_and_whole(s3, bucket):
    upload_id, parts = upload(s3, bucket, [b"small", b"last"])
    with fails("InvalidRequest", "You must specify at least one part"):
        complete(s3, bucket, upload_id, [])
    with fails("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"):
        complete(s3, bucket, upload_id, [{k: p[k] for k in ("PartNumber", "ETag")} for p in parts])
    with fails("InvalidRequest", "The provided 'x-amz-mp-object-size' header value 9 does not match what was computed: 5"):
        complete(s3, bucket, upload_id, [{k: parts[0][k] for k in ("PartNumber", "ETag")}], MpuObjectSize=9)


@pytest.mark.parametrize("text, code", [("bytes=-", "InvalidArgument"), ("0-8", "InvalidArgument"), ("bytes=0-100", "InvalidArgument"),
                                        ("bytes=1-0", "InvalidArgument"), ("bytes=100-200", "InvalidRequest")])
def test_ranges_of_copied_parts(s3, bucket, text, code):
    s3.put_object(Bucket=bucket, Key="source", Body=b"0123456789")
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    with fails(code, status=400):
        s3.upload_part_copy(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1, CopySource=f"{bucket}/source",
                            CopySourceRange=text)
    copied = s3.upload_part_copy(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1, CopySource=f"{bucket}/source",
                                 CopySourceRange="bytes=2-4")["CopyPartResult"]
    assert copied["ETag"] == f'"{hashlib.md5(b"234").hexdigest()}"'
