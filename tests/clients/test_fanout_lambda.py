"""Functions that topics and log groups invoke."""

import base64
import gzip
import io
import json
import time
import zipfile

import pytest

CODE = """
import json, os, boto3
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
"""


@pytest.fixture
def function(clients, iam, sqs):
    """A function that sends each event it gets to a queue: its client, ARN, and the queue."""
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["sqs:SendMessage", "logs:*"], "Resource": "*"}]}))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
    functions = clients("lambda")
    arn = functions.create_function(FunctionName="f", Runtime="python3.12", Role=role, Handler="index.handler", Timeout=30,
                                    Code={"ZipFile": packed.getvalue()}, Environment={"Variables": {"QUEUE": queue}})["FunctionArn"]
    return functions, arn, queue


def received(sqs, queue, wait=20):
    end = time.monotonic() + wait
    while time.monotonic() < end:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2).get("Messages", []):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return json.loads(message["Body"])
    return None


def test_a_topic_invokes_a_function(sns, sqs, function):
    functions, arn, queue = function
    topic = sns.create_topic(Name="t")["TopicArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)["SubscriptionArn"]
    functions.add_permission(FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com", SourceArn=topic)
    sent = sns.publish(TopicArn=topic, Message="Hello world.", Subject="S", MessageAttributes={"a": {"DataType": "String", "StringValue": "v"}})
    record, = received(sqs, queue)["Records"]
    assert (record["EventSource"], record["EventVersion"], record["EventSubscriptionArn"]) == ("aws:sns", "1.0", subscription)
    message = record["Sns"]
    assert (message["MessageId"], message["Message"], message["Subject"], message["TopicArn"]) == (sent["MessageId"], "Hello world.", "S", topic)
    assert message["MessageAttributes"] == {"a": {"Type": "String", "Value": "v"}}
    functions.remove_permission(FunctionName="f", StatementId="s")
    sns.publish(TopicArn=topic, Message="not allowed any more")
    assert received(sqs, queue, wait=2) is None


def test_a_log_group_invokes_a_function(logs, sqs, function, account):
    functions, arn, queue = function
    logs.create_log_group(logGroupName="/app")
    logs.create_log_stream(logGroupName="/app", logStreamName="s")
    functions.add_permission(FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="logs.amazonaws.com",
                             SourceArn=f"arn:aws:logs:us-east-1:{account}:log-group:/app:*")
    logs.put_subscription_filter(logGroupName="/app", filterName="errors", filterPattern="ERROR", destinationArn=arn)
    now = int(time.time() * 1000)
    logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[
        {"timestamp": now, "message": "fine"}, {"timestamp": now + 1, "message": "an ERROR"}])
    event = received(sqs, queue)
    data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    event, = data.pop("logEvents")
    assert data == {"messageType": "DATA_MESSAGE", "owner": account, "logGroup": "/app", "logStream": "s", "subscriptionFilters": ["errors"]}
    assert (event["message"], event["timestamp"]) == ("an ERROR", now + 1)
    found = logs.filter_log_events(logGroupName="/app", filterPattern="ERROR")["events"][0]
    assert found["eventId"] == event["id"]


def test_a_functions_own_log_is_there(logs, function):
    functions, _, _ = function
    functions.invoke(FunctionName="f", Payload=b"{}")
    for _ in range(100):
        groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/f")["logGroups"]
        found = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"] if groups else []
        if any(e["message"].startswith("REPORT") for e in found):
            return
        time.sleep(0.1)
    raise AssertionError(groups)
