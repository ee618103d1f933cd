"""SQS, over JSON and over the query protocol of older clients."""

import time

from run import cases
from sqs_support import FIFO, client, queue

sqs = cases("sqs/test_sqs.py::TestSqsProvider::")


@sqs
def aws_trace_header_propagation(run):
    url = queue(run)
    run.ignore("MessageAttributes", "MD5OfMessageAttributes")
    run.sqs.send_message(QueueUrl=url, MessageBody="test", MessageAttributes={
        "timestamp": {"StringValue": "1493147359900", "DataType": "Number"}}, MessageSystemAttributes={
        "AWSTraceHeader": {"StringValue": "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1", "DataType": "String"}})
    found = run.sqs.receive_message(QueueUrl=url, AttributeNames=["SentTimestamp", "AWSTraceHeader"], MessageAttributeNames=["All"])
    run.step("xray-msg", found["Messages"][0])


@sqs
def change_message_visibility_after_visibility_timeout_expiration(run):
    url = queue(run, VisibilityTimeout="1")
    run.sqs.send_message(QueueUrl=url, MessageBody="foobar")
    handle = run.sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    time.sleep(1.2)
    run.step("visibility_timeout_expired", run.sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=2)


@sqs
def create_queue_with_different_attributes_raises_exception(run):
    url = queue(run, "q", DelaySeconds="1")
    run.step("create_queue_01", run.sqs.create_queue, QueueName="q", Attributes={"DelaySeconds": "2"})
    run.sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "2"})
    run.step("create_queue_02", run.sqs.create_queue, QueueName="q", Attributes={"DelaySeconds": "1"})


@sqs
def create_standard_queue_with_fifo_attribute_raises_error(run):
    for step, name, value in (("invalid-attribute-content-based-deduplication", "ContentBasedDeduplication", "false"),
                              ("invalid-attribute-deduplication-scope", "DeduplicationScope", "messageGroup"),
                              ("invalid-attribute-fifo-queue", "FifoQueue", "false"),
                              ("invalid-attribute-throughput-limit", "FifoThroughputLimit", "perMessageGroupId")):
        run.step(step, run.sqs.create_queue, QueueName="q", Attributes={name: value})


@sqs
def delete_after_visibility_timeout(run):
    url = queue(run, VisibilityTimeout="1")
    run.sqs.send_message(QueueUrl=url, MessageBody="foobar")
    handle = run.sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    time.sleep(1.2)
    run.sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    run.step("delete_after_timeout_queue_empty", run.sqs.receive_message, QueueUrl=url)


@sqs
def delete_message_batch_invalid_msg_id(run):
    sqs = client(run)
    id = run.param.partition("-")[2]
    run.step("error_response", sqs.delete_message_batch, QueueUrl=queue(run), Entries=[{"Id": id, "ReceiptHandle": "testHandle1"}])


@sqs
def delete_message_batch_with_too_large_batch(run):
    entries = [{"Id": f"id-{i}", "ReceiptHandle": "x"} for i in range(20)]
    run.step("error_response", client(run).delete_message_batch, QueueUrl=queue(run), Entries=entries)


@sqs
def invalid_batch_id(run):
    run.step("test_invalid_batch_id", client(run).send_message_batch, QueueUrl=queue(run), Entries=[
        {"Id": "1", "MessageBody": "a"}, {"Id": "invalid:id", "MessageBody": "b"}])


@sqs
def message_system_attribute_names_with_attribute_names(run):
    url = queue(run, VisibilityTimeout="0")
    run.sqs.send_message(QueueUrl=url, MessageBody="msg")
    run.step("same_values", run.sqs.receive_message, QueueUrl=url, AttributeNames=["All"], MessageSystemAttributeNames=["All"])
    run.step("different_values", run.sqs.receive_message, QueueUrl=url, AttributeNames=["SenderId"], MessageSystemAttributeNames=["All"])


@sqs
def receive_empty_queue(run):
    url = queue(run)
    run.step("empty_short_poll_resp_no_param", run.sqs.receive_message, QueueUrl=url)
    run.step("empty_short_poll_resp", run.sqs.receive_message, QueueUrl=url, WaitTimeSeconds=0)
    run.step("empty_long_poll_resp", run.sqs.receive_message, QueueUrl=url, WaitTimeSeconds=1)


