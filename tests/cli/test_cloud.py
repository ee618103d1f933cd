"""The commands about a cloud: served by another process, or a state that nobody serves."""

import fcntl
import json
import os
import pathlib
import re
import signal
import subprocess

import boto3
import pytest
from botocore.exceptions import ClientError
from conftest import MAINSTAY, ROOT
from test_ndjson import lines_of

BIG = b"b" * 200_000  # S3 keeps it in a file beside the journal


class Served:
    def __init__(self, program, *flags):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MAINSTAY_", "XDG_"))}
        environment |= {"HOME": str(program.home), "XDG_STATE_HOME": str(program.home / "state")}
        self.process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--port", "0", *flags], env=environment,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.endpoint = re.search(r"http://\S+", line).group(0)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


@pytest.fixture
def served(program):
    started = []

    def start(*flags):
        started.append(Served(program, *flags))
        return started[-1]
    yield start
    for one in started:
        one.end()


def client(endpoint, service):
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test",
                        aws_secret_access_key="test")


def fill(endpoint):
    s3 = client(endpoint, "s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="big", Body=BIG)
    client(endpoint, "sqs").create_queue(QueueName="jobs")


def keys(endpoint):
    return [o["Key"] for o in client(endpoint, "s3").list_objects_v2(Bucket="data").get("Contents", [])]


def blobs(program):
    return [p for p in (program.home / "state/mainstay/cloud/blobs").rglob("*") if p.is_file()]


def one(done, kind):
    return next(line for line in lines_of(done.stdout) if line["type"] == kind)


def test_a_fork_is_another_cloud(program, served):
    cloud = served()
    fill(cloud.endpoint)
    fork = one(program.run("cloud", "fork", "rehearsal", "--json"), "fork")
    assert fork["name"] == "rehearsal" and fork["documents"] > 0 and fork["endpoint"] != cloud.endpoint
    there = client(fork["endpoint"], "s3")
    assert there.get_object(Bucket="data", Key="big")["Body"].read() == BIG
    there.put_object(Bucket="data", Key="new", Body=BIG)
    there.delete_object(Bucket="data", Key="big")
    assert keys(fork["endpoint"]) == ["new"] and keys(cloud.endpoint) == ["big"]
    # Taken away here, it is still there for a fork that was made before.
    second = one(program.run("cloud", "fork", "second", "--json"), "fork")
    client(cloud.endpoint, "s3").delete_object(Bucket="data", Key="big")
    client(cloud.endpoint, "sqs").create_queue(QueueName="later")
    assert client(second["endpoint"], "s3").get_object(Bucket="data", Key="big")["Body"].read() == BIG
    assert len(client(second["endpoint"], "sqs").list_queues()["QueueUrls"]) == 1
    assert [f["name"] for f in lines_of(program.run("cloud", "forks", "--json").stdout) if f["type"] == "fork"] == \
        ["rehearsal", "second"]
    for name in ("rehearsal", "second"):
        program.run("cloud", "drop", name)
    assert blobs(program) == []
    with pytest.raises(Exception):
        keys(fork["endpoint"])


def test_what_forks_refuse(program, served):
    served()
    program.run("cloud", "fork", "a")
    for arguments, code, word in [(["fork", "a"], 3, "ForkExists"), (["fork", "a/b"], 3, "ForkNameInvalid"),
                                  (["drop", "b"], 3, "ForkMissing"), (["env", "--fork", "b"], 3, "ForkMissing"),
                                  (["export", "--fork", "b", "x"], 3, "ForkMissing"),
                                  (["import", "missing.state"], 3, "FileNotFound")]:
        assert word in program.run("cloud", *arguments, code=code).stderr


def test_a_fork_goes_on_with_work_under_way(program, served):
    cloud = served()
    here = client(cloud.endpoint, "cloudformation")
    here.create_stack(StackName="waits", TemplateBody=json.dumps({"Resources": {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "DependsOn": "Handle",
                 "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "3600", "Count": 1}}}}))
    fork = one(program.run("cloud", "fork", "a", "--json"), "fork")
    there = client(fork["endpoint"], "cloudformation")
    there.delete_stack(StackName="waits")
    there.get_waiter("stack_delete_complete").wait(StackName="waits", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert here.describe_stacks(StackName="waits")["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"


@pytest.mark.parametrize("memory", [False, True])
def test_a_state_goes_elsewhere_and_comes_back(program, served, tmp_path, memory):
    cloud = served(*(["--memory"] if memory else []))
    where = ["--endpoint", cloud.endpoint] if memory else []
    fill(cloud.endpoint)
    file = tmp_path / "before.state"
    exported = one(program.run("cloud", "export", *where, file, "--json"), "exported")
    assert exported["blobs"] == 1 and exported["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    client(cloud.endpoint, "s3").delete_object(Bucket="data", Key="big")
    assert "StateNotEmpty" in program.run("cloud", "import", *where, file, code=4).stderr
    assert keys(cloud.endpoint) == []
    program.run("cloud", "import", *where, "--replace", file)
    assert client(cloud.endpoint, "s3").get_object(Bucket="data", Key="big")["Body"].read() == BIG
    # Into a state that nobody serves.
    other = ["--state", tmp_path / "other"]
    assert one(program.run("cloud", "import", *other, file, "--json"), "imported")["documents"] == exported["documents"]
    again = tmp_path / "again.state"
    program.run("cloud", "export", *other, again)
    assert again.read_bytes() == file.read_bytes()


def test_damaged_and_foreign_archives_change_nothing(program, served, tmp_path):
    cloud = served()
    fill(cloud.endpoint)
    file = tmp_path / "a.state"
    program.run("cloud", "export", file)
    whole = file.read_bytes()
    for bytes_, word, code in [(whole[:-9], "ArchiveDamaged", 4), (b"PK", "ArchiveForeign", 3), (b"", "ArchiveForeign", 3),
                               (whole[:200] + b"\0\0" + whole[202:], "ArchiveDamaged", 4),
                               (whole.replace(b"version 1", b"version 9", 1), "ArchiveNewer", 3)]:
        file.write_bytes(bytes_)
        assert word in program.run("cloud", "import", "--replace", file, code=code).stderr
    assert client(cloud.endpoint, "s3").get_object(Bucket="data", Key="big")["Body"].read() == BIG


def test_reset_and_stop(program, served):
    cloud = served()
    fill(cloud.endpoint)
    held = one(program.run("cloud", "status", "--json"), "status")["documents"]
    assert f"{held} documents" in program.run("cloud", "reset", code=5).stderr
    assert keys(cloud.endpoint) == ["big"]
    assert one(program.run("cloud", "reset", "--yes", "--json"), "reset")["documents"] == held
    with pytest.raises(ClientError, match="NoSuchBucket"):
        keys(cloud.endpoint)
    assert one(program.run("cloud", "stop", "--json"), "stopped")["endpoint"] == cloud.endpoint
    assert cloud.process.wait(timeout=30) == 0
    assert "CloudMissing" in program.run("cloud", "status", code=4).stderr
    assert "CloudMissing" in program.run("cloud", "fork", "a", code=4).stderr


def test_a_server_that_was_killed_is_not_talked_to(program, served, tmp_path):
    cloud = served()
    fill(cloud.endpoint)
    cloud.process.kill()
    cloud.process.wait()
    assert one(program.run("cloud", "export", tmp_path / "a.state", "--json"), "exported")["blobs"] == 1


def test_variables_for_a_shell(program, served):
    cloud = served()
    text = program.run("cloud", "env", "-r", "eu-west-1").stdout
    shown = subprocess.run(["sh", "-c", text + 'echo "$AWS_ENDPOINT_URL $AWS_REGION $AWS_SESSION_TOKEN"'],
                           capture_output=True, text=True, check=True, env={"AWS_SESSION_TOKEN": "real"}).stdout
    assert shown.split() == [cloud.endpoint, "eu-west-1"]


def test_a_damaged_journal_is_repaired_on_request(program, served):
    cloud = served("--sync")
    fill(cloud.endpoint)
    cloud.end()
    journal = program.home / "state/mainstay/cloud/journal"
    whole = journal.read_bytes()
    damaged = whole[:len(whole) // 2] + b"\xff" + whole[len(whole) // 2 + 1:]
    for tail in (b"\0" * 8, b"\0" * 70_000, b"\x40\0\0\0\1\2\3\4\x84\x62s3", b"\x40\0\0\0" + b"\0" * 500):
        journal.write_bytes(whole + tail)
        assert "whole but for" in program.run("cloud", "repair").stdout
    journal.write_bytes(damaged)
    assert "StateUnreadable" in program.run("cloud", "export", "x.state", code=1).stderr
    assert "damaged at byte" in program.run("cloud", "repair", code=5).stdout
    assert journal.read_bytes() == damaged
    found = one(program.run("cloud", "repair", "--yes", "--json"), "repair")
    assert found["repaired"] and pathlib.Path(found["kept"]).read_bytes() == damaged
    assert len(keys(served().endpoint)) <= 1


def test_without_a_home_nothing_is_kept_anywhere(program, tmp_path):
    for variables in ({"HOME": "", "XDG_STATE_HOME": ""}, {"HOME": "", "XDG_STATE_HOME": "relative"},
                      {"HOME": ".", "XDG_STATE_HOME": "", "MAINSTAY_STATE": ""}):
        for command in (["cloud", "serve", "--port", "0"], ["cloud", "status"], ["info", "c.yml"]):
            (tmp_path / "c.yml").write_text("namespace: a\nstacks: []\n")
            done = program.run(*command, folder=tmp_path, code=3, **variables)
            assert "HomeMissing" in done.stderr, done
        assert sorted(p.name for p in tmp_path.iterdir() if p.name != "state") == ["c.yml"]


def test_the_page_s_commands(program, served, tmp_path):
    page = (ROOT / "docs/cloud.md").read_text().split("## Forks, archives and the rest")[1].split("\n## ")[0]
    commands = "".join(line[4:] + "\n" for line in page.splitlines() if line.startswith("    "))
    assert commands.count("mainstay cloud") == 14
    fill(served().endpoint)
    environment = {"HOME": str(program.home), "XDG_STATE_HOME": str(program.home / "state"),
                   "PATH": f"{pathlib.Path(MAINSTAY).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-ec", commands], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"before.state", "after.state"} <= {p.name for p in tmp_path.iterdir()}


def test_readers_read_beside_a_run_that_changes_the_state(program, tmp_path):
    (tmp_path / "c.yml").write_text("namespace: n\nstacks:\n- {name: one, template_path: t.yml}\n")
    (tmp_path / "t.yml").write_text("Resources: {Queue: {Type: 'AWS::SQS::Queue'}}\n"
                                    "Outputs: {Url: {Value: !Ref Queue}}\n")
    program.run("up", "c.yml", folder=tmp_path)
    journal = program.home / "state/mainstay/cloud/journal"
    before = journal.read_bytes()
    with open(program.home / "state/mainstay/cloud/lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 77, mainstay up\n")
        lock.flush()
        done = program.run("info", "c.yml", folder=tmp_path)
        assert "CREATE_COMPLETE" in done.stdout and "process 77, mainstay up" in done.stderr
        assert "process 77" in program.run("access", "who", "s3:GetObject", "arn:aws:s3:::b/k", code=None).stderr
        assert "StateLocked" in program.run("up", "c.yml", folder=tmp_path, code=7).stderr
    assert journal.read_bytes() == before
