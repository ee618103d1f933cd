"""CloudWatch: metrics and what is asked of them."""

import datetime
import json

import boto3
import pytest
from botocore import parsers, serialize
from botocore.config import Config
from botocore.exceptions import ClientError
from helpers import fails, names

MINUTE = datetime.timedelta(minutes=1)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def put(cloudwatch, value=None, name="m", space="app", **more):
    if value is not None:
        more["Value"] = value
    cloudwatch.put_metric_data(Namespace=space, MetricData=[{"MetricName": name, **more}])


def statistics(cloudwatch, *wanted, name="m", space="app", **more):
    answer = cloudwatch.get_metric_statistics(
        Namespace=space, MetricName=name, StartTime=now() - 10 * MINUTE, EndTime=now() + 10 * MINUTE,
        Period=3600, Statistics=list(wanted), **more)
    assert answer["Label"] == name
    return answer["Datapoints"]


def stat(id, stat="Sum", name="m", period=3600, **more):
    return {"Id": id, "MetricStat": {"Metric": {"Namespace": "app", "MetricName": name}, "Period": period, "Stat": stat}, **more}


def data(cloudwatch, *queries, **more):
    return cloudwatch.get_metric_data(MetricDataQueries=list(queries), StartTime=now() - 10 * MINUTE,
                                      EndTime=now() + 10 * MINUTE, **more)["MetricDataResults"]


def test_statistics(cloudwatch):
    for value in range(10):
        put(cloudwatch, value)
    point, = statistics(cloudwatch, "Average", "Maximum", "Minimum", "SampleCount", "Sum")
    point.pop("Timestamp")
    assert point == {"Average": 4.5, "Maximum": 9.0, "Minimum": 0.0, "SampleCount": 10.0, "Sum": 45.0, "Unit": "None"}


def test_values_and_counts(cloudwatch):
    put(cloudwatch, Values=[1.0, 6.0, 10.0], Counts=[2.0, 3.0, 1.0], Unit="Count")
    put(cloudwatch, StatisticValues={"SampleCount": 2, "Sum": 30, "Minimum": 10, "Maximum": 20}, Unit="Count")
    point, = statistics(cloudwatch, "Maximum", "SampleCount", "Sum")
    assert (point["Maximum"], point["SampleCount"], point["Sum"], point["Unit"]) == (20.0, 8.0, 60.0, "Count")


def test_units_stand_apart(cloudwatch):
    put(cloudwatch, 5, Unit="Count")
    put(cloudwatch, 1, Unit="Seconds")
    put(cloudwatch, 10)
    assert {p["Unit"]: p["Average"] for p in statistics(cloudwatch, "Average")} == {"None": 10.0, "Count": 5.0, "Seconds": 1.0}
    assert len(statistics(cloudwatch, "Average", Unit="Count")) == 1
    result, = data(cloudwatch, stat("a"))
    assert result["Messages"] == [{"Code": "MultipleUnits", "Value": "Multiple units returned: '[Count, None, Seconds]'"}]


def test_percentiles_and_more(cloudwatch):
    put(cloudwatch, Values=[float(n) for n in range(1, 101)])
    results = data(cloudwatch, stat("p50", "p50"), stat("p99", "p99"), stat("tm90", "tm90"), stat("tc", "TC(10:20)"),
                   stat("pr", "PR(:50)"), stat("iqm", "IQM"), stat("wm", "WM(10%:90%)"))
    values = {r["Id"]: round(r["Values"][0], 2) for r in results}
    assert values == {"p50": 50.5, "p99": 99.01, "tm90": 45.5, "tc": 11.0, "pr": 50.0, "iqm": 50.5, "wm": 50.5}
    with fails("ValidationError", "The value 'p101' for parameter Stat is not supported."):
        data(cloudwatch, stat("a", "p101"))


