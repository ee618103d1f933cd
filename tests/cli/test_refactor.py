"""Resources are renamed and moved between stacks, untouched; what is not only a move is refused with what and where.

Several cases are what peers' users reported: aws-cdk-cli pull requests 547 (references of and to what moves), 667 (no
changes besides), issues 1804 (stacks still at work after the move), 657 (a reference becomes an import); aws-cdk-rfcs
705 (ambiguity must be asked about); cloudformation-coverage-roadmap 2322 (renames in place), 684 (stacks that are
renamed); amplify-cli 14988 (a failed move leaves nothing that stands in the way of the next)."""

import json
import os
import subprocess

import pytest

from conftest import MAINSTAY, ROOT
from test_ndjson import lines_of

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}
TABLE = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "data"}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "t"}}


def reader(of):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::Sub": "arn is ${" + of + ".Arn}"}}}


class Repository:
    def __init__(self, program):
        self.program = program
        self.folder = program.home / "repository"
        self.folder.mkdir()

    def write(self, config, stacks, top="", each=""):
        """stacks: by name the resources, or a whole template."""
        text = f"namespace: n\n{top}stacks:\n"
        for name, template in stacks.items():
            if "Resources" not in template:
                template = {"Resources": template}
            path = f"{config}-{name}.json"
            (self.folder / path).write_text(json.dumps(template))
            text += f"- {{name: {name}, template_path: {path}{each}}}\n"
        (self.folder / config).write_text(text)

    def run(self, *arguments, code=0):
        return self.program.run(*arguments, folder=self.folder, code=code)



@pytest.fixture
def repository(program):
    return Repository(program)


def outputs(repository, config):
    done = repository.run("info", "--json", config)
    return {line["stack"]: line.get("outputs", {}) for line in lines_of(done.stdout) if line["type"] == "info" and line["deployed"]}


def unchanged(repository, config):
    repository.run("diff", "--exit-code", config)
    assert "no changes" in repository.run("up", config).stdout


def told(name):
    return {"Outputs": {"It": {"Value": {"Ref": name}}}}


def test_a_renamed_and_a_moved_resource(repository):
    repository.write("old.yml", {"net": {"Resources": {"Queue": QUEUE, "Reader": reader("Queue"), "Topic": TOPIC}, **told("Queue")},
                                 "app": {"Data": TABLE}})
    repository.run("up", "old.yml")
    queue = outputs(repository, "old.yml")["net"]["It"]
    repository.write("new.yml", {"net": {"Topic": TOPIC},
                                 "app": {"Resources": {"Data": TABLE, "Orders": QUEUE, "Arn": reader("Orders")}, **told("Orders")}})
    looked = repository.run("refactor", "--outline", "new.yml").stdout
    assert looked == ("  n-net.Reader -> n-app.Arn  AWS::SSM::Parameter\n  n-net.Queue -> n-app.Orders  AWS::SQS::Queue\n"
                      "2 resources would move, untouched\n")
    refused = repository.run("refactor", "new.yml", code=5)
    assert "error[ApprovalNeeded]" in refused.stderr and "--force" in refused.stderr
    assert outputs(repository, "new.yml")["net"] == {"It": queue}
    moved = repository.run("refactor", "--force", "new.yml").stdout
    assert moved.startswith(looked) and "2 changed" in moved
    assert outputs(repository, "new.yml") == {"net": {}, "app": {"It": queue}}
    unchanged(repository, "new.yml")
    assert repository.run("refactor", "--force", "new.yml").stdout == "nothing is to be moved\n"
    history = [json.loads(line) for line in repository.run("history", "--json").stdout.splitlines()]
    assert [run["changed"] for run in history if run.get("command") == "refactor"] == [2]


