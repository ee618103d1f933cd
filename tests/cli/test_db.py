"""mainstay db: copies of databases in a served cloud, other people's snapshots beside them, and a policy that is least."""

import glob
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import boto3
import pytest
from conftest import MAINSTAY

SETTINGS = dict(Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20, MasterUsername="master", MasterUserPassword="a-password-1")
TO = ["--to", "eu-west-1", "--key", "eu-west-1=alias/copies"]


class Cloud:
    def __init__(self, program, tmp_path, *flags):
        self.program = program
        self.process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--memory", "--port", "0", *flags], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "HOME": str(tmp_path)})
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)
        self.keys = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "x"}
        self.rds, self.west = self.client("rds"), self.client("rds", "eu-west-1")
        self.key = self.client("kms", "eu-west-1").create_key()["KeyMetadata"]["Arn"]
        self.client("kms", "eu-west-1").create_alias(AliasName="alias/copies", TargetKeyId=self.key)

    def client(self, service, region="us-east-1"):
        return boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id="123456789012", aws_secret_access_key="x")

    def database(self, name, **more):
        self.rds.create_db_instance(DBInstanceIdentifier=name, StorageEncrypted=True, **{**SETTINGS, **more})
        self.rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 600})

    def snapshot(self, database, name):
        self.rds.create_db_snapshot(DBInstanceIdentifier=database, DBSnapshotIdentifier=name)
        self.rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 600})
        time.sleep(1.1)  # names of copies have seconds

    def db(self, *words, code=0, keys=None):
        done = self.program.run("db", *words, "--endpoint", self.url, "-r", "us-east-1", code=code, **(keys or self.keys))
        return done.stdout + done.stderr

    def copies(self):
        return sorted(s["DBSnapshotIdentifier"] for s in self.west.describe_db_snapshots()["DBSnapshots"])

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def cloud(program, tmp_path):
    served = Cloud(program, tmp_path)
    yield served
    served.close()


def test_copied_kept_and_pruned(cloud):
    cloud.database("orders", BackupRetentionPeriod=0)
    cloud.snapshot("orders", "one")
    assert "is to be made" in cloud.db("copy", "orders", *TO, "--plan") and cloud.copies() == []
    cloud.db("copy", "orders", *TO, "--keep", "2")
    found, = cloud.west.describe_db_snapshots()["DBSnapshots"]
    assert (found["Status"], found["KmsKeyId"], found["Encrypted"]) == ("available", cloud.key, True)
    tags = {t["Key"]: t["Value"] for t in found["TagList"]}
    assert tags["created_by"] == "mainstay-db-copy" and tags["source_db"].endswith(":db:orders")
    # Again: nothing is made twice.
    assert "is there" in cloud.db("copy", "orders", *TO, "--keep", "2") and len(cloud.copies()) == 1
    cloud.west.copy_db_snapshot(SourceDBSnapshotIdentifier=found["DBSnapshotIdentifier"], TargetDBSnapshotIdentifier="by-hand", KmsKeyId=cloud.key)
    cloud.snapshot("orders", "two")
    assert "0 deleted" in cloud.db("copy", "orders", *TO, "--keep", "2")
    cloud.snapshot("orders", "three")
    plan = cloud.db("copy", "orders", *TO, "--keep", "2", "--plan")
    assert f"then {found['DBSnapshotIdentifier']} in eu-west-1 goes: beyond what is kept: the newest 2" in plan and len(cloud.copies()) == 3
    said = cloud.db("copy", "orders", *TO, "--keep", "2")
    assert said.index("good  ") < said.index("deletes")
    assert "by-hand" in cloud.copies() and found["DBSnapshotIdentifier"] not in cloud.copies() and len(cloud.copies()) == 3
    assert cloud.client("ssm", "eu-west-1").describe_parameters()["Parameters"] == []  # the lock is gone