def test_put_metric_data_is_checked(cloudwatch):
    """Words as recorded on AWS (test_put_metric_data_validation)."""
    with fails("InvalidParameterCombination", "The parameters MetricData.member.1.Value and MetricData.member.1.Values "
               "are mutually exclusive and you have specified both."):
        put(cloudwatch, 1, Values=[1.0])
    with fails("InvalidParameterValue", "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size."):
        put(cloudwatch, Values=[1.0, 2.0], Counts=[1.0])
    with fails("InvalidParameterValue", "...must specify a time within the past two weeks."):
        put(cloudwatch, 1, Timestamp=now() - datetime.timedelta(days=15))
    with fails("InvalidParameterValue", "...no more than two hours in the future."):
        put(cloudwatch, 1, Timestamp=now() + datetime.timedelta(hours=3))
    with fails("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid."):
        put(cloudwatch, 1, space="AWS/EC2")


def test_requests_that_are_too_large(cloudwatch):
    ask = dict(Namespace="a", MetricName="m", Period=1, Statistics=["Sum"])
    end = now()
    with fails("InvalidParameterCombination", "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce "
               "the datapoints requested by increasing Period, or decreasing the time range."):
        start = end.replace(microsecond=0)
        cloudwatch.get_metric_statistics(StartTime=start - datetime.timedelta(days=1), EndTime=start, **ask)
    with fails("InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime."):
        cloudwatch.get_metric_statistics(StartTime=end, EndTime=end - MINUTE, **ask)


def test_metric_math(cloudwatch):
    put(cloudwatch, 10, "a")
    put(cloudwatch, 4, "b")
    metrics = [stat("a", name="a", ReturnData=False), stat("b", name="b", ReturnData=False)]

    def value(expression):
        result, = data(cloudwatch, *metrics, {"Id": "e", "Expression": expression})
        assert result["Label"] == "e"
        return result["Values"]

    assert value("a / b") == [2.5]
    assert value("(a - b) * 2 ^ 2") == [24.0]
    assert value("SUM(METRICS())") == [14.0]
    assert value("AVG([a, b]) + 1") == [8.0]
    assert value("IF(a > 5 AND b < 5, a, 0)") == [10.0]
    assert value("-MAX([a, b])") == [-10.0]
    assert value("a / 0") == []
    assert value("a / PERIOD(a)") == [10 / 3600]
    with fails("ValidationError", "...c in the expression of e"):
        value("a + c")
    with fails("ValidationError", "mainstay's embedded cloud does not implement the metric math function SEARCH"):
        value("SEARCH('x', 'Sum', 300)")
    with fails("ValidationError", "The expression of e uses itself."):
        value("e + 1")


def test_math_over_time(cloudwatch):
    begin = now().replace(second=0, microsecond=0) - 5 * MINUTE
    for minute, value in enumerate([1, 3, None, 9]):
        if value is not None:
            put(cloudwatch, value, Timestamp=begin + minute * MINUTE)
    m = stat("m", period=60, ReturnData=False)

    def values(expression):
        answer = cloudwatch.get_metric_data(
            MetricDataQueries=[m, {"Id": "e", "Expression": expression}], StartTime=begin,
            EndTime=begin + 4 * MINUTE, ScanBy="TimestampAscending")
        return answer["MetricDataResults"][0]["Values"]

    assert values("FILL(m, 0)") == [1, 3, 0, 9]
    assert values("FILL(m, REPEAT)") == [1, 3, 3, 9]
    assert values("FILL(m, LINEAR)") == [1, 3, 6, 9]
    assert values("RUNNING_SUM(m)") == [1, 4, 13]
    assert values("DIFF(m)") == [2, 6]
    assert values("RATE(m)") == [2 / 60, 6 / 120]
    assert values("TIME_SERIES(7)") == [7, 7, 7, 7]


def test_labels(cloudwatch):
    """As recorded: what tells the queries apart."""
    put(cloudwatch, 1)
    put(cloudwatch, 1, "n")
    assert names(data(cloudwatch, stat("a"), stat("b", name="n")), "Label") == ["m", "n"]
    assert names(data(cloudwatch, stat("a"), stat("b", "Average")), "Label") == ["m Sum", "m Average"]
    assert names(data(cloudwatch, stat("a"), stat("b", "Minimum", period=30)), "Label") == ["m Sum 3600", "m Minimum 30"]
    assert names(data(cloudwatch, stat("a", Label="mine")), "Label") == ["mine"]


