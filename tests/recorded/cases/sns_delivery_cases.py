"""SNS: what arrives, and filters."""

import json
import time

from run import cases
from sns_cases import caller_is_root
from sns_support import ALL, queue, received, subscribed, topic

to_queue = cases("sns/test_sns.py::TestSNSSubscriptionSQS::")
to_fifo = cases("sns/test_sns.py::TestSNSSubscriptionSQSFifo::")
by_attribute = cases("sns/test_sns_filter_policy.py::TestSNSFilterPolicyAttributes::")
by_body = cases("sns/test_sns_filter_policy.py::TestSNSFilterPolicyBody::")
conditions = cases("sns/test_sns_filter_policy.py::TestSNSFilterPolicyConditions::")
crud = cases("sns/test_sns_filter_policy.py::TestSNSFilterPolicyCrud::")
NUMBER = {"attr1": {"DataType": "Number", "StringValue": "99.12"}}


WRONG = {
    "missing_string_attr": {"attr1": {"DataType": "String", "StringValue": ""}},
    "fully_missing_string_attr": {"attr1": {"DataType": "String"}},
    "fully_missing_data_type": {"attr1": {"StringValue": "value"}},
    "missing_binary_attr": {"attr1": {"DataType": "Binary", "BinaryValue": b""}},
    "str_attr_binary_value": {"attr1": {"DataType": "String", "BinaryValue": b"123"}},
    "int_attr_binary_value": {"attr1": {"DataType": "Number", "BinaryValue": b"123"}},
    "binary_attr_string_value": {"attr1": {"DataType": "Binary", "StringValue": "123"}},
    "invalid_attr_string_value": {"attr1": {"DataType": "InvalidType", "StringValue": "123"}},
    "too_long_name": {"a" * 257: {"DataType": "String", "StringValue": "123"}},
    "invalid_name": {"a^*?": {"DataType": "String", "StringValue": "123"}},
    "invalid_name_2": {".abc": {"DataType": "String", "StringValue": "123"}},
    "invalid_name_3": {"abc.": {"DataType": "String", "StringValue": "123"}},
    "invalid_name_4": {"a..bc": {"DataType": "String", "StringValue": "123"}}}


@to_queue
def empty_or_wrong_message_attributes(run):
    arn = topic(run)
    for step, attributes in WRONG.items():
        run.step(step, run.sns.publish, TopicArn=arn, Message="test", MessageAttributes=attributes)
        run.step("batch-" + step, run.sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=[
            {"Id": "1", "Message": "test-1", "MessageAttributes": attributes}, {"Id": "2", "Message": "test-2"}])


