"""EventBridge: buses, rules, targets, events."""

import json
import time

import pytest
from botocore.exceptions import ClientError
from helpers import fails

PATTERN = json.dumps({"source": ["shop"]})


ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})


@pytest.fixture
def queue(sqs, account):
    sqs.create_queue(QueueName="events", Attributes={"Policy": ALLOW})
    return f"arn:aws:sqs:us-east-1:{account}:events"


def received(sqs, name="events", wanted=1, wait=5):
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    out = []
    end = time.time() + wait
    while len(out) < wanted and time.time() < end:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1,
                                     MessageAttributeNames=["All"])
        for message in answer.get("Messages", []):
            out.append(message)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return out


def rule(events, queue, name="r", pattern=PATTERN, bus="default", **target):
    events.put_rule(Name=name, EventPattern=pattern, EventBusName=bus)
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "q", "Arn": queue} | target])


def put(events, detail=None, **entry):
    entry = {"Source": "shop", "DetailType": "order", "Detail": json.dumps(detail or {"n": 1}), **entry}
    answer = events.put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0, answer
    return answer["Entries"][0]["EventId"]


def test_an_event_reaches_a_queue(events, sqs, queue, account):
    rule(events, queue)
    put(events, Source="else")
    event_id = put(events, {"n": 2}, Resources=["arn:x"])
    message, = received(sqs)
    body = json.loads(message["Body"])
    assert body == {"version": "0", "id": event_id, "detail-type": "order", "source": "shop",
                    "account": account, "time": body["time"], "region": "us-east-1",
                    "resources": ["arn:x"], "detail": {"n": 2}}
    assert received(sqs, wait=1) == []


def test_buses(events, account):
    arn = events.create_event_bus(Name="orders", Description="d")["EventBusArn"]
    assert arn == f"arn:aws:events:us-east-1:{account}:event-bus/orders"
    found = events.describe_event_bus(Name="orders")
    assert (found["Name"], found["Arn"], found["Description"]) == ("orders", arn, "d")
    assert [b["Name"] for b in events.list_event_buses()["EventBuses"]] == ["default", "orders"]
    with fails("ResourceAlreadyExistsException", "Event bus orders already exists."):
        events.create_event_bus(Name="orders")
    with fails("ValidationException", "Cannot delete event bus default."):
        events.delete_event_bus(Name="default")
    events.delete_event_bus(Name="orders")
    with fails("ResourceNotFoundException", "Event bus orders does not exist."):
        events.describe_event_bus(Name="orders")
    with fails("ResourceNotFoundException", "Event bus orders does not exist."):
        events.delete_event_bus(Name="orders")


def test_rules(events, account):
    arn = events.put_rule(Name="a", EventPattern=PATTERN)["RuleArn"]
    assert arn == f"arn:aws:events:us-east-1:{account}:rule/a"
    events.create_event_bus(Name="b")
    assert events.put_rule(Name="a", EventPattern=PATTERN, EventBusName="b")["RuleArn"].endswith("rule/b/a")
    found = events.describe_rule(Name="a")
    assert (found["State"], found["EventBusName"], found["CreatedBy"]) == ("ENABLED", "default", account)
    events.disable_rule(Name="a")
    assert events.describe_rule(Name="a")["State"] == "DISABLED"
    events.put_rule(Name="a2", ScheduleExpression="cron(0 20 * * ? *)")
    assert events.list_rules()["Rules"][1] == {
        "Name": "a2", "Arn": arn + "2", "State": "ENABLED", "EventBusName": "default",
        "ScheduleExpression": "cron(0 20 * * ? *)"}
    page = events.list_rules(Limit=1)
    assert [r["Name"] for r in events.list_rules(NextToken=page["NextToken"])["Rules"]] == ["a2"]
    with fails("ValidationException", "Parameter ScheduleExpression is not valid."):
        events.put_rule(Name="c", ScheduleExpression="cron(0 dummy ? * MON-FRI *)")
    with fails("ValidationException", "ScheduleExpression is supported only on the default event bus."):
        events.put_rule(Name="c", ScheduleExpression="rate(1 minute)", EventBusName="b")
    with fails("InvalidEventPatternException", '...Reason: "source" must be an object or an array'):
        events.put_rule(Name="c", EventPattern='{"source": "x"}')
    with fails("ResourceNotFoundException", "Rule c does not exist on EventBus default."):
        events.describe_rule(Name="c")
    events.delete_rule(Name="a")
    events.delete_rule(Name="a")