def test_status_against_the_recovery_point(cloud, tmp_path):
    cloud.database("orders", BackupRetentionPeriod=0)
    assert "RecoveryPointMissed" in cloud.db("status", code=4)
    cloud.snapshot("orders", "one")
    assert "good" in cloud.db("status", "--rpo", "1h")
    said = cloud.db("status", "--to", "eu-west-1", code=4)
    assert "1 of 2 recovery points are not met" in said and re.search(r"orders +eu-west-1 +none", said)
    cloud.db("copy", "orders", *TO)
    lines = [json.loads(line) for line in cloud.db("status", "--to", "eu-west-1", "--svg", str(tmp_path / "s.svg"), "--json").splitlines()]
    points = {line["region"]: line for line in lines if line["type"] == "db_status"}
    assert points["us-east-1"]["snapshot"] == "one" and points["eu-west-1"]["met"] and points["eu-west-1"]["age_seconds"] < 60
    assert (tmp_path / "s.svg").read_text().count("0 h 0 m, good") == 2
    assert "UsageInvalid" in cloud.db("status", "--rpo", "soon", code=3)


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_cluster_is_copied_as_a_whole(cloud, encrypted):
    cloud.rds.create_db_cluster(DBClusterIdentifier="shop", Engine="aurora-mysql", StorageEncrypted=encrypted, MasterUsername="master",
                                MasterUserPassword="a-password-1")
    cloud.rds.get_waiter("db_cluster_available").wait(DBClusterIdentifier="shop", WaiterConfig={"Delay": 0.05, "MaxAttempts": 600})
    cloud.rds.create_db_instance(DBInstanceIdentifier="shop-1", DBClusterIdentifier="shop", Engine="aurora-mysql", DBInstanceClass="db.r6g.large")
    for name in ("one", "two"):
        cloud.rds.create_db_cluster_snapshot(DBClusterIdentifier="shop", DBClusterSnapshotIdentifier=name)
        cloud.rds.get_waiter("db_cluster_snapshot_available").wait(DBClusterSnapshotIdentifier=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 600})
        time.sleep(1.1)
        said = cloud.db("copy", "--all", *TO, "--keep", "1")
        assert "1 good, 0 failed" in said and "shop-1" not in said  # a member has no snapshots of its own
    copy, = cloud.west.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert copy["StorageEncrypted"] == encrypted and copy.get("KmsKeyId") == (cloud.key if encrypted else None)
    assert copy["SourceDBClusterSnapshotArn"].endswith(":cluster-snapshot:two")


def own_groups(cloud):
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    cloud.rds.create_db_parameter_group(DBParameterGroupName="own", DBParameterGroupFamily="mysql8.4", Description="own")
    return dict(DBParameterGroupName="own", VpcSecurityGroupIds=[group]), group


def test_a_drill_has_the_originals_groups_and_leaves_nothing(cloud):
    """R3: a restore is not a clone; the drill passes only after it has read the groups back."""

    groups, group = own_groups(cloud)
    cloud.database("orders", **groups)
    said = cloud.db("verify", "orders")
    assert f"has parameter group own, security group {group}" in said and "no SQL was run" in said
    assert [i["DBInstanceIdentifier"] for i in cloud.rds.describe_db_instances()["DBInstances"]] == ["orders"]
    # One of that name which no drill made stays.
    cloud.database("mainstay-drill-orders")
    assert "DrillFailed" in cloud.db("verify", "orders", code=4)
    assert len(cloud.rds.describe_db_instances()["DBInstances"]) == 2


def test_a_drill_cleans_up_after_one_that_was_killed(cloud):
    cloud.database("orders")
    arn = cloud.rds.describe_db_instances()["DBInstances"][0]["DBInstanceArn"]
    cloud.database("mainstay-drill-orders", Tags=[{"Key": "created_by", "Value": "mainstay-db-verify"}, {"Key": "source_db", "Value": arn}])
    assert "deletes mainstay-drill-orders, which a drill made" in cloud.db("verify", "orders")
    assert len(cloud.rds.describe_db_instances()["DBInstances"]) == 1


