"""SNS: topics, subscriptions, and what is refused."""

import json

from run import cases
from sns_support import queue, subscribed, topic

regions = cases("sns/test_sns.py::TestSNSMultiRegions::")
applications = cases("sns/test_sns.py::TestSNSPlatformApplicationCrud::")
publish = cases("sns/test_sns.py::TestSNSPublishCrud::")
sms = cases("sns/test_sns.py::TestSNSSMS::")
subscriptions = cases("sns/test_sns.py::TestSNSSubscriptionCrud::")
subscriptions2 = cases("sns/test_sns.py::TestSNSSubscriptionCrudV2::")
topics = cases("sns/test_sns.py::TestSNSTopicCrud::")
topics2 = cases("sns/test_sns.py::TestSNSTopicCrudV2::")


@regions
def cross_region_access(run):
    arn = topic(run)
    there = run.client("sns", region="us-west-2")
    run.step("get-topic-attrs", there.get_topic_attributes, TopicArn=arn)
    run.step("set-topic-attrs", there.set_topic_attributes, TopicArn=arn, AttributeName="DisplayName", AttributeValue="x")
    run.step("cross-region-publish-forbidden", there.publish, TopicArn=arn, Message="m")
    run.step("cross-region-subscribe", there.subscribe, TopicArn=arn, Protocol="email", Endpoint="a@example.com")
    run.step("list-subs", there.list_subscriptions_by_topic, TopicArn=arn)
    run.step("delete-topic", there.delete_topic, TopicArn=arn)


@applications
def create_platform_application_invalid_attributes(run):
    run.step("platform-application-no-attributes", run.sns.create_platform_application, Name="a", Platform="GCM")


@applications
def create_platform_application_invalid_name(run):
    name = {"empty": "", "invalid-char": "@name"}[run.param]
    run.step("invalid-application-name", run.sns.create_platform_application, Name=name, Platform="APNS",
             Attributes={"PlatformCredential": "c", "PlatformPrincipal": "p"})


@applications
def get_platform_application_attributes_invalid_arn(run):
    run.step("invalid-application-arn", run.sns.get_platform_application_attributes, PlatformApplicationArn="invalid-arn")


@applications
def set_platform_application_attributes_invalid_arn(run):
    run.step("invalid-application-arn", run.sns.set_platform_application_attributes, PlatformApplicationArn="invalid-arn",
             Attributes={"PlatformCredential": "c"})


@applications
def get_platform_application_attributes_non_existing_app(run):
    run.step("non_existing-application-arn", run.sns.get_platform_application_attributes,
             PlatformApplicationArn=f"arn:aws:sns:us-east-1:{run.account}:app/APNS/MyApplication")


@publish
def publish_batch_too_long_message(run):
    arn = topic(run)
    entry = lambda i, **more: {"Id": str(i), "Message": "a" * 200_000, **more}
    run.step("error-no-attrs", run.sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=[entry(1), entry(2)])
    attribute = {"a": {"DataType": "String", "StringValue": "x" * 100}}
    half = 256 * 1024 // 2
    entries = [{"Id": str(i), "Message": "a" * (half - 50), "MessageAttributes": attribute} for i in (1, 2)]
    run.step("error-with-attrs", run.sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=entries)


@publish
def publish_with_empty_subject(run):
    arn = topic(run)
    run.step("response-without-subject", run.sns.publish, TopicArn=arn, Message="m")
    run.step("response-with-empty-subject", run.sns.publish, TopicArn=arn, Subject="", Message="m")


@publish
def publish_wrong_arn_format(run):
    for step, arn in (("invalid-topic-arn", "randomstring"), ("invalid-topic-arn-1", "randomstring:1"), ("empty-topic", "")):
        run.step(step, run.sns.publish, TopicArn=arn, Message="m")


