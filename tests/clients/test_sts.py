"""STS: who I am, and who I may become."""

import json

import pytest
from helpers import fails


@pytest.fixture
def role(iam, account):
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]}
    return iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def session(clients, service, credentials):
    return clients(service, access_key=credentials["AccessKeyId"],
                   secret=credentials["SecretAccessKey"], token=credentials["SessionToken"])


def test_root_of_the_account(sts, account):
    identity = sts.get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:iam::{account}:root"


def test_assumed_role(sts, role, clients, account):
    answer = sts.assume_role(RoleArn=role, RoleSessionName="me")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/r/me"
    became = session(clients, "sts", answer["Credentials"]).get_caller_identity()
    assert became["Arn"] == f"arn:aws:sts::{account}:assumed-role/r/me"


def test_role_of_another_account(role, clients, account):
    other = clients("sts", access_key="333333333333")
    with fails("AccessDenied", "User: arn:aws:iam::333333333333:root is not authorized to perform: "
               f"sts:AssumeRole on resource: {role} because no role trust policy allows the "
               "sts:AssumeRole action", 403):
        other.assume_role(RoleArn=role, RoleSessionName="me")
    iam = clients("iam")
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                "Principal": {"AWS": "333333333333"}}]}))
    iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    answer = other.assume_role(RoleArn=role, RoleSessionName="me")
    s3 = session(clients, "s3", answer["Credentials"])
    s3.create_bucket(Bucket=f"by-role-{account}")
    own = clients("s3").list_buckets()["Buckets"]
    assert [b["Name"] for b in own] == [f"by-role-{account}"]


def test_session_without_its_token(sts, role, clients):
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    credentials["SessionToken"] = None
    with fails("InvalidClientTokenId", "The security token included in the request is invalid."):
        session(clients, "sts", credentials).get_caller_identity()


def test_unknown_role(sts, account):
    arn = f"arn:aws:iam::{account}:role/none"
    with fails("AccessDenied", f"User: arn:aws:iam::{account}:root is not authorized to perform: "
               f"sts:AssumeRole on resource: {arn}", 403):
        sts.assume_role(RoleArn=arn, RoleSessionName="me")


def test_longer_than_the_role_allows(sts, role):
    with fails("ValidationError",
               "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."):
        sts.assume_role(RoleArn=role, RoleSessionName="me", DurationSeconds=7200)


def test_session_token(sts, clients, account):
    credentials = sts.get_session_token()["Credentials"]
    identity = session(clients, "sts", credentials).get_caller_identity()
    assert identity["Account"] == account


def test_account_of_an_access_key(sts, iam, account):
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=key)["Account"] == account


def test_input_is_validated_by_the_model(clients):
    unchecked = clients("sts", parameter_validation=False)
    with fails("ValidationError",
               "2 validation errors detected: Value 'short' at 'roleArn' failed to satisfy "
               "constraint: Member must have length greater than or equal to 20; Value 's' at "
               "'roleSessionName' failed to satisfy constraint: Member must have length greater "
               "than or equal to 2"):
        unchecked.assume_role(RoleArn="short", RoleSessionName="s")
