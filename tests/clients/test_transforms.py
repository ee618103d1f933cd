"""CloudFormation: transforms that really run, macros of the user's own among them."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from functions_support import package

MACRO = """
import json
def handler(event, context):
    print(json.dumps(event))
    kind = event["params"].get("Do", "") or event["templateParameterValues"].get("Do", "")
    answer = {"requestId": event["requestId"], "status": "success", "fragment": event["fragment"]}
    if kind == "fail":
        return {**answer, "status": "failed", "errorMessage": "as was wished"}
    if kind == "fail silently":
        return {**answer, "status": "FAILURE"}
    if kind == "crash":
        raise ValueError("no")
    if kind == "malformed":
        return {"status": "success"}
    if kind == "spoil":
        return {**answer, "fragment": "nothing"}
    if kind == "echo":
        return {**answer, "fragment": json.dumps(event["params"], sort_keys=True)}
    text = json.dumps(event["fragment"]).replace("<mark>", event["params"].get("Mark", "global") + " <mark>")
    return {**answer, "fragment": json.loads(text)}
"""

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": [
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]}}


def settle(cloudformation, name="s", seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack
        time.sleep(0.05)
    raise AssertionError(f"{name} is still {stack['StackStatus']}")


def create(cloudformation, body, name="s", capabilities=("CAPABILITY_AUTO_EXPAND", "CAPABILITY_NAMED_IAM"), **more):
    text = body if isinstance(body, str) else json.dumps(body)
    cloudformation.create_stack(StackName=name, TemplateBody=text, Capabilities=list(capabilities), **more)
    return settle(cloudformation, name)


def reasons(cloudformation, name="s"):
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [e.get("ResourceStatusReason", "") for e in events if e["ResourceType"] == "AWS::CloudFormation::Stack"]


@pytest.fixture
def macro(cloudformation):
    body = {"Resources": {
        "Role": ROLE,
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "index.handler", "Timeout": 20,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": MACRO}}},
        "Macro": {"Type": "AWS::CloudFormation::Macro", "Properties": {
            "Name": "Mark", "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]}}}},
        "Outputs": {"MacroRef": {"Value": {"Ref": "Macro"}}}}
    stack = create(cloudformation, body, "macros", ["CAPABILITY_IAM"])
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Outputs"] == [{"OutputKey": "MacroRef", "OutputValue": "Mark"}]
    return cloudformation


def parameter(value, **more):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}, **more}


def test_nested_transforms_run_before_global_ones_and_in_order(macro):
    marked = {"Fn::Transform": [{"Name": "Mark", "Parameters": {"Mark": "first"}},
                                {"Name": "Mark", "Parameters": {"Mark": "second"}}]}
    body = {"Transform": ["Mark", "Mark"],
            "Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {
                "Type": "String", "Value": "<mark>", **marked}}}}
    assert create(macro, body)["StackStatus"] == "CREATE_COMPLETE"
    processed = macro.get_template(StackName="s", TemplateStage="Processed")
    assert processed["StagesAvailable"] == ["Original", "Processed"]
    assert processed["TemplateBody"] == {"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {
        "Type": "String", "Value": "first second global global <mark>"}}}}
    assert macro.get_template(StackName="s")["TemplateBody"] == body


def test_what_a_macro_is_told(macro, clients):
    body = {"Parameters": {"Word": {"Type": "String", "Default": "hello"}, "Many": {"Type": "CommaDelimitedList", "Default": "a,b"}},
            "Resources": {"P": parameter({"Fn::Transform": {"Name": "Mark", "Parameters": {
                "Do": "echo", "Given": {"Ref": "Word"}, "Left": {"Fn::Join": ["", ["a"]]}}}})}}
    assert create(macro, body)["StackStatus"] == "CREATE_COMPLETE"
    value = macro.get_template(StackName="s", TemplateStage="Processed")["TemplateBody"]["Resources"]["P"]["Properties"]["Value"]
    assert json.loads(value) == {"Do": "echo", "Given": "hello", "Left": {"Fn::Join": ["", ["a"]]}}
    groups = clients("logs").describe_log_groups()["logGroups"]
    group = next(g["logGroupName"] for g in groups if "macros-Function" in g["logGroupName"])
    lines = [e["message"] for e in clients("logs").filter_log_events(logGroupName=group)["events"]]
    event = json.loads(next(line for line in lines if line.startswith("{")))
    assert event["transformId"].endswith("::Mark") and event["accountId"] in event["transformId"]
    assert event["region"] == "us-east-1" and event["fragment"] == {}
    assert event["templateParameterValues"] == {"Word": "hello", "Many": ["a", "b"]}


@pytest.mark.parametrize("do, says", [
    ("fail", "Transform {account}::Mark failed with: as was wished. Rollback requested by user."),
    # Recorded on AWS: test_failed_state.
    ("fail silently", "Transform {account}::Mark failed without an error message.. Rollback requested by user."),
    ("crash", "Transform {account}::Mark failed without an error message.. Rollback requested by user."),
    ("malformed", "Received malformed response from transform {account}::Mark. Rollback requested by user."),
    ("spoil", "Template format error: unsupported structure.. Rollback requested by user.")])
def test_a_macro_that_fails_rolls_the_stack_back(macro, clients, do, says):
    account = clients("sts").get_caller_identity()["Account"]
    body = {"Transform": "Mark", "Parameters": {"Do": {"Type": "String"}}, "Resources": {"P": parameter("v")}}
    stack = create(macro, body, Parameters=[{"ParameterKey": "Do", "ParameterValue": do}])
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert says.format(account=account) in reasons(macro)
    assert macro.get_template(StackName="s")["TemplateBody"] == body
    made = macro.create_change_set(StackName="t", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=json.dumps(body),
                                   Parameters=[{"ParameterKey": "Do", "ParameterValue": do}])
    described = macro.describe_change_set(ChangeSetName=made["Id"])
    assert described["Status"] == "FAILED" and described["ExecutionStatus"] == "UNAVAILABLE"
    assert described["StatusReason"] == says.format(account=account).removesuffix(". Rollback requested by user.")


def test_a_failed_macro_of_an_update_rolls_back(macro):
    body = {"Transform": "Mark", "Parameters": {"Do": {"Type": "String", "Default": ""}}, "Resources": {"P": parameter("v")}}
    create(macro, body)
    macro.update_stack(StackName="s", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_AUTO_EXPAND"],
                       Parameters=[{"ParameterKey": "Do", "ParameterValue": "fail"}])
    assert settle(macro)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert any("failed with: as was wished" in reason for reason in reasons(macro))
    with pytest.raises(ClientError, match="No updates are to be performed"):
        macro.update_stack(StackName="s", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_AUTO_EXPAND"])
    # The template before is the one that the macro made.
    macro.update_stack(StackName="s", UsePreviousTemplate=True, Tags=[{"Key": "a", "Value": "b"}])
    assert settle(macro)["StackStatus"] == "UPDATE_COMPLETE"


def test_what_must_be_acknowledged_and_what_is_not_there(macro):
    body = {"Transform": "Mark", "Resources": {"P": parameter("v")}}
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_AUTO_EXPAND\]") as refused:
        create(macro, body, capabilities=["CAPABILITY_IAM"])
    assert refused.value.response["Error"]["Code"] == "InsufficientCapabilitiesException"
    assert macro.create_change_set(StackName="t", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=json.dumps(body))["Id"]
    stack = create(macro, {"Transform": "Nope", "Resources": {"P": parameter("v")}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE" and "::Nope found." in reasons(macro)[1]
    with pytest.raises(ClientError, match="Key Name of transform definition must be a string."):
        create(macro, {"Parameters": {"M": {"Type": "String", "Default": "Mark"}},
                       "Resources": {"P": parameter({"Fn::Transform": {"Name": {"Ref": "M"}}})}}, "u")
    summary = macro.get_template_summary(TemplateBody=json.dumps(body))
    assert summary["DeclaredTransforms"] == ["Mark"] and summary["Capabilities"] == ["CAPABILITY_AUTO_EXPAND"]


def test_a_nested_stack_waits_for_its_macro(macro, s3, bucket):
    inner = {"Transform": "Mark", "Resources": {"P": parameter("<mark>")}, "Outputs": {"V": {"Value": {"Fn::GetAtt": ["P", "Value"]}}}}
    s3.put_object(Bucket=bucket, Key="inner.json", Body=json.dumps(inner).encode())
    outer = {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {
        "TemplateURL": f"https://{bucket}.s3.amazonaws.com/inner.json"}}},
        "Outputs": {"V": {"Value": {"Fn::GetAtt": ["N", "Outputs.V"]}}}}
    assert create(macro, outer)["Outputs"][0]["OutputValue"] == "global <mark>"


def test_include(cloudformation, s3, bucket, clients):
    s3.put_object(Bucket=bucket, Key="properties.yml", Body=b"Value: included\nDescription: too\n")
    s3.put_object(Bucket=bucket, Key="short.yml", Body=b"Value: !Ref AWS::Region\n")
    s3.put_object(Bucket=bucket, Key="outputs.json", Body=json.dumps({"Outputs": {"O": {"Value": {"Ref": "P"}}}}).encode())

    def body(where, value=f"s3://{bucket}/properties.yml"):
        return {"Parameters": {"Where": {"Type": "String", "Default": value}},
                "Transform": {"Name": "AWS::Include", "Parameters": {"Location": f"s3://{bucket}/outputs.json"}},
                "Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {
                    "Type": "String", "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": where}}}}}}
    stack = create(cloudformation, body({"Ref": "Where"}))
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(cloudformation)
    name = stack["Outputs"][0]["OutputValue"]
    assert clients("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "included"
    for where, says in {"s3://doesnotexist/k": "S3 bucket [doesnotexist] does not exist.",
                        f"s3://{bucket}/short.yml": "The specified S3 object's content should be valid Yaml/JSON",
                        "nowhere": "The location parameter is not a valid S3 uri."}.items():
        made = cloudformation.create_change_set(StackName="t", ChangeSetName="c" + str(len(says)), ChangeSetType="CREATE",
                                                TemplateBody=json.dumps(body(where)))
        described = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        assert described["StatusReason"] == "Transform AWS::Include failed with: " + says


def test_language_extensions_are_told_as_processed(cloudformation):
    body = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}, Secret: {Type: String, Default: hidden, NoEcho: true}, Keep: {Type: String, Default: Retain}}
Resources:
  Fn::ForEach::All:
    - Name
    - !Ref Names
    - 'P${Name}': {Type: AWS::SSM::Parameter, DeletionPolicy: !Ref Keep, Properties: {Type: String, Value: !Sub 'is ${Name}'}}
  Count: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {'Fn::Length': !Ref Names}}}
  Json: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {'Fn::ToJsonString': {a: !Ref Keep, b: [1]}}}}
  Hidden: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {'Fn::ToJsonString': {s: !Ref Secret}}}}
"""
    with pytest.raises(ClientError, match="CAPABILITY_AUTO_EXPAND"):
        create(cloudformation, body, capabilities=[])
    assert create(cloudformation, body)["StackStatus"] == "CREATE_COMPLETE"
    processed = cloudformation.get_template(StackName="s", TemplateStage="Processed")["TemplateBody"]
    assert "Transform" not in processed
    resources = processed["Resources"]
    assert list(resources) == ["Pa", "Pb", "Count", "Json", "Hidden"]
    assert resources["Pa"]["DeletionPolicy"] == "Retain"
    assert resources["Count"]["Properties"]["Value"] == 2
    assert resources["Json"]["Properties"]["Value"] == '{"a":"Retain","b":[1]}'
    assert resources["Hidden"]["Properties"]["Value"] == {"Fn::ToJsonString": {"s": {"Ref": "Secret"}}}


