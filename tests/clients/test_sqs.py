"""SQS: queues and messages."""

import json
import threading
import time

import pytest
from botocore.exceptions import ClientError
from helpers import fails


@pytest.fixture
def queue(sqs):
    return sqs.create_queue(QueueName="jobs")["QueueUrl"]


def receive(sqs, queue, **more):
    return sqs.receive_message(QueueUrl=queue, **more).get("Messages", [])


def bodies(messages):
    return [m["Body"] for m in messages]


def attributes(sqs, queue, *wanted):
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=list(wanted) or ["All"])
    return answer.get("Attributes", {})


def test_a_queue(sqs, queue, account):
    assert queue.endswith(f"/{account}/jobs")
    assert sqs.get_queue_url(QueueName="jobs")["QueueUrl"] == queue
    found = attributes(sqs, queue)
    assert found["QueueArn"] == f"arn:aws:sqs:us-east-1:{account}:jobs"
    assert (found["VisibilityTimeout"], found["ApproximateNumberOfMessages"]) == ("30", "0")
    assert attributes(sqs, queue, "DelaySeconds") == {"DelaySeconds": "0"}
    sqs.delete_queue(QueueUrl=queue)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="jobs")


def test_a_queue_is_made_once(sqs, queue):
    assert sqs.create_queue(QueueName="jobs")["QueueUrl"] == queue
    with pytest.raises(sqs.exceptions.QueueNameExists, match="a different value for attribute "
                       "VisibilityTimeout"):
        sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "5"})


def test_messages(sqs, queue):
    sent = sqs.send_message(QueueUrl=queue, MessageBody="hello", MessageAttributes={
        "n": {"DataType": "Number", "StringValue": "1"},
        "b": {"DataType": "Binary", "BinaryValue": b"\x00"}})
    assert sent["MD5OfMessageBody"] == "5d41402abc4b2a76b9719d911017c592"
    message, = receive(sqs, queue, MessageAttributeNames=["All"], AttributeNames=["All"])
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "hello")
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["MessageAttributes"]["b"]["BinaryValue"] == b"\x00"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert receive(sqs, queue) == []
    assert attributes(sqs, queue)["ApproximateNumberOfMessagesNotVisible"] == "1"
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert attributes(sqs, queue)["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_in_the_order_they_were_sent(sqs, queue):
    for n in range(5):
        sqs.send_message(QueueUrl=queue, MessageBody=str(n))
    assert bodies(receive(sqs, queue, MaxNumberOfMessages=3)) == ["0", "1", "2"]
    assert bodies(receive(sqs, queue, MaxNumberOfMessages=10)) == ["3", "4"]


def test_visibility(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    message, = receive(sqs, queue, VisibilityTimeout=0)
    message, = receive(sqs, queue)
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"],
                                  VisibilityTimeout=0)
    message, = receive(sqs, queue, AttributeNames=["ApproximateReceiveCount"])
    assert message["Attributes"] == {"ApproximateReceiveCount": "3"}


def test_delays(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="later", DelaySeconds=900)
    assert receive(sqs, queue) == []
    assert attributes(sqs, queue)["ApproximateNumberOfMessagesDelayed"] == "1"


def test_dead_letters(sqs, queue):
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    policy = {"deadLetterTargetArn": attributes(sqs, dead)["QueueArn"], "maxReceiveCount": 2}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy)})
    sqs.send_message(QueueUrl=queue, MessageBody="bad")
    for _ in range(2):
        assert bodies(receive(sqs, queue, VisibilityTimeout=0)) == ["bad"]
    assert receive(sqs, queue) == []
    assert bodies(receive(sqs, dead)) == ["bad"]


