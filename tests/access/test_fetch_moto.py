"""`mainstay access` reads moto's server, an AWS that this project did not write."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import pytest
from test_access import run

ACCOUNT = "123456789012"
OTHER = "444444444444"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"


@pytest.fixture(scope="module")
def moto():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(url + "/moto-api/", timeout=5)
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(timeout=30)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
TRUST = policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})


@pytest.fixture(scope="module")
def fetched(moto, tmp_path_factory):
    def client(service):
        return boto3.client(service, endpoint_url=moto, region_name="us-east-1", aws_access_key_id="x",
                            aws_secret_access_key="x")

    iam, s3, kms = client("iam"), client("s3"), client("kms")
    own = iam.create_policy(PolicyName="own", PolicyDocument=policy(READ))["Policy"]["Arn"]
    iam.create_group(GroupName="readers")
    iam.attach_group_policy(GroupName="readers", PolicyArn=own)
    iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "a"}])
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="app", PolicyName="inline", PolicyDocument=policy(
        READ, {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}))
    key = kms.create_key(Policy=policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                                        "Action": "kms:*", "Resource": "*"}))["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket="data")
    s3.put_bucket_ownership_controls(Bucket="data", OwnershipControls={
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    s3.put_bucket_encryption(Bucket="data", ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]})
    queue = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy(
        {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sqs:SendMessage", "Resource": QUEUE})})
    client("sns").create_topic(Name="news")
    client("secretsmanager").create_secret(Name="door", SecretString="x", Tags=[{"Key": "team", "Value": "a"}])
    client("dynamodb").create_table(TableName="t", BillingMode="PAY_PER_REQUEST",
                                    KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                                    AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    saved = tmp_path_factory.mktemp("moto") / "access.json"
    done = run("fetch", "--endpoint", moto, "--save", str(saved), code=0)
    return saved, json.loads(saved.read_text()), done.stderr


def test_all_is_read(fetched):
    _, snapshot, warnings = fetched
    (account,) = snapshot["accounts"]
    (ann,) = account["users"]
    assert ann["groups"] == ["readers"] and ann["tags"] == {"team": "a"}
    (app,) = account["roles"]
    assert app["trust"] == json.loads(TRUST)
    assert [p["name"] for p in app["policies"]] == ["inline"]
    (bucket,) = account["buckets"]
    assert bucket["ownership"] == "BucketOwnerEnforced" and bucket["encryption"] == "aws:kms"
    (key,) = (k for k in account["keys"] if k["manager"] == "CUSTOMER")
    assert bucket["key"] == key["arn"]
    assert "warning" not in warnings, warnings
    resources = {r["arn"].split(":")[2]: r for r in account["resources"]}
    assert set(resources) == {"sqs", "sns", "secretsmanager", "dynamodb"}
    assert resources["sqs"]["arn"] == QUEUE and resources["sqs"]["policy"]["Statement"]
    assert resources["secretsmanager"]["tags"] == {"team": "a"}


def test_answers_come_from_it(fetched):
    saved = str(fetched[0])
    for principal, code in (("user/ann", 5), ("role/app", 0)):  # ann lacks the key
        assert run("can", principal, "s3:GetObject", "arn:aws:s3:::data/x", "--from", saved).returncode == code
    assert run("can", OTHER, "sqs:SendMessage", QUEUE, "--from", saved).returncode == 0
    assert run("can", OTHER, "sqs:ReceiveMessage", QUEUE, "--from", saved).returncode == 5
