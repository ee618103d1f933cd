"""CloudFormation: what an answer leaves out, and AWS's own words. Recorded on AWS unless said otherwise."""

import json

import pytest
from helpers import fails
from test_cloudformation import settle

PARAMETER = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}


def body(resources=None, **more):
    return json.dumps({"Resources": resources or {"P": PARAMETER}, **more})


def test_what_there_is_none_of_is_left_out(cloudformation):
    made = cloudformation.create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body())
    said = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    assert "Parameters" not in said and "Tags" not in said
    assert (said["Capabilities"], said["NotificationARNs"], said["RollbackConfiguration"]) == ([], [], {})
    cloudformation.execute_change_set(ChangeSetName=made["Id"])
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
    assert not {"Parameters", "Outputs", "Capabilities"} & set(stack)
    assert stack["Tags"] == [] and stack["EnableTerminationProtection"] is False and stack["LastUpdatedTime"]
    cloudformation.delete_stack(StackName="s")
    settle(cloudformation, stack["StackId"])
    gone = cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"][0]
    assert "EnableTerminationProtection" not in gone and gone["DeletionTime"]


def test_a_summary_tells_by_what_resources_are_identified(cloudformation):
    summary = cloudformation.get_template_summary(TemplateBody=body())
    assert summary["ResourceIdentifierSummaries"] == [
        {"ResourceType": "AWS::SSM::Parameter", "LogicalResourceIds": ["P"], "ResourceIdentifiers": ["Name"]}]
    assert "DeclaredTransforms" not in summary


# That of DescribeStackResource is not recorded; it stands so in public reports.
@pytest.mark.parametrize("operation, more, message", [
    ("describe_stacks", {}, "Stack with id none does not exist"),
    ("describe_stack_events", {}, "Stack [none] does not exist"),
    ("describe_stack_resource", {"LogicalResourceId": "P"}, "Stack 'none' does not exist"),
    ("delete_change_set", {"ChangeSetName": "c"}, "Stack [none] does not exist"),
    ("update_stack", {"TemplateBody": body()}, "Stack [none] does not exist"),
    ("create_change_set", {"ChangeSetName": "c", "TemplateBody": body()}, "Stack [none] does not exist")])
def test_stacks_that_are_not_there(cloudformation, operation, more, message):
    with fails("ValidationError", message):
        getattr(cloudformation, operation)(StackName="none", **more)


def test_a_deleted_stack_is_not_made_again(cloudformation):
    stack = cloudformation.create_stack(StackName="s", TemplateBody=body())["StackId"]
    settle(cloudformation, "s")
    cloudformation.delete_stack(StackName="s")
    settle(cloudformation, stack)
    with fails("ValidationError", f"Stack [{stack}] already exists and cannot be created again with the changeSet [c]."):
        cloudformation.create_change_set(StackName=stack, ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body())
    with fails("ValidationError", f"Stack:{stack} is in DELETE_COMPLETE state and can not be updated."):
        cloudformation.create_change_set(StackName=stack, ChangeSetName="c", TemplateBody=body())


@pytest.mark.parametrize("url, message", [
    ("http://www.example.com/t", "TemplateURL must be a supported URL."),
    ("https://example.com/bucket/key", "TemplateURL must be a supported URL."),
    ("https://bucket.s3.amazonaws.com.example.com/key", "TemplateURL must be a supported URL."),
    ("s3://bucket/key", "S3 error: Domain name specified in bucket is not a valid S3 domain")])
def test_templates_from_elsewhere(cloudformation, url, message):
    with fails("ValidationError", message):
        cloudformation.create_stack(StackName="s", TemplateURL=url)


def test_templates_of_this_cloud(cloudformation, s3, bucket, endpoint):
    s3.put_object(Bucket=bucket, Key="t.json", Body=body().encode())
    for number, url in enumerate((f"{endpoint}/{bucket}/t.json", f"https://{bucket}.s3.us-east-1.amazonaws.com/t.json",
                                  f"https://s3.amazonaws.com/{bucket}/t.json", f"http://localhost:4566/{bucket}/t.json")):
        cloudformation.create_stack(StackName=f"s{number}", TemplateURL=url)
        assert settle(cloudformation, f"s{number}") == "CREATE_COMPLETE"


ALARM = "arn:aws:cloudwatch:us-east-1:111122223333:"


@pytest.mark.parametrize("request_members, message", [
    ({"ResourceTypes": ["AWS::EC2::*"]}, "Resource type AWS::SSM::Parameter is not allowed by parameter ResourceTypes [AWS::EC2::*]"),
    ({"RollbackConfiguration": {"RollbackTriggers": [{"Arn": ALARM + "x", "Type": "AWS::CloudWatch::Alarm"}]}},
     "RelativeId of a Rollback Trigger's ARN is incorrect"),
    ({"RollbackConfiguration": {"RollbackTriggers": [{"Arn": ALARM + "alarm:x", "Type": "AWS::X::Y"}]}},
     "Rollback Trigger Type not supported")])
def test_requests_that_are_refused(cloudformation, request_members, message):
    with fails("ValidationError", message):
        cloudformation.create_stack(StackName="s", TemplateBody=body(), **request_members)


def test_resource_types_that_are_allowed(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=body(), ResourceTypes=["AWS::EC2::*", "AWS::SSM::Parameter"])
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
