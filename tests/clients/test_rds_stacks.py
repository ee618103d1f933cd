"""RDS in CloudFormation: stacks wait for databases, change them, and keep a last snapshot of what goes."""

import json

import pytest
from test_rds import needs_postgres, sql, until

DB = {"Type": "AWS::RDS::DBInstance", "Properties": {
    "Engine": "mysql", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20", "MasterUsername": "master",
    "MasterUserPassword": "check-password-1", "DBName": "app", "Tags": [{"Key": "team", "Value": "a"}]}}
OUT = {"Url": {"Value": {"Fn::Sub": "${Db.Endpoint.Address}:${Db.Endpoint.Port}"}}}


def template(outputs=OUT, **resources):
    return json.dumps({"Resources": resources, "Outputs": outputs})


def changed(db, **properties):
    return {**db, "Properties": {**db["Properties"], **properties}}


@pytest.fixture
def up(cloudformation):
    def make(body, update=False):
        if update:
            cloudformation.update_stack(StackName="s", TemplateBody=body)
        else:
            cloudformation.create_stack(StackName="s", TemplateBody=body)
        stack = lambda: cloudformation.describe_stacks(StackName="s")["Stacks"][0]  # noqa: E731
        until(lambda: stack()["StackStatus"].endswith("PROGRESS"), False)
        events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
        assert stack()["StackStatus"] == ("UPDATE_COMPLETE" if update else "CREATE_COMPLETE"), [
            e.get("ResourceStatusReason") for e in events if "FAILED" in e["ResourceStatus"]]
        return {o["OutputKey"]: o["OutputValue"] for o in stack().get("Outputs", [])}
    return make


@pytest.fixture
def down(cloudformation):
    def remove():
        stack_id = cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName="s")
        until(lambda: cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"], "DELETE_COMPLETE")
    return remove


def test_a_database_is_made_changed_and_deleted_with_a_last_snapshot(rds, up, down):
    group = {"Type": "AWS::RDS::DBParameterGroup", "Properties": {
        "Family": "mysql8.4", "Description": "d", "Parameters": {"max_connections": "10", "slow_query_log": "1"}}}
    url = up(template(Db=changed(DB, DBParameterGroupName={"Ref": "Group"}), Group=group))["Url"]
    db, = rds.describe_db_instances()["DBInstances"]
    assert url == f"{db['Endpoint']['Address']}:3306" and db["DBInstanceStatus"] == "available"
    tags = {t["Key"]: t["Value"] for t in db["TagList"]}
    assert tags["team"] == "a" and tags["aws:cloudformation:logical-id"] == "Db"
    name = db["DBParameterGroups"][0]["DBParameterGroupName"]
    assert {p["ParameterName"] for p in rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]} == {"max_connections", "slow_query_log"}
    up(template(Db=changed(DB, DBParameterGroupName={"Ref": "Group"}, AllocatedStorage="40"), Group=group), update=True)
    again, = rds.describe_db_instances()["DBInstances"]
    assert (again["DbiResourceId"], again["AllocatedStorage"]) == (db["DbiResourceId"], 40)
    down()
    last, = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert last["DBInstanceIdentifier"] == db["DBInstanceIdentifier"] and last["Status"] == "available"
    assert rds.describe_db_instances()["DBInstances"] == [] and rds.describe_db_parameter_groups()["DBParameterGroups"] == []


def test_a_policy_says_that_nothing_is_kept(rds, up, down):
    up(template(Db={**DB, "DeletionPolicy": "Delete"}))
    down()
    assert rds.describe_db_snapshots()["DBSnapshots"] == []


def test_what_rds_refuses_is_the_stacks_reason(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=template(Db=changed(DB, MasterUserPassword="short")))
    until(lambda: cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"], "ROLLBACK_COMPLETE")
    reasons = [e.get("ResourceStatusReason", "") for e in cloudformation.describe_stack_events(StackName="s")["StackEvents"]]
    assert any("shorter than 8 characters" in r for r in reasons)


def test_a_cluster_with_an_instance(rds, up, down):
    cluster = {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Delete", "Properties": {
        "Engine": "aurora-postgresql", "MasterUsername": "master", "MasterUserPassword": "check-password-1"}}
    member = {"Type": "AWS::RDS::DBInstance", "Properties": {
        "Engine": "aurora-postgresql", "DBInstanceClass": "db.r6g.large", "DBClusterIdentifier": {"Ref": "Cluster"}}}
    out = {"Writer": {"Value": {"Fn::GetAtt": "Cluster.Endpoint.Address"}}, "Reader": {"Value": {"Fn::GetAtt": "Cluster.ReadEndpoint.Address"}}}
    found = up(template(out, Cluster=cluster, Member=member))
    assert ".cluster-" in found["Writer"] and ".cluster-ro-" in found["Reader"]
    assert len(rds.describe_db_clusters()["DBClusters"][0]["DBClusterMembers"]) == 1
    down()
    assert rds.describe_db_clusters()["DBClusters"] == []


@needs_postgres
def test_a_real_database_goes_on_from_a_snapshot(rds, up, down):
    postgres = changed(DB, Engine="postgres", DBInstanceIdentifier="first", BackupRetentionPeriod=0)
    up(template(Db=postgres))
    sql(rds.describe_db_instances()["DBInstances"][0], "create table t as select generate_series(1, 10) n")
    down()
    last, = rds.describe_db_snapshots()["DBSnapshots"]
    restored = {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": {
        "DBSnapshotIdentifier": last["DBSnapshotIdentifier"], "DBInstanceClass": "db.t3.micro", "BackupRetentionPeriod": 0}}
    up(template({}, Db=restored))
    assert sql(rds.describe_db_instances()["DBInstances"][0], "select sum(n) from t") == "55"
    down()
