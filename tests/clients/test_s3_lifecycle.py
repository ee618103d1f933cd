"""S3: lifecycle rules are carried out, at midnight by the cloud's clock ("Managing the lifecycle of objects", user guide)."""

import datetime
import json

import pytest
from helpers import fails
from stepped import SteppedCloud

DAY = 86_400


@pytest.fixture
def cloud(request, tmp_path):
    if request.config.getoption("--endpoint") or request.config.getoption("--moto"):
        pytest.skip("needs a server of its own")
    cloud = SteppedCloud(tmp_path / "state")
    yield cloud
    cloud.stop()


def put(s3, *rules):
    s3.put_bucket_lifecycle_configuration(Bucket="bucket", LifecycleConfiguration={"Rules": list(rules)})


def keys(s3):
    return [o["Key"] for o in s3.list_objects_v2(Bucket="bucket").get("Contents", [])]


def test_objects_expire(cloud):
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.create_bucket(Bucket="bucket")
    put(s3, {"ID": "logs", "Filter": {"Prefix": "logs/"}, "Status": "Enabled", "Expiration": {"Days": 3}},
        {"ID": "off", "Filter": {"Prefix": "kept/"}, "Status": "Disabled", "Expiration": {"Days": 1}},
        {"ID": "tagged", "Filter": {"Tag": {"Key": "short", "Value": "yes"}}, "Status": "Enabled", "Expiration": {"Days": 1}})
    url = sqs.create_queue(QueueName="q", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})["QueueUrl"]
    s3.put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration={"QueueConfigurations": [
        {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:LifecycleExpiration:*"]}]})
    for key in "logs/a", "kept/b", "other":
        s3.put_object(Bucket="bucket", Key=key, Body=b"x")
    s3.put_object(Bucket="bucket", Key="brief", Body=b"x", Tagging="short=yes")
    said = s3.head_object(Bucket="bucket", Key="logs/a")
    day = (said["LastModified"] + datetime.timedelta(days=3)).replace(hour=0, minute=0, second=0) + datetime.timedelta(days=1)
    assert said["Expiration"] == f'expiry-date="{day:%a, %d %b %Y 00:00:00 GMT}", rule-id="logs"'
    assert "Expiration" not in s3.head_object(Bucket="bucket", Key="other")
    cloud.advance(2 * DAY)
    assert keys(s3) == ["kept/b", "logs/a", "other"]
    cloud.kill()
    cloud.start()
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    cloud.advance(2 * DAY)
    assert keys(s3) == ["kept/b", "other"]
    messages = [json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    told = [r for m in messages for r in m.get("Records", [])]
    assert sorted((r["eventName"], r["s3"]["object"]["key"], r["eventVersion"]) for r in told) == [
        ("LifecycleExpiration:Delete", "brief", "2.3"), ("LifecycleExpiration:Delete", "logs/a", "2.3")]


def test_versions_and_their_markers(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    put(s3, {"ID": "r", "Filter": {}, "Status": "Enabled", "Expiration": {"Days": 1},
             "NoncurrentVersionExpiration": {"NoncurrentDays": 2}})
    s3.put_object(Bucket="bucket", Key="k", Body=b"1")
    s3.put_object(Bucket="bucket", Key="k", Body=b"2")

    def there():
        found = s3.list_object_versions(Bucket="bucket")
        return len(found.get("Versions", [])), len(found.get("DeleteMarkers", []))
    assert there() == (2, 0)
    cloud.advance(2 * DAY)
    assert there() == (2, 1)
    cloud.advance(3 * DAY)
    assert there() == (0, 0)


def test_classes_and_unfinished_uploads(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    put(s3, {"ID": "r", "Filter": {"Prefix": ""}, "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
             "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 60, "StorageClass": "GLACIER"}]})
    s3.put_object(Bucket="bucket", Key="large", Body=b"x" * 200_000)
    s3.put_object(Bucket="bucket", Key="small", Body=b"x")
    s3.create_multipart_upload(Bucket="bucket", Key="never")
    cloud.advance(31 * DAY)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="bucket")
    assert s3.head_object(Bucket="bucket", Key="large")["StorageClass"] == "STANDARD_IA"
    assert "StorageClass" not in s3.head_object(Bucket="bucket", Key="small")
    cloud.advance(30 * DAY)
    with fails("InvalidObjectState", status=403):
        s3.get_object(Bucket="bucket", Key="large")


def test_more_objects_than_one_change_takes(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    put(s3, {"ID": "r", "Filter": {"Prefix": "a"}, "Status": "Enabled", "Expiration": {"Days": 1}})
    for n in range(1100):
        s3.put_object(Bucket="bucket", Key=f"{'ab'[n % 2]}{n:05}", Body=b"")
    cloud.advance(2 * DAY)
    assert len(keys(s3)) == 550 and keys(s3)[0].startswith("b")
