"""CloudFormation: what is there already is taken over into stacks."""

import json

import pytest
from helpers import fails
from test_cloudformation import settle

QUEUE = {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain", "Properties": {"QueueName": "there"}}
PARAMETER = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}


def body(resources, outputs=None):
    return json.dumps({"Resources": resources, "Outputs": outputs or {}})


def import_set(cloudformation, resources, asked, stack="s", outputs=None):
    made = cloudformation.create_change_set(StackName=stack, ChangeSetName="import", ChangeSetType="IMPORT",
                                            TemplateBody=body(resources, outputs), ResourcesToImport=asked)
    return cloudformation.describe_change_set(ChangeSetName=made["Id"])


def asked(logical, kind, **identifier):
    return {"ResourceType": kind, "LogicalResourceId": logical, "ResourceIdentifier": identifier}


def statuses(cloudformation, stack="s"):
    return {r["LogicalResourceId"]: r["ResourceStatus"] for r in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]}


def test_a_stack_is_made_of_what_is_there(cloudformation, sqs, ec2, vpc):
    url = sqs.create_queue(QueueName="there", Attributes={"DelaySeconds": "7"})["QueueUrl"]
    network = {"Type": "AWS::EC2::VPC", "DeletionPolicy": "Delete", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    said = import_set(cloudformation, {"Q": QUEUE, "N": network},
                      [asked("Q", "AWS::SQS::Queue", QueueUrl=url), asked("N", "AWS::EC2::VPC", VpcId=vpc)])
    own = "https://sqs.us-east-1.amazonaws.com/" + url.split("/", 3)[3]
    assert {(c["ResourceChange"]["Action"], c["ResourceChange"]["PhysicalResourceId"]) for c in said["Changes"]} == {("Import", own), ("Import", vpc)}
    cloudformation.execute_change_set(ChangeSetName=said["ChangeSetId"])
    assert settle(cloudformation, "s") == "IMPORT_COMPLETE"
    assert statuses(cloudformation) == {"Q": "IMPORT_COMPLETE", "N": "IMPORT_COMPLETE"}
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert ["IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"] == [e["ResourceStatus"] for e in reversed(events) if e["LogicalResourceId"] == "Q"]
    # From here on they are the stack's, with what was there left as it was until the template says otherwise.
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]["DelaySeconds"] == "7"
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}}, "Vpc": {"Value": {"Ref": "N"}}}
    changed = {**QUEUE, "Properties": {**QUEUE["Properties"], "DelaySeconds": 3}}
    cloudformation.update_stack(StackName="s", TemplateBody=body({"Q": changed, "N": network}, outputs))
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]["DelaySeconds"] == "3"
    found = {o["OutputKey"]: o["OutputValue"] for o in cloudformation.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]}
    assert found["Arn"].endswith(":there") and found["Vpc"] == vpc
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName="s")
    assert settle(cloudformation, stack) == "DELETE_COMPLETE"
    assert sqs.get_queue_url(QueueName="there")["QueueUrl"] == url
    with pytest.raises(ec2.exceptions.ClientError):
        ec2.describe_vpcs(VpcIds=[vpc])


def test_into_a_stack_that_is_there(cloudformation, s3, bucket):
    cloudformation.create_stack(StackName="s", TemplateBody=body({"P": PARAMETER}))
    settle(cloudformation, "s")
    made = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": bucket}}
    said = import_set(cloudformation, {"P": PARAMETER, "B": made}, [asked("B", "AWS::S3::Bucket", BucketName=bucket)])
    assert len(said["Changes"]) == 1
    cloudformation.execute_change_set(ChangeSetName=said["ChangeSetId"])
    assert settle(cloudformation, "s") == "IMPORT_COMPLETE"
    assert statuses(cloudformation) == {"P": "CREATE_COMPLETE", "B": "IMPORT_COMPLETE"}


def test_what_is_not_there_rolls_back(cloudformation, ssm):
    cloudformation.create_stack(StackName="s", TemplateBody=body({"P": PARAMETER}))
    settle(cloudformation, "s")
    ssm.put_parameter(Name="/there", Value="v", Type="String")
    named = {**PARAMETER, "DeletionPolicy": "Delete", "Properties": {**PARAMETER["Properties"], "Name": "/there"}}
    missing = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "DependsOn": "T", "Properties": {"BucketName": "is-not-there-at-all"}}
    said = import_set(cloudformation, {"P": PARAMETER, "T": named, "B": missing}, [
        asked("T", "AWS::SSM::Parameter", Name="/there"), asked("B", "AWS::S3::Bucket", BucketName="is-not-there-at-all")])
    cloudformation.execute_change_set(ChangeSetName=said["ChangeSetId"])
    assert settle(cloudformation, "s") == "IMPORT_ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    failed = next(e for e in events if e["ResourceStatus"] == "IMPORT_FAILED")
    assert "Resource of type 'AWS::S3::Bucket' with identifier 'is-not-there-at-all' was not found." in failed["ResourceStatusReason"]
    assert ssm.get_parameter(Name="/there")["Parameter"]["Value"] == "v"
    cloudformation.update_stack(StackName="s", TemplateBody=body({"P": PARAMETER, "Q": PARAMETER}))
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"


