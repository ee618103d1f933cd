"""IAM: managed policies and their versions, inline policies, attachments."""

import json

import pytest
from helpers import fails, names

READ = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
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


@pytest.mark.parametrize("sids, words", [
    (["a", "b", "a"], "Statement IDs (SID) in a single policy must be unique."),
    (["with space"], "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
     "expression [0-9A-Za-z]*"),
    (["a", "", "", "A", "1", None, None], None)], ids=["twice", "space", "good"])
def test_sids(iam, policy, sids, words):
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **({} if sid is None else {"Sid": sid})}
        for sid in sids]})
    iam.create_user(UserName="u")
    for store in (lambda: iam.create_policy(PolicyName="other", PolicyDocument=document),
                  lambda: iam.create_policy_version(PolicyArn=policy, PolicyDocument=document),
                  lambda: iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=document)):
        if words is None:
            store()
        else:
            with fails("MalformedPolicyDocument", words, 400):
                store()


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


def details(iam, **settings):
    """Every page of GetAccountAuthorizationDetails, joined."""
    pages = iam.get_paginator("get_account_authorization_details").paginate(**settings)
    return pages.build_full_result()


def test_authorization_details(iam, policy):
    iam.create_user(UserName="ann", PermissionsBoundary=policy)
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="ann")
    iam.put_group_policy(GroupName="ops", PolicyName="inline", PolicyDocument=READ)
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="app", PolicyArn=AWS_READ_ONLY)
    iam.create_instance_profile(InstanceProfileName="host")
    iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="app")
    found = details(iam)
    (ann,), (ops,), (app,) = (found[k] for k in ("UserDetailList", "GroupDetailList", "RoleDetailList"))
    assert ann["GroupList"] == ["ops"]
    assert ann["PermissionsBoundary"]["PermissionsBoundaryArn"] == policy
    assert ops["GroupPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": json.loads(READ)}]
    assert app["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert names(app["AttachedManagedPolicies"], "PolicyArn") == [AWS_READ_ONLY]
    assert names(app["InstanceProfileList"], "InstanceProfileName") == ["host"]
    assert sorted(names(found["Policies"], "Arn")) == sorted([AWS_READ_ONLY, policy])
    versions = next(p for p in found["Policies"] if p["Arn"] == policy)["PolicyVersionList"]
    assert versions[0]["Document"] == json.loads(READ)


def test_authorization_details_in_pages_and_by_filter(iam):
    for number in range(5):
        iam.create_user(UserName=f"u{number}")
        iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=TRUST)
    found = details(iam, PaginationConfig={"PageSize": 3})
    assert names(found["UserDetailList"], "UserName") == [f"u{n}" for n in range(5)]
    assert names(found["RoleDetailList"], "RoleName") == [f"r{n}" for n in range(5)]
    only = details(iam, Filter=["Role"])
    assert len(only["RoleDetailList"]) == 5 and not only["UserDetailList"]
    with fails("ValidationError", "Invalid Marker."):
        iam.get_account_authorization_details(Marker="nonsense")


def test_quotas_of_an_entity(iam):
    """IAM user guide, "IAM and AWS STS quotas": in all 2,048 characters of inline policies, white space
    not counted, and ten managed policies."""
    def document(size):
        return json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::" + "x" * size}]}, indent=40)

    iam.create_user(UserName="u")
    iam.put_user_policy(UserName="u", PolicyName="a", PolicyDocument=document(900))
    with fails("LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user u", 409):
        iam.put_user_policy(UserName="u", PolicyName="b", PolicyDocument=document(1000))
    iam.put_user_policy(UserName="u", PolicyName="a", PolicyDocument=document(1900))
    arns = [iam.create_policy(PolicyName=f"p{i}", PolicyDocument=document(1))["Policy"]["Arn"]
            for i in range(11)]
    for arn in arns[:10]:
        iam.attach_user_policy(UserName="u", PolicyArn=arn)
    iam.attach_user_policy(UserName="u", PolicyArn=arns[0])
    with fails("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10", 409):
        iam.attach_user_policy(UserName="u", PolicyArn=arns[10])


def sized(size, **statement):
    """A policy of this many characters without white space, and many with it."""
    def document(filler):
        return {"Version": "2012-10-17", "Statement": [
            {"Sid": "x" * filler, "Effect": "Allow", **statement}]}

    empty = len(json.dumps(document(0), separators=(",", ":")))
    return json.dumps(document(size - empty), indent=100)


def test_size_of_a_managed_policy(iam):
    """IAM user guide, "IAM and AWS STS quotas": 6,144 characters, white space not counted."""
    rights = {"Action": "s3:GetObject", "Resource": "*"}
    too_long = sized(6145, **rights)
    with fails("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409):
        iam.create_policy(PolicyName="p", PolicyDocument=too_long)
    arn = iam.create_policy(PolicyName="p", PolicyDocument=sized(6144, **rights))["Policy"]["Arn"]
    with fails("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=too_long)


def test_size_of_a_trust_policy(iam):
    rights = {"Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    too_long = sized(2049, **rights)
    with fails("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", 409):
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=too_long)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=sized(2048, **rights))
    with fails("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", 409):
        iam.update_assume_role_policy(RoleName="r", PolicyDocument=too_long)
