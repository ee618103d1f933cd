"""What a command line that can't be understood is answered with."""

import re

import pytest


@pytest.mark.parametrize("arguments, said", [
    (["upp", "c.yml"], 'mainstay has no command "upp"\n  did you mean `mainstay up`?'),
    (["access", "cann", "x"], 'mainstay access has no command "cann"\n  did you mean `mainstay access can`?'),
    (["access"], "A subcommand is required\n  for help: mainstay access --help"),
    (["up", "--colr", "c.yml"], "The following argument was not expected: --colr\n  for help: mainstay up --help"),
    (["up", "-j", "-1", "c.yml"], "--max-parallel: Value -1 not in range 0 to 1000\n  for help: mainstay up --help"),
    (["cloud", "serve", "--port", "x"], "--port: Value x not in range 0 to 65535\n  for help: mainstay cloud serve --help"),
])
def test_usage(program, arguments, said):
    done = program.run(*arguments, code=3)
    assert done.stdout == ""
    # CLI11 2.4 (Ubuntu 24.04) writes ranges in brackets.
    assert re.sub(r"\[(\d+) - (\d+)\]", r"\1 to \2", done.stderr) == f"error[UsageInvalid]: {said}\n"


def test_alone_it_says_what_there_is(program):
    done = program.run(code=3)
    assert "mainstay: run an AWS platform" in done.stdout and "  up" in done.stdout
    assert done.stderr == "error[UsageInvalid]: A subcommand is required\n  for help: mainstay --help\n"


def test_help_version_and_man_are_commands_too(program):
    assert program.run("help").stdout == program.run("--help").stdout
    assert program.run("help", "access", "can").stdout == program.run("access", "can", "--help").stdout
    assert program.run("help", "build").stdout == program.run("up", "--help").stdout
    assert 'no command "accessories"' in program.run("help", "accessories", code=3).stderr
    assert program.run("version").stdout == program.run("--version").stdout
    page = program.run("man").stdout
    assert page.startswith(".TH MAINSTAY 1 ") and '.SS "mainstay access can"' in page and ".SH EXIT STATUS" in page
    for line in page.splitlines():
        assert re.match(r"\.(TH|SH|SS|TP|PP|nf|fi|RS|RE|B|I)\b|[^.']|$", line), line


def test_help_and_version_are_results(program):
    assert program.run("--version").stdout.startswith("mainstay ")
    assert "Examples:" in program.run("access", "can", "--help").stdout
