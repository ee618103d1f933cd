#!/usr/bin/env python3
"""Decisions a second on bench/decision.json, one core: mainstay's engine, and beside it npm's
@cloud-copilot/iam-simulate where node and npm are present."""

import json
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASE = ROOT / "bench" / "decision.json"
PACKAGE = "@cloud-copilot/iam-simulate@0.1.173"
SECONDS = "3"


def run(*command, **more):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True,
                                     **more).stdout)


def simulator():
    """Its figures, or None where there is no node to run it with."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder = ROOT / ".cache" / "bench-node"
    if not (folder / "node_modules" / "@cloud-copilot" / "iam-simulate").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", str(folder), PACKAGE],
                       check=True, capture_output=True)
    return run("node", str(ROOT / "bench" / "simulate.mjs"), str(CASE), SECONDS, cwd=folder)


def main():
    ours = run(str(ROOT / "build/release/bench_decisions"), str(CASE), SECONDS)
    rate = ours["decisions_per_second"]
    theirs = simulator()
    print("one request, 13 statements in seven policies, one core")
    print(f"  {'mainstay':24}{rate:14,.0f} decisions a second")
    if theirs:
        other = theirs["decisions_per_second"]
        print(f"  {'iam-simulate (node)':24}{other:14,.0f}{rate / other:12,.0f}x")
    else:
        print("  iam-simulate was not measured: there is no node and npm here")
    print("one decision over n statements that almost match, ns a statement:",
          ", ".join(f"{n}: {ns:.0f}" for n, ns in ours["ns_a_statement"].items()))
    print("a pattern of a thousand stars over a text of n bytes, ns a byte:",
          ", ".join(f"{n}: {ns:.2f}" for n, ns in ours["ns_a_byte"].items()))


if __name__ == "__main__":
    main()
