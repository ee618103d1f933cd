"""Rights that nobody gains by a detour: grants of grants, change sets of others, presigned URLs with more headers, chained roles,
boundaries that are deleted, secrets in what is recorded, policies of any size."""

import json
import os
import subprocess
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config
from conftest import REGION, ROOT
from guarded_support import delete_user, document, keys_of, make_role, make_user, trust
from helpers import fails, names

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize("given, allowed", [
    ({"Operations": ["Encrypt"], "Constraints": {"EncryptionContextSubset": {"a": "1"}}}, True),
    ({"Operations": ["Encrypt"], "Constraints": {"EncryptionContextSubset": {"a": "1", "b": "2"}}}, True),
    ({"Operations": ["Encrypt"], "Constraints": {"EncryptionContextEquals": {"a": "1"}}}, True),
    ({"Operations": ["Decrypt"], "Constraints": {"EncryptionContextSubset": {"a": "1"}}}, False),
    ({"Operations": ["Encrypt", "Decrypt"], "Constraints": {"EncryptionContextSubset": {"a": "1"}}}, False),
    ({"Operations": ["Encrypt"], "Constraints": {"EncryptionContextSubset": {"a": "2"}}}, False),
    ({"Operations": ["Encrypt"]}, False)])
def test_a_grantee_gives_no_more_than_it_has(clients, kms, given, allowed):
    """"Grants in AWS KMS", developer guide: "can't permit more operations or be less restrictive than the parent"."""
    arn, ann = make_user(clients, "ann")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["CreateGrant", "Encrypt"], Constraints={"EncryptionContextSubset": {"a": "1"}})
    own = ann("kms")
    give = {"KeyId": kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"], "GranteePrincipal": arn, **given}
    if allowed:
        own.create_grant(**give)
        return
    with fails("AccessDeniedException"):
        own.create_grant(**give)


def test_constraints_hold_for_what_has_a_context(clients, kms):
    arn, ann = make_user(clients, "ann")
    key, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    for one in (key, other):
        kms.create_grant(KeyId=one, GranteePrincipal=arn, Operations=["DescribeKey", "ReEncryptFrom", "ReEncryptTo", "Encrypt"],
                         Constraints={"EncryptionContextEquals": {"a": "1"}})
    own = ann("kms")
    own.describe_key(KeyId=key)
    sealed = own.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"a": "1"})["CiphertextBlob"]
    move = {"CiphertextBlob": sealed, "SourceEncryptionContext": {"a": "1"}, "DestinationKeyId": other}
    own.re_encrypt(**move, DestinationEncryptionContext={"a": "1"})
    with fails("AccessDeniedException"):
        own.re_encrypt(**move, DestinationEncryptionContext={"a": "2"})


TOPIC = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "made"}}}})


def test_a_change_set_runs_with_the_rights_of_who_executes_it(clients, cloudformation):
    _, maker = make_user(clients, "maker")
    _, runner = make_user(clients, "runner")
    clients("iam").put_user_policy(UserName="maker", PolicyName="p", PolicyDocument=policy(ALL))
    clients("iam").put_user_policy(UserName="runner", PolicyName="p", PolicyDocument=policy({**ALL, "Action": "cloudformation:*"}))
    maker("cloudformation").create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=TOPIC)
    cloudformation.get_waiter("change_set_create_complete").wait(StackName="s", ChangeSetName="c", WaiterConfig={"Delay": 1})
    runner("cloudformation").execute_change_set(StackName="s", ChangeSetName="c")
    with pytest.raises(Exception, match="ROLLBACK|Waiter"):
        cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    reasons = [e.get("ResourceStatusReason", "") for e in cloudformation.describe_stack_events(StackName="s")["StackEvents"]]
    assert any("user/runner is not authorized to perform: SNS:CreateTopic" in r or "user/runner is not authorized to perform: sns:CreateTopic" in r for r in reasons), reasons


def put(url, **headers):
    request = urllib.request.Request(url, data=b"x", method="PUT", headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=10).status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("header", ["x-amz-acl", "x-amz-copy-source", "x-amz-tagging", "x-amz-storage-class", "x-amz-meta-a"])
@pytest.mark.parametrize("kind", ["user", "test key"])
def test_a_presigned_url_obeys_what_it_has_signed(clients, s3, bucket, header, kind):
    make = clients
    if kind == "user":
        _, make = make_user(clients, "ann")
        clients("iam").put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=policy(ALL))
    own = make("s3", s3={"addressing_style": "path"}, signature_version="s3v4")
    url = own.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    status, text = put(url, **{header: f"{bucket}/other"})
    assert status == 403
    assert "<Code>AccessDenied</Code>" in text and "There were headers present in the request which were not signed" in text
    assert f"<HeadersNotSigned>{header}</HeadersNotSigned>" in text
    with fails("404"):
        s3.head_object(Bucket=bucket, Key="k")
    assert put(url)[0] == 200
    url = own.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k", "ACL": "bucket-owner-full-control"})
    assert put(url, **{"x-amz-acl": "bucket-owner-full-control"})[0] == 200


