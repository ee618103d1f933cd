#!/usr/bin/env python3
"""Whether what a cloud keeps is bounded: clients make and delete things of every kind, for some minutes, and
nothing of them is left in the end. Prints every half minute, and at the end, what has grown: memory, the journal,
documents by table; then how long a start on that state takes.

usage: endurance.py [MINUTES] [--clients N]    (with boto3: .cache/venv/bin/python)
"""

import argparse
import collections
import itertools
import json
import multiprocessing
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from journal import Server  # noqa: E402

TEMPLATE = json.dumps({"Resources": {
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Topic": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v" * 200}},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                "Principal": {"Service": "ec2.amazonaws.com"}}]}}}}})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]})


def stacks(c, n):
    name = f"s{n}"
    c("cloudformation").create_stack(StackName=name, TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"])
    while c("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("PROGRESS"):
        time.sleep(0.01)
    c("cloudformation").delete_stack(StackName=name)


def sessions(c, n):
    arn = c("iam").create_role(RoleName=f"r{n}", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for i in range(5):
        c("sts").assume_role(RoleArn=arn, RoleSessionName=f"x{i}", DurationSeconds=900)
    c("iam").delete_role(RoleName=f"r{n}")


def objects(c, n):
    bucket = f"bucket-{n}"
    c("s3").create_bucket(Bucket=bucket)
    for i in range(10):
        c("s3").put_object(Bucket=bucket, Key=str(i), Body=b"x" * (100_000 if i == 0 else 500))
    for i in range(10):
        c("s3").delete_object(Bucket=bucket, Key=str(i))
    c("s3").delete_bucket(Bucket=bucket)


def queues(c, n):
    url = c("sqs").create_queue(QueueName=f"q{n}")["QueueUrl"]
    for i in range(10):
        c("sqs").send_message(QueueUrl=url, MessageBody="m" * 500)
    for m in c("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        c("sqs").delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])
    c("sqs").delete_queue(QueueUrl=url)


def networks(c, n):
    vpc = c("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = c("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    c("ec2").create_tags(Resources=[vpc, subnet], Tags=[{"Key": "n", "Value": str(n)}])
    c("ec2").delete_subnet(SubnetId=subnet)
    c("ec2").delete_vpc(VpcId=vpc)


def parameters(c, n):
    for value in ("a", "b"):
        c("ssm").put_parameter(Name=f"/p/{n}", Value=value * 300, Type="String", Overwrite=True)
    c("ssm").delete_parameter(Name=f"/p/{n}")
    c("secretsmanager").create_secret(Name=f"s{n}", SecretString="x" * 100)
    c("secretsmanager").delete_secret(SecretId=f"s{n}", ForceDeleteWithoutRecovery=True)


def items(c, n):
    table = f"table-{n}"
    c("dynamodb").create_table(TableName=table, BillingMode="PAY_PER_REQUEST",
                               KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                               AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    for i in range(10):
        c("dynamodb").put_item(TableName=table, Item={"k": {"S": str(i)}, "v": {"S": "v" * 300}})
    c("dynamodb").delete_table(TableName=table)


KINDS = (stacks, sessions, objects, queues, networks, parameters, items)


def client(url, number, end, counts):
    import boto3
    from botocore.config import Config

    made = {}

    def c(service):
        if service not in made:
            made[service] = boto3.client(service, endpoint_url=url, region_name="us-east-1",
                                         aws_access_key_id=f"{111111111111 + number}", aws_secret_access_key="x",
                                         config=Config(s3={"addressing_style": "path"}))
        return made[service]
    for n in itertools.count():
        kind = KINDS[n % len(KINDS)]
        if time.time() > end:
            return
        kind(c, number * 10_000_000 + n)
        with counts.get_lock():
            counts.value += 1


def get(server, path):
    return json.load(urllib.request.urlopen(f"{server.url}/_mainstay/{path}"))


def tables(server):
    return collections.Counter({f"{t['service']}/{t['table']}": t["documents"] for t in get(server, "tables")["tables"]})


def row(server, counts, begun):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
    journal = get(server, "health")["journal"]
    print(f"{time.time() - begun:7.0f} s {counts.value:8} rounds "
          f"{memory:8.1f} MB memory "
          f"{journal['bytes'] / 1e6:8.1f} MB journal {journal['live_bytes'] / 1e6:8.1f} MB needed "
          f"{journal['compactions']:4} compactions {sum(tables(server).values()):8} documents", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("minutes", type=float, nargs="?", default=10)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mainstay-endurance-") as state:
        server = Server(state, "16MiB")
        begun = time.time()
        end = begun + options.minutes * 60
        counts = multiprocessing.Value("q", 0)
        clients = [multiprocessing.Process(target=client, args=(server.url, n, end, counts))
                   for n in range(options.clients)]
        for one in clients:
            one.start()
        row(server, counts, begun)
        while time.time() < end:
            time.sleep(min(30, max(0.1, end - time.time())))
            row(server, counts, begun)
        for one in clients:
            one.join()
        time.sleep(3)  # the last stacks
        row(server, counts, begun)
        left = tables(server)
        server.stop()
        size = int(subprocess.run(["du", "-sk", state], capture_output=True, text=True, check=True).stdout.split()[0])
        again = Server(state, "16MiB")
        print(f"start again: {again.start_s * 1000:.0f} ms; {size / 1024:.1f} MB on disk")
        again.stop()
        print("left, by table:")
        for name, count in left.most_common(25):
            print(f"  {count:8}  {name}")
        failed = [one.exitcode for one in clients if one.exitcode]
        sys.exit(f"endurance: {len(failed)} clients failed" if failed else 0)


if __name__ == "__main__":
    main()
