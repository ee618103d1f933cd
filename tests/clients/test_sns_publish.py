"""SNS: what is published, filtered and delivered to queues and HTTP endpoints."""

import http.server
import json
import threading
import time
import urllib.request

import pytest
from helpers import fails


def make_queue(sqs, name, topic=None, **settings):
    """A queue that (this) topic may send to; its URL and ARN."""
    url = sqs.create_queue(QueueName=name, Attributes=settings)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
    if topic:
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": topic}}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    return url, arn


def receive(sqs, url, count=1, wait=5):
    """Until so many messages came, or none comes any more."""
    got, end = [], time.monotonic() + wait
    while len(got) < count and time.monotonic() < end:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1,
                                     AttributeNames=["All"], MessageAttributeNames=["All"])
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            got.append(message)
    return got


def bodies(messages):
    return [json.loads(m["Body"])["Message"] for m in messages]


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="t")["TopicArn"]


@pytest.fixture
def queue(sqs, topic):
    return make_queue(sqs, "q", topic)


TEXT = {"DataType": "String", "StringValue": "v"}


def test_to_a_queue(sns, sqs, topic, queue):
    url, arn = queue
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    attributes = {"n": {"DataType": "Number", "StringValue": "99.12"}, "b": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"}}
    sent = sns.publish(TopicArn=topic, Message="öa1\"_!?,. £$-", Subject="S", MessageAttributes=attributes)["MessageId"]
    message, = receive(sqs, url)
    assert "MessageAttributes" not in message
    body = json.loads(message["Body"])
    assert body.pop("Timestamp").endswith("Z")
    for member in ("Signature", "SignatureVersion", "SigningCertURL"):  # test_sns_signatures.py
        del body[member]
    assert body.pop("UnsubscribeURL").endswith(f"/?Action=Unsubscribe&SubscriptionArn={subscription}")
    assert body == {"Type": "Notification", "MessageId": sent, "TopicArn": topic, "Subject": "S",
                    "Message": "öa1\"_!?,. £$-",
                    "MessageAttributes": {"n": {"Type": "Number", "Value": "99.12"}, "b": {"Type": "Binary", "Value": "AgME"}}}


def test_raw_delivery(sns, sqs, topic, queue):
    url, arn = queue
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    sns.publish(TopicArn=topic, Message="plain", MessageAttributes={"a": TEXT})
    message, = receive(sqs, url)
    assert (message["Body"], message["MessageAttributes"]) == ("plain", {"a": TEXT})


def test_a_queue_must_allow_the_topic(sns, sqs, topic):
    """Without a policy nothing arrives, but what the subscription's dead letters get."""
    url, arn = make_queue(sqs, "closed", "arn:aws:sns:us-east-1:111122223333:another")
    dead_url, dead_arn = make_queue(sqs, "dead", topic)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn,
                  Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn})})
    sns.publish(TopicArn=topic, Message="m")
    assert bodies(receive(sqs, dead_url)) == ["m"]
    assert receive(sqs, url, wait=1) == []


def test_a_message_by_protocol(sns, sqs, topic, queue):
    url, arn = queue
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": "d", "sqs": "for queues"}))
    sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": "d", "lambda": "for functions"}))
    assert sorted(bodies(receive(sqs, url, 2))) == ["d", "for queues"]
    with fails("InvalidParameter", "Invalid parameter: Message Structure - No default entry in JSON message body"):
        sns.publish(TopicArn=topic, MessageStructure="json", Message='{"sqs": "x"}')
    with fails("InvalidParameter"):
        sns.publish(TopicArn=topic, MessageStructure="json", Message="no json")


@pytest.mark.parametrize("policy,good,bad", [
    ({"k": ["a", "b"]}, ["a", "b"], ["c", None]),
    ({"k": [{"prefix": "ab"}]}, ["abc"], ["ba"]),
    ({"k": [{"suffix": "yz"}]}, ["xyz"], ["yzx"]),
    ({"k": [{"wildcard": "a*c*"}]}, ["abc", "ac", "accd"], ["ab", "bac"]),
    ({"k": [{"equals-ignore-case": "AbC"}]}, ["aBc"], ["abcd"]),
    ({"k": [{"anything-but": ["a", "b"]}]}, ["c"], ["a", None]),
    ({"k": [{"anything-but": {"prefix": "a"}}]}, ["ba"], ["ab"]),
    ({"k": [{"numeric": [">", 0, "<=", 100]}]}, [1, 100, 0.5], [0, 101, "x"]),
    ({"k": [{"numeric": ["=", 5]}]}, [5, 5.0], [6]),
    ({"k": [5]}, [5], [6]),
    ({"k": [{"exists": True}]}, ["x"], [None]),
    ({"k": [{"exists": False}]}, [None], ["x"]),
    ({"k": [{"cidr": "10.0.0.0/24"}]}, ["10.0.0.255"], ["10.0.1.0", "x"]),
    ({"k": [{"cidr": "2001:db8::/32"}]}, ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]),
    ({"k": ["a"]}, [["x", "a"]], [["x"]]),
    ({"$or": [{"k": ["a"]}, {"other": ["z"]}]}, ["a"], ["b"]),
], ids=range(16))
def test_filters_by_attribute(sns, sqs, topic, queue, policy, good, bad):
    url, arn = queue
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"FilterPolicy": json.dumps(policy)})
    for value in bad + good:
        kind = "Number" if isinstance(value, (int, float)) else "String.Array" if isinstance(value, list) else "String"
        text = json.dumps(value) if isinstance(value, list) else str(value)
        attributes = {} if value is None else {"k": {"DataType": kind, "StringValue": text}}
        sns.publish(TopicArn=topic, Message=str(value), MessageAttributes=attributes)
    assert sorted(bodies(receive(sqs, url, len(good)))) == sorted(map(str, good))
    assert receive(sqs, url, wait=0.1) == []


