"""SQS: FIFO queues, dead letters, move tasks, permissions. Words are AWS's, of recorded answers."""

import hashlib
import json
import time
import urllib.request

import pytest
from helpers import fails


def make(sqs, name, **attributes):
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, attributes_of(sqs, url)["QueueArn"]


def attributes_of(sqs, url):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def receive(sqs, url, **more):
    more = {"MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["All"], **more}
    return sqs.receive_message(QueueUrl=url, **more).get("Messages", [])


def bodies(messages):
    return [m["Body"] for m in messages]


@pytest.fixture
def fifo(sqs):
    return make(sqs, "q.fifo", FifoQueue="true")[0]


def send(sqs, url, body, group="g", dedup=None, **more):
    return sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group,
                            MessageDeduplicationId=dedup or body, **more)


def test_a_fifo_queue(sqs, fifo):
    found = attributes_of(sqs, fifo)
    assert {k: found[k] for k in ("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")} == {
        "FifoQueue": "true", "ContentBasedDeduplication": "false", "DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
    with fails("InvalidParameterValue", "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
               "underscores, must end with .fifo suffix and be 1 to 80 in length"):
        sqs.create_queue(QueueName="q", Attributes={"FifoQueue": "true"})
    with fails("InvalidParameterValue"):
        sqs.create_queue(QueueName="standard.fifo")
    with fails("InvalidAttributeValue", "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."):
        sqs.set_queue_attributes(QueueUrl=fifo, Attributes={"FifoQueue": "false"})


@pytest.mark.parametrize("name,message", [
    ("FifoQueue", "Unknown Attribute FifoQueue."), ("ContentBasedDeduplication", "Unknown Attribute ContentBasedDeduplication."),
    ("DeduplicationScope", "You can specify the DeduplicationScope only when FifoQueue is set to true."),
    ("FifoThroughputLimit", "You can specify the FifoThroughputLimit only when FifoQueue is set to true.")], ids=range(4))
def test_what_only_fifo_queues_have(sqs, name, message):
    with fails("InvalidAttributeName", message):
        sqs.create_queue(QueueName="q", Attributes={name: "false"})
    url, _ = make(sqs, "q")
    with fails("InvalidAttributeName", message):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: "false"})


def test_order_and_groups(sqs, fifo):
    sent = [send(sqs, fifo, body, group) for body, group in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("a3", "a"), ("b2", "b"))]
    numbers = [s["SequenceNumber"] for s in sent]
    assert numbers == sorted(numbers) and len(set(numbers)) == 5 and {len(n) for n in numbers} == {20}
    first, = receive(sqs, fifo, MaxNumberOfMessages=1)
    assert first["Body"] == "a1"
    system = first["Attributes"]
    assert (system["MessageGroupId"], system["MessageDeduplicationId"], system["SequenceNumber"]) == ("a", "a1", numbers[0])
    # The rest of the group waits for what is in flight; another group does not.
    assert bodies(receive(sqs, fifo)) == ["b1", "b2"]
    assert receive(sqs, fifo) == []
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=first["ReceiptHandle"])
    assert bodies(receive(sqs, fifo)) == ["a2", "a3"]


@pytest.mark.parametrize("visible,expected", [(["foo"], ["foo"]), (["foo", "bar"], ["foo", "bar"]), (["bar"], []), ([], [])], ids=range(4))
def test_a_group_goes_as_far_as_it_is_visible(sqs, fifo, visible, expected):
    for body in ("foo", "bar", "baz"):
        send(sqs, fifo, body)
    for message in receive(sqs, fifo):
        if message["Body"] in visible:
            sqs.change_message_visibility(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(receive(sqs, fifo)) == expected


def test_deduplication(sqs, fifo):
    first = send(sqs, fifo, "one", dedup="d")
    again = send(sqs, fifo, "another body", "another-group", dedup="d")
    assert (first["MessageId"], first["SequenceNumber"]) == (again["MessageId"], again["SequenceNumber"])
    message, = receive(sqs, fifo)
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"])
    send(sqs, fifo, "one", dedup="d")
    assert receive(sqs, fifo) == []
    sqs.set_queue_attributes(QueueUrl=fifo, Attributes={"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"})
    send(sqs, fifo, "by group", "other", dedup="d")
    assert bodies(receive(sqs, fifo)) == ["by group"]


def test_deduplication_by_content(sqs):
    url, _ = make(sqs, "c.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    for _ in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId="g")
    message, = receive(sqs, url)
    assert message["Attributes"]["MessageDeduplicationId"] == hashlib.sha256(b"same").hexdigest()


def test_what_is_sent_to_a_fifo_queue_is_checked(sqs, fifo):
    with fails("MissingParameter", "The request must contain the parameter MessageGroupId."):
        sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageDeduplicationId="d")
    words = "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    with fails("InvalidParameterValue", words):
        sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageGroupId="g")
    with fails("InvalidParameterValue", "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter "
               "that is not valid for this queue type."):
        send(sqs, fifo, "x", DelaySeconds=2)
    assert send(sqs, fifo, "x", DelaySeconds=0)["MessageId"]
    with fails("InvalidParameterValue", words):
        sqs.send_message_batch(QueueUrl=fifo, Entries=[{"Id": "1", "MessageBody": "x", "MessageGroupId": "g"}])
    with fails("InvalidParameterValue", "The request must contain the parameter MessageGroupId."):
        sqs.send_message_batch(QueueUrl=fifo, Entries=[{"Id": "1", "MessageBody": "x", "MessageDeduplicationId": "g"}])
    for value in ("", "a" * 129, "a b"):
        with fails("InvalidParameterValue", f"Value {value} for parameter MessageGroupId is invalid. Reason: MessageGroupId "
                   "can only include alphanumeric and punctuation characters. 1 to 128 in length."):
            send(sqs, fifo, "x", group=value)


