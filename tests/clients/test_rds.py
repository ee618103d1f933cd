"""RDS: instances, snapshots, groups and clusters as state machines, and a real PostgreSQL where one is installed."""

import json
import os
import pathlib
import shutil
import subprocess
import time

import pytest
from helpers import fails

SETTINGS = dict(Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20, MasterUsername="master",
                MasterUserPassword="check-password-1")


def instance(rds, name="db"):
    return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def until(look, wanted, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        if look() == wanted:
            return
        time.sleep(0.02)
    assert look() == wanted


def available(rds, name="db"):
    until(lambda: instance(rds, name)["DBInstanceStatus"], "available")
    return instance(rds, name)


def snapshot(rds, name):
    until(lambda: rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]["Status"], "available")
    return rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]


@pytest.fixture
def db(rds):
    rds.create_db_instance(DBInstanceIdentifier="db", BackupRetentionPeriod=0, Tags=[{"Key": "a", "Value": "1"}], **SETTINGS)
    return available(rds)


def test_an_instance_as_it_is_made_and_read(rds, account):
    made = rds.create_db_instance(DBInstanceIdentifier="DB", DBName="app", **SETTINGS)["DBInstance"]
    assert made["DBInstanceStatus"] == "creating" and "Endpoint" not in made
    assert made["PendingModifiedValues"] == {"MasterUserPassword": "****"}
    found = available(rds)
    expected = {"DBInstanceIdentifier": "db", "Engine": "mysql", "MasterUsername": "master", "DBName": "app", "AllocatedStorage": 20,
                "MultiAZ": False, "BackupRetentionPeriod": 1, "PubliclyAccessible": False, "StorageEncrypted": False,
                "DBInstanceArn": f"arn:aws:rds:us-east-1:{account}:db:db", "LicenseModel": "general-public-license",
                "PendingModifiedValues": {}, "DeletionProtection": False}
    assert {k: found[k] for k in expected} == expected
    assert found["Endpoint"]["Port"] == 3306 and found["Endpoint"]["Address"].endswith(".us-east-1.rds.amazonaws.com")
    assert found["DBParameterGroups"] == [{"DBParameterGroupName": "default.mysql8.4", "ParameterApplyStatus": "in-sync"}]
    automated, = rds.describe_db_snapshots(SnapshotType="automated")["DBSnapshots"]
    assert automated["DBSnapshotIdentifier"].startswith("rds:db-")
    with fails("DBInstanceAlreadyExists", "DB instance already exists", 400):
        rds.create_db_instance(DBInstanceIdentifier="db", **SETTINGS)
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db", WaiterConfig={"Delay": 1})


