"""CloudFormation over kill -9: the process is killed while a stack is being made, and the next one on the same
state must end with exactly what the template says, nothing twice and nothing left behind."""

import json
import os
import re
import subprocess
import time

import boto3
import pytest
from botocore.config import Config
from conftest import ROOT
from test_cloudformation import settle, stack

COUNT = 12
KILLS = 4


class Server:
    """A cloud of our own on a state that outlives it."""

    def __init__(self, state):
        binary = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
        self.process = subprocess.Popen([binary, "cloud", "serve", "--port", "0", "--state", str(state)],
                                        stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="123456789012",
                            aws_secret_access_key="x", config=Config(retries={"total_max_attempts": 1}))

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def serve(request, tmp_path):
    if request.config.getoption("--endpoint") or request.config.getoption("--moto"):
        pytest.skip("needs a process that it may kill")
    running = []

    def run():
        running.append(Server(tmp_path / "state"))
        return running[-1]

    yield run
    for server in running:
        server.kill()


def template():
    resources = {}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    for i in range(COUNT):
        after = {"DependsOn": f"Address{i - 1}"} if i % 4 else {}
        resources |= {
            f"Gateway{i}": {"Type": "AWS::EC2::InternetGateway", **after},
            f"Address{i}": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}, **after},
            f"Group{i}": {"Type": "AWS::EC2::SecurityGroup", "Properties": {
                "GroupDescription": "g", "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": p, "ToPort": p, "CidrIp": "10.0.0.0/8"} for p in (1, 2, 3)]}, **after},
            f"Role{i}": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": f"role-{i}", "AssumeRolePolicyDocument": trust}, **after},
            f"Queue{i}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"queue-{i}"}, **after},
            f"Key{i}": {"Type": "AWS::KMS::Key", "Properties": {"Description": "k"}, **after}}
    return json.dumps({"Resources": resources})


def failures(cloudformation, name):
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [e.get("ResourceStatusReason") for e in events if e["ResourceStatus"].endswith("_FAILED")]


def census(server):
    """How many there are of what the template makes."""
    ec2, iam, sqs, kms = (server.client(s) for s in ("ec2", "iam", "sqs", "kms"))
    return {"gateways": len(ec2.describe_internet_gateways()["InternetGateways"]),
            "addresses": len(ec2.describe_addresses()["Addresses"]),
            "groups": len(ec2.describe_security_groups()["SecurityGroups"]),
            "roles": len(iam.list_roles()["Roles"]), "queues": len(sqs.list_queues().get("QueueUrls", [])),
            "keys": len(kms.list_keys()["Keys"])}


@pytest.mark.parametrize("pause", [0.002 * 2.5 ** n for n in range(KILLS)], ids=lambda s: f"{s * 1000:.0f}ms")
def test_nothing_is_made_twice(serve, pause):
    server = serve()
    before = census(server)
    cloudformation = server.client("cloudformation")
    cloudformation.create_stack(StackName="s", TemplateBody=template(), Capabilities=["CAPABILITY_NAMED_IAM"])
    time.sleep(pause)
    server.kill()
    server = serve()
    cloudformation = server.client("cloudformation")
    assert settle(cloudformation) == "CREATE_COMPLETE", failures(cloudformation, "s")
    assert census(server) == {kind: n + COUNT for kind, n in before.items()}
    for group in server.client("ec2").describe_security_groups(Filters=[{"Name": "description", "Values": ["g"]}])["SecurityGroups"]:
        assert len(group["IpPermissions"]) == 3
    id = stack(cloudformation)["StackId"]
    cloudformation.delete_stack(StackName="s")
    time.sleep(pause)
    server.kill()
    server = serve()
    cloudformation = server.client("cloudformation")
    assert settle(cloudformation, id) == "DELETE_COMPLETE", failures(cloudformation, id)
    left = census(server)
    assert {**left, "keys": before["keys"]} == before  # keys wait for their deletion
