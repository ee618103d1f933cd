"""Lambda: events that are queued, tried again and given up; queues that are polled."""

import json

import pytest
from functions_support import allow, until
from helpers import fails

# Writes what it got into the queue that the variable names, then fails if the event says so.
RECORDER = """
import boto3, json, os
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(
        {"event": event, "request": context.aws_request_id}))
    if isinstance(event, dict) and event.get("fail"):
        raise Exception("on purpose")
    if "Records" in (event or {}) and any("fail" in r["body"] for r in event["Records"]):
        if any("whole" in r["body"] for r in event["Records"]):
            raise Exception("on purpose")
        return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in event["Records"] if "fail" in r["body"]]}
    return {"ok": True}
"""


@pytest.fixture
def seen(sqs):
    """The messages that the recorder has sent so far are taken by calling it."""
    url = sqs.create_queue(QueueName="seen")["QueueUrl"]

    def take(count):
        found = []

        def look():
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return len(found) >= count

        until(look)
        return found

    take.url = url
    return take


@pytest.fixture
def recorder(make, iam, seen):
    make(RECORDER, Environment={"Variables": {"SEEN": seen.url}}, Timeout=20)
    allow(iam, "runs", "sqs:*", "lambda:InvokeFunction")
    return "worker"


def queue(sqs, name, account, **attributes):
    return (sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"], f"arn:aws:sqs:us-east-1:{account}:{name}")


def receive(sqs, url, **more):
    return until(lambda: sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], **more).get("Messages"))


def test_an_event_is_taken_and_run(functions, recorder, seen):
    answer = functions.invoke(FunctionName=recorder, InvocationType="Event", Payload=b'{"n": 1}')
    assert answer["StatusCode"] == 202 and answer["Payload"].read() == b""
    run, = seen(1)
    assert run == {"event": {"n": 1}, "request": answer["ResponseMetadata"]["RequestId"]}


def test_a_failed_event_is_tried_twice_more_then_told(functions, recorder, seen, sqs, account):
    failed_url, failed = queue(sqs, "failed", account)
    dead_url, dead = queue(sqs, "dead", account)
    functions.put_function_event_invoke_config(FunctionName=recorder, DestinationConfig={"OnFailure": {"Destination": failed}})
    functions.update_function_configuration(FunctionName=recorder, DeadLetterConfig={"TargetArn": dead})
    functions.invoke(FunctionName=recorder, InvocationType="Event", Payload=b'{"fail": 1}')
    runs = seen(3)
    assert len({r["request"] for r in runs}) == 1
    record = json.loads(receive(sqs, failed_url)[0]["Body"])
    assert record["requestContext"] == {"requestId": runs[0]["request"], "condition": "RetriesExhausted",
                                        "approximateInvokeCount": 3,
                                        "functionArn": f"arn:aws:lambda:us-east-1:{account}:function:worker:$LATEST"}
    assert record["requestPayload"] == {"fail": 1} and record["version"] == "1.0"
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert record["responsePayload"]["errorMessage"] == "on purpose"
    letter = receive(sqs, dead_url)[0]
    assert json.loads(letter["Body"]) == {"fail": 1}
    told = {name: a["StringValue"] for name, a in letter["MessageAttributes"].items()}
    assert told == {"RequestID": runs[0]["request"], "ErrorCode": "200", "ErrorMessage": "on purpose"}


def test_no_retries_and_a_destination_of_successes(functions, recorder, seen, sqs, account):
    done_url, done = queue(sqs, "done", account)
    functions.put_function_event_invoke_config(FunctionName=recorder, MaximumRetryAttempts=0, DestinationConfig={
        "OnSuccess": {"Destination": done}, "OnFailure": {"Destination": done}})
    functions.invoke(FunctionName=recorder, InvocationType="Event", Payload=b"{}")
    record = json.loads(receive(sqs, done_url)[0]["Body"])
    assert record["requestContext"]["condition"] == "Success" and record["responsePayload"] == {"ok": True}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    functions.invoke(FunctionName=recorder, InvocationType="Event", Payload=b'{"fail": 1}')
    def failed():
        records = [json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=done_url).get("Messages", [])]
        return [r for r in records if r["requestContext"]["condition"] == "RetriesExhausted"]
    assert until(failed)[0]["requestContext"]["approximateInvokeCount"] == 1
    assert len(seen(2)) == 2


def test_a_queue_is_polled(functions, recorder, seen, sqs, account):
    url, arn = queue(sqs, "work", account)
    made = functions.create_event_source_mapping(EventSourceArn=arn, FunctionName=recorder)
    assert {k: made[k] for k in ("BatchSize", "State", "StateTransitionReason", "EventSourceArn", "MaximumBatchingWindowInSeconds")} == {
        "BatchSize": 10, "State": "Creating", "StateTransitionReason": "USER_INITIATED", "EventSourceArn": arn,
        "MaximumBatchingWindowInSeconds": 0}
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert functions.get_event_source_mapping(UUID=made["UUID"])["State"] == "Enabled"
    sqs.send_message(QueueUrl=url, MessageBody="hello", MessageAttributes={"k": {"DataType": "String", "StringValue": "v"}})
    run, = seen(1)
    record, = run["event"]["Records"]
    assert record["body"] == "hello" and record["eventSource"] == "aws:sqs" and record["eventSourceARN"] == arn
    assert record["awsRegion"] == "us-east-1" and record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["k"]["stringValue"] == "v"
    def is_empty():
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"
    until(is_empty)
    assert until(lambda: functions.get_event_source_mapping(UUID=made["UUID"]).get("LastProcessingResult")) == "OK"
    # Switched off it polls no more, and on again it does.
    assert functions.update_event_source_mapping(UUID=made["UUID"], Enabled=False)["State"] == "Disabling"
    assert functions.get_event_source_mapping(UUID=made["UUID"])["State"] == "Disabled"
    assert functions.update_event_source_mapping(UUID=made["UUID"], Enabled=True)["State"] == "Enabling"
    sqs.send_message(QueueUrl=url, MessageBody="again")
    assert seen(1)[0]["event"]["Records"][0]["body"] == "again"
    assert [m["UUID"] for m in functions.list_event_source_mappings(FunctionName=recorder)["EventSourceMappings"]] == [made["UUID"]]
    assert functions.delete_event_source_mapping(UUID=made["UUID"])["State"] == "Deleting"
    with fails("ResourceNotFoundException", "The resource you requested does not exist."):
        functions.get_event_source_mapping(UUID=made["UUID"])