def test_batches(sqs, queue):
    entries = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(3)]
    answer = sqs.send_message_batch(QueueUrl=queue, Entries=[*entries, {
        "Id": "late", "MessageBody": "x", "DelaySeconds": 901}])
    assert [e["Id"] for e in answer["Successful"]] == ["0", "1", "2"]
    assert [(e["Id"], e["Code"]) for e in answer["Failed"]] == [("late", "InvalidParameterValue")]
    messages = receive(sqs, queue, MaxNumberOfMessages=10)
    answer = sqs.delete_message_batch(QueueUrl=queue, Entries=[
        {"Id": m["Body"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages])
    assert len(answer["Successful"]) == 3
    with pytest.raises(sqs.exceptions.BatchEntryIdsNotDistinct, match="Id 0 repeated."):
        sqs.send_message_batch(QueueUrl=queue, Entries=[entries[0], entries[0]])
    with pytest.raises(sqs.exceptions.TooManyEntriesInBatchRequest):
        sqs.send_message_batch(QueueUrl=queue, Entries=[
            {"Id": str(n), "MessageBody": "x"} for n in range(11)])


@pytest.mark.parametrize("operation, request_, exception, code", [
    ("get_queue_url", {"QueueName": "none"}, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
    ("create_queue", {"QueueName": "jobs", "Attributes": {"DelaySeconds": "5"}}, "QueueNameExists", "QueueAlreadyExists"),
    ("send_message_batch", {"QueueUrl": ..., "Entries": []}, "EmptyBatchRequest",
     "AWS.SimpleQueueService.EmptyBatchRequest"),
    ("send_message_batch", {"QueueUrl": ..., "Entries": [{"Id": str(n), "MessageBody": "x"} for n in range(11)]},
     "TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
    ("delete_message_batch", {"QueueUrl": ..., "Entries": [{"Id": "a", "ReceiptHandle": "x"}] * 2},
     "BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
    ("delete_message", {"QueueUrl": ..., "ReceiptHandle": "x"}, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
    ("set_queue_attributes", {"QueueUrl": ..., "Attributes": {"Colour": "red"}}, "InvalidAttributeName",
     "InvalidAttributeName")], ids=lambda value: value if isinstance(value, str) else "")
def test_errors_have_the_codes_of_the_query_protocol(sqs, queue, operation, request_, exception, code):
    """Smithy, "AWS Query compatible": JSON names the shape, and a header what clients of the query protocol knew."""
    with pytest.raises(getattr(sqs.exceptions, exception)) as caught:
        getattr(sqs, operation)(**{k: queue if v is ... else v for k, v in request_.items()})
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["Error"]["Type"]) == (code, "Sender")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-query-error"] == f"{code};Sender"


def test_purge(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    sqs.purge_queue(QueueUrl=queue)
    assert receive(sqs, queue) == []


def test_lists_in_pages(sqs, account):
    for name in ("a-1", "a-2", "b-1"):
        sqs.create_queue(QueueName=name)
    urls = sqs.list_queues(QueueNamePrefix="a-")["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["a-1", "a-2"]
    pages = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["QueueUrls"]) for page in pages] == [2, 1]


def test_tags(sqs, queue):
    sqs.tag_queue(QueueUrl=queue, Tags={"a": "1", "b": "2"})
    sqs.untag_queue(QueueUrl=queue, TagKeys=["a"])
    assert sqs.list_queue_tags(QueueUrl=queue)["Tags"] == {"b": "2"}


@pytest.mark.parametrize("name, value, code", [
    ("VisibilityTimeout", "43201", "InvalidAttributeValue"),
    ("DelaySeconds", "x", "InvalidAttributeValue"), ("Policy", "{", "InvalidAttributeValue"),
    ("Colour", "red", "InvalidAttributeName"), ("FifoQueue", "true", "InvalidAttributeName")])
def test_attributes_are_checked(sqs, queue, name, value, code):
    with fails(code):
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: value})


def test_what_is_sent_is_checked(sqs, queue):
    with fails("InvalidParameterValue", "Can only include alphanumeric characters, hyphens, or "
               "underscores. 1 to 80 in length"):
        sqs.create_queue(QueueName="a b")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"MaximumMessageSize": "1024"})
    with fails("InvalidParameterValue", "One or more parameters are invalid. Reason: Message must "
               "be shorter than 1024 bytes."):
        sqs.send_message(QueueUrl=queue, MessageBody="x" * 1025)
    with fails("InvalidParameterValue"):
        receive(sqs, queue, MaxNumberOfMessages=11)
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle="nonsense")


def allowed(iam, clients, service, action):
    """A client of a user that may do this, and nothing else."""
    iam.create_user(UserName="u")
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}))
    key = iam.create_access_key(UserName="u")["AccessKey"]
    return clients(service, access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])


