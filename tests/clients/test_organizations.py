"""Organizations: accounts, units, and the policies that stand on them."""

import json

import pytest
from helpers import fails, names, tags

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


def document(effect="Deny", **statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": "s3:*", "Resource": "*", **statement}]})


@pytest.fixture
def organization(organizations):
    return organizations.create_organization(FeatureSet="ALL")["Organization"]


@pytest.fixture
def root(organizations, organization):
    return organizations.list_roots()["Roots"][0]["Id"]


@pytest.fixture
def member(organizations, root, account):
    status = organizations.create_account(AccountName="dev", Email=f"dev-{account}@example.com")
    return status["CreateAccountStatus"]["AccountId"]


@pytest.fixture
def unit(organizations, root):
    unit = organizations.create_organizational_unit(ParentId=root, Name="prod")
    return unit["OrganizationalUnit"]["Id"]


@pytest.fixture
def scp(organizations, root):
    policy = organizations.create_policy(Name="no-s3", Description="d", Type=SCP,
                                         Content=document())
    return policy["Policy"]["PolicySummary"]["Id"]


def attached(organizations, target, type=SCP):
    answer = organizations.list_policies_for_target(TargetId=target, Filter=type)
    return names(answer["Policies"], "Name")


def test_a_new_organization(organizations, organization, root, account):
    assert organization["MasterAccountId"] == account
    assert organization["Arn"] == (
        f"arn:aws:organizations::{account}:organization/{organization['Id']}")
    assert organizations.describe_organization()["Organization"] == organization
    found = organizations.list_roots()["Roots"][0]
    assert found["PolicyTypes"] == [{"Type": SCP, "Status": "ENABLED"}]
    assert attached(organizations, root) == ["FullAWSAccess"]
    assert names(organizations.list_accounts()["Accounts"], "Id") == [account]
    with fails("AlreadyInOrganizationException"):
        organizations.create_organization()


def test_no_organization(organizations):
    with fails("AWSOrganizationsNotInUseException",
               "Your account is not a member of an organization."):
        organizations.describe_organization()


def test_accounts_are_made_at_once(organizations, organization, root, account, clients):
    answer = organizations.create_account(AccountName="dev", Email=f"x{account}@example.com",
                                          Tags=tags(team="ops"))["CreateAccountStatus"]
    assert answer["State"] == "SUCCEEDED"
    described = organizations.describe_create_account_status(CreateAccountRequestId=answer["Id"])
    assert described["CreateAccountStatus"] == answer
    made = organizations.describe_account(AccountId=answer["AccountId"])["Account"]
    assert (made["Name"], made["Status"], made["JoinedMethod"]) == ("dev", "ACTIVE", "CREATED")
    assert made["Arn"].endswith(f":account/{organization['Id']}/{made['Id']}")
    assert organizations.list_tags_for_resource(ResourceId=made["Id"])["Tags"] == tags(team="ops")
    again = organizations.create_account(AccountName="dev", Email=f"x{account}@example.com")
    assert again["CreateAccountStatus"]["FailureReason"] == "EMAIL_ALREADY_EXISTS"
    failed = organizations.list_create_account_status(States=["FAILED"])["CreateAccountStatuses"]
    assert len(failed) == 1


def test_the_management_account_may_enter_a_new_one(member, iam, clients, account):
    iam.create_user(UserName="admin")
    iam.attach_user_policy(UserName="admin",
                           PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = iam.create_access_key(UserName="admin")["AccessKey"]
    sts = clients("sts", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    role = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    became = sts.assume_role(RoleArn=role, RoleSessionName="admin")["AssumedRoleUser"]["Arn"]
    assert became == f"arn:aws:sts::{member}:assumed-role/OrganizationAccountAccessRole/admin"


def test_members_see_the_organization_and_no_more(organizations, organization, member, clients):
    own = clients("organizations", access_key=member)
    assert own.describe_organization()["Organization"]["Id"] == organization["Id"]
    with fails("AccessDeniedException", "You don't have permissions to access this resource."):
        own.list_accounts()


def test_units_and_moves(organizations, root, unit, member):
    child = organizations.create_organizational_unit(ParentId=unit, Name="web")
    child = child["OrganizationalUnit"]
    assert child["Arn"].endswith(f"/{child['Id']}")
    with fails("DuplicateOrganizationalUnitException", "An OU with the same name already exists."):
        organizations.create_organizational_unit(ParentId=unit, Name="web")
    organizations.move_account(AccountId=member, SourceParentId=root,
                               DestinationParentId=child["Id"])
    assert organizations.list_parents(ChildId=member)["Parents"] == [
        {"Id": child["Id"], "Type": "ORGANIZATIONAL_UNIT"}]
    below = organizations.list_accounts_for_parent(ParentId=child["Id"])["Accounts"]
    assert names(below, "Id") == [member]
    children = organizations.list_children(ParentId=root, ChildType="ORGANIZATIONAL_UNIT")
    assert children["Children"] == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]
    with fails("OrganizationalUnitNotEmptyException"):
        organizations.delete_organizational_unit(OrganizationalUnitId=unit)
    with fails("SourceParentNotFoundException"):
        organizations.move_account(AccountId=member, SourceParentId=root,
                                   DestinationParentId=unit)
    with fails("DuplicateAccountException"):
        organizations.move_account(AccountId=member, SourceParentId=root,
                                   DestinationParentId=child["Id"])


def test_units_are_renamed_and_deleted(organizations, root, unit):
    organizations.update_organizational_unit(OrganizationalUnitId=unit, Name="live")
    listed = organizations.list_organizational_units_for_parent(ParentId=root)
    assert names(listed["OrganizationalUnits"], "Name") == ["live"]
    organizations.delete_organizational_unit(OrganizationalUnitId=unit)
    with fails("OrganizationalUnitNotFoundException"):
        organizations.describe_organizational_unit(OrganizationalUnitId=unit)


def test_units_go_five_deep(organizations, root):
    parent = root
    for name in "abcde":
        parent = organizations.create_organizational_unit(
            ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]
    with fails("ConstraintViolationException"):
        organizations.create_organizational_unit(ParentId=parent, Name="f")


def test_policies(organizations, scp, account, organization):
    policy = organizations.describe_policy(PolicyId=scp)["Policy"]
    assert policy["Content"] == document()
    assert policy["PolicySummary"]["Arn"] == (
        f"arn:aws:organizations::{account}:policy/{organization['Id']}/"
        f"service_control_policy/{scp}")
    organizations.update_policy(PolicyId=scp, Name="other", Content=document(Action="ec2:*"))
    listed = organizations.list_policies(Filter=SCP)["Policies"]
    assert names(listed, "Name") == ["FullAWSAccess", "other"]
    with fails("DuplicatePolicyException", "A policy with the same name already exists."):
        organizations.create_policy(Name="other", Description="", Type=SCP, Content=document())
    organizations.delete_policy(PolicyId=scp)
    with fails("PolicyNotFoundException"):
        organizations.describe_policy(PolicyId=scp)


def test_aws_own_policies_stay(organizations, root):
    with fails("InvalidInputException"):
        organizations.delete_policy(PolicyId="p-FullAWSAccess")


@pytest.mark.parametrize("type, content", [
    (SCP, "{"), (SCP, "[]"), (SCP, document(Principal="*")), (SCP, document("Maybe")),
    (SCP, document(NotAction="x")), (SCP, json.dumps({"Statement": []})),
    (RCP, document()), (RCP, document("Allow", Principal="*")),
    (RCP, document(Principal={"AWS": "123456789012"}))], ids=[
        "no JSON", "no object", "principal", "effect", "two actions", "no statement",
        "RCP without principal", "RCP that allows", "RCP of one principal"])
def test_documents_are_checked(organizations, root, type, content):
    with fails("MalformedPolicyDocumentException", "The provided policy document does not meet "
               "the requirements of the specified policy type."):
        organizations.create_policy(Name="p", Description="", Type=type, Content=content)


def test_attachments(organizations, root, unit, member, scp):
    for target in (root, unit, member):
        organizations.attach_policy(PolicyId=scp, TargetId=target)
        assert attached(organizations, target) == ["FullAWSAccess", "no-s3"]
    targets = organizations.list_targets_for_policy(PolicyId=scp)["Targets"]
    assert sorted(names(targets, "Type")) == ["ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT"]
    with fails("DuplicatePolicyAttachmentException"):
        organizations.attach_policy(PolicyId=scp, TargetId=unit)
    with fails("PolicyInUseException"):
        organizations.delete_policy(PolicyId=scp)
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=unit)
    with fails("ConstraintViolationException",
               "You cannot remove the last policy attached to the specified target. You must "
               "have at least one attached at all times."):
        organizations.detach_policy(PolicyId=scp, TargetId=unit)
    with fails("PolicyNotAttachedException"):
        organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=unit)


