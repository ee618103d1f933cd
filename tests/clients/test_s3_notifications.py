"""S3 tells of its objects: queues, topics, functions, the default event bus.

Words and shapes: recorded answers of S3 ("test_s3_notifications_*"), and the user guide's "Event message structure",
"Supported event types" and "EventBridge event schema".
"""

import json
import time

import pytest
from botocore.exceptions import ClientError
from helpers import fails

UNABLE = "Unable to validate the following destination configurations"


def lets_s3_in(arn, action, account, bucket):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": action, "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"},
                      "StringEquals": {"aws:SourceAccount": account}}}]})


@pytest.fixture
def queue(sqs, account, bucket):
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{account}:told"
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": lets_s3_in(arn, "sqs:SendMessage", account, bucket)})
    return url, arn


@pytest.fixture
def heard(sqs, queue):
    """heard(n): the next n messages' bodies, and nothing more."""
    def heard(count, seconds=15):
        out, end = [], time.time() + seconds
        while len(out) < count and time.time() < end:
            for m in sqs.receive_message(QueueUrl=queue[0], MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                sqs.delete_message(QueueUrl=queue[0], ReceiptHandle=m["ReceiptHandle"])
                out.append(json.loads(m["Body"]))
        assert len(out) == count, out
        return out
    return heard


def records(messages):
    return [m["Records"][0] for m in messages]


def tell(s3, bucket, arn, *events, kind="Queue", **more):
    member = {"Queue": "QueueConfigurations", "Topic": "TopicConfigurations", "LambdaFunction": "LambdaFunctionConfigurations"}[kind]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={
        member: [{kind + "Arn": arn, "Events": list(events), **more}]})


def test_a_queue_hears_of_puts(s3, bucket, queue, heard, account):
    tell(s3, bucket, queue[1], "s3:ObjectCreated:*", Id="mine")
    test, = heard(1)
    assert test["Event"] == "s3:TestEvent" and test["Service"] == "Amazon S3" and test["Bucket"] == bucket
    answer = s3.put_object(Bucket=bucket, Key="a b@c/ü", Body=b"something")
    record, = records(heard(1))
    s3_part = record.pop("s3")
    assert s3_part["object"].pop("sequencer")
    assert s3_part == {
        "s3SchemaVersion": "1.0", "configurationId": "mine",
        "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}",
                   "ownerIdentity": {"principalId": s3.list_buckets()["Owner"]["ID"]}},
        "object": {"key": "a+b%40c/%C3%BC", "size": 9, "eTag": answer["ETag"].strip('"')}}
    assert record["eventTime"].endswith("Z") and len(record["eventTime"]) == len("2026-01-01T00:00:00.000Z")
    assert record["responseElements"]["x-amz-request-id"] == answer["ResponseMetadata"]["RequestId"]
    assert record["responseElements"]["x-amz-id-2"] == answer["ResponseMetadata"]["HostId"]
    assert record["requestParameters"] == {"sourceIPAddress": "127.0.0.1"}
    assert record["userIdentity"] == {"principalId": f"AWS:{account}"}
    assert {k: record[k] for k in ("eventVersion", "eventSource", "awsRegion", "eventName")} == {
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventName": "ObjectCreated:Put"}


def test_every_way_to_write_and_remove(s3, bucket, queue, heard):
    tell(s3, bucket, queue[1], "s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectTagging:*", "s3:ObjectAcl:Put")
    heard(1)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    etag = s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    s3.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload,
                                 MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "copy"}, {"Key": "never"}]})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker)
    found = records(heard(8))
    assert [(r["eventName"], r["s3"]["object"]["key"], r["eventVersion"]) for r in found] == [
        ("ObjectCreated:Put", "k", "2.1"), ("ObjectCreated:Copy", "copy", "2.1"),
        ("ObjectCreated:CompleteMultipartUpload", "parts", "2.1"), ("ObjectTagging:Put", "k", "2.3"),
        ("ObjectTagging:Delete", "k", "2.3"), ("ObjectRemoved:Delete", "copy", "2.1"),
        ("ObjectRemoved:DeleteMarkerCreated", "k", "2.1"), ("ObjectRemoved:Delete", "k", "2.1")]
    assert set(found[4]["s3"]["object"]) == {"key", "eTag"}
    assert set(found[5]["s3"]["object"]) == {"key", "sequencer"}
    assert found[6]["s3"]["object"]["versionId"] == marker
    assert found[6]["s3"]["object"]["eTag"] == "d41d8cd98f00b204e9800998ecf8427e"
    sequencers = [r["s3"]["object"]["sequencer"] for r in found if "sequencer" in r["s3"]["object"]]
    assert sequencers == sorted(sequencers) and len(set(sequencers)) == len(sequencers)