@pytest.mark.parametrize("policy,good,bad", [
    ({"object": {"key": [{"prefix": "auto-"}]}}, {"object": {"key": "auto-x"}}, {"object": {"key": "x"}}),
    ({"headers": {"route-to": ["q2"]}}, {"headers": {"route-to": ["q1", "q2"]}}, {"headers": {"route-to": ["q1"]}}),
    ({"Records": {"s3": {"object": {"key": [{"prefix": "auto-"}]}}, "eventName": [{"prefix": "ObjectCreated:"}]}},
     {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": [[{"key": "auto-1"}]]}}, {"eventName": "ObjectRemoved:Delete"}]},
     {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "home"}}}]}),
    ({"a": [True, None]}, {"a": None}, {"a": False}),
    ({"a": [1]}, {"a": 1.0}, {"a": "1"}),
    ({"source": ["aws.cloudwatch"], "$or": [{"metric": ["cpu"]}, {"ns": ["ec2", "es"]}]},
     {"source": "aws.cloudwatch", "ns": "es"}, {"source": "aws.cloudwatch", "ns": "s3"}),
    ({"a": {"b": [{"exists": False}]}}, {"a": {"c": 1}}, {"a": {"b": 1}}),
], ids=range(7))
def test_filters_by_body(sns, sqs, topic, queue, policy, good, bad):
    url, arn = queue
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn,
                  Attributes={"FilterPolicy": json.dumps(policy), "FilterPolicyScope": "MessageBody"})
    for message in ("no json", json.dumps(bad), json.dumps(good)):
        sns.publish(TopicArn=topic, Message=message)
    assert bodies(receive(sqs, url)) == [json.dumps(good)]
    assert receive(sqs, url, wait=0.1) == []


@pytest.mark.parametrize("policy,message,scope", [
    ('{"key":[]}', "Empty arrays are not allowed", "MessageAttributes"),
    ('{"key":[{"suffix":100}]}', "suffix match pattern must be a string", "MessageAttributes"),
    ('{"key":[{"suffix":["a","b"]}]}', "suffix match pattern must be a string", "MessageAttributes"),
    ('{"key":"value"}', '"key" must be an object or an array', "MessageAttributes"),
    ('{"key":{"suffix":"value"}}', '"suffix" must be an object or an array', "MessageBody"),
    ('{"key":[{"cidr":"bad-filter"}]}', "Malformed CIDR, one '/' required", "MessageAttributes"),
    ('{"key":[{"cidr":"bad-filter/64"}]}', "Nonstandard IP address: bad-filter", "MessageAttributes"),
    ('{"key":[{"cidr":"xx.11.xx/8"}]}', "Nonstandard IP address: xx.11.xx", "MessageAttributes"),
    ('{"key":[{"cidr":"bad-filter/bad-filter"}]}', "Malformed CIDR, mask bits must be an integer", "MessageAttributes"),
    (json.dumps({k: ["v"] for k in "abcdef"}), "Filter policy can not have more than 5 keys", "MessageAttributes"),
    (json.dumps({"a": {"b": {"c": [1, 2, 3, 4]}}, "d": {"e": [1, 2, 3]}, "f": [1, 2, 3]}), "Filter policy is too complex", "MessageBody"),
    ("{invalid", None, "MessageAttributes"),
    ('{"key":[{"nonsense":1}]}', None, "MessageAttributes"),
], ids=range(13))
def test_bad_filters(sns, sqs, topic, queue, policy, message, scope):
    _, arn = queue
    text = message and f"Invalid parameter: Attributes Reason: FilterPolicy: {message}"
    with fails("InvalidParameter", text):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn,
                      Attributes={"FilterPolicy": policy, "FilterPolicyScope": scope})


