"""What services refuse of the policies of their resources, in their own words."""

import json

import pytest
from helpers import fails

TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def by(*arns):
    return {"AWS": list(arns)}


@pytest.fixture
def someone(clients, account):
    """A user and a role with a path, and their ARNs."""
    iam = clients("iam")
    user = iam.create_user(UserName="bob", Path="/team/")["User"]["Arn"]
    role = iam.create_role(RoleName="app", Path="/apps/", AssumeRolePolicyDocument=document(
        {**TRUST, "Principal": {"AWS": account}}))["Role"]["Arn"]
    return user, role


def missing(account):
    return [f"arn:aws:iam::{account}:user/nobody", f"arn:aws:iam::{account}:role/nobody",
            f"arn:aws:iam::{account}:user/bob",  # without its path it is another's
            f"arn:aws:sts::{account}:assumed-role/nobody/session"]


def there(account, someone):
    return [*someone, "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EAF5XXXXXXXXX", f"arn:aws:iam::{account}:root", account, f"arn:aws:sts::{account}:assumed-role/app/any",
            f"arn:aws:iam::{account}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"]


class Bucket:
    def __init__(self, s3, name):
        self.s3, self.name, self.arn = s3, name, f"arn:aws:s3:::{name}"

    def put(self, **statement):
        self.s3.put_bucket_policy(Bucket=self.name, Policy=document(
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{self.arn}/*", **statement}))


@pytest.fixture
def guarded(s3, bucket):
    s3.delete_public_access_block(Bucket=bucket)
    return Bucket(s3, bucket)


def test_buckets_principals(guarded, account, someone):
    for arn in there(account, someone):
        guarded.put(Principal=by(arn))
    for arn in missing(account):
        with fails("MalformedPolicy", "Invalid principal in policy", 400):
            guarded.put(Principal=by(someone[0], arn))


def test_the_missing_principal_is_told(guarded, account):
    arn = f"arn:aws:iam::{account}:user/nobody"
    with pytest.raises(guarded.s3.exceptions.ClientError) as caught:
        guarded.put(Principal=by(arn))
    assert caught.value.response["Error"]["Detail"] == arn


def test_accounts_of_which_nothing_is_known_may_have_anyone(guarded):
    guarded.put(Principal=by("arn:aws:iam::999988887777:role/partner"))


def test_the_other_accounts_users_are_looked_for_once_it_has_some(clients, guarded):
    other = "444455556666"
    clients("iam", access_key=other).create_user(UserName="known")
    guarded.put(Principal=by(f"arn:aws:iam::{other}:user/known"))
    with fails("MalformedPolicy", "Invalid principal in policy"):
        guarded.put(Principal=by(f"arn:aws:iam::{other}:user/unknown"))


@pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::another-bucket/*", "arn:aws:s3:::", "arn:aws:sqs:::q"])
def test_buckets_resources(guarded, resource):
    with fails("MalformedPolicy", "Policy has invalid resource", 400):
        guarded.put(Resource=[f"{guarded.arn}/*", resource])


@pytest.mark.parametrize("action", ["s3:ListObjects", "s3:Fetch*", "sqs:SendMessage", "GetObject"])
def test_buckets_actions(guarded, action):
    with fails("MalformedPolicy", status=400):
        guarded.put(Action=["s3:GetObject", action])


@pytest.mark.parametrize("action,resource", [
    ("s3:ListBucket", "/*"), ("s3:GetObject", ""), ("s3:PutBucketPolicy", "/a"), ("s3:ListAllMyBuckets", ""),
])
def test_buckets_actions_and_resources_belong_together(guarded, action, resource):
    with fails("MalformedPolicy", "Action does not apply to any resource(s) in statement", 400):
        guarded.put(Action=action, Resource=guarded.arn + resource)
    guarded.put(Action=["s3:Get*", "S3:listbucket", "*"], Resource=[guarded.arn, f"{guarded.arn}/*"])
    guarded.put(Action=["s3:GetObject", "s3:ListBucket"], Resource=f"{guarded.arn}*")


def test_trust(clients, account, someone):
    iam = clients("iam")
    for arn in there(account, someone):
        iam.update_assume_role_policy(RoleName="app", PolicyDocument=document({**TRUST, "Principal": by(arn)}))
    for arn in missing(account):
        trust = document({**TRUST, "Principal": by(someone[1], arn)})
        for refused in (lambda: iam.update_assume_role_policy(RoleName="app", PolicyDocument=trust),
                        lambda: iam.create_role(RoleName="new", AssumeRolePolicyDocument=trust)):
            with fails("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"', 400):
                refused()


def test_a_role_that_is_being_made_cannot_trust_itself(clients, account):
    own = f"arn:aws:iam::{account}:role/self"
    with fails("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{own}"'):
        clients("iam").create_role(RoleName="self", AssumeRolePolicyDocument=document({**TRUST, "Principal": by(own)}))


def test_keys_principals(kms, account, someone):
    def policy(*arns):
        return document({"Effect": "Allow", "Principal": by(account, *arns), "Action": "kms:*", "Resource": "*"})
    key = kms.create_key(Policy=policy(*there(account, someone)))["KeyMetadata"]["KeyId"]
    for arn in missing(account):
        for refused in (lambda: kms.create_key(Policy=policy(arn)),
                        lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(arn))):
            with fails("MalformedPolicyDocumentException",
                       "Policy contains a statement with one or more invalid principals.", 400):
                refused()
