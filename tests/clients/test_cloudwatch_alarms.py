"""CloudWatch's alarms, on a clock that stands until it is moved."""

import json

import pytest
from helpers import fails, names
from stepped import ACCOUNT, stepped  # noqa: F401 (a fixture)

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, "Action": "sqs:SendMessage", "Resource": "*"}]})


@pytest.fixture
def cloudwatch(stepped):  # noqa: F811
    return stepped.client("cloudwatch")


@pytest.fixture
def topic(stepped):  # noqa: F811
    sqs, sns = stepped.client("sqs"), stepped.client("sns")
    sqs.create_queue(QueueName="told", Attributes={"Policy": ALLOW})
    arn = sns.create_topic(Name="alarms")["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:told")
    return arn


def told(stepped, wanted=1):  # noqa: F811
    sqs = stepped.client("sqs")
    url = sqs.get_queue_url(QueueName="told")["QueueUrl"]
    out = []
    for _ in range(20):
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            out.append(json.loads(json.loads(message["Body"])["Message"]))
        if len(out) >= wanted:
            break
        stepped.advance(0.2)
    return out


def alarm(cloudwatch, name="a", **more):
    settings = dict(MetricName="m", Namespace="app", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=5.0,
                    ComparisonOperator="GreaterThanThreshold")
    cloudwatch.put_metric_alarm(AlarmName=name, **{**settings, **more})


def put(cloudwatch, value, name="m", **more):
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": name, "Value": value, **more}])


def state(cloudwatch, name="a"):
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    one, = found["MetricAlarms"] + found["CompositeAlarms"]
    return one["StateValue"]


def test_a_minimal_alarm(cloudwatch):
    """Members as recorded (test_describe_minimal_metric_alarm)."""
    alarm(cloudwatch)
    found, = cloudwatch.describe_alarms()["MetricAlarms"]
    for time in ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp"):
        found.pop(time)
    assert found == {
        "ActionsEnabled": True, "AlarmActions": [], "AlarmArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a", "AlarmName": "a",
        "ComparisonOperator": "GreaterThanThreshold", "Dimensions": [], "EvaluationPeriods": 1, "InsufficientDataActions": [],
        "MetricName": "m", "Namespace": "app", "OKActions": [], "Period": 60, "StateReason": "Unchecked: Initial alarm creation",
        "StateValue": "INSUFFICIENT_DATA", "Statistic": "Sum", "Threshold": 5.0}


def test_alarm_and_back(stepped, cloudwatch, topic):  # noqa: F811
    alarm(cloudwatch, AlarmActions=[topic], OKActions=[topic], TreatMissingData="notBreaching")
    stepped.advance(60)
    assert state(cloudwatch) == "OK"
    assert told(stepped)[0]["NewStateReason"] == \
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching]."
    put(cloudwatch, 6)
    assert state(cloudwatch) == "OK"
    stepped.advance(60)
    assert state(cloudwatch) == "ALARM"
    message, = told(stepped)
    assert message["OldStateValue"] == "OK" and message["NewStateValue"] == "ALARM"
    assert message["Region"] == "US East (N. Virginia)"
    assert message["NewStateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [6.0 (")
    assert message["NewStateReason"].endswith(
        ")] was greater than the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition).")
    assert message["Trigger"] == {
        "MetricName": "m", "Namespace": "app", "StatisticType": "Statistic", "Statistic": "SUM", "Unit": None, "Dimensions": [],
        "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 5.0,
        "TreatMissingData": "notBreaching", "EvaluateLowSampleCountPercentile": ""}
    put(cloudwatch, 1)
    stepped.advance(60)
    assert state(cloudwatch) == "OK"
    assert told(stepped)[0]["NewStateValue"] == "OK"


def test_two_of_three(stepped, cloudwatch):  # noqa: F811
    alarm(cloudwatch, EvaluationPeriods=3, DatapointsToAlarm=2)
    states = []
    for value in [1, 9, 1, 9, 1, 1]:
        put(cloudwatch, value)
        stepped.advance(60)
        states.append(state(cloudwatch))
    assert states == ["OK", "OK", "OK", "ALARM", "OK", "OK"] or states == ["OK", "OK", "OK", "ALARM", "ALARM", "OK"]
    assert states[3] == "ALARM" and states[-1] == "OK"