@publish
def topic_publish_another_region(run):
    arn, there = topic(run), run.client("sns", region="us-west-2")
    run.step("success", run.sns.publish, TopicArn=arn, Message="m")
    run.step("error", there.publish, TopicArn=arn, Message="m")
    run.step("error-batch", there.publish_batch, TopicArn=arn, PublishBatchRequestEntries=[{"Id": "1", "Message": "m"}])


@sms
def opt_in_invalid_number(run):
    run.step("opt-in-non-existing-number", run.sns.opt_in_phone_number, phoneNumber="invalid")


@sms
def opt_in_non_existing_phone_number(run):
    run.step("opt-in-non-existing-number", run.sns.opt_in_phone_number, phoneNumber="+44123456789")


@sms
def set_invalid_sms_attributes(run):
    run.step("invalid-attribute", run.sns.set_sms_attributes, attributes={"DefaultSMSType": "Foo"})


def caller_is_root(run):
    """SubscriptionPrincipal: the recordings were made by a user."""
    run.constants(**{"arn:<partition>:iam::111111111111:user/<resource:2>": f"arn:aws:iam::{run.account}:root",
                     "arn:<partition>:iam::111111111111:user/<resource:3>": f"arn:aws:iam::{run.account}:root"})


@sms
def subscribe_sms_endpoint(run):
    caller_is_root(run)
    made = run.step("subscribe-sms-endpoint", run.sns.subscribe, TopicArn=topic(run), Protocol="sms", Endpoint="+123123123", ReturnSubscriptionArn=True)
    run.step("subscribe-sms-attrs", run.sns.get_subscription_attributes, SubscriptionArn=made["SubscriptionArn"])


@subscriptions
def create_subscriptions_with_attributes(run):
    caller_is_root(run)
    to, (_, arn) = topic(run), queue(run)
    ask = {"TopicArn": to, "Protocol": "sqs", "Endpoint": arn, "ReturnSubscriptionArn": True}
    run.step("subscribe-wrong-attr", run.sns.subscribe, **ask, Attributes={"RawMessageDelivery": "wrongvalue", "FilterPolicyScope": "MessageBody"})
    made = run.step("subscribe", run.sns.subscribe, **ask, Attributes={"RawMessageDelivery": "true"})["SubscriptionArn"]
    run.step("get-attrs", run.sns.get_subscription_attributes, SubscriptionArn=made)
    run.sns.unsubscribe(SubscriptionArn=made)
    run.step("get-attrs-nonexistent-sub", run.sns.get_subscription_attributes, SubscriptionArn=made)


@subscriptions
def list_subscriptions_by_topic_pagination(run):
    to = topic(run)
    for i in range(101):
        run.sns.subscribe(TopicArn=to, Protocol="sms", Endpoint=f"+1234567{i:03}")
    token = run.sns.list_subscriptions_by_topic(TopicArn=to)["NextToken"]
    run.step("list-sub-per-topic-page-2", run.sns.list_subscriptions_by_topic, TopicArn=to, NextToken=token)


@subscriptions
def subscribe_with_invalid_protocol(run):
    run.step("exception", run.sns.subscribe, TopicArn=topic(run), Protocol="test-protocol", Endpoint="localstack@yopmail.com")


@subscriptions
def unsubscribe_from_non_existing_subscription(run):
    to = topic(run)
    run.step("empty-unsubscribe", run.sns.unsubscribe, SubscriptionArn=to + ":00000000-0000-0000-0000-000000000000")


@subscriptions
def unsubscribe_idempotency(run):
    made = subscribed(run, topic(run), queue(run)[1])
    for i in (1, 2):
        run.step(f"unsubscribe-{i}", run.sns.unsubscribe, SubscriptionArn=made)


@subscriptions
def unsubscribe_wrong_arn_format(run):
    for i, arn in enumerate(("randomstring", "arn:aws:sns:us-east-1:random", f"arn:aws:sns:us-east-1:{run.account}:random", ""), 1):
        run.step(f"invalid-unsubscribe-arn-{i}", run.sns.unsubscribe, SubscriptionArn=arn)