def test_filters(s3, bucket, queue, heard):
    tell(s3, bucket, queue[1], "s3:ObjectCreated:Put", Filter={"Key": {"FilterRules": [
        {"Name": "prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ".txt"}]}})
    heard(1)
    for key in "in/a.txt", "out/a.txt", "in/a.bin", "in/b.txt":
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    s3.copy_object(Bucket=bucket, Key="in/copy.txt", CopySource=f"{bucket}/in/a.txt")
    s3.put_object(Bucket=bucket, Key="in/last.txt", Body=b"")
    assert [r["s3"]["object"]["key"] for r in records(heard(3))] == ["in/a.txt", "in/b.txt", "in/last.txt"]
    row, = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
    assert row["Filter"]["Key"]["FilterRules"] == [{"Name": "Prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ".txt"}]
    assert row["Id"]


def test_what_does_not_let_s3_in(s3, sqs, sns, bucket, account):
    url = sqs.create_queue(QueueName="closed")["QueueUrl"]
    sns.create_topic(Name="closed")
    closed, missing = f"arn:aws:sqs:us-east-1:{account}:closed", f"arn:aws:sns:us-east-1:{account}:missing"
    function = f"arn:aws:lambda:us-east-1:{account}:function:missing"
    with pytest.raises(ClientError) as caught:
        tell(s3, bucket, closed, "s3:ObjectCreated:*")
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("InvalidArgument", UNABLE)
    assert error["ArgumentName1"].startswith(closed)
    assert error["ArgumentValue1"] == "Permissions on the destination queue do not allow S3 to publish notifications from this bucket"
    with pytest.raises(ClientError) as caught:
        tell(s3, bucket, missing, "s3:ObjectCreated:*", kind="Topic")
    assert caught.value.response["Error"]["ArgumentValue1"] == "The destination topic does not exist"
    with pytest.raises(ClientError) as caught:
        tell(s3, bucket, function, "s3:ObjectCreated:*", kind="LambdaFunction")
    assert caught.value.response["Error"]["ArgumentName1"] == f"{function}, null"
    assert caught.value.response["Error"]["ArgumentValue1"] == f"Not authorized to invoke function [{function}]"
    assert "QueueConfigurations" not in s3.get_bucket_notification_configuration(Bucket=bucket)
    # Asked to, S3 keeps it as it is; what comes later does not get in.
    s3.put_bucket_notification_configuration(Bucket=bucket, SkipDestinationValidation=True, NotificationConfiguration={
        "QueueConfigurations": [{"QueueArn": closed, "Events": ["s3:ObjectCreated:*"]}]})
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)


def test_another_buckets_policy_does_not_do(s3, sqs, queue, account):
    s3.create_bucket(Bucket=f"other-{account}")
    with fails("InvalidArgument", UNABLE):
        tell(s3, f"other-{account}", queue[1], "s3:ObjectCreated:*")


@pytest.mark.parametrize("row, message", [
    ({"QueueArn": "invalid-queue", "Events": ["s3:ObjectCreated:*"]}, "The ARN could not be parsed"),
    ({"QueueArn": "arn:aws:sns:us-east-1:111111111111:x", "Events": ["s3:ObjectCreated:*"]}, "The ARN could not be parsed"),
    ({"QueueArn": "arn:aws:sqs:eu-west-1:111111111111:x", "Events": ["s3:ObjectCreated:*"]},
     "The notification destination service region is not valid for the bucket location constraint"),
    ({"QueueArn": "arn:aws:sqs:us-east-1:111111111111:x.fifo", "Events": ["s3:ObjectCreated:*"]}, "FIFO SQS queues are not supported."),
    ({"QueueArn": "arn:aws:sqs:us-east-1:111111111111:x", "Events": ["s3:ObjectMoved:*"]},
     "The event 's3:ObjectMoved:*' is not supported for notifications"),
    ({"QueueArn": "arn:aws:sqs:us-east-1:111111111111:x", "Events": ["s3:ObjectCreated:*"],
      "Filter": {"Key": {"FilterRules": [{"Name": "infix", "Value": "x"}]}}}, "filter rule name must be either prefix or suffix")])
@pytest.mark.parametrize("skip", [False, True])
def test_what_is_no_configuration(s3, bucket, row, message, skip):
    with fails("InvalidArgument", message):
        s3.put_bucket_notification_configuration(Bucket=bucket, SkipDestinationValidation=skip,
                                                 NotificationConfiguration={"QueueConfigurations": [row]})


def test_overlaps(s3, bucket, account):
    def put(*rules):
        s3.put_bucket_notification_configuration(Bucket=bucket, SkipDestinationValidation=True, NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": f"arn:aws:sqs:us-east-1:{account}:q", "Events": [event], "Filter": {
                "Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}} for event, prefix in rules]})
    put(("s3:ObjectCreated:*", "a"), ("s3:ObjectCreated:Put", "b"), ("s3:ObjectRemoved:*", "a"))
    with fails("InvalidArgument", "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the "
                                  "prefixes are overlapping for the same event type."):
        put(("s3:ObjectCreated:*", "a"), ("s3:ObjectCreated:Put", "ab"))


def test_a_topic(s3, sns, sqs, bucket, account):
    topic = sns.create_topic(Name="told")["TopicArn"]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy",
                             AttributeValue=lets_s3_in(topic, "sns:Publish", account, bucket))
    url = sqs.create_queue(QueueName="of-topic", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})["QueueUrl"]
    tell(s3, bucket, topic, "s3:ObjectCreated:*", kind="Topic")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{account}:of-topic")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    message, = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    notification = json.loads(message["Body"])
    assert notification["Subject"] == "Amazon S3 Notification"
    assert json.loads(notification["Message"])["Records"][0]["eventName"] == "ObjectCreated:Put"


WRITER = """
import os, boto3
def handler(event, context):
    record = event["Records"][0]
    s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
    s3.put_object(Bucket="BUCKET", Key="done/" + record["s3"]["object"]["key"], Body=record["eventName"].encode())
"""


def test_a_function(s3, bucket, make, functions, iam, account):
    iam.put_role_policy(RoleName="runs", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
    make(WRITER.replace("BUCKET", bucket))
    arn = f"arn:aws:lambda:us-east-1:{account}:function:worker"
    with fails("InvalidArgument", UNABLE):
        tell(s3, bucket, arn, "s3:ObjectCreated:Put", kind="LambdaFunction")
    functions.add_permission(FunctionName="worker", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
                             SourceArn=f"arn:aws:s3:::{bucket}", SourceAccount=account)
    tell(s3, bucket, arn, "s3:ObjectCreated:Put", kind="LambdaFunction",
         Filter={"Key": {"FilterRules": [{"Name": "prefix", "Value": "new/"}]}})
    s3.put_object(Bucket=bucket, Key="new/k", Body=b"x")
    end = time.time() + 20
    while time.time() < end and s3.list_objects_v2(Bucket=bucket, Prefix="done/")["KeyCount"] == 0:
        time.sleep(0.1)
    assert s3.get_object(Bucket=bucket, Key="done/new/k")["Body"].read() == b"ObjectCreated:Put"


def test_the_event_bus(s3, events, sqs, bucket, queue, account):
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.s3"]}))
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": queue[1]}])
    sqs.set_queue_attributes(QueueUrl=queue[0], Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})
    s3.put_object(Bucket=bucket, Key="before", Body=b"x")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    assert s3.get_bucket_notification_configuration(Bucket=bucket)["EventBridgeConfiguration"] == {}
    s3.put_object(Bucket=bucket, Key="a b", Body=b"text")
    s3.delete_object(Bucket=bucket, Key="a b")
    found, end = [], time.time() + 15
    while len(found) < 2 and time.time() < end:
        for m in sqs.receive_message(QueueUrl=queue[0], WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(m["Body"])
            found += [event] if event["detail-type"].startswith("Object") else []  # CloudTrail's are there, too
    made, gone = sorted(found, key=lambda e: e["detail-type"])
    assert made["detail-type"] == "Object Created" and made["resources"] == [f"arn:aws:s3:::{bucket}"]
    assert made["detail"].pop("request-id") and made["detail"]["object"].pop("sequencer")
    assert made["detail"] == {
        "version": "0", "bucket": {"name": bucket}, "reason": "PutObject", "requester": account, "source-ip-address": "127.0.0.1",
        "object": {"key": "a b", "size": 4, "etag": "1cb251ec0d568de6a929b520c4aed8d1"}}
    assert gone["detail"]["deletion-type"] == "Permanently Deleted" and gone["detail"]["reason"] == "DeleteObject"
    assert set(gone["detail"]["object"]) == {"key", "sequencer"}


def test_a_stack_that_does_not_let_s3_in_fails(cloudformation, account):
    template = {"Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"NotificationConfiguration": {"QueueConfigurations": [
            {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}]}}}}}
    cloudformation.create_stack(StackName="told", TemplateBody=json.dumps(template))
    end = time.time() + 20
    while time.time() < end:
        stack, = cloudformation.describe_stacks(StackName="told")["Stacks"]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.1)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [e.get("ResourceStatusReason", "") for e in cloudformation.describe_stack_events(StackName="told")["StackEvents"]]
    assert any(UNABLE in reason for reason in reasons), reasons
