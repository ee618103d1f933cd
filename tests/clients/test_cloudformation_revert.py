"""CloudFormation: drift-aware change sets (DeploymentMode REVERT_DRIFT) show what resources are beside what their template
says, and bring them back. User guide, "Using drift-aware change sets"; members: API reference, DescribeChangeSet."""

import json

import pytest
from helpers import fails, tags
from test_cloudformation import physical, settle

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5, "VisibilityTimeout": 60}}
VALUE = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "one", "Description": "told"}}


def body(**resources):
    return json.dumps({"Resources": resources})


@pytest.fixture
def make(cloudformation):
    def run(text, **more):
        cloudformation.create_stack(StackName="s", TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"], **more)
        assert settle(cloudformation, "s") == "CREATE_COMPLETE"

    return run


def change_set(cloudformation, text=None, name="revert", **more):
    template = {"TemplateBody": text} if text else {"UsePreviousTemplate": True}
    made = cloudformation.create_change_set(StackName="s", ChangeSetName=name, DeploymentMode="REVERT_DRIFT",
                                            Capabilities=["CAPABILITY_NAMED_IAM"], **template, **more)
    return cloudformation.describe_change_set(ChangeSetName=made["Id"], IncludePropertyValues=True)


def execute(cloudformation, said, ends="UPDATE_COMPLETE"):
    assert said["Status"] == "CREATE_COMPLETE", said
    cloudformation.execute_change_set(ChangeSetName=said["ChangeSetId"])
    assert settle(cloudformation, "s") == ends


def changes(said):
    return {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"] for c in said["Changes"]}


def attributes(sqs, url, *names):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names) or ["DelaySeconds"])["Attributes"]


def drift(cloudformation):
    return cloudformation.detect_stack_resource_drift(StackName="s", LogicalResourceId="Q")["StackResourceDrift"]["StackResourceDriftStatus"]


def test_what_was_changed_by_hand_is_shown_and_brought_back(cloudformation, sqs, make):
    make(body(Q=QUEUE, P=VALUE))
    url = physical(cloudformation, "Q")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "90"})
    said = change_set(cloudformation)
    assert (said["DeploymentMode"], said["StackDriftStatus"]) == ("REVERT_DRIFT", "DRIFTED")
    assert list(changes(said)) == ["Q"]
    q = changes(said)["Q"]
    assert (q["Action"], q["Replacement"], q["Scope"], q["ResourceDriftStatus"]) == ("Modify", "False", ["Properties"], "MODIFIED")
    contexts = {name: json.loads(q[name])["Properties"]["DelaySeconds"] for name in ("PreviousDeploymentContext", "BeforeContext", "AfterContext")}
    assert {name: int(value) for name, value in contexts.items()} == {"PreviousDeploymentContext": 5, "BeforeContext": 90, "AfterContext": 5}
    [detail] = q["Details"]
    target = detail["Target"]
    assert target.pop("Drift").items() >= {"PreviousValue": "5", "ActualValue": "90"}.items()
    assert target == {"Attribute": "Properties", "Name": "DelaySeconds", "Path": "/Properties/DelaySeconds", "RequiresRecreation": "Never",
                      "BeforeValue": "90", "BeforeValueFrom": "ACTUAL_STATE", "AfterValue": "5", "AfterValueFrom": "TEMPLATE",
                      "AttributeChangeType": "Modify"}
    execute(cloudformation, said)
    assert attributes(sqs, url) == {"DelaySeconds": "5"}
    assert physical(cloudformation, "Q") == url
    assert drift(cloudformation) == "IN_SYNC"


def test_an_ordinary_change_set_does_not_see_it(cloudformation, sqs, make):
    make(body(Q=QUEUE))
    sqs.set_queue_attributes(QueueUrl=physical(cloudformation, "Q"), Attributes={"DelaySeconds": "90"})
    made = cloudformation.create_change_set(StackName="s", ChangeSetName="x", UsePreviousTemplate=True)
    said = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    assert said["Status"] == "FAILED" and "DeploymentMode" not in said and "StackDriftStatus" not in said


def test_nothing_has_drifted(cloudformation, make):
    make(body(Q=QUEUE))
    said = change_set(cloudformation)
    assert (said["Status"], said["StackDriftStatus"]) == ("FAILED", "IN_SYNC")
    assert "didn't contain changes" in said["StatusReason"]


