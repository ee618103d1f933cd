"""Lambda: functions and what they answer. Words of errors as recorded on AWS."""

import base64
import json
import shutil
import urllib.request

import pytest
from botocore.exceptions import ClientError
from functions_support import package, payload, trust
from helpers import fails

INTROSPECT = """
import os, boto3
def handler(event, context):
    print("seen", event)
    return {"event": event, "who": boto3.client("sts").get_caller_identity()["Arn"],
            "env": {k: v for k, v in os.environ.items() if k.startswith(("AWS_", "LAMBDA_", "_"))},
            "mine": os.environ.get("MINE"), "arn": context.invoked_function_arn, "name": context.function_name,
            "version": context.function_version, "memory": context.memory_limit_in_mb,
            "client": context.client_context and context.client_context.custom}
"""


def test_a_function_as_it_is_made_and_read(functions, role, account):
    code = package()
    made = functions.create_function(FunctionName="worker", Runtime="python3.12", Role=role, Handler="index.handler",
                                     Code={"ZipFile": code}, Tags={"team": "a"})
    arn = f"arn:aws:lambda:us-east-1:{account}:function:worker"
    assert (made["State"], made["StateReasonCode"], made["FunctionArn"]) == ("Pending", "Creating", arn)
    assert "LastUpdateStatus" not in made and made["ResponseMetadata"]["HTTPStatusCode"] == 201
    functions.get_waiter("function_active_v2").wait(FunctionName="worker")
    found = functions.get_function(FunctionName=arn)
    config = found["Configuration"]
    expected = {"FunctionName": "worker", "FunctionArn": arn, "Runtime": "python3.12", "Role": role, "Handler": "index.handler",
                "CodeSize": len(code), "Description": "", "Timeout": 3, "MemorySize": 128, "Version": "$LATEST",
                "TracingConfig": {"Mode": "PassThrough"}, "State": "Active", "LastUpdateStatus": "Successful", "PackageType": "Zip",
                "Architectures": ["x86_64"], "EphemeralStorage": {"Size": 512},
                "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
                "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/worker"}}
    assert {k: config[k] for k in expected} == expected
    assert set(config) - set(expected) == {"LastModified", "CodeSha256", "RevisionId", "RuntimeVersionConfig"}
    assert found["Tags"] == {"team": "a"} and found["Code"]["RepositoryType"] == "S3"
    assert urllib.request.urlopen(found["Code"]["Location"]).read() == code
    assert [f["FunctionName"] for f in functions.list_functions()["Functions"]] == ["worker"]
    assert functions.get_account_settings()["AccountUsage"] == {"TotalCodeSize": len(code), "FunctionCount": 1}
    functions.delete_function(FunctionName="worker")
    with fails("ResourceNotFoundException", f"Function not found: {arn}", 404):
        functions.get_function(FunctionName="worker")
    with fails("ResourceNotFoundException", f"Function not found: {arn}", 404):
        functions.delete_function(FunctionName="worker")


def test_a_location_of_code_that_was_tampered_with(functions, make):
    make()
    url = functions.get_function(FunctionName="worker")["Code"]["Location"]
    for bad in (url[:-1] + ("0" if url[-1] != "0" else "1"), url.replace("Expires=", "Expires=9")):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(bad)
        assert caught.value.code == 403


@pytest.mark.parametrize("change, message", [
    ({"Runtime": "nodejs12.x"}, "The runtime parameter of nodejs12.x is no longer supported for creating or updating AWS Lambda "
                                "functions. We recommend you use a supported runtime while creating or updating functions."),
    ({"Runtime": "python9"}, "... or be a valid ARN"),
    ({"Code": {"ZipFile": b""}}, "Uploaded file must be a non-empty zip"),
    ({"Code": {"ZipFile": b"no zip"}}, "Could not unzip uploaded file. Please check your file, then try to upload again."),
    ({"Code": {"S3Bucket": "nobody-has-this-one", "S3Key": "k"}},
     "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist"),
    ({"Layers": ["arn:aws:lambda:us-east-1:111111111111:layer:l:1"]}, None),
    ({"Environment": {"Variables": {"AWS_REGION": "x"}}},
     "Lambda was unable to configure your environment variables because the environment variables you have provided contains "
     "reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION"),
    ({"Environment": {"Variables": {"LONG": "x" * 4096}}}, "...\"}"),
    ({"Role": "arn:aws:iam::123456789012:role/nobody"}, "The role defined for the function cannot be assumed by Lambda."),
    ({"PackageType": "Image"}, None),
])
def test_what_a_function_can_not_be_made_of(functions, make, change, message):
    with fails("InvalidParameterValueException" if message else "NotImplemented", message):
        make(**change)
    assert functions.list_functions()["Functions"] == []


def test_a_role_that_trusts_another(functions, make, iam):
    other = iam.create_role(RoleName="other", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))["Role"]["Arn"]
    with fails("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."):
        make(Role=other)


def test_a_name_that_is_taken(functions, make):
    make()
    with fails("ResourceConflictException", "Function already exist: worker", 409):
        make()