def test_nested_filters_are_for_bodies(sns, topic, queue):
    with fails("InvalidParameter", "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1], Attributes={"FilterPolicy": '{"a": {"b": ["c"]}}'})


@pytest.mark.parametrize("attribute,message", [
    (("attr1", {"DataType": "Binary", "StringValue": "x"}), "The message attribute 'attr1' with type 'Binary' must use field 'Binary'."),
    (("attr1", {"DataType": "Number", "BinaryValue": b"x"}), "The message attribute 'attr1' with type 'Number' must use field 'String'."),
    (("attr1", {"DataType": "String"}), "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'."),
    (("attr1", {"DataType": "Invalid", "StringValue": "x"}), "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."),
    (("a^b", TEXT), "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots."),
    ((".a", TEXT), "Invalid message attribute name starting with character '.' was found."),
    (("a.", TEXT), "Invalid message attribute name ending with character '.' was found."),
    (("a..b", TEXT), "Message attribute name can not have successive '.' character."),
    (("a" * 256, TEXT), "Length of message attribute name must be less than 256 bytes."),
], ids=range(9))
def test_bad_message_attributes(sns, topic, attribute, message):
    with fails("ParameterValueInvalid", message, 400):
        sns.publish(TopicArn=topic, Message="m", MessageAttributes=dict([attribute]))


def test_bad_messages(sns, topic):
    with fails("InvalidParameter", "Invalid parameter: Subject"):
        sns.publish(TopicArn=topic, Message="m", Subject="")
    with fails("InvalidParameter", "Invalid parameter: Subject"):
        sns.publish(TopicArn=topic, Message="m", Subject="two\nlines")
    with fails("InvalidParameter", "Invalid parameter: Message too long"):
        sns.publish(TopicArn=topic, Message="m" * 262145)
    with fails("InvalidParameter", "Invalid parameter: MessageDeduplicationId Reason: The request includes "
               "MessageDeduplicationId parameter that is not valid for this topic type"):
        sns.publish(TopicArn=topic, Message="m", MessageDeduplicationId="d")
    with fails("NotFound", "Topic does not exist"):
        sns.publish(TopicArn=topic + "x", Message="m")


def test_batches(sns, sqs, topic, queue):
    url, arn = queue
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    entries = [{"Id": str(i), "Message": f"m{i}"} for i in range(10)]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [s["Id"] for s in answer["Successful"]] == [str(i) for i in range(10)] and answer["Failed"] == []
    assert sorted(bodies(receive(sqs, url, 10))) == sorted(e["Message"] for e in entries)
    with fails("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible."):
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries + [{"Id": "x", "Message": "m"}])
    with fails("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id."):
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries[:1] * 2)
    with fails("BatchRequestTooLong", "The length of all the messages put together is more than the limit."):
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": i, "Message": "m" * 200_000} for i in "ab"])


def test_an_encrypted_topic_needs_its_key(sns, kms, topic):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key)
    assert sns.publish(TopicArn=topic, Message="m")["MessageId"]
    kms.disable_key(KeyId=key)
    with fails("KMSDisabled"):
        sns.publish(TopicArn=topic, Message="m")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/nowhere")
    with fails("KMSNotFound"):
        sns.publish(TopicArn=topic, Message="m")


