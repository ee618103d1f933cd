"""S3: objects under keys that customers bring, and under keys of KMS.

Words: recorded answers of S3 ("TestS3SSECEncryption", "test_s3_sse_*"), and the user guide on SSE-C and SSE-KMS.
"""

import base64
import hashlib
import json

import pytest
from helpers import fails

KEY, OTHER = b"0" * 32, b"1" * 32
WITH_KEY = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY}
LOST = "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."
WRONG = "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."


def source_key(key=KEY):
    return {"CopySourceSSECustomerAlgorithm": "AES256", "CopySourceSSECustomerKey": key}


@pytest.mark.parametrize("size", [0, 11, 300_000, 3_000_000])
def test_round_trip(s3, bucket, size):
    body = b"x" * size
    answer = s3.put_object(Bucket=bucket, Key="k", Body=body, **WITH_KEY)
    assert answer["SSECustomerAlgorithm"] == "AES256" and "ServerSideEncryption" not in answer
    assert answer["SSECustomerKeyMD5"] == base64.b64encode(hashlib.md5(KEY).digest()).decode()
    assert answer["ETag"] != f'"{hashlib.md5(body).hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="k", **WITH_KEY)
    assert got["Body"].read() == body and got["SSECustomerAlgorithm"] == "AES256"
    assert s3.head_object(Bucket=bucket, Key="k", **WITH_KEY)["ContentLength"] == size
    if size > 20:
        assert s3.get_object(Bucket=bucket, Key="k", Range="bytes=5-9", **WITH_KEY)["Body"].read() == b"xxxxx"


def test_who_has_not_the_key(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"secret", **WITH_KEY)
    with fails("InvalidRequest", LOST, 400):
        s3.get_object(Bucket=bucket, Key="k")
    with fails("400", status=400):
        s3.head_object(Bucket=bucket, Key="k")
    with fails("AccessDenied", WRONG, 403):
        s3.get_object(Bucket=bucket, Key="k", SSECustomerAlgorithm="AES256", SSECustomerKey=OTHER)
    with fails("InvalidRequest", LOST, 400):
        s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ETag"])
    with fails("InvalidRequest", LOST, 400):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    s3.put_object(Bucket=bucket, Key="open", Body=b"x")
    with fails("InvalidRequest", "The encryption parameters are not applicable to this object.", 400):
        s3.get_object(Bucket=bucket, Key="open", **WITH_KEY)


