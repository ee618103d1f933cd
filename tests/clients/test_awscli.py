"""The AWS command line, as people type it."""

import json
import os
import pathlib
import shlex
import subprocess
import sys

import pytest


@pytest.fixture
def aws(endpoint, account, tmp_path):
    """aws("s3", "ls") answers what the command prints; it must succeed."""
    program = pathlib.Path(sys.executable).with_name("aws")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path),
                   "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}

    def run(*words, fails=False):
        done = subprocess.run([sys.executable, str(program), "--endpoint-url", endpoint, *words],
                              env=environment, cwd=tmp_path, capture_output=True, text=True,
                              timeout=120)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    return run


def test_who_am_i(aws, account):
    assert json.loads(aws("sts", "get-caller-identity"))["Account"] == account


def test_files_go_up_and_come_down(aws, account, tmp_path):
    where = f"s3://cli-{account}"
    (tmp_path / "up").mkdir()
    for name in ("one.txt", "two words.txt"):
        (tmp_path / "up" / name).write_text(name)
    (tmp_path / "big.bin").write_bytes(os.urandom(9 * 1024 * 1024))
    aws("s3", "mb", where)
    aws("s3", "sync", "up", where + "/docs")
    aws("s3", "cp", "big.bin", where + "/big.bin")
    listed = aws("s3", "ls", where, "--recursive")
    assert "docs/one.txt" in listed and "docs/two words.txt" in listed
    aws("s3", "sync", where + "/docs", "down")
    assert (tmp_path / "down" / "two words.txt").read_text() == "two words.txt"
    aws("s3", "cp", where + "/big.bin", "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == (tmp_path / "big.bin").read_bytes()
    aws("s3", "rm", where, "--recursive")
    aws("s3", "rb", where)


def test_second_sync_copies_nothing(aws, account, tmp_path):
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "a").write_text("a")
    # LastModified has whole seconds: a file of the same second would be newer than its copy, on AWS too.
    os.utime(tmp_path / "up" / "a", (1_700_000_000, 1_700_000_000))
    aws("s3", "mb", f"s3://sync-{account}")
    assert "upload:" in aws("s3", "sync", "up", f"s3://sync-{account}")
    assert aws("s3", "sync", "up", f"s3://sync-{account}") == ""


def test_vpcs(aws):
    aws("ec2", "create-vpc", "--cidr-block", "10.7.0.0/16")
    blocks = aws("ec2", "describe-vpcs", "--query", "Vpcs[].CidrBlock", "--output", "text")
    assert "10.7.0.0/16" in blocks.split()


def test_errors_reach_the_person(aws):
    said = aws("ec2", "describe-vpcs", "--vpc-ids", "vpc-12345678", fails=True)
    assert "(InvalidVpcID.NotFound)" in said
    assert "The vpc ID 'vpc-12345678' does not exist" in said


def test_secrets_from_the_command_line(aws):
    aws("ssm", "put-parameter", "--name", "/a/b", "--value", "v", "--type", "SecureString")
    said = aws("ssm", "get-parameter", "--name", "/a/b", "--with-decryption", "--query",
               "Parameter.Value", "--output", "text")
    assert said.strip() == "v"


def test_users(aws):
    aws("iam", "create-user", "--user-name", "ann")
    assert "ann" in aws("iam", "list-users", "--output", "text")


TEMPLATE = """
Parameters:
  Cidr: {Type: String}
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: !Ref Cidr}
Outputs:
  Id: {Value: !Ref Network}
"""


def test_deploy(aws, tmp_path):
    (tmp_path / "net.yaml").write_text(TEMPLATE)
    deploy = ("cloudformation", "deploy", "--stack-name", "net", "--template-file", "net.yaml")
    aws(*deploy, "--parameter-overrides", "Cidr=10.8.0.0/16")
    vpc = aws("cloudformation", "describe-stacks", "--stack-name", "net", "--query",
              "Stacks[0].Outputs[0].OutputValue", "--output", "text")
    assert vpc.startswith("vpc-")
    assert "No changes to deploy" in aws(*deploy, "--no-fail-on-empty-changeset")
    aws("cloudformation", "delete-stack", "--stack-name", "net")
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "net")


def test_commands_of_the_page_on_topics_and_logs(aws):
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs/cloud.md").read_text()
    commands = [shlex.split(line)[3:] for line in page.splitlines() if line.startswith("    aws --endpoint-url ")]
    mine = [words for words in commands if words[0] in ("sns", "logs")]
    assert len(mine) == 2
    for words in mine:
        aws(*words)
    assert "news" in aws("sns", "list-topics") and "/app/main" in aws("logs", "describe-log-groups")