def test_a_serverless_application(cloudformation, s3, bucket, clients):
    source = "import os\ndef handler(event, context):\n    return {'table': os.environ['TABLE'], 'event': event}\n"
    s3.put_object(Bucket=bucket, Key="app.zip", Body=package(source))
    body = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, Handler: index.handler, Timeout: 10, Environment: {Variables: {TABLE: !Ref Table}}}}
Resources:
  Table: {Type: AWS::Serverless::SimpleTable}
  Inbox: {Type: AWS::S3::Bucket}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  App:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://BUCKET/app.zip
      AutoPublishAlias: live
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Table}
      Events:
        Up: {Type: S3, Properties: {Bucket: !Ref Inbox, Events: 's3:ObjectCreated:*'}}
        In: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
        Told: {Type: SNS, Properties: {Topic: !Ref Topic}}
        Often: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
        Seen: {Type: EventBridgeRule, Properties: {Pattern: {source: [mine]}}}
Outputs:
  Alias: {Value: !Ref App.Alias}
  Table: {Value: !Ref Table}
""".replace("BUCKET", bucket)
    stack = create(cloudformation, body)
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(cloudformation)
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    assert outputs["Alias"].endswith(":live")
    answer = clients("lambda").invoke(FunctionName=outputs["Alias"], Payload=b'{"a": 1}')
    assert json.loads(answer["Payload"].read()) == {"table": outputs["Table"], "event": {"a": 1}}
    resources = cloudformation.describe_stack_resources(StackName="s")["StackResources"]
    types = sorted(r["ResourceType"] for r in resources)
    assert types.count("AWS::Lambda::Permission") == 4 and "AWS::Lambda::EventSourceMapping" in types
    assert not [t for t in types if "Serverless" in t]
    assert cloudformation.get_template(StackName="s")["TemplateBody"].strip() == body.strip()
    refused = create(cloudformation, "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Api, Properties: {StageName: p}}}", "api")
    assert refused["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Resource with id [A] is invalid. mainstay does not transform AWS::Serverless::Api" in r for r in reasons(cloudformation, "api"))
    cloudformation.delete_stack(StackName="s")
    for _ in range(200):
        if not [x for x in cloudformation.list_stacks(StackStatusFilter=["DELETE_IN_PROGRESS"])["StackSummaries"]]:
            break
        time.sleep(0.05)
    assert cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
