#!/usr/bin/env python3
"""stacker's published configurations on moto, as far as moto can. Where it can't, LIMITS says so in the words that the
program then has; a moto that can makes the test fail, so that the list is kept true."""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import MAINSTAY, ROOT, OnMoto  # noqa: E402

CORPUS = pathlib.Path(os.environ.get("MAINSTAY_CORPUS", ROOT.parent / "shared" / "corpus")) / "stacker" / "conf"
# With stacker_blueprints, where a Python runs it (tools/test_moto.sh).
PYTHON = os.environ.get("MAINSTAY_STACKER_PYTHON", "")
# moto counts the network ACL or the security group of a VPC's own making as what keeps it.
KEPT = "has dependencies and cannot be deleted"
# CreateStack of a template with an output of a resource whose type moto does not know: its server breaks (a 500), and
# the stack is there nevertheless, which a second try then meets.
BROKEN = 'after a try that was answered "HTTP status 500"'
LIMITS = {
    "example_vpc": (["example_vpc/example.env", "example_vpc/stacker.yml"], [
        ("up", 0, "5 changed"), ("up", 0, "no changes: 0 changed, 5 unchanged"), ("diff", 0, "no changes in 5 stacks"),
        ("down", 4, KEPT)]),
    "example": (["stage.env", "example.yaml"], [
        ("up", 0, "4 changed"),
        # It answers lists of parameters as Python writes them, so that they look changed.
        ("diff", 0, "PublicSubnets ['subnet-"), ("down", 0, "vpc: skipped (needed by myDB, which is locked)")]),
    "postgres": (["-e", "replica_replica_storage_encrypted=true", "rds/postgres.env", "rds/postgres.yaml"], [
        ("up", 4, BROKEN), ("down", 4, KEPT)]),
    "aurora": (["rds/aurora/aurora.env", "rds/aurora/aurora.yaml"], [("up", 4, "CreateStack: HTTP status 500"), ("down", 4, KEPT)]),
    # Its zones begin with an SOA record whose value is a dictionary of Python's.
    "empire": (["-e", "external_domain=example.com", "-e", "empire_controller_cert_name=cert",
                "-e", "empire_controller_cert_type=iam", "empire/example.env", "empire/empire.yaml"], [
        ("up", 4, "the zone example.com. has no SOA record of the usual form")]),
}


class PublishedOnMoto(OnMoto):
    def run_each(self, name):
        if name == "empire" and not os.path.exists(PYTHON):
            self.skipTest("no Python here runs stacker_blueprints, which empire's classes are left to")
        folder = os.path.join(self.folder.name, name)
        shutil.copytree(CORPUS, folder, copy_function=shutil.copyfile)
        files, steps = LIMITS[name]
        for verb, code, words in steps:
            force = ["--force"] if verb == "down" else []
            done = subprocess.run(
                [MAINSTAY, verb, *force, "--endpoint", f"http://127.0.0.1:{self.port}", "-r", "us-east-1",
                 "-e", f"namespace=moto-{name.replace('_', '-')}", *files],
                cwd=folder, env={**os.environ, "MAINSTAY_PYTHON": PYTHON or "/nowhere"}, capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL)
            said = " ".join((done.stdout + done.stderr).split())
            self.assertEqual(done.returncode, code, f"{verb}: {said}")
            self.assertIn(words, said, verb)


for _name in LIMITS:
    setattr(PublishedOnMoto, f"test_{_name}", lambda self, name=_name: self.run_each(name))

if __name__ == "__main__":
    unittest.main()
