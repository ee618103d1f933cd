"""IAM: managed policies and their versions, inline policies, attachments."""

import json

import pytest
from helpers import fails, names

READ = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
AWS_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def policy(iam):
    return iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]


def test_policy_document_comes_back(iam, policy):
    version = iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == json.loads(READ)
    assert version["IsDefaultVersion"] is True


def test_policy_must_be_json(iam):
    with fails("MalformedPolicyDocument"):
        iam.create_policy(PolicyName="p", PolicyDocument="{")


def test_versions(iam, policy):
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ, SetAsDefault=True)
    assert iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"] == "v2"
    with fails("DeleteConflict", "Cannot delete the default version of a policy.", 409):
        iam.delete_policy_version(PolicyArn=policy, VersionId="v2")
    iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
    assert names(iam.list_policy_versions(PolicyArn=policy)["Versions"], "VersionId") == ["v2"]


def test_five_versions_at_most(iam, policy):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ)
    with fails("LimitExceeded", status=409):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ)


def test_attachment(iam, policy):
    iam.create_user(UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn=policy)
    attached = iam.list_attached_user_policies(UserName="ann")["AttachedPolicies"]
    assert attached == [{"PolicyName": "read", "PolicyArn": policy}]
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    with fails("DeleteConflict", "Cannot delete a policy attached to entities.", 409):
        iam.delete_policy(PolicyArn=policy)
    with fails("DeleteConflict", "Cannot delete entity, must detach all policies first."):
        iam.delete_user(UserName="ann")
    iam.detach_user_policy(UserName="ann", PolicyArn=policy)
    iam.delete_policy(PolicyArn=policy)


def test_entities_of_a_policy(iam, policy):
    iam.create_group(GroupName="g")
    iam.attach_group_policy(GroupName="g", PolicyArn=policy)
    entities = iam.list_entities_for_policy(PolicyArn=policy)
    assert names(entities["PolicyGroups"], "GroupName") == ["g"]


def test_policies_of_aws(iam):
    policy = iam.get_policy(PolicyArn=AWS_READ_ONLY)["Policy"]
    assert policy["PolicyName"] == "ReadOnlyAccess"
    document = iam.get_policy_version(PolicyArn=AWS_READ_ONLY,
                                      VersionId=policy["DefaultVersionId"])
    assert document["PolicyVersion"]["Document"]["Statement"]


def test_unknown_policy(iam, account):
    arn = f"arn:aws:iam::{account}:policy/none"
    with fails("NoSuchEntity", status=404):
        iam.get_policy(PolicyArn=arn)


def test_scopes_of_a_list(iam, policy):
    assert names(iam.list_policies(Scope="Local")["Policies"], "Arn") == [policy]
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    assert sum(len(page["Policies"]) for page in pages) > 500


def test_inline_policies(iam):
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="in", PolicyDocument=READ)
    assert iam.list_user_policies(UserName="ann")["PolicyNames"] == ["in"]
    inline = iam.get_user_policy(UserName="ann", PolicyName="in")
    assert inline["PolicyDocument"] == json.loads(READ)
    iam.delete_user_policy(UserName="ann", PolicyName="in")
    with fails("NoSuchEntity", "The user policy with name in cannot be found.", 404):
        iam.get_user_policy(UserName="ann", PolicyName="in")
