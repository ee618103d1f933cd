"""The App blueprint's task role, built by `mainstay up` and used through boto3: it makes and writes its
own tables and objects, and nothing else, however it asks."""

import os
import pathlib
import subprocess

import pytest
from helpers import fails

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))


def up(endpoint, account, folder, config):
    (folder / "apps.yaml").write_text(config)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test"}
    return subprocess.run([MAINSTAY, "up", "--endpoint", endpoint, "-r", "us-east-1", "apps.yaml"],
                          cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def session(clients, endpoint, account, tmp_path):
    """Clients of a session of dev-api's task role, made by the blueprint."""
    done = up(endpoint, account, tmp_path, f"""
namespace: ""
stacks:
  - name: dev-api-role
    class_path: mainstay.app.App
    variables:
      App: api
      Environment: dev
      OtherApps: [api-admin]
      Overlap: exclude
      Buckets: [data-{account}]
""")
    assert done.returncode == 0, done.stdout + done.stderr
    role = clients("iam").get_role(RoleName="dev-api-task")["Role"]["Arn"]
    keys = clients("sts").assume_role(RoleArn=role, RoleSessionName="task-1")["Credentials"]

    def client(service):
        return clients(service, access_key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
                       token=keys["SessionToken"])

    return client


def make_table(dynamodb, name):
    dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])


def denied(account, action, table, reason):
    return fails("AccessDeniedException",
                 f"User: arn:aws:sts::{account}:assumed-role/dev-api-task/task-1 is not authorized "
                 f"to perform: dynamodb:{action} on resource: arn:aws:dynamodb:us-east-1:{account}:"
                 f"table/{table} {reason}", 400)


def test_its_own_tables(session):
    dynamodb = session("dynamodb")
    make_table(dynamodb, "dev-api-orders")
    dynamodb.put_item(TableName="dev-api-orders", Item={"id": {"S": "1"}, "n": {"N": "5"}})
    assert dynamodb.get_item(TableName="dev-api-orders", Key={"id": {"S": "1"}})["Item"]["n"] == {"N": "5"}
    dynamodb.update_table(TableName="dev-api-orders", DeletionProtectionEnabled=True)
    assert dynamodb.scan(TableName="dev-api-orders")["Count"] == 1


def test_no_table_is_deleted(session, account):
    dynamodb = session("dynamodb")
    make_table(dynamodb, "dev-api-orders")
    with denied(account, "DeleteTable", "dev-api-orders",
                "with an explicit deny in an identity-based policy"):
        dynamodb.delete_table(TableName="dev-api-orders")
    dynamodb.describe_table(TableName="dev-api-orders")


def test_other_prefixes(session, clients, account):
    owner, dynamodb = clients("dynamodb"), session("dynamodb")
    for name in ("prod-api-orders", "dev-web-orders", "dev-apiary-x", "dev-api-admin-users"):
        make_table(owner, name)
        reason = ("with an explicit deny in an identity-based policy" if "admin" in name else
                  "because no identity-based policy allows the dynamodb:GetItem action")
        with denied(account, "GetItem", name, reason):
            dynamodb.get_item(TableName=name, Key={"id": {"S": "1"}})
    with fails("AccessDeniedException"):
        make_table(dynamodb, "prod-api-x")
    with fails("AccessDeniedException"):
        dynamodb.list_tables()


def test_its_part_of_a_bucket(session, clients, account):
    bucket = f"data-{account}"
    clients("s3").create_bucket(Bucket=bucket)
    s3 = session("s3")
    s3.put_object(Bucket=bucket, Key="dev/api/k", Body=b"x")
    assert s3.list_objects_v2(Bucket=bucket, Prefix="dev/api/")["KeyCount"] == 1
    for refused in (lambda: s3.put_object(Bucket=bucket, Key="dev/web/k", Body=b"x"),
                    lambda: s3.list_objects_v2(Bucket=bucket),
                    lambda: s3.delete_bucket(Bucket=bucket),
                    lambda: s3.get_bucket_policy(Bucket=bucket)):
        with fails("AccessDenied"):
            refused()


def test_it_cannot_change_what_it_may_do(session, account):
    iam = session("iam")
    with fails("AccessDenied"):
        iam.put_role_policy(RoleName="dev-api-task", PolicyName="more", PolicyDocument="{}")
    with fails("AccessDenied"):
        session("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/dev-api-task",
                                   RoleSessionName="again")


def test_a_name_that_reaches_anothers_is_refused(endpoint, account, tmp_path):
    done = up(endpoint, account, tmp_path, """
namespace: ""
stacks:
  - name: dev-api-role
    class_path: mainstay.app.App
    variables: {App: api, Environment: dev, OtherApps: [api-admin]}
""")
    assert done.returncode != 0
    assert "dev-api-*, reach those of api-admin, dev-api-admin-*" in done.stdout + done.stderr
