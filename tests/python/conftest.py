"""A folder with a configuration in it, and mainstay run there with one Python or another."""

import json
import os
import pathlib
import shutil
import subprocess
import textwrap

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
PYTHONS = [p for p in os.environ.get("MAINSTAY_PYTHONS", "").split(":") if p]


def version_of(python):
    return subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True,
                          text=True, check=True).stdout.strip()


class Repository:
    def __init__(self, folder, python):
        self.folder, self.python = folder, python
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.environment.update(MAINSTAY_STATE=str(folder / "state"), MAINSTAY_PYTHON=str(python))
        self.environment.pop("VIRTUAL_ENV", None)

    def write(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def mainstay(self, *arguments, code=0, **environment):
        done = subprocess.run([MAINSTAY, *arguments], cwd=self.folder, env={**self.environment, **environment},
                              capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def lines(self, *arguments, code=0):
        done = subprocess.run([MAINSTAY, *arguments, "--json"], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert done.returncode == code, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def outputs(self, *files):
        return {line["stack"]: line.get("outputs", {}) for line in self.lines("info", *files) if line["type"] == "info"}

    def templates(self, *files):
        self.mainstay("up", "--memory", "-d", "templates-made", *files)
        made = self.folder / "templates-made"
        return {path.stem: json.loads(path.read_text()) for path in made.iterdir()}


@pytest.fixture(params=PYTHONS, ids=version_of)
def everywhere(request, tmp_path):
    """On each Python that is here."""
    return Repository(tmp_path, request.param)


@pytest.fixture
def repository(tmp_path):
    """On the newest."""
    if not PYTHONS:
        pytest.fail("MAINSTAY_PYTHONS names no Python: run tools/test_python.sh")
    return Repository(tmp_path, PYTHONS[-1])


def copy_example(here):
    """examples/python into a folder, with the repository of git that it refers to."""
    shutil.copytree(ROOT / "examples/python", here.folder, dirs_exist_ok=True)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q", "-b", "main", "shared"], ["-C", "shared", "add", "-A"],
                    ["-C", "shared", "commit", "-qm", "Names"], ["-C", "shared", "tag", "v1"],
                    ["clone", "-q", "--bare", "shared", "shared.git"]):
        subprocess.run(git + command, cwd=here.folder, check=True)
    here.environment["GIT_COMMIT"] = "3f1c2ab"
