#!/usr/bin/env python3
"""mainstay's embedded cloud beside moto's server and ministack, measured in one run on this machine.

Prints a table of: time from exec to the first answer, memory then and after use, requests a second on
one connection and on eight, and a stack of 200 resources created. Quote the ratios: the machine's
speed changes from run to run, but all servers meet the same machine.
"""

import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEY = "test"
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
RESOURCES = 200


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Kind:
    """A server's command and environment, in which PORT is its port, and a page that it answers once it is there."""

    def __init__(self, page, *command, **environment):
        self.page, self.command, self.environment = page, command, environment


class Server:
    def __init__(self, name, kind, log):
        self.name, self.page = name, kind.page
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        begin = time.monotonic()
        variables = {key: value.replace("PORT", str(self.port)) for key, value in kind.environment.items()}
        self.process = subprocess.Popen([c.replace("PORT", str(self.port)) for c in kind.command], stdout=log,
                                        stderr=log, start_new_session=True, env=dict(os.environ, **variables))
        self.first_answer_ms = self.wait(begin)

    def wait(self, begin):
        while time.monotonic() - begin < 30:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    pass
                urllib.request.urlopen(self.url + self.page, timeout=10).read()
                return (time.monotonic() - begin) * 1000
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"bench: {self.name} ended by itself")
                time.sleep(0.0005)
        sys.exit(f"bench: {self.name} did not answer in 30 s")

    def memory_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1",
                            aws_access_key_id=KEY, aws_secret_access_key=KEY)

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=10)


def requests_per_second(server, kind, connections):
    env = dict(os.environ, BENCH_REQUEST=kind, BENCH_KEY=KEY)
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS:g}s", "-s",
                          str(ROOT / "bench" / "requests.lua"), server.url], env=env,
                         capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        sys.exit(f"bench: {server.name} refused {kind}:\n{out}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def template():
    """Four VPCs, each with security groups in chains of five: a graph with width and depth."""
    resources = {}
    for v in range(4):
        resources[f"Vpc{v}"] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": f"10.{v}.0.0/16"}}
        for g in range(RESOURCES // 4 - 1):
            group = {"Type": "AWS::EC2::SecurityGroup",
                     "Properties": {"GroupDescription": "bench", "VpcId": {"Ref": f"Vpc{v}"}}}
            if g % 5:
                group["DependsOn"] = f"Group{v}x{g - 1}"
            resources[f"Group{v}x{g}"] = group
    return json.dumps({"Resources": resources})


def stack_seconds(server, round_number):
    cloudformation = server.client("cloudformation")
    name = f"bench-{round_number}"
    begin = time.monotonic()
    cloudformation.create_stack(StackName=name, TemplateBody=template())
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.01)
    seconds = time.monotonic() - begin
    if stack["StackStatus"] != "CREATE_COMPLETE":
        sys.exit(f"bench: {server.name}'s stack ended {stack['StackStatus']}: {stack.get('StackStatusReason')}")
    cloudformation.delete_stack(StackName=name)
    return seconds


def measure(server):
    rows = {"first answer after exec, ms": server.first_answer_ms, "memory at start, MB": server.memory_mb()}
    server.client("s3").create_bucket(Bucket="bench")
    server.client("s3").put_object(Bucket="bench", Key="key", Body=b"x" * 1024)
    names = {"sts": "GetCallerIdentity", "put": "S3 put 1 KiB", "get": "S3 get 1 KiB", "vpcs": "DescribeVpcs"}
    for kind, title in names.items():
        for connections in (1, 8):
            rows[f"{title}, {connections} connection{'s' * (connections > 1)}, 1/s"] = requests_per_second(server, kind, connections)
    rows[f"stack of {RESOURCES} resources, s"] = min(stack_seconds(server, i) for i in range(2))
    rows["memory after use, MB"] = server.memory_mb()
    return rows


def show(results):
    peers = [name for name in results if name != "mainstay"]
    print(f"{'':44}{'mainstay':>12}" + "".join(f"{name:>12}{'ratio':>9}" for name in peers))
    for row, ours in results["mainstay"].items():
        digits = 1 if ours >= 1 else 3
        line = f"{row:44}{ours:12.{digits}f}"
        for peer in peers:
            theirs = results[peer][row]
            ratio = ours / theirs if row.endswith("1/s") else theirs / ours
            line += f"{theirs:12.{digits}f}{ratio:8.1f}x"
        print(line)


def main():
    log = open(ROOT / "build" / "logs" / "bench-servers.log", "w")
    programs = pathlib.Path(sys.executable).parent
    peers = pathlib.Path(os.environ.get("MAINSTAY_PEERS", ROOT / ".cache" / "peers")) / "bin"
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as state:
        kinds = {
            "mainstay": Kind("/_mainstay/health", str(ROOT / "build/release/mainstay"), "cloud", "serve", "--port", "PORT",
                             "--state", state),
            "moto": Kind("/moto-api/data.json", str(programs / "moto_server"), "-H", "127.0.0.1", "-p", "PORT"),
            "ministack": Kind("/_localstack/health", str(peers / "ministack"), GATEWAY_PORT="PORT"),
        }
        results, starts = {}, {}
        for name, kind in kinds.items():
            starts[name] = []
            for _ in range(4):
                server = Server(name, kind, log)
                starts[name].append(server.first_answer_ms)
                server.stop()
            server = Server(name, kind, log)
            results[name] = measure(server)
            results[name]["first answer after exec, ms"] = statistics.median(starts[name])
            server.stop()
    show(results)


if __name__ == "__main__":
    main()
