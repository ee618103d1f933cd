"""EventBridge's rules by the clock, which stands until it is moved."""

import json
import os
import subprocess

import pytest
from stepped import ACCOUNT, ROOT, stepped  # noqa: F401 (a fixture)

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})


@pytest.fixture
def queue(stepped):  # noqa: F811
    stepped.client("sqs").create_queue(QueueName="q", Attributes={"Policy": ALLOW})
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"


def events_of(cloud):
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    out = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            out.append(json.loads(message["Body"]))
    return out


def rule(cloud, queue, expression):
    events = cloud.client("events")
    arn = events.put_rule(Name="r", ScheduleExpression=expression)["RuleArn"]
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": queue}])
    return arn


def test_a_rate(stepped, queue):  # noqa: F811
    arn = rule(stepped, queue, "rate(5 minutes)")
    stepped.advance(299)
    assert events_of(stepped) == []
    stepped.advance(1)
    event, = events_of(stepped)
    assert (event["source"], event["detail-type"], event["resources"], event["detail"]) == ("aws.events", "Scheduled Event", [arn], {})
    stepped.advance(3600)
    assert len(events_of(stepped)) == 12
    stepped.client("events").disable_rule(Name="r")
    stepped.advance(3600)
    assert events_of(stepped) == []
    stepped.client("events").enable_rule(Name="r")
    stepped.advance(300)
    assert len(events_of(stepped)) == 1


def test_cron_at_whole_minutes(stepped, queue):  # noqa: F811
    rule(stepped, queue, "cron(0/10 * * * ? *)")
    stepped.advance(3600)
    times = [event["time"][14:] for event in events_of(stepped)]
    assert sorted(times) == ["00:00Z", "10:00Z", "20:00Z", "30:00Z", "40:00Z", "50:00Z"]


def test_after_a_kill(stepped, queue):  # noqa: F811
    rule(stepped, queue, "rate(1 minute)")
    stepped.advance(120)
    stepped.kill()
    stepped.start()
    stepped.advance(120)
    assert len(events_of(stepped)) == 4


def test_deleted(stepped, queue):  # noqa: F811
    rule(stepped, queue, "rate(1 minute)")
    events = stepped.client("events")
    events.remove_targets(Rule="r", Ids=["q"])
    events.delete_rule(Name="r")
    stepped.advance(600)
    assert events_of(stepped) == []


def test_the_page_s_commands(stepped):  # noqa: F811
    page = (ROOT / "docs/cloud.md").read_text().split("## Events, schedules, alarms")[1].split("\n## ")[0]
    commands = [line[4:] for line in page.splitlines() if line.startswith("    aws ")]
    assert len(commands) == 2
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    for command in commands:
        done = subprocess.run(["sh", "-c", command.replace("http://127.0.0.1:4566", stepped.url)], env=environment,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert stepped.client("events").describe_rule(Name="nightly")["State"] == "ENABLED"
    assert len(stepped.client("cloudwatch").list_metrics(Namespace="app")["Metrics"]) == 1
