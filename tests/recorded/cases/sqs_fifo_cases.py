"""SQS: FIFO queues, and messages that are moved from dead-letter queues."""

import json
import time

from run import cases
from sqs_support import FIFO, arn, client, queue

sqs = cases("sqs/test_sqs.py::TestSqsProvider::")
move = cases("sqs/test_sqs_move_task.py::")


def deduplicated_by_group(run):
    """Two messages of one deduplication id, in two groups of a queue that tells groups apart."""
    url = queue(run, **FIFO, DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    sqs = client(run)
    for group in ("1", "2"):
        sqs.send_message(QueueUrl=url, MessageBody=f"Test{group}", MessageGroupId=f"group-{group}", MessageDeduplicationId="1")
    for group in ("1", "2"):
        found = run.step(f"same-dedup-different-grp-{group}", sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=1)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=found["Messages"][0]["ReceiptHandle"])
    return url


@sqs
def fifo_high_throughput_ordering(run):
    deduplicated_by_group(run)


@sqs
def fifo_change_to_regular_throughput_after_creation(run):
    url, sqs = deduplicated_by_group(run), client(run)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoThroughputLimit": "perQueue", "DeduplicationScope": "queue"})
    run.step("set-to-regular-throughput", sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    for group in ("3", "4"):
        sqs.send_message(QueueUrl=url, MessageBody=f"Test{group}", MessageGroupId=f"group-{group}", MessageDeduplicationId="2")
    run.step("same-dedup-different-grp-regular-throughput", sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=10)


@sqs
def fifo_deduplication_arrives_once_after_delete(run):
    url, sqs = queue(run, **FIFO, ContentBasedDeduplication="true"), client(run)
    send = lambda: sqs.send_message(QueueUrl=url, MessageBody='{"foo": "bar"}', MessageGroupId="g", MessageDeduplicationId="d")
    send()
    found = run.step("get-messages", sqs.receive_message, QueueUrl=url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=found["Messages"][0]["ReceiptHandle"])
    send()
    run.step("get-messages-duplicate", sqs.receive_message, QueueUrl=url)


@sqs
def fifo_delete_after_visibility_timeout(run):
    url, sqs = queue(run, **FIFO, ContentBasedDeduplication="true", VisibilityTimeout="1"), client(run)
    sqs.send_message(QueueUrl=url, MessageBody="foobar", MessageGroupId="1")
    found = run.step("received_sqs_message", sqs.receive_message, QueueUrl=url)
    time.sleep(1.2)
    run.step("delete_after_timeout_fifo", sqs.delete_message, QueueUrl=url, ReceiptHandle=found["Messages"][0]["ReceiptHandle"])


@sqs
def fifo_delete_after_visibility_timeout_extended(run):
    url, sqs = queue(run, **FIFO, ContentBasedDeduplication="true", VisibilityTimeout="1"), client(run)
    sqs.send_message(QueueUrl=url, MessageBody="foobar", MessageGroupId="1")
    found = run.step("received_sqs_message", sqs.receive_message, QueueUrl=url)
    handle = found["Messages"][0]["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=30)
    time.sleep(1.2)
    run.step("delete_after_timeout_fifo_extended", sqs.delete_message, QueueUrl=url, ReceiptHandle=handle)


@sqs
def fifo_group_visibility_extends_with_change_message_visibility(run):
    url, sqs = queue(run, **FIFO, ContentBasedDeduplication="true", VisibilityTimeout="30"), client(run)
    which, state = run.param.split("-")[1:]
    for body in ("foo", "bar", "baz"):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="1")
    found = run.step("receive_all_messages", sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    if which in "012":
        shown = range(int(which)) if state == "visible" else range(int(which))
        for i in shown:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=found[i]["ReceiptHandle"], VisibilityTimeout=0)
    elif which == "no":
        for i in (0, 1):
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=found[i]["ReceiptHandle"], VisibilityTimeout=0)
    run.step("some-messages-invisible", sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=2)


@sqs
def fifo_message_attributes(run):
    url, sqs = queue(run, **FIFO, ContentBasedDeduplication="true", VisibilityTimeout="0"), client(run)
    run.step("send_message", sqs.send_message, QueueUrl=url, MessageBody="message-body-1", MessageGroupId="group-1", MessageDeduplicationId="dedup-1")
    for i in (0, 1):
        run.step(f"receive_message_{i}", sqs.receive_message, QueueUrl=url, AttributeNames=["All"])


@sqs
def fifo_queue_send_message_with_delay_seconds_fails(run):
    url = queue(run, **FIFO, ContentBasedDeduplication="true")
    run.step("send_message", client(run).send_message, QueueUrl=url, MessageBody="message-1", DelaySeconds=2, MessageGroupId="1")


