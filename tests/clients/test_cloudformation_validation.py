"""CloudFormation: CreateStack and UpdateStack are checked before they begin (user guide, "Validate stack deployments"; AWS
DevOps blog of 2026-06-30): what fails for certain stops them before anything is made, and DescribeEvents tells what."""

import json

import pytest
from test_cloudformation import settle

GOOD = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}
VALUE = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}
BAD = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySecond": 5}}
NAMED = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "taken"}}
WORDS = ("The following hook(s)/validation failed: [AWS::EarlyValidation::%s]. To troubleshoot Early Validation errors, use "
         "the DescribeEvents API for detailed failure information.")


def body(**resources):
    return json.dumps({"Resources": resources})


def stack(cloudformation):
    return cloudformation.describe_stacks(StackName="s")["Stacks"][0]


def found(cloudformation, operation):
    events = cloudformation.describe_events(OperationId=operation)["OperationEvents"]
    return [e for e in events if e["EventType"] == "VALIDATION_ERROR"]


def touched(cloudformation):
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    return {e["LogicalResourceId"] for e in events} - {"s"}


def test_a_creation_stops_before_anything_is_made(cloudformation, sqs):
    made = cloudformation.create_stack(StackName="s", TemplateBody=body(P=VALUE, Q=BAD))
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    assert touched(cloudformation) == set()
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    [failed] = [e for e in events if e.get("DetailedStatus") == "VALIDATION_FAILED"]
    assert (failed["ResourceStatus"], failed["ResourceStatusReason"]) == (
        "ROLLBACK_IN_PROGRESS", WORDS % "PropertyValidation" + ". Rollback requested by user.")
    [one] = found(cloudformation, made["OperationId"])
    assert (one["LogicalResourceId"], one["ValidationName"], one["ValidationStatus"], one["ValidationFailureMode"], one["ValidationPath"]) == (
        "Q", "PROPERTY_VALIDATION", "FAILED", "FAIL", "/Resources/Q/Properties")
    assert one["OperationType"] == "CREATE_STACK" and "DelaySecond" in one["ValidationStatusReason"]


def test_a_name_that_is_taken(cloudformation, sqs):
    url = sqs.create_queue(QueueName="taken")["QueueUrl"]
    made = cloudformation.create_stack(StackName="s", TemplateBody=body(P=VALUE, Q=NAMED))
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    [one] = found(cloudformation, made["OperationId"])
    assert (one["ValidationName"], one["ValidationStatusReason"]) == (
        "NAME_CONFLICT_VALIDATION", "Resource of type 'AWS::SQS::Queue' with identifier 'taken' already exists.")
    assert sqs.list_queues()["QueueUrls"] == [url]
    assert touched(cloudformation) == set()


@pytest.mark.parametrize("kind, properties", [
    ("AWS::ECS::Cluster", {"ClusterName": "free"}), ("AWS::CloudWatch::Alarm", {
        "AlarmName": "free", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1, "Namespace": "n",
        "MetricName": "m", "Period": 60, "Statistic": "Sum"}),
    ("AWS::Logs::LogGroup", {"LogGroupName": "free"}), ("AWS::IAM::Group", {"GroupName": "free"}), ("AWS::S3::Bucket", {"BucketName": "free-name-of-nobody"}),
    ("AWS::DynamoDB::Table", {"TableName": "free", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                              "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]})])
def test_a_name_that_is_free_is_not_taken(cloudformation, kind, properties):
    cloudformation.create_stack(StackName="s", TemplateBody=body(X={"Type": kind, "Properties": properties}), Capabilities=["CAPABILITY_NAMED_IAM"])
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    made = cloudformation.create_stack(StackName="t", TemplateBody=body(X={"Type": kind, "Properties": properties}), Capabilities=["CAPABILITY_NAMED_IAM"])
    assert settle(cloudformation, "t") == "ROLLBACK_COMPLETE"
    assert [e["ValidationName"] for e in found(cloudformation, made["OperationId"])] == ["NAME_CONFLICT_VALIDATION"]


def test_an_update_stops_and_leaves_all_as_it_was(cloudformation, sqs):
    cloudformation.create_stack(StackName="s", TemplateBody=body(Q=GOOD))
    settle(cloudformation, "s")
    before = stack(cloudformation)
    slower = {**GOOD, "Properties": {"DelaySeconds": 9}}
    made = cloudformation.update_stack(StackName="s", TemplateBody=body(Q=slower, B=BAD))
    assert settle(cloudformation, "s") == "UPDATE_ROLLBACK_COMPLETE"
    url = sqs.list_queues()["QueueUrls"][0]
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]["DelaySeconds"] == "5"
    assert [e["LogicalResourceId"] for e in found(cloudformation, made["OperationId"])] == ["B"]
    assert touched(cloudformation) == {"Q"}
    assert json.dumps(cloudformation.get_template(StackName="s")["TemplateBody"]) == json.dumps(json.loads(body(Q=GOOD)))
    # The next one is judged by itself.
    cloudformation.update_stack(StackName="s", TemplateBody=body(Q=slower))
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"
    assert "DetailedStatus" not in stack(cloudformation) and before["StackId"] == stack(cloudformation)["StackId"]


def test_it_can_be_switched_off(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=body(Q=BAD), DisableValidation=True)
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    assert touched(cloudformation) == {"Q"}
    made = cloudformation.create_change_set(StackName="n", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body(Q=BAD))
    assert cloudformation.describe_change_set(ChangeSetName=made["Id"])["Status"] == "FAILED"
    made = cloudformation.create_change_set(StackName="n", ChangeSetName="d", ChangeSetType="CREATE", TemplateBody=body(Q=BAD), DisableValidation=True)
    assert cloudformation.describe_change_set(ChangeSetName=made["Id"])["Status"] == "CREATE_COMPLETE"


@pytest.mark.parametrize("how, ends", [({"OnFailure": "DO_NOTHING"}, "CREATE_FAILED"), ({"OnFailure": "DELETE"}, "DELETE_COMPLETE"),
                                       ({"DisableRollback": True}, "CREATE_FAILED")])
def test_what_becomes_of_the_stack_is_as_asked(cloudformation, how, ends):
    made = cloudformation.create_stack(StackName="s", TemplateBody=body(Q=BAD), **how)
    assert settle(cloudformation, made["StackId"]) == ends


def test_a_nested_stack_is_checked_by_itself(cloudformation, s3, bucket):
    """What is wrong in it fails it, and so its parent."""
    s3.put_object(Bucket=bucket, Key="child", Body=body(Q=BAD))
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"https://{bucket}.s3.amazonaws.com/child"}}
    cloudformation.create_stack(StackName="s", TemplateBody=body(N=nested))
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    assert touched(cloudformation) == {"N"}