@pytest.mark.parametrize("given, code, message", [
    ({"SSECustomerAlgorithm": "KMS", "SSECustomerKey": KEY}, "InvalidEncryptionAlgorithmError",
     "The Encryption request you specified is not valid. Supported value: AES256."),
    ({"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"short"}, "InvalidArgument",
     "The secret key was invalid for the specified algorithm."),
    ({"SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(KEY).decode(), "SSECustomerKeyMD5": "AAAA"}, "InvalidArgument",
     "The calculated MD5 hash of the key did not match the hash that was provided."),
    ({"SSECustomerAlgorithm": "AES256"}, "InvalidArgument",
     "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key."),
    ({"SSECustomerKey": KEY}, "InvalidArgument",
     "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm."),
    ({**WITH_KEY, "ServerSideEncryption": "AES256"}, "InvalidArgument",
     "Server Side Encryption with Customer provided key is incompatible with the encryption method specified")])
def test_what_is_no_key(s3, bucket, given, code, message):
    with fails(code, message, 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", **given)


def test_copies(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"secret" * 50_000, **WITH_KEY)
    s3.copy_object(Bucket=bucket, Key="open", CopySource=f"{bucket}/k", **source_key())
    assert s3.get_object(Bucket=bucket, Key="open")["Body"].read() == b"secret" * 50_000
    assert s3.head_object(Bucket=bucket, Key="open")["ETag"] == f'"{hashlib.md5(b"secret" * 50_000).hexdigest()}"'
    s3.copy_object(Bucket=bucket, Key="other", CopySource=f"{bucket}/k", **source_key(), SSECustomerAlgorithm="AES256",
                   SSECustomerKey=OTHER)
    assert s3.get_object(Bucket=bucket, Key="other", SSECustomerAlgorithm="AES256",
                         SSECustomerKey=OTHER)["Body"].read() == b"secret" * 50_000


def test_parts(s3, bucket):
    part = b"p" * 5_242_880
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k", **WITH_KEY)
    assert upload["SSECustomerAlgorithm"] == "AES256"
    at = {"Bucket": bucket, "Key": "k", "UploadId": upload["UploadId"]}
    with fails("InvalidRequest", "...must include the appropriate encryption parameters.", 400):
        s3.upload_part(PartNumber=1, Body=part, **at)
    with fails("InvalidRequest", "The provided encryption parameters did not match the ones used originally.", 400):
        s3.upload_part(PartNumber=1, Body=part, SSECustomerAlgorithm="AES256", SSECustomerKey=OTHER, **at)
    parts = [{"PartNumber": n, "ETag": s3.upload_part(PartNumber=n, Body=body, **WITH_KEY, **at)["ETag"]}
             for n, body in ((1, part), (2, b"end"))]
    done = s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **at)
    assert not any(name.startswith("Checksum") for name in done)
    assert s3.get_object(Bucket=bucket, Key="k", **WITH_KEY)["Body"].read() == part + b"end"
    with fails("InvalidRequest", LOST, 400):
        s3.get_object(Bucket=bucket, Key="k")


def test_a_bucket_that_blocks_customers_keys(s3, bucket):
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}]})
    with fails("AccessDenied", status=403):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", **WITH_KEY)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")


def test_kms_by_the_buckets_default(s3, kms, bucket):
    key = kms.create_key()["KeyMetadata"]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["KeyId"]}, "BucketKeyEnabled": True}]})
    for answer in (s3.put_object(Bucket=bucket, Key="k", Body=b"x"), s3.get_object(Bucket=bucket, Key="k"),
                   s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")):
        assert (answer["ServerSideEncryption"], answer["SSEKMSKeyId"], answer["BucketKeyEnabled"]) == ("aws:kms", key["Arn"], True)
    assert "BucketKeyEnabled" not in s3.put_object(Bucket=bucket, Key="k", Body=b"x", BucketKeyEnabled=False)
    assert "SSEKMSKeyId" not in s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="AES256")
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"] != s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    kms.disable_key(KeyId=key["KeyId"])
    with fails("KMS.DisabledException", f"{key['Arn']} is disabled.", 400):
        s3.get_object(Bucket=bucket, Key="k")


def test_kms_is_asked_as_the_caller_with_the_objects_name(s3, kms, iam, clients, bucket, account):
    """A user whose policy allows the key for objects below one prefix only ("Encryption context", SSE-KMS)."""
    key = kms.create_key()["KeyMetadata"]["Arn"]
    iam.create_user(UserName="u")
    made = iam.create_access_key(UserName="u")["AccessKey"]
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": key,
         "Condition": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/mine/*"}}}]}))
    user = clients("s3", made["AccessKeyId"], made["SecretAccessKey"])
    user.put_object(Bucket=bucket, Key="mine/k", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    assert user.get_object(Bucket=bucket, Key="mine/k")["Body"].read() == b"x"
    with fails("AccessDenied", status=403):
        user.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    with fails("AccessDenied", status=403):
        user.get_object(Bucket=bucket, Key="k")


@pytest.mark.parametrize("rules, code", [
    ([], "MalformedXML"), ([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES512"}}], "MalformedXML"),
    ([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "x"}}], "InvalidArgument")])
def test_what_is_no_default(s3, bucket, rules, code):
    with fails(code, status=400):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    with fails("InvalidArgument", "The encryption method specified is not supported", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kmsfoo")
