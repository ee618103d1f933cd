"""What left a configuration is found again, and deleted after a look; nothing else is."""

import json
import os
import re
import signal
import subprocess
import time

import pytest

from conftest import MAINSTAY
from test_ndjson import lines_of

QUEUE = "Resources: {Q: {Type: AWS::SNS::Topic}}\n"  # holds no data
TABLE = """Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties: {BillingMode: PAY_PER_REQUEST, KeySchema: [{AttributeName: id, KeyType: HASH}],
                 AttributeDefinitions: [{AttributeName: id, AttributeType: S}]}
"""
KEYS = ["team", "file://graph.json"]


class Repository:
    def __init__(self, program, key):
        self.program, self.key = program, key
        self.folder = program.home / "repository"
        self.folder.mkdir()
        (self.folder / "queue.yml").write_text(QUEUE)
        (self.folder / "table.yml").write_text(TABLE)

    def stacks(self, *stacks):
        text = f"namespace: n\npersistent_graph_key: {self.key}\nstacks:\n"
        (self.folder / "c.yml").write_text(text + "".join(f"- {stack}\n" for stack in stacks))

    def run(self, *arguments, code=0, **variables):
        return self.program.run(*arguments, "c.yml", folder=self.folder, code=code, **variables)

    def deployed(self):
        """Asked with a configuration that names them all."""
        (self.folder / "all.yml").write_text("namespace: n\nstacks:\n" + "".join(
            f"- {{name: {name}, locked: true}}\n" for name in "abcdt"))
        done = self.program.run("info", "--json", "all.yml", folder=self.folder)
        return {line["stack"] for line in lines_of(done.stdout) if line["type"] == "info" and line["deployed"]}


@pytest.fixture(params=KEYS)
def repository(program, request):
    return Repository(program, request.param)


A = "{name: a, template_path: queue.yml}"
B = "{name: b, template_path: queue.yml, requires: [a]}"
C = "{name: c, template_path: queue.yml, requires: [b]}"


def test_what_left_goes_in_order_and_nothing_else(repository):
    repository.stacks(A, B, C)
    repository.run("up")
    assert repository.run("prune", "--force").stdout == "nothing has left the configuration\n"
    repository.stacks(A)
    # Made by somebody else, in the same namespace.
    (repository.folder / "other.yml").write_text("namespace: n\nstacks:\n- {name: d, template_path: queue.yml}\n")
    repository.program.run("up", "other.yml", folder=repository.folder)

    said = repository.run("up").stderr
    assert "warning: no longer in the configuration, and still there unless somebody deleted them: b, c" in said
    assert repository.run("prune", "--outline").stdout == "1. c (n-c): CREATE_COMPLETE\n2. b (n-b): CREATE_COMPLETE\n"
    refused = repository.run("prune", code=5)
    assert "error[ApprovalNeeded]" in refused.stderr and "CREATE_COMPLETE" in refused.stdout
    assert repository.deployed() == {"a", "b", "c", "d"}
    done = repository.run("prune", "--force")
    assert re.search(r"^2 deleted in ", done.stdout, re.M)
    assert repository.deployed() == {"a", "d"}
    assert repository.run("prune", "--force").stdout == "nothing has left the configuration\n"
    assert "2 changed" not in repository.run("up").stdout
    runs = [json.loads(line) for line in repository.program.run("history", "--json").stdout.splitlines()]
    assert [run["changed"] for run in runs if run.get("command") == "prune"] == [2]


def test_data_and_protected_stacks_need_more(repository):
    repository.stacks(A, "{name: t, template_path: table.yml}", "{name: b, template_path: queue.yml, protected: true}")
    repository.run("up", "--approve")
    repository.stacks(A)
    refused = repository.run("prune", "--force", code=5)
    assert "--approve=data:t" in refused.stderr
    assert repository.deployed() == {"a", "b", "t"}
    done = repository.run("prune", "--force", "--approve=data:t", code=5)
    assert "error[Protected]" in done.stderr or "was protected when it was last brought up" in done.stderr
    assert repository.deployed() == {"a", "b"}


def test_what_somebody_else_made_in_its_place_stays(repository):
    repository.stacks(A, B)
    repository.run("up")
    (repository.folder / "other.yml").write_text("namespace: n\nstacks:\n- {name: b, template_path: queue.yml}\n")
    repository.program.run("down", "--force", "other.yml", folder=repository.folder)
    repository.program.run("up", "other.yml", folder=repository.folder)
    repository.stacks(A)
    assert "what has its name now is another stack" in repository.run("prune", "--outline").stdout
    repository.run("prune", "--force")
    assert repository.deployed() == {"a", "b"}
    assert repository.run("prune", "--force").stdout == "nothing has left the configuration\n"


def test_down_forgets(repository):
    repository.stacks(A, B)
    repository.run("up")
    repository.run("down", "--force")
    repository.stacks()
    assert repository.run("prune", "--force").stdout == "nothing has left the configuration\n"


def test_a_lock_knows_its_owner_and_is_taken_over_from_the_dead(repository):
    (repository.folder / "slow.yml").write_text("""Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Signal: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 30, Count: 1}}
""")
    repository.stacks(A, "{name: b, template_path: slow.yml, requires: [a]}")
    home = repository.program.home
    environment = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "PATH": os.environ["PATH"]}
    server = subprocess.Popen([MAINSTAY, "cloud", "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    try:
        while "http" not in server.stdout.readline():
            pass
        process = subprocess.Popen([MAINSTAY, "up", "c.yml"], cwd=repository.folder, env=environment,
                                   stderr=subprocess.PIPE, text=True)
        while "b: submitted" not in process.stderr.readline():
            pass
        refused = repository.run("up", code=7)
        assert f"(process {process.pid}, run " in refused.stderr and "--break-lock" in refused.stderr
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        repository.stacks()
        # Its creation goes on, so that it can't be told yet what it was to be.
        done = repository.run("prune", "--force", code=None)
        assert re.search(r"the lock of \S+ on \S+ \(process \d+, run \w+\) since \S+ was taken over", done.stderr)
        time.sleep(0.1)
        assert repository.run("prune", "--force", code=None).returncode == 0
        assert repository.deployed() == set()
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait()


def test_a_graph_of_runway_is_read(program):
    """Names and what they need; the namespace's tag proves that a stack is ours."""
    repository = Repository(program, "file://graph.json")
    repository.stacks(A, B)
    repository.run("up")
    (path,) = (program.home / "state/mainstay/graphs").glob("*.json")
    path.write_text(json.dumps({"a": [], "b": ["a"], "gone": ["a"]}))
    repository.stacks(A)
    assert repository.run("prune", "--outline").stdout == "1. b (n-b): CREATE_COMPLETE\n" \
        "2. gone (n-gone): stack does not exist\n"
    repository.run("prune", "--force")
    assert repository.deployed() == {"a"}
    path.write_text("{")
    assert "error[GraphInvalid]" in repository.run("up", code=3).stderr
    path.write_text(json.dumps({"version": 2}))
    assert "by a newer mainstay" in repository.run("prune", "--outline", code=3).stderr


def test_without_a_graph_it_says_so(program):
    repository = Repository(program, "''")
    repository.stacks(A)
    assert "error[GraphMissing]" in repository.run("prune", code=3).stderr


def test_rehearsals_leave_the_repository_alone(program):
    repository = Repository(program, "file://graph.json")
    repository.stacks(A)
    repository.run("up")
    repository.run("up", "--memory")
    assert not (repository.folder / "graph.json").exists()
