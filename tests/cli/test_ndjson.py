"""The lines of --json are those of the published schema, and stay what they are.

MAINSTAY_GOLDEN=rewrite writes the golden lines anew and skips. jsonschema comes with moto.
"""

import json
import os
import pathlib
import re

import jsonschema
import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCHEMA = json.loads((ROOT / "docs/schemas/ndjson.schema.json").read_text())
BOTH = "--approve=data:jobs,data:results"
ACCESS = ROOT / "examples/access/three-accounts.json"


def closed(schema):
    """The same, but with nothing allowed that it doesn't name: so nothing is printed that isn't published."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and "oneOf" not in schema and "additionalProperties" not in schema:
        out["additionalProperties"] = False
    return out


VALIDATOR = jsonschema.Draft202012Validator(closed(SCHEMA), format_checker=jsonschema.FormatChecker())


def lines_of(text):
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        one = {**closed(SCHEMA)["$defs"].get(line["type"], {"not": {}}), "$defs": VALIDATOR.schema["$defs"]}
        jsonschema.Draft202012Validator(one).validate(line)  # says more than oneOf does
        VALIDATOR.validate(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert [line["type"] for line in lines].index("version") == 0
    assert len({line["run"] for line in lines}) == 1
    return lines


def neutral(line):
    """What differs from run to run, by what it is."""
    text = json.dumps(line)
    for pattern, name in [(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIME"),
                          (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
                          (r'(?<="run": ")[0-9a-f]{12}', "RUN"), (r"-[A-Z0-9]{12,13}\b", "-SUFFIX"),
                          (r'(?<=_ms": )\d+', "0"), (r'(?<="plan": ")[0-9a-f]+', "PLAN")]:
        text = re.sub(pattern, name, text)
    return text


def golden(name, text):
    # Whether a rollback is seen while it goes on depends on the moment of asking.
    lines = [line for line in lines_of(text) if line.get("reason") != "rolling back"]
    seen = "".join(neutral(line) + "\n" for line in lines)
    path = HERE / "golden" / f"{name}.ndjson"
    if os.environ.get("MAINSTAY_GOLDEN") == "rewrite":
        path.write_text(seen)
        return
    assert seen == path.read_text()


def test_a_run_from_nothing_to_nothing(program):
    where = ["--state", program.home / "cloud", "queues.yml"]
    golden("diff_new", program.run("diff", "--json", *where).stdout)
    golden("up_new", program.run("up", "--json", "-j1", *where).stdout)
    golden("up_again", program.run("up", "--json", "-j1", *where).stdout)
    golden("info", program.run("info", "--json", *where).stdout)
    golden("outline", program.run("down", "--json", "--outline", *where).stdout)
    golden("down", program.run("down", "--json", "-j1", "--force", BOTH, *where).stdout)


def test_an_update(program):
    where = ["--state", program.home / "cloud"]
    program.run("up", *where, "queues.yml")
    config = (HERE / "files/queues.yml").read_text().replace("Delay: 5", "Delay: 6")
    folder = program.home / "changed"
    folder.mkdir()
    (folder / "queues.yml").write_text(config)
    (folder / "queue.yml").write_text((HERE / "files/queue.yml").read_text())
    golden("diff_changed", program.run("diff", "--json", *where, "queues.yml", folder=folder).stdout)
    golden("up_changed", program.run("up", "--json", *where, "queues.yml", folder=folder).stdout)


def test_failures(program):
    golden("up_failed", program.run("up", "--json", "--memory", "broken.yml", code=4).stdout)
    golden("up_missing", program.run("up", "--json", "--memory", "nowhere.yml", code=3).stdout)
    golden("explain", program.run("explain", "--json", "StateLocked").stdout)


def test_usual_is_told_from_three_runs_on(program):
    for _ in range(3):
        program.run("up", "queues.yml")
        program.run("down", "-f", BOTH, "queues.yml")
    lines = lines_of(program.run("up", "--json", "queues.yml").stdout)
    assert [line["usual"]["runs"] for line in lines if line["type"] == "operation"] == [3, 3]
    program.run("up", "--memory", "queues.yml")
    kept = json.loads((program.home / "state/mainstay/durations.json").read_text())
    assert {len(stack["took_ms"]["create"]) for stack in kept["stacks"].values()} == {4}


def test_a_history_that_is_none_is_a_warning(program):
    path = program.home / "state/mainstay/durations.json"
    path.parent.mkdir(parents=True)
    path.write_text("\x00{")
    done = program.run("up", "queues.yml")
    assert "warning: how long earlier runs took can't be read" in done.stderr
    assert json.loads(path.read_text())["version"] == 1


def test_json_into_keeps_the_text(program):
    into = program.home / "run.ndjson"
    done = program.run("up", "--memory", "--json-into", into, "queues.yml")
    assert done.stdout.startswith("2 changed")
    assert "jobs: complete (creating new stack)" in done.stderr
    assert lines_of(into.read_text())[-1]["type"] == "summary"
    done = program.run("up", "--memory", "--json", "--json-into", into, "queues.yml")
    assert [line["type"] for line in lines_of(done.stdout)] == [line["type"] for line in lines_of(into.read_text())]
    done = program.run("up", "--memory", "--json-into", program.home / "no/such/folder", "queues.yml", code=3)
    assert "error[FileUnwritable]" in done.stderr


@pytest.mark.parametrize("arguments", [
    ["can", "222222222222:role/writer", "s3:PutObject", "arn:aws:s3:::acme-data/a"],
    ["who", "s3:GetObject", "arn:aws:s3:::acme-data/a", "--all"],
    ["what", "222222222222:role/writer"],
    ["path", "222222222222:role/writer", "s3:PutObject", "arn:aws:s3:::acme-data/a"],
    ["blast", "222222222222:role/writer"],
    ["fetch"],
    ["fetch", "--save", "{}/snapshot.json"],
    ["explain", "--bucket", "acme-data", "--writer", "222222222222:role/writer"],
], ids=lambda a: " ".join(a[:2]))
def test_access(program, arguments):
    """The text and the lines of the same command, whatever it answers."""
    into = program.home / "lines"
    arguments = [word.format(program.home) for word in arguments]
    done = program.run("access", *arguments, "--from", ACCESS, "--json-into", into, code=None)
    assert done.returncode in (0, 5), done.stderr
    assert done.stdout
    assert len(lines_of(into.read_text())) > 2
    lines = lines_of(program.run("access", *arguments, "--from", ACCESS, "--json", code=None).stdout)
    assert [line["type"] for line in lines] == [line["type"] for line in lines_of(into.read_text())]


def test_every_type_of_line_is_published():
    """What the sources print, beside what the runs above have shown."""
    made = set()
    for source in (ROOT / "src/cli").rglob("*.cc"):
        if "_test" not in source.name:
            made |= set(re.findall(r'\b(?:line|done)\(\s*"(\w+)"', source.read_text()))
    published = set(SCHEMA["$defs"]) - {"change", "gain", "version"}
    assert made == published


def test_the_program_prints_the_published_schemas(program):
    for name in ("ndjson", "config"):
        assert program.run("schema", name).stdout == (ROOT / f"docs/schemas/{name}.schema.json").read_text()
