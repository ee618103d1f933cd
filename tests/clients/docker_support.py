"""A Docker Engine of the test's own, on a folder of its own and without a network, with one small image."""

import os
import shutil
import subprocess
import tempfile
import time

IMAGE = "mainstay/test:1"
# Three programs of this machine and what they need.
ROOT_FILES = ("tar -ch -C / $(for p in sh sleep cat; do echo bin/$p; ldd /bin/$p | grep -o '/[^ ]*'; done"
              " | sed 's|^/||' | sort -u)")
READY_SECONDS = 30


def why_not():
    """Why there can be no engine here; "" where there can."""
    if not shutil.which("dockerd", path="/usr/local/sbin:/usr/sbin:/usr/bin:/sbin"):
        return "Debian's docker.io is not installed"
    return "" if os.geteuid() == 0 else "dockerd wants to be root"


class Daemon:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mainstay-docker-", dir="/tmp")
        self.address = f"unix://{self.folder}/docker.sock"
        self.log = open(f"{self.folder}/log", "w")
        self.start()
        tar = subprocess.run(["sh", "-c", ROOT_FILES], capture_output=True, check=True).stdout
        subprocess.run(self.command("import", "-", IMAGE), input=tar, check=True, capture_output=True)

    def start(self):
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self.process = subprocess.Popen(
            [shutil.which("dockerd", path=path), "--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec",
             "-H", self.address, "--pidfile", f"{self.folder}/pid", "--bridge=none", "--iptables=false"],
            stdout=self.log, stderr=self.log, env={"PATH": path})
        for _ in range(READY_SECONDS * 10):
            if subprocess.run(self.command("version"), capture_output=True).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(open(f"{self.folder}/log").read()[-2000:])

    def command(self, *words):
        return ["docker", "-H", self.address, *words]

    def run(self, *words):
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=True).stdout.split()

    def close(self):
        self.process.terminate()  # it unmounts what it mounted
        self.process.wait(timeout=READY_SECONDS)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
