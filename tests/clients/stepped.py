"""A cloud of its own whose clock stands until it is moved."""

import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.request

import boto3
import pytest
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"


class SteppedCloud:
    def __init__(self, state):
        self.state = str(state)
        self.start()

    def start(self):
        binary = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
        self.process = subprocess.Popen(
            [binary, "cloud", "serve", "--state", self.state, "--port", "0", "--time", "stepped"],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        ready = re.match(r"embedded cloud ready at (http://\S+) ", line)
        assert ready, line
        self.url = ready.group(1)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1",
                            config=Config(retries={"total_max_attempts": 1}),
                            aws_access_key_id=ACCOUNT, aws_secret_access_key="test")

    def ask(self, body=None):
        headers = {"Content-Type": "application/json", "X-Mainstay": "1",
                   "X-Mainstay-Request": "1"}
        request = urllib.request.Request(self.url + "/_mainstay/clock", headers=headers,
                                         data=body and json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["now"]

    def now(self):
        return self.ask()

    def advance(self, seconds):
        return self.ask({"advance_ms": int(seconds * 1000)})


@pytest.fixture
def stepped(tmp_path):
    cloud = SteppedCloud(tmp_path / "state")
    yield cloud
    cloud.stop()
