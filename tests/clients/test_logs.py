"""CloudWatch Logs: groups, streams, events, policies. Words are AWS's, of recorded answers."""

import json
import time

import pytest
from helpers import fails


def now():
    return int(time.time() * 1000)


@pytest.fixture
def group(logs):
    logs.create_log_group(logGroupName="/app/g")
    logs.create_log_stream(logGroupName="/app/g", logStreamName="s")
    return dict(logGroupName="/app/g", logStreamName="s")


def put(logs, group, *messages, at=None, step=1):
    at = at or now() - 10_000
    return logs.put_log_events(**group, logEvents=[{"timestamp": at + i * step, "message": m} for i, m in enumerate(messages)])


def messages(answer):
    return [e["message"] for e in answer["events"]]


def test_a_group(logs, account):
    logs.create_log_group(logGroupName="g", tags={"a": "1"})
    found, = logs.describe_log_groups()["logGroups"]
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:g"
    assert now() - found.pop("creationTime") < 60_000
    assert found == {"logGroupName": "g", "arn": arn + ":*", "logGroupArn": arn, "logGroupClass": "STANDARD",
                     "metricFilterCount": 0, "storedBytes": 0, "deletionProtectionEnabled": False}
    with fails("ResourceAlreadyExistsException", "The specified log group already exists", 400):
        logs.create_log_group(logGroupName="g")
    assert logs.list_log_groups()["logGroups"] == [{"logGroupName": "g", "logGroupArn": arn, "logGroupClass": "STANDARD"}]
    logs.delete_log_group(logGroupName="g")
    with fails("ResourceNotFoundException", "The specified log group does not exist."):
        logs.delete_log_group(logGroupName="g")


def test_groups_in_pages_by_prefix_and_pattern(logs):
    for i in range(60):
        logs.create_log_group(logGroupName=f"/a/{i:02}")
    logs.create_log_group(logGroupName="/b/Other")
    listed = [g["logGroupName"] for page in logs.get_paginator("describe_log_groups").paginate() for g in page["logGroups"]]
    assert listed == [f"/a/{i:02}" for i in range(60)] + ["/b/Other"]
    assert len(logs.describe_log_groups(limit=7)["logGroups"]) == 7
    assert [g["logGroupName"] for g in logs.describe_log_groups(logGroupNamePrefix="/a/5")["logGroups"]] == [f"/a/5{i}" for i in range(10)]
    assert [g["logGroupName"] for g in logs.describe_log_groups(logGroupNamePattern="oTHer")["logGroups"]] == ["/b/Other"]
    with fails("InvalidParameterException", "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."):
        logs.describe_log_groups(logGroupNamePrefix="/a", logGroupNamePattern="b")
    with fails("InvalidParameterException", "The specified nextToken is invalid."):
        logs.describe_log_groups(nextToken="nonsense")


