"""CloudWatch Logs."""

import json
import time

from run import cases

FILE = "logs/test_logs_{}.py::{}::".format
events = cases(FILE("events", "TestLogsEvents"))
missing = cases(FILE("events", "TestLogsEventsErrors"))
filters = cases(FILE("filter_events", "TestFilterLogEvents"))
groups = cases(FILE("groups", "TestLogsGroups"))
tags = cases(FILE("groups", "TestLogsGroupsTags"))
metrics = cases(FILE("metric_filters", "TestMetricFilters"))
metric_words = cases(FILE("metric_filters", "TestMetricFiltersValidation"))
policies = cases(FILE("resource_policies", "TestResourcePolicies"))
limits = cases(FILE("resource_policies", "TestResourcePoliciesLimits"))
streams = cases(FILE("streams", "TestLogsStreams"))
subscriptions = cases(FILE("subscription_filters", "TestSubscriptionFilters"))
updates = cases(FILE("subscription_filters", "TestSubscriptionFilterUpdates"))
NOW = lambda: int(time.time() * 1000)


def group(run, **more):
    name = run.unique("log-group")
    run.logs.create_log_group(logGroupName=name, **more)
    return name


def stream(run, name):
    run.logs.create_log_stream(logGroupName=name, logStreamName="stream-1")
    return "stream-1"


@events
def get_log_events_invalid_token(run):
    name = group(run)
    run.step("error-invalid-token", run.logs.get_log_events, logGroupName=name, logStreamName=stream(run, name), nextToken="n/00000000")


@events
def get_log_events_limit_validation(run):
    name = group(run)
    run.step("error-limit-exceeded", run.logs.get_log_events, logGroupName=name, logStreamName=stream(run, name), limit=10001)


@events
def put_log_events_to_invalid_stream(run):
    run.step("error-invalid-stream", run.logs.put_log_events, logGroupName=group(run), logStreamName="invalid", logEvents=[
        {"timestamp": NOW(), "message": "m"}])


@events
def put_log_events_wrong_order(run):
    name = group(run)
    run.step("error-wrong-order", run.logs.put_log_events, logGroupName=name, logStreamName=stream(run, name), logEvents=[
        {"timestamp": NOW(), "message": "a"}, {"timestamp": NOW() - 10_000, "message": "b"}])


@missing
def resource_does_not_exist(run):
    run.step("error-log-group-does-not-exist", run.logs.get_log_events, logGroupName="none", logStreamName="none")
    run.step("error-log-stream-does-not-exist", run.logs.get_log_events, logGroupName=group(run), logStreamName="none")


@filters
def filter_log_events_limit_validation(run):
    run.step("error-limit-exceeded", run.logs.filter_log_events, logGroupName=group(run), limit=10001)


@filters
def filter_log_events_unknown_token(run):
    run.step("invalid-token", run.logs.filter_log_events, logGroupName=group(run), nextToken="invalid-token")


@groups
def create_log_group_with_kms_key(run):
    key = run.kms.create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{run.account}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "logs.us-east-1.amazonaws.com"}, "Action": "kms:*", "Resource": "*"}]}))["KeyMetadata"]["Arn"]
    name = group(run, kmsKeyId=key)
    run.step("describe-log-groups-with-kms", run.logs.describe_log_groups, logGroupNamePrefix=name)


@groups
def describe_log_groups_prefix_and_pattern_error(run):
    run.step("error-prefix-and-pattern", run.logs.describe_log_groups, logGroupNamePrefix="a", logGroupNamePattern="b")


@groups
def list_log_groups_with_pattern(run):
    run.step("list-log-groups-no-match", run.logs.list_log_groups, logGroupNamePattern="no-such-group")


@tags
def tag_log_group(run):
    name = group(run)
    run.logs.tag_log_group(logGroupName=name, tags={"tag_key_1": "tag_value_1"})
    run.step("list-tags-after-tag", run.logs.list_tags_log_group, logGroupName=name)


