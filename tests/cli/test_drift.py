"""What was changed by hand is brought back, after a look and a yes, and nothing else."""

import pytest

from test_cloud import client, served  # noqa: F401 (a fixture)
from test_ndjson import lines_of

TEMPLATE = """Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}}
  Value: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: one, Description: told}}
Outputs:
  Queue: {Value: !Ref Queue}
"""
CONFIG = "namespace: n\nstacks:\n- {name: a, template_path: t.yml}\n- {name: b, template_path: t.yml}\n"


@pytest.fixture
def stacks(program, served, tmp_path):  # noqa: F811
    cloud = served("--memory")
    (tmp_path / "t.yml").write_text(TEMPLATE)
    (tmp_path / "c.yml").write_text(CONFIG)

    def run(*arguments, code=0):
        return program.run(*arguments, "--endpoint", cloud.endpoint, "c.yml", folder=tmp_path, code=code)

    run("up")
    lines = lines_of(run("info", "--json").stdout)
    urls = {line["stack"]: line["outputs"]["Queue"] for line in lines if line["type"] == "info"}
    sqs = client(cloud.endpoint, "sqs")

    def delay(stack, seconds=None):
        if seconds is not None:
            sqs.set_queue_attributes(QueueUrl=urls[stack], Attributes={"DelaySeconds": str(seconds)})
        return sqs.get_queue_attributes(QueueUrl=urls[stack], AttributeNames=["DelaySeconds"])["Attributes"]["DelaySeconds"]

    run.delay = delay
    run.change_sets = lambda: [s for n in "ab" for s in client(cloud.endpoint, "cloudformation").list_change_sets(StackName=f"n-{n}")["Summaries"]
                               if s["ExecutionStatus"] != "EXECUTE_COMPLETE"]
    return run


def test_drift_is_taken_back(stacks):
    stacks.delay("a", 60)
    shown = stacks("drift", "--exit-code", code=2).stdout
    assert "/DelaySeconds  5 -> 60" in shown
    looked = stacks("drift", "--revert", code=5)
    assert "error[ApprovalNeeded]" in looked.stderr and "--force" in looked.stderr
    assert looked.stdout == ("n-a us-east-1\n0 replace  1 update  0 add  0 delete\n  ~   update  Queue  SQS::Queue\n"
                             "        DelaySeconds  60 -> 5\n\n1 resource in 1 stack would be brought back\n")
    assert stacks.delay("a") == "60" and stacks.change_sets() == []
    done = stacks("drift", "--revert", "--force").stdout
    assert "1 changed, 1 unchanged or skipped" in done
    assert stacks.delay("a") == "5"
    assert "0 of 2 stacks drifted" in stacks("drift", "--exit-code").stdout
    assert "no changes" in stacks("diff", "--exit-code").stdout
    assert "no changes" in stacks("drift", "--revert", "--force").stdout


def test_only_the_stacks_that_are_named(stacks):
    stacks.delay("a", 60)
    stacks.delay("b", 70)
    assert "1 changed" in stacks("drift", "--revert", "--force", "--stacks", "b").stdout
    assert (stacks.delay("a"), stacks.delay("b")) == ("60", "5")


def test_its_lines_of_json(stacks):
    stacks.delay("a", 60)
    lines = lines_of(stacks("drift", "--revert", "--force", "--json").stdout)
    [diff] = [line for line in lines if line["type"] == "diff"]
    [change] = diff["changes"]
    assert (change["logical_id"], change["details"][0]["before"], change["details"][0]["after"]) == ("Queue", "60", "5")


def test_force_goes_with_revert_only(stacks):
    assert "--revert" in stacks("drift", "--force", code=3).stderr