def test_pages_of_data(cloudwatch):
    begin = now().replace(second=0, microsecond=0) - 8 * MINUTE
    for minute in range(5):
        put(cloudwatch, minute, Timestamp=begin + minute * MINUTE)
    ask = dict(MetricDataQueries=[stat("a", period=60)], StartTime=begin, EndTime=now(), MaxDatapoints=2)
    first = cloudwatch.get_metric_data(**ask)
    assert (first["MetricDataResults"][0]["Values"], first["MetricDataResults"][0]["StatusCode"]) == ([4, 3], "PartialData")
    second = cloudwatch.get_metric_data(**ask, NextToken=first["NextToken"])
    third = cloudwatch.get_metric_data(**ask, NextToken=second["NextToken"])
    assert (third["MetricDataResults"][0]["Values"], "NextToken" in third) == ([0], False)


def test_list_metrics(cloudwatch):
    put(cloudwatch, 1, Dimensions=[{"Name": "host", "Value": "a"}, {"Name": "zone", "Value": "z"}])
    put(cloudwatch, 1, Dimensions=[{"Name": "zone", "Value": "z"}, {"Name": "host", "Value": "a"}])
    put(cloudwatch, 1, "other", "space")
    assert len(cloudwatch.list_metrics()["Metrics"]) == 2
    assert names(cloudwatch.list_metrics(Namespace="space")["Metrics"], "MetricName") == ["other"]
    assert len(cloudwatch.list_metrics(Dimensions=[{"Name": "host"}])["Metrics"]) == 1
    assert cloudwatch.list_metrics(Dimensions=[{"Name": "host", "Value": "b"}])["Metrics"] == []


def test_dashboards(cloudwatch, account):
    body = json.dumps({"widgets": []})
    assert cloudwatch.put_dashboard(DashboardName="d", DashboardBody=body)["DashboardValidationMessages"] == []
    found = cloudwatch.get_dashboard(DashboardName="d")
    assert (found["DashboardArn"], found["DashboardBody"]) == (f"arn:aws:cloudwatch::{account}:dashboard/d", body)
    assert names(cloudwatch.list_dashboards(DashboardNamePrefix="d")["DashboardEntries"], "DashboardName") == ["d"]
    assert cloudwatch.list_dashboards(DashboardNamePrefix="x")["DashboardEntries"] == []
    with fails("InvalidParameterValue"):
        cloudwatch.put_dashboard(DashboardName="a b", DashboardBody=body)
    cloudwatch.delete_dashboards(DashboardNames=["d"])
    with fails("ResourceNotFound", status=404):
        cloudwatch.get_dashboard(DashboardName="d")


@pytest.mark.parametrize("protocol, content", [
    ("query", "application/x-www-form-urlencoded"), ("json", "application/x-amz-json-1.0"),
    ("smithy-rpc-v2-cbor", "application/cbor")])
def test_every_protocol(endpoint, account, protocol, content):
    """The same calls in each protocol that the model lists (test_basic_operations_multiple_protocols)."""
    client = boto3.client("cloudwatch", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=account,
                          aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
    client.meta.service_model.metadata["protocol"] = protocol
    client.meta.service_model.__dict__["resolved_protocol"] = protocol
    client._serializer = serialize.create_serializer(protocol, True)
    client._response_parser = parsers.ResponseParserFactory().create_parser(protocol)
    sent = []
    client.meta.events.register("before-send", lambda request, **_: sent.append(request.headers["Content-Type"]))
    put(client, 41.5)
    assert data(client, stat("some"))[0]["Values"] == [41.5]
    answer = client.describe_alarms()
    assert (answer["MetricAlarms"], answer["CompositeAlarms"]) == ([], [])
    with pytest.raises(ClientError) as caught:
        client.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="r")
    assert caught.value.response["Error"]["Code"].startswith("ResourceNotFound")
    assert all((s.decode() if isinstance(s, bytes) else s).startswith(content) for s in sent) and len(sent) == 4