def test_what_cannot_be_imported(cloudformation, sqs):
    url = sqs.create_queue(QueueName="there")["QueueUrl"]
    queue = asked("Q", "AWS::SQS::Queue", QueueUrl=url)
    with fails("ValidationError", "Resource Q to import must have a DeletionPolicy in the template"):
        import_set(cloudformation, {"Q": {k: v for k, v in QUEUE.items() if k != "DeletionPolicy"}}, [queue])
    with fails("ValidationError", "The ResourceIdentifier of Q must have [QueueUrl]"):
        import_set(cloudformation, {"Q": QUEUE}, [asked("Q", "AWS::SQS::Queue", QueueName="there")])
    with fails("ValidationError", "Resource X to import is not in the template"):
        import_set(cloudformation, {"Q": QUEUE}, [asked("X", "AWS::SQS::Queue", QueueUrl=url)])
    with fails("ValidationError", "You have modified resources [P] in your template that are not being imported. Update, create or delete "
                                  "operations cannot be executed during import operations."):
        import_set(cloudformation, {"Q": QUEUE, "P": PARAMETER}, [queue])
    with fails("ValidationError", "ResourcesToImport is for change sets of type IMPORT only"):
        cloudformation.create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body({"Q": QUEUE}),
                                         ResourcesToImport=[queue])
    said = import_set(cloudformation, {"Q": QUEUE}, [queue])
    cloudformation.execute_change_set(ChangeSetName=said["ChangeSetId"])
    assert settle(cloudformation, "s") == "IMPORT_COMPLETE"
    with fails("ValidationError", "Resources [Q] passed in ResourceToImport are already in a stack and cannot be imported."):
        import_set(cloudformation, {"Q": QUEUE}, [queue], stack="t")


def test_existing_resources_are_imported_where_they_are_found(cloudformation, sqs, sns, s3, bucket, iam):
    url = sqs.create_queue(QueueName="there")["QueueUrl"]
    topic = sns.create_topic(Name="there")["TopicArn"]
    resources = {"Q": QUEUE, "T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "there"}},
                 "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}, "New": PARAMETER,
                 "Fresh": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "fresh"}}}
    made = cloudformation.create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body(resources),
                                            ImportExistingResources=True)
    said = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    actions = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"]["Action"] for c in said["Changes"]}
    assert actions == {"Q": "Import", "T": "Import", "B": "Import", "New": "Add", "Fresh": "Add"}
    cloudformation.execute_change_set(ChangeSetName=made["Id"])
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    found = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in cloudformation.describe_stack_resources(StackName="s")["StackResources"]}
    assert (found["Q"].split("/", 3)[3], found["T"], found["B"]) == (url.split("/", 3)[3], topic, bucket)
    # Another stack's are not found: they are somebody's.
    made = cloudformation.create_change_set(StackName="t", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body({"Q": QUEUE}),
                                            ImportExistingResources=True)
    assert cloudformation.describe_change_set(ChangeSetName=made["Id"])["Changes"][0]["ResourceChange"]["Action"] == "Add"


def test_what_was_imported_is_not_removed_when_the_rest_fails(cloudformation, sqs):
    url = sqs.create_queue(QueueName="there")["QueueUrl"]
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "there"}}
    broken = {"Type": "AWS::SNS::Subscription", "DependsOn": "Q", "Properties": {
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:none", "Protocol": "sqs", "Endpoint": "x"}}
    for kind, base in (("CREATE", {}), ("UPDATE", {"P": PARAMETER})):
        if base:
            cloudformation.create_stack(StackName=kind, TemplateBody=body(base))
            settle(cloudformation, kind)
        made = cloudformation.create_change_set(StackName=kind, ChangeSetName="c", ChangeSetType=kind,
                                                TemplateBody=body({**base, "Q": queue, "X": broken}), ImportExistingResources=True)
        cloudformation.execute_change_set(ChangeSetName=made["Id"])
        assert settle(cloudformation, kind) == ("ROLLBACK_COMPLETE" if kind == "CREATE" else "UPDATE_ROLLBACK_COMPLETE")
        assert sqs.get_queue_url(QueueName="there")["QueueUrl"] == url