def test_a_drill_asks_in_sql(cloud, tmp_path):
    checks = tmp_path / "checks.json"
    checks.write_text(json.dumps([{"sql": "select sum(n) from t", "expect": "5050"}]))
    cloud.database("other")
    assert "ChecksUnsupported" in cloud.db("verify", "other", "--checks", str(checks), code=3)
    if not glob.glob("/usr/lib/postgresql/*/bin/postgres") or not shutil.which("psql"):
        pytest.skip("no PostgreSQL is installed here")
    cloud.database("orders", Engine="postgres", DBName="app", BackupRetentionPeriod=0)
    place = cloud.rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]["Endpoint"]
    ask = lambda sql: subprocess.run(["psql", "-h", place["Address"], "-p", str(place["Port"]), "-U", "master", "-d", "app", "-c", sql],  # noqa: E731
                                     check=True, env={**os.environ, "PGPASSWORD": "a-password-1"})
    ask("create table t as select generate_series(1, 100) as n")
    cloud.snapshot("orders", "one")
    said = cloud.db("verify", "orders", "--checks", str(checks))
    assert "holds: select sum(n) from t is 5050" in said and "1 checks held" in said
    for sql, wrong in [("select count(*) from t", "100, expected 7"), ("delete from t", "read-only"), ("select x", "does not exist")]:
        checks.write_text(json.dumps([{"sql": sql, "expect": "7"}]))
        assert wrong in cloud.db("verify", "orders", "--checks", str(checks), code=4)
        assert len(cloud.rds.describe_db_instances()["DBInstances"]) == 2
    checks.write_text('[{"sql": 1}]')
    assert "ChecksInvalid" in cloud.db("verify", "orders", "--checks", str(checks), code=3)


def test_what_blocks_an_upgrade_is_found_before(cloud):
    """R4: a reg* column in any database of the instance; regclass and regtype are allowed."""

    cloud.database("other")
    assert "ChecksUnsupported" in cloud.db("upgrade", "check", "other", code=3)
    if not glob.glob("/usr/lib/postgresql/*/bin/postgres") or not shutil.which("psql"):
        pytest.skip("no PostgreSQL is installed here")
    cloud.database("orders", Engine="postgres", DBName="app", BackupRetentionPeriod=0)
    assert "PGPASSWORD" in cloud.db("upgrade", "check", "orders", code=3)
    place = cloud.rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]["Endpoint"]
    keys = {**cloud.keys, "PGPASSWORD": "a-password-1"}

    def ask(sql, database="app"):
        subprocess.run(["psql", "-v", "ON_ERROR_STOP=1", "-h", place["Address"], "-p", str(place["Port"]), "-U", "master", "-d", database, "-c", sql],
                       check=True, env={**os.environ, "PGPASSWORD": "a-password-1"})

    ask("create table fine (a regclass, b regtype, c text)")
    assert "0 findings block" in cloud.db("upgrade", "check", "orders", keys=keys)
    ask("create database second")
    ask("create table t (plain regproc)", "second")
    ask("create domain d as regconfig")
    ask("create table u (hidden d, many regoper[], old line)")
    ask("create type pair as (x int, y regprocedure)")
    ask("create table w (p pair)")
    ask("create view busy as select pid, state from pg_stat_activity")
    said = cloud.db("upgrade", "check", "orders", code=4, keys=keys)
    for row in ("public.t.plain regproc", "public.u.hidden d", "public.u.many regoper[]", "public.w.p pair", "public.u.old line", "public.busy"):
        assert f"  {row}\n" in said, (row, said)
    assert "reg* columns in second" in said and "public.fine" not in said and "UpgradeBlocked" in said
    wrong = cloud.db("upgrade", "check", "orders", code=4, keys={**keys, "PGPASSWORD": "wrong"})
    assert "SqlFailed" in wrong and "0 findings" not in wrong


