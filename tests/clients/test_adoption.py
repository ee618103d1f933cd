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
    cloudformation.update_stack(StackName="s", TemplateBody=template("B", kind=kind), DisableValidation=True)
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists" in reasons(cloudformation)
    resources = cloudformation.describe_stack_resources(StackName="s")["StackResources"]
    assert [r["LogicalResourceId"] for r in resources if r["ResourceStatus"] != "DELETE_COMPLETE"] == ["A"]
    # What is there is still there: another stack is refused it, too.
    cloudformation.create_stack(StackName="t", TemplateBody=template("A", kind=kind), DisableValidation=True)
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


POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def twice(cloudformation, shared, kind, properties):
    policy = {"Type": kind, "Properties": properties}
    body = {"Resources": {"Shared": shared, "A": policy}}
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"])
    assert settle(cloudformation) == "CREATE_COMPLETE"
    body["Resources"]["B"] = policy
    cloudformation.update_stack(StackName="s", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"])
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    return reasons(cloudformation)


def test_a_second_policy_of_a_bucket_is_refused(cloudformation, s3, account):
    name = f"policies-{account}"
    statement = {**POLICY["Statement"][0], "Principal": {"AWS": account}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    said = twice(cloudformation, {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}, "AWS::S3::BucketPolicy",
                 {"Bucket": {"Ref": "Shared"}, "PolicyDocument": {**POLICY, "Statement": [statement]}})
    assert f"The bucket policy already exists on bucket {name}." in said
    assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]


def test_a_second_policy_of_a_role_is_refused(cloudformation, iam):
    said = twice(cloudformation, {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "shared", "AssumeRolePolicyDocument": TRUST}},
                 "AWS::IAM::RolePolicy", {"RoleName": {"Ref": "Shared"}, "PolicyName": "p", "PolicyDocument": POLICY})
    assert "Resource of type 'AWS::IAM::RolePolicy' with identifier 'p|shared' already exists." in said
    assert iam.get_role_policy(RoleName="shared", PolicyName="p")["PolicyDocument"] == POLICY