def test_tags_in_both_forms(logs, group):
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    logs.tag_log_group(logGroupName="/app/g", tags={"a": "1", "b": "2"})
    logs.tag_resource(resourceArn=arn, tags={"b": "3"})
    assert logs.list_tags_log_group(logGroupName="/app/g")["tags"] == {"a": "1", "b": "3"}
    logs.untag_log_group(logGroupName="/app/g", tags=["a"])
    logs.untag_resource(resourceArn=arn, tagKeys=["nowhere"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "3"}
    with fails("TooManyTagsException"):
        logs.tag_resource(resourceArn=arn, tags={f"k{i}": "" for i in range(50)})


def test_streams(logs, group, account):
    stream, = logs.describe_log_streams(logGroupName="/app/g")["logStreams"]
    assert stream["arn"] == f"arn:aws:logs:us-east-1:{account}:log-group:/app/g:log-stream:s"
    assert stream["storedBytes"] == 0 and "firstEventTimestamp" not in stream
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:/app/g"
    assert logs.describe_log_streams(logGroupIdentifier=arn)["logStreams"] == [stream]
    assert logs.describe_log_streams(logGroupIdentifier="/app/g")["logStreams"] == [stream]
    with fails("ResourceAlreadyExistsException", "The specified log stream already exists"):
        logs.create_log_stream(**group)
    with fails("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters."):
        logs.describe_log_streams(logGroupName="/app/g", logGroupIdentifier=arn)
    logs.delete_log_stream(**group)
    with fails("ResourceNotFoundException", "The specified log stream does not exist."):
        put(logs, group, "m")
    with fails("ResourceNotFoundException", "The specified log group does not exist."):
        put(logs, group | {"logGroupName": "nowhere"}, "m")


def test_streams_in_order(logs, group):
    for i in range(5):
        logs.create_log_stream(logGroupName="/app/g", logStreamName=f"t{i}")
        put(logs, dict(logGroupName="/app/g", logStreamName=f"t{i}"), "m", at=now() - 1000 * (i + 1))

    def names(**more):
        pages = logs.get_paginator("describe_log_streams").paginate(logGroupName="/app/g", PaginationConfig={"PageSize": 2}, **more)
        return [s["logStreamName"] for page in pages for s in page["logStreams"]]

    assert names() == ["s", "t0", "t1", "t2", "t3", "t4"]
    assert names(descending=True) == ["t4", "t3", "t2", "t1", "t0", "s"]
    assert names(orderBy="LastEventTime", descending=True) == ["t0", "t1", "t2", "t3", "t4", "s"]
    assert names(logStreamNamePrefix="t", descending=True)[-1] == "t0"
    with fails("InvalidParameterException"):
        names(orderBy="LastEventTime", logStreamNamePrefix="t")


def test_events(logs, group):
    begin = now() - 5000
    put(logs, group, "b", "d", at=begin, step=2)
    put(logs, group, "a", "c", at=begin - 1, step=2)
    found = logs.get_log_events(**group, startFromHead=True)
    assert messages(found) == ["a", "b", "c", "d"]
    assert found["events"][1]["timestamp"] == begin and found["events"][1]["ingestionTime"] >= begin
    assert messages(logs.get_log_events(**group, startTime=begin, endTime=begin + 2)) == ["b", "c"]
    stream, = logs.describe_log_streams(logGroupName="/app/g")["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (begin - 1, begin + 2)
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 4 * 27


def test_tokens_lead_both_ways(logs, group):
    put(logs, group, *"abcdefg")
    latest = logs.get_log_events(**group, limit=3)
    assert messages(latest) == ["e", "f", "g"]
    before = logs.get_log_events(**group, limit=3, nextToken=latest["nextBackwardToken"])
    assert messages(before) == ["b", "c", "d"]
    first = logs.get_log_events(**group, limit=3, nextToken=before["nextBackwardToken"])
    assert messages(first) == ["a"]
    end = logs.get_log_events(**group, limit=3, nextToken=first["nextBackwardToken"])
    assert messages(end) == [] and end["nextBackwardToken"] == first["nextBackwardToken"]
    assert messages(logs.get_log_events(**group, limit=2, nextToken=first["nextForwardToken"])) == ["b", "c"]
    tail = logs.get_log_events(**group, nextToken=latest["nextForwardToken"])
    assert messages(tail) == [] and tail["nextForwardToken"] == latest["nextForwardToken"]
    put(logs, group, "h", at=now())
    assert messages(logs.get_log_events(**group, nextToken=tail["nextForwardToken"])) == ["h"]
    assert messages(logs.get_log_events(**group, nextToken=tail["nextBackwardToken"])) == list("abcdefg")
    for token in ("nonsense", "f/1/s", "f/" + "x" * 27 + "/s"):
        with fails("InvalidParameterException", "The specified nextToken is invalid."):
            logs.get_log_events(**group, nextToken=token)


def test_what_is_put_is_checked(logs, group):
    events = lambda *times: [{"timestamp": t, "message": "m"} for t in times]
    with fails("InvalidParameterException", "Log events in a single PutLogEvents request must be in chronological order."):
        logs.put_log_events(**group, logEvents=events(now(), now() - 1000))
    with fails("InvalidParameterException"):
        logs.put_log_events(**group, logEvents=events(now() - 86_400_001, now()))
    with fails("InvalidParameterException", "Upload too large: 1048577 bytes exceeds limit of 1048576"):
        logs.put_log_events(**group, logEvents=[{"timestamp": now(), "message": "m" * (1_048_577 - 26)}])
    day = 86_400_000
    answer = logs.put_log_events(**group, logEvents=events(now() - 1000, now() + 3 * 3_600_000))
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    answer = logs.put_log_events(**group, logEvents=events(now() - 14 * day - 1000, now() - 14 * day + 60_000))
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert len(logs.get_log_events(**group)["events"]) == 2
    assert logs.put_log_events(**group, sequenceToken="whatever", logEvents=events(now()))["nextSequenceToken"]
    with fails("InvalidParameterException", status=400):
        logs.get_log_events(**group, limit=10001)


def test_retention(logs, group):
    put(logs, group, "old", at=now() - 2 * 86_400_000)
    put(logs, group, "new")
    logs.put_retention_policy(logGroupName="/app/g", retentionInDays=1)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 1
    assert messages(logs.get_log_events(**group, startFromHead=True)) == ["new"]
    answer = logs.put_log_events(**group, logEvents=[{"timestamp": now() - 2 * 86_400_000, "message": "late"}])
    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    put(logs, group, "newer", at=now())
    logs.delete_retention_policy(logGroupName="/app/g")
    assert messages(logs.get_log_events(**group, startFromHead=True)) == ["new", "newer"]
    with fails("InvalidParameterException"):
        logs.put_retention_policy(logGroupName="/app/g", retentionInDays=2)


def test_searching_streams_together(logs, group):
    begin = now() - 5000
    for i in range(3):
        logs.create_log_stream(logGroupName="/app/g", logStreamName=f"t{i}")
        for n in range(4):
            put(logs, dict(logGroupName="/app/g", logStreamName=f"t{i}"), f"{n}{i} {'ERROR' if n % 2 else 'ok'}", at=begin + n * 10 + i)
    search = lambda **more: logs.filter_log_events(logGroupName="/app/g", **more)
    assert [m[:2] for m in messages(search())] == [f"{n}{i}" for n in range(4) for i in range(3)]
    found = search(filterPattern="ERROR")
    assert [m[:2] for m in messages(found)] == ["10", "11", "12", "30", "31", "32"]
    assert found["events"][0]["logStreamName"] == "t0" and len({e["eventId"] for e in found["events"]}) == 6
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/app/g", filterPattern="ERROR", PaginationConfig={"PageSize": 2})
    assert [e["message"][:2] for page in pages for e in page["events"]] == ["10", "11", "12", "30", "31", "32"]
    assert [m[:2] for m in messages(search(logStreamNames=["t1"]))] == ["01", "11", "21", "31"]
    assert len(messages(search(logStreamNamePrefix="t"))) == 12 and messages(search(logStreamNamePrefix="x")) == []
    assert [m[:2] for m in messages(search(startTime=begin + 10, endTime=begin + 11))] == ["10", "11"]
    with fails("InvalidParameterException", "The specified nextToken is invalid."):
        search(nextToken="nonsense")
    with fails("InvalidParameterException", "Invalid filter pattern"):
        search(filterPattern="{ $.a = }")


JSON = json.dumps({"a": 1, "b": "text", "c": {"d": [1, "two"]}, "n": None, "t": True, "ip": "10.0.0.7"})
LINE = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 404 1534'


@pytest.mark.parametrize("pattern,good,bad", [
    ("ERROR", ["[ERROR 400] BAD"], ["error", "fine"]),
    ('ERROR "out of memory"', ["ERROR: out of memory"], ["ERROR memory"]),
    ("?ERROR ?WARN", ["an ERROR", "a WARN"], ["INFO"]),
    ("?ERROR FATAL", ["FATAL"], ["ERROR"]),
    ("ERROR -EXITING", ["ERROR 1"], ["ERROR EXITING"]),
    ("%err.*[0-9]+%", ["an error 5"], ["an error"]),
    ("", ["anything"], []),
    ("{ $.a = 1 }", [JSON], ['{"a": 2}', "no json"]),
    ('{ $.b = "te*" }', [JSON], ['{"b": "xte"}']),
    ('{ $.b != "other" && $.a >= 1 }', [JSON], ['{"b": "other", "a": 1}', '{"a": 5}']),
    ('{ ($.a = 2 || $.a = 1) && $.t IS TRUE }', [JSON], ['{"a": 1, "t": false}']),
    ("{ $.n IS NULL }", [JSON], ['{"n": 1}', "{}"]),
    ("{ $.x NOT EXISTS }", [JSON], ['{"x": 1}']),
    ("{ $.c.d[0] = 1 }", [JSON], ['{"c": {"d": [2]}}']),
    ("{ $.c.d[1] = two }", [JSON], ['{"c": {"d": [2]}}']),
    ("{ $.ip = %10\\.0\\..*% }", [JSON], ['{"ip": "11.0.0.1"}']),
    ("[ip, user, username, timestamp, request, status_code, bytes]", [LINE], ["too short"]),
    ("[ip, ..., status_code = 4*, bytes > 1000]", [LINE], [LINE.replace("404", "200"), LINE.replace("1534", "5")]),
    ("[..., status = 404 || status = 410, bytes]", [LINE, LINE.replace("404", "410")], [LINE.replace("404", "500")]),
    ("[ip, user, username, timestamp, request = *apache_pb*, status_code, bytes]", [LINE], [LINE.replace("apache", "x")]),
])
def test_patterns(logs, pattern, good, bad):
    matches = logs.test_metric_filter(filterPattern=pattern, logEventMessages=good + bad)["matches"]
    assert [m["eventMessage"] for m in matches] == good
    assert [m["eventNumber"] for m in matches] == list(range(1, len(good) + 1))


def test_what_patterns_extract(logs):
    def extract(pattern, message):
        match, = logs.test_metric_filter(filterPattern=pattern, logEventMessages=[message])["matches"]
        return match["extractedValues"]

    assert extract("{ $.a = 1 && $.c.d[1] = two }", JSON) == {"$.a": "1", "$.c.d[1]": "two"}
    values = extract("[ip, ..., code, size]", LINE)
    assert values == {"$ip": "127.0.0.1", "$code": "404", "$size": "1534"}


@pytest.mark.parametrize("pattern", ["{", "{ }", "{ a = 1 }", "{ $.a > x }", "{ $.a = 1 &&", "[a, ..., b, ...]", '"open', "%(%", "a:b"])
def test_patterns_that_are_none(logs, pattern):
    with fails("InvalidParameterException", "Invalid filter pattern"):
        logs.test_metric_filter(filterPattern=pattern, logEventMessages=["m"])


def test_metric_filters(logs, group):
    transformation = dict(metricName="m", metricNamespace="n", metricValue="1")
    logs.put_metric_filter(logGroupName="/app/g", filterName="f1", filterPattern="ERROR", metricTransformations=[transformation])
    logs.put_metric_filter(logGroupName="/app/g", filterName="f2", filterPattern=" ", metricTransformations=[transformation | {"metricName": "o", "defaultValue": 0}])
    found = logs.describe_metric_filters(logGroupName="/app/g")["metricFilters"]
    assert now() - found[0].pop("creationTime") < 60_000
    assert found[0] == {"filterName": "f1", "filterPattern": "ERROR", "logGroupName": "/app/g", "applyOnTransformedLogs": False,
                        "metricTransformations": [transformation]}
    assert [f["filterName"] for f in logs.describe_metric_filters(metricName="o", metricNamespace="n")["metricFilters"]] == ["f2"]
    assert [f["filterName"] for f in logs.describe_metric_filters(logGroupName="/app/g", filterNamePrefix="f2")["metricFilters"]] == ["f2"]
    assert logs.describe_log_groups()["logGroups"][0]["metricFilterCount"] == 2
    with fails("InvalidParameterException"):
        logs.put_metric_filter(logGroupName="/app/g", filterName="f3", filterPattern="x", metricTransformations=[transformation | {"metricValue": "x"}])
    logs.delete_metric_filter(logGroupName="/app/g", filterName="f1")
    with fails("ResourceNotFoundException", "The specified metric filter does not exist."):
        logs.delete_metric_filter(logGroupName="/app/g", filterName="f1")


def test_metric_filters_make_metrics(logs, cloudwatch, group):
    logs.put_metric_filter(logGroupName="/app/g", filterName="slow", filterPattern='{ $.level = "ERROR" }', metricTransformations=[
        dict(metricName="latency", metricNamespace="app", metricValue="$.ms", dimensions={"path": "$.path"}, unit="Milliseconds")])
    put(logs, group, *(json.dumps({"level": level, "ms": ms, "path": "/a"}) for level, ms in (("ERROR", 10), ("INFO", 99), ("ERROR", 30))))
    for _ in range(100):
        points = cloudwatch.get_metric_statistics(
            Namespace="app", MetricName="latency", Dimensions=[{"Name": "path", "Value": "/a"}], Statistics=["Sum", "SampleCount"],
            StartTime=time.time() - 3600, EndTime=time.time() + 60, Period=3600)["Datapoints"]
        if sum(p["SampleCount"] for p in points) == 2:
            break
        time.sleep(0.1)
    assert sum(p["Sum"] for p in points) == 40 and points[0]["Unit"] == "Milliseconds"


def test_subscription_filters(logs, group, account):
    function = f"arn:aws:lambda:us-east-1:{account}:function:f"
    put_filter = lambda name, arn=function, **more: logs.put_subscription_filter(
        logGroupName="/app/g", filterName=name, filterPattern="", destinationArn=arn, **more)
    assert logs.describe_subscription_filters(logGroupName="/app/g")["subscriptionFilters"] == []
    put_filter("a")
    put_filter("b")
    put_filter("b")
    with fails("LimitExceededException", "Resource limit exceeded."):
        put_filter("c")
    found = logs.describe_subscription_filters(logGroupName="/app/g")["subscriptionFilters"]
    assert [f["filterName"] for f in found] == ["a", "b"]
    assert (found[0]["destinationArn"], found[0]["distribution"]) == (function, "ByLogStream")
    kinesis = f"arn:aws:kinesis:us-east-1:{account}:stream/s"
    with fails("InvalidParameterException", "destinationArn for vendor kinesis cannot be used without roleArn"):
        put_filter("k", kinesis)
    with fails("NotImplemented", status=501):
        put_filter("k", kinesis, roleArn=f"arn:aws:iam::{account}:role/r")
    with fails("AccessDeniedException", "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies "
               "to create cross account lambda triggers."):
        put_filter("x", function.replace(account, "111122223333"))
    logs.delete_subscription_filter(logGroupName="/app/g", filterName="a")
    with fails("ResourceNotFoundException", "The specified subscription filter does not exist."):
        logs.delete_subscription_filter(logGroupName="/app/g", filterName="a")


def test_resource_policies(logs):
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "*"}]})
    made = logs.put_resource_policy(policyName="p0", policyDocument=document)["resourcePolicy"]
    assert (made["policyName"], made["policyDocument"], made["policyScope"]) == ("p0", document, "ACCOUNT")
    for i in range(1, 10):
        logs.put_resource_policy(policyName=f"p{i}", policyDocument=document)
    logs.put_resource_policy(policyName="p0", policyDocument=document)
    with fails("LimitExceededException", "Resource limit exceeded."):
        logs.put_resource_policy(policyName="p10", policyDocument=document)
    assert len(logs.describe_resource_policies()["resourcePolicies"]) == 10
    logs.delete_resource_policy(policyName="p1")
    with fails("ResourceNotFoundException"):
        logs.delete_resource_policy(policyName="p1")


def test_deletion_protection_and_what_is_not_there(logs, group):
    logs.put_log_group_deletion_protection(logGroupIdentifier="/app/g", deletionProtectionEnabled=True)
    with fails("ValidationException"):
        logs.delete_log_group(logGroupName="/app/g")
    with fails("NotImplemented", status=501):
        logs.start_query(logGroupName="/app/g", startTime=0, endTime=1, queryString="fields @message")