def test_storage_grows_and_what_grew_by_itself_is_in_line(cloud):
    """R6: storage of a declaration that is older than RDS's own growth."""

    cloud.database("orders", MaxAllocatedStorage=1000)
    size = lambda: cloud.rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]["AllocatedStorage"]  # noqa: E731
    assert "can grow" in cloud.db("storage", "orders", "--gib", "30") and size() == 20
    assert "StorageRefused" in cloud.db("storage", "orders", "--gib", "21", "--apply", code=4) and size() == 20
    assert "grown" in cloud.db("storage", "orders", "--gib", "30", "--apply") and size() == 30
    assert "in line" in cloud.db("storage", "orders", "--gib", "25", "--apply") and size() == 30
    assert "storage" in cloud.db("storage", "orders", "--gib", "60", "--apply", code=4) and size() == 30  # not within six hours
    assert "DatabaseMissing" in cloud.db("storage", "none", "--gib", "30", code=3)


@pytest.mark.parametrize("words, code, said", [
    (["orders", "--to", "eu-west-1"], 3, "KeyMissing"),
    (["orders", *TO, "--keep", "0"], 3, "UsageInvalid"),
    (["orders", *TO, "--keep", "-1"], 3, "UsageInvalid"),
    (["orders", "--to", "eu-west-1", "--key", "eu-west-1=arn:aws:kms:us-east-1:123456789012:key/x"], 3, "KeyUnusable"),
    (["orders", "--to", "eu-west-1", "--key", "eu-west-1=alias/none"], 3, "KeyUnusable"),
    (["ordes", *TO], 3, "did you mean orders"),
    ([*TO], 3, "which databases"),
    (["orders", *TO, "--key", "us-west-2=alias/copies"], 3, "nothing is copied to us-west-2"),
    (["orders", "--to", "Europe"], 3, "RegionInvalid"),
])
def test_what_is_refused_before_anything_is_done(cloud, words, code, said):
    cloud.database("orders")
    assert said in cloud.db("copy", *words, code=code)
    assert cloud.copies() == [] and cloud.client("ssm", "eu-west-1").describe_parameters()["Parameters"] == []


def test_a_name_that_is_taken_and_a_lock_that_is_held(cloud):
    cloud.database("orders", BackupRetentionPeriod=0)
    cloud.snapshot("orders", "one")
    name = re.search(r"orders-\d+t\d+z-from-us-east-1", cloud.db("copy", "orders", *TO, "--plan")).group(0)
    ssm = cloud.client("ssm", "eu-west-1")
    ssm.put_parameter(Name="/mainstay/db-copy/other", Type="String", Value=json.dumps({"run": "other", "user": "ann", "host": "elsewhere"}))
    assert "run other of ann on elsewhere" in cloud.db("copy", "orders", *TO, code=7) and cloud.copies() == []
    ssm.delete_parameter(Name="/mainstay/db-copy/other")
    source = cloud.rds.describe_db_snapshots(DBSnapshotIdentifier="one")["DBSnapshots"][0]["DBSnapshotArn"]
    cloud.west.copy_db_snapshot(SourceDBSnapshotIdentifier=source, TargetDBSnapshotIdentifier=name, KmsKeyId=cloud.key, SourceRegion="us-east-1")
    assert "SnapshotNameTaken" in cloud.db("copy", "orders", *TO, "--keep", "1", code=3)
    assert cloud.copies() == [name]


def test_killed_and_run_again(program, tmp_path):
    """kill -9 while copies are under way: the next run removes the dead one's lock, waits for the same copy, and then prunes."""

    cloud = Cloud(program, tmp_path, "--time", "realistic")
    advance = lambda hours="1h": program.run("cloud", "clock", "--endpoint", cloud.url, "--advance", hours)  # noqa: E731
    try:
        cloud.rds.create_db_instance(DBInstanceIdentifier="orders", StorageEncrypted=True, BackupRetentionPeriod=0, **SETTINGS)
        advance()
        for name in ("one", "two"):
            cloud.rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier=name)
            advance()
            run = subprocess.Popen([MAINSTAY, "db", "copy", "orders", *TO, "--endpoint", cloud.url, "-r", "us-east-1", "--keep", "1"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(tmp_path), **cloud.keys})
            while "copies  " not in run.stdout.readline():
                pass
            run.send_signal(signal.SIGKILL)
            run.wait()
            assert "is under way" in cloud.db("copy", "orders", *TO, "--plan")
            before = cloud.copies()
            advance()
            said = cloud.db("copy", "orders", *TO, "--keep", "1")
            assert "1 good, 0 failed" in said and "copies  " not in said, said
        assert len(before) == 2 and len(cloud.copies()) == 1
        assert cloud.client("ssm", "eu-west-1").describe_parameters()["Parameters"] == []
    finally:
        cloud.close()