def test_a_handle_of_a_fifo_queue_expires(sqs, fifo):
    send(sqs, fifo, "x")
    message, = receive(sqs, fifo, VisibilityTimeout=0)
    handle = message["ReceiptHandle"]
    with fails("InvalidParameterValue", f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."):
        sqs.delete_message(QueueUrl=fifo, ReceiptHandle=handle)
    message, = receive(sqs, fifo)
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"])
    assert receive(sqs, fifo) == []


def test_many_groups_and_messages(sqs, fifo):
    """Every message comes once, in the order of its group, whatever is in flight."""
    for start in range(0, 60, 10):
        sqs.send_message_batch(QueueUrl=fifo, Entries=[
            {"Id": str(i), "MessageBody": str(i), "MessageGroupId": f"g{i % 7}", "MessageDeduplicationId": str(i)}
            for i in range(start, start + 10)])
    got = []
    while messages := receive(sqs, fifo, MaxNumberOfMessages=4):
        for message in messages:
            got.append(int(message["Body"]))
            sqs.delete_message(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"])
    assert sorted(got) == list(range(60))
    for group in range(7):
        own = [i for i in got if i % 7 == group]
        assert own == sorted(own)


def test_dead_letters_keep_what_they_are(sqs):
    dead, dead_arn = make(sqs, "dead")
    url, arn = make(sqs, "q", RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": "1"}))
    sent = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"a": {"DataType": "String", "StringValue": "v"}},
                            MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-3152b799-8954dae64eda91bc9a23a7e8"}})
    assert sent["MD5OfMessageSystemAttributes"]
    first, = receive(sqs, url, VisibilityTimeout=0)
    assert receive(sqs, url) == []
    letter, = receive(sqs, dead, MessageAttributeNames=["All"])
    system = letter["Attributes"]
    assert system["DeadLetterQueueSourceArn"] == arn
    assert system["AWSTraceHeader"] == "Root=1-3152b799-8954dae64eda91bc9a23a7e8"
    assert system["SentTimestamp"] == first["Attributes"]["SentTimestamp"]
    assert system["ApproximateReceiveCount"] == "2"
    assert (letter["MessageId"], letter["MessageAttributes"]["a"]["StringValue"]) == (sent["MessageId"], "v")
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]
    assert sqs.list_dead_letter_source_queues(QueueUrl=url)["queueUrls"] == []


def test_dead_letters_of_a_fifo_queue_free_their_group(sqs):
    dead, dead_arn = make(sqs, "dead.fifo", FifoQueue="true")
    url, _ = make(sqs, "q.fifo", FifoQueue="true", RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}))
    send(sqs, url, "bad")
    send(sqs, url, "good")
    assert bodies(receive(sqs, url, VisibilityTimeout=0, MaxNumberOfMessages=1)) == ["bad"]
    assert bodies(receive(sqs, url)) == ["good"]
    letter, = receive(sqs, dead)
    assert (letter["Body"], letter["Attributes"]["MessageGroupId"]) == ("bad", "g")


