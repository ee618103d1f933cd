"""A bucket in one account, a writer in a second, a reader in a third: what works and what does not.

Sources: S3 user guide, "How Amazon S3 authorizes a request for an object operation", "Controlling
ownership of objects", "Bucket owner granting cross-account permission to objects it does not own";
KMS developer guide, "Allowing users in other accounts to use a KMS key".
"""

import itertools

import pytest
from helpers import fails
from test_enforcement import Role, allow, document

_accounts = itertools.count(500_000_000_000)


class Accounts:
    """Owner a with a bucket, roles writer in b and reader in c, and one of a's own."""

    def __init__(self, clients, ownership, encryption=None):
        self.clients = clients
        self.a, self.b, self.c = (f"{next(_accounts)}" for _ in range(3))
        self.bucket = f"shared-{self.a}"
        self.owner = clients("s3", access_key=self.a)
        self.owner.create_bucket(Bucket=self.bucket, ObjectOwnership=ownership)
        objects = f"arn:aws:s3:::{self.bucket}/*"
        crypt = allow(["kms:Decrypt", "kms:GenerateDataKey"])
        roles = {"writer": (self.b, "s3:PutObject*"), "reader": (self.c, "s3:GetObject"),
                 "insider": (self.a, "s3:*")}
        self.roles = {name: Role(clients, name, allow(actions, objects), crypt, account=account)
                      for name, (account, actions) in roles.items()}
        self.owner.put_bucket_policy(Bucket=self.bucket, Policy=document(
            {**allow("s3:PutObject*", objects), "Principal": {"AWS": self.roles["writer"].arn}},
            {**allow("s3:GetObject", objects), "Principal": {"AWS": self.roles["reader"].arn}}))
        self.s3 = {name: role.session()("s3") for name, role in self.roles.items()}

    def put(self, key="k", **more):
        self.s3["writer"].put_object(Bucket=self.bucket, Key=key, Body=b"data", **more)

    def get(self, who, key="k"):
        return self.s3[who].get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def make_key(self, allow_others):
        names = [self.a] + ([self.b, self.c] if allow_others else [])
        kms = self.clients("kms", access_key=self.a)
        return kms.create_key(Policy=document(
            {**allow("kms:*"), "Principal": {"AWS": names}}))["KeyMetadata"]["Arn"]


def refused(action, reason="no resource-based policy"):
    return fails("AccessDenied", f"...because {reason} allows the {action} action", 403)


def test_1_enforced_ownership_works(clients):
    three = Accounts(clients, "BucketOwnerEnforced")
    three.put()
    assert three.get("reader") == three.get("insider") == b"data"
    with refused("s3:GetObject", "no identity-based policy"):
        three.get("writer")
    with fails("AccessDenied"):
        three.s3["reader"].put_object(Bucket=three.bucket, Key="k", Body=b"")


@pytest.mark.parametrize("ownership", ["ObjectWriter", "BucketOwnerPreferred"])
def test_2_the_writers_object_is_closed_to_bucket_owner_and_reader(clients, ownership):
    three = Accounts(clients, ownership)
    three.put()
    for who in ("insider", "reader"):
        with refused("s3:GetObject"):
            three.get(who)
    acl = clients("s3", access_key=three.b).get_object_acl(Bucket=three.bucket, Key="k")
    assert len(acl["Grants"]) == 1
    with fails("AccessDenied"):  # not even the root of the bucket's account
        three.owner.get_object(Bucket=three.bucket, Key="k")
    three.owner.delete_object(Bucket=three.bucket, Key="k")  # but it may always delete


def test_3_full_control_lets_the_bucket_owner_in_but_not_the_reader(clients):
    three = Accounts(clients, "ObjectWriter")
    three.put(ACL="bucket-owner-full-control")
    assert three.get("insider") == b"data"
    with refused("s3:GetObject"):
        three.get("reader")
    reader = clients("s3", access_key=three.c).list_buckets()["Owner"]["ID"]
    three.put(GrantRead=f"id={reader}")
    assert three.get("reader") == b"data"


def test_3_preferred_ownership_with_full_control_makes_it_the_bucket_owners(clients):
    three = Accounts(clients, "BucketOwnerPreferred")
    three.put(ACL="bucket-owner-full-control")
    assert three.get("insider") == three.get("reader") == b"data"


def test_4_enforced_ownership_refuses_other_acls(clients):
    three = Accounts(clients, "BucketOwnerEnforced")
    three.put(ACL="bucket-owner-full-control")
    with fails("AccessControlListNotSupported", "The bucket does not allow ACLs", 400):
        three.put(ACL="authenticated-read")


def test_5_the_managed_key_is_of_no_use_to_others(clients):
    three = Accounts(clients, "BucketOwnerEnforced")
    three.owner.put_object(Bucket=three.bucket, Key="k", Body=b"data",
                           ServerSideEncryption="aws:kms")
    assert three.get("insider") == b"data"
    with refused("kms:Decrypt"):
        three.get("reader")


def test_5_a_customer_key_needs_key_policy_and_identity_policy(clients):
    three = Accounts(clients, "BucketOwnerEnforced")
    closed, shared = three.make_key(False), three.make_key(True)
    with refused("kms:GenerateDataKey"):
        three.put(ServerSideEncryption="aws:kms", SSEKMSKeyId=closed)
    three.put(ServerSideEncryption="aws:kms", SSEKMSKeyId=shared)
    assert three.get("reader") == three.get("insider") == b"data"
    three.roles["reader"].put(allow("s3:GetObject"))
    with refused("kms:Decrypt", "no identity-based policy"):
        three.get("reader")


def test_6_an_alias_in_the_default_encryption_is_the_writers(clients):
    three = Accounts(clients, "BucketOwnerEnforced")
    key = three.make_key(True)
    clients("kms", access_key=three.a).create_alias(AliasName="alias/data", TargetKeyId=key)

    def encrypt_by_default(name):
        three.owner.put_bucket_encryption(
            Bucket=three.bucket, ServerSideEncryptionConfiguration={"Rules": [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms",
                                                        "KMSMasterKeyID": name}}]})

    encrypt_by_default("alias/data")
    with fails("KMS.NotFoundException"):
        three.put()  # there is no such alias in the writer's account
    encrypt_by_default(key)
    three.put()
    assert three.get("reader") == b"data"