def test_targets(events, queue):
    rule(events, queue)
    target, = events.list_targets_by_rule(Rule="r")["Targets"]
    assert target == {"Id": "q", "Arn": queue}
    assert events.list_rule_names_by_target(TargetArn=queue)["RuleNames"] == ["r"]
    assert events.list_rule_names_by_target(TargetArn=queue + "x")["RuleNames"] == []
    with fails("LimitExceededException", "The requested resource exceeds the maximum number allowed."):
        events.put_targets(Rule="r", Targets=[{"Id": str(i), "Arn": queue} for i in range(7)])
    with fails("ValidationException", "Only one of Input, InputPath, or InputTransformer must be provided for target x."):
        events.put_targets(Rule="r", Targets=[{"Id": "x", "Arn": queue, "Input": "{}", "InputPath": "$"}])
    with fails("ValidationException", "Parameter(s) SqsParameters must be specified for target: x."):
        events.put_targets(Rule="r", Targets=[{"Id": "x", "Arn": queue + ".fifo"}])
    with fails("NotImplemented", "...the service states; it has queues, topics, functions, log groups and event buses"):
        events.put_targets(Rule="r", Targets=[
            {"Id": "x", "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:m", "RoleArn": "arn:aws:iam::123456789012:role/x"}])
    with fails("ValidationException", "Rule can't be deleted since it has targets."):
        events.delete_rule(Name="r")
    assert events.remove_targets(Rule="r", Ids=["q"])["FailedEntryCount"] == 0
    assert events.list_targets_by_rule(Rule="r")["Targets"] == []


@pytest.mark.parametrize("target, body", [
    ({"Input": '{"a": 1}'}, {"a": 1}),
    ({"InputPath": "$.detail"}, {"id": "i", "list": ["A", "B"], "one": {"x": "y"}, "ok": True}),
    ({"InputPath": "$.detail.list[1]"}, "B"),
    ({"InputTransformer": {"InputPathsMap": {"i": "$.detail.id", "l": "$.detail.list", "o": "$.detail.one", "ok": "$.detail.ok", "none": "$.detail.none"},
                           "InputTemplate": '"<i> <l> <o> <ok> <none>!"'}}, "i [A,B] {x:y} true !"),
    ({"InputTransformer": {"InputPathsMap": {"i": "$.detail.id", "o": "$.detail.one"},
                           "InputTemplate": '{"path": "users/<i>", "id": <i>, "body": <o>, "rule": "<aws.events.rule-name>"}'}},
     {"path": "users/i", "id": "i", "body": {"x": "y"}, "rule": "r"}),
])
def test_inputs(events, sqs, queue, target, body):
    """The transformed ones as recorded on AWS (test_events_inputs.py)."""
    rule(events, queue, **target)
    put(events, {"id": "i", "list": ["A", "B"], "one": {"x": "y"}, "ok": True})
    message, = received(sqs)
    assert json.loads(message["Body"]) == body


def test_an_input_that_is_no_json_is_not_delivered(events, sqs, queue, account):
    sqs.create_queue(QueueName="dead", Attributes={"Policy": ALLOW})
    rule(events, queue, DeadLetterConfig={"Arn": queue.replace(":events", ":dead")}, InputTransformer={
        "InputPathsMap": {"o": "$.detail"}, "InputTemplate": '{"payload": "<o>"}'})
    put(events)
    message, = received(sqs, "dead")
    assert json.loads(message["Body"])["detail"] == {"n": 1}
    assert received(sqs, wait=1) == []


def test_what_fails_is_buried(events, sqs, queue):
    sqs.create_queue(QueueName="dead", Attributes={"Policy": ALLOW})
    missing = queue.replace(":events", ":missing")
    rule(events, missing, DeadLetterConfig={"Arn": queue.replace(":events", ":dead")})
    put(events)
    message, = received(sqs, "dead")
    said = {k: v["StringValue"] for k, v in message["MessageAttributes"].items()}
    # A queue that is not there lets nobody in.
    assert (said["ERROR_CODE"], said["TARGET_ARN"]) == ("NO_PERMISSIONS", missing)
    assert said["RULE_ARN"].endswith(":rule/r")
    assert json.loads(message["Body"])["source"] == "shop"


def test_a_queue_that_does_not_let_rules_in_gets_nothing(events, sqs, queue, account):
    sqs.create_queue(QueueName="closed")
    sqs.create_queue(QueueName="dead", Attributes={"Policy": ALLOW})
    rule(events, queue.replace(":events", ":closed"), DeadLetterConfig={"Arn": queue.replace(":events", ":dead")})
    put(events)
    message, = received(sqs, "dead")
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert received(sqs, "closed", wait=1) == []


def test_a_queue_that_lets_one_rule_in(events, sqs, queue, account):
    for name in ("mine", "other"):
        policy = json.loads(ALLOW)
        policy["Statement"][0]["Condition"] = {"ArnEquals": {"aws:SourceArn": f"arn:aws:events:us-east-1:{account}:rule/{name}"}}
        sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps(policy)})
        rule(events, queue.replace(":events", f":{name}"), "mine", Id=name)
    put(events)
    assert len(received(sqs, "mine")) == 1
    assert received(sqs, "other", wait=1) == []


