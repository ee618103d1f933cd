"""Single rules of Parameter Store, Secrets Manager and KMS; where no page is named the answers are recorded on AWS."""

import json
import urllib.request

import pytest
from helpers import fails

TOKEN = "0" * 31 + "1"


def test_a_slash_before_a_name_is_no_other_name(ssm, account):
    ssm.put_parameter(Name="w", Value="1", Type="String")
    with fails("ParameterAlreadyExists"):
        ssm.put_parameter(Name="/w", Value="2", Type="String")
    ssm.put_parameter(Name="/w", Value="2", Overwrite=True)
    for name in ["w", "/w", f"arn:aws:ssm:us-east-1:{account}:parameter/w", "/w:2"]:
        assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "2"
    assert len(ssm.describe_parameters()["Parameters"]) == 1
    ssm.put_parameter(Name="/a/w", Value="3", Type="String")  # a path is a name of its own
    assert ssm.get_parameter(Name="w")["Parameter"]["Value"] == "2"
    ssm.delete_parameter(Name="/w")
    with fails("ParameterNotFound"):
        ssm.get_parameter(Name="w")


def test_secrets_by_reference(ssm, secretsmanager):
    """"Referencing AWS Secrets Manager secrets from Parameter Store parameters", SSM user guide."""
    secretsmanager.create_secret(Name="team/s", SecretString="tresor")
    name = "/aws/reference/secretsmanager/team/s"
    found = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (found["Name"], found["Value"], found["Type"], found["Version"]) == (name, "tresor", "SecureString", 0)
    assert json.loads(found["SourceResult"])["Name"] == "team/s"
    assert ssm.get_parameters(Names=[name, name + "x"], WithDecryption=True)["InvalidParameters"] == [name + "x"]
    with fails("ValidationException", "WithDecryption flag must be True for retrieving a Secret Manager secret."):
        ssm.get_parameter(Name=name)
    with fails("ParameterNotFound"):
        ssm.get_parameter(Name=name + "x", WithDecryption=True)


def test_the_same_request_makes_one_secret(secretsmanager):
    ask = {"Name": "s", "SecretString": "x", "ClientRequestToken": TOKEN}
    first = secretsmanager.create_secret(**ask)
    again = secretsmanager.create_secret(**ask)
    assert (again["ARN"], again["VersionId"]) == (first["ARN"], TOKEN)
    with fails("ResourceExistsException"):
        secretsmanager.create_secret(**{**ask, "SecretString": "y"})
    assert secretsmanager.put_secret_value(SecretId="s", SecretString="x", ClientRequestToken=TOKEN)["VersionId"] == TOKEN
    with fails("ResourceExistsException"):
        secretsmanager.put_secret_value(SecretId="s", SecretString="y", ClientRequestToken=TOKEN)


def stages(secretsmanager):
    versions = secretsmanager.list_secret_version_ids(SecretId="s")["Versions"]
    assert all(v["KmsKeyIds"] == ["DefaultEncryptionKey"] for v in versions)
    return {v["VersionId"]: v["VersionStages"] for v in versions}


def test_a_pending_version_that_becomes_current(secretsmanager):
    first = secretsmanager.create_secret(Name="s", SecretString="1")["VersionId"]
    second = secretsmanager.put_secret_value(SecretId="s", SecretString="2", VersionStages=["AWSPENDING"])["VersionId"]
    secretsmanager.update_secret_version_stage(SecretId="s", VersionStage="AWSCURRENT", MoveToVersionId=second, RemoveFromVersionId=first)
    assert stages(secretsmanager) == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT", "AWSPENDING"]}
    third = secretsmanager.put_secret_value(SecretId="s", SecretString="3")["VersionId"]
    assert stages(secretsmanager) == {second: ["AWSPREVIOUS"], third: ["AWSCURRENT"]}
    fourth = secretsmanager.put_secret_value(SecretId="s", SecretString="4", VersionStages=["two", "one"])
    assert fourth["VersionStages"] == ["one", "two"]


def test_empty_members_are_left_out(secretsmanager):
    secretsmanager.create_secret(Name="s")
    described = secretsmanager.describe_secret(SecretId="s")
    assert set(described) == {"ARN", "Name", "CreatedDate", "LastChangedDate", "ResponseMetadata"}


def test_forced_deletion_of_what_is_not_there(secretsmanager):
    answer = secretsmanager.delete_secret(SecretId="nothing", ForceDeleteWithoutRecovery=True)
    assert answer["Name"] == "nothing" and "DeletionDate" in answer
    with fails("ResourceNotFoundException"):
        secretsmanager.delete_secret(SecretId="nothing")


def test_a_value_without_a_token(endpoint, account):
    """Clients' libraries make a token by themselves; whoever has none is told so."""
    auth = f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0"
    request = urllib.request.Request(endpoint, data=b'{"Name": "s", "SecretString": "x"}', headers={
        "X-Amz-Target": "secretsmanager.CreateSecret", "Content-Type": "application/x-amz-json-1.1", "Authorization": auth})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    assert "You must provide a ClientRequestToken value. We recommend a UUID-type value." in caught.value.read().decode()


def test_what_a_key_that_waits_for_its_deletion_still_does(kms, iam):
    """"Key states of AWS KMS keys", developer guide."""
    who = iam.create_user(UserName="u")["User"]["Arn"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    grant = kms.create_grant(KeyId=key, GranteePrincipal=who, Operations=["Encrypt"])["GrantId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert len(kms.list_grants(KeyId=key)["Grants"]) == 1
    kms.put_key_policy(KeyId=key, Policy=kms.get_key_policy(KeyId=key)["Policy"])
    kms.revoke_grant(KeyId=key, GrantId=grant)
    for call in [lambda: kms.encrypt(KeyId=key, Plaintext=b"x"), lambda: kms.create_grant(KeyId=key, GranteePrincipal=who, Operations=["Encrypt"]), lambda: kms.enable_key(KeyId=key)]:
        with fails("KMSInvalidStateException"):
            call()
