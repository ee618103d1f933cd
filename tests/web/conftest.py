"""A cloud of each test's own, so that a page that gets through is seen by what is gone from it."""

import http.client
import os
import pathlib
import re
import subprocess

import boto3
import pytest
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))


class Cloud:
    def __init__(self, *flags):
        self.process = subprocess.Popen([BINARY, "cloud", "serve", "--memory", "--port", "0", *flags], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.match(r"embedded cloud ready at http://127\.0\.0\.1:(\d+) ", line).group(1))
        self.url = f"http://127.0.0.1:{self.port}"
        self.s3 = self.client("s3", s3={"addressing_style": "path"})
        self.s3.create_bucket(Bucket="keep")

    def client(self, service, **settings):
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="test",
                            aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}, **settings))

    def ask(self, method, path, headers=None, body=None):
        """Status, headers in lower case, body; no header is sent but Host and those given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = headers or {}
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            for one in value if isinstance(value, list) else [value]:
                connection.putheader(name, one)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def is_whole(self):
        """Nothing was made or taken away behind its back."""
        buckets = [b["Name"] for b in self.s3.list_buckets()["Buckets"]]
        return "keep" in buckets and "evil" not in buckets and not self.client("iam").list_users()["Users"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture
def cloud():
    cloud = Cloud("--allow-host", "cloud.example", "--allow-host", "*.corp.example", "--allow-origin", "https://app.example")
    yield cloud
    cloud.stop()