@subscriptions
def validate_set_sub_attributes(run):
    made = subscribed(run, topic(run), queue(run)[1])
    for step, name, value in (
            ("fake-attribute", "FakeAttribute", "test-value"), ("raw-message-wrong-value", "RawMessageDelivery", "test-ValUe"),
            ("raw-message-empty-value", "RawMessageDelivery", ""), ("invalid-json-redrive-policy", "RedrivePolicy", "{invalidjson}"),
            ("invalid-json-filter-policy", "FilterPolicy", "{invalidjson}"),
            ("fake-arn-redrive-policy", "RedrivePolicy", '{"deadLetterTargetArn": "fake-arn"}')):
        run.step(step, run.sns.set_subscription_attributes, SubscriptionArn=made, AttributeName=name, AttributeValue=value)


@subscriptions2
def creating_subscription(run):
    run.step("create-subscription", run.sns.subscribe, TopicArn=topic(run), Protocol="http", Endpoint="http://example.com/")


@subscriptions2
def creating_subscription_with_attributes(run):
    caller_is_root(run)
    made = subscribed(run, topic(run), queue(run)[1], RawMessageDelivery="true")
    run.step("subscription-with-attributes", run.sns.get_subscription_attributes, SubscriptionArn=made)


@subscriptions2
def set_subscription_attributes(run):
    caller_is_root(run)
    made = subscribed(run, topic(run), queue(run)[1])
    run.sns.set_subscription_attributes(SubscriptionArn=made, AttributeName="RawMessageDelivery", AttributeValue="true")
    run.step("set-subscription-attributes", run.sns.get_subscription_attributes, SubscriptionArn=made)


@subscriptions2
def getting_subscriptions_by_topic(run):
    first, second, (_, arn) = topic(run), topic(run), queue(run)
    for to in (first, second):
        subscribed(run, to, arn)
    run.step("list-subscriptions-by-topic", run.sns.list_subscriptions_by_topic, TopicArn=first)


@subscriptions2
def subscribe_sqs_queue_url(run):
    run.step("subscribe-sqs-via-url-error", run.sns.subscribe, TopicArn=topic(run), Protocol="sqs", Endpoint=queue(run)[0])


@subscriptions2
def subscribe_unknown_topic(run):
    run.step("subscribe-unknown-topic", run.sns.subscribe, TopicArn=f"arn:aws:sns:us-east-1:{run.account}:none", Protocol="sqs",
             Endpoint=queue(run)[1])


@subscriptions2
def unsubscribe_from_deleted_topic(run):
    to = topic(run)
    made = run.sns.subscribe(TopicArn=to, Protocol="http", Endpoint="http://example.com/")["SubscriptionArn"]
    run.sns.delete_topic(TopicArn=to)
    run.step("unsubscribe-deleted-topic", run.sns.unsubscribe, SubscriptionArn=made)


@topics
def create_topic_test_arn(run):
    arn = run.step("create-topic", run.sns.create_topic, Name=run.unique("t"))["TopicArn"]
    run.step("get-topic-attrs", run.sns.get_topic_attributes, TopicArn=arn)
    run.step("delete-topic", run.sns.delete_topic, TopicArn=arn)
    run.step("topic-not-exists", run.sns.get_topic_attributes, TopicArn=arn)


@topics
def delete_topic_idempotency(run):
    arn = topic(run)
    run.step("delete-topic", run.sns.delete_topic, TopicArn=arn)
    run.step("delete-topic-again", run.sns.delete_topic, TopicArn=arn)


def pairs(**tags):
    return [{"Key": k, "Value": v} for k, v in tags.items()]


@topics
def tags(run):
    arn = topic(run)
    listed = lambda step: run.step(step, run.sns.list_tags_for_resource, ResourceArn=arn)
    run.step("duplicate-key-error", run.sns.tag_resource, ResourceArn=arn, Tags=[*pairs(k1="v1"), *pairs(k1="v2")])
    run.sns.tag_resource(ResourceArn=arn, Tags=pairs(k1="v1", k2="v2"))
    listed("list-created-tags")
    run.sns.untag_resource(ResourceArn=arn, TagKeys=["k1"])
    listed("list-after-delete-tags")
    run.sns.tag_resource(ResourceArn=arn, Tags=pairs(k2="v2b"))
    listed("list-after-update-tags")