@sqs
def fifo_queue_send_message_with_zero_delay_defaults_to_queue_delay(run):
    url, sqs = queue(run, **FIFO, ContentBasedDeduplication="true", DelaySeconds="2"), client(run)
    run.step("send_message_result", sqs.send_message, QueueUrl=url, MessageBody="message-1", DelaySeconds=0, MessageGroupId="1")
    run.step("receive_message_initial_result", sqs.receive_message, QueueUrl=url)
    time.sleep(2.2)
    run.step("receive_message_after_delay_result", sqs.receive_message, QueueUrl=url)


@sqs
def fifo_set_content_based_deduplication_strategy(run):
    url, sqs = queue(run, **FIFO, ContentBasedDeduplication="true"), client(run)
    run.step("before-update", sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"ContentBasedDeduplication": "false"})
    run.step("after-update", sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["All"])


@sqs
def message_deduplication_id_invalid(run):
    url = queue(run, **FIFO)
    run.step("error-response", run.sqs.send_message, QueueUrl=url, MessageBody="x", MessageGroupId="g",
             MessageDeduplicationId={"empty": ""}[run.param])


@sqs
def send_batch_missing_deduplication_id_for_fifo_queue(run):
    url = queue(run, **FIFO, ContentBasedDeduplication="false")
    run.step("test_missing_deduplication_id_for_fifo_queue", client(run).send_message_batch, QueueUrl=url, Entries=[
        {"Id": "1", "MessageBody": "a", "MessageGroupId": "g", "MessageDeduplicationId": "d"},
        {"Id": "2", "MessageBody": "b", "MessageGroupId": "g"}])


@sqs
def send_batch_missing_message_group_id_for_fifo_queue(run):
    url = queue(run, **FIFO, ContentBasedDeduplication="true")
    run.step("test_missing_message_group_id_for_fifo_queue", client(run).send_message_batch, QueueUrl=url, Entries=[
        {"Id": "1", "MessageBody": "a", "MessageGroupId": "g"}, {"Id": "2", "MessageBody": "b"}])


def dead_letters(run, sources=1):
    """A dead-letter queue's ARN and URL, with its sources' ARNs and URLs."""
    url = queue(run, run.unique("dlq"))
    dead = arn(run, url)
    redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 1})
    made = [queue(run, RedrivePolicy=redrive, VisibilityTimeout="0") for _ in range(sources)]
    return dead, url, [(arn(run, u), u) for u in made]


def die(run, url, count):
    """Sends count messages that are received once too often."""
    for i in range(count):
        run.sqs.send_message(QueueUrl=url, MessageBody=f"message-{i}")
    for _ in range(2):
        run.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)


def settled(run, source):
    for _ in range(100):
        found = run.sqs.list_message_move_tasks(SourceArn=source)
        if found["Results"][0]["Status"] != "RUNNING":
            return found
        time.sleep(0.1)
    raise AssertionError(f"still running: {found}")


@move
def cancel_with_invalid_task_handle(run):
    run.step("error", run.sqs.cancel_message_move_task, TaskHandle="foobared")


@move
def destination_needs_to_exist(run):
    dead, _, _ = dead_letters(run)
    run.step("error", run.sqs.start_message_move_task, SourceArn=dead, DestinationArn=dead.rpartition(":")[0] + ":nowhere")


@move
def move_task_workflow_with_default_destination(run):
    dead, _, [(source, url)] = dead_letters(run)
    run.step("source-arn", dead)
    run.step("original-source", source)
    die(run, url, 2)
    run.step("start-message-move-task-response", run.sqs.start_message_move_task, SourceArn=dead)
    run.step("list-message-move-task-response", settled(run, dead))


@move
def move_task_workflow_with_multiple_sources_as_default_destination(run):
    dead, _, sources = dead_letters(run, 2)
    run.step("source-arn", dead)
    for i, (source, url) in enumerate(sources, 1):
        run.step(f"original-source-{i}", source)
        die(run, url, 2)
    run.step("start-message-move-task-response", run.sqs.start_message_move_task, SourceArn=dead)
    run.step("list-message-move-task-response", settled(run, dead))


@move
def move_task_delete_destination_queue_while_running(run):
    dead, _, [(_, url)] = dead_letters(run)
    die(run, url, 10)
    to = queue(run)
    run.sqs.start_message_move_task(SourceArn=dead, DestinationArn=arn(run, to), MaxNumberOfMessagesPerSecond=1)
    time.sleep(2.5)
    run.sqs.delete_queue(QueueUrl=to)
    run.ignore("ApproximateNumberOfMessagesMoved")
    run.step("list", settled(run, dead))


@move
def source_needs_redrive_policy(run):
    run.step("error", run.sqs.start_message_move_task, SourceArn=arn(run, queue(run)), DestinationArn=arn(run, queue(run)))


@move
def start_multiple_move_tasks(run):
    dead, _, [(source, url)] = dead_letters(run)
    die(run, url, 10)
    ask = {"SourceArn": dead, "MaxNumberOfMessagesPerSecond": 1}
    run.sqs.start_message_move_task(**ask)
    run.step("error", run.sqs.start_message_move_task, **ask)
