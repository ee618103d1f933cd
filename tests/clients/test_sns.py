"""SNS: topics, subscriptions and their attributes. Words are AWS's, of recorded answers."""

import json

import pytest
from helpers import fails, tags


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="t")["TopicArn"]


@pytest.fixture
def queue_arn(sqs):
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def attributes(sns, topic):
    return sns.get_topic_attributes(TopicArn=topic)["Attributes"]


def test_a_topic(sns, topic, account):
    assert topic == f"arn:aws:sns:us-east-1:{account}:t"
    assert sns.create_topic(Name="t")["TopicArn"] == topic
    assert sns.list_topics()["Topics"] == [{"TopicArn": topic}]
    found = attributes(sns, topic)
    policy = json.loads(found.pop("Policy"))
    assert policy["Id"] == "__default_policy_ID"
    assert policy["Statement"][0]["Condition"] == {"StringEquals": {"AWS:SourceOwner": account}}
    assert json.loads(found.pop("EffectiveDeliveryPolicy"))["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 3
    assert found == {"TopicArn": topic, "Owner": account, "DisplayName": "", "SubscriptionsConfirmed": "0",
                     "SubscriptionsPending": "0", "SubscriptionsDeleted": "0"}
    sns.delete_topic(TopicArn=topic)
    sns.delete_topic(TopicArn=topic)
    with fails("NotFound", "Topic does not exist", 404):
        attributes(sns, topic)


def test_names_and_arns_of_topics(sns, clients, topic):
    for name in ("", "a b", "a" * 257, "a.fifo"):
        with fails("InvalidParameter", "Invalid parameter: Topic Name", 400):
            sns.create_topic(Name=name)
    with fails("InvalidParameter"):
        sns.create_topic(Name="a", Attributes={"FifoTopic": "true"})
    for arn, parts in (("", 1), ("randomstring", 1), ("a:b", 2)):
        with fails("InvalidParameter",
                   f"Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not {parts}"):
            sns.publish(TopicArn=arn, Message="m")
    other = clients("sns", region="eu-west-1")
    for call in (other.delete_topic, other.get_topic_attributes, other.list_subscriptions_by_topic):
        with fails("InvalidParameter", "Invalid parameter: TopicArn"):
            call(TopicArn=topic)


def test_arns_name_the_partition(clients):
    assert clients("sns", region="cn-north-1").create_topic(Name="t")["TopicArn"].startswith("arn:aws-cn:sns:")
    assert clients("sns", region="us-gov-west-1").create_topic(Name="t")["TopicArn"].startswith("arn:aws-us-gov:sns:")


def test_attributes_of_topics(sns, topic):
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="news")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="TracingConfig", AttributeValue="Active")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="HTTPSuccessFeedbackSampleRate", AttributeValue="5")
    found = attributes(sns, topic)
    assert (found["DisplayName"], found["TracingConfig"], found["HTTPSuccessFeedbackSampleRate"]) == ("news", "Active", "5")
    for name, value in (("FifoTopic", "false"), ("Nonsense", "1"), ("ContentBasedDeduplication", "true"),
                        ("SignatureVersion", "3"), ("Policy", "{"), ("DeliveryPolicy", "{")):
        with fails("InvalidParameter"):
            sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
    with fails("InvalidParameter", "Invalid parameter: AttributeName"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="FifoTopic", AttributeValue="false")
    with fails("NotImplemented", status=501):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="ArchivePolicy", AttributeValue="{}")
    policy = json.dumps({"http": {"defaultRequestPolicy": {"headerContentType": "application/json"}}})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=policy)
    effective = json.loads(attributes(sns, topic)["EffectiveDeliveryPolicy"])["http"]
    assert effective["defaultRequestPolicy"] == {"headerContentType": "application/json"}
    with fails("InvalidParameter", "Invalid parameter: Attributes Reason: Topic already exists with different attributes"):
        sns.create_topic(Name="t", Attributes={"DisplayName": "olds"})


def test_a_fifo_topic(sns):
    topic = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    found = attributes(sns, topic)
    assert (found["FifoTopic"], found["ContentBasedDeduplication"]) == ("true", "false")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ContentBasedDeduplication", AttributeValue="true")
    assert attributes(sns, topic)["ContentBasedDeduplication"] == "true"


