"""Every command that a page of docs/ shows, run as it stands there, page by page, against a cloud of the page's own.

pages/PAGE.sh makes what a page takes for granted. A line with placeholders (CONFIG, [DIR]) is a synopsis: its command is
asked for its help. pages/left_out.txt names the commands that can't be run here, with why; a line there that no page has
fails the test."""

import os
import pathlib
import re
import socket
import subprocess

import pytest
from conftest import HERE, MAINSTAY, ROOT

PAGES = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
OWN_TEST = {"first-steps.md": "test_first_steps.py", "zone-scare.md": "test_zone_scare.py", "refactoring.md": "test_refactor.py"}
PROGRAMS = r"(?:mainstay|aws|psql|curl|eval|examples/\S+)(?= |$)"
COMMAND = re.compile(rf"^    (?:\$ )?({PROGRAMS}.*)$")
SYNOPSIS = re.compile(r"\S {4,}\S|\[|\||\b[A-Z]{4,}\b(?![^']*')|\.\.\.|=WHAT| CONFIG| YYYY| CODE| S ")
READY_SECONDS = 60
# How commands end whose answer is not simply yes.
ENDS = {"mainstay diff --exit-code": 2, "mainstay down --stacks web": 5, "mainstay access can role/writer": 5}


def left_out():
    """By page and the beginning of a command: why."""
    lines = (HERE / "pages/left_out.txt").read_text().splitlines()
    return {tuple(line.split(" | ")[:2]): line.split(" | ")[2] for line in lines if line and not line.startswith("#")}


def commands_of(page):
    lines = iter((ROOT / "docs" / page).read_text().splitlines())
    for line in lines:
        if not (found := COMMAND.match(line)):
            continue
        command = found.group(1)
        while command.endswith("\\"):
            command = command[:-1] + next(lines).strip()
        yield re.sub(r"  +# .*$", "", command)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Reader:
    """Somebody who types what the page says, in a folder with the examples and what pages/PAGE.sh makes there."""

    def __init__(self, folder, page):
        self.folder, self.port = folder, free_port()
        (folder / "bin").mkdir()
        (folder / "bin/mainstay").symlink_to(MAINSTAY)
        (folder / "examples").symlink_to(ROOT / "examples")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MAINSTAY_", "XDG_"))}
        self.environment = {**kept, "HOME": str(folder), "MAINSTAY_CONTAINERS": "off", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                            "AWS_DEFAULT_REGION": "us-east-1", "PATH": f"{folder}/bin:{os.environ['PATH']}"}
        # The page on the cloud is about the one that its state is served by; elsewhere runs have the state for themselves.
        state = [] if page == "cloud.md" else ["--memory"]
        self.cloud = subprocess.Popen([MAINSTAY, "cloud", "serve", "--port", str(self.port), *state], cwd=folder, env=self.environment,
                                      stdout=subprocess.PIPE, text=True)
        assert "ready at" in self.cloud.stdout.readline()
        setup = HERE / "pages" / (page.removesuffix(".md") + ".sh")
        if setup.exists():
            done = self.run(setup.read_text())
            assert done.returncode == 0, done.stdout + done.stderr

    def run(self, command):
        command = command.replace("127.0.0.1:4566", f"127.0.0.1:{self.port}")
        return subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              timeout=READY_SECONDS, stdin=subprocess.DEVNULL)

    def close(self):
        self.cloud.terminate()
        self.cloud.wait(timeout=READY_SECONDS)


def check(reader, command):
    if SYNOPSIS.search(command) and command.startswith("mainstay"):
        words = re.match(r"mainstay((?: [a-z][a-z-]*)*)", command).group(1).split()
        command = " ".join(["mainstay", *words, "--help"])
    done = reader.run(command)
    wanted = next((code for begin, code in ENDS.items() if command.startswith(begin)), 0)
    assert done.returncode == wanted, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", [page for page in PAGES if page not in OWN_TEST])
def test_the_commands_of(page, tmp_path):
    commands = [command for command in commands_of(page) if not command.startswith("mainstay cloud serve")]
    reasons = left_out()
    run = [c for c in commands if not any(p == page and c.startswith(begin) for p, begin in reasons)]
    if not run:
        return
    reader = Reader(tmp_path, page)
    try:
        for command in run:
            check(reader, command)
    finally:
        reader.close()


def test_what_is_left_out_is_on_its_page():
    for page, begin in left_out():
        assert any(command.startswith(begin) for command in commands_of(page)), f"{page} has no command {begin!r}"
