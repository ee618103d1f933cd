"""CloudFormation: what is there already is nobody's to take: neither another resource's nor by hand."""

import json

import pytest
from test_custom_resources import reasons, settle

TAKEN = {
    "queue": ("AWS::SQS::Queue", {"QueueName": "taken"}),
    "bucket": ("AWS::S3::Bucket", {"BucketName": "taken-bucket"}),
    "topic": ("AWS::SNS::Topic", {"TopicName": "taken"}),
    "rule": ("AWS::Events::Rule", {"Name": "taken", "ScheduleExpression": "rate(1 hour)"}),
    "alarm": ("AWS::CloudWatch::Alarm", {"AlarmName": "taken", "Namespace": "n", "MetricName": "m", "Period": 60, "Statistic": "Sum",
                                         "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}),
}


def template(*logical_ids, kind):
    type_, properties = TAKEN[kind]
    return json.dumps({"Resources": {name: {"Type": type_, "Properties": properties} for name in logical_ids}})


@pytest.mark.parametrize("kind", TAKEN)
def test_a_second_resource_of_a_name_fails_and_takes_nothing_along(cloudformation, kind):
    cloudformation.create_stack(StackName="s", TemplateBody=template("A", kind=kind))
    assert settle(cloudformation) == "CREATE_COMPLETE"
    cloudformation.update_stack(StackName="s", TemplateBody=template("B", kind=kind))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists" in reasons(cloudformation)
    resources = cloudformation.describe_stack_resources(StackName="s")["StackResources"]
    assert [r["LogicalResourceId"] for r in resources if r["ResourceStatus"] != "DELETE_COMPLETE"] == ["A"]
    # What is there is still there: another stack is refused it, too.
    cloudformation.create_stack(StackName="t", TemplateBody=template("A", kind=kind))
    assert settle(cloudformation, "t") == "ROLLBACK_COMPLETE"


def test_what_was_made_by_hand_stays_by_hand(cloudformation, sqs):
    url = sqs.create_queue(QueueName="taken")["QueueUrl"]
    cloudformation.create_stack(StackName="s", TemplateBody=template("A", kind="queue"))
    assert settle(cloudformation) == "ROLLBACK_COMPLETE"
    cloudformation.delete_stack(StackName="s")
    assert sqs.get_queue_url(QueueName="taken")["QueueUrl"] == url


def test_the_name_of_an_executed_change_set_is_free_again(cloudformation):
    for value in "ab":
        body = json.dumps({"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}}})
        cloudformation.create_change_set(StackName="s", ChangeSetName="again", TemplateBody=body,
                                         ChangeSetType="CREATE" if value == "a" else "UPDATE")
        cloudformation.execute_change_set(StackName="s", ChangeSetName="again")
        assert settle(cloudformation) == ("CREATE_COMPLETE" if value == "a" else "UPDATE_COMPLETE")