def test_a_presigned_url_of_the_older_kind_too(s3, bucket):
    """boto3's default: Signature Version 2, whose x-amz- headers are signed as well."""
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    assert "AWSAccessKeyId=" in url
    status, text = put(url, **{"x-amz-copy-source": f"{bucket}/other"})
    assert status == 403 and "<Code>SignatureDoesNotMatch</Code>" in text
    assert put(url)[0] == 200
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k", "ACL": "bucket-owner-full-control"})
    assert put(url, **{"x-amz-acl": "bucket-owner-full-control"})[0] == 200
    assert put(url, **{"x-amz-acl": "public-read"})[0] == 403


def test_an_accounts_owner_has_sessions_of_an_hour(sts):
    """GetSessionToken, GetFederationToken, STS API reference."""
    import datetime
    now = datetime.datetime.now(datetime.timezone.utc)
    for made in [sts.get_session_token(DurationSeconds=43200), sts.get_session_token(), sts.get_federation_token(Name="fed", DurationSeconds=43200)]:
        assert made["Credentials"]["Expiration"] - now < datetime.timedelta(seconds=3700)


def test_a_chained_role_lasts_an_hour(clients, account, iam):
    """"Roles terms and concepts: role chaining", IAM user guide."""
    arn, session = make_role(clients, "first")
    iam.put_role_policy(RoleName="first", PolicyName="p", PolicyDocument=policy(ALL))
    iam.create_role(RoleName="second", MaxSessionDuration=43200, AssumeRolePolicyDocument=trust({"AWS": arn}))
    ask = {"RoleArn": f"arn:aws:iam::{account}:role/second", "RoleSessionName": "session"}
    session("sts").assume_role(**ask, DurationSeconds=3600)
    with fails("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."):
        session("sts").assume_role(**ask, DurationSeconds=3601)
    _, ann = make_user(clients, "ann")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=policy(ALL))
    iam.update_assume_role_policy(RoleName="second", PolicyDocument=trust({"AWS": account}))
    ann("sts").assume_role(**ask, DurationSeconds=43200)


def test_a_policy_that_is_a_boundary(clients, iam, account):
    arn = iam.create_policy(PolicyName="bounds", PolicyDocument=policy(ALL))["Policy"]["Arn"]
    iam.create_user(UserName="ann", PermissionsBoundary=arn)
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust({"AWS": account}))
    iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=arn)
    iam.attach_role_policy(RoleName="app", PolicyArn=arn)
    shown = iam.get_policy(PolicyArn=arn)["Policy"]
    assert (shown["PermissionsBoundaryUsageCount"], shown["AttachmentCount"]) == (2, 1)
    entities = iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")
    assert names(entities["PolicyUsers"], "UserName") == ["ann"] and names(entities["PolicyRoles"], "RoleName") == ["app"]
    entities = iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsPolicy")
    assert entities["PolicyUsers"] == [] and names(entities["PolicyRoles"], "RoleName") == ["app"]
    everyone = iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn, PaginationConfig={"PageSize": 1}).build_full_result()
    assert names(everyone["PolicyUsers"], "UserName") == ["ann"] and names(everyone["PolicyRoles"], "RoleName") == ["app"]
    listed = iam.get_paginator("list_policies").paginate(PolicyUsageFilter="PermissionsBoundary").build_full_result()["Policies"]
    assert names(listed, "Arn") == [arn]
    iam.detach_role_policy(RoleName="app", PolicyArn=arn)
    iam.delete_role_permissions_boundary(RoleName="app")
    with fails("DeleteConflict", "Cannot delete a policy attached to entities.", 409):
        iam.delete_policy(PolicyArn=arn)
    delete_user(iam, "ann")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["PermissionsBoundaryUsageCount"] == 0
    iam.delete_policy(PolicyArn=arn)
    with fails("NoSuchEntity"):
        iam.create_user(UserName="ben", PermissionsBoundary=arn)


SECRETIVE = {"Parameters": {"Password": {"Type": "String", "NoEcho": True}, "List": {"Type": "CommaDelimitedList", "NoEcho": True}, "Open": {"Type": "String", "Default": "seen"}},
             "Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::Sub": "user:${Password}"}, "Description": {"Ref": "Open"}}},
                           "Q": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "StringList", "Value": {"Fn::Join": [",", {"Ref": "List"}]}}},
                           "R": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "{{resolve:secretsmanager:s}}"}}}}


