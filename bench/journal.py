#!/usr/bin/env python3
"""What compacting the journal costs and saves, in one run on this machine: the same rewriting of S3
objects beside 100,000 others, once with the journal compacted as it goes and once never.

Prints throughput, latencies, the journal's size and the time to start again, as ratios: absolute numbers
change with the machine. Then, with --sync, how many puts a second eight writers make for each of one: near 1
where each waits for a sync of its own. Needs wrk.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
DOCUMENTS = 100_000
SECONDS = int(os.environ.get("BENCH_SECONDS", "10"))
AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, "
                 "SignedHeaders=host, Signature=0")


class Server:
    def __init__(self, state, compact_at, *flags):
        begin = time.monotonic()
        self.process = subprocess.Popen([BINARY, "cloud", "serve", "--port", "0", "--state", state,
                                         "--compact-at", compact_at, *flags], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.start_s = time.monotonic() - begin
        found = re.search(r"http://\S+", line)
        if not found:
            sys.exit(f"bench: the server did not start: {line}")
        self.url = found.group(0)

    def journal(self):
        return json.load(urllib.request.urlopen(self.url + "/_mainstay/health"))["journal"]

    def memory_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024

    def put_bucket(self):
        urllib.request.urlopen(urllib.request.Request(
            self.url + "/bench", method="PUT", headers={"Authorization": AUTHORIZATION}))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def wrk(server, seconds, keys, size, connections=4):
    """Puts objects of that size to /bench/SIZE-1 ... SIZE-KEYS in turn."""
    env = dict(os.environ, BENCH_REQUEST="put", BENCH_KEY="test", BENCH_KEYS=str(keys), BENCH_BYTES=str(size))
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s",
                          str(ROOT / "bench" / "requests.lua"), server.url],
                         env=env, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        sys.exit(f"bench: refused:\n{out}")
    return out


def milliseconds(text):
    found = re.fullmatch(r"([\d.]+)(us|ms|s)", text)
    if not found:
        sys.exit(f"bench: wrk says a latency of {text}")
    number, unit = found.groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def fill(server):
    server.put_bucket()
    done = 0
    while done < DOCUMENTS:
        out = wrk(server, 10, DOCUMENTS, 1)
        done += int(re.search(r"(\d+) requests in", out).group(1))


def measure(state, compact_at):
    server = Server(state, compact_at)
    fill(server)
    before = server.journal()["compactions"]
    out = wrk(server, SECONDS, 100, 16 << 10)
    journal = server.journal()
    rows = {
        "puts, 1/s": requests_per_second(out),
        "latency, half, ms": milliseconds(re.search(r"50%\s+(\S+)", out).group(1)),
        "latency, 99 of 100, ms": milliseconds(re.search(r"99%\s+(\S+)", out).group(1)),
        "latency, worst, ms": milliseconds(re.search(r"Latency\s+\S+\s+\S+\s+(\S+)", out).group(1)),
        "compactions": journal["compactions"] - before,
        "journal, MB": journal["bytes"] / 1e6,
        "needed of it, MB": journal["live_bytes"] / 1e6,
        "memory at most, MB": server.memory_mb(),
    }
    server.stop()
    again = Server(state, compact_at)
    rows["start again, ms"] = again.start_s * 1000
    again.stop()
    return rows


def requests_per_second(out):
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def measure_sync():
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as state:
        server = Server(state, "1TB", "--sync")
        server.put_bucket()
        one, eight = (requests_per_second(wrk(server, SECONDS, 100, 100, connections)) for connections in (1, 8))
        server.stop()
    print(f"{'puts with --sync, 1/s':28}{one:12.2f}{eight:12.2f}{eight / one:9.2f}  one writer, eight writers")


def main():
    results = []
    for compact_at in ("1TB", "1MB"):
        with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as state:
            results.append(measure(state, compact_at))
    print(f"{'':28}{'never':>12}{'compacted':>12}{'ratio':>9}")
    for row, never in results[0].items():
        compacted = results[1][row]
        print(f"{row:28}{never:12.2f}{compacted:12.2f}{compacted / never if never else 0:9.2f}")
    measure_sync()


if __name__ == "__main__":
    main()
