"""SimulatePrincipalPolicy and SimulateCustomPolicy (IAM API reference; the shape of the answer is recorded on AWS)."""

import json

import pytest
from helpers import fails

BUCKET = "arn:aws:s3:::bucket"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", effect="Allow", **more):
    return {"Action": action, "Effect": effect, "Resource": resource, **more}


def decisions(answer):
    return {(r["EvalActionName"], r["EvalResourceName"]): r["EvalDecision"] for r in answer["EvaluationResults"]}


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_what_a_principal_may(iam, kind, account):
    trust = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}})
    more = {"AssumeRolePolicyDocument": trust} if kind == "role" else {}
    name = {f"{kind.capitalize()}Name": "one"}
    arn = getattr(iam, f"create_{kind}")(**name, **more)[kind.capitalize()]["Arn"]
    text = policy(allow("s3:PutObject"))
    getattr(iam, f"put_{kind}_policy")(**name, PolicyName="p", PolicyDocument=text)
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:PutObject", "s3:GetObjectVersion"], ResourceArns=[BUCKET])
    first, second = answer["EvaluationResults"]
    statement = {"SourcePolicyId": f"{kind}_one_p", "SourcePolicyType": "IAM Policy", "StartPosition": {"Line": 1, "Column": 41},
                 "EndPosition": {"Line": 1, "Column": text.index("}]") + 2}}
    assert first == {"EvalActionName": "s3:PutObject", "EvalResourceName": BUCKET, "EvalDecision": "allowed", "MatchedStatements": [statement], "MissingContextValues": [],
                     "OrganizationsDecisionDetail": {"AllowedByOrganizations": True}, "EvalDecisionDetails": {},
                     "ResourceSpecificResults": [{"EvalResourceName": BUCKET, "EvalResourceDecision": "allowed", "MatchedStatements": [statement], "MissingContextValues": []}]}
    assert second["EvalDecision"] == "implicitDeny" and second["MatchedStatements"] == []


def test_groups_managed_policies_and_boundaries_count(iam):
    arn = iam.create_user(UserName="ann")["User"]["Arn"]
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ann")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    iam.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    ask = {"PolicySourceArn": arn, "ActionNames": ["s3:GetObject", "iam:GetUser", "iam:CreateUser"]}
    assert list(decisions(iam.simulate_principal_policy(**ask)).values()) == ["allowed", "allowed", "implicitDeny"]
    bounds = iam.create_policy(PolicyName="b", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=bounds)
    answer = iam.simulate_principal_policy(**ask)
    assert list(decisions(answer).values()) == ["allowed", "implicitDeny", "implicitDeny"]
    assert [r["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for r in answer["EvaluationResults"]] == [True, False, False]
    more = iam.simulate_principal_policy(**ask, PolicyInputList=[policy(allow("s3:GetObject", effect="Deny"))])
    assert decisions(more)["s3:GetObject", "*"] == "explicitDeny"
    assert more["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"


def test_custom_policies_and_their_keys(iam, account):
    text = policy(allow("s3:GetObject", f"{BUCKET}/${{aws:username}}/*"), allow("s3:*", effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}))
    assert set(iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"]) == {"aws:username", "aws:SecureTransport"}
    ask = {"PolicyInputList": [text], "ActionNames": ["s3:GetObject"], "ResourceArns": [f"{BUCKET}/ann/k", f"{BUCKET}/ben/k"]}
    plain = iam.simulate_custom_policy(**ask)
    assert set(decisions(plain).values()) == {"implicitDeny"}
    assert set(plain["EvaluationResults"][0]["MissingContextValues"]) == {"aws:username", "aws:SecureTransport"}
    entry = {"ContextKeyName": "aws:username", "ContextKeyType": "string", "ContextKeyValues": ["ann"]}
    told = iam.simulate_custom_policy(**ask, ContextEntries=[entry])
    assert list(decisions(told).values()) == ["allowed", "implicitDeny"]
    clear = {"ContextKeyName": "aws:SecureTransport", "ContextKeyType": "boolean", "ContextKeyValues": ["false"]}
    assert set(decisions(iam.simulate_custom_policy(**ask, ContextEntries=[entry, clear])).values()) == {"explicitDeny"}
    caller = iam.simulate_custom_policy(**ask, CallerArn=f"arn:aws:iam::{account}:user/ben")
    assert list(decisions(caller).values()) == ["implicitDeny", "allowed"]


def test_a_resource_policy(iam, account):
    caller = f"arn:aws:iam::{account}:user/ann"
    resource = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}]})
    ask = {"PolicyInputList": [policy(allow("s3:ListBucket"))], "ActionNames": ["s3:GetObject"], "ResourceArns": [f"{BUCKET}/k"], "CallerArn": caller, "ResourcePolicy": resource}
    answer = iam.simulate_custom_policy(**ask)
    assert answer["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "ResourcePolicy"
    assert list(decisions(answer).values()) == ["allowed"]
    other = iam.simulate_custom_policy(**ask, ResourceOwner="arn:aws:iam::444455556666:root")
    assert list(decisions(other).values()) == ["implicitDeny"]  # across accounts both must allow


def test_many_in_pages(iam):
    actions = [f"s3:Get{i}" for i in range(25)]
    pages = iam.get_paginator("simulate_custom_policy").paginate(PolicyInputList=[policy(allow("s3:*"))], ActionNames=actions, PaginationConfig={"PageSize": 10})
    assert [r["EvalActionName"] for page in pages for r in page["EvaluationResults"]] == actions


def test_what_is_none(iam, account):
    for wrong in [dict(ActionNames=["GetObject"]), dict(ActionNames=["s3:GetObject"], CallerArn=f"arn:aws:iam::{account}:role/r"), dict(ActionNames=["s3:GetObject"], PolicyInputList=["{}"])]:
        with fails("InvalidInput"):
            iam.simulate_custom_policy(**{"PolicyInputList": [policy(allow("s3:*"))], **wrong})
    with fails("NoSuchEntity"):
        iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{account}:user/nobody", ActionNames=["s3:GetObject"])
    with fails("InvalidInput"):
        iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{account}:policy/p", ActionNames=["s3:GetObject"])


def test_an_encoded_refusal_is_read_by_who_may(iam, clients, sts):
    """DecodeAuthorizationMessage, STS API reference."""
    from guarded_support import make_user
    _, ann = make_user(clients, "ann")
    with pytest.raises(Exception) as caught:
        ann("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    encoded = caught.value.response["Error"]["Message"].split("Encoded authorization failure message: ")[1]
    with fails("AccessDenied"):
        ann("sts").decode_authorization_message(EncodedMessage=encoded)
    told = json.loads(sts.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert (told["allowed"], told["explicitDeny"], told["context"]["action"], told["context"]["principal"]["name"]) == (False, False, "ec2:CreateVpc", "ann")
    assert "ec2:region" in [c["key"] for c in told["context"]["conditions"]["items"]]
    for wrong in ["x", encoded[:-8] + "AAAAAAA="]:
        with fails("InvalidAuthorizationMessageException"):
            sts.decode_authorization_message(EncodedMessage=wrong)
