#!/usr/bin/env python3
"""What a fork takes beside a full copy, in one run on this machine: a cloud with BENCH_DOCUMENTS (100,000) S3
objects is forked, and exported and imported into another one, which is what a copy that shares nothing takes.

Prints times, the memory that a fork and then 1,000 changes in it take, and what rewriting the same objects does
before, beside and after a fork. Ratios; absolute numbers change with the machine. Needs wrk.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from journal import BINARY, Server, requests_per_second, wrk  # noqa: E402

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "100000"))


def resident_mb(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def post(server, path, body):
    request = urllib.request.Request(f"{server.url}/_mainstay/{path}", json.dumps(body).encode(), method="POST",
                                     headers={"X-Mainstay-Request": "1", "X-Mainstay": "1"})
    begin = time.monotonic()
    answer = json.load(urllib.request.urlopen(request))
    return answer, (time.monotonic() - begin) * 1000


def fill(server):
    server.put_bucket()
    done = 0
    while done < DOCUMENTS:
        done += int(re.search(r"(\d+) requests in", wrk(server, 5, DOCUMENTS, 1)).group(1))


def timed(*arguments):
    begin = time.monotonic()
    subprocess.run([BINARY, "cloud", *arguments], check=True, stdout=subprocess.DEVNULL)
    return (time.monotonic() - begin) * 1000


def puts(url):
    class Target:
        pass
    target = Target()
    target.url = url
    return requests_per_second(wrk(target, 3, 1000, 1))


def main():
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as folder:
        server = Server(folder + "/state", "1TB")
        fill(server)
        alone, before = puts(server.url), resident_mb(server)
        takes = []
        for i in range(9):
            fork, ms = post(server, "forks", {"name": f"f{i}"})
            takes.append(ms)
        forked = (resident_mb(server) - before) / len(takes)
        for i in range(1, len(takes)):
            post(server, "drop", {"name": f"f{i}"})
        fork = json.load(urllib.request.urlopen(server.url + "/_mainstay/forks"))["forks"][0]
        before_changes = resident_mb(server)
        in_fork, beside = puts(fork["endpoint"]), puts(server.url)
        changed = resident_mb(server) - before_changes
        post(server, "drop", {"name": "f0"})
        archive = folder + "/a.state"
        copy = timed("export", "--endpoint", server.url, archive) + timed("import", "--state", folder + "/b", archive)
        server.stop()
    middle = sorted(takes)[len(takes) // 2]
    print(f"documents                                {fork['documents']:10}")
    print(f"fork, ms: half, worst of {len(takes)}               {middle:10.2f}{max(takes):10.2f}")
    print(f"full copy (export and import), ms        {copy:10.0f}   {copy / middle:.0f} times a fork")
    print(f"memory a fork, MB                        {forked:10.2f}   of {before:.0f} MB")
    print(f"memory for 1,000 objects rewritten in both, MB {changed:4.1f}")
    print(f"puts, 1/s: alone, in a fork, beside one  {alone:10.0f}{in_fork:10.0f}{beside:10.0f}")


if __name__ == "__main__":
    main()
