"""Service-linked roles: their names and policies (recorded on AWS, and the services' pages), and what may be done with them."""

import json
import pathlib

import pytest
from helpers import fails, names

ROLES = json.loads((pathlib.Path(__file__).parents[2] / "data/service_linked_roles.json").read_text())["roles"]


@pytest.mark.parametrize("service", ["acm.amazonaws.com", "ecs.amazonaws.com", "eks-fargate.amazonaws.com", "email.cognito-idp.amazonaws.com", "rolesanywhere.amazonaws.com",
                                     "ssm-incidents.amazonaws.com", "autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com"])
def test_names_and_policies(iam, account, service):
    name, policies = ROLES[service]
    made = iam.create_service_linked_role(AWSServiceName=service)["Role"]
    assert made["Arn"] == f"arn:aws:iam::{account}:role/aws-service-role/{service}/{name}" and "Description" not in made
    assert made["AssumeRolePolicyDocument"] == {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert names(attached, "PolicyArn") == [f"arn:aws:iam::aws:policy/aws-service-role/{policy}" for policy in policies]
    with fails("InvalidInput", f"Service role name {name} has been taken in this account, please try a different suffix."):
        iam.create_service_linked_role(AWSServiceName=service)


def test_all_policies_are_aws_own(iam):
    own = {p["PolicyName"] for page in iam.get_paginator("list_policies").paginate(Scope="AWS", PathPrefix="/aws-service-role/") for p in page["Policies"]}
    assert {policy for _, policies in ROLES.values() for policy in policies} <= own


def test_a_suffix(iam):
    made = iam.create_service_linked_role(AWSServiceName="connect.amazonaws.com", CustomSuffix="one", Description="d")["Role"]
    assert (made["RoleName"], made["Description"]) == ("AWSServiceRoleForAmazonConnect_one", "d")


def test_only_its_service_changes_it_and_its_own_operation_ends_it(iam):
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    one = {"RoleName": "AWSServiceRoleForECS"}
    with fails("UnmodifiableEntity"):
        iam.delete_role(**one)
    arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    for change in [lambda: iam.attach_role_policy(**one, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"), lambda: iam.detach_role_policy(**one, PolicyArn=arn),
                   lambda: iam.put_role_policy(**one, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})),
                   lambda: iam.put_role_permissions_boundary(**one, PermissionsBoundary=arn)]:
        with fails("UnmodifiableEntity"):
            change()
    task = iam.delete_service_linked_role(**one)["DeletionTaskId"]
    assert task.startswith("task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 0
    with fails("NoSuchEntity"):
        iam.get_role(**one)
    with fails("NoSuchEntity"):
        iam.get_service_linked_role_deletion_status(DeletionTaskId=task + "x")