def test_a_queue_policy_lets_another_account_send(sqs, queue, clients, account):
    other_account = "5" + account[1:]
    user = allowed(clients("iam", access_key=other_account), clients, "sqs", "sqs:SendMessage")
    with pytest.raises(ClientError, match="is not authorized to perform: sqs:SendMessage"):
        user.send_message(QueueUrl=queue, MessageBody="x")
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": other_account}, "Action": "sqs:SendMessage",
         "Resource": f"arn:aws:sqs:us-east-1:{account}:jobs"}]}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    user.send_message(QueueUrl=queue, MessageBody="x")
    assert bodies(receive(sqs, queue)) == ["x"]


def test_queues_by_cloudformation(sqs, cloudformation):
    template = """
Parameters: {Timeout: {Type: String}}
Resources:
  Dead: {Type: AWS::SQS::Queue}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: jobs
      VisibilityTimeout: !Ref Timeout
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}
      Tags: [{Key: team, Value: ops}]
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}]
"""

    def deploy(action, timeout):
        getattr(cloudformation, f"{action}_stack")(
            StackName="s", TemplateBody=template,
            Parameters=[{"ParameterKey": "Timeout", "ParameterValue": timeout}])
        cloudformation.get_waiter(f"stack_{action}_complete").wait(
            StackName="s", WaiterConfig={"Delay": 1})
        return attributes(sqs, sqs.get_queue_url(QueueName="jobs")["QueueUrl"])

    made = deploy("create", "60")
    assert made["VisibilityTimeout"] == "60"
    assert json.loads(made["RedrivePolicy"])["maxReceiveCount"] in (3, "3")
    assert json.loads(made["Policy"])["Statement"][0]["Resource"] == made["QueueArn"]
    assert deploy("update", "90")["VisibilityTimeout"] == "90"
    cloudformation.delete_stack(StackName="s")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="s", WaiterConfig={"Delay": 1})
    assert "QueueUrls" not in sqs.list_queues()


@pytest.mark.parametrize("code", [0x0, 0x7, 0xB, 0x1F, 0xFFFE, 0xFFFF])
def test_characters_that_a_body_may_not_have(sqs, queue, code):
    words = (f"Invalid binary character '#x{code:X}' was found in the message body, the set of allowed "
             "characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].")
    with fails("InvalidMessageContents", words, 400):
        sqs.send_message(QueueUrl=queue, MessageBody=f"before{chr(code)}after")
    batch = sqs.send_message_batch(QueueUrl=queue, Entries=[
        {"Id": "good", "MessageBody": "x"}, {"Id": "bad", "MessageBody": chr(code)}])
    assert [e["Id"] for e in batch["Successful"]] == ["good"]
    assert [(e["Id"], e["Code"]) for e in batch["Failed"]] == [("bad", "InvalidMessageContents")]


def test_characters_that_a_body_may_have(sqs, queue):
    body = "\t\n\r \x7f\x80\u0fff\ud7ff\ue000\uefff\uf000\ufffd\U00010000\U0001f600\U0010ffff"
    sqs.send_message(QueueUrl=queue, MessageBody=body)
    assert bodies(receive(sqs, queue)) == [body]


def test_how_many_queues_may_be_asked_for(sqs, queue):
    for count in (0, -1, 1001):
        with fails("InvalidParameterValue", f"Value {count} for parameter MaxResults is invalid. "
                   "Reason: Must be between 1 and 1000, if provided.", 400):
            sqs.list_queues(MaxResults=count)
    assert sqs.list_queues(MaxResults=1000)["QueueUrls"] == [queue]


def test_an_empty_queue_is_waited_for(sqs, queue):
    begin = time.monotonic()
    assert receive(sqs, queue, WaitTimeSeconds=1) == []
    assert 0.9 < time.monotonic() - begin < 10
    with pytest.raises(ClientError, match="Must be >= 0 and <= 20"):
        receive(sqs, queue, WaitTimeSeconds=21)


def test_what_is_sent_or_becomes_visible_ends_the_wait(sqs, queue):
    sender = threading.Timer(0.3, lambda: sqs.send_message(QueueUrl=queue, MessageBody="a"))
    sender.start()
    begin = time.monotonic()
    assert bodies(receive(sqs, queue, WaitTimeSeconds=20, VisibilityTimeout=1)) == ["a"]
    sender.join()
    # It is hidden for a second, which the next receive waits for, as the queue's own wait says.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"ReceiveMessageWaitTimeSeconds": "20"})
    assert bodies(receive(sqs, queue)) == ["a"]
    assert time.monotonic() - begin < 15