@pytest.fixture
def listener():
    """An HTTP endpoint that keeps what it is sent and answers as it is told."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.got.append((dict((k.lower(), v) for k, v in self.headers.items()), body))
            self.send_response(server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status = [], 200
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def wait_for(listener, count):
    end = time.monotonic() + 10
    while len(listener.got) < count and time.monotonic() < end:
        time.sleep(0.02)
    assert len(listener.got) >= count
    return listener.got[count - 1]


def test_an_http_endpoint_confirms_by_the_url(sns, topic, listener):
    assert sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url)["SubscriptionArn"] == "pending confirmation"
    headers, body = wait_for(listener, 1)
    asked = json.loads(body)
    assert headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert (headers["x-amz-sns-topic-arn"], headers["x-amz-sns-message-id"]) == (topic, asked["MessageId"])
    assert headers["content-type"] == "text/plain; charset=UTF-8"
    assert asked["Message"].startswith(f"You have chosen to subscribe to the topic {topic}.\nTo confirm")
    sns.publish(TopicArn=topic, Message="too early")
    answer = urllib.request.urlopen(asked["SubscribeURL"]).read().decode()
    arn = sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"]
    assert f"<SubscriptionArn>{arn}</SubscriptionArn>" in answer
    sns.publish(TopicArn=topic, Message="now")
    headers, body = wait_for(listener, 2)
    assert (headers["x-amz-sns-message-type"], headers["x-amz-sns-subscription-arn"]) == ("Notification", arn)
    sent = json.loads(body)
    assert sent["Message"] == "now"
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["ConfirmationWasAuthenticated"] == "false"
    urllib.request.urlopen(sent["UnsubscribeURL"]).read()
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_confirming_by_token(sns, topic, listener):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url, Attributes={"RawMessageDelivery": "true"})
    token = json.loads(wait_for(listener, 1)[1])["Token"]
    with fails("InvalidParameter", "Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token="nonsense")
    with fails("InvalidParameter", "Invalid parameter: Topic"):
        sns.confirm_subscription(TopicArn="nonsense", Token=token)
    arn = sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"]
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == arn
    sns.publish(TopicArn=topic, Message="raw")
    headers, body = wait_for(listener, 2)
    assert (headers["x-amz-sns-rawdelivery"], body) == ("true", "raw")


def test_what_an_endpoint_refuses_is_a_dead_letter(sns, sqs, topic, listener):
    dead_url, dead_arn = make_queue(sqs, "dead", topic)
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url,
                  Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn})})
    sns.confirm_subscription(TopicArn=topic, Token=json.loads(wait_for(listener, 1)[1])["Token"])
    listener.status = 404
    sns.publish(TopicArn=topic, Message="m")
    assert bodies(receive(sqs, dead_url)) == ["m"]
    assert len(listener.got) == 2


@pytest.fixture
def fifo(sns, sqs):
    """A FIFO topic with a FIFO queue subscribed, raw; its ARN and the queue's URL."""
    topic = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    url, arn = make_queue(sqs, "q.fifo", topic, FifoQueue="true")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    return topic, url


def test_a_fifo_topic_keeps_the_order_of_groups(sns, sqs, fifo):
    topic, url = fifo
    sent = [sns.publish(TopicArn=topic, Message=f"{group}{n}", MessageGroupId=group, MessageDeduplicationId=f"{group}{n}")
            for n in range(10) for group in "ab"]
    numbers = [s["SequenceNumber"] for s in sent]
    assert numbers == sorted(numbers) and len(set(numbers)) == 20
    got = receive(sqs, url, 20)
    assert len(got) == 20
    for group in "ab":
        assert [m["Body"] for m in got if m["Attributes"]["MessageGroupId"] == group] == [f"{group}{n}" for n in range(10)]
    assert got[0]["Attributes"]["MessageDeduplicationId"] == got[0]["Body"]


def test_a_fifo_topic_deduplicates(sns, sqs, fifo):
    topic, url = fifo
    first, again = (sns.publish(TopicArn=topic, Message=m, MessageGroupId="g", MessageDeduplicationId="d") for m in ("one", "two"))
    assert (first["MessageId"], first["SequenceNumber"]) == (again["MessageId"], again["SequenceNumber"])
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ContentBasedDeduplication", AttributeValue="true")
    for message in ("same", "same", "other"):
        sns.publish(TopicArn=topic, Message=message, MessageGroupId="g")
    assert [m["Body"] for m in receive(sqs, url, 3)] == ["one", "same", "other"]
    assert receive(sqs, url, wait=0.5) == []


def test_what_fifo_topics_need(sns, sqs, fifo, queue):
    topic, _ = fifo
    with fails("InvalidParameter", "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"):
        sns.publish(TopicArn=topic, Message="m", MessageDeduplicationId="d")
    words = "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    with fails("InvalidParameter", words):
        sns.publish(TopicArn=topic, Message="m", MessageGroupId="g")
    with fails("InvalidParameter", words):
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "m", "MessageGroupId": "g"}])
    subscription = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"]
    with fails("InvalidParameter", "Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."):
        sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="RedrivePolicy",
                                        AttributeValue=json.dumps({"deadLetterTargetArn": queue[1]}))
    with fails("InvalidParameter"):
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint="arn:aws:lambda:us-east-1:123456789012:function:f")


def test_a_deleted_queue_leaves_dead_letters(sns, sqs, topic, queue):
    url, arn = queue
    dead_url, dead_arn = make_queue(sqs, "dead", topic)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn,
                  Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn}), "RawMessageDelivery": "true"})
    sqs.delete_queue(QueueUrl=url)
    sns.publish(TopicArn=topic, Message="m", MessageAttributes={"a": TEXT})
    letter, = receive(sqs, dead_url)
    assert (letter["Body"], letter["MessageAttributes"]) == ("m", {"a": TEXT})


def test_many_subscribers_each_get_it_once(sns, sqs, topic):
    queues = [make_queue(sqs, f"q{i}", topic) for i in range(20)]
    for _, arn in queues:
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    for n in range(5):
        sns.publish(TopicArn=topic, Message=str(n))
    for url, _ in queues:
        assert sorted(bodies(receive(sqs, url, 5))) == list("01234")
