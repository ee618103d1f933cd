#!/usr/bin/env python3
"""Lambda on the embedded cloud: how long a call takes, over HTTP with a connection that is kept.

Prints the cold start (the first call), the median and the 99th percentile of warm calls, and calls a second of
eight clients at once. moto runs functions in Docker alone and LocalStack likewise, so there is nothing beside it
where Docker is not.
"""

import http.client
import io
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import zipfile

import boto3

ROOT = pathlib.Path(__file__).resolve().parent.parent
CALLS = 1000
CLIENTS = 8
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
SOURCES = {"python3.12": ("index.py", "def handler(event, context):\n    return event\n"),
           "nodejs20.x": ("index.js", "exports.handler = async (event) => event;\n")}
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request, "
                           "SignedHeaders=host, Signature=test"}


def package(name, source):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, source)
    return buffer.getvalue()


class Caller:
    def __init__(self, url, function):
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"))
        self.path = f"/2015-03-31/functions/{function}/invocations"

    def call_ms(self):
        begin = time.perf_counter()
        self.connection.request("POST", self.path, b'{"a":1}', SIGNED)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200 or json.loads(body) != {"a": 1}:
            sys.exit(f"bench: a call answered {answer.status} {body[:200]}")
        return (time.perf_counter() - begin) * 1000


def calls_per_second(url, function):
    callers = [Caller(url, function) for _ in range(CLIENTS)]
    for caller in callers:
        caller.call_ms()
    threads = [threading.Thread(target=lambda c=c: [c.call_ms() for _ in range(CALLS // CLIENTS)]) for c in callers]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CALLS / (time.perf_counter() - begin)


def main():
    process = subprocess.Popen([str(ROOT / "build/release/mainstay"), "cloud", "serve", "--memory", "--port", "0"],
                               stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://\S+", process.stdout.readline()).group(0)
        client = lambda service: boto3.client(service, endpoint_url=url, region_name="us-east-1",  # noqa: E731
                                              aws_access_key_id="123456789012", aws_secret_access_key="x")
        role = client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        print(f"{'runtime':14}{'cold ms':>10}{'warm ms':>10}{'p99 ms':>10}{f'{CLIENTS} clients, 1/s':>18}")
        for runtime, (file, source) in SOURCES.items():
            if not shutil.which("node" if runtime.startswith("node") else "python3"):
                print(f"{runtime:14} left out: this machine has no such runtime")
                continue
            name = runtime.split(".")[0]
            client("lambda").create_function(FunctionName=name, Runtime=runtime, Role=role, Handler="index.handler", Timeout=60,
                                             Code={"ZipFile": package(file, source)})
            caller = Caller(url, name)
            cold = caller.call_ms()
            warm = sorted(caller.call_ms() for _ in range(CALLS))
            print(f"{runtime:14}{cold:10.1f}{statistics.median(warm):10.2f}{warm[CALLS * 99 // 100]:10.2f}"
                  f"{calls_per_second(url, name):18.0f}")
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