def test_entries_that_fail(events):
    answer = events.put_events(Entries=[
        {"DetailType": "t", "Detail": "{}"},
        {"Source": "s", "DetailType": "t", "Detail": "malformed"},
        {"Source": "s", "DetailType": "t", "Detail": '"a text"'},
        {"Source": "aws.ec2", "DetailType": "t", "Detail": "{}"},
        {"Source": "s", "DetailType": "t", "Detail": "{}"}])
    assert answer["FailedEntryCount"] == 4
    assert [e.get("ErrorCode") for e in answer["Entries"]] == [
        "InvalidArgument", "MalformedDetail", "MalformedDetail", "NotAuthorizedForSourceException", None]
    assert answer["Entries"][0]["ErrorMessage"] == "Parameter Source is not valid. Reason: Source is a required argument."
    with fails("ValidationException", "Total size of the entries in the request is over the limit."):
        events.put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": json.dumps({"x": "y" * (1 << 20)})}])
    with fails("ValidationException", "...Member must have length less than or equal to 10"):
        events.put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}] * 11)


def test_a_pattern_is_tried(events):
    event = {"id": "1", "source": "shop", "detail-type": "x", "account": "123456789012",
             "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [], "detail": {"n": 5}}

    def result(pattern, event=event):
        return events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))["Result"]

    assert result({"detail": {"n": [{"numeric": [">", 4]}]}})
    assert not result({"detail": {"n": [{"numeric": ["<", 4]}]}})
    with fails("ValidationException", "Parameter Event is not valid."):
        result({"source": ["x"]}, [event])
    with fails("InvalidEventPatternException", "...Unrecognized match type EXISTS"):
        result({"source": [{"EXISTS": True}]})


def test_from_bus_to_bus(events, sqs, queue, iam):
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="forward", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **trust}))["Role"]["Arn"]
    iam.put_role_policy(RoleName="forward", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}]}))
    other = events.create_event_bus(Name="other")["EventBusArn"]
    rule(events, other, RoleArn=role)
    rule(events, queue, bus="other")
    event_id = put(events)
    message, = received(sqs)
    assert json.loads(message["Body"])["id"] == event_id


def test_a_role_that_may_not_sends_nothing(events, sqs, queue, iam):
    sqs.create_queue(QueueName="dead", Attributes={"Policy": ALLOW})
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="poor", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **trust}))["Role"]["Arn"]
    other = events.create_event_bus(Name="other")["EventBusArn"]
    rule(events, other, RoleArn=role, DeadLetterConfig={"Arn": queue.replace(":events", ":dead")})
    put(events)
    message, = received(sqs, "dead")
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"


def test_another_accounts_bus(events, sqs, queue, clients, account):
    other = clients("events", access_key="111122223333")
    arn = f"arn:aws:events:us-east-1:{account}:event-bus/default"
    rule(events, queue)
    entry = {"Source": "shop", "DetailType": "t", "Detail": "{}", "EventBusName": arn}
    with fails("AccessDeniedException"):
        other.put_events(Entries=[entry])
    events.put_permission(StatementId="them", Action="events:PutEvents", Principal="111122223333")
    policy = json.loads(events.describe_event_bus()["Policy"])
    assert policy["Statement"] == [{"Sid": "them", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                                    "Action": "events:PutEvents", "Resource": arn}]
    assert other.put_events(Entries=[entry])["FailedEntryCount"] == 0
    assert len(received(sqs)) == 1
    events.remove_permission(StatementId="them")
    assert "Policy" not in events.describe_event_bus()
    with fails("ResourceNotFoundException", "EventBus does not have a policy."):
        events.remove_permission(StatementId="them")


def test_archive_and_replay(events, sqs, queue, account):
    bus = f"arn:aws:events:us-east-1:{account}:event-bus/default"
    made = events.create_archive(ArchiveName="a", EventSourceArn=bus, EventPattern=PATTERN, RetentionDays=1)
    assert (made["ArchiveArn"], made["State"]) == (f"arn:aws:events:us-east-1:{account}:archive/a", "ENABLED")
    begin = time.time() - 60
    event_id = put(events)
    put(events, Source="else")
    found = events.describe_archive(ArchiveName="a")
    assert found["EventCount"] == 1 and found["SizeBytes"] > 100
    rule(events, queue)
    with fails("ValidationException", "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."):
        events.start_replay(ReplayName="r", EventSourceArn=made["ArchiveArn"], EventStartTime=begin, EventEndTime=begin, Destination={"Arn": bus})
    events.start_replay(ReplayName="r", EventSourceArn=made["ArchiveArn"], EventStartTime=begin, EventEndTime=begin + 120, Destination={"Arn": bus})
    message, = received(sqs)
    body = json.loads(message["Body"])
    assert (body["id"], body["replay-name"]) == (event_id, "r")
    for _ in range(50):
        replay = events.describe_replay(ReplayName="r")
        if replay["State"] == "COMPLETED":
            break
        time.sleep(0.1)
    assert replay["State"] == "COMPLETED"
    assert [r["ReplayName"] for r in events.list_replays(NamePrefix="r")["Replays"]] == ["r"]
    events.delete_archive(ArchiveName="a")
    with fails("ResourceNotFoundException", "Archive a does not exist."):
        events.describe_archive(ArchiveName="a")


def test_tags(events):
    arn = events.put_rule(Name="t", EventPattern=PATTERN, Tags=[{"Key": "a", "Value": "1"}])["RuleArn"]
    events.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    events.untag_resource(ResourceARN=arn, TagKeys=["a", "none"])
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
