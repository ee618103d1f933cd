"""What IAM refuses of identity policies, in its words (as public test suites recorded them on AWS), and what it takes."""

import json

import pytest
from helpers import fails

ONE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
SYNTAX, VERSION = "Syntax errors in policy.", "Policy document must be version 2012-10-17 or greater."
PATHS = ('IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, '
         "saml-provider/, oidc-provider/, report/, access-report/.")


def policy(*statements, **top):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **top})


def with_(**changed):
    return policy({k: v for k, v in {**ONE, **changed}.items() if v is not None})


REFUSED = [
    ("no JSON", SYNTAX), ("[]", SYNTAX), ('{"Version": "2012-10-17"}', SYNTAX), (policy(), SYNTAX), (policy("x"), SYNTAX), (policy(ONE, Extra=1), SYNTAX),
    (policy(ONE, Version="2013-10-17"), SYNTAX), (policy(ONE, Id=["x"]), SYNTAX), (with_(Effect="Permit"), SYNTAX), (with_(Effect=None), SYNTAX), (with_(Sid=1), SYNTAX),
    (with_(Extra="x"), SYNTAX), (with_(NotAction="x"), SYNTAX), (with_(NotResource="*"), SYNTAX), (with_(Action={"a": 1}), SYNTAX), (with_(Condition="x"), SYNTAX),
    (with_(Condition={"StringEquls": {"aws:username": "x"}}), SYNTAX), (with_(Condition={"StringEquals": "x"}), SYNTAX),
    (json.dumps({"Statement": [ONE]}), VERSION), (policy(ONE, Version="2008-10-17"), VERSION),
    (with_(Principal="*"), "Policy document should not specify a principal."),
    (with_(Action=None), "Policy statement must contain actions."), (with_(Action=[]), "Policy statement must contain actions."),
    (with_(Resource=None), "Policy statement must contain resources."), (with_(Resource=[]), "Policy statement must contain resources."),
    (with_(Resource="b"), 'Resource b must be in ARN format or "*".'), (with_(Resource="arn:foo:s3:::b"), 'Partition "foo" is not valid for resource "arn:foo:s3:::b".'),
    (with_(Resource="arn:foo:s3"), 'Partition "foo" is not valid for resource "arn:foo:s3:*:*:*".'),
    (with_(Resource="arn:aws:s3::b"), "The policy failed legacy parsing"),
    (with_(Resource="arn:aws:s3:us-east-1::b"), "Resource arn:aws:s3:us-east-1::b can not contain region information."),
    (with_(Resource="arn:aws:iam:us-east-1::user/x"), "IAM resource arn:aws:iam:us-east-1::user/x cannot contain region information."),
    (with_(Resource="arn:aws:iam::123456789012:x"), PATHS),
    (with_(Action="GetObject"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (with_(Action="s3:Get:Object"), "Actions/Condition can contain only one colon."), (with_(Action="a a:b"), "Vendor a a is not valid")]
TAKEN = [with_(Effect="ALLOW"), with_(Effect="deny"), with_(Action="*", Resource="*"), with_(Resource=["arn:aws:s3:::b", "arn:*:s3:::c"]), with_(Sid=""), json.dumps({"Version": "2012-10-17", "Statement": ONE}),
         with_(Resource="arn:aws:s3:us-east-1:123456789012:accesspoint/p"), with_(Resource="arn:aws:iam::123456789012:role/x"), with_(Resource="arn:aws:sqs:*"),
         with_(Condition={"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": "x"}}), with_(Condition={})]


@pytest.mark.parametrize("text, words", REFUSED, ids=range(len(REFUSED)))
def test_refused(iam, text, words):
    with fails("MalformedPolicyDocument", words, 400):
        iam.create_policy(PolicyName="p", PolicyDocument=text)
    iam.create_user(UserName="u")
    if words == VERSION:  # of managed policies alone
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=text)
        return
    with fails("MalformedPolicyDocument", words, 400):
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=text)


@pytest.mark.parametrize("text", TAKEN, ids=range(len(TAKEN)))
def test_taken(iam, text):
    iam.create_policy(PolicyName="p", PolicyDocument=text)


def test_effects_in_capitals_count(clients, iam):
    from guarded_support import make_user
    _, ann = make_user(clients, "ann")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=with_(Effect="ALLOW", Action="iam:ListUsers", Resource="*"))
    ann("iam").list_users()
    iam.put_user_policy(UserName="ann", PolicyName="q", PolicyDocument=with_(Effect="DENY", Action="iam:ListUsers", Resource="*"))
    with fails("AccessDenied"):
        ann("iam").list_users()