def test_what_is_not_to_be_echoed_is_nowhere(clients, cloudformation, cloudtrail, ssm, secretsmanager):
    secretsmanager.create_secret(Name="s", SecretString="tresor-3")
    parameters = [{"ParameterKey": "Password", "ParameterValue": "tresor-1"}, {"ParameterKey": "List", "ParameterValue": "tresor-2,b"}]
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(SECRETIVE), Parameters=parameters)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    assert "user:tresor-1" in [p["Value"] for p in ssm.get_parameters_by_path(Path="/", Recursive=True)["Parameters"]]
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert not [e for e in events if "tresor" in str(e)]
    shown = [json.loads(e["ResourceProperties"]) for e in events if e["LogicalResourceId"] == "P" and e.get("ResourceProperties")]
    assert {"user:****"} == {p["Value"] for p in shown} and {"seen"} == {p["Description"] for p in shown}
    records = cloudtrail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateStack"}])["Events"]
    assert len(records) == 1 and "tresor" not in str(records) and "Password" in str(records)


def test_what_is_not_to_be_echoed_is_in_no_plan_and_no_drift(cloudformation, ssm, secretsmanager):
    secretsmanager.create_secret(Name="s", SecretString="tresor-3")

    def parameters(n):
        return [{"ParameterKey": "Password", "ParameterValue": f"tresor-{n}"}, {"ParameterKey": "List", "ParameterValue": "tresor-2,b"},
                {"ParameterKey": "Open", "ParameterValue": f"open-{n}"}]

    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(SECRETIVE), Parameters=parameters(1))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=json.dumps(SECRETIVE), Parameters=parameters(9))
    cloudformation.get_waiter("change_set_create_complete").wait(StackName="s", ChangeSetName="c", WaiterConfig={"Delay": 1})
    plan = cloudformation.describe_change_set(StackName="s", ChangeSetName="c", IncludePropertyValues=True)
    assert "tresor" not in str(plan) and "open-9" in str(plan)
    targets = {d["Target"]["Name"]: d["Target"] for c in plan["Changes"] for d in c["ResourceChange"]["Details"]}
    assert (targets["Value"]["BeforeValue"], targets["Value"]["AfterValue"]) == ("****", "****")
    name = next(r["PhysicalResourceId"] for r in cloudformation.describe_stack_resources(StackName="s")["StackResources"] if r["LogicalResourceId"] == "P")
    ssm.put_parameter(Name=name, Value="other-tresor", Overwrite=True)
    drift = cloudformation.detect_stack_resource_drift(StackName="s", LogicalResourceId="P")["StackResourceDrift"]
    assert drift["StackResourceDriftStatus"] == "MODIFIED" and "tresor" not in str(drift)


def test_policies_have_a_size(s3, bucket, kms, secretsmanager, sqs, sns, account):
    def long(size, **more):
        return document({"AWS": account}, "s3:GetObject", "*", Condition={"StringEquals": {"aws:username": ["u" * 100] * (size // 103)}}, **more)

    with fails("MalformedPolicy", "Policy exceeds the maximum allowed document size.", 400):
        s3.put_bucket_policy(Bucket=bucket, Policy=long(21_000))
    with fails("LimitExceededException"):
        kms.create_key(Policy=long(33_000))
    secretsmanager.create_secret(Name="s", SecretString="x")
    with pytest.raises(Exception, match="length|size"):
        secretsmanager.put_resource_policy(SecretId="s", ResourcePolicy=long(21_000))
    with fails("InvalidAttributeValue"):
        sqs.create_queue(QueueName="q", Attributes={"Policy": long(9_000)})
    with fails("InvalidParameter"):
        sns.create_topic(Name="t", Attributes={"Policy": long(31_000)})


def test_secrets_block_public_policies(secretsmanager):
    secretsmanager.create_secret(Name="s", SecretString="x")
    anyone = document("*", "secretsmanager:GetSecretValue")
    with fails("PublicPolicyException"):
        secretsmanager.put_resource_policy(SecretId="s", ResourcePolicy=anyone, BlockPublicPolicy=True)
    assert "ResourcePolicy" not in secretsmanager.get_resource_policy(SecretId="s")
    secretsmanager.put_resource_policy(SecretId="s", ResourcePolicy=anyone)


def serve(**environment):
    binary = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
    process = subprocess.Popen([binary, "cloud", "serve", "--memory", "--port", "0", "--strict"], stdout=subprocess.PIPE, text=True,
                               env={**os.environ, **environment})
    return process, process.stdout.readline().split(" at ")[1].split(" ")[0]


@pytest.mark.parametrize("secret", ["", "right"])
def test_a_strict_cloud_knows_its_roots_by_their_secret(secret):
    process, url = serve(MAINSTAY_ROOT_SECRET=secret)
    try:
        def sts(key, own):
            return boto3.client("sts", endpoint_url=url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=own,
                                config=Config(retries={"total_max_attempts": 1}))
        if secret:
            assert sts("111122223333", "right").get_caller_identity()["Account"] == "111122223333"
        for key, own in [("111122223333", "wrong"), ("test", "right"), ("test", "test"), *([] if secret else [("111122223333", "")])]:
            if own:
                with pytest.raises(Exception, match="SignatureDoesNotMatch|InvalidClientTokenId"):
                    sts(key, own).get_caller_identity()
    finally:
        process.terminate()
        process.wait()