def test_drift_beside_a_change_of_the_template(cloudformation, sqs, make):
    make(body(Q=QUEUE, P=VALUE))
    url = physical(cloudformation, "Q")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "90"})
    longer = {**QUEUE, "Properties": {"DelaySeconds": 5, "VisibilityTimeout": 61}}
    said = change_set(cloudformation, body(Q=longer, P=VALUE))
    by_name = {d["Target"]["Name"]: d["Target"] for d in changes(said)["Q"]["Details"]}
    assert by_name["DelaySeconds"]["BeforeValueFrom"] == "ACTUAL_STATE" and "Drift" not in by_name["VisibilityTimeout"]
    execute(cloudformation, said)
    assert attributes(sqs, url, "DelaySeconds", "VisibilityTimeout") == {"DelaySeconds": "5", "VisibilityTimeout": "61"}


def test_a_template_that_takes_over_what_was_done_changes_nothing(cloudformation, sqs, cloudtrail, make):
    """SyncWithActual: "The drift status of this item will be reset but the item will not be modified"."""
    make(body(Q=QUEUE))
    url = physical(cloudformation, "Q")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "90"})
    assert drift(cloudformation) == "MODIFIED"
    said = change_set(cloudformation, body(Q={**QUEUE, "Properties": {"DelaySeconds": 90, "VisibilityTimeout": 60}}))
    q = changes(said)["Q"]
    assert (q["Action"], q["Details"][0]["Target"]["AttributeChangeType"], q["Details"][0]["ChangeSource"]) == (
        "SyncWithActual", "SyncWithActual", "NoModification")
    count = writes(cloudtrail)
    execute(cloudformation, said)
    assert writes(cloudtrail) == count
    assert attributes(sqs, url) == {"DelaySeconds": "90"}
    assert drift(cloudformation) == "IN_SYNC"
    assert cloudformation.describe_stacks(StackName="s")["Stacks"][0]["DriftInformation"]["StackDriftStatus"] == "NOT_CHECKED"


def writes(cloudtrail):
    pages = cloudtrail.get_paginator("lookup_events").paginate(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "SetQueueAttributes"}])
    return sum(len(page["Events"]) for page in pages)


def test_what_is_gone_is_made_again(cloudformation, sqs, ssm, make):
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v", "Name": "/kept"}}
    reader = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["Q", "Arn"]}}}
    make(body(Q=QUEUE, N=named, R=reader))
    sqs.delete_queue(QueueUrl=physical(cloudformation, "Q"))
    ssm.delete_parameter(Name="/kept")
    said = change_set(cloudformation)
    assert {k: (v["Action"], v["ResourceDriftStatus"]) for k, v in changes(said).items()} == {"Q": ("Add", "DELETED"), "N": ("Add", "DELETED")}
    execute(cloudformation, said)
    assert attributes(sqs, physical(cloudformation, "Q")) == {"DelaySeconds": "5"}
    assert ssm.get_parameter(Name="/kept")["Parameter"]["Value"] == "v"
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName="s")
    assert settle(cloudformation, stack) == "DELETE_COMPLETE"
    assert not sqs.list_queues().get("QueueUrls") and not ssm.describe_parameters()["Parameters"]


def test_a_failure_restores_what_was_there_before(cloudformation, sqs, make):
    """"If a deployment fails, restore resources to their actual pre-deployment state, not the previous template state"."""
    make(body(Q=QUEUE))
    url = physical(cloudformation, "Q")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "90"})
    bad = {"Type": "AWS::EC2::Subnet", "DependsOn": "Q", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}
    said = change_set(cloudformation, body(Q=QUEUE, Bad=bad))
    execute(cloudformation, said, "UPDATE_ROLLBACK_COMPLETE")
    assert attributes(sqs, url) == {"DelaySeconds": "90"}
    assert drift(cloudformation) == "MODIFIED"
    execute(cloudformation, change_set(cloudformation, name="again"))
    assert attributes(sqs, url) == {"DelaySeconds": "5"}


def test_a_failure_takes_what_was_made_again_away(cloudformation, sqs, make):
    make(body(Q=QUEUE, P=VALUE))
    sqs.delete_queue(QueueUrl=physical(cloudformation, "Q"))
    bad = {"Type": "AWS::EC2::Subnet", "DependsOn": "Q", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}
    execute(cloudformation, change_set(cloudformation, body(Q=QUEUE, P=VALUE, Bad=bad)), "UPDATE_ROLLBACK_COMPLETE")
    assert not sqs.list_queues().get("QueueUrls")
    cloudformation.update_stack(StackName="s", TemplateBody=body(Q=QUEUE, P={**VALUE, "Properties": {**VALUE["Properties"], "Value": "two"}}))
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"
    assert attributes(sqs, physical(cloudformation, "Q")) == {"DelaySeconds": "5"}