@pytest.mark.parametrize("change, code", [
    ({"Engine": "nothing"}, "InvalidParameterValue"), ({"EngineVersion": "1.0"}, "InvalidParameterCombination"),
    ({"MasterUserPassword": "short"}, "InvalidParameterValue"), ({"MasterUserPassword": "a/password"}, "InvalidParameterValue"),
    ({"DBInstanceIdentifier": "a--b"}, "InvalidParameterValue"), ({"DBInstanceIdentifier": "1a"}, "InvalidParameterValue"),
    ({"AllocatedStorage": 1}, "InvalidParameterValue"), ({"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
    ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"), ({"DBParameterGroupName": "none"}, "DBParameterGroupNotFound"),
    ({"VpcSecurityGroupIds": ["sg-00000000000000000"]}, "InvalidParameterValue"), ({"KmsKeyId": "alias/none"}, "KMSKeyNotAccessibleFault"),
    ({"MultiAZ": True, "AvailabilityZone": "us-east-1a"}, "InvalidParameterCombination"),
    ({"Engine": "aurora-mysql"}, "InvalidParameterCombination")])
def test_what_is_no_instance(rds, change, code):
    with fails(code):
        rds.create_db_instance(**{"DBInstanceIdentifier": "db", **SETTINGS, **change})
    assert rds.describe_db_instances()["DBInstances"] == []


def test_a_change_at_once_and_one_that_waits(rds, db):
    rds.modify_db_instance(DBInstanceIdentifier="db", AllocatedStorage=30, BackupRetentionPeriod=3)
    found = instance(rds)
    assert (found["AllocatedStorage"], found["BackupRetentionPeriod"]) == (20, 3)
    assert found["PendingModifiedValues"] == {"AllocatedStorage": 30}
    rds.modify_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.t3.large", ApplyImmediately=True)
    found = available(rds)
    assert (found["AllocatedStorage"], found["DBInstanceClass"], found["PendingModifiedValues"]) == (30, "db.t3.large", {})
    with fails("InvalidParameterCombination"):  # within six hours
        rds.modify_db_instance(DBInstanceIdentifier="db", AllocatedStorage=60, ApplyImmediately=True)


def test_storage_grows_by_a_tenth_and_never_shrinks(rds, db):
    for size in (10, 21):
        with fails("InvalidParameterCombination"):
            rds.modify_db_instance(DBInstanceIdentifier="db", AllocatedStorage=size)


def test_a_major_upgrade_has_to_be_allowed(rds):
    rds.create_db_instance(DBInstanceIdentifier="db", **{**SETTINGS, "EngineVersion": "5.7"})
    available(rds)
    with fails("InvalidParameterCombination"):
        rds.modify_db_instance(DBInstanceIdentifier="db", EngineVersion="8.0", ApplyImmediately=True)
    rds.modify_db_instance(DBInstanceIdentifier="db", EngineVersion="8.0", AllowMajorVersionUpgrade=True, ApplyImmediately=True)
    until(lambda: instance(rds)["DBInstanceStatus"], "available")
    assert instance(rds)["DBParameterGroups"][0]["DBParameterGroupName"] == "default.mysql8.0"
    with fails("InvalidParameterCombination"):
        rds.modify_db_instance(DBInstanceIdentifier="db", EngineVersion="5.7", AllowMajorVersionUpgrade=True)


def test_stop_start_reboot_and_rename(rds, db):
    rds.stop_db_instance(DBInstanceIdentifier="db")
    until(lambda: instance(rds)["DBInstanceStatus"], "stopped")
    with fails("InvalidDBInstanceState"):
        rds.reboot_db_instance(DBInstanceIdentifier="db")
    rds.start_db_instance(DBInstanceIdentifier="db")
    available(rds)
    rds.reboot_db_instance(DBInstanceIdentifier="db")
    available(rds)
    rds.modify_db_instance(DBInstanceIdentifier="db", NewDBInstanceIdentifier="other", ApplyImmediately=True)
    assert available(rds, "other")["DBInstanceArn"].endswith(":db:other")
    with fails("DBInstanceNotFound", "DBInstance db not found.", 404):
        rds.describe_db_instances(DBInstanceIdentifier="db")


def test_a_deletion_needs_a_snapshot_or_none(rds, db):
    with fails("InvalidParameterCombination"):
        rds.delete_db_instance(DBInstanceIdentifier="db")
    rds.modify_db_instance(DBInstanceIdentifier="db", DeletionProtection=True)
    with fails("InvalidParameterCombination"):
        rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    rds.modify_db_instance(DBInstanceIdentifier="db", DeletionProtection=False)
    deleted = rds.delete_db_instance(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")["DBInstance"]
    assert deleted["DBInstanceStatus"] == "deleting"
    assert snapshot(rds, "last")["DBInstanceIdentifier"] == "db"
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="db", WaiterConfig={"Delay": 1})


def test_a_snapshot_is_copied_shared_restored_and_deleted(rds, db, account):
    assert rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="s")["DBSnapshot"]["Status"] == "creating"
    assert snapshot(rds, "s")["PercentProgress"] == 100
    available(rds)
    with fails("DBSnapshotAlreadyExists"):
        rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="s")
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier="s", TargetDBSnapshotIdentifier="copy", CopyTags=True)
    copy = snapshot(rds, "copy")
    assert copy["SourceDBSnapshotIdentifier"] == f"arn:aws:rds:us-east-1:{account}:snapshot:s"
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="s", AttributeName="restore", ValuesToAdd=["111122223333"])
    shared = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier="s")["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    assert shared == [{"AttributeName": "restore", "AttributeValues": ["111122223333"]}]
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="copy", DBInstanceClass="db.m5.large")
    again = available(rds, "again")
    assert (again["MasterUsername"], again["AllocatedStorage"], again["DBInstanceClass"]) == ("master", 20, "db.m5.large")
    rds.delete_db_snapshot(DBSnapshotIdentifier="s")
    with fails("DBSnapshotNotFound"):
        rds.describe_db_snapshots(DBSnapshotIdentifier="s")
    found = rds.describe_db_snapshots(Filters=[{"Name": "db-instance-id", "Values": ["db"]}])["DBSnapshots"]
    assert [s["DBSnapshotIdentifier"] for s in found] == ["copy"]


