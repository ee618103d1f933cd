"""The configurations that stacker publishes, with their environments: built, unchanged, changed, taken down; their
templates by the program's own classes and by those of stacker_blueprints the same."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from test_library import MAINSTAY, compared, differs  # noqa: E402

ROOT = HERE.parents[1]
CORPUS = pathlib.Path(os.environ.get("MAINSTAY_CORPUS", ROOT.parent / "shared" / "corpus")) / "stacker" / "conf"
# Left blank in the published environment, or missing from it.
EMPIRE = {"external_domain": "example.com", "ssh_key_name": "default", "trusted_network_cidr": "10.0.0.0/8",
          "docker_registry_user": "u", "docker_registry_password": "p", "docker_registry_email": "e@example.com",
          "empiredb_user": "me", "empiredb_password": "secretsecret", "empire_daemon_github_client_id": "a",
          "empire_daemon_github_client_secret": "b", "empire_daemon_github_organization": "c",
          "empire_daemon_token_secret": "d", "empire_controller_cert_name": "cert", "empire_controller_cert_type": "iam"}
CASES = {
    # files, what the environment lacks, an edit, stacks, by Python only
    "example": (["stage.env", "example.yaml"], {}, ("MaxSize: 2", "MaxSize: 3"), 4),
    "postgres": (["rds/postgres.env", "rds/postgres.yaml"], {"replica_replica_storage_encrypted": "true"},
                 ("InternalDomain: internal", "InternalDomain: inside"), 3),
    "aurora": (["rds/aurora/aurora.env", "rds/aurora/aurora.yaml"], {}, ("InternalDomain: internal", "InternalDomain: inside"), 4),
    "empire": (["empire/example.env", "empire/empire.yaml"], EMPIRE, ("DesiredCount: 1", "DesiredCount: 2"), 6),
}
PYTHON_ONLY = {"empire"}  # the classes empire.* are left to Python


class Published:
    def __init__(self, folder, name):
        self.folder = folder / "conf"
        shutil.copytree(CORPUS, self.folder, copy_function=shutil.copyfile)
        self.files, more, self.edit, self.stacks = CASES[name]
        self.given = [word for key, value in more.items() for word in ("-e", f"{key}={value}")]
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.environment["MAINSTAY_STATE"] = str(folder / "state")
        self.environment["MAINSTAY_PYTHON"] = os.environ["MAINSTAY_STACKER_PYTHON"] if name in PYTHON_ONLY else "/nowhere"

    def run(self, verb, *flags, code=0, **environment):
        done = subprocess.run([MAINSTAY, verb, "-r", "us-east-1", *flags, *self.given, *self.files], cwd=self.folder,
                              env={**self.environment, **environment}, capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(params=CASES)
def published(request, tmp_path):
    return Published(tmp_path, request.param)


def test_up_unchanged_diff_down(published):
    assert f"{published.stacks} changed in" in published.run("up")
    assert f"no changes: 0 changed, {published.stacks} unchanged" in published.run("up")
    config = published.folder / published.files[1]
    before, after = published.edit
    assert before in config.read_text()
    config.write_text(config.read_text().replace(before, after))
    assert "would change" in published.run("diff")
    # Empire's daemon keeps a log group.
    gone = published.run("down", "--force", *(["--approve=data:empireDaemon"] if published.stacks == 6 else []))
    locked = "locked: true" in config.read_text()
    assert ("skipped (locked)" in gone) == locked
    assert f"{2 if locked and published.stacks == 4 else 4 if locked else published.stacks} deleted" in gone


@pytest.mark.parametrize("name", sorted(set(CASES) - PYTHON_ONLY - {"aurora"}))
def test_the_same_templates_by_both(tmp_path, name):
    published = Published(tmp_path, name)
    made = {}
    for who, environment in (("ours", {}), ("python", {"MAINSTAY_BLUEPRINTS": "python",
                                                       "MAINSTAY_PYTHON": os.environ["MAINSTAY_STACKER_PYTHON"]})):
        published.run("up", "--memory", "-d", who, **environment)
        made[who] = {path.name: compared(json.loads(path.read_text())) for path in (published.folder / who).iterdir()}
    assert len(made["ours"]) == published.stacks
    assert list(differs(made["ours"], made["python"])) == []


def test_aurora_is_more_than_its_library_can(tmp_path):
    """The class in Python has needed a DBFamily since it was published; without it ours makes no parameter group."""
    published = Published(tmp_path, "aurora")
    said = published.run("up", "--memory", code=3, MAINSTAY_BLUEPRINTS="python",
                         MAINSTAY_PYTHON=os.environ["MAINSTAY_STACKER_PYTHON"])
    assert 'Variable "DBFamily" in blueprint "auroraInstance1" is missing' in " ".join(said.split())


def test_mysql_names_a_stack_that_it_lacks(tmp_path):
    published = Published(tmp_path, "postgres")
    published.files = ["rds/mysql.env", "rds/mysql.yaml"]
    said = published.run("up", "--memory", code=3)
    assert "error[ConfigInvalid]: rds/mysql.yaml:" in said and "not in the configuration" in said
