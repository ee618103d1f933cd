"""The page of blueprints is what the program prints of them."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_program_prints(program):
    assert program.run("blueprints", "--markdown").stdout == (ROOT / "docs/blueprints.md").read_text()


def test_one_and_none(program):
    told = json.loads(program.run("blueprints", "stacker_blueprints.sqs.Queues", "--json").stdout)
    assert [v["name"] for v in told[0]["variables"]] == ["Queues"]
    missing = program.run("blueprints", "stacker_blueprints.sqs.Queue", code=3)
    assert 'did you mean "stacker_blueprints.sqs.Queues"?' in missing.stderr