def test_a_copy_to_another_region_under_its_key(rds, clients, account):
    rds.create_db_instance(DBInstanceIdentifier="db", StorageEncrypted=True, BackupRetentionPeriod=0, **SETTINGS)
    assert ":key/" in available(rds)["KmsKeyId"]
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="s")
    source = snapshot(rds, "s")["DBSnapshotArn"]
    with fails("InvalidDBSnapshotState"):
        rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="s", AttributeName="restore", ValuesToAdd=["111122223333"])
    west = clients("rds", region="us-west-2")
    with fails("InvalidParameterCombination"):
        west.copy_db_snapshot(SourceDBSnapshotIdentifier=source, TargetDBSnapshotIdentifier="copy", SourceRegion="us-east-1")
    with fails("DBSnapshotNotFound"):
        west.copy_db_snapshot(SourceDBSnapshotIdentifier=source + "x", TargetDBSnapshotIdentifier="copy", SourceRegion="us-east-1")
    key = clients("kms", region="us-west-2").create_key()["KeyMetadata"]["Arn"]
    made = west.copy_db_snapshot(SourceDBSnapshotIdentifier=source, TargetDBSnapshotIdentifier="copy", SourceRegion="us-east-1",
                                 KmsKeyId=key)["DBSnapshot"]
    assert made["Status"] == "copying" and made["SourceRegion"] == "us-east-1"
    assert snapshot(west, "copy")["KmsKeyId"] == key
    other = clients("rds", access_key="111122223333")
    with fails("DBSnapshotNotFound"):
        other.copy_db_snapshot(SourceDBSnapshotIdentifier=source, TargetDBSnapshotIdentifier="copy")


def test_groups(rds, vpc, ec2):
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"us-east-1{z}")["Subnet"]["SubnetId"]
               for i, z in ((10, "a"), (11, "b"))]
    with fails("DBSubnetGroupDoesNotCoverEnoughAZs"):
        rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="d", SubnetIds=subnets[:1])
    with fails("InvalidSubnet"):
        rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="d", SubnetIds=["subnet-00000000000000000"])
    group = rds.create_db_subnet_group(DBSubnetGroupName="G", DBSubnetGroupDescription="d", SubnetIds=subnets)["DBSubnetGroup"]
    assert (group["DBSubnetGroupName"], group["VpcId"], group["SubnetGroupStatus"]) == ("g", vpc, "Complete")
    rds.create_db_parameter_group(DBParameterGroupName="p", DBParameterGroupFamily="mysql8.4", Description="d")
    rds.modify_db_parameter_group(DBParameterGroupName="p", Parameters=[
        {"ParameterName": "max_connections", "ParameterValue": "10", "ApplyMethod": "immediate"}])
    set_ones = rds.describe_db_parameters(DBParameterGroupName="p", Source="user")["Parameters"]
    assert [(p["ParameterName"], p["ParameterValue"]) for p in set_ones] == [("max_connections", "10")]
    rds.create_db_instance(DBInstanceIdentifier="db", DBSubnetGroupName="g", DBParameterGroupName="p", **SETTINGS)
    assert available(rds)["DBSubnetGroup"]["DBSubnetGroupName"] == "g"
    with fails("InvalidDBSubnetGroupStateFault"):
        rds.delete_db_subnet_group(DBSubnetGroupName="g")
    with fails("InvalidDBParameterGroupState"):
        rds.delete_db_parameter_group(DBParameterGroupName="p")


def test_a_cluster_with_its_members(rds):
    rds.create_db_cluster(DBClusterIdentifier="c", Engine="aurora-postgresql", MasterUsername="master", MasterUserPassword="check-password-1",
                          DatabaseName="app")
    status = lambda: rds.describe_db_clusters(DBClusterIdentifier="c")["DBClusters"][0]["Status"]  # noqa: E731
    until(status, "available")
    for name in ("one", "two"):
        rds.create_db_instance(DBInstanceIdentifier=name, DBClusterIdentifier="c", Engine="aurora-postgresql", DBInstanceClass="db.r6g.large")
        available(rds, name)
    members = rds.describe_db_clusters(DBClusterIdentifier="c")["DBClusters"][0]["DBClusterMembers"]
    assert [(m["DBInstanceIdentifier"], m["IsClusterWriter"]) for m in members] == [("one", True), ("two", False)]
    with fails("InvalidDBClusterStateFault"):
        rds.delete_db_cluster(DBClusterIdentifier="c", SkipFinalSnapshot=True)
    rds.delete_db_instance(DBInstanceIdentifier="one")
    members = rds.describe_db_clusters(DBClusterIdentifier="c")["DBClusters"][0]["DBClusterMembers"]
    assert [(m["DBInstanceIdentifier"], m["IsClusterWriter"]) for m in members] == [("two", True)]
    rds.delete_db_instance(DBInstanceIdentifier="two")
    rds.delete_db_cluster(DBClusterIdentifier="c", FinalDBSnapshotIdentifier="last")
    until(lambda: rds.describe_db_clusters()["DBClusters"], [])
    rds.restore_db_cluster_from_snapshot(DBClusterIdentifier="c", SnapshotIdentifier="last", Engine="aurora-postgresql")
    until(status, "available")


