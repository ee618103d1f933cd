#!/usr/bin/env python3
"""`mainstay access who` over 1,000 principals and 10,000 resources: the whole program, from exec to exit,
reading the snapshot included. Policies as accounts have them: every role has an inline policy of four
statements and one of AWS's own; every bucket refuses plain HTTP; two levels of control policies."""

import json
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
PRINCIPALS = 1000


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions, resource):
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def role(account, number):
    return {
        "name": f"role{number}",
        "trust": policy({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                         "Action": "sts:AssumeRole"}),
        "policies": [{"name": "app", "document": policy(
            allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::bucket-{account}-{number}*/*"),
            allow("dynamodb:*", f"arn:aws:dynamodb:*:*:table/prod-{number}-*"),
            allow(["logs:*", "cloudwatch:PutMetricData"], "*"),
            {"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"})}],
        "attached": ["arn:aws:iam::aws:policy/" + ("ReadOnlyAccess" if number % 10 == 0 else "AmazonSQSFullAccess")],
    }


def bucket(account, number):
    name = f"bucket-{account}-{number}"
    return {"name": name, "region": "us-east-1", "policy": policy(
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*",
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}})}


def snapshot(accounts, resources):
    full = [{"name": "FullAWSAccess", "document": policy(allow("*", "*"))}]
    ids = [f"{100000000000 + a:012d}" for a in range(accounts)]
    return {
        "organization": {
            "id": "o-bench", "management_account": "999999999999",
            "units": [{"id": "r-1", "service_control": full}] +
                     [{"id": i, "parent": "r-1", "service_control": full} for i in ids]},
        "accounts": [{"id": i, "roles": [role(a, n) for n in range(PRINCIPALS // accounts)],
                      "buckets": [bucket(a, n) for n in range(resources // accounts)]}
                     for a, i in enumerate(ids)]}


def measure(folder, accounts, resources):
    path = pathlib.Path(folder) / f"{accounts}-{resources}.json"
    path.write_text(json.dumps(snapshot(accounts, resources)))
    best, peak_mb = None, None
    for _ in range(3):
        begin = time.monotonic()
        child = subprocess.Popen([MAINSTAY, "access", "who", "s3:GetObject", "*", "--from", str(path)],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        if status != 0:
            raise SystemExit("bench: mainstay access who failed")
        seconds = time.monotonic() - begin
        best = seconds if best is None else min(best, seconds)
        peak_mb = usage.ru_maxrss / 1024
    print(f"{PRINCIPALS:>10} {resources:>10} {accounts:>9} {best:>9.2f} "
          f"{PRINCIPALS * resources / best / 1e6:>10.1f} {peak_mb:>8.0f}")


def main():
    print("mainstay access who s3:GetObject '*'")
    print(f"{'principals':>10} {'resources':>10} {'accounts':>9} {'seconds':>9} {'million/s':>10} {'peak MB':>8}")
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as folder:
        for accounts, resources in ((1, 1_000), (1, 10_000), (10, 10_000), (1, 20_000)):
            measure(folder, accounts, resources)


if __name__ == "__main__":
    main()