@to_queue
def message_attributes_not_missing(run):
    arn, (url, queue_arn) = topic(run), queue(run)
    made = subscribed(run, arn, queue_arn, RawMessageDelivery="true")
    ask = {"TopicArn": arn, "Message": "text", "MessageAttributes": {
        "an-attribute-key": {"DataType": "String", "StringValue": "an-attribute-value"},
        "binary-attribute": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"}}}
    run.step("publish-msg-raw", run.sns.publish, **ask)
    run.step("raw-delivery-msg-attrs", received(run, url, **ALL))
    run.sns.set_subscription_attributes(SubscriptionArn=made, AttributeName="RawMessageDelivery", AttributeValue="false")
    run.step("publish-msg-json", run.sns.publish, **ask)
    run.step("json-delivery-msg-attrs", received(run, url, **ALL))


@to_queue
def publish_batch_exceptions(run):
    fifo, plain = topic(run, FifoTopic="true"), topic(run)
    ask = lambda step, arn, entries: run.step(step, run.sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=entries)
    ask("no-group-id", fifo, [{"Id": "1", "Message": "m"}])
    ask("no-dedup-id", fifo, [{"Id": "1", "Message": "m", "MessageGroupId": "g"}])
    ask("no-default-key-json", plain, [{"Id": "1", "Message": json.dumps({"sqs": "x"}), "MessageStructure": "json"}])
    ask("too-many-msg", plain, [{"Id": f"id_{i}", "Message": "m"} for i in range(11)])
    ask("same-msg-id", plain, [{"Id": "1", "Message": "m"} for _ in range(2)])


@to_queue
def publish_batch_messages_without_topic(run):
    run.step("publish-batch-no-topic", run.sns.publish_batch, TopicArn=f"arn:aws:sns:us-east-1:{run.account}:none",
             PublishBatchRequestEntries=[{"Id": "1", "Message": "m"}])


@to_queue
def publish_unicode_chars(run):
    arn, (url, queue_arn) = topic(run), queue(run)
    subscribed(run, arn, queue_arn)
    run.sns.publish(TopicArn=arn, Message='öé"_!?,. £$-'.replace("é", "§a1"))
    run.step("received-message", received(run, url))


@to_queue
def sqs_topic_subscription_confirmation(run):
    caller_is_root(run)
    made = subscribed(run, topic(run), queue(run)[1])
    run.step("subscription-attrs", run.sns.get_subscription_attributes(SubscriptionArn=made)["Attributes"])


@to_queue
def subscribe_sqs_queue(run):
    caller_is_root(run)
    arn, (url, queue_arn) = topic(run), queue(run)
    made = subscribed(run, arn, queue_arn, FilterPolicy=json.dumps({"attr1": [{"numeric": [">", 0, "<=", 100]}]}))
    run.step("subscription-attributes", run.sns.get_subscription_attributes, SubscriptionArn=made)
    run.sns.publish(TopicArn=arn, Message="This is a test message", MessageAttributes=NUMBER)
    run.step("messages", received(run, url, MessageAttributeNames=["All"]))


@to_queue
def subscribe_to_sqs_with_queue_url(run):
    run.step("sub-queue-url", run.sns.subscribe, TopicArn=topic(run), Protocol="sqs", Endpoint=queue(run)[0])


@to_queue
def subscription_after_failure_to_deliver(run):
    caller_is_root(run)
    arn, (url, queue_arn), (dead, dead_arn) = topic(run), queue(run), queue(run)
    made = subscribed(run, arn, queue_arn)
    shown = lambda step: run.step(step, run.sns.get_subscription_attributes, SubscriptionArn=made)
    shown("subscriptions-attrs")
    run.sns.publish(TopicArn=arn, Message="test_dlq_before_sqs_endpoint_deleted")
    run.step("messages-before-delete", received(run, url))
    run.sns.set_subscription_attributes(SubscriptionArn=made, AttributeName="RedrivePolicy",
                                        AttributeValue=json.dumps({"deadLetterTargetArn": dead_arn}))
    shown("subscriptions-attrs-with-redrive")
    run.sqs.delete_queue(QueueUrl=url)
    for i in (0, 1):
        run.sns.publish(TopicArn=arn, Message=f"test_dlq_after_sqs_endpoint_deleted_{i}")
        run.step(f"message-{i}-after-delete", received(run, dead))
    run.step("subscriptions", run.sns.list_subscriptions_by_topic, TopicArn=arn)


@to_fifo
def fifo_topic_to_regular_sqs(run):
    arn, (url, queue_arn) = topic(run, FifoTopic="true", ContentBasedDeduplication="true"), queue(run)
    subscribed(run, arn, queue_arn, RawMessageDelivery=run.param.lower())
    for step, seconds in (("messages", 10), ("dedup-messages", 1)):
        run.sns.publish(TopicArn=arn, Message="Test", MessageGroupId="g")
        run.step(step, received(run, url, seconds=seconds, **ALL))


@to_fifo
def publish_to_fifo_topic_to_sqs_queue_no_content_dedup(run):
    arn = topic(run, FifoTopic="true", ContentBasedDeduplication="true")
    url, queue_arn = queue(run, FifoQueue="true", ContentBasedDeduplication=run.param.lower())
    subscribed(run, arn, queue_arn, RawMessageDelivery=run.param.lower())
    run.sns.publish(TopicArn=arn, Message="Test single", MessageGroupId="message-group-id-1")
    run.sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=[
        {"Id": "1", "Message": "Test batched", "MessageGroupId": "message-group-id-1"}])
    run.step("messages", received(run, url, 2, **ALL))


@to_fifo
def validations_for_fifo(run):
    caller_is_root(run)
    plain, fifo = topic(run), topic(run, FifoTopic="true", ContentBasedDeduplication="false")
    (_, plain_queue), (_, fifo_queue) = queue(run), queue(run, FifoQueue="true")
    made = subscribed(run, fifo, plain_queue)
    run.step("not-fifo-queue", run.sns.get_subscription_attributes(SubscriptionArn=made)["Attributes"])
    run.step("not-fifo-topic", run.sns.subscribe, TopicArn=plain, Protocol="sqs", Endpoint=fifo_queue)
    made = subscribed(run, fifo, fifo_queue)
    run.step("regular-queue-for-dlq-of-fifo-topic", run.sns.set_subscription_attributes, SubscriptionArn=made,
             AttributeName="RedrivePolicy", AttributeValue=json.dumps({"deadLetterTargetArn": plain_queue}))
    run.step("no-msg-group-id", run.sns.publish, TopicArn=fifo, Message="test")
    run.step("no-dedup-policy", run.sns.publish, TopicArn=fifo, Message="test", MessageGroupId="g")
    run.step("no-msg-dedup-regular-topic", run.sns.publish, TopicArn=plain, Message="test", MessageDeduplicationId="d")


@by_attribute
def exists_filter_policy(run):
    caller_is_root(run)
    arn, (url, queue_arn) = topic(run), queue(run, VisibilityTimeout="0")
    made = subscribed(run, arn, queue_arn, FilterPolicy=json.dumps({"store": [{"exists": True}]}))
    shown = lambda i: run.step(f"subscription-attributes-policy-{i}", run.sns.get_subscription_attributes, SubscriptionArn=made)
    number = {"DataType": "Number", "StringValue": "99"}
    publish = lambda text, *names: run.sns.publish(TopicArn=arn, Message=text, MessageAttributes={n: number for n in names})
    shown(1)
    run.step("messages-0", run.sqs.receive_message, QueueUrl=url)
    publish("message-1", "def", "store")
    run.step("messages-1", waited(run, url))
    publish("message-2", "attr1")
    run.step("messages-2", waited(run, url))
    run.sqs.purge_queue(QueueUrl=url)
    run.sns.set_subscription_attributes(SubscriptionArn=made, AttributeName="FilterPolicy",
                                        AttributeValue=json.dumps({"store": [{"exists": False}]}))
    shown(2)
    publish("message-3", "def")
    run.step("messages-3", waited(run, url))
    publish("message-4", "store")
    run.step("messages-4", waited(run, url))


def waited(run, url):
    """What is there once it has had time to come; it stays there."""
    time.sleep(0.5)
    return run.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)


