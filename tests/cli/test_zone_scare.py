"""docs/zone-scare.md, done as it says: its files are written, its commands run, and what they print is what the page shows.

MAINSTAY_GOLDEN=rewrite writes the outputs into the page, and skips."""

import os
import re
import subprocess

import pytest
from conftest import MAINSTAY, ROOT

PAGE = ROOT / "docs/zone-scare.md"
ENDS = {"mainstay rehearse endpoints.env": [4, 0], "mainstay up --approve": [4]}  # exit codes other than 0, in their order
ALIKE = [(r"(subnet-)[0-9a-f]{17}", r"\1..."), (r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "..."), (r"\d\d:\d\d:\d\dZ", "00:00:00Z"),
         (r"\b\d+\.\d s", "0.0 s"), (r"--plan [0-9a-f]{12}", "--plan ..."),
         # Two subnets fail alike, at the same time: either may be the first.
         (r"(?:Public|Private)(Subnet1  (?:AWS::)?EC2::Subnet  UPDATE_FAILED)", r"...\1"), (r"(message: \"The CIDR ')[\d./]+", r"\1...")]


def parts(text):
    """Lines of prose, and commands without what is shown under them."""
    shown = False
    for line in text.splitlines():
        if line.startswith("    $ "):
            shown = True
            yield "command", line[6:]
        elif not (shown and line.startswith("    ")):
            shown = False
            yield "prose", line


def write_files(folder):
    block = "\n".join(line[4:] if line.startswith("    ") else line for line in PAGE.read_text().splitlines())
    for name, text in re.findall(r"^# (\S+\.(?:yml|env))\n(.*?)\n\n", block, re.M | re.S):
        (folder / name).write_text(text + "\n")


def test_the_page_is_what_happens(program):
    folder = program.home / "scare"
    folder.mkdir()
    (folder / "mainstay").symlink_to(MAINSTAY)
    write_files(folder)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MAINSTAY_", "XDG_"))}
    environment = {**kept, "HOME": str(program.home), "PATH": f"{folder}:{os.environ['PATH']}"}
    ends = {begin: iter(codes) for begin, codes in ENDS.items()}
    page = []
    for kind, line in parts(PAGE.read_text()):
        page.append(f"    $ {line}" if kind == "command" else line)
        if kind != "command":
            continue
        done = subprocess.run(["bash", "-c", line + " 2>&1"], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
        wanted = next((next(codes) for begin, codes in ends.items() if line.startswith(begin)), 0)
        assert done.returncode == wanted, line + "\n" + done.stdout
        text = done.stdout
        for pattern, word in ALIKE:
            text = re.sub(pattern, word, text)
        page += [("    " + shown).rstrip() if shown else "    ." for shown in text.rstrip("\n").splitlines()]
    made = "\n".join(page) + "\n"
    if os.environ.get("MAINSTAY_GOLDEN") == "rewrite":
        PAGE.write_text(made)
        pytest.skip("written anew")
    assert made == PAGE.read_text()