@pytest.mark.parametrize("policy,why", [
    ("{", "Redrive policy is not a valid JSON map."),
    ('{"maxReceiveCount": 1}', "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
    ('{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:%s:dead"}', "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
    ('{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:%s:dead", "maxReceiveCount": 1001}',
     "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive."),
    ('{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:%s:nowhere", "maxReceiveCount": 1}', "Dead letter target does not exist."),
    ('{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:%s:d.fifo", "maxReceiveCount": 1}',
     "Dead-letter queue must be same type of queue as the source."),
    ('{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:%s:closed", "maxReceiveCount": 1}',
     "Queue does not have permission to use the dead letter queue.")], ids=range(7))
def test_redrive_policies_are_checked(sqs, account, policy, why):
    make(sqs, "dead")
    make(sqs, "closed", RedriveAllowPolicy='{"redrivePermission": "denyAll"}')
    make(sqs, "d.fifo", FifoQueue="true")
    policy = policy.replace("%s", account)
    with fails("InvalidParameterValue", f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {why}"):
        sqs.create_queue(QueueName="q", Attributes={"RedrivePolicy": policy})
    assert len(sqs.list_queues()["QueueUrls"]) == 3


def finished(sqs, arn):
    for _ in range(200):
        task = sqs.list_message_move_tasks(SourceArn=arn)["Results"][0]
        if task["Status"] != "RUNNING":
            return task
        time.sleep(0.02)
    raise AssertionError(task)


@pytest.fixture
def dead_letters(sqs):
    """Two queues of which each lost two messages to a third."""
    dead, dead_arn = make(sqs, "dead")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    urls = [make(sqs, name, RedrivePolicy=policy)[0] for name in ("q1", "q2")]
    for url in urls:
        for n in range(2):
            sqs.send_message(QueueUrl=url, MessageBody=f"{url[-2:]}-{n}")
        assert len(receive(sqs, url, VisibilityTimeout=0)) == 2
        assert receive(sqs, url) == []
    return dead, dead_arn, urls


def test_moving_back(sqs, dead_letters):
    dead, dead_arn, urls = dead_letters
    assert sqs.start_message_move_task(SourceArn=dead_arn)["TaskHandle"]
    task = finished(sqs, dead_arn)
    assert task.pop("StartedTimestamp") > 1_600_000_000_000
    assert task == {"Status": "COMPLETED", "SourceArn": dead_arn, "ApproximateNumberOfMessagesMoved": 4,
                    "ApproximateNumberOfMessagesToMove": 4}
    for url in urls:
        messages = receive(sqs, url)
        assert sorted(bodies(messages)) == [f"{url[-2:]}-0", f"{url[-2:]}-1"]
        assert {m["Attributes"]["ApproximateReceiveCount"] for m in messages} == {"1"}
    assert receive(sqs, dead) == []


def test_moving_elsewhere_slowly_and_no_further(sqs, dead_letters):
    _, dead_arn, _ = dead_letters
    url, arn = make(sqs, "elsewhere")
    handle = sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=arn, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    with fails("InvalidParameterValue", "There is already a task running. Only one active task is allowed for a source queue "
               "arn at a given time."):
        sqs.start_message_move_task(SourceArn=dead_arn)
    time.sleep(0.3)
    assert sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"] == 1
    assert finished(sqs, dead_arn)["Status"] == "CANCELLED"
    assert len(receive(sqs, url)) == 1


def test_what_can_not_be_moved(sqs, dead_letters):
    _, dead_arn, urls = dead_letters
    with fails("InvalidParameterValue", "Value for parameter TaskHandle is invalid."):
        sqs.cancel_message_move_task(TaskHandle="foobared")
    with fails("ResourceNotFoundException", "The resource that you specified for the DestinationArn parameter doesn't exist.", 404):
        sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=dead_arn + "x")
    with fails("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue."):
        sqs.start_message_move_task(SourceArn=attributes_of(sqs, urls[0])["QueueArn"])
    sqs.delete_queue(QueueUrl=urls[0])
    sqs.start_message_move_task(SourceArn=dead_arn)
    assert finished(sqs, dead_arn)["Status"] == "FAILED"


def test_permissions(sqs, account):
    url, arn = make(sqs, "q")
    grant = dict(QueueUrl=url, Label="l", AWSAccountIds=[account, "668614515564"], Actions=["ReceiveMessage"])
    sqs.add_permission(**grant)
    policy = json.loads(attributes_of(sqs, url)["Policy"])
    assert policy == {"Version": "2008-10-17", "Id": arn + "/SQSDefaultPolicy", "Statement": [
        {"Sid": "l", "Effect": "Allow", "Principal": {"AWS": [f"arn:aws:iam::{account}:root", "arn:aws:iam::668614515564:root"]},
         "Action": "SQS:ReceiveMessage", "Resource": arn}]}
    with fails("InvalidParameterValue", "Value l for parameter Label is invalid. Reason: Already exists."):
        sqs.add_permission(**grant)
    with fails("InvalidParameterValue"):
        sqs.add_permission(**grant | {"Label": "l2", "Actions": ["DeleteQueue"]})
    with fails("InvalidParameterValue", "Value l2 for parameter Label is invalid. Reason: can't find label."):
        sqs.remove_permission(QueueUrl=url, Label="l2")
    sqs.remove_permission(QueueUrl=url, Label="l")
    assert "Policy" not in attributes_of(sqs, url)


def test_purging_twice(sqs):
    url, _ = make(sqs, "q")
    sqs.purge_queue(QueueUrl=url)
    with fails("AWS.SimpleQueueService.PurgeQueueInProgress", "Only one PurgeQueue operation on q is allowed every 60 seconds.", 403):
        sqs.purge_queue(QueueUrl=url)


def test_visibility_in_batches(sqs):
    url, _ = make(sqs, "q")
    for n in range(2):
        sqs.send_message(QueueUrl=url, MessageBody=str(n))
    entries = [{"Id": m["Body"], "ReceiptHandle": m["ReceiptHandle"], "VisibilityTimeout": 0} for m in receive(sqs, url)]
    answer = sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries + [{"Id": "x", "ReceiptHandle": "x", "VisibilityTimeout": 0}])
    assert [e["Id"] for e in answer["Successful"]] == ["0", "1"]
    assert [(e["Id"], e["Code"]) for e in answer["Failed"]] == [("x", "ReceiptHandleIsInvalid")]
    assert len(receive(sqs, url)) == 2


def test_batches_that_are_wrong(sqs):
    url, _ = make(sqs, "q")
    for bad in ("", "a:b", "a" * 81):
        with fails("AWS.SimpleQueueService.InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, "
                   "hyphens and underscores. It can be at most 80 letters long."):
            sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": bad, "ReceiptHandle": "x"}])
    with fails("AWS.SimpleQueueService.BatchRequestTooLong", "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "x" * 1048576}, {"Id": "2", "MessageBody": "x"}])


def test_encryption_is_one_or_the_other(sqs):
    url, _ = make(sqs, "q")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "k", "KmsDataKeyReusePeriodSeconds": "6000"})
    found = attributes_of(sqs, url)
    assert (found["KmsMasterKeyId"], found["SqsManagedSseEnabled"]) == ("k", "false")
    with fails("InvalidAttributeName", "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "k", "SqsManagedSseEnabled": "true"})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"SqsManagedSseEnabled": "true"})
    assert "KmsMasterKeyId" not in attributes_of(sqs, url)


def test_unknown_attributes_and_message_attributes(sqs):
    url, _ = make(sqs, "q")
    with fails("InvalidAttributeName", "Unknown Attribute Nonsense."):
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Nonsense"])
    with fails("InvalidParameterValue", "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'."):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"ErrorDetails": {"DataType": "String", "StringValue": ""}})
    with fails("InvalidParameterValue"):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"a": {"DataType": "Text", "StringValue": "x"}})
    with fails("InvalidParameterValue"):
        receive(sqs, url, VisibilityTimeout=43201)


