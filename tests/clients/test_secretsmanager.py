"""Secrets Manager: secrets, their versions and stages."""

import json

import pytest
from helpers import fails, names, tags


@pytest.fixture
def secret(secretsmanager):
    return secretsmanager.create_secret(Name="app/db", SecretString="one",
                                        Tags=tags(team="ops"))["ARN"]


def value(secretsmanager, **more):
    return secretsmanager.get_secret_value(SecretId="app/db", **more)["SecretString"]


def stages(secretsmanager):
    found = secretsmanager.describe_secret(SecretId="app/db")["VersionIdsToStages"]
    return sorted(stage for all in found.values() for stage in all)


def test_a_secret(secretsmanager, secret, account):
    assert secret.startswith(f"arn:aws:secretsmanager:us-east-1:{account}:secret:app/db-")
    for id in ("app/db", secret, secret[:-7]):
        assert secretsmanager.get_secret_value(SecretId=id)["SecretString"] == "one"
    described = secretsmanager.describe_secret(SecretId="app/db")
    assert (described["Name"], described["Tags"]) == ("app/db", tags(team="ops"))
    with fails("ResourceExistsException",
               "The operation failed because the secret app/db already exists."):
        secretsmanager.create_secret(Name="app/db", SecretString="x")
    with fails("ResourceNotFoundException", "Secrets Manager can't find the specified secret."):
        secretsmanager.get_secret_value(SecretId="none")


def test_binary_secrets(secretsmanager):
    secretsmanager.create_secret(Name="b", SecretBinary=b"\x00\xff")
    assert secretsmanager.get_secret_value(SecretId="b")["SecretBinary"] == b"\x00\xff"


def test_versions_and_stages(secretsmanager, secret):
    secretsmanager.put_secret_value(SecretId=secret, SecretString="two")
    assert value(secretsmanager) == "two"
    assert value(secretsmanager, VersionStage="AWSPREVIOUS") == "one"
    secretsmanager.update_secret(SecretId=secret, SecretString="three", Description="d")
    assert value(secretsmanager, VersionStage="AWSPREVIOUS") == "two"
    assert stages(secretsmanager) == ["AWSCURRENT", "AWSPREVIOUS"]
    versions = secretsmanager.list_secret_version_ids(SecretId=secret)["Versions"]
    assert len(versions) == 2


def test_a_version_in_the_making(secretsmanager, secret):
    made = secretsmanager.put_secret_value(SecretId=secret, SecretString="new",
                                           VersionStages=["AWSPENDING"])["VersionId"]
    assert value(secretsmanager) == "one"
    assert value(secretsmanager, VersionStage="AWSPENDING") == "new"
    before = secretsmanager.get_secret_value(SecretId=secret)["VersionId"]
    with fails("InvalidParameterException"):
        secretsmanager.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=made)
    secretsmanager.update_secret_version_stage(
        SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=made,
        RemoveFromVersionId=before)
    assert value(secretsmanager) == "new"
    assert value(secretsmanager, VersionId=before) == "one"


def test_the_same_token_is_the_same_version(secretsmanager, secret):
    token = "a" * 32
    for _ in range(2):
        made = secretsmanager.put_secret_value(SecretId=secret, SecretString="x",
                                               ClientRequestToken=token)
        assert made["VersionId"] == token
    with fails("ResourceExistsException"):
        secretsmanager.put_secret_value(SecretId=secret, SecretString="y",
                                        ClientRequestToken=token)


def test_deletion_and_restoration(secretsmanager, secret):
    secretsmanager.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    with fails("InvalidRequestException", "You can't perform this operation on the secret because "
               "it was marked for deletion."):
        value(secretsmanager)
    assert secretsmanager.list_secrets()["SecretList"] == []
    with fails("InvalidRequestException"):
        secretsmanager.create_secret(Name="app/db", SecretString="x")
    secretsmanager.restore_secret(SecretId=secret)
    assert value(secretsmanager) == "one"
    secretsmanager.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    with fails("ResourceNotFoundException"):
        secretsmanager.describe_secret(SecretId=secret)
    secretsmanager.create_secret(Name="app/db", SecretString="x")


