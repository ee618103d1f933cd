"""`mainstay access`, as a user runs it: golden outputs on files, and answers about the embedded cloud that
must be what the cloud then does.

MAINSTAY_GOLDEN=rewrite writes the golden outputs anew and skips.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
REGION = "us-east-1"
OWNER, WRITER, READER = "111111111111", "222222222222", "333333333333"
BUCKET = "acme-data"


def run(*arguments, folder=HERE / "files", code=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    done = subprocess.run([MAINSTAY, "access", *arguments], cwd=folder, env=environment, capture_output=True,
                          text=True, timeout=120)
    if code is not None:
        assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("case", sorted((HERE / "cases").glob("*.txt")), ids=lambda p: p.stem)
def test_golden(case):
    """A case: the command, then what it prints and its exit code."""
    command = case.read_text().splitlines()[0]
    done = run(*shlex.split(command.removeprefix("$ mainstay access ")))
    text = f"{command}\n{done.stdout}{done.stderr}exit code {done.returncode}\n"
    if os.environ.get("MAINSTAY_GOLDEN") == "rewrite":
        case.write_text(text)
        pytest.skip("rewritten")
    assert text == case.read_text()


# What a pair may do, asked before and tried after.
class Cloud:
    def __init__(self, url):
        self.url = url

    def client(self, service, key, secret="x", token=None):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=key,
                            aws_secret_access_key=secret, aws_session_token=token,
                            config=Config(retries={"total_max_attempts": 1},
                                          s3={"addressing_style": "path"}))

    def deploy(self, account, template, **parameters):
        cloudformation = self.client("cloudformation", account)
        cloudformation.create_stack(
            StackName="share", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])
        cloudformation.get_waiter("stack_create_complete").wait(StackName="share",
                                                                WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        stack = cloudformation.describe_stacks(StackName="share")["Stacks"][0]
        return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}

    def session(self, account, role):
        """S3 as the role, assumed by a user that may."""
        iam = self.client("iam", account)
        iam.create_user(UserName=f"for-{role}")
        iam.put_user_policy(UserName=f"for-{role}", PolicyName="assume", PolicyDocument=json.dumps(
            {"Version": "2012-10-17",
             "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}))
        key = iam.create_access_key(UserName=f"for-{role}")["AccessKey"]
        sts = self.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
        found = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="test")["Credentials"]
        return self.client("s3", found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def can(self, principal, action, resource, *more):
        done = run("can", principal, action, resource, "--endpoint", self.url, *accounts(), *more)
        assert done.returncode in (0, 5), done.stdout + done.stderr
        return done.returncode == 0, done.stdout


def accounts():
    return [word for account in (OWNER, WRITER, READER) for word in ("--account", account)]


@pytest.fixture
def cloud():
    process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--memory", "--port", "0"], stdout=subprocess.PIPE,
                               text=True)
    yield Cloud(re.search(r"http://\S+", process.stdout.readline()).group(0))
    process.terminate()
    process.wait(timeout=30)


def tried(action, s3, bucket=BUCKET, key="in/a"):
    calls = {"s3:PutObject": lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"x"),
             "s3:GetObject": lambda: s3.get_object(Bucket=bucket, Key=key),
             "s3:DeleteObject": lambda: s3.delete_object(Bucket=bucket, Key=key),
             "s3:ListBucket": lambda: s3.list_objects_v2(Bucket=bucket)}
    try:
        calls[action]()
        return True
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403, error
        return False


@pytest.mark.parametrize("kms", [False, True], ids=["plain", "kms"])
def test_a_share_does_what_was_proved(cloud, tmp_path, kms):
    """The templates are deployed; each role then may do what `access can` says, and nothing else."""
    run("share", "--bucket", BUCKET, "--owner", OWNER, "--writer", WRITER, "--reader", READER,
        "--out", str(tmp_path), *(["--kms"] if kms else []), code=0)
    outputs = cloud.deploy(OWNER, (tmp_path / f"owner-{OWNER}.json").read_text())
    cloud.deploy(WRITER, (tmp_path / f"writer-{WRITER}.json").read_text(), **outputs)
    cloud.deploy(READER, (tmp_path / f"reader-{READER}.json").read_text(), **outputs)
    cloud.client("s3", OWNER).put_object(Bucket=BUCKET, Key="in/a", Body=b"x")
    expected = {WRITER: {"s3:PutObject"}, READER: {"s3:GetObject", "s3:ListBucket"}}
    for account, part in ((WRITER, "writer"), (READER, "reader")):
        s3 = cloud.session(account, f"{BUCKET}-{part}")
        for action in ("s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:DeleteObject"):
            arn = f"arn:aws:s3:::{BUCKET}" + ("" if action == "s3:ListBucket" else "/in/a")
            said, why = cloud.can(f"{account}:role/{BUCKET}-{part}", action, arn)
            assert said == (action in expected[account]), why
            assert tried(action, s3) == said, why


def put_role(cloud, account, name, *statements):
    iam = cloud.client("iam", account)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]}))
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": list(statements)}))


ALL_OF_S3 = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def test_a_foreign_object_is_explained_and_mended(cloud):
    """ObjectWriter: the reader is refused by the cloud; the change that `explain` names lets it in."""
    put_role(cloud, WRITER, "writer", ALL_OF_S3)
    put_role(cloud, READER, "reader", ALL_OF_S3)
    owner = cloud.client("s3", OWNER)
    owner.create_bucket(Bucket=BUCKET, ObjectOwnership="ObjectWriter")
    owner.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": [WRITER, READER]}, "Action": ["s3:PutObject", "s3:GetObject"],
         "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}))
    assert tried("s3:PutObject", cloud.session(WRITER, "writer"))
    reader = cloud.session(READER, "reader")
    assert not tried("s3:GetObject", reader)
    asked = ["explain", "--bucket", BUCKET, "--writer", f"{WRITER}:role/writer", "--reader",
             f"{READER}:role/reader", "--endpoint", cloud.url, *accounts()]
    found = run(*asked, code=5).stdout
    assert "FOREIGN-OBJECT" in found and "With 1 change: works" in found, found
    owner.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls={
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    assert tried("s3:GetObject", reader)
    assert run(*asked, code=0).stdout.startswith("WORKS")


def test_a_saved_snapshot_gives_the_same_answers(cloud, tmp_path):
    put_role(cloud, WRITER, "app", ALL_OF_S3)
    cloud.client("s3", WRITER).create_bucket(Bucket=BUCKET)
    saved = tmp_path / "access.json"
    run("fetch", "--endpoint", cloud.url, *accounts(), "--save", str(saved), code=0)
    assert saved.stat().st_mode & 0o077 == 0
    snapshot = json.loads(saved.read_text())
    assert [a["id"] for a in snapshot["accounts"]] == [OWNER, WRITER, READER]
    question = ["can", f"{WRITER}:role/app", "s3:PutObject", f"arn:aws:s3:::{BUCKET}/k"]
    live = run(*question, "--endpoint", cloud.url, *accounts(), code=0)
    assert run(*question, "--from", str(saved), code=0).stdout == live.stdout
    who = run("who", "s3:PutObject", f"arn:aws:s3:::{BUCKET}/k", "--from", str(saved), "--json", code=0).stdout
    lines = [json.loads(line) for line in who.splitlines()]
    assert lines[0]["type"] == "version"
    assert {line["principal"] for line in lines if line["type"] == "who"} == {
        f"arn:aws:iam::{WRITER}:root", f"arn:aws:iam::{WRITER}:role/app"}


def test_organizations_control_policies_count(cloud):
    """All accounts of the organization are read; what its policy denies is denied, here and there."""
    organizations = cloud.client("organizations", OWNER)
    organizations.create_organization(FeatureSet="ALL")
    member = organizations.create_account(Email="m@example.com", AccountName="member")
    account = member["CreateAccountStatus"]["AccountId"]
    put_role(cloud, account, "app", ALL_OF_S3)
    cloud.client("s3", account).create_bucket(Bucket=BUCKET)
    policy = organizations.create_policy(
        Name="NoDelete", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(
            {"Version": "2012-10-17", "Statement": [
                {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}]}))["Policy"]
    organizations.attach_policy(PolicyId=policy["PolicySummary"]["Id"], TargetId=account)
    s3 = cloud.session(account, "app")
    for action, expected in (("s3:PutObject", True), ("s3:DeleteObject", False)):
        done = run("can", f"{account}:role/app", action, f"arn:aws:s3:::{BUCKET}/in/a", "--endpoint", cloud.url,
                   "--account", OWNER, "--account", account)
        assert (done.returncode == 0) == expected, done.stdout
        assert tried(action, s3) == expected
    assert "a service control policy" in done.stdout


def test_errors_name_what_would_be_right(cloud):
    done = run("can", "role/nobody", "s3:GetObject", "*", "--endpoint", cloud.url, code=3)
    assert 'no account of the snapshot has "role/nobody"' in done.stderr
    assert run("who", "s3:GetObject", "arn:aws:s3:::nope/x", "--endpoint", cloud.url, code=3).stderr.endswith(
        "no account of the snapshot has the bucket nope\n  for more: mainstay explain ResourceUnknown\n")


def test_the_example_runs():
    done = subprocess.run([ROOT / "examples/access/run.sh"], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "MAINSTAY_BIN": MAINSTAY})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "36 pairs decided, all as they should be" in done.stdout
    assert "2 of 6 principals may" in done.stdout
    assert "With 2 changes: works" in done.stdout


def test_a_role_is_tightened_to_what_it_did(cloud):
    """CloudTrail's own list: two calls of a role that may do everything become a policy of two actions."""
    put_role(cloud, OWNER, "app", {"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam = cloud.client("iam", OWNER)
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ssm = cloud.client("ssm", key["AccessKeyId"], key["SecretAccessKey"])
    ssm.put_parameter(Name="/app/size", Value="1", Type="String")
    ssm.get_parameter(Name="/app/size")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment["AWS_ACCESS_KEY_ID"] = OWNER
    done = subprocess.run([MAINSTAY, "access", "tighten", "--endpoint", cloud.url, "--principal",
                           f"arn:aws:iam::{OWNER}:user/ann"], env=environment, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    (statement,) = json.loads(done.stdout)["Statement"]
    assert sorted(statement["Action"]) == ["ssm:GetParameter", "ssm:PutParameter"]
    assert statement["Resource"] == f"arn:aws:ssm:{REGION}:{OWNER}:parameter/app/size"


EVERYTHING, NOTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize("statement, action, resource, allowed", [
    (EVERYTHING, "iam:GetPolicy", "arn:aws:iam::aws:policy/AdministratorAccess", True),
    (EVERYTHING, "iam:AttachRolePolicy", f"arn:aws:iam::{WRITER}:role/app", True),
    (EVERYTHING, "iam:DeletePolicy", "arn:aws:iam::aws:policy/AdministratorAccess", False),
    (NOTHING, "iam:GetPolicy", "arn:aws:iam::aws:policy/AdministratorAccess", False),
    (NOTHING, "sts:GetCallerIdentity", "*", True),
    (EVERYTHING, "sts:GetCallerIdentity", "*", True),
    (EVERYTHING, "iam:CreateRole", f"arn:aws:iam::{WRITER}:role/aws-reserved/sso.amazonaws.com/x", False),
    (EVERYTHING, "iam:PassRole", f"arn:aws:iam::{WRITER}:role/aws-reserved/sso.amazonaws.com/x", False),
    (EVERYTHING, "iam:PutRolePolicy", f"arn:aws:iam::{WRITER}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", False),
    (EVERYTHING, "iam:CreateServiceLinkedRole", f"arn:aws:iam::{WRITER}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", True),
    (EVERYTHING, "kms:CreateAlias", f"arn:aws:kms:us-east-1:{WRITER}:alias/aws/mine", False),
    (EVERYTHING, "kms:CreateAlias", f"arn:aws:kms:us-east-1:{WRITER}:alias/mine", True)])
def test_what_aws_decides_by_itself(cloud, statement, action, resource, allowed):
    """"IAM identifiers", "Using service-linked roles", IAM user guide; GetCallerIdentity, STS API reference."""
    put_role(cloud, WRITER, "app", statement)
    said, why = cloud.can(f"{WRITER}:role/app", action, resource)
    assert said == allowed, why