def names_of_system_attributes(run, parameter):
    url, sqs = queue(run, VisibilityTimeout="0"), client(run)
    sqs.send_message(QueueUrl=url, MessageBody="msg", MessageAttributes={"Foo": {"DataType": "String", "StringValue": "Bar"}})
    for step, names, more in (("all_attributes", ["All"], {}),
                              ("all_system_and_message_attributes", ["All"], {"MessageAttributeNames": ["All"]}),
                              ("single_attribute", ["SenderId"], {}), ("multiple_attributes", ["SenderId", "SequenceNumber"], {})):
        run.step(step, sqs.receive_message, QueueUrl=url, **{parameter: names}, **more)


@sqs
def receive_message_attribute_names_filters(run):
    names_of_system_attributes(run, "AttributeNames")


@sqs
def receive_message_message_system_attribute_names_filters(run):
    names_of_system_attributes(run, "MessageSystemAttributeNames")


@sqs
def receive_message_message_attribute_names_filters(run):
    url, sqs = queue(run, VisibilityTimeout="0"), client(run)
    text = lambda value: {"DataType": "String", "StringValue": value}
    run.step("send_message_response", sqs.send_message, QueueUrl=url, MessageBody="msg", MessageAttributes={
        "Help.Me": text("Me"), "Hello": text("There"), "General": text("Kenobi")})
    ask = lambda *names: run.answer(sqs.receive_message, QueueUrl=url, MessageAttributeNames=list(names))
    first = lambda *names: ask(*names)["Messages"][0]
    run.step("empty_filter", ask())
    run.step("all_name", ask("All"))
    run.step("all_wildcard_asterisk", first("*"))
    run.step("all_wildcard", first(".*"))
    run.step("only_non_existing_names", first("Foo", "Bar"))
    run.step("only_existing", first("Hello", "General"))
    run.step("existing_and_non_existing", first("Foo", "Hello"))
    run.step("prefix_filter", first("Hel.*"))
    run.step("illegal_name_1", ask("AWS."))
    run.step("illegal_name_2", ask(".foo"))


@sqs
def send_empty_message(run):
    run.step("send_empty_message", client(run).send_message, QueueUrl=queue(run), MessageBody="")


@sqs
def send_message_batch_with_oversized_contents(run):
    run.step("send_oversized_message_batch", client(run).send_message_batch, QueueUrl=queue(run), Entries=[
        {"Id": "1", "MessageBody": "a" * 1048576}, {"Id": "2", "MessageBody": "a"}])


@sqs
def send_message_batch_with_oversized_contents_with_updated_maximum_message_size(run):
    run.ignore("MD5OfMessageAttributes", "MD5OfMessageBody")
    url = queue(run, MaximumMessageSize="2048")
    run.step("send_oversized_message_batch", client(run).send_message_batch, QueueUrl=url, Entries=[
        {"Id": "1", "MessageBody": "a" * 2000, "MessageAttributes": {"k": {"DataType": "String", "StringValue": "x"}}},
        {"Id": "2", "MessageBody": "a"}])


@sqs
def send_message_to_standard_queue_with_invalid_message_group_id(run):
    group = {"empty": "", "too_long": "a" * 129}[run.param]
    run.step("error-response", run.sqs.send_message, QueueUrl=queue(run), MessageBody="x", MessageGroupId=group)


@sqs
def send_message_with_binary_attributes(run):
    url = queue(run)
    run.sqs.send_message(QueueUrl=url, MessageBody="test", MessageAttributes={"attr1": {
        "BinaryValue": b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01", "DataType": "Binary"}})
    run.step("binary-attrs-msg", run.sqs.receive_message, QueueUrl=url, MessageAttributeNames=["All"])


@sqs
def send_message_with_empty_string_attribute(run):
    run.step("empty-string-attr", run.sqs.send_message, QueueUrl=queue(run), MessageBody="test",
             MessageAttributes={"ErrorDetails": {"StringValue": "", "DataType": "String"}})


@sqs
def send_receive_max_number_of_messages(run):
    run.step("send_max_number_of_messages", client(run).receive_message, QueueUrl=queue(run), MaxNumberOfMessages=11)


@sqs
def send_receive_wait_time_seconds(run):
    url, sqs = queue(run), client(run)
    run.step("recieve_message_error_too_large", sqs.receive_message, QueueUrl=url, WaitTimeSeconds=21)
    run.step("recieve_message_error_too_small", sqs.receive_message, QueueUrl=url, WaitTimeSeconds=-1)
    for step, more in (("empty_short_poll_by_default_resp", {}), ("empty_short_poll_explicit_resp", {"WaitTimeSeconds": 0})):
        sqs.send_message(QueueUrl=url, MessageBody="message")
        run.step(step, sqs.receive_message, QueueUrl=url, **more)


@sqs
def set_queue_attributes_default_values(run):
    url, sqs = queue(run), client(run)
    ask = {"QueueUrl": url, "AttributeNames": ["All"]}
    run.step("get-queue-attributes-initial-values", sqs.get_queue_attributes, **ask)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "testKeyId", "KmsDataKeyReusePeriodSeconds": "6000"})
    run.step("get-queue-attributes-after-update", sqs.get_queue_attributes, **ask)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "", "KmsDataKeyReusePeriodSeconds": ""})
    run.step("get-queue-attributes-after-set-to-defaults", sqs.get_queue_attributes, **ask)