def test_a_function_sees_what_aws_shows_it(functions, make, account):
    make(INTROSPECT, Environment={"Variables": {"MINE": "yes"}}, Timeout=30)
    context = base64.b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
    answer = functions.invoke(FunctionName="worker", Payload=b'{"n": 1}', LogType="Tail", ClientContext=context)
    assert (answer["StatusCode"], answer["ExecutedVersion"], "FunctionError" in answer) == (200, "$LATEST", False)
    seen = payload(answer)
    assert seen["event"] == {"n": 1} and seen["mine"] == "yes" and seen["client"] == {"a": "b"}
    assert seen["who"] == f"arn:aws:sts::{account}:assumed-role/runs/worker"
    assert seen["arn"] == f"arn:aws:lambda:us-east-1:{account}:function:worker"
    assert (seen["name"], seen["version"], seen["memory"]) == ("worker", "$LATEST", "128")
    env = seen["env"]
    assert {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
            "AWS_LAMBDA_FUNCTION_NAME": "worker", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/worker", "_HANDLER": "index.handler"}.items() <= env.items()
    assert env["AWS_ACCESS_KEY_ID"].startswith("ASIA") and "[$LATEST]" in env["AWS_LAMBDA_LOG_STREAM_NAME"]
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    request = answer["ResponseMetadata"]["RequestId"]
    assert lines[0] == f"START RequestId: {request} Version: $LATEST" and lines[1] == "seen {'n': 1}"
    assert lines[2] == f"END RequestId: {request}" and lines[3].startswith(f"REPORT RequestId: {request}\tDuration: ")
    assert "Init Duration: " in lines[3]


def test_what_a_function_may_is_what_its_role_may(functions, make, s3, iam):
    s3.create_bucket(Bucket="kept-apart")
    make("import boto3\ndef handler(e, c):\n    return [b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']]\n")
    refused = functions.invoke(FunctionName="worker")
    error = payload(refused)
    assert refused["FunctionError"] == "Unhandled" and error["errorType"] == "AccessDenied"
    assert "s3:ListAllMyBuckets" in error["errorMessage"]
    iam.put_role_policy(RoleName="runs", PolicyName="may", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}))
    assert "kept-apart" in payload(functions.invoke(FunctionName="worker"))


@pytest.mark.parametrize("statement, expected", [
    ("raise ValueError('bad')", {"errorMessage": "bad", "errorType": "ValueError"}),
    ("import sys; sys.exit(0)", {"errorMessage": "RequestId: {id} Error: Runtime exited without providing a reason",
                                 "errorType": "Runtime.ExitError"}),
    ("import time; time.sleep(20)", {"errorMessage": "RequestId: {id} Error: Task timed out after 1.00 seconds",
                                     "errorType": "Sandbox.Timedout"}),
    ("return 'x' * 6291556", {"errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
                              "errorType": "Function.ResponseSizeTooLarge"}),
])
def test_how_functions_fail(functions, make, statement, expected):
    make(f"def handler(event, context):\n    {statement}\n", Timeout=1)
    answer = functions.invoke(FunctionName="worker")
    assert (answer["StatusCode"], answer["FunctionError"], answer["ExecutedVersion"]) == (200, "Unhandled", "$LATEST")
    error = payload(answer)
    request = answer["ResponseMetadata"]["RequestId"]
    assert {k: error[k] for k in expected} == {k: v.replace("{id}", request) for k, v in expected.items()}


def test_what_can_not_be_invoked(functions, make, account):
    with fails("ResourceNotFoundException",
               f"Function not found: arn:aws:lambda:us-east-1:{account}:function:nobody:$LATEST", 404):
        functions.invoke(FunctionName="nobody")
    make()
    with fails("ResourceNotFoundException", f"Function not found: arn:aws:lambda:us-east-1:{account}:function:worker:7", 404):
        functions.invoke(FunctionName="worker", Qualifier="7")
    with fails("InvalidRequestContentException", status=400):
        functions.invoke(FunctionName="worker", Payload=b"\x99")
    with fails("RequestTooLargeException", "6291457 byte payload is too large for the RequestResponse invocation type (limit "
               "6291456 bytes)", 413):
        functions.invoke(FunctionName="worker", Payload=b'"' + b"x" * 6291455 + b'"')
    with fails("RequestTooLargeException", status=413):
        functions.invoke(FunctionName="worker", Payload=b'"' + b"x" * 1048575 + b'"', InvocationType="Event")
    with fails("InvalidParameterValueException",
               "The derived qualifier from the function name does not match the specified qualifier."):
        functions.invoke(FunctionName="worker:$LATEST", Qualifier="1")
    with fails("ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"):
        functions.invoke(FunctionName=f"arn:aws:lambda:eu-west-1:{account}:function:worker")
    make("class Main {}", name="java", Runtime="java21")
    with fails("InvalidRuntimeException", status=502):
        functions.invoke(FunctionName="java")