def test_lists(secretsmanager, secret):
    for n in range(3):
        secretsmanager.create_secret(Name=f"other-{n}", SecretString="x")
    found = secretsmanager.list_secrets(Filters=[{"Key": "name", "Values": ["app"]}])["SecretList"]
    assert names(found, "Name") == ["app/db"]
    found = secretsmanager.list_secrets(Filters=[{"Key": "tag-key", "Values": ["team"]}])
    assert names(found["SecretList"], "Name") == ["app/db"]
    pages = secretsmanager.get_paginator("list_secrets").paginate(
        PaginationConfig={"PageSize": 3})
    assert [len(page["SecretList"]) for page in pages] == [3, 1]


def test_tags(secretsmanager, secret):
    secretsmanager.tag_resource(SecretId=secret, Tags=tags(a="1"))
    secretsmanager.untag_resource(SecretId=secret, TagKeys=["team"])
    assert secretsmanager.describe_secret(SecretId=secret)["Tags"] == tags(a="1")


def test_under_a_key_of_ones_own(secretsmanager, kms):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    secretsmanager.create_secret(Name="k", SecretString="x", KmsKeyId=key)
    assert secretsmanager.get_secret_value(SecretId="k")["SecretString"] == "x"
    kms.disable_key(KeyId=key)
    with fails("DecryptionFailure"):
        secretsmanager.get_secret_value(SecretId="k")


def test_a_policy_lets_another_account_read(secretsmanager, secret, clients, account, kms):
    key = kms.create_key()["KeyMetadata"]
    secretsmanager.update_secret(SecretId=secret, KmsKeyId=key["Arn"], SecretString="shared")
    other = "5" + account[1:]
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{other}:root"}, "Action": "secretsmanager:GetSecretValue",
         "Resource": "*"}]}
    reader = clients("secretsmanager", access_key=other)
    with fails("AccessDeniedException"):
        reader.get_secret_value(SecretId=secret)
    secretsmanager.put_resource_policy(SecretId=secret, ResourcePolicy=json.dumps(policy))
    assert json.loads(secretsmanager.get_resource_policy(SecretId=secret)["ResourcePolicy"]) == (
        policy)
    with fails("AccessDeniedException", "Access to KMS is not allowed"):
        reader.get_secret_value(SecretId=secret)
    own = json.loads(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"])
    own["Statement"].append({"Effect": "Allow", "Principal": {"AWS": other},
                             "Action": "kms:Decrypt", "Resource": "*"})
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=json.dumps(own))
    assert reader.get_secret_value(SecretId=secret)["SecretString"] == "shared"
    secretsmanager.delete_resource_policy(SecretId=secret)
    assert "ResourcePolicy" not in secretsmanager.get_resource_policy(SecretId=secret)


def test_passwords(secretsmanager):
    password = secretsmanager.get_random_password(PasswordLength=40)["RandomPassword"]
    assert len(password) == 40
    digits = secretsmanager.get_random_password(
        ExcludeLowercase=True, ExcludeUppercase=True, ExcludePunctuation=True)["RandomPassword"]
    assert digits.isdigit() and len(digits) == 32


def test_a_secret_has_one_value(secretsmanager):
    with fails("InvalidParameterException"):
        secretsmanager.create_secret(Name="x", SecretString="a", SecretBinary=b"b")


def test_a_secret_by_cloudformation(secretsmanager, ssm, cloudformation):
    template = """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: app/db
      GenerateSecretString:
        SecretStringTemplate: '{"user": "app"}'
        GenerateStringKey: password
        ExcludePunctuation: true
  User:
    Type: AWS::SSM::Parameter
    Properties: {Name: /user, Type: String, Value: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:user}}"}
"""
    cloudformation.create_stack(StackName="s", TemplateBody=template)
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="s", WaiterConfig={"Delay": 1})
    made = json.loads(value(secretsmanager))
    assert made["user"] == "app" and len(made["password"]) == 32
    assert ssm.get_parameter(Name="/user")["Parameter"]["Value"] == "app"
    cloudformation.delete_stack(StackName="s")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="s", WaiterConfig={"Delay": 1})
    with fails("ResourceNotFoundException"):
        secretsmanager.describe_secret(SecretId="app/db")