def test_missing_data(stepped, cloudwatch):  # noqa: F811
    for missing in ("missing", "ignore", "breaching", "notBreaching"):
        alarm(cloudwatch, missing, TreatMissingData=missing)
    put(cloudwatch, 9)
    stepped.advance(60)
    assert {n: state(cloudwatch, n) for n in ("missing", "ignore", "breaching", "notBreaching")} == dict.fromkeys(
        ("missing", "ignore", "breaching", "notBreaching"), "ALARM")
    stepped.advance(600)
    assert [state(cloudwatch, n) for n in ("missing", "ignore", "breaching", "notBreaching")] == \
        ["INSUFFICIENT_DATA", "ALARM", "ALARM", "OK"]


def test_metric_math_and_percentiles(stepped, cloudwatch):  # noqa: F811
    def metric(id, name):
        return {"Id": id, "ReturnData": False, "MetricStat": {"Metric": {"Namespace": "app", "MetricName": name}, "Period": 60, "Stat": "Sum"}}
    cloudwatch.put_metric_alarm(AlarmName="math", EvaluationPeriods=1, Threshold=0.1, ComparisonOperator="GreaterThanOrEqualToThreshold",
                                Metrics=[metric("bad", "bad"), metric("all", "all"), {"Id": "share", "Expression": "bad / all"}])
    cloudwatch.put_metric_alarm(AlarmName="p90", MetricName="m", Namespace="app", ExtendedStatistic="p90", Period=60, EvaluationPeriods=1,
                                Threshold=80, ComparisonOperator="GreaterThanThreshold")
    put(cloudwatch, 2, "bad")
    put(cloudwatch, 10, "all")
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "m", "Values": [float(n) for n in range(100)]}])
    stepped.advance(60)
    assert (state(cloudwatch, "math"), state(cloudwatch, "p90")) == ("ALARM", "ALARM")


def test_high_resolution(stepped, cloudwatch):  # noqa: F811
    alarm(cloudwatch, Period=10)
    put(cloudwatch, 9, StorageResolution=1)
    stepped.advance(10)
    assert state(cloudwatch) == "ALARM"


def test_composite_alarms(stepped, cloudwatch, topic):  # noqa: F811
    alarm(cloudwatch, "one", MetricName="m1")
    alarm(cloudwatch, "two", MetricName="m2")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("one") AND NOT (OK(two) OR INSUFFICIENT_DATA(two))', AlarmActions=[topic])
    assert state(cloudwatch, "both") == "OK"
    cloudwatch.set_alarm_state(AlarmName="one", StateValue="ALARM", StateReason="r")
    assert state(cloudwatch, "both") == "OK"
    cloudwatch.set_alarm_state(AlarmName="two", StateValue="ALARM", StateReason="r")
    assert state(cloudwatch, "both") == "ALARM"
    message, = told(stepped)
    assert (message["AlarmName"], message["NewStateValue"]) == ("both", "ALARM")
    found, = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert len(json.loads(found["StateReasonData"])["triggeringAlarms"]) == 2
    assert names(cloudwatch.describe_alarms(ChildrenOfAlarmName="both")["MetricAlarms"], "AlarmName") == ["one", "two"]
    assert names(cloudwatch.describe_alarms(ParentsOfAlarmName="one")["CompositeAlarms"], "AlarmName") == ["both"]
    with fails("ValidationError", "...[none] in the alarm rule do not exist"):
        cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(none)")
    with fails("ValidationError"):
        cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(one) AND")
    with fails("ValidationError", "...part of itself, through both"):
        cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(both)")


def test_suppressed_actions(stepped, cloudwatch, topic):  # noqa: F811
    alarm(cloudwatch, "one", TreatMissingData="ignore")
    alarm(cloudwatch, "hush", MetricName="h", TreatMissingData="ignore")
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(one)", AlarmActions=[topic], ActionsSuppressor="hush",
                                   ActionsSuppressorWaitPeriod=30, ActionsSuppressorExtensionPeriod=30)
    cloudwatch.set_alarm_state(AlarmName="hush", StateValue="ALARM", StateReason="r")
    cloudwatch.set_alarm_state(AlarmName="one", StateValue="ALARM", StateReason="r")
    found, = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (found["StateValue"], found["ActionsSuppressedBy"]) == ("ALARM", "Alarm")
    stepped.advance(5)
    assert told(stepped) == []
    cloudwatch.set_alarm_state(AlarmName="hush", StateValue="OK", StateReason="r")
    assert told(stepped) == []
    stepped.advance(31)
    assert names(told(stepped), "AlarmName") == ["c"]


