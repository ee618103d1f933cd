"""Lambda where state machines take the time that they take on AWS."""

import json
import os
import re
import subprocess

import boto3
import pytest
from botocore.config import Config
from conftest import ROOT
from functions_support import package, trust
from helpers import fails
from test_cloudformation import settle, stack
from test_lambda_stacks import ROLE, everything


@pytest.fixture
def realistic(request):
    if request.config.getoption("--endpoint") or request.config.getoption("--moto"):
        pytest.skip("needs a server of its own")
    binary = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
    process = subprocess.Popen([binary, "cloud", "serve", "--memory", "--port", "0", "--time", "realistic"],
                               stdout=subprocess.PIPE, text=True)
    url = re.search(r"http://\S+", process.stdout.readline()).group(0)
    yield lambda service: boto3.client(service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="123456789012",
                                       aws_secret_access_key="x", config=Config(retries={"total_max_attempts": 1}))
    process.terminate()
    process.wait()


def test_a_function_is_pending_for_a_while(realistic):
    functions = realistic("lambda")
    role = realistic("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    functions.create_function(FunctionName="f", Runtime="python3.12", Role=role, Handler="index.handler", Code={"ZipFile": package()})
    words = "The operation cannot be performed at this time. The function is currently in the following state: Pending"
    with fails("ResourceConflictException", words, 409):
        functions.invoke(FunctionName="f")
    with fails("ResourceConflictException", words, 409):
        functions.update_function_configuration(FunctionName="f", Timeout=9)
    functions.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    assert functions.invoke(FunctionName="f")["StatusCode"] == 200
    functions.update_function_configuration(FunctionName="f", Timeout=9)
    with fails("ResourceConflictException", status=409):
        functions.update_function_code(FunctionName="f", ZipFile=package("def handler(e, c): return 2\n"))
    functions.get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    functions.update_function_code(FunctionName="f", ZipFile=package("def handler(e, c): return 2\n"))


def test_a_stack_waits_for_its_function(realistic):
    cloudformation = realistic("cloudformation")
    for change in (None, "def handler(e, c): return 'two'\n"):
        resources = everything(change) if change else everything()
        if change:
            resources["F"]["Properties"]["Timeout"] = 7
        call = cloudformation.update_stack if change else cloudformation.create_stack
        call(StackName="s", TemplateBody=json.dumps({"Resources": {"Role": ROLE, **resources}}), Capabilities=["CAPABILITY_IAM"])
        settle(cloudformation, "s")
        assert stack(cloudformation, "s")["StackStatus"] == ("UPDATE_COMPLETE" if change else "CREATE_COMPLETE")
