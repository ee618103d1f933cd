"""Termination protection, time-outs, on_failure, and stacks whose rollback is stuck."""

from test_ndjson import lines_of

QUEUE = "Resources: {Q: {Type: AWS::SNS::Topic}}\n"
BROKEN = """Resources:
  Q: {Type: AWS::SQS::Queue}
  R: {Type: AWS::IAM::Role, DependsOn: Q, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow}]}}}
"""
SLOW = """Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Signal: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 600, Count: 1}}
"""


def configured(program, template, keys):
    (program.home / "t.yml").write_text(template)
    (program.home / "c.yml").write_text(f"namespace: n\nstacks:\n- {{name: s, template_path: t.yml{keys}}}\n")


def run(program, *arguments, code=0):
    return program.run(*arguments, "c.yml", folder=program.home, code=code)


def status(program):
    (line,) = [line for line in lines_of(run(program, "status", "--json").stdout) if line["type"] == "stack_status"]
    return line


def test_termination_protection(program):
    configured(program, QUEUE, ", termination_protection: true")
    run(program, "up")
    assert status(program)["termination_protection"] is True
    assert "n-s has termination protection" in run(program, "down", "--force", code=5).stderr
    configured(program, QUEUE, "")  # as it is
    assert "no changes" in run(program, "up").stdout
    assert status(program)["termination_protection"] is True
    configured(program, QUEUE, ", termination_protection: false")
    done = run(program, "up")
    assert "s: complete (termination protection changed)" in done.stderr and done.stdout.startswith("1 changed")
    assert "no changes" in run(program, "up").stdout
    configured(program, QUEUE.replace("Q:", "P:"), ", termination_protection: true")
    run(program, "up")
    assert status(program)["termination_protection"] is True


def test_on_failure(program):
    configured(program, BROKEN, ", on_failure: delete")
    done = run(program, "up", code=4)
    assert "CAUSE  R  IAM::Role" in done.stderr
    assert status(program)["deployed"] is False
    configured(program, BROKEN, ", on_failure: DO_NOTHING")
    run(program, "up", code=None)
    assert status(program)["status"] == "CREATE_FAILED"
    configured(program, BROKEN, ", on_failure: explode")
    assert "c.yml:3:47" in run(program, "up", code=3).stderr


def test_a_timeout_that_is_none(program):
    configured(program, QUEUE, ", timeout: soon")
    assert "a timeout is a number of minutes" in run(program, "up", code=3).stderr
    configured(program, QUEUE, ", timeout: 5")
    run(program, "up")


def test_a_stuck_rollback_goes_on_when_told(program):
    """A resource is deleted by hand while the update waits, so that it can't be changed back."""
    import os
    import re
    import signal
    import subprocess
    import time
    from conftest import MAINSTAY
    from test_members import client

    plain = """Resources:
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16, EnableDnsHostnames: false}}
"""
    broken = """Resources:
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16, EnableDnsHostnames: true}}
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Wait: {Type: AWS::CloudFormation::WaitCondition, DependsOn: Other, Properties: {Handle: !Ref Handle, Timeout: 1}}
"""
    environment = {"HOME": str(program.home), "XDG_STATE_HOME": str(program.home / "state")}
    server = subprocess.Popen([MAINSTAY, "cloud", "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    try:
        while not (url := re.search(r"http://\S+:\d+", server.stdout.readline())):
            pass
        configured(program, plain, "")
        run(program, "up")
        ec2 = client(url.group(), "ec2")
        (vpc,) = [v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if v["CidrBlock"] == "10.9.0.0/16"]
        configured(program, broken, "")
        process = subprocess.Popen([MAINSTAY, "up", "c.yml"], cwd=program.home, env=environment, stderr=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        for _ in range(500):
            if ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]:
                break
            time.sleep(0.01)
        ec2.delete_vpc(VpcId=vpc)
        process.communicate(timeout=60)
        assert process.returncode == 8
        assert status(program)["status"] == "UPDATE_ROLLBACK_FAILED"
        configured(program, QUEUE, "")
        refused = run(program, "up", code=8)
        assert "--continue-rollback (and\n" in refused.stderr or "--continue-rollback" in refused.stderr
        assert "STACK:ID" in run(program, "up", "--continue-rollback", "--skip-resource", "Other", code=3).stderr
        assert "failed" in run(program, "up", "--continue-rollback", code=8).stdout
        done = run(program, "up", "--continue-rollback", "--skip-resource", "s:Other")
        assert "continuing its rollback" in done.stderr and done.stdout.startswith("1 changed")
        assert status(program)["status"] == "UPDATE_COMPLETE"
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait()
