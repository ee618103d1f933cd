"""The journal of the program's own runs, and what is told from it."""

import json
import os
import re
import signal
import subprocess
import time

from conftest import HERE, MAINSTAY
from test_ndjson import BOTH, lines_of


def journal_of(program):
    return program.home / "state/mainstay/runs/runs-000001.journal"


def past(program, *arguments):
    return [line for line in lines_of(program.run(*arguments, "--json").stdout) if line["type"].startswith("past_")]


def test_runs_are_kept_with_who_what_where_and_result(program):
    assert program.run("history").stdout == "no runs yet\n"
    where = ["--state", program.home / "cloud"]
    program.run("up", *where, "-e", "secret=tell-nobody", "queues.yml")
    program.run("up", *where, "queues.yml")
    program.run("up", *where, "broken.yml", code=4)
    program.run("down", *where, "queues.yml", code=5)  # refused before it begins: it changes nothing
    program.run("down", *where, "-f", BOTH, "queues.yml")
    runs = past(program, "history")
    assert [(run["command"], run["result"], run.get("changed"), run.get("exit")) for run in runs] == [
        ("up", "complete", 2, 0), ("up", "complete", 0, 0), ("up", "failed", 0, 4), ("down", "complete", 2, 0)]
    assert runs[0]["where"] == "embedded cloud 123456789012 us-east-1"
    assert runs[0]["user"] and runs[0]["host"] and runs[0]["config"] == "queues.yml"
    assert "tell-nobody" not in journal_of(program).read_text()
    assert oct(journal_of(program).stat().st_mode)[-3:] == "600"

    text = program.run("history", runs[0]["id"][:6]).stdout
    assert f"{runs[0]['id']}  20" in text and "mainstay up" in text
    assert re.search(r"\n  complete: 2 changed in \d", text)
    assert re.search(r"\n    \S+jobs \S+: complete \(creating new stack\) in ", text)
    assert "exit code 4" in program.run("history", runs[2]["id"]).stdout
    assert program.run("history", "--last", "1").stdout.count("mainstay ") == 1
    assert "error[RunUnknown]" in program.run("history", "ffffffffffffffff", code=3).stderr

    events = past(program, "events", "--stack", "jobs")
    assert [(e["kind"], e["operation"], e["outcome"]) for e in events] == [
        ("stack", "create", "complete"), ("stack", "delete", "complete")]
    assert len(past(program, "events", "--run", runs[0]["id"])) == 4

    month = runs[0]["began"][:7]
    review = program.run("review", "--month", month).stdout
    assert review.startswith(f"# Review of {month}\n\n4 runs, 3 of them complete; 4 stacks changed")
    assert "All of its checksums hold" in review
    assert "No run of this month" in program.run("review", "--month", "2001-01").stdout
    assert "is no month" in program.run("review", "--month", "november", code=3).stderr


def test_secrets_are_not_kept(program):
    """The values of hidden parameters, where an error of CloudFormation repeats them."""
    folder = program.home / "work"
    folder.mkdir()
    (folder / "c.yml").write_text("namespace: n\nstacks:\n- {name: s, template_path: t.yml, "
                                  "variables: {Word: 'correct-horse-battery'}}\n")
    (folder / "t.yml").write_text("Parameters: {Word: {Type: String, NoEcho: true}}\nResources:\n  Q:\n"
                                  "    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Sub '${Word}/no'}\n")
    done = program.run("up", "c.yml", folder=folder, code=None)
    assert done.returncode != 0
    kept = journal_of(program).read_text()
    assert '"outcome":"failed"' in kept
    assert "correct-horse-battery" not in kept + done.stdout + done.stderr


def test_what_is_only_rehearsed_in_memory_is_not_kept(program):
    program.run("up", "--memory", "queues.yml")
    program.run("diff", "queues.yml")
    assert not journal_of(program).exists()


def test_damage_is_said_and_a_killed_run_has_no_end(program):
    environment = {"HOME": str(program.home), "XDG_STATE_HOME": str(program.home / "state")}
    process = subprocess.Popen([MAINSTAY, "up", "slow.yml"], cwd=HERE / "files", env=environment,
                               stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while not journal_of(program).exists() or not journal_of(program).read_text().endswith("\n"):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (run,) = past(program, "history")
    assert run["result"] == "not ended"
    assert "Runs without an end" in program.run("review", "--month", run["began"][:7]).stdout
    text = journal_of(program).read_text()
    journal_of(program).write_text(text.replace('"user":"', '"user":"not-', 1))
    done = program.run("history")
    assert "warning: damaged: " in done.stderr and "runs-000001.journal:1: " in done.stderr
    assert done.stdout == "no runs yet\n"


def test_a_journal_that_cannot_be_written_is_a_warning(program):
    (program.home / "file").write_text("")
    done = program.run("up", "queues.yml", MAINSTAY_JOURNAL=str(program.home / "file/runs"))
    assert "warning: this run is not (all) in the journal: " in done.stderr
    program.run("up", "queues.yml", MAINSTAY_JOURNAL=str(program.home / "shared"))
    assert (program.home / "shared/runs-000001.journal").exists()


def test_status(program):
    where = ["--state", program.home / "cloud"]
    done = program.run("status", *where, "queues.yml")
    assert done.stdout.endswith("2 not deployed\n")
    program.run("up", *where, "queues.yml")
    lines = [line for line in lines_of(program.run("status", "--json", *where, "queues.yml").stdout)
             if line["type"] == "stack_status"]
    assert [line["status"] for line in lines] == ["CREATE_COMPLETE"] * 2
    assert lines[0]["last"]["outcome"] == "complete" and lines[0]["last"]["command"] == "up"
    text = program.run("status", *where, "queues.yml").stdout
    assert re.search(r"jobs  CREATE_COMPLETE  since 20\S+Z\n  last: up [0-9a-f]{12} by \S+: complete", text)


def test_a_result_that_cannot_be_written_is_an_error(program):
    for arguments in (["graph", "queues.yml"], ["explain"], ["up", "--memory", "--json", "queues.yml"],
                      ["--help"], ["schema", "config"], ["history"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([MAINSTAY, *arguments], cwd=HERE / "files", stdout=full, stderr=subprocess.PIPE,
                                  text=True, env={"HOME": str(program.home)}, timeout=60)
        assert done.returncode == 1, arguments
        assert "error[OutputFailed]" in done.stderr
    done = program.run("up", "--memory", "--json-into", "/dev/full", "queues.yml", code=1)
    assert "2 changed" in done.stdout and "the lines of JSON can't be written" in done.stderr
    assert json.loads(program.run("graph", "-f", "json", "queues.yml").stdout)