def test_a_dry_run_runs_nothing(functions, make):
    make("raise Exception('ran')")
    answer = functions.invoke(FunctionName="worker", InvocationType="DryRun")
    assert answer["StatusCode"] == 204 and answer["Payload"].read() == b""


def test_an_update_takes_effect_at_once(functions, make):
    make("import os\ndef handler(e, c): return ['one', os.environ.get('WORD')]\n")
    assert payload(functions.invoke(FunctionName="worker")) == ["one", None]
    changed = functions.update_function_configuration(FunctionName="worker", Environment={"Variables": {"WORD": "1"}}, Timeout=9)
    assert changed["LastUpdateStatus"] == "InProgress" and changed["Timeout"] == 9
    functions.get_waiter("function_updated_v2").wait(FunctionName="worker")
    assert payload(functions.invoke(FunctionName="worker")) == ["one", "1"]
    before = functions.get_function_configuration(FunctionName="worker")
    functions.update_function_code(FunctionName="worker", ZipFile=package("def handler(e, c): return 'two'\n"))
    after = functions.get_function_configuration(FunctionName="worker")
    assert payload(functions.invoke(FunctionName="worker")) == "two"
    assert before["CodeSha256"] != after["CodeSha256"] and before["RevisionId"] != after["RevisionId"]
    with fails("PreconditionFailedException", status=412):
        functions.update_function_code(FunctionName="worker", ZipFile=package(), RevisionId=before["RevisionId"])


def test_code_in_a_bucket(functions, make, s3, bucket):
    s3.put_object(Bucket=bucket, Key="code.zip", Body=package("def handler(e, c): return 'from a bucket'\n"))
    make(Code={"S3Bucket": bucket, "S3Key": "code.zip"})
    assert payload(functions.invoke(FunctionName="worker")) == "from a bucket"
    with fails("InvalidParameterValueException", "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The "
               "specified key does not exist."):
        functions.update_function_code(FunctionName="worker", S3Bucket=bucket, S3Key="nothing")


def test_a_node_function(functions, make):
    if not shutil.which("node"):
        pytest.skip("this machine has no node")
    make({"index.mjs": "export const handler = async (e, c) => { console.log('seen', e); return [e.n + 1, c.functionName]; };"},
         Runtime="nodejs20.x")
    answer = functions.invoke(FunctionName="worker", Payload=b'{"n": 1}', LogType="Tail")
    assert payload(answer) == [2, "worker"]
    assert "\tINFO\tseen { n: 1 }" in base64.b64decode(answer["LogResult"]).decode()


def test_a_custom_runtime(functions, make):
    bootstrap = """#!/bin/sh
while :; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
  id=$(tr -d '\\r' <"$headers" | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //Ip')
  curl -sS -o /dev/null -d "[$event]" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response"
done
"""
    if not shutil.which("curl"):
        pytest.skip("this machine has no curl")
    make(Runtime="provided.al2023", Handler="any", Code={"ZipFile": package(bootstrap, "bootstrap", 0o755)}, Timeout=30)
    assert payload(functions.invoke(FunctionName="worker", Payload=b'{"a": 1}')) == [{"a": 1}]
    assert payload(functions.invoke(FunctionName="worker", Payload=b'2')) == [2]


def test_places_are_limited(functions, make):
    make("import time\ndef handler(e, c):\n    time.sleep(e)\n    return 'done'\n", Timeout=30)
    assert functions.put_function_concurrency(FunctionName="worker", ReservedConcurrentExecutions=0)["ReservedConcurrentExecutions"] == 0
    with pytest.raises(ClientError) as caught:
        functions.invoke(FunctionName="worker", Payload=b"0")
    error = caught.value.response
    assert (error["Error"]["Code"], error["Reason"]) == ("TooManyRequestsException",
                                                        "ReservedFunctionConcurrentInvocationLimitExceeded")
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert functions.get_function_concurrency(FunctionName="worker")["ReservedConcurrentExecutions"] == 0
    functions.delete_function_concurrency(FunctionName="worker")
    assert payload(functions.invoke(FunctionName="worker", Payload=b"0")) == "done"
    with fails("InvalidParameterValueException", "Specified ReservedConcurrentExecutions for function decreases account's "
               "UnreservedConcurrentExecution below its minimum value of [100]."):
        functions.put_function_concurrency(FunctionName="worker", ReservedConcurrentExecutions=901)


def test_a_function_that_calls_its_own_service(functions, make, iam):
    """Nothing of Lambda's state may be held while a function runs."""
    iam.put_role_policy(RoleName="runs", PolicyName="may", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}]}))
    make("""
import boto3, json
def handler(event, context):
    if event:
        functions = boto3.client("lambda")
        functions.tag_resource(Resource=context.invoked_function_arn, Tags={"depth": str(event)})
        inner = functions.invoke(FunctionName="worker", Payload=json.dumps(event - 1))
        return [event, json.loads(inner["Payload"].read())]
    return "bottom"
""", Timeout=60)
    assert payload(functions.invoke(FunctionName="worker", Payload=b"2")) == [2, [1, "bottom"]]