def metric_filter(run, name, filter="filter-1", pattern="pattern", metric="metric", namespace="namespace", value="1", **more):
    run.logs.put_metric_filter(logGroupName=name, filterName=filter, filterPattern=pattern, metricTransformations=[
        {"metricName": metric, "metricNamespace": namespace, "metricValue": value, **more}])


@metrics
def describe_metric_filters_by_log_group(run):
    name = group(run)
    metric_filter(run, name)
    run.step("describe-by-log-group", run.logs.describe_metric_filters, logGroupName=name)


@metrics
def describe_metric_filters_by_metric_name(run):
    name = group(run)
    metric_filter(run, name, metric="metric-a", namespace="namespace-a")
    run.step("describe-by-metric-name", run.logs.describe_metric_filters, metricName="metric-a", metricNamespace="namespace-a")


@metrics
def put_metric_filter_basic(run):
    name = group(run)
    metric_filter(run, name, pattern=" ", metric="metric-a", namespace="namespace-a", defaultValue=0)
    run.step("describe-metric-filters", run.logs.describe_metric_filters, logGroupName=name)


@metric_words
def describe_metric_filters_invalid_parameters(run):
    run.step("error-invalid-filter-prefix", run.logs.describe_metric_filters, filterNamePrefix="X" * 513)
    run.step("error-invalid-metric-name", run.logs.describe_metric_filters, metricName="X" * 256, metricNamespace="namespace")


@policies
def put_resource_policy_update(run):
    document = lambda version: json.dumps({"Version": version, "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"}, "Action": "logs:*", "Resource": "*"}]})
    run.logs.put_resource_policy(policyName="p", policyDocument=document("2012-10-17"))
    run.logs.put_resource_policy(policyName="p", policyDocument=document("2008-10-17"))
    run.step("updated-policy", {**run.logs.describe_resource_policies()["resourcePolicies"][0], "lastUpdatedTime": "last-updated-time"})


@limits
def put_resource_policy_limit_exceeded(run):
    put = lambda i: run.answer(run.logs.put_resource_policy, policyName=f"p{i}", policyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"},
                                                 "Action": "logs:PutLogEvents", "Resource": "*"}]}))
    for i in range(10):
        assert put(i)["ResponseMetadata"]["HTTPStatusCode"] == 200
    run.step("error-limit-exceeded", put(10))


@streams
def create_and_delete_log_stream(run):
    name = group(run)
    stream(run, name)
    run.constants(**{"<log-group>": name})
    run.step("describe-log-streams-after-create", run.logs.describe_log_streams, logGroupName=name)


@streams
def create_log_stream_duplicate_error(run):
    name = group(run)
    stream(run, name)
    run.step("error-duplicate-log-stream", run.logs.create_log_stream, logGroupName=name, logStreamName="stream-1")


@streams
def describe_log_streams_with_log_group_identifier(run):
    name = group(run)
    stream(run, name)
    run.constants(**{"<log-group>": name})
    arn = f"arn:aws:logs:us-east-1:{run.account}:log-group:{name}"
    run.step("describe-streams-identifier-name", run.logs.describe_log_streams, logGroupIdentifier=name)
    run.step("describe-streams-identifier-arn", run.logs.describe_log_streams, logGroupIdentifier=arn)
    run.step("error-both-name-and-identifier", run.logs.describe_log_streams, logGroupIdentifier=arn, logGroupName=name)


@subscriptions
def describe_subscription_filters_empty(run):
    run.step("describe-subscription-filters-empty", run.logs.describe_subscription_filters, logGroupName=group(run))


@updates
def delete_subscription_filter_errors(run):
    run.step("error-log-group-not-found", run.logs.delete_subscription_filter, logGroupName="none", filterName="test")
    run.step("error-filter-not-found", run.logs.delete_subscription_filter, logGroupName=group(run), filterName="none")