def test_tags(sns, topic):
    arn = sns.create_topic(Name="tagged", Tags=tags(k1="v1", k2="v2"))["TopicArn"]
    listed = lambda: sns.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert listed() == tags(k1="v1", k2="v2")
    sns.tag_resource(ResourceArn=arn, Tags=tags(k2="v2b"))
    sns.untag_resource(ResourceArn=arn, TagKeys=["k1"])
    assert listed() == tags(k2="v2b")
    with fails("InvalidParameter", "Invalid parameter: Duplicated keys are not allowed."):
        sns.tag_resource(ResourceArn=arn, Tags=tags(a="1") + tags(a="2"))
    with fails("InvalidParameter"):
        sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "aws:x", "Value": "1"}])
    with fails("TagLimitExceeded"):
        sns.tag_resource(ResourceArn=arn, Tags=[{"Key": f"k{i}", "Value": ""} for i in range(51)])
    sns.delete_topic(TopicArn=arn)
    with fails("ResourceNotFound", "Resource does not exist", 404):
        listed()


def test_permissions(sns, topic, account):
    grant = dict(TopicArn=topic, Label="test", AWSAccountId=[account], ActionName=["Publish"])
    sns.add_permission(**grant)
    statement = json.loads(attributes(sns, topic)["Policy"])["Statement"][1]
    assert statement == {"Sid": "test", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                         "Action": "SNS:Publish", "Resource": topic}
    with fails("InvalidParameter", "Invalid parameter: Statement already exists"):
        sns.add_permission(**grant)
    with fails("InvalidParameter", "Invalid parameter: Policy statement action out of service scope!"):
        sns.add_permission(**grant | {"Label": "l2", "ActionName": ["Nonsense"]})
    with fails("NotFound", "Topic does not exist"):
        sns.add_permission(**grant | {"TopicArn": topic + "x"})
    sns.remove_permission(TopicArn=topic, Label="test")
    assert len(json.loads(attributes(sns, topic)["Policy"])["Statement"]) == 1


def test_another_account_needs_the_topics_leave(sns, clients, topic):
    other = clients("sns", access_key="444455556666")
    with fails("AuthorizationError", status=403):
        other.publish(TopicArn=topic, Message="m")
    sns.add_permission(TopicArn=topic, Label="l", AWSAccountId=["444455556666"], ActionName=["Publish"])
    assert other.publish(TopicArn=topic, Message="m")["MessageId"]
    with fails("AuthorizationError", status=403):
        other.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="x")


def test_pages(sns):
    arns = {sns.create_topic(Name=f"t{i:03}")["TopicArn"] for i in range(130)}
    first = sns.list_topics()
    assert len(first["Topics"]) == 100
    listed = [t["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for t in page["Topics"]]
    assert len(listed) == 130 and set(listed) == arns
    with fails("InvalidParameter"):
        sns.list_topics(NextToken="nonsense")


def test_a_subscription(sns, topic, queue_arn, account):
    made = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)["SubscriptionArn"]
    assert made.startswith(topic + ":")
    assert sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)["SubscriptionArn"] == made
    row = {"SubscriptionArn": made, "TopicArn": topic, "Protocol": "sqs", "Endpoint": queue_arn, "Owner": account}
    assert sns.list_subscriptions()["Subscriptions"] == [row]
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [row]
    found = sns.get_subscription_attributes(SubscriptionArn=made)["Attributes"]
    assert found.pop("SubscriptionPrincipal") == f"arn:aws:iam::{account}:root"
    assert found == row | {"RawMessageDelivery": "false", "PendingConfirmation": "false",
                           "ConfirmationWasAuthenticated": "true"}
    assert attributes(sns, topic)["SubscriptionsConfirmed"] == "1"
    sns.unsubscribe(SubscriptionArn=made)
    sns.unsubscribe(SubscriptionArn=made)
    assert sns.list_subscriptions()["Subscriptions"] == []
    found = attributes(sns, topic)
    assert (found["SubscriptionsConfirmed"], found["SubscriptionsDeleted"]) == ("0", "1")
    with fails("NotFound", "Subscription does not exist", 404):
        sns.get_subscription_attributes(SubscriptionArn=made)


