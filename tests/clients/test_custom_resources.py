"""CloudFormation: custom resources, whose providers are functions and topics of the user's."""

import json
import time
import urllib.request

import pytest

PROVIDER = """
import json, urllib.request
def handler(event, context):
    properties = event["ResourceProperties"]
    print("asked", event["RequestType"], event.get("PhysicalResourceId"))
    if properties.get("Silent") == "true" and event["RequestType"] == "Create":
        return
    ok = properties.get("Fail") != event["RequestType"]
    body = {"Status": "SUCCESS" if ok else "FAILED", "Reason": "as was wished", "StackId": event["StackId"],
            "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"],
            "PhysicalResourceId": properties.get("Id", "made-" + event["LogicalResourceId"]),
            "Data": {"Sum": sum(int(n) for n in properties.get("Numbers", [])), "Old": event.get("OldResourceProperties", {})}}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(body).encode(), method="PUT", headers={"Content-Type": ""})
    urllib.request.urlopen(request).read()
"""

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def template(properties, outputs=None, more=None):
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Provider": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "index.handler", "Timeout": 20,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": PROVIDER}}},
        "Made": {"Type": "Custom::Made", "Properties": {
            "ServiceToken": {"Fn::GetAtt": ["Provider", "Arn"]}, **properties}},
        **(more or {})}
    return json.dumps({"Resources": resources, "Outputs": outputs or {}})


def settle(cloudformation, name="s", seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack["StackStatus"]
        time.sleep(0.05)
    raise AssertionError(f"{name} is still {stack['StackStatus']}")


def create(cloudformation, body):
    cloudformation.create_stack(StackName="s", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    return settle(cloudformation)


def reasons(cloudformation, name="s"):
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(e.get("ResourceStatusReason", "") for e in events)


def story(cloudformation):
    found = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    return [(e["ResourceStatus"], e["PhysicalResourceId"]) for e in reversed(found) if e["LogicalResourceId"] == "Made"]


def test_what_a_function_makes(cloudformation):
    outputs = {"Sum": {"Value": {"Fn::GetAtt": ["Made", "Sum"]}}, "Id": {"Value": {"Ref": "Made"}}}
    assert create(cloudformation, template({"Numbers": [1, 2]}, outputs)) == "CREATE_COMPLETE", reasons(cloudformation)
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
    assert {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]} == {"Sum": "3", "Id": "made-Made"}
    # Another id is another resource: the old one goes in the clean-up.
    cloudformation.update_stack(StackName="s", TemplateBody=template({"Numbers": [4], "Id": "other"}, outputs),
                                Capabilities=["CAPABILITY_IAM"])
    assert settle(cloudformation) == "UPDATE_COMPLETE", reasons(cloudformation)
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
    assert {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]} == {"Sum": "4", "Id": "other"}
    assert ("DELETE_COMPLETE", "made-Made") in story(cloudformation)
    cloudformation.delete_stack(StackName="s")
    assert settle(cloudformation, stack["StackId"]) == "DELETE_COMPLETE"


def test_what_a_function_fails_at_is_rolled_back(cloudformation):
    assert create(cloudformation, template({"Fail": "Create"})) == "ROLLBACK_COMPLETE"
    assert "Received response status [FAILED] from custom resource. Message returned: as was wished" in reasons(cloudformation)
    cloudformation.delete_stack(StackName="s")


def test_an_attribute_that_was_not_answered(cloudformation):
    body = template({}, {"No": {"Value": {"Fn::GetAtt": ["Made", "Nothing"]}}})
    assert create(cloudformation, body) == "ROLLBACK_COMPLETE"
    assert "Vendor response doesn't contain Nothing attribute in object made-Made" in reasons(cloudformation)


def test_a_failed_update_gets_the_old_properties_again(cloudformation):
    outputs = {"Sum": {"Value": {"Fn::GetAtt": ["Made", "Sum"]}}}
    assert create(cloudformation, template({"Numbers": [1]}, outputs)) == "CREATE_COMPLETE", reasons(cloudformation)
    cloudformation.update_stack(StackName="s", TemplateBody=template({"Numbers": [2], "Fail": "Update"}, outputs),
                                Capabilities=["CAPABILITY_IAM"])
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE", reasons(cloudformation)
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]
    assert stack["Outputs"][0]["OutputValue"] == "1"


def test_a_provider_that_never_answers(cloudformation):
    """Its time is ServiceTimeout; a stack that waits for it can be deleted."""
    assert create(cloudformation, template({"Silent": "true", "ServiceTimeout": "1"})) == "ROLLBACK_COMPLETE"
    assert "did not receive a response from your Custom Resource" in reasons(cloudformation)
    cloudformation.delete_stack(StackName="s")
    cloudformation.create_stack(StackName="t", TemplateBody=template({"Silent": "true"}), Capabilities=["CAPABILITY_IAM"])
    time.sleep(1)
    stack = cloudformation.describe_stacks(StackName="t")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_IN_PROGRESS"
    cloudformation.delete_stack(StackName="t")
    assert settle(cloudformation, stack["StackId"]) == "DELETE_COMPLETE"


@pytest.mark.parametrize("answer, words", [
    ({"Status": "SUCCESS"}, "Invalid PhysicalResourceId"),
    ({"Status": "MAYBE"}, "no Status of SUCCESS or FAILED"),
    ({"Status": "SUCCESS", "PhysicalResourceId": "x", "Data": {"Long": "x" * 5000}}, "Response object is too long."),
])
def test_a_topic_as_provider_and_answers_that_are_none(cloudformation, sns, sqs, answer, words):
    queue = sqs.create_queue(QueueName="asked")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="providers")["TopicArn"]
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}]}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    body = json.dumps({"Resources": {"Made": {"Type": "Custom::Made", "Properties": {"ServiceToken": topic}}}})
    cloudformation.create_stack(StackName="s", TemplateBody=body, OnFailure="DO_NOTHING")
    got = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20).get("Messages")
    assert got, reasons(cloudformation)
    request = json.loads(json.loads(got[0]["Body"])["Message"])
    assert request["RequestType"] == "Create" and request["ResourceType"] == "Custom::Made"
    body = {**{k: request[k] for k in ("StackId", "RequestId", "LogicalResourceId")}, **answer}
    put = urllib.request.Request(request["ResponseURL"], json.dumps(body).encode(), method="PUT")
    assert urllib.request.urlopen(put).status == 200
    assert settle(cloudformation) == "CREATE_FAILED"
    assert words in reasons(cloudformation)