def query(endpoint, account, **parameters):
    """A request of the query protocol, as old SDKs send it."""
    body = "&".join(f"{k}={urllib.request.quote(str(v))}" for k, v in parameters.items())
    request = urllib.request.Request(endpoint, body.encode(), {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"})
    try:
        return urllib.request.urlopen(request).read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def test_the_query_protocol(sqs, endpoint, account):
    url, _ = make(sqs, "q")
    ask = lambda action, **more: query(endpoint, account, Action=action, Version="2012-11-05", **more)
    assert "<QueueUrl>" in ask("ListQueues")
    assert "<MD5OfMessageBody>" in ask("SendMessage", QueueUrl=url, MessageBody="hello",
                                       **{"MessageAttribute.1.Name": "a", "MessageAttribute.1.Value.DataType": "String",
                                          "MessageAttribute.1.Value.StringValue": "v"})
    answer = ask("ReceiveMessage", QueueUrl=url, **{"AttributeName.1": "All", "MessageAttributeName.1": "All"})
    for part in ("<Body>hello</Body>", "<MessageAttribute><Name>a</Name><Value>", "<Attribute><Name>SentTimestamp</Name><Value>"):
        assert part in answer
    answer = ask("GetQueueAttributes", QueueUrl=url, **{"AttributeName.1": "DelaySeconds"})
    assert "<Attribute><Name>DelaySeconds</Name><Value>0</Value></Attribute>" in answer
    answer = ask("SendMessageBatch", QueueUrl=url, **{"SendMessageBatchRequestEntry.1.Id": "one", "SendMessageBatchRequestEntry.1.MessageBody": "m"})
    assert "<SendMessageBatchResultEntry><" in answer and "<Id>one</Id>" in answer
    assert "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>" in ask("GetQueueUrl", QueueName="nowhere")
    ask("TagQueue", QueueUrl=url, **{"Tag.1.Key": "k", "Tag.1.Value": "v"})
    assert "<Tag><Key>k</Key><Value>v</Value></Tag>" in ask("ListQueueTags", QueueUrl=url)