def test_the_policy_is_least(cloud):
    """A user with the printed policy can do it all; without any one action the run fails, and says at what."""

    cloud.database("orders", BackupRetentionPeriod=0)
    cloud.snapshot("orders", "one")
    cloud.db("copy", "orders", *TO)
    policy = json.loads(re.search(r"\{\n.*\n\}", cloud.db("copy", "orders", *TO, "--keep", "1", "--policy"), re.S).group(0))
    iam = cloud.client("iam")
    iam.create_user(UserName="copier")
    iam.create_group(GroupName="copiers")
    iam.add_user_to_group(GroupName="copiers", UserName="copier")
    key = iam.create_access_key(UserName="copier")["AccessKey"]
    mine = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    # Of clusters there are none to copy here; grants and what reads the source are RDS's own use of keys, which the cloud does not ask for.
    unproved = {"rds:CopyDBClusterSnapshot", "rds:DeleteDBClusterSnapshot", "rds:AddTagsToResource", "kms:CreateGrant", "kms:Decrypt"}
    actions = sorted({a for s in policy["Statement"] for a in s["Action"]} - unproved)
    for number, left_out in enumerate(actions):
        cloud.snapshot("orders", f"n{number}")
        less = {**policy, "Statement": [{**s, "Action": [a for a in s["Action"] if a != left_out]} for s in policy["Statement"]
                                        if set(s["Action"]) != {left_out}]}
        iam.put_group_policy(GroupName="copiers", PolicyName="p", PolicyDocument=json.dumps(less))
        said = cloud.db("copy", "orders", *TO, "--keep", "1", code=None, keys=mine)
        assert "not authorized to perform: " + left_out in said, (left_out, said)
        iam.put_group_policy(GroupName="copiers", PolicyName="p", PolicyDocument=json.dumps(policy))
        assert "good" in cloud.db("copy", "orders", *TO, "--keep", "1", keys=mine)
        assert len(cloud.copies()) == 1


def test_against_moto(program):
    """As far as moto's RDS goes: it has no states between, and nothing behind an instance."""

    server = pathlib.Path(sys.executable).parent / "moto_server"
    if not server.exists():
        pytest.skip("moto is not installed here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen([server, "-p", url.rsplit(":", 1)[1]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = lambda service, region="us-east-1": boto3.client(  # noqa: E731
        service, endpoint_url=url, region_name=region, aws_access_key_id="123456789012", aws_secret_access_key="x")
    db = lambda *words: program.run("db", *words, "--endpoint", url, "-r", "us-east-1",  # noqa: E731
                                    AWS_ACCESS_KEY_ID="123456789012", AWS_SECRET_ACCESS_KEY="x").stdout
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) == 0:
                    break
            time.sleep(0.1)
        rds, west = client("rds"), client("rds", "eu-west-1")
        rds.create_db_instance(DBInstanceIdentifier="orders", StorageEncrypted=True, **SETTINGS)
        to = ["--to", "eu-west-1", "--key", "eu-west-1=" + client("kms", "eu-west-1").create_key()["KeyMetadata"]["Arn"]]
        for name in ("one", "two"):
            rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier=name)
            time.sleep(1.1)
            assert "1 good, 0 failed" in db("copy", "orders", *to, "--keep", "1")
            assert len(west.describe_db_snapshots()["DBSnapshots"]) == 1
        assert db("status", "--to", "eu-west-1").count("good") == 2
        assert "no SQL was run" in db("verify", "orders") and len(rds.describe_db_instances()["DBInstances"]) == 1
        assert "grown" in db("storage", "orders", "--gib", "30", "--apply")
    finally:
        process.terminate()
        process.wait(timeout=60)
