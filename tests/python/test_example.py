"""examples/python: a private repository with everything in it, on every Python."""

import os
import subprocess

from conftest import MAINSTAY, ROOT, copy_example

FILES = ["staging.env", "stacker.yml"]


def test_the_example_repository(everywhere):
    here = everywhere
    copy_example(here)
    assert "12 changed in" in here.mainstay("up", *FILES)
    assert "no changes: 0 changed, 12 unchanged" in here.mainstay("up", *FILES)
    outputs = here.outputs(*FILES)
    assert outputs["vpc"]["CidrBlock"] == "10.20.0.0/16"
    assert outputs["buckets"]["LogsBucket"] == "staging-buckets-logs"
    edited = (here.folder / "stacker.yml").read_text().replace("mails: 30}", "mails: 30, audits: 10}")
    (here.folder / "stacker.yml").write_text(edited)
    assert "+   add     audits  SQS::Queue" in here.mainstay("diff", *FILES)
    assert "3 changed, 9 unchanged" in here.mainstay("up", "--approve=access", *FILES)
    lost = "--approve=" + ",".join("data:" + name for name in ("table", "key", "secrets", "queues", "extra-queues"))
    assert "12 deleted" in here.mainstay("down", "--force", lost, *FILES)


def test_its_script_runs(repository):
    environment = {**repository.environment, "MAINSTAY_BIN": MAINSTAY}
    done = subprocess.run([ROOT / "examples/python/run.sh"], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "(exit code" not in done.stdout, done.stdout + done.stderr
    assert os.path.exists(ROOT / "examples/python/shared/naming/__init__.py")
