"""Answers that are streams of events: Live Tail of CloudWatch Logs, Lambda's InvokeWithResponseStream."""

import base64
import time

import pytest
from helpers import fails

GROUP = "/app/g"


@pytest.fixture
def tails(clients):
    """The model's host prefix can't stand before an IP address."""
    return clients("logs", inject_host_prefix=False)


@pytest.fixture
def group(logs):
    logs.create_log_group(logGroupName=GROUP)
    for name in ("web-1", "web-2", "job"):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=name)
    return logs.describe_log_groups()["logGroups"][0]["logGroupArn"]


def put(logs, stream, *messages):
    at = int(time.time() * 1000)
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=[{"timestamp": at, "message": m} for m in messages])


def results(stream, count):
    """The first `count` events that a session tells."""
    out = []
    for event in stream:
        out += event.get("sessionUpdate", {}).get("sessionResults", [])
        if len(out) >= count:
            stream.close()
            return out
    return out


def test_a_session_tells_what_is_put_while_it_is_open(logs, tails, group):
    put(logs, "web-1", "before")
    stream = iter(tails.start_live_tail(logGroupIdentifiers=[group], logEventFilterPattern="error")["responseStream"])
    begin = next(stream)["sessionStart"]
    assert begin["logGroupIdentifiers"] == [group] and begin["logEventFilterPattern"] == "error" and begin["sessionId"]
    put(logs, "web-1", "an error", "nothing")
    update = next(stream)["sessionUpdate"]
    found, = update["sessionResults"]
    assert update["sessionMetadata"] == {"sampled": False}
    assert (found["message"], found["logStreamName"], found["logGroupIdentifier"]) == ("an error", "web-1", group)
    assert abs(found["ingestionTime"] - time.time() * 1000) < 60_000
    assert next(stream)["sessionUpdate"]["sessionResults"] == []


def test_a_session_of_some_streams(logs, tails, group):
    by_name = tails.start_live_tail(logGroupIdentifiers=[group], logStreamNames=["job"])["responseStream"]
    by_prefix = tails.start_live_tail(logGroupIdentifiers=[group], logStreamNamePrefixes=["web"])["responseStream"]
    for name in ("web-1", "job", "web-2"):
        put(logs, name, "from " + name)
    assert [r["message"] for r in results(by_name, 1)] == ["from job"]
    assert [r["message"] for r in results(by_prefix, 2)] == ["from web-1", "from web-2"]


def test_more_than_a_session_can_tell_is_sampled(logs, tails, group):
    stream = iter(tails.start_live_tail(logGroupIdentifiers=[group])["responseStream"])
    next(stream)
    put(logs, "job", *[str(i) for i in range(700)])
    update = next(stream)["sessionUpdate"]
    assert len(update["sessionResults"]) == 500 and update["sessionMetadata"] == {"sampled": True}


def test_sessions_end_with_their_clients(logs, tails, group):
    for _ in range(40):  # more than there may be at once
        stream = tails.start_live_tail(logGroupIdentifiers=[group])["responseStream"]
        next(iter(stream))
        stream.close()
        put(logs, "job", "a")
        time.sleep(0.05)
    kept = [tails.start_live_tail(logGroupIdentifiers=[group]) for _ in range(15 - 2)]
    assert len(kept) == 13


def test_what_is_no_session(logs, tails, group):
    tail = tails.start_live_tail
    with fails("ResourceNotFoundException"):
        tail(logGroupIdentifiers=[group + "x"])
    with fails("InvalidParameterException"):
        tail(logGroupIdentifiers=[group + ":*"])
    with fails("InvalidParameterException"):
        tail(logGroupIdentifiers=[group], logStreamNames=["a"], logStreamNamePrefixes=["b"])
    with fails("InvalidParameterException"):
        tail(logGroupIdentifiers=[group], logEventFilterPattern="{ $.a = ")


def test_a_function_answers_as_a_stream(functions, make):
    make("def handler(event, context):\n    print('seen')\n    if event.get('fail'):\n        raise ValueError('no')\n    return {'n': 1}\n")
    answer = functions.invoke_with_response_stream(FunctionName="worker", Payload=b"{}", LogType="Tail")
    chunk, end = list(answer["EventStream"])
    assert answer["StatusCode"] == 200 and answer["ExecutedVersion"] == "$LATEST"
    assert chunk["PayloadChunk"]["Payload"] == b'{"n": 1}' and b"seen" in base64.b64decode(end["InvokeComplete"]["LogResult"])
    end, = functions.invoke_with_response_stream(FunctionName="worker", Payload=b'{"fail": 1}')["EventStream"]
    assert end["InvokeComplete"]["ErrorCode"] == "Unhandled" and "ValueError" in end["InvokeComplete"]["ErrorDetails"]
    with fails("ResourceNotFoundException"):
        functions.invoke_with_response_stream(FunctionName="other", Payload=b"{}")
