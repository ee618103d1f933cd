"""The program as a user runs it, in a state home of each test's own."""

import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))


class Program:
    def __init__(self, home):
        self.home = home

    def run(self, *arguments, folder=HERE / "files", code=0, **variables):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MAINSTAY_", "XDG_"))}
        environment |= {"HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state"), **variables}
        done = subprocess.run([MAINSTAY, *map(str, arguments)], cwd=folder, env=environment, capture_output=True,
                              text=True, timeout=120)
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)