def test_what_a_function_reports_as_failed_stays_in_the_queue(functions, recorder, seen, sqs, account):
    dead_url, dead = queue(sqs, "dead", account)
    url, arn = queue(sqs, "work", account, VisibilityTimeout="20",
                     RedrivePolicy=json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": "1"}))
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "MessageBody": body} for i, body in enumerate(["good", "fail"])])
    functions.create_event_source_mapping(EventSourceArn=arn, FunctionName=recorder, FunctionResponseTypes=["ReportBatchItemFailures"])
    runs = seen(1)
    def deleted():
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == ("0", "1")
    until(deleted)
    assert sorted(r["body"] for run in runs for r in run["event"]["Records"])[0] in ("fail", "good")


@pytest.mark.parametrize("change, message", [
    ({"BatchSize": 11}, "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"),
    ({"StartingPosition": "LATEST"}, "Unsupported parameter StartingPosition for given event source mapping type."),
    ({"EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:nowhere"}, "...The specified queue does not exist."),
])
def test_mappings_that_are_refused(functions, recorder, sqs, account, change, message):
    url, arn = queue(sqs, "work", account)
    if "EventSourceArn" in change:
        change = {"EventSourceArn": arn + "-not"}
    with fails("InvalidParameterValueException", message):
        functions.create_event_source_mapping(**{"EventSourceArn": arn, "FunctionName": recorder, **change})
    assert functions.list_event_source_mappings()["EventSourceMappings"] == []


def test_a_queue_whose_messages_come_back_too_soon(functions, recorder, sqs, account):
    url, arn = queue(sqs, "quick", account, VisibilityTimeout="5")
    with fails("InvalidParameterValueException",
               "Queue visibility timeout: 5 seconds is less than Function timeout: 20 seconds"):
        functions.create_event_source_mapping(EventSourceArn=arn, FunctionName=recorder)


def test_sources_that_are_not_polled_here_are_refused(functions, recorder, sqs, account):
    with fails("NotImplemented"):
        functions.create_event_source_mapping(EventSourceArn=f"arn:aws:kinesis:us-east-1:{account}:stream/s", FunctionName=recorder,
                                              StartingPosition="LATEST")


@pytest.mark.parametrize("pattern, wanted", [
    ({"body": {"n": [{"numeric": [">", 5]}]}}, ['{"n": 6}']),
    ({"body": ["plain"]}, ["plain"]),
    ({"body": {"k": [{"exists": False}]}}, ['{"n": 6}', '{"n": 1}']),
])
def test_filters(functions, recorder, seen, sqs, account, pattern, wanted):
    url, arn = queue(sqs, "work", account)
    functions.create_event_source_mapping(EventSourceArn=arn, FunctionName=recorder,
                                          FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    for body in ('{"n": 6}', '{"n": 1}', "plain"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    def is_empty():
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"
    until(is_empty)
    runs = seen(1)
    assert sorted(r["body"] for run in runs for r in run["event"]["Records"])[:1] == sorted(wanted)[:1]
    assert not any(r["body"] not in wanted for run in runs for r in run["event"]["Records"])


def test_a_filter_that_is_none(functions, recorder, sqs, account):
    url, arn = queue(sqs, "work", account)
    with fails("InvalidParameterValueException", "Invalid filter pattern definition."):
        functions.create_event_source_mapping(EventSourceArn=arn, FunctionName=recorder,
                                              FilterCriteria={"Filters": [{"Pattern": "[]"}]})


def test_a_topic_and_a_rule_give_their_events(functions, recorder, seen, clients, account):
    here = f"arn:aws:lambda:us-east-1:{account}:function:{recorder}"
    sns, events = clients("sns"), clients("events")
    topic = sns.create_topic(Name="news")["TopicArn"]
    rule = events.put_rule(Name="mine", EventPattern=json.dumps({"source": ["mine"]}))["RuleArn"]
    for service, source in (("sns", topic), ("events", rule)):
        functions.add_permission(FunctionName=recorder, StatementId=service, Action="lambda:InvokeFunction",
                                 Principal=f"{service}.amazonaws.com", SourceArn=source)
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=here)
    sns.publish(TopicArn=topic, Message="hello")
    # The recorder takes records for messages of a queue, and fails with those of a topic: tried three times.
    runs = seen(3)
    assert {r["event"]["Records"][0]["Sns"]["Message"] for r in runs} == {"hello"}
    events.put_targets(Rule="mine", Targets=[{"Id": "1", "Arn": here}])
    events.put_events(Entries=[{"Source": "mine", "DetailType": "news", "Detail": "{\"n\": 1}"}])
    run, = seen(1)
    assert (run["event"]["source"], run["event"]["detail"]) == ("mine", {"n": 1})
