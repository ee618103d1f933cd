"""What the cases of SQS share."""

FIFO = {"FifoQueue": "true"}


def client(run):
    return run.client("sqs", query=True) if "sqs_query" in run.param else run.sqs


def queue(run, name=None, **attributes):
    """The URL of a new queue."""
    name = name or run.unique("queue") + (".fifo" if "FifoQueue" in attributes else "")
    return run.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def arn(run, url):
    return run.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