def test_set_alarm_state_and_history(stepped, cloudwatch, topic):  # noqa: F811
    alarm(cloudwatch, AlarmActions=[topic], TreatMissingData="ignore")
    cloudwatch.disable_alarm_actions(AlarmNames=["a"])
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="testing")
    cloudwatch.enable_alarm_actions(AlarmNames=["a"])
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="OK", StateReason="testing")
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="again")
    assert [m["NewStateReason"] for m in told(stepped)] == ["again"]
    items = cloudwatch.describe_alarm_history(AlarmName="a", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    summaries = names(items, "HistorySummary")
    assert summaries[0] == 'Alarm "a" created'
    assert "Alarm updated from OK to ALARM" in summaries
    assert f"Successfully executed action {topic}" in summaries
    updates = cloudwatch.describe_alarm_history(AlarmName="a", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert len(updates) == 3
    with fails("ResourceNotFound", "", 404):
        cloudwatch.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="r")
    with fails("ValidationError"):
        cloudwatch.set_alarm_state(AlarmName="a", StateValue="INVALID", StateReason="r")


def test_actions_that_fail_say_so(stepped, cloudwatch):  # noqa: F811
    scaling = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:scalingPolicy:x:autoScalingGroupName/y:policyName/z"
    gone = f"arn:aws:sns:us-east-1:{ACCOUNT}:gone"
    alarm(cloudwatch, AlarmActions=[scaling, gone])
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="r")
    stepped.advance(1)
    items = cloudwatch.describe_alarm_history(AlarmName="a", HistoryItemType="Action")["AlarmHistoryItems"]
    assert len(items) == 2 and all(s.startswith("Failed to execute action") for s in names(items, "HistorySummary"))
    with fails("ValidationError", "Invalid arn syntax: no-arn"):
        alarm(cloudwatch, AlarmActions=["no-arn"])


def test_an_instance_is_stopped(stepped, cloudwatch):  # noqa: F811
    ec2 = stepped.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]["InstanceId"]
    alarm(cloudwatch, Dimensions=[{"Name": "InstanceId", "Value": instance}], AlarmActions=["arn:aws:automate:us-east-1:ec2:stop"])
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="r")
    stepped.advance(1)
    found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert found["State"]["Name"] in ("stopping", "stopped")


def test_alarms_are_checked(cloudwatch):
    with fails("NotImplemented"):
        alarm(cloudwatch, ComparisonOperator="GreaterThanUpperThreshold")
    with fails("ValidationError"):
        alarm(cloudwatch, EvaluationPeriods=2, DatapointsToAlarm=3)
    with fails("ValidationError"):
        alarm(cloudwatch, EvaluationPeriods=2000)
    with fails("InvalidParameterCombination"):
        alarm(cloudwatch, ExtendedStatistic="p99")
    alarm(cloudwatch, "x1")
    alarm(cloudwatch, "x2", Statistic="Average")
    assert names(cloudwatch.describe_alarms_for_metric(MetricName="m", Namespace="app")["MetricAlarms"], "AlarmName") == ["x1", "x2"]
    assert names(cloudwatch.describe_alarms_for_metric(MetricName="m", Namespace="app", Statistic="Average")["MetricAlarms"], "AlarmName") == ["x2"]
    page = cloudwatch.describe_alarms(MaxRecords=1, AlarmNamePrefix="x")
    assert names(cloudwatch.describe_alarms(NextToken=page["NextToken"], AlarmNamePrefix="x")["MetricAlarms"], "AlarmName") == ["x2"]
    cloudwatch.delete_alarms(AlarmNames=["x1", "x2", "none"])
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_tags(cloudwatch):
    alarm(cloudwatch, Tags=[{"Key": "a", "Value": "1"}])
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    cloudwatch.delete_alarms(AlarmNames=["a"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


def test_alarms_survive_a_kill(stepped, topic):  # noqa: F811
    alarm(stepped.client("cloudwatch"), AlarmActions=[topic])
    put(stepped.client("cloudwatch"), 9)
    stepped.kill()
    stepped.start()
    assert state(stepped.client("cloudwatch")) == "INSUFFICIENT_DATA"
    stepped.advance(60)
    assert state(stepped.client("cloudwatch")) == "ALARM"
    assert names(told(stepped), "AlarmName") == ["a"]


def test_a_change_is_an_event(stepped, cloudwatch):  # noqa: F811
    sqs, events = stepped.client("sqs"), stepped.client("events")
    url = sqs.create_queue(QueueName="told", Attributes={"Policy": ALLOW})["QueueUrl"]
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}))
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:told"}])
    alarm(cloudwatch)
    put(cloudwatch, 9)
    stepped.advance(60)
    stepped.advance(1)
    message, = sqs.receive_message(QueueUrl=url)["Messages"]
    event = json.loads(message["Body"])
    assert (event["detail-type"], event["detail"]["alarmName"]) == ("CloudWatch Alarm State Change", "a")
    assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"
    assert event["resources"] == [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"]