def test_resource_control_policies(organizations, root, unit, member):
    content = document(Principal="*")
    policy = organizations.create_policy(Name="r", Description="", Type=RCP, Content=content)
    policy = policy["Policy"]["PolicySummary"]["Id"]
    with fails("PolicyTypeNotEnabledException",
               "This operation can be performed only for enabled policy types."):
        organizations.attach_policy(PolicyId=policy, TargetId=root)
    organizations.enable_policy_type(RootId=root, PolicyType=RCP)
    for target in (root, unit, member):
        assert attached(organizations, target, RCP) == ["RCPFullAWSAccess"]
    organizations.attach_policy(PolicyId=policy, TargetId=unit)
    with fails("InvalidInputException"):
        organizations.detach_policy(PolicyId="p-RCPFullAWSAccess", TargetId=unit)
    with fails("PolicyTypeAlreadyEnabledException"):
        organizations.enable_policy_type(RootId=root, PolicyType=RCP)
    organizations.disable_policy_type(RootId=root, PolicyType=RCP)
    assert attached(organizations, unit, RCP) == []


def test_other_types_are_refused(organizations, root):
    with fails("NotImplemented"):
        organizations.enable_policy_type(RootId=root, PolicyType="TAG_POLICY")


def test_invitations(organizations, organization, clients):
    guest = clients("organizations", access_key="4" + organization["MasterAccountId"][1:])
    guest_id = "4" + organization["MasterAccountId"][1:]
    target = {"Id": guest_id, "Type": "ACCOUNT"}
    sent = organizations.invite_account_to_organization(Target=target)["Handshake"]
    assert sent["State"] == "OPEN"
    with fails("DuplicateHandshakeException"):
        organizations.invite_account_to_organization(Target=target)
    with fails("AccessDeniedException"):
        organizations.accept_handshake(HandshakeId=sent["Id"])
    assert guest.accept_handshake(HandshakeId=sent["Id"])["Handshake"]["State"] == "ACCEPTED"
    joined = organizations.describe_account(AccountId=guest_id)["Account"]
    assert joined["JoinedMethod"] == "INVITED"
    assert guest.describe_organization()["Organization"]["Id"] == organization["Id"]
    with fails("HandshakeAlreadyInStateException"):
        guest.accept_handshake(HandshakeId=sent["Id"])
    guest.leave_organization()
    with fails("AWSOrganizationsNotInUseException"):
        guest.describe_organization()