def test_a_new_stack_gets_its_tags_and_parameters(repository):
    """And conditions, which CloudFormation takes of no stack that it makes for a refactor."""
    template = {"Parameters": {"Name": {"Type": "String"}, "Big": {"Type": "String", "Default": "no"}},
                "Conditions": {"IsBig": {"Fn::Equals": [{"Ref": "Big"}, "yes"]}},
                "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}}},
                "Outputs": {"It": {"Value": {"Ref": "Topic"}}}}
    repository.write("old.yml", {"one": {"Q": QUEUE, "Topic": TOPIC}})
    repository.run("up", "old.yml")
    repository.write("new.yml", {"one": {"Q": QUEUE}, "two": template}, each=", tags: {team: x}")
    text = (repository.folder / "new.yml").read_text().replace("new.yml-two.json, tags", "new.yml-two.json, variables: {Name: t}, tags")
    (repository.folder / "new.yml").write_text(text.replace("one.json, tags: {team: x}", "one.json"))
    done = repository.run("refactor", "--force", "new.yml").stdout
    assert "+ stack n-two: it is made for them" in done
    unchanged(repository, "new.yml")


def test_a_stack_that_is_renamed(repository):
    """Its resources move, and the old one goes: nothing else is deleted."""
    everything = {"Resources": {"Q": QUEUE, "R": reader("Q"), "T": TOPIC}, "Outputs": {"It": {"Value": {"Ref": "Q"}}}}
    repository.write("old.yml", {"before": everything, "other": {"D": TABLE}}, top="persistent_graph_key: file://graph.json\n")
    repository.run("up", "old.yml")
    queue = outputs(repository, "old.yml")["before"]["It"]
    repository.write("new.yml", {"after": everything, "other": {"D": TABLE}}, top="persistent_graph_key: file://graph.json\n")
    refused = repository.run("refactor", "new.yml", code=3)  # nobody has said what was there before
    assert "error[NotAMove]" in refused.stderr and "n-after.Q" in refused.stderr and "would be made" in refused.stderr
    done = repository.run("refactor", "--from", "old.yml", "--force", "new.yml").stdout
    assert "- stack n-before: nothing is left in it, and it is deleted" in done
    assert outputs(repository, "new.yml")["after"] == {"It": queue}
    assert "before" not in outputs(repository, "old.yml")
    unchanged(repository, "new.yml")
    assert repository.run("prune", "--force", "new.yml").stdout == "nothing has left the configuration\n"
    assert outputs(repository, "new.yml")["after"] == {"It": queue}


def test_what_is_alike_has_to_be_told_apart(repository):
    repository.write("old.yml", {"a": {"Resources": {"One": TABLE, "Two": TABLE}, **told("One")}})
    repository.run("up", "old.yml")
    one = outputs(repository, "old.yml")["a"]["It"]
    repository.write("new.yml", {"a": {"Resources": {"Red": TABLE, "Blue": TABLE}, **told("Blue")}})
    said = repository.run("refactor", "--force", "new.yml", code=3).stderr
    assert "error[MoveAmbiguous]" in said and "n-a.One, n-a.Two are alike" in said and "n-a.Red, n-a.Blue" in said
    assert "--map n-a.One=n-a.Red" in said
    repository.run("refactor", "--force", "--map", "a.One=a.Blue", "new.yml")
    assert outputs(repository, "new.yml")["a"] == {"It": one}
    unchanged(repository, "new.yml")


def test_what_is_alike_but_for_what_refers_to_it_is_not_asked_about(repository):
    """Two queues are alike, but one is read by another parameter than the other."""
    def pair(first, second):
        labelled = {**reader(second), "Properties": {"Type": "String", "Value": {"Fn::Sub": "other ${" + second + ".Arn}"}}}
        return {first: QUEUE, second: QUEUE, "A" + first: reader(first), "B" + second: labelled}

    repository.write("old.yml", {"a": pair("Q1", "Q2")})
    repository.run("up", "old.yml")
    repository.write("new.yml", {"a": pair("X1", "X2")})
    done = repository.run("refactor", "--force", "new.yml").stdout
    assert "n-a.Q1 -> n-a.X1" in done and "n-a.Q2 -> n-a.X2" in done
    unchanged(repository, "new.yml")


HANDLE = {"MainstayPlaceholder": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}


