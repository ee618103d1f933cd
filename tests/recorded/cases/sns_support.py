"""What the cases of SNS share: topics, queues that they may write to, and what arrives there."""

import json
import time

DOMAINS = "<cert-domain>", "<unsubscribe-domain>", "<subscribe-domain>"


def topic(run, **attributes):
    name = run.unique("topic") + (".fifo" if attributes.get("FifoTopic") == "true" else "")
    return run.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]


def queue(run, sns_region=None, **attributes):
    """URL and ARN of a queue that any topic may write to."""
    name = run.unique("queue") + (".fifo" if "FifoQueue" in attributes else "")
    url = run.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{run.account}:{name}"
    run.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]})})
    return url, arn


def subscribed(run, to, arn, **attributes):
    return run.sns.subscribe(TopicArn=to, Protocol="sqs", Endpoint=arn, Attributes=attributes, ReturnSubscriptionArn=True)["SubscriptionArn"]


def received(run, url, count=1, seconds=10, **more):
    """An answer with `count` messages, as they arrive; each is deleted."""
    answer, messages = {}, []
    for _ in range(int(seconds * 5)):
        answer = run.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **more)
        for message in answer.get("Messages", []):
            run.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            messages.append(message)
        if len(messages) >= count:
            break
        time.sleep(0.2)
    return {**answer, "Messages": messages} if messages else answer


ALL = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
