"""CloudFormation: signals that a CreationPolicy waits for, and what NotificationARNs are told."""

import json
import time

import pytest
from functions_support import until
from test_cloudformation import settle

GROUP = {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"MinSize": "1", "MaxSize": "4", "AvailabilityZones": ["us-east-1a"],
                                                                      "LaunchConfigurationName": "l"}}


def instance(count=1, timeout="PT5M", **more):
    return {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro"},
            "CreationPolicy": {"ResourceSignal": {"Count": count, "Timeout": timeout}, **more}}


def begin(cloudformation, resources, **more):
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps({"Resources": resources}), **more)


def signal(cloudformation, resource, unique, status="SUCCESS"):
    def waits():
        found = cloudformation.describe_stack_resources(StackName="s")["StackResources"]
        return [r for r in found if r["LogicalResourceId"] == resource and r["ResourceStatus"] == "CREATE_IN_PROGRESS"
                and r.get("PhysicalResourceId")]
    until(waits)
    cloudformation.signal_resource(StackName="s", LogicalResourceId=resource, UniqueId=unique, Status=status)


def events(cloudformation, resource):
    found = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    return [(e["ResourceStatus"], e.get("ResourceStatusReason", "")) for e in reversed(found) if e["LogicalResourceId"] == resource]


def test_an_instance_is_complete_once_it_is_signalled(cloudformation, ec2):
    begin(cloudformation, {"I": instance(2), "After": {"Type": "AWS::SSM::Parameter", "DependsOn": "I",
                                                       "Properties": {"Type": "String", "Value": "v"}}})
    signal(cloudformation, "I", "one")
    signal(cloudformation, "I", "one")
    time.sleep(0.2)
    assert cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    signal(cloudformation, "I", "two")
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    assert ("CREATE_IN_PROGRESS", "Received SUCCESS signal with UniqueId two") in events(cloudformation, "I")
    assert len(ec2.describe_instances()["Reservations"]) == 1


@pytest.mark.parametrize("percent, result", [(50, "CREATE_COMPLETE"), (100, "ROLLBACK_COMPLETE")])
def test_a_part_of_a_group_may_fail(cloudformation, percent, result):
    policy = {"ResourceSignal": {"Count": 2}, "AutoScalingCreationPolicy": {"MinSuccessfulInstancesPercent": percent}}
    begin(cloudformation, {"G": {**GROUP, "CreationPolicy": policy}})
    signal(cloudformation, "G", "bad", "FAILURE")
    if percent == 50:
        signal(cloudformation, "G", "good")
    assert settle(cloudformation, "s") == result
    said = "Received 1 FAILURE signal(s) out of 2. Unable to satisfy 100% MinSuccessfulInstancesPercent requirement"
    assert (("CREATE_FAILED", said) in events(cloudformation, "G")) == (percent == 100)


def test_user_data_that_signals_counts_as_run(cloudformation):
    data = {"Fn::Base64": {"Fn::Sub": "#!/bin/bash\n/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource G\n"}}
    launch = {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {
        "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "UserData": data}}
    group = {**GROUP, "Properties": {**GROUP["Properties"], "LaunchConfigurationName": {"Ref": "L"}}, "CreationPolicy": {"ResourceSignal": {"Count": 2}}}
    own = instance()
    own["Properties"]["UserData"] = data
    begin(cloudformation, {"L": launch, "G": group, "I": own})
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    assert any(reason.startswith("Received SUCCESS signal with UniqueId i-") for _, reason in events(cloudformation, "I"))


def test_a_wait_condition_that_user_data_signals(cloudformation):
    data = {"Fn::Base64": {"Fn::Sub": "#!/bin/bash\n/opt/aws/bin/cfn-signal -e $? '${Handle}'\n"}}
    sender = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "UserData": data}}

    def waits(handle):
        return {"Type": "AWS::CloudFormation::WaitCondition", "DependsOn": "Sender", "Properties": {"Handle": {"Ref": handle}, "Timeout": "1"}}
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    begin(cloudformation, {"Handle": handle, "Sender": sender, "Wait": waits("Handle")})
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    cloudformation.create_stack(StackName="t", TemplateBody=json.dumps({"Resources": {
        "Handle": handle, "Other": handle, "Sender": sender, "Wait": waits("Other")}}))
    assert settle(cloudformation, "t") == "ROLLBACK_COMPLETE"


def test_signals_that_do_not_come(cloudformation):
    begin(cloudformation, {"I": instance(3, "PT1S")})
    signal(cloudformation, "I", "one")
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    assert ("CREATE_FAILED", "Failed to receive 2 resource signal(s) within the specified duration") in events(cloudformation, "I")


def test_topics_are_told_of_every_event(cloudformation, sns, sqs, account):
    topic = sns.create_topic(Name="told")["TopicArn"]
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]})})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    begin(cloudformation, {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}},
          NotificationARNs=[topic], ClientRequestToken="mine")
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    seen = []

    def all_there():
        for m in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
            body = json.loads(m["Body"])
            assert body["Subject"] == "AWS CloudFormation Notification" and body["Message"].endswith("'\n")
            seen.append(dict(line.split("='", 1) for line in body["Message"].splitlines()))
        return len(seen) >= 5
    until(all_there)
    by_event = {m["EventId"][:-1]: m for m in seen}
    recorded = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert set(by_event) == {e["EventId"] for e in recorded}
    for event in recorded:
        message = {name: value.removesuffix("'") for name, value in by_event[event["EventId"]].items()}
        assert message["ResourceStatus"] == event["ResourceStatus"] and message["StackId"] == event["StackId"]
        assert message["Namespace"] == account and message["ClientRequestToken"] == "mine"
        assert message["ResourceProperties"] == event.get("ResourceProperties", "null")
        assert message["ResourceStatusReason"] == event.get("ResourceStatusReason", "")