def test_what_was_interrupted_is_ended_by_the_next_run(repository):
    """Before the move: a stack that is there with nothing but the placeholder, and one that has it besides."""
    repository.write("half.yml", {"old": {"Q": QUEUE, **HANDLE}, "new": HANDLE})
    repository.run("up", "half.yml")
    repository.write("old.yml", {"old": {"Q": QUEUE}})
    repository.write("new.yml", {"new": {"Resources": {"Q": QUEUE}, **told("Q")}})
    repository.run("refactor", "--from", "old.yml", "--force", "new.yml")
    unchanged(repository, "new.yml")
    assert "old" not in outputs(repository, "old.yml")
    # After it: what is left over is cleared.
    repository.write("late.yml", {"old": HANDLE, "new": {"Resources": {"Q": QUEUE, **HANDLE}, **told("Q")}})
    repository.run("up", "late.yml")
    done = repository.run("refactor", "--from", "old.yml", "--force", "new.yml").stdout
    assert "0 resources would move" in done and "nothing is left in it" in done
    unchanged(repository, "new.yml")
    assert "old" not in outputs(repository, "old.yml")


def test_a_reference_may_become_an_import(repository):
    repository.write("old.yml", {"a": {"Q": QUEUE, "R": reader("Q")}, "b": {"T": TOPIC}})
    repository.run("up", "old.yml")
    exported = {"Resources": {"Q": QUEUE}, "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": "arn"}}}}
    imports = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::Sub": ["arn is ${A}", {"A": {"Fn::ImportValue": "arn"}}]}}}
    repository.write("new.yml", {"a": exported, "b": {"T": TOPIC, "Reader": imports}})
    assert "n-a.R -> n-b.Reader" in repository.run("refactor", "--force", "new.yml").stdout
    unchanged(repository, "new.yml")


@pytest.mark.parametrize("stacks, says", [
    ({"a": {"Moved": {**QUEUE, "Properties": {"DelaySeconds": 6}}, "P": TABLE}, "b": {"T": TOPIC}},
     ["n-a.Q would be deleted, and n-a.Moved would be made", "--map n-a.Q=n-a.Moved", "new.yml-a.json:1"]),
    ({"a": {"P": TABLE}, "b": {"T": TOPIC, "Q": {**QUEUE, "Properties": {"DelaySeconds": 6}}}},
     ["DelaySeconds of n-b.Q (now n-a.Q) would change", "new.yml-b.json:1"]),
    ({"a": {"P": TABLE}, "b": {"T": TOPIC, "Q": {**QUEUE, "DeletionPolicy": "Retain"}}}, ["DeletionPolicy of n-b.Q (now n-a.Q) would change"]),
    ({"a": {"Q2": QUEUE, "P": TABLE}, "b": {"T": {**TOPIC, "Properties": {"DisplayName": "u"}}}}, ["DisplayName of n-b.T would change"]),
    ({"a": {"P": TABLE}, "b": {"T": TOPIC}}, ["n-a.Q would be deleted"]),
    ({"a": {"Q2": QUEUE, "P": TABLE, "New": TOPIC}, "b": {"T": TOPIC}}, ["n-a.New would be made"]),
])
def test_what_is_not_only_a_move_is_refused(repository, stacks, says):
    repository.write("old.yml", {"a": {"Q": QUEUE, "P": TABLE}, "b": {"T": TOPIC}})
    repository.run("up", "old.yml")
    repository.write("new.yml", stacks)
    said = repository.run("refactor", "--force", "new.yml", code=3).stderr
    assert "error[NotAMove]" in said
    for text in says:
        assert text in said, said
    unchanged(repository, "old.yml")


