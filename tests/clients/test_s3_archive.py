"""S3: storage classes, archived objects and their restoration ("Restoring an archived object", user guide)."""

import json
import time

import pytest
from helpers import fails

NOT_VALID = "The operation is not valid for the object's storage class"


@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
def test_restoring(s3, sqs, bucket, account, storage_class):
    url = sqs.create_queue(QueueName="q", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})["QueueUrl"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"cold", StorageClass=storage_class)
    with fails("InvalidObjectState", NOT_VALID, 403):
        s3.get_object(Bucket=bucket, Key="k")
    with fails("ObjectNotInActiveTierError", status=403):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    assert s3.head_object(Bucket=bucket, Key="k")["StorageClass"] == storage_class
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [
        {"QueueArn": f"arn:aws:sqs:us-east-1:{account}:q", "Events": ["s3:ObjectRestore:*"]}]})
    answer = s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 2, "GlacierJobParameters": {"Tier": "Bulk"}})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    end = time.time() + 10
    while 'ongoing-request="true"' in s3.head_object(Bucket=bucket, Key="k")["Restore"] and time.time() < end:
        time.sleep(0.05)
    assert s3.head_object(Bucket=bucket, Key="k")["Restore"].startswith('ongoing-request="false", expiry-date="')
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"cold"
    again = s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 5})
    assert again["ResponseMetadata"]["HTTPStatusCode"] == 200
    names, end = [], time.time() + 10
    while len(names) < 3 and time.time() < end:
        for m in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", []):
            body = json.loads(m["Body"])
            names += [r["eventName"] for r in body.get("Records", [])] or [body["Event"]]
    assert names == ["s3:TestEvent", "ObjectRestore:Post", "ObjectRestore:Completed"]


def test_what_is_not_restored(s3, bucket):
    s3.put_object(Bucket=bucket, Key="warm", Body=b"x")
    with fails("InvalidObjectState", "Restore is not allowed for the object's current storage class", 403):
        s3.restore_object(Bucket=bucket, Key="warm", RestoreRequest={"Days": 1})
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="DEEP_ARCHIVE")
    with fails("MalformedXML", status=400):
        s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={})
    with fails("InvalidArgument", status=400):
        s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}})


def test_classes(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="STANDARD_IA")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key="copy")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k", StorageClass="ONEZONE_IA")
    assert s3.head_object(Bucket=bucket, Key="copy")["StorageClass"] == "ONEZONE_IA"
    for name in "OUTPOSTS", "EXPRESS_ONEZONE":
        with fails("InvalidStorageClass", "The storage class you specified is not valid", 400):
            s3.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass=name)


def test_conditional_writes(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["ETag"]
    with fails("NotImplemented", status=501):
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfNoneMatch=etag)
    with fails("NotImplemented", status=501):
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch="*")
    with fails("NotImplemented", status=501):
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch=etag, IfNoneMatch="*")
    with fails("PreconditionFailed", status=412):
        s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k", MetadataDirective="REPLACE", IfNoneMatch="*")
    with fails("NoSuchKey", status=404):
        s3.copy_object(Bucket=bucket, Key="missing", CopySource=f"{bucket}/k", IfMatch=etag)
    s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k", MetadataDirective="REPLACE", IfMatch=etag)
    with fails("PreconditionFailed", status=412):
        s3.copy_object(Bucket=bucket, Key="other", CopySource=f"{bucket}/k", CopySourceIfMatch='"x"')
