"""IAM: users, groups, roles, profiles, and access keys that work."""

import json

import pytest
from botocore.exceptions import ClientError
from helpers import fails, names, tags

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
     "Action": "sts:AssumeRole"}]})


def test_user_lives_and_dies(iam, account):
    user = iam.create_user(UserName="ann", Path="/ops/", Tags=tags(team="a"))["User"]
    assert user["Arn"] == f"arn:aws:iam::{account}:user/ops/ann"
    assert iam.get_user(UserName="ann")["User"]["Tags"] == tags(team="a")
    iam.update_user(UserName="ann", NewUserName="anna")
    with fails("NoSuchEntity", "The user with name ann cannot be found.", 404):
        iam.get_user(UserName="ann")
    iam.delete_user(UserName="anna")
    assert iam.list_users()["Users"] == []


def test_names_are_taken_once(iam):
    iam.create_user(UserName="ann")
    with fails("EntityAlreadyExists", "User with name ann already exists.", 409):
        iam.create_user(UserName="ann")
    with fails("EntityAlreadyExists"):
        iam.create_user(UserName="ANN")


def test_names_are_checked(iam):
    with fails("ValidationError"):
        iam.create_user(UserName="no spaces")


def test_users_by_path_and_page(iam):
    for i in range(5):
        iam.create_user(UserName=f"u{i}", Path="/a/" if i % 2 else "/")
    assert len(iam.list_users(PathPrefix="/a/")["Users"]) == 2
    pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(p["Users"]) for p in pages] == [2, 2, 1]


def test_access_keys_work_and_stop_working(iam, clients, account):
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    sts = clients("sts", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:user/ann"
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with fails("InvalidClientTokenId", status=403):
        sts.get_caller_identity()


def test_wrong_secret_is_refused(iam, clients):
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    wrong = clients("sts", access_key=key["AccessKeyId"], secret="guess")
    with fails("SignatureDoesNotMatch", status=403):
        wrong.get_caller_identity()


def test_two_access_keys_at_most(iam):
    iam.create_user(UserName="ann")
    for _ in range(2):
        iam.create_access_key(UserName="ann")
    with fails("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409):
        iam.create_access_key(UserName="ann")


def test_user_with_access_keys_stays(iam):
    iam.create_user(UserName="ann")
    iam.create_access_key(UserName="ann")
    with fails("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409):
        iam.delete_user(UserName="ann")


def test_groups(iam):
    iam.create_user(UserName="ann")
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(GroupName="ops", UserName="ann")
    assert names(iam.get_group(GroupName="ops")["Users"], "UserName") == ["ann"]
    assert names(iam.list_groups_for_user(UserName="ann")["Groups"], "GroupName") == ["ops"]
    with fails("DeleteConflict"):
        iam.delete_group(GroupName="ops")
    iam.remove_user_from_group(GroupName="ops", UserName="ann")
    iam.delete_group(GroupName="ops")


def test_roles(iam, account):
    role = iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST, Path="/x/")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{account}:role/x/app"
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST)
    iam.update_role(RoleName="app", MaxSessionDuration=7200)
    assert iam.get_role(RoleName="app")["Role"]["MaxSessionDuration"] == 7200
    iam.delete_role(RoleName="app")
    with fails("NoSuchEntity", "The role with name app cannot be found.", 404):
        iam.get_role(RoleName="app")


def test_trust_policies_are_checked(iam):
    with fails("MalformedPolicyDocument", "This policy contains invalid Json"):
        iam.create_role(RoleName="app", AssumeRolePolicyDocument="not json")
    with_resource = json.loads(TRUST)
    with_resource["Statement"][0]["Resource"] = "*"
    with fails("MalformedPolicyDocument", "Has prohibited field Resource"):
        iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(with_resource))


def trust(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole", **s}
        for s in statements]})


@pytest.mark.parametrize("action", ["s3:GetObject", "*", ["sts:AssumeRole", "sts*:AssumeRole"]])
def test_trust_is_about_assuming(iam, action):
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust({}))
    for refused in (
            lambda: iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust({"Action": action})),
            lambda: iam.update_assume_role_policy(RoleName="app", PolicyDocument=trust({}, {"Action": action}))):
        with fails("MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.", 400):
            refused()


def test_what_trust_may_say(iam):
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust(
        {"Sid": "One"}, {"Sid": ""}, {"Sid": ""},
        {"Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"]},
        {"Action": "STS:AssumeRoleWith*", "Principal": {"Federated": "cognito-identity.amazonaws.com"}}))
    with fails("MalformedPolicyDocument", "The Statement Ids in the policy are not unique", 400):
        iam.update_assume_role_policy(RoleName="app", PolicyDocument=trust({"Sid": "a"}, {}, {"Sid": "a"}))


def test_instance_profiles(iam):
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="p")
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="app")
    profile = iam.get_instance_profile(InstanceProfileName="p")["InstanceProfile"]
    assert names(profile["Roles"], "RoleName") == ["app"]
    with fails("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
        iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="app")
    with fails("DeleteConflict"):
        iam.delete_role(RoleName="app")
    iam.remove_role_from_instance_profile(InstanceProfileName="p", RoleName="app")
    iam.delete_instance_profile(InstanceProfileName="p")
    iam.delete_role(RoleName="app")


def test_tags_of_a_role(iam):
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST, Tags=tags(a="1"))
    iam.tag_role(RoleName="app", Tags=tags(a="2", b="3"))
    iam.untag_role(RoleName="app", TagKeys=["b"])
    assert iam.list_role_tags(RoleName="app")["Tags"] == tags(a="2")


def test_account_alias_and_summary(iam):
    iam.create_user(UserName="ann")
    assert iam.get_account_summary()["SummaryMap"]["Users"] == 1


@pytest.mark.parametrize("call", [
    lambda iam: iam.delete_user(UserName="none"), lambda iam: iam.delete_role(RoleName="none"),
    lambda iam: iam.delete_group(GroupName="none"),
    lambda iam: iam.delete_instance_profile(InstanceProfileName="none")])
def test_what_is_not_there_cannot_go(iam, call):
    with pytest.raises(ClientError) as caught:
        call(iam)
    assert caught.value.response["Error"]["Code"] == "NoSuchEntity"


def test_ten_groups_at_most(iam):
    for user in ("ann", "bob"):
        iam.create_user(UserName=user)
    for i in range(11):
        iam.create_group(GroupName=f"g{i}")
    for i in range(10):
        iam.add_user_to_group(GroupName=f"g{i}", UserName="ann")
    with fails("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", 409):
        iam.add_user_to_group(GroupName="g10", UserName="ann")
    iam.add_user_to_group(GroupName="g0", UserName="ann")  # is in it already
    iam.add_user_to_group(GroupName="g10", UserName="bob")
    iam.remove_user_from_group(GroupName="g0", UserName="ann")
    iam.add_user_to_group(GroupName="g10", UserName="ann")
    assert len(iam.list_groups_for_user(UserName="ann")["Groups"]) == 10