def test_replicas(rds, db):
    with fails("InvalidDBInstanceState"):
        rds.create_db_instance_read_replica(DBInstanceIdentifier="r", SourceDBInstanceIdentifier="db")
    rds.modify_db_instance(DBInstanceIdentifier="db", BackupRetentionPeriod=1)
    rds.create_db_instance_read_replica(DBInstanceIdentifier="r", SourceDBInstanceIdentifier="db")
    assert available(rds, "r")["ReadReplicaSourceDBInstanceIdentifier"] == "db"
    assert instance(rds)["ReadReplicaDBInstanceIdentifiers"] == ["r"]
    rds.promote_read_replica(DBInstanceIdentifier="r")
    assert "ReadReplicaSourceDBInstanceIdentifier" not in available(rds, "r")
    assert instance(rds)["ReadReplicaDBInstanceIdentifiers"] == []


def test_tags_events_and_versions(rds, db, account):
    arn = f"arn:aws:rds:us-east-1:{account}:db:db"
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "b", "Value": "2"}])
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert rds.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "b", "Value": "2"}]
    events = rds.describe_events(SourceIdentifier="db", SourceType="db-instance")["Events"]
    assert "DB instance created" in [e["Message"] for e in events]
    families = {v["DBParameterGroupFamily"] for v in rds.describe_db_engine_versions(Engine="postgres")["DBEngineVersions"]}
    assert {"postgres9.3", "postgres9.6", "postgres17"} <= families
    with fails("InvalidParameterValue"):
        rds.describe_db_instances(Filters=[{"Name": "nothing", "Values": ["a"]}])


POSTGRES = pathlib.Path(os.environ.get("MAINSTAY_POSTGRES", "/usr/lib/postgresql"))
needs_postgres = pytest.mark.skipif(not (POSTGRES.is_dir() and shutil.which("psql")), reason="no PostgreSQL is installed here")


def sql(db, text, database="app", password="check-password-1"):
    end = db["Endpoint"]
    done = subprocess.run(["psql", f"host={end['Address']} port={end['Port']} user=master dbname={database} connect_timeout=5",
                           "-Atc", text], env=dict(os.environ, PGPASSWORD=password), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@needs_postgres
def test_a_real_postgresql(rds, clients):
    rds.create_db_instance(**{**SETTINGS, "DBInstanceIdentifier": "db", "Engine": "postgres", "DBName": "app", "BackupRetentionPeriod": 0})
    db = available(rds)
    sql(db, "create table t (n int); insert into t select generate_series(1, 1000)")
    assert sql(db, "select version()").startswith("PostgreSQL " + db["EngineVersion"].split(".")[0])
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="s")
    snapshot(rds, "s")
    sql(available(rds), "drop table t")
    west = clients("rds", region="us-west-2")
    west.copy_db_snapshot(SourceDBSnapshotIdentifier=rds.describe_db_snapshots()["DBSnapshots"][0]["DBSnapshotArn"],
                          TargetDBSnapshotIdentifier="copy")
    snapshot(west, "copy")
    west.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="copy")
    assert sql(available(west, "again"), "select sum(n) from t") == "500500"
    rds.modify_db_instance(DBInstanceIdentifier="db", MasterUserPassword="another-password", ApplyImmediately=True)
    assert sql(available(rds), "select 1", password="another-password") == "1"
    rds.reboot_db_instance(DBInstanceIdentifier="db")
    assert sql(available(rds), "select 2", password="another-password") == "2"
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    until(lambda: rds.describe_db_instances()["DBInstances"], [])


def test_who_may_do_what_by_class_and_tag(rds, iam, clients, db):
    """"Condition keys for Amazon RDS" (Service Authorization Reference): of the request, and of the instance that is there."""

    iam.create_user(UserName="u")
    allow = lambda action, **condition: {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": {"StringEquals": condition}}  # noqa: E731
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        allow("rds:CreateDBInstance", **{"rds:DatabaseClass": "db.t3.micro"}), allow("rds:RebootDBInstance", **{"rds:db-tag/a": "1"})]}))
    key = iam.create_access_key(UserName="u")["AccessKey"]
    mine = clients("rds", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    with fails("AccessDenied"):
        mine.create_db_instance(**{**SETTINGS, "DBInstanceIdentifier": "big", "DBInstanceClass": "db.r6g.large"})
    mine.create_db_instance(**{**SETTINGS, "DBInstanceIdentifier": "small"})
    available(rds, "small")
    with fails("AccessDenied"):
        mine.reboot_db_instance(DBInstanceIdentifier="small")
    mine.reboot_db_instance(DBInstanceIdentifier="db")