@topics
def tags_removed_after_deletion(run):
    name = run.unique("topic")
    arn = run.sns.create_topic(Name=name, Tags=pairs(k1="v1", k2="v2"))["TopicArn"]
    run.step("list-created-tags", run.sns.list_tags_for_resource, ResourceArn=arn)
    run.sns.delete_topic(TopicArn=arn)
    run.sns.create_topic(Name=name)
    run.step("list-empty-tags", run.sns.list_tags_for_resource, ResourceArn=arn)


@topics
def topic_delivery_policy_crud(run):
    policy = lambda **http: json.dumps({"http": http})
    arn = topic(run, DisplayName="TestTopic", FifoTopic="true", SignatureVersion="2", DeliveryPolicy=policy(
        defaultRequestPolicy={"headerContentType": "application/json"}))
    shown = lambda step: run.step(step, run.sns.get_topic_attributes, TopicArn=arn)
    change = lambda value: run.answer(run.sns.set_topic_attributes, TopicArn=arn, AttributeName="DeliveryPolicy", AttributeValue=value)
    shown("get-topic-attrs")
    run.step("set-topic-attrs", change(policy(defaultHealthyRetryPolicy={"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1})))
    shown("get-topic-attrs-after-update")
    run.step("set-topic-attrs-none", change(policy(defaultHealthyRetryPolicy=None)))
    shown("get-topic-attrs-after-none")
    run.step("set-topic-attrs-full-none", change(""))
    shown("get-topic-attrs-after-delete")


@topics2
def add_permission_errors(run):
    ask = {"TopicArn": topic(run), "AWSAccountId": [run.account], "Label": "test", "ActionName": ["Publish"]}
    run.sns.add_permission(**ask)
    run.step("duplicate-label", run.sns.add_permission, **ask)
    run.step("topic-not-found", run.sns.add_permission, **{**ask, "TopicArn": ask["TopicArn"] + "-none", "Label": "test-2"})
    run.step("invalid-action", run.sns.add_permission, **{**ask, "Label": "test-2", "ActionName": ["InvalidAction"]})


@topics2
def remove_permission_errors(run):
    run.step("topic-not-found", run.sns.remove_permission, TopicArn=topic(run) + "-none", Label="test")


@topics2
def topic_add_permission(run):
    arn = topic(run)
    run.step("add-permission-response", run.sns.add_permission, TopicArn=arn, AWSAccountId=[run.account], Label="test", ActionName=["Publish"])
    run.step("topic-policy-after-permission", run.sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])


@topics2
def topic_remove_permission(run):
    arn = topic(run)
    run.sns.add_permission(TopicArn=arn, AWSAccountId=[run.account], Label="test", ActionName=["Publish"])
    run.sns.remove_permission(TopicArn=arn, Label="test")
    run.step("topic-policy", run.sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])


@topics2
def create_topic_should_be_idempotent(run):
    name = run.unique("topic")
    arn = run.sns.create_topic(Name=name)["TopicArn"]
    run.sns.set_topic_attributes(TopicArn=arn, AttributeName="DisplayName", AttributeValue="AlreadySet")
    run.step("topic-attrs-idempotent-1", run.sns.get_topic_attributes, TopicArn=arn)
    run.sns.create_topic(Name=name)
    run.step("topic-attrs-idempotent-2", run.sns.get_topic_attributes, TopicArn=arn)


@topics2
def topic_get_attributes_with_fifo_false(run):
    arn = topic(run, FifoTopic="false")
    run.step("get-attrs-standard-topic", run.sns.get_topic_attributes, TopicArn=arn)
    run.step("set-fifo-false-after-creation", run.sns.set_topic_attributes, TopicArn=arn, AttributeName="FifoTopic", AttributeValue="false")