@by_body
def filter_policy_on_message_body(run):
    arn, (url, queue_arn) = topic(run), queue(run)
    subscribed(run, arn, queue_arn, FilterPolicyScope="MessageBody", RawMessageDelivery=run.param.lower(),
               FilterPolicy=json.dumps({"object": {"key": [{"prefix": "auto-"}, "hardcodedvalue"]}}))
    run.step("recv-init", run.sqs.receive_message, QueueUrl=url)
    for i, key in enumerate(("auto-test", "hardcodedvalue")):
        run.sns.publish(TopicArn=arn, Message=json.dumps({"object": {"key": "other"}}))
        run.sns.publish(TopicArn=arn, Message='{"object": {"key": "%s"}}' % key)
        run.step(f"recv-passed-msg-{i}", received(run, url))


@by_body
def filter_policy_on_message_body_array_attributes(run):
    arn = topic(run)
    queues = [queue(run), queue(run)]
    for i, (_, queue_arn) in enumerate(queues, 1):
        subscribed(run, arn, queue_arn, FilterPolicyScope="MessageBody", RawMessageDelivery="true",
                   FilterPolicy=json.dumps({"headers": {"route-to": [f"queue{i}"]}}))
    for routes in (["queue3"], ["queue1", "queue2"], ["queue1"], ["queue2"]):
        run.sns.publish(TopicArn=arn, Message=json.dumps({"headers": {"route-to": routes}}))
    run.any_order("Messages")
    for i, (url, _) in enumerate(queues):
        run.step(f"messages-queue-{i}", received(run, url, 2, **ALL))