def test_tags_of_others_are_left_alone(cloudformation, sqs, make):
    """User guide: tag keys that the template does not have are not reconciled; those that it has are."""
    make(body(Q={**QUEUE, "Properties": {**QUEUE["Properties"], "Tags": tags(team="a", kind="x")}}))
    url = physical(cloudformation, "Q")
    sqs.tag_queue(QueueUrl=url, Tags={"team": "b", "cost": "theirs"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["kind"])
    said = change_set(cloudformation)
    assert changes(said)["Q"]["Scope"] == ["Tags"]
    execute(cloudformation, said)
    found = {k: v for k, v in sqs.list_queue_tags(QueueUrl=url)["Tags"].items() if not k.startswith("aws:")}
    assert found == {"team": "a", "kind": "x", "cost": "theirs"}
    assert change_set(cloudformation, name="again")["Status"] == "FAILED"


def test_a_network_is_brought_back_in_place(cloudformation, ec2, make):
    network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True}}
    make(body(Q=QUEUE, V=network))
    vpc = physical(cloudformation, "V")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    said = change_set(cloudformation)
    assert changes(said)["V"]["Replacement"] == "False"
    execute(cloudformation, said)
    assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]
    assert physical(cloudformation, "V") == vpc


def test_rules_and_policies(cloudformation, ec2, iam, make):
    """What an operator does at night: a port opened by hand, a role's policy widened."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    read = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}
    make(json.dumps({"Resources": {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "G": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "VpcId": {"Ref": "V"}, "SecurityGroupIngress": [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}]}},
        "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": [{"PolicyName": "p", "PolicyDocument": read}]}}}}))
    group, role = physical(cloudformation, "G"), physical(cloudformation, "R")
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    wide = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=wide)
    said = change_set(cloudformation)
    assert set(changes(said)) == {"G", "R"}
    execute(cloudformation, said)
    rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert [r["FromPort"] for r in rules] == [443]
    assert iam.get_role_policy(RoleName=role, PolicyName="p")["PolicyDocument"] == read
    assert change_set(cloudformation, name="again")["Status"] == "FAILED"


def test_what_can_not_be_read_is_said(cloudformation, make):
    make(json.dumps({"Resources": {"H": {"Type": "AWS::CloudFormation::WaitConditionHandle"}, "P": VALUE}}))
    changed = {**VALUE, "Properties": {**VALUE["Properties"], "Value": "two"}}
    said = change_set(cloudformation, json.dumps({"Resources": {"P": changed}}))
    found = changes(said)
    assert (found["H"]["Action"], found["H"]["ResourceDriftStatus"]) == ("Remove", "UNSUPPORTED")
    assert found["P"]["ResourceDriftStatus"] == "IN_SYNC"
    with fails("ValidationError", "DeploymentMode REVERT_DRIFT is not for change sets of type IMPORT"):
        cloudformation.create_change_set(StackName="s", ChangeSetName="i", ChangeSetType="IMPORT", DeploymentMode="REVERT_DRIFT",
                                         UsePreviousTemplate=True, ResourcesToImport=[{
                                             "ResourceType": "AWS::SQS::Queue", "LogicalResourceId": "Q", "ResourceIdentifier": {"QueueUrl": "x"}}])


def test_secrets_stay_hidden(cloudformation, ssm, make):
    text = json.dumps({"Parameters": {"Secret": {"Type": "String", "NoEcho": True}}, "Resources": {
        "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Secret"}, "Description": "told"}}}})
    make(text, Parameters=[{"ParameterKey": "Secret", "ParameterValue": "hunter2"}])
    name = physical(cloudformation, "P")
    ssm.put_parameter(Name=name, Value="other", Description="by hand", Overwrite=True, Type="String")
    said = change_set(cloudformation, Parameters=[{"ParameterKey": "Secret", "UsePreviousValue": True}])
    p = changes(said)["P"]
    assert [d["Target"]["Name"] for d in p["Details"]] == ["Description"]
    assert {"Path": "/Properties/Value", "Reason": "SENSITIVE_PROPERTY"} in p["ResourceDriftIgnoredAttributes"]
    assert "hunter2" not in str(said) and "other" not in str(p)