@sqs
def set_unsupported_attribute_fifo(run):
    sqs = client(run)
    run.step("invalid-attr-name-1", sqs.set_queue_attributes, QueueUrl=queue(run), Attributes={"FifoQueue": "true"})
    run.step("invalid-attr-name-2", sqs.set_queue_attributes, QueueUrl=queue(run, **FIFO), Attributes={"FifoQueue": "false"})


@sqs
def set_unsupported_attribute_standard(run):
    sqs, url = client(run), queue(run)
    run.step("invalid-attr-name-1", sqs.set_queue_attributes, QueueUrl=url, Attributes={"FifoQueue": "true"})
    run.step("invalid-attr-name-2", sqs.set_queue_attributes, QueueUrl=url, Attributes={"FifoQueue": "false"})


@sqs
def sqs_permission_lifecycle(run):
    url, sqs = queue(run), client(run)
    run.constants(**{"668614515564": run.other})
    first, second = "crossaccountpermission", "crossaccountpermission2"
    add = lambda label, *accounts: sqs.add_permission(
        QueueUrl=url, Label=label, Actions=["ReceiveMessage"], AWSAccountIds=list(accounts))
    policy = lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    remove = lambda label: run.answer(sqs.remove_permission, QueueUrl=url, Label=label)
    run.step("add-permission-response", add(first, run.other, run.account))
    run.any_order("AWS")
    run.step("get-queue-policy-attribute", policy())
    run.step("remove-permission-response", remove(first))
    run.step("get-queue-policy-attribute-after-removal", policy())
    add(first, run.account)
    run.step("get-queue-policy-attribute-first-account-same-label", policy())
    run.step("get-queue-policy-attribute-second-account-same-label", run.answer(add, first, run.other))
    add(second, run.account)
    run.step("get-queue-policy-attribute-second-account-different-label", policy())
    remove(first)
    run.step("get-queue-policy-attribute-delete-first-permission", policy())
    remove(second)
    run.step("get-queue-policy-attribute-delete-second-permission", policy())
    run.step("get-queue-policy-attribute-delete-non-existent-label", remove(second))


@sqs
def sse_kms_and_sqs_are_mutually_exclusive(run):
    url = queue(run, KmsMasterKeyId="testKeyId", SqsManagedSseEnabled="false")
    run.step("error", run.words(run.sqs.set_queue_attributes, QueueUrl=url, Attributes={
        "KmsMasterKeyId": "testKeyId", "SqsManagedSseEnabled": "true"}))


@sqs
def sse_queue_attributes(run):
    ask = ["KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"]
    url = queue(run, KmsMasterKeyId="testKeyId", KmsDataKeyReusePeriodSeconds="6000", SqsManagedSseEnabled="false")
    run.step("sse_kms_attributes", run.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=ask)
    url = queue(run)
    run.sqs.set_queue_attributes(QueueUrl=url, Attributes={"SqsManagedSseEnabled": "true"})
    run.step("sse_sqs_attributes", run.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=ask)


@sqs
def successive_purge_calls_fail(run):
    url = queue(run)
    client(run).purge_queue(QueueUrl=url)
    run.step("purge_queue_error", client(run).purge_queue, QueueUrl=url)


@sqs
def tag_untag_queue(run):
    url, sqs = queue(run), client(run)
    sqs.tag_queue(QueueUrl=url, Tags={"tag1": "value1", "tag2": "value2", "tag3": ""})
    run.step("get-tag-1", sqs.list_queue_tags, QueueUrl=url)
    sqs.untag_queue(QueueUrl=url, TagKeys=["tag1", "tag3"])
    run.step("get-tag-2", sqs.list_queue_tags, QueueUrl=url)
    sqs.untag_queue(QueueUrl=url, TagKeys=["tag2"])
    run.step("get-tag-after-untag", sqs.list_queue_tags, QueueUrl=url)


@sqs
def too_many_entries_in_batch_request(run):
    entries = [{"Id": f"id-{i}", "MessageBody": "m"} for i in range(20)]
    run.step("test_too_many_entries_in_batch_request", client(run).send_message_batch, QueueUrl=queue(run), Entries=entries)