@conditions
def policy_complexity_with_or(run):
    arn, (_, queue_arn) = topic(run), queue(run)
    ask = lambda step, policy: run.step(step, run.sns.subscribe, TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes={
        "FilterPolicyScope": "MessageBody", "FilterPolicy": json.dumps(policy)})
    values = lambda count: [f"v{i}" for i in range(count)]
    ask("error-complexity-or-flat", {"$or": [{f"k{i}": values(50)} for i in range(4)], "a": values(5)})
    ask("error-complexity-or-nested", {"source": ["aws.cloudwatch"], "$or": [
        {"metricName": values(25), "$or": [{"x": values(5)}, {"y": values(5)}]}, {"namespace": values(25)}]})


@conditions
def validate_policy_string_operators(run):
    arn, (_, queue_arn) = topic(run), queue(run)
    run.ignore("_normalized")
    ask = lambda step, policy: run.step(step, run.sns.subscribe, TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes={
        "FilterPolicy": json.dumps(policy, separators=(",", ":"))})
    for step, condition in (
            ("is-numeric", [{"suffix": 100}]), ("empty-array", []), ("list-wrong-type", [{"suffix": ["test", "test2"]}]),
            ("is-not-list-and-operator", {"suffix": "value"}), ("is-not-list-and-no-operator", {"not-an-operator": "value"}),
            ("is-not-list-two-ops", {"suffix": "value", "prefix": "value"}), ("is-none", [{"suffix": None}]), ("empty-list", [{"suffix": []}]),
            ("bad-type", [{"cidr": ["bad-filter"]}]), ("bad-cidr-str", [{"cidr": "bad-filter"}]),
            ("bad-cidr-str-slash", [{"cidr": "bad-filter/64"}]), ("bad-cidr-str-slash-2", [{"cidr": "bad-filter/bad"}]),
            ("bad-cidr-v4", [{"cidr": "xx.11.xx/8"}]), ("bad-cidr-v6", [{"cidr": "xxxx:db8:1234:1a00::/64"}])):
        ask("error-condition-" + step, {"key": condition})


@crud
def set_subscription_filter_policy_scope(run):
    caller_is_root(run)
    made = subscribed(run, topic(run), queue(run)[1])
    change = lambda name, value: run.answer(run.sns.set_subscription_attributes, SubscriptionArn=made, AttributeName=name, AttributeValue=value)
    shown = lambda step: run.step(step, run.sns.get_subscription_attributes, SubscriptionArn=made)
    shown("sub-attrs-default")
    change("FilterPolicyScope", "MessageBody")
    shown("sub-attrs-filter-scope-body")
    run.step("sub-attrs-filter-scope-error", change("FilterPolicyScope", "RandomValue"))
    change("FilterPolicy", json.dumps({"attr": ["match-this"]}))
    shown("sub-attrs-after-setting-policy")


@crud
def sub_filter_policy_nested_property(run):
    caller_is_root(run)
    made = subscribed(run, topic(run), queue(run)[1])
    change = lambda name, value: run.answer(run.sns.set_subscription_attributes, SubscriptionArn=made, AttributeName=name, AttributeValue=value)
    nested = json.dumps({"object": {"key": [{"prefix": "auto-"}]}})
    run.step("sub-filter-policy-nested-error", change("FilterPolicy", nested))
    change("FilterPolicyScope", "MessageBody")
    change("FilterPolicy", nested)
    run.step("sub-attrs-after-setting-nested-policy", run.sns.get_subscription_attributes, SubscriptionArn=made)


@crud
def sub_filter_policy_nested_property_constraints(run):
    made = subscribed(run, topic(run), queue(run)[1], FilterPolicyScope="MessageBody")
    change = lambda value: run.answer(run.sns.set_subscription_attributes, SubscriptionArn=made, AttributeName="FilterPolicy",
                                      AttributeValue=json.dumps(value, separators=(",", ":")))
    many = {"key_a": {"key_b": {"key_c": ["value_one", "value_two", "value_three", "value_four"]}},
            "key_d": {"key_e": ["value_one", "value_two", "value_three"]}, "key_f": ["value_one", "value_two", "value_three"]}
    run.step("sub-filter-policy-nested-error-too-many-combinations", change(many))
    run.step("sub-filter-policy-max-attr-keys", change({f"key_{c}": ["value_one"] for c in "abcdef"}))
    run.step("sub-filter-policy-rule-no-list", change({"key_a": "value_one"}))
