"""stacker itself against the embedded cloud, and beside mainstay on the same stacks: what one of them has
built, the other takes over without a change, and takes down."""

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "main_job"))
from test_main_job import CORPUS, REGION, Rehearsal  # noqa: E402

STACKER = [os.environ["MAINSTAY_STACKER_PYTHON"], str(HERE / "run_stacker.py")]
NAMESPACE = ["-e", "namespace=acme"]
STACKS = {"acme-" + name for name in
          ("vpc", "publicNetworkA", "publicNetworkB", "privateNetworkA", "privateNetworkB")}


class Both(Rehearsal):
    """mainstay and stacker, on the same configuration and the same served cloud."""

    def stacker(self, command, *flags):
        environment = {**self.environment, "AWS_ENDPOINT_URL": self.served.url, "AWS_ACCESS_KEY_ID": "test",
                       "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
                       "STACKER_STACK_POLL_TIME": "1"}
        done = subprocess.run([*STACKER, command, "-r", REGION, *NAMESPACE, *flags, "example.env", "stacker.yml"],
                              cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def mainstay(self, command, *flags):
        out, err = self.run(command, *NAMESPACE, "--endpoint", self.served.url, *flags)
        return out + err

    def stacks(self):
        found = self.served.client("cloudformation").describe_stacks()["Stacks"]
        assert all(s["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE") for s in found), found
        return {s["StackName"] for s in found}


@pytest.fixture
def both(tmp_path):
    both = Both(tmp_path, CORPUS / "stacker" / "conf" / "example_vpc")
    with both.serve() as both.served:
        yield both


def test_what_stacker_built_is_taken_over_unchanged(both):
    before = both.served.everything()
    assert both.stacker("build").count("complete (creating new stack)") == 5
    assert both.stacks() == STACKS
    assert "no changes in 5 stacks" in both.mainstay("diff")
    assert "no changes: 0 changed, 5 unchanged" in both.mainstay("up")
    assert "5 deleted" in both.mainstay("down", "--force")
    assert both.served.everything() == before


def test_what_mainstay_built_is_unchanged_to_stacker(both):
    before = both.served.everything()
    assert "5 changed" in both.mainstay("up")
    assert both.stacker("build").count("skipped (nochange)") == 5  # and makes the bucket that its diff needs
    assert both.stacker("diff").count("No changes: acme-") == 5
    both.stacker("destroy", "--force")
    assert both.served.everything() == before
