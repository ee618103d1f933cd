"""Checks in the forms that other programs read: SARIF 2.1.0 and JUnit's XML."""

import json
import pathlib
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest

from test_access import run

FILES = pathlib.Path(__file__).resolve().parent / "files"
# What SARIF 2.1.0 (OASIS, sections 3.13 to 3.33) requires of what we print, and what code hosts read of it.
# jsonschema comes with moto.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LOCATION = {
    "type": "object", "required": ["physicalLocation"], "properties": {"physicalLocation": {
        "type": "object", "required": ["artifactLocation", "region"], "properties": {
            "artifactLocation": {"type": "object", "required": ["uri"], "properties": {
                "uri": {"type": "string", "minLength": 1, "pattern": r"^[^\s\\]+$"}}},
            "region": {"type": "object", "required": ["startLine"], "properties": {
                "startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}}}}}}}
SARIF = {
    "type": "object", "required": ["version", "runs", "$schema"], "properties": {
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {
            "type": "object", "required": ["tool", "results"], "properties": {
                "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {
                    "type": "object", "required": ["name", "rules"], "properties": {
                        "name": {"type": "string"}, "version": {"type": "string"},
                        "rules": {"type": "array", "items": {
                            "type": "object", "required": ["id", "shortDescription"], "properties": {
                                "id": {"type": "string"}, "shortDescription": TEXT}}}}}}},
                "results": {"type": "array", "items": {
                    "type": "object", "required": ["ruleId", "message", "level", "locations"], "properties": {
                        "message": TEXT, "level": {"enum": ["none", "note", "warning", "error"]},
                        "locations": {"type": "array", "minItems": 1, "items": LOCATION}}}}}}}}}
QUESTIONS = {
    "found": (["check", "new.json", "--never", "dynamodb:DeleteTable"], 5),
    "clean": (["check", "old.json", "--never", "dynamodb:DeleteTable"], 0),
    "two files": (["check", "old.json", "new.json", "--never", "dynamodb:DeleteTable", "--never", "s3:*"], None),
    "diff": (["diff", "old.json", "new.json"], 5),
}


@pytest.fixture(params=QUESTIONS)
def question(request):
    return QUESTIONS[request.param]


def lines_found(arguments):
    """The file and line of each finding, as --json has them."""
    lines = map(json.loads, run(*arguments, "--json").stdout.splitlines())
    return [(line["file"], line["line"]) for line in lines if line["type"] == "finding"]


def test_sarif(question):
    arguments, code = question
    done = run(*arguments, "--format", "sarif", code=code)
    sarif = json.loads(done.stdout)
    jsonschema.validate(sarif, SARIF)
    results = sarif["runs"][0]["results"]
    rules = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in results} <= rules
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert [(p["artifactLocation"]["uri"], p["region"]["startLine"]) for p in places] == lines_found(arguments)
    assert run(*arguments, "--sarif", code=code).stdout == done.stdout


def test_junit(question):
    arguments, code = question
    done = run(*arguments, "--format", "junit", code=code)
    suites = ElementTree.fromstring(done.stdout)
    assert suites.tag == "testsuites"
    suite, = suites
    cases = suite.findall("testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    assert int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == len(failed)
    assert suite.get("errors") == "0"
    assert bool(failed) == (done.returncode == 5)
    found = lines_found(arguments)
    assert {(case.get("file"), int(case.get("line"))) for case in failed} <= set(found)
    assert bool(failed) == bool(found)
    for case in failed:
        assert case.find("failure").get("message")


def test_names_that_are_no_xml(tmp_path):
    """A file's name and a statement's name may hold anything."""
    name = "a<b>&\"c\x01\u009b.json"
    (tmp_path / name).write_text(json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "x", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::<&\">/*"}]}))
    done = run("check", name, "--never", "s3:GetObject", "--format", "junit", folder=tmp_path, code=5)
    case = ElementTree.fromstring(done.stdout).find("testsuite/testcase")
    assert case.get("file").startswith("a<b>&\"c\\x01")
    sarif = json.loads(run("check", name, "--never", "s3:GetObject", "--sarif", folder=tmp_path, code=5).stdout)
    jsonschema.validate(sarif, SARIF)
