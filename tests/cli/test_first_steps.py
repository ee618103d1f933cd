"""docs/first-steps.md, done as it says: its files are written, its commands run, and each line that is shown under one
must come."""

import re

from conftest import ROOT

PAGE = (ROOT / "docs/first-steps.md").read_text()


def blocks():
    """The indented blocks of the page, in order."""
    block = []
    for line in [*PAGE.splitlines(), "."]:
        if line.startswith("    "):
            block.append(line[4:])
        elif line.strip() == "" and block:
            block.append("")
        elif block:
            yield "\n".join(block).strip("\n")
            block = []


def test_the_page_is_what_happens(program):
    folder = program.home / "shop"
    folder.mkdir()
    commands = 0
    for block in blocks():
        if not block.startswith("$ "):
            # A block may be of several files, each beginning with its name.
            for name, text in re.findall(r"^# (\S+\.ya?ml)\n(.*?)(?=^# \S+\.ya?ml\n|\Z)", block, re.M | re.S):
                (folder / name).write_text(text)
            continue
        for command, shown in re.findall(r"^\$ mainstay (.*)\n((?:(?!\$ ).*\n?)*)", block, re.M):
            if commands == 6:
                config = folder / "stacker.yml"
                config.write_text(config.read_text().replace("Delay: 5", "Delay: 30"))
            done = program.run(*command.split(), folder=folder)
            commands += 1
            for line in filter(None, shown.splitlines()):
                pattern = re.escape(line).replace(r"\.\.\.", ".*")
                assert re.search("^" + pattern + "$", done.stdout + done.stderr, re.M), \
                    f"{command}: no line {line!r} in\n{done.stdout}{done.stderr}"
    assert commands == 10
