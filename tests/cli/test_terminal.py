"""What a person at a terminal sees: a real pseudoterminal, 80 columns wide."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import time

import pytest

from conftest import HERE, MAINSTAY


def at_terminal(home, *arguments, **variables):
    """All that the program writes to the terminal, and its exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm", **variables}
    process = subprocess.Popen([MAINSTAY, *arguments], cwd=HERE / "files", env=environment, stdin=theirs,
                               stdout=theirs, stderr=theirs, close_fds=True, start_new_session=True)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    return seen.decode(), process.wait(timeout=60)


def test_the_live_screen(tmp_path):
    start = time.monotonic()
    seen, code = at_terminal(tmp_path, "up", "--memory", "slow.yml")
    took = time.monotonic() - start
    assert code == 4
    assert "\x1b[31m" in seen
    plain = re.sub(r"\x1b\[\d*m", "", seen)
    assert re.search(r"▸ slow  creating  2/3  00:0[12]\r\n {6}Signal 00:0[12]\r\n  · next  waits for slow\r\n", plain)
    assert re.search(r"✓ 0 done  ✗ 0 failed  ▸ 1 running  · 1 waiting  00:0[12]  last event \d\d:\d\d:\d\dZ", plain)
    frames = plain.split("\x1b[J")
    assert 2 <= len(frames) <= 10 * took + 2
    for frame in frames[:-1]:
        for line in re.sub(r"\x1b\[\d+A", "", frame).split("\r\n"):
            assert len(line) < 80 or line.lstrip().startswith(("CAUSE", "NEXT", "mainstay"))
    # After the last erasure nothing of the rows is left.
    assert "running" not in frames[-1]
    assert "FAILED slow after" in plain and "0 changed, 2 failed" in frames[-1]


def test_no_color(tmp_path):
    seen, _ = at_terminal(tmp_path, "up", "--memory", "slow.yml", NO_COLOR="1")
    assert "▸ slow" in seen
    assert not re.search(r"\x1b\[\d*m", seen)


@pytest.mark.parametrize("variables", [{"ACCESSIBLE": "1", "NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_append_only(tmp_path, variables):
    seen, code = at_terminal(tmp_path, "up", "--memory", "slow.yml", **variables)
    assert code == 4
    assert "\x1b" not in seen
    assert seen.isascii()
    assert "slow: submitted (creating new stack)" in seen


def test_the_first_output_comes_at_once(tmp_path):
    """Within 100 ms of a start that itself takes some; half a second where machines are shared."""
    process = subprocess.Popen([MAINSTAY, "up", "--memory", "slow.yml"], cwd=HERE / "files", stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, env={"HOME": str(tmp_path)})
    start = time.monotonic()
    assert process.stderr.readline().startswith(b"embedded cloud")
    assert time.monotonic() - start < 0.5
    process.communicate(timeout=60)
