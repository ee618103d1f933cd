#!/usr/bin/env python3
"""`aws s3 sync` of many small files, half of them empty, and of one large one, up and down, beside moto's server.

Prints seconds and their ratios; quote those, since the machine's speed changes from run to run. Both servers keep their
objects on the same disk or in memory as they do by default. What came down is compared with what went up.

usage: sync.py [--files 1000] [--large-mb 5120]    (with boto3, awscli, moto: .cache/venv/bin/python)
"""

import argparse
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from run import KEY, ROOT, Kind, Server  # noqa: E402

MB = 1 << 20


def make_small(folder, count):
    for n in range(count):
        file = folder / f"{n % 10}" / f"file-{n}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"" if n % 2 else os.urandom(1000))


def make_large(folder, mb):
    folder.mkdir(parents=True)
    block = os.urandom(MB)
    with open(folder / "large", "wb") as file:
        for n in range(mb):
            file.write(n.to_bytes(8, "big") + block[8:])


def sync(server, programs, source, target):
    environment = dict(os.environ, AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=KEY, AWS_DEFAULT_REGION="us-east-1")
    begin = time.monotonic()
    done = subprocess.run([str(programs / "aws"), "--endpoint-url", server.url, "s3", "sync", "--only-show-errors", str(source),
                           str(target)], env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {server.name}: aws s3 sync failed:\n{done.stderr}")
    return time.monotonic() - begin


def same(one, other):
    """Whether two folders have the same files, byte for byte."""
    names = sorted(str(f.relative_to(one)) for f in one.rglob("*") if f.is_file())
    if names != sorted(str(f.relative_to(other)) for f in other.rglob("*") if f.is_file()):
        return False
    return filecmp.cmpfiles(one, other, names, shallow=False)[1:] == ([], [])


def measure(server, programs, folders, work):
    server.client("s3").create_bucket(Bucket="bench-sync")
    seconds = {}
    for name, folder in folders.items():
        place, down = f"s3://bench-sync/{folder.name}", work / f"down-{server.name}"
        seconds[f"{name}, up"] = sync(server, programs, folder, place)
        seconds[f"{name}, down"] = sync(server, programs, place, down)
        if not same(folder, down):
            sys.exit(f"bench: {server.name} gave back other files than it got")
        shutil.rmtree(down)
    return seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--large-mb", type=int, default=5120)
    asked = parser.parse_args()
    programs = pathlib.Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="mainstay-sync-") as folder, open(os.devnull, "w") as log:
        work = pathlib.Path(folder)
        small, large = work / "small", work / "large"
        make_small(small, asked.files)
        make_large(large, asked.large_mb)
        folders = {f"{asked.files} small files": small, f"one of {asked.large_mb} MB": large}
        kinds = {"mainstay": Kind("/_mainstay/health", str(ROOT / "build/release/mainstay"), "cloud", "serve", "--port", "PORT",
                                  "--state", str(work / "state")),
                 "moto": Kind("/moto-api/data.json", str(programs / "moto_server"), "-H", "127.0.0.1", "-p", "PORT")}
        results = {}
        for name, kind in kinds.items():
            server = Server(name, kind, log)
            results[name] = measure(server, programs, folders, work)
            server.stop()
    print("| aws s3 sync | mainstay, s | moto, s | ratio |\n| --- | ---: | ---: | ---: |")
    for what, ours in results["mainstay"].items():
        theirs = results["moto"][what]
        print(f"| {what} | {ours:.2f} | {theirs:.2f} | {theirs / ours:.2f} |")


if __name__ == "__main__":
    main()