def test_what_cloudformation_refuses_leaves_nothing_behind(repository):
    """A type that it does not move: nothing of what was prepared stays."""
    key = {"Type": "AWS::EC2::KeyPair", "Properties": {"KeyName": "k"}}
    repository.write("old.yml", {"a": {"K": key, "P": TABLE}})
    repository.run("up", "old.yml")
    repository.write("new.yml", {"a": {"P": TABLE}, "b": {"K": key}})
    said = repository.run("refactor", "--force", "new.yml", code=4).stderr
    assert "error[RefactorRefused]" in said
    assert "Stack Refactor does not support AWS::EC2::KeyPair because the resource type does not allow tag updates after creation." in said
    assert set(outputs(repository, "new.yml")) == {"a"}
    unchanged(repository, "old.yml")
    repository.write("gone.yml", {"b": {"K": key, "P": TABLE}})
    assert "KeyPair" in repository.run("refactor", "--from", "old.yml", "--force", "gone.yml", code=4).stderr
    unchanged(repository, "old.yml")


def test_pairs_that_are_none(repository):
    repository.write("old.yml", {"a": {"Q": QUEUE, "P": TABLE}})
    repository.run("up", "old.yml")
    repository.write("new.yml", {"a": {"R": QUEUE, "P": TABLE}})
    for pair, says in {"a.Q": "has no =", "a.X=a.R": "nothing is deployed as n-a.X", "a.Q=a.X": "no template has n-a.X",
                       "b.Q=a.R": 'there is no stack "b"', "a.P=a.R": "a AWS::SSM::Parameter can't become a AWS::SQS::Queue",
                       "Q=R": '"Q" is not STACK.LOGICALID'}.items():
        said = repository.run("refactor", "--map", pair, "--force", "new.yml", code=3).stderr
        assert "error[UsageInvalid]" in said and says in said, said


def test_lines_of_json(repository):
    repository.write("old.yml", {"a": {"Q": QUEUE, "P": TABLE}})
    repository.run("up", "old.yml")
    repository.write("new.yml", {"a": {"P": TABLE}, "b": {"Q": QUEUE}})
    lines = lines_of(repository.run("refactor", "--json", "--force", "new.yml").stdout)
    plan = [line for line in lines if line["type"] == "refactor"]
    assert [{k: v for k, v in line.items() if k not in ("type", "time", "run")} for line in plan] == [{
        "moves": [{"from": {"stack": "n-a", "logical_id": "Q"}, "to": {"stack": "n-b", "logical_id": "Q"}, "resource_type": "AWS::SQS::Queue"}],
        "made": ["n-b"], "emptied": []}]


def test_six_stacks_at_once_are_too_many(repository):
    names = "abcdef"
    repository.write("old.yml", {n: {"P": TABLE, "Q" + n: {**QUEUE, "Properties": {"DelaySeconds": i}}} for i, n in enumerate(names)})
    repository.run("up", "old.yml")
    turned = {n: {"P": TABLE, "Q" + names[i - 1]: {**QUEUE, "Properties": {"DelaySeconds": (i - 1) % 6}}} for i, n in enumerate(names)}
    repository.write("new.yml", turned)
    said = repository.run("refactor", "--force", "new.yml", code=None)
    assert "error[NotSupported]" in said.stderr and "five stacks at once" in said.stderr
    # Two that have nothing to do with each other are two moves.
    pairs = dict(turned, **{n: {"P": TABLE, "Q" + n: {**QUEUE, "Properties": {"DelaySeconds": i}}} for i, n in enumerate(names)})
    pairs["a"], pairs["b"] = pairs["a"], pairs["b"]
    swapped = {"a": "b", "b": "a", "c": "d", "d": "c", "e": "e", "f": "f"}
    repository.write("new.yml", {n: pairs[swapped[n]] for n in names})
    repository.run("refactor", "--force", "new.yml")
    unchanged(repository, "new.yml")


def test_the_example_and_its_page(program):
    """docs/refactoring.md shows what examples/refactor/run.sh does."""
    done = subprocess.run([ROOT / "examples/refactor/run.sh"], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "MAINSTAY_BIN": MAINSTAY, "HOME": str(program.home)})
    assert done.returncode == 0 and "exit code" not in done.stdout, done.stdout + done.stderr
    shown = 0
    for line in (ROOT / "docs/refactoring.md").read_text().splitlines():
        if line.startswith("    ") and "..." not in line:
            assert line[4:] in done.stdout.splitlines(), line
            shown += 1
    assert shown > 10
