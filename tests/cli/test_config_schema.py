"""The JSON Schema of configurations says of each what the parser says of it. jsonschema comes with moto."""

import json
import pathlib

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
VALIDATOR = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/schemas/config.schema.json").read_text()))
STACK = "{name: a, template_path: t.yml"


@pytest.mark.parametrize("text, fine", [
    ("namespace: x\nstacks: [%s}]", True),
    ("namespace: x\nstacks: {a: {template_path: t.yml}}", True),
    ("namespace: x\nx-mine: 3\nstacks: [%s, enabled: true, tags: {a: b}, requires: []}]", True),
    ("namespace: x\nstacks: [%s, lockd: true}]", False),
    ("namespace: x\nstacks: [%s, locked: maybe}]", False),
    ("namespace: x\nstacks: [%s, requires: b}]", False),
    ("namespace: x\nstacks: [%s, in_progress_behavior: wait}]", True),
    ("namespace: x\nstacks: [%s, in_progress_behavior: go}]", False),
    ("namespace: x\nstacks: [%s, class_path: b}]", False),
    ("namespace: x\nstacks: [{template_path: t.yml}]", False),
    ("namespace: x\nstacks: [%s, parameters: {a: 1}}]", True),
    ("namespace: x\nstacks: [{name: a, command: [./make]}]", True),
    ("namespace: x\nstacks: 3", False),
    ("namespace: x\ntags: [a]\nstacks: []", False),
    ("namespace: x\npre_build: [{path: a, enabled: false}]\nstacks: []", True),
    ("namespace: x\npre_build: [{path: a}]\nstacks: []", True),
    ("namespace: x\npost_destroy: {a: {path: a, requird: true}}\nstacks: []", False),
    ("namespace: x\npre_build: [{path: a, required: perhaps}]\nstacks: []", False),
    ("namespace: x\nlookups: {a: b}\nstacks: []", True),
    ("namespace: x\nlookups: [a]\nstacks: []", False),
    ("namespace: x\nlookups: {}\nstacks: []", True),
    ("namespace: x\ntargets: [{name: all, required: []}]\nstacks: []", False),
    ("namespace: x\ntargets: [{name: all}]\nstacks: [%s, required_by: [all]}]", True),
])
def test_schema_and_parser_agree(program, text, fine):
    text = text.replace("%s", STACK)
    (program.home / "c.yml").write_text(text)
    done = program.run("graph", "c.yml", folder=program.home, code=0 if fine else 3)
    assert VALIDATOR.is_valid(yaml.safe_load(text)) == fine, done.stderr


def test_what_the_environment_fills_in_passes():
    assert VALIDATOR.is_valid(yaml.safe_load(f"namespace: ${{n}}\nstacks: [{STACK}, enabled: '${{on}}'}}]"))


def test_the_example_is_fine_and_names_the_schema():
    path = ROOT / "examples/network/stacker.yml"
    text = path.read_text()
    VALIDATOR.validate(yaml.safe_load(text))
    line = next(line for line in text.splitlines() if line.startswith("# yaml-language-server: $schema="))
    assert (path.parent / line.split("=", 1)[1]).resolve() == ROOT / "docs/schemas/config.schema.json"
