"""mainstay chaos on containers of a real Docker Engine, which the tests start. C1 to C5 are the cases that hurt users of tools like it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import HERE, MAINSTAY

sys.path.insert(0, str(HERE.parent / "clients"))
from docker_support import IMAGE, Daemon, why_not  # noqa: E402

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is an engine")


@pytest.fixture(scope="module")
def docker():
    daemon = Daemon()
    yield daemon
    daemon.close()


class Host:
    def __init__(self, docker, home):
        self.docker, self.environment = docker, {**os.environ, "DOCKER_HOST": docker.address, "HOME": str(home), "XDG_STATE_HOME": str(home)}

    def chaos(self, *words, code=0):
        done = subprocess.run([MAINSTAY, "chaos", *words], capture_output=True, text=True, timeout=120, env=self.environment)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def begin(self, *words):
        """A detached attack that holds; its id."""
        lines = self.chaos("attack", "-d", "--json", *words)
        found = next(json.loads(line) for line in lines.splitlines() if '"type":"attack"' in line.replace(": ", ":"))["id"]
        self.until(lambda: self.attack(found)["status"] != "applying")
        return found

    def attack(self, which):
        rows = [json.loads(line) for line in self.chaos("status", "--json").splitlines()]
        return next(row for row in rows if row["type"] == "attack" and row["id"] == which)

    def make(self, name, *labels, restart="no", script="sleep 600"):
        flags = [word for label in labels for word in ("--label", label)]
        self.docker.run("run", "-d", "--network", "none", "--name", name, "--restart", restart, *flags, IMAGE, "sh", "-c", script)

    def state(self, name):
        return json.loads(subprocess.run(self.docker.command("inspect", name), capture_output=True, text=True, check=True).stdout)[0]

    def status(self, *names):
        return [self.state(name)["State"]["Status"] for name in names]

    @staticmethod
    def until(look, seconds=20):
        end = time.time() + seconds
        while not look():
            assert time.time() < end
            time.sleep(0.05)


@pytest.fixture
def host(docker, tmp_path):
    made = Host(docker, tmp_path)
    yield made
    made.chaos("halt")
    for container in docker.run("ps", "-aq"):
        docker.run("rm", "-f", container)


@pytest.mark.parametrize("kind, seen", [
    ("pause", lambda s: s["State"]["Status"] == "paused"), ("stop", lambda s: s["State"]["Status"] == "exited"),
    ("crash", lambda s: s["State"]["Status"] == "exited"), ("cpu", lambda s: s["HostConfig"]["CpuQuota"] == 20_000)])
def test_each_kind_has_its_effect_and_leaves_nothing(host, kind, seen):
    host.make("ta", "app=api", script="trap 'exit 0' TERM; sleep 600 & wait")
    before = host.state("ta")
    attack = host.begin(kind, "--label", "app=api", "--for", "2", "--percent", "20")
    assert seen(host.state("ta")) and host.attack(attack)["targets"][0]["phase"] == "applied"
    host.until(lambda: host.attack(attack)["status"] == "reverted")
    after = host.state("ta")
    assert after["State"]["Status"] == "running" and max(after["HostConfig"]["CpuQuota"], 0) == before["HostConfig"]["CpuQuota"]
    assert "nothing of ours is left" in host.chaos("audit")


def test_it_is_shown_before_and_touches_nothing_then(host):
    host.make("ta", "app=api")
    said = host.chaos("attack", "pause", "--label", "app=api", "--dry-run")
    assert said.startswith("pause for 30 s: 1 of 1 containers that run") and "  ta  " in said
    assert host.status("ta") == ["running"] and host.chaos("status") == ""


def test_c1_nothing_said_is_nothing_meant(host):
    host.make("ta")
    for kind in ("pause", "stop", "crash", "cpu"):
        assert "error[SelectorEmpty]" in host.chaos("attack", kind, code=3)
    assert "error[NothingSelected]" in host.chaos("attack", "pause", "--label", "app=none", code=3)
    assert host.status("ta") == ["running"]


def test_c2_labels_are_joined_by_and_and_exclusions_win(host):
    host.make("ta", "x", "type=y")
    host.make("tb", "x", "type=z")
    host.make("tc", "x", "type=y", "keep")
    words = ("--label", "x", "--label", "type=y", "--exclude", "keep")
    assert "1 of 3" in host.chaos("attack", "pause", *words, "--dry-run")
    host.begin("pause", *words)
    assert host.status("ta", "tb", "tc") == ["paused", "running", "running"]


def test_c3_one_that_vanishes_is_gone_and_the_others_are_restored(host):
    for name in ("ta", "tb", "tc"):
        host.make(name, "app=api")
    attack = host.begin("pause", "--label", "app=api", "--for", "3")
    host.docker.run("rm", "-f", "tb")
    host.until(lambda: host.attack(attack)["status"] == "reverted")
    assert {t["name"]: t["phase"] for t in host.attack(attack)["targets"]} == {"ta": "reverted", "tb": "gone", "tc": "reverted"}
    assert host.status("ta", "tc") == ["running", "running"]


def test_c4_the_end_of_one_attack_leaves_the_other(host):
    host.make("ta", "app=api")
    first = host.begin("cpu", "--label", "app=api", "--percent", "20", "--for", "60")
    second = host.begin("pause", "--label", "app=api", "--for", "60")
    host.chaos("halt", second)
    assert host.status("ta") == ["running"] and host.state("ta")["HostConfig"]["CpuQuota"] == 20_000
    assert host.attack(first)["status"] == "holding" and host.attack(second)["status"] == "reverted"
    assert "error[AttackConflict]" in host.chaos("attack", "cpu", "--label", "app=api", code=7)


def test_c5_a_crash_is_one_that_restart_policies_see(host):
    host.make("ta", "app=api", restart="always")
    host.make("tb", "app=other")
    host.begin("crash", "--name", "ta", "--for", "60")
    host.until(lambda: host.state("ta")["RestartCount"] == 1 and host.status("ta") == ["running"])
    attack = host.begin("crash", "--name", "tb", "--for", "60")
    assert host.status("tb") == ["exited"]
    host.chaos("halt", attack)
    assert host.status("tb") == ["running"]


def test_the_controller_and_its_guard_may_be_killed(host):
    host.make("ta", "app=api")
    words = [MAINSTAY, "chaos", "attack", "pause", "--label", "app=api", "--for", "3"]
    controller = subprocess.Popen(words, env=host.environment, stdout=subprocess.DEVNULL)
    host.until(lambda: host.status("ta") == ["paused"])
    controller.send_signal(signal.SIGKILL)
    controller.wait()
    host.until(lambda: host.status("ta") == ["running"])  # by its guard
    attack = host.begin("pause", "--label", "app=api", "--for", "60")
    guards = subprocess.run(["pgrep", "-f", f"chaos guard {attack}"], capture_output=True, text=True).stdout.split()
    os.kill(int(guards[0]), signal.SIGKILL)
    assert host.status("ta") == ["paused"]
    host.chaos("halt")
    assert host.status("ta") == ["running"] and "nothing of ours is left" in host.chaos("audit")


def test_a_paused_container_of_somebody_else_is_named_and_left_alone(host):
    host.make("ta")
    host.docker.run("pause", "ta")
    assert "foreign: ta is paused, and by no attack of ours" in host.chaos("audit", "--repair")
    assert host.status("ta") == ["paused"]
    host.docker.run("unpause", "ta")


def test_wrong_words(host):
    assert "error[KindUnknown]" in host.chaos("attack", "burn", "--all", code=3)
    assert "error[AttackMissing]" in host.chaos("halt", "nothing", code=3)
    assert "error[UsageInvalid]" in host.chaos("attack", "cpu", "--all", "--percent", "0", code=3)
