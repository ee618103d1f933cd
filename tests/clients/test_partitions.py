"""Regions of China and GovCloud are partitions of their own: ARNs say so, and policies that name them hold."""

import json

import pytest
from helpers import fails


@pytest.mark.parametrize("region,partition", [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")])
def test_users_and_roles_of_a_partition(clients, account, region, partition):
    iam, sts = clients("iam", region=region), clients("sts", region=region)
    assert sts.get_caller_identity()["Arn"] == f"arn:{partition}:iam::{account}:root"
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    assert role == f"arn:{partition}:iam::{account}:role/r"
    allow = lambda action, resource: json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=allow("sqs:*", f"arn:{partition}:sqs:*:*:mine*"))
    iam.create_user(UserName="u")
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=allow("sts:AssumeRole", role))
    key = iam.create_access_key(UserName="u")["AccessKey"]
    user = clients("sts", region=region, access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    session = user.assume_role(RoleArn=role, RoleSessionName="ses")
    assert session["AssumedRoleUser"]["Arn"] == f"arn:{partition}:sts::{account}:assumed-role/r/ses"
    given = session["Credentials"]
    sqs = clients("sqs", region=region, access_key=given["AccessKeyId"], secret=given["SecretAccessKey"], token=given["SessionToken"])
    assert sqs.create_queue(QueueName="mine")["QueueUrl"]
    with fails("AccessDeniedException"):
        sqs.create_queue(QueueName="other")