def test_accounts_are_removed(organizations, member, account):
    organizations.remove_account_from_organization(AccountId=member)
    with fails("AccountNotFoundException", "You specified an account that doesn't exist."):
        organizations.describe_account(AccountId=member)
    with fails("MasterCannotLeaveOrganizationException"):
        organizations.remove_account_from_organization(AccountId=account)


def test_tags(organizations, unit, scp):
    for resource in (unit, scp):
        organizations.tag_resource(ResourceId=resource, Tags=tags(a="1", b="2"))
        organizations.untag_resource(ResourceId=resource, TagKeys=["a"])
        assert organizations.list_tags_for_resource(ResourceId=resource)["Tags"] == tags(b="2")


def test_pages(organizations, root):
    made = {organizations.create_organizational_unit(ParentId=root, Name=str(n))
            ["OrganizationalUnit"]["Id"] for n in range(5)}
    pages = list(organizations.get_paginator("list_organizational_units_for_parent").paginate(
        ParentId=root, PaginationConfig={"PageSize": 2}))
    assert [len(page["OrganizationalUnits"]) for page in pages] == [2, 2, 1]
    assert {u["Id"] for page in pages for u in page["OrganizationalUnits"]} == made
    with fails("InvalidInputException"):
        organizations.list_accounts(NextToken="nonsense")


def test_an_organization_ends_empty(organizations, member, unit, scp):
    with fails("OrganizationNotEmptyException"):
        organizations.delete_organization()
    organizations.remove_account_from_organization(AccountId=member)
    organizations.delete_organization()
    with fails("AWSOrganizationsNotInUseException"):
        organizations.describe_organization()
    organizations.create_organization()
