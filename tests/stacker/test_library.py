"""The classes that the program declares, each beside what stacker_blueprints makes of the same variables, property by
property. What differs on purpose is here, with its reason."""

import copy
import json
import os
import pathlib
import subprocess

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
CASES = yaml.safe_load((HERE / "library_cases.yaml").read_text())

# Not compared: the version of the format, which the classes leave out; texts that describe parameters, which are
# nobody's concern but a reader's (CloudFormation has nothing to update where only they differ).
# AWS::NoValue and a property that is not there are the same to CloudFormation, and so are the numbers 1 and "1", true
# and "true", which this or that release of troposphere writes.


def plain(v):
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items() if x != {"Ref": "AWS::NoValue"}}
    if isinstance(v, list):
        return [plain(x) for x in v if x != {"Ref": "AWS::NoValue"}]
    if isinstance(v, bool):
        return str(v).lower()
    return str(v) if isinstance(v, (int, float)) else v


def compared(template):
    made = copy.deepcopy(template)
    made.pop("AWSTemplateFormatVersion", None)
    for parameter in made.get("Parameters", {}).values():
        parameter.pop("Description", None)
    for resource in made.get("Resources", {}).values():
        if not resource.get("Properties"):
            resource.pop("Properties", None)
    made = plain(made)
    # troposphere gives actions and statements of policies as they come; order means nothing in a list of actions.
    return {section: content for section, content in made.items() if content}


def differs(ours, theirs, path=""):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(set(ours) | set(theirs)):
            yield from differs(ours.get(key), theirs.get(key), f"{path}/{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (a, b) in enumerate(zip(ours, theirs)):
            yield from differs(a, b, f"{path}/{number}")
    elif ours != theirs:
        yield path, ours, theirs


# (class, case, path): why it differs. "*" is any case.
DIFFERENCES = {
    **{("vpc.VPC", "instances", f"/Resources/NatInstance{i}/Properties/ImageId/Fn::FindInMap/2"):
       "the class refers to a parameter ImageName, which it never makes: CloudFormation refuses its template" for i in (0, 1)},
}


def templates(folder, blueprints):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment.update(MAINSTAY_PYTHON=os.environ["MAINSTAY_STACKER_PYTHON"], MAINSTAY_BLUEPRINTS=blueprints)
    done = subprocess.run([MAINSTAY, "up", "--memory", "-r", "us-east-1", "-d", blueprints or "ours", "stacker.yml"], cwd=folder,
                          env=environment, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return {path.stem: json.loads(path.read_text()) for path in (folder / (blueprints or "ours")).iterdir()}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    stacks = [{"name": f"c{number}{case}", "class_path": "stacker_blueprints." + name, "variables": variables}
              for number, (name, cases) in enumerate(CASES.items()) for case, variables in cases.items()]
    (folder / "stacker.yml").write_text(yaml.safe_dump({"namespace": "lib", "stacks": stacks}))
    return templates(folder, ""), templates(folder, "python")


@pytest.mark.parametrize("name", CASES)
def test_a_class_makes_what_the_python_class_makes(both, name):
    ours, theirs = both
    number = list(CASES).index(name)
    for case in CASES[name]:
        stack = f"lib-c{number}{case}"
        found = list(differs(compared(ours[stack]), compared(theirs[stack])))
        left = [(path, a, b) for path, a, b in found
                if (name, case, path) not in DIFFERENCES and (name, "*", path) not in DIFFERENCES]
        assert not left, f"{name} {case}:\n" + "\n".join(f"  {path}\n    ours   {a}\n    theirs {b}" for path, a, b in left)


def test_every_class_that_is_declared_is_compared():
    declared = {json.loads(path.read_text())["name"] for path in (ROOT / "src/blueprints/library").glob("*.json")
                if not json.loads(path.read_text()).get("abstract")}
    known = {"stacker_blueprints." + name for name in CASES}
    # DNSRecords: the Python class needs Python 2 (dict.iteritems, md5 of text); src/blueprints/cases has it.
    assert declared - known == {"stacker_blueprints.route53.DNSRecords"}
