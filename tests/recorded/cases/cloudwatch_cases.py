"""CloudWatch, by each of its protocols where the recordings have more than one."""

import datetime
import json

from run import cases

cloudwatch = cases("cloudwatch/test_cloudwatch.py::TestCloudwatch::")


def now(minutes=0):
    return datetime.datetime.now(datetime.UTC).replace(second=0, microsecond=0) - datetime.timedelta(minutes=minutes)


def put(run, metric="metric1", namespace="test", value=None, **more):
    data = {"MetricName": metric, "Timestamp": now(1), **more}
    if value is not None:
        data["Value"] = value
    run.cloudwatch.put_metric_data(Namespace=namespace, MetricData=[data])


def query(id, metric="metric1", stat="Sum", namespace="test", period=60, unit=None, dimensions=()):
    named = {"Namespace": namespace, "MetricName": metric, **({"Dimensions": list(dimensions)} if dimensions else {})}
    return {"Id": id, "MetricStat": {"Metric": named, "Period": period, "Stat": stat, **({"Unit": unit} if unit else {})}}


def got(run, *queries):
    return run.answer(run.cloudwatch.get_metric_data, MetricDataQueries=list(queries), StartTime=now(10), EndTime=now(-5))


def timed(answer):
    for result in answer.get("MetricDataResults", []):
        result["Timestamps"] = "timestamp"
    return answer


@cloudwatch
def dashboard_lifecycle(run):
    body = {"widgets": [{"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": {
        "metrics": [["AWS/EC2", "CPUUtilization", "InstanceId", "i-12345678"]], "region": "us-east-1", "view": "timeSeries", "stacked": False}}]}
    run.ignore("Size")
    run.cloudwatch.put_dashboard(DashboardName="test-dashboard", DashboardBody=json.dumps(body))
    run.step("get_dashboard", run.cloudwatch.get_dashboard, DashboardName="test-dashboard")
    run.step("list_dashboards", run.cloudwatch.list_dashboards)
    run.step("list_dashboards_prefix", run.cloudwatch.list_dashboards, DashboardNamePrefix="test")
    run.step("list_dashboards_prefix_empty", run.cloudwatch.list_dashboards, DashboardNamePrefix="no")
    run.cloudwatch.delete_dashboards(DashboardNames=["test-dashboard"])
    run.step("list_dashboards_empty", run.cloudwatch.list_dashboards)


@cloudwatch
def invalid_dashboard_name(run):
    run.step("error-invalid-dashboardname", run.cloudwatch.put_dashboard, DashboardName="test-x:y", DashboardBody=json.dumps({"widgets": []}))


@cloudwatch
def describe_minimal_metric_alarm(run):
    run.cloudwatch.put_metric_alarm(AlarmName="alarm", MetricName="metric", Namespace="test", EvaluationPeriods=1, Period=10,
                                    Statistic="Sum", ComparisonOperator="GreaterThanThreshold", Threshold=30)
    run.step("describe_minimal_metric_alarm", run.cloudwatch.describe_alarms, AlarmNames=["alarm"])


@cloudwatch
def get_metric_data_stats(run):
    for value in range(11):
        put(run, value=value + 1)
    run.step("get_metric_data", timed(got(run, query("result1", stat=run.param.rpartition("-")[2]))))


@cloudwatch
def get_metric_data_for_multiple_metrics(run):
    for i, value in enumerate((50, 25, 55), 1):
        put(run, f"metric{i}", value=value)
    run.step("get_metric_data", timed(got(run, *(query(f"result{i}", f"metric{i}") for i in (1, 2, 3)))))


@cloudwatch
def get_metric_data_with_different_units(run):
    put(run, "m-test", value=1, Unit="Seconds")
    put(run, "m-test", value=5, Unit="Count")
    run.step("get_metric_data_with_different_units", timed(got(run, query("m1", "m-test", "Sum", unit="Seconds"))))


@cloudwatch
def get_metric_data_with_dimensions(run):
    dimension = lambda n: [{"Name": "d1", "Value": f"v{n}"}]
    for n in (11, 10):
        put(run, value=n, Dimensions=dimension(n))
    run.step("get_metric_data", timed(got(run, query("result1", dimensions=dimension(11)))))


@cloudwatch
def get_metric_with_no_results(run):
    run.step("result", timed(got(run, query("result", "metric-none", "Sum"))))


@cloudwatch
def get_metric_with_null_dimensions(run):
    run.step("get_metric_with_null_dimensions", timed(got(run, query("q1", "metric-none", "Sum"))))


@cloudwatch
def get_metric_statistics(run):
    for value in range(10):
        put(run, "metric", value=value)
    run.step("get_metric_statistics", run.cloudwatch.get_metric_statistics, Namespace="test", MetricName="metric", StartTime=now(10),
             EndTime=now(-5), Period=60, Statistics=["Average", "Sum", "Minimum", "Maximum", "SampleCount"])


@cloudwatch
def invalid_amount_of_datapoints(run):
    ask = lambda step, start, end, period: run.step(step, run.cloudwatch.get_metric_statistics, Namespace="namespace", MetricName="metric_name",
                                                    StartTime=start, EndTime=end, Period=period, Statistics=["SampleCount"])
    ask("error-invalid-amount-datapoints", now(1440), now(), 1)
    ask("error-invalid-time-frame", now(), now(), 1)
    ask("get-metric-statitics", now(10), now(), 60)
