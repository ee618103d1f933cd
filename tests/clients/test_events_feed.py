"""What the cloud tells of itself on the default event bus."""

import json
import time

import pytest

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})


@pytest.fixture
def told(events, sqs, account):
    """told(pattern) listens; what it returns gives the events so far, once there are enough."""
    url = sqs.create_queue(QueueName="feed", Attributes={"Policy": ALLOW})["QueueUrl"]

    def listen(pattern, state="ENABLED"):
        events.put_rule(Name="feed", EventPattern=json.dumps(pattern), State=state)
        events.put_targets(Rule="feed", Targets=[{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:{account}:feed"}])

        def heard(wanted, seconds=10):
            out, end = [], time.time() + seconds
            while len(out) < wanted and time.time() < end:
                for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    out.append(json.loads(message["Body"]))
            return out
        return heard

    return listen


def test_instances(told, ec2, account):
    heard = told({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]})
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]["InstanceId"]
    ec2.stop_instances(InstanceIds=[instance])
    ec2.terminate_instances(InstanceIds=[instance])
    found = heard(6)
    assert sorted(e["detail"]["state"] for e in found) == ["pending", "running", "shutting-down", "stopped", "stopping", "terminated"]
    assert found[0]["resources"] == [f"arn:aws:ec2:us-east-1:{account}:instance/{instance}"]
    assert found[0]["detail"]["instance-id"] == instance


def test_calls(told, ssm, account):
    heard = told({"source": ["aws.ssm"], "detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventName": ["PutParameter", "GetParameter"]}})
    ssm.put_parameter(Name="p", Value="v", Type="String")
    ssm.get_parameter(Name="p")
    event, = heard(2, seconds=3)
    assert (event["detail"]["eventName"], event["detail"]["eventSource"]) == ("PutParameter", "ssm.amazonaws.com")
    assert event["detail"]["requestParameters"]["name"] == "p" and event["account"] == account


def test_calls_that_only_look(told, ssm):
    heard = told({"source": ["aws.ssm"]}, state="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
    ssm.put_parameter(Name="p", Value="v", Type="String")
    ssm.get_parameter(Name="p")
    assert sorted(e["detail"]["eventName"] for e in heard(2)) == ["GetParameter", "PutParameter"]


def test_stacks(told, cloudformation):
    heard = told({"source": ["aws.cloudformation"], "detail-type": ["CloudFormation Stack Status Change"]})
    template = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
    stack = cloudformation.create_stack(StackName="told", TemplateBody=template)["StackId"]
    found = heard(2)
    assert {e["detail"]["status-details"]["status"] for e in found} == {"CREATE_IN_PROGRESS", "CREATE_COMPLETE"}
    assert found[0]["resources"] == [stack] and found[0]["detail"]["stack-id"] == stack


def test_nobody_may_speak_for_aws(events):
    answer = events.put_events(Entries=[{"Source": "aws.ec2", "DetailType": "x", "Detail": "{}"}])
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