def test_what_can_not_be_subscribed(sns, topic, queue_arn):
    def subscribe(protocol, endpoint, **more):
        return sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, **more)

    with fails("InvalidParameter", "Invalid parameter: Amazon SNS does not support this protocol string: test-protocol"):
        subscribe("test-protocol", queue_arn)
    with fails("InvalidParameter", "Invalid parameter: SQS endpoint ARN"):
        subscribe("sqs", "http://127.0.0.1:4566/123456789012/q")
    with fails("InvalidParameter"):
        subscribe("https", "http://127.0.0.1/")
    with fails("InvalidParameter", "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not "
               "be subscribed to standard SNS topics"):
        subscribe("sqs", queue_arn + ".fifo")
    for protocol in ("firehose", "application"):
        with fails("NotImplemented", status=501):
            subscribe(protocol, queue_arn)
    with fails("NotFound", "Topic does not exist", 404):
        sns.subscribe(TopicArn=topic + "x", Protocol="sqs", Endpoint=queue_arn)
    with fails("InvalidParameter", "Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value "
               "[wrongvalue]. Must be true or false."):
        subscribe("sqs", queue_arn, Attributes={"RawMessageDelivery": "wrongvalue"})
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_nobody_reads_letters_here(sns, topic):
    """What needs a person's yes stays pending: no mail is ever sent. Text messages need none (recorded on AWS)."""
    for protocol, endpoint in (("email", "a@example.com"), ("email-json", "a@example.com")):
        assert sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)["SubscriptionArn"] == "pending confirmation"
    assert {s["SubscriptionArn"] for s in sns.list_subscriptions()["Subscriptions"]} == {"PendingConfirmation"}
    assert attributes(sns, topic)["SubscriptionsPending"] == "2"
    assert sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+123123123")["SubscriptionArn"].startswith(topic)
    shown = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True)
    assert shown["SubscriptionArn"].startswith(topic)
    with fails("NotImplemented", status=501):
        sns.publish(PhoneNumber="+123123123", Message="m")
    with fails("NotImplemented", status=501):
        sns.create_platform_application(Name="a", Platform="GCM", Attributes={"PlatformCredential": "x"})


def test_arns_of_subscriptions(sns, topic):
    for arn, message in (("randomstring", "SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"),
                         ("arn:aws:sns:us-east-1:random", "SubscriptionArn Reason: An ARN must have at least 6 elements, not 5"),
                         (topic, "SubscriptionId"),
                         ("", "SubscriptionArn Reason: no value for required parameter")):
        with fails("InvalidParameter", "Invalid parameter: " + message):
            sns.unsubscribe(SubscriptionArn=arn)


def test_attributes_of_subscriptions(sns, topic, queue_arn):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)["SubscriptionArn"]

    def put(name, value):
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)

    found = lambda: sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    put("RawMessageDelivery", "true")
    put("FilterPolicyScope", "MessageBody")
    assert "FilterPolicyScope" not in found()
    put("FilterPolicy", '{"object": {"key": [{"prefix": "auto-"}]}}')
    assert (found()["RawMessageDelivery"], found()["FilterPolicyScope"]) == ("true", "MessageBody")
    put("FilterPolicy", "{}")
    assert "FilterPolicy" not in found()
    for name, value, message in (
            ("Nonsense", "1", "AttributeName"),
            ("RawMessageDelivery", "", "RawMessageDelivery: Invalid value []. Must be true or false."),
            ("FilterPolicyScope", "RandomValue", "FilterPolicyScope: Invalid value [RandomValue]. Please use either "
             "MessageBody or MessageAttributes"),
            ("RedrivePolicy", '{"deadLetterTargetArn": "fake"}', "RedrivePolicy: deadLetterTargetArn is an invalid arn")):
        with fails("InvalidParameter", "Invalid parameter: " + message):
            put(name, value)
    with fails("InvalidParameter"):
        put("RedrivePolicy", "{invalidjson}")


def test_data_protection_and_sms_settings_are_kept(sns, topic):
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy='{"Name": "p"}')
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == '{"Name": "p"}'
    sns.set_sms_attributes(attributes={"DefaultSMSType": "Transactional"})
    assert sns.get_sms_attributes()["attributes"] == {"DefaultSMSType": "Transactional"}
    assert sns.get_sms_attributes(attributes=["DefaultSenderID"])["attributes"] == {}
    with fails("InvalidParameter", "DefaultSMSType is invalid"):
        sns.set_sms_attributes(attributes={"DefaultSMSType": "Nonsense"})
