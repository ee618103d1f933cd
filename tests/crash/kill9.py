#!/usr/bin/env python3
"""Kills the embedded cloud with SIGKILL under load, again and again, and checks after each restart that
every write it acknowledged is there.

usage: kill9.py [--cycles N] [--binary PATH] [--seed N]

Four writers send S3 objects, EC2 tags, IAM users and the same few S3 objects again and again over
their own connections; a write counts once its whole 200 answer was read. The server is killed at a
random moment and started again on the same state. Half-written records that replay dropped are
counted too, and compactions of the journal: how often another file took its place while the server
ran, and how often it was killed in the middle of that.
"""

import argparse
import http.client
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

COMPACT_AT = "64KiB"  # so small that compactions go on all the time
REWRITTEN_BYTES = 60_000  # below what S3 keeps in files beside the journal
REWRITTEN_KEYS = 3
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def authorization(service):
    return (f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, "
            "SignedHeaders=host, Signature=0")


class Connection:
    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def send(self, service, method, path, body=""):
        headers = {"Authorization": authorization(service)}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.http.request(method, path, body, headers)
        response = self.http.getresponse()
        return response.status, response.read().decode()

    def form(self, service, version, action, **members):
        return self.send(service, "POST", "/", urllib.parse.urlencode(
            {"Action": action, "Version": version, **members}))


class Server:
    def __init__(self, binary, state):
        self.process = subprocess.Popen([binary, "cloud", "serve", "--port", "0", "--state", state,
                                         "--compact-at", COMPACT_AT],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not match:
            sys.exit(f"kill9: the server did not start: {line}{self.process.stderr.read()}")
        self.port = int(match.group(1))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        _, errors = self.process.communicate()
        return "dropped" in errors


def objects(connection, cycle, number, size):
    body = f"{cycle}-{number}-" + "x" * size
    status, _ = connection.send("s3", "PUT", f"/crash/{cycle}/{number}", body)
    return status == 200, ("object", f"{cycle}/{number}", body)


def users(connection, cycle, number, _size):
    name = f"u{cycle}-{number}"
    status, _ = connection.form("iam", "2010-05-08", "CreateUser", UserName=name)
    return status == 200, ("user", name, None)


def tags(vpc):
    def write(connection, cycle, number, _size):
        value = f"{cycle}-{number}"
        status, _ = connection.form("ec2", "2016-11-15", "CreateTags", **{
            "ResourceId.1": vpc, "Tag.1.Key": "last", "Tag.1.Value": value})
        return status == 200, ("tag", vpc, value)
    return write


def rewrites(connection, cycle, number, size):
    key, body = number % REWRITTEN_KEYS, f"{cycle}-{number}-" + "y" * (REWRITTEN_BYTES - size)
    status, _ = connection.send("s3", "PUT", f"/crash/rewritten-{key}", body)
    return status == 200, ("rewritten", key, (cycle, number))


def load(port, cycle, write, acknowledged, size):
    """Writes until the connection breaks; remembers what was acknowledged, in order."""
    connection = Connection(port)
    number = 0
    try:
        while True:
            done, what = write(connection, cycle, number, size.randrange(0, 3000))
            if not done:
                sys.exit("kill9: a write was refused")
            acknowledged.append(what)
            number += 1
    except (OSError, http.client.HTTPException):
        return


def verify_rewritten(connection, last):
    """The last acknowledged version of each key, or one that was written after it."""
    missing = []
    for key, version in last.items():
        status, body = connection.send("s3", "GET", f"/crash/rewritten-{key}")
        found = re.match(r"(\d+)-(\d+)-y+$", body)
        if status != 200 or not found or tuple(map(int, found.groups())) < version:
            missing.append(("rewritten", key, status, body[:40]))
    return missing


def verify(port, acknowledged, last_tag, last_rewritten):
    connection = Connection(port)
    missing = verify_rewritten(connection, last_rewritten)
    for kind, name, content in acknowledged:
        if kind == "object":
            status, body = connection.send("s3", "GET", f"/crash/{name}")
            if status != 200 or body != content:
                missing.append((kind, name, status))
        elif kind == "user":
            status, _ = connection.form("iam", "2010-05-08", "GetUser", UserName=name)
            if status != 200:
                missing.append((kind, name, status))
    if last_tag:
        vpc, value = last_tag
        _, body = connection.form("ec2", "2016-11-15", "DescribeTags", **{
            "Filter.1.Name": "resource-id", "Filter.1.Value.1": vpc})
        found = re.search(r"<value>(\d+)-(\d+)</value>", body)
        # The write after the last acknowledged one may have been kept too.
        if not found or tuple(map(int, found.groups())) < tuple(map(int, value.split("-"))):
            missing.append(("tag", vpc, body))
    return missing


def watch(journal, seconds):
    """How often another file takes the journal's place in that time."""
    end, seen, count = time.monotonic() + seconds, journal.stat().st_ino, 0
    while time.monotonic() < end:
        time.sleep(0.0005)
        now = journal.stat().st_ino
        count += now != seen
        seen = now
    return count


class Run:
    """Cycles on one state folder. Folders are changed now and then: replay grows with what is kept."""

    def __init__(self, binary, chance):
        self.binary, self.chance = binary, chance
        self.acknowledged, self.torn, self.compactions, self.interrupted = 0, 0, 0, 0

    def cycles(self, first, count, state):
        server = Server(self.binary, state)
        connection = Connection(server.port)
        connection.send("s3", "PUT", "/crash")
        _, body = connection.form("ec2", "2016-11-15", "CreateVpc", CidrBlock="10.0.0.0/16")
        vpc = re.search(r"<vpcId>(vpc-\w+)", body).group(1)
        kept, last_tag, last_rewritten = [], None, {}
        for cycle in range(first, first + count):
            lists = self.write_until_killed(server, cycle, vpc, pathlib.Path(state))
            server = Server(self.binary, state)
            written = lists[0] + lists[1]
            last_tag = lists[2][-1][1:] if lists[2] else last_tag
            last_rewritten.update({key: version for _, key, version in lists[3]})
            older = self.chance.sample(kept, min(20, len(kept)))
            missing = verify(server.port, written + older, last_tag, last_rewritten)
            if missing:
                sys.exit(f"kill9: cycle {cycle}: {len(missing)} acknowledged writes are gone: {missing[:5]}")
            kept += written
            self.acknowledged += sum(map(len, lists))
        self.torn += server.kill()

    def write_until_killed(self, server, cycle, vpc, state):
        lists = [[], [], [], []]
        threads = [threading.Thread(target=load, args=(server.port, cycle, write, kept, random.Random(cycle)))
                   for write, kept in zip((objects, users, tags(vpc), rewrites), lists)]
        for thread in threads:
            thread.start()
        self.compactions += watch(state / "journal", self.chance.uniform(0.005, 0.06))
        self.torn += server.kill()
        self.interrupted += (state / "journal.new").exists()
        for thread in threads:
            thread.join()
        return lists


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--binary", default=str(ROOT / "build/release/mainstay"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    run = Run(options.binary, random.Random(options.seed))
    folder_cycles = 50
    for first in range(0, options.cycles, folder_cycles):
        with tempfile.TemporaryDirectory(prefix="mainstay-kill9-") as state:
            run.cycles(first, min(folder_cycles, options.cycles - first), state)
    print(f"kill9: {options.cycles} cycles, {run.acknowledged} acknowledged writes, none lost, "
          f"{run.torn} half-written records dropped, {run.compactions} compactions seen, "
          f"killed in the middle of {run.interrupted}")


if __name__ == "__main__":
    main()
