"""Lambda by CloudFormation: the types, what an update does, and inline code."""

import json

import pytest
from functions_support import package, payload
from test_cloudformation import settle, stack

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": [{"PolicyName": "p", "PolicyDocument": {
    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}}]}}


def function(code="def handler(e, c): return 'one'\n", **more):
    return {"Type": "AWS::Lambda::Function", "Properties": {
        "Runtime": "python3.12", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": code}, **more}}


def deploy(cloudformation, resources, outputs=None, update=False):
    body = json.dumps({"Resources": {"Role": ROLE, **resources},
                       "Outputs": {k: {"Value": v} for k, v in (outputs or {}).items()}})
    call = cloudformation.update_stack if update else cloudformation.create_stack
    call(StackName="s", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    settle(cloudformation, "s")
    found = stack(cloudformation, "s")
    return found["StackStatus"], {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}


def everything(code="def handler(e, c): return 'one'\n"):
    return {
        "F": function(code, Environment={"Variables": {"AA": "1"}}, ReservedConcurrentExecutions=5, Tags=[{"Key": "k", "Value": "v"}]),
        "V": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "F"}}},
        "A": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "F"}, "Name": "live",
                                                           "FunctionVersion": {"Fn::GetAtt": ["V", "Version"]}}},
        "P": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]},
                                                                "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"}},
        "Q": {"Type": "AWS::SQS::Queue"},
        "M": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "F"}, "BatchSize": 3,
                                                                        "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}}},
        "U": {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Fn::GetAtt": ["F", "Arn"]}, "AuthType": "NONE"}},
        "E": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": {"FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST",
                                                                      "MaximumRetryAttempts": 1}}}


def remove(cloudformation):
    made = stack(cloudformation, "s")["StackId"]
    cloudformation.delete_stack(StackName="s")
    settle(cloudformation, made)
    assert stack(cloudformation, made)["StackStatus"] == "DELETE_COMPLETE"


OUTPUTS = {"Name": {"Ref": "F"}, "Arn": {"Fn::GetAtt": ["F", "Arn"]}, "Version": {"Ref": "V"}, "Alias": {"Ref": "A"},
           "Permission": {"Ref": "P"}, "Mapping": {"Ref": "M"}, "Url": {"Fn::GetAtt": ["U", "FunctionUrl"]}}


def test_all_types_are_made_and_removed(cloudformation, functions, account):
    status, out = deploy(cloudformation, everything(), OUTPUTS)
    assert status == "CREATE_COMPLETE"
    assert out["Name"].startswith("s-F-") and out["Arn"] == f"arn:aws:lambda:us-east-1:{account}:function:{out['Name']}"
    assert (out["Version"], out["Alias"]) == (out["Arn"] + ":1", out["Arn"] + ":live")
    found = functions.get_function(FunctionName=out["Name"])
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 5}
    assert found["Tags"]["k"] == "v" and found["Tags"]["aws:cloudformation:logical-id"] == "F"
    assert payload(functions.invoke(FunctionName=out["Alias"])) == "one"
    policy = json.loads(functions.get_policy(FunctionName=out["Name"])["Policy"])
    assert [s["Sid"] for s in policy["Statement"]] == [out["Permission"]]
    assert functions.get_event_source_mapping(UUID=out["Mapping"])["BatchSize"] == 3
    assert functions.get_function_url_config(FunctionName=out["Name"])["FunctionUrl"] == out["Url"]
    assert functions.get_function_event_invoke_config(FunctionName=out["Name"])["MaximumRetryAttempts"] == 1
    drift = cloudformation.detect_stack_drift(StackName="s")["StackDriftDetectionId"]
    def is_done():
        return cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=drift)
    while is_done()["DetectionStatus"] == "DETECTION_IN_PROGRESS":
        pass
    assert is_done()["StackDriftStatus"] == "IN_SYNC"
    remove(cloudformation)
    assert functions.list_functions()["Functions"] == [] and functions.list_event_source_mappings()["EventSourceMappings"] == []


def test_an_update_changes_code_and_settings_in_place(cloudformation, functions):
    _, before = deploy(cloudformation, everything(), OUTPUTS)
    changed = everything("def handler(e, c):\n    import os\n    return ['two', os.environ.get('AA')]\n")
    del changed["F"]["Properties"]["Environment"], changed["F"]["Properties"]["ReservedConcurrentExecutions"]
    changed["F"]["Properties"] |= {"Timeout": 9, "Tags": [{"Key": "k2", "Value": "v"}]}
    status, after = deploy(cloudformation, changed, OUTPUTS, update=True)
    assert status == "UPDATE_COMPLETE" and after == before
    found = functions.get_function(FunctionName=after["Name"])
    assert found["Configuration"]["Timeout"] == 9 and "Concurrency" not in found
    assert "k2" in found["Tags"] and "k" not in found["Tags"]
    assert payload(functions.invoke(FunctionName=after["Name"])) == ["two", None]
    # The version is what it was.
    assert payload(functions.invoke(FunctionName=after["Alias"])) == "one"


@pytest.mark.parametrize("more, words", [
    ({"Runtime": "nodejs12.x"}, "no longer supported for creating or updating"),
    ({"Code": {"S3Bucket": "nobody-has-this-one", "S3Key": "k"}}, "S3 Error Code: NoSuchBucket"),
    ({"Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1"}, "PackageType": "Image"}, "container images"),
])
def test_what_can_not_be_made_fails_as_on_aws(cloudformation, functions, more, words):
    status, _ = deploy(cloudformation, {"F": function(**more)})
    assert status == "ROLLBACK_COMPLETE"
    reasons = [e.get("ResourceStatusReason", "") for e in cloudformation.describe_stack_events(StackName="s")["StackEvents"]]
    assert any(words in r for r in reasons), reasons
    assert functions.list_functions()["Functions"] == []


def test_inline_code_has_the_module_that_answers(cloudformation, functions):
    _, out = deploy(cloudformation, {"F": function("import cfnresponse\ndef handler(e, c): return cfnresponse.SUCCESS\n")},
                    {"Name": {"Ref": "F"}})
    assert payload(functions.invoke(FunctionName=out["Name"])) == "SUCCESS"


def test_layers_by_stack(cloudformation, functions, s3, bucket):
    s3.put_object(Bucket=bucket, Key="layer.zip", Body=package({"python/shared.py": "word = 'layered'\n"}))
    resources = {
        "L": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": "shared", "Content": {"S3Bucket": bucket, "S3Key": "layer.zip"}}},
        "LP": {"Type": "AWS::Lambda::LayerVersionPermission", "Properties": {"LayerVersionArn": {"Ref": "L"}, "Principal": "*",
                                                                             "Action": "lambda:GetLayerVersion"}},
        "F": function("import shared\ndef handler(e, c): return shared.word\n", Layers=[{"Ref": "L"}])}
    status, out = deploy(cloudformation, resources, {"Name": {"Ref": "F"}, "Layer": {"Ref": "L"}})
    assert status == "CREATE_COMPLETE" and out["Layer"].endswith(":layer:shared:1")
    assert payload(functions.invoke(FunctionName=out["Name"])) == "layered"
    remove(cloudformation)
    assert functions.list_layers()["Layers"] == []
