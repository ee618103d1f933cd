"""Keys that were made here and are gone: they are refused, and never taken for test keys, which
may do everything."""

import urllib.error
import urllib.request

import pytest
from helpers import fails

INVALID = "The security token included in the request is invalid."

CALLS = {
    "sts": (lambda c: c.get_caller_identity(), "InvalidClientTokenId", INVALID, 403),
    "iam": (lambda c: c.list_users(), "InvalidClientTokenId", INVALID, 403),
    "cloudformation": (lambda c: c.list_stacks(), "InvalidClientTokenId", INVALID, 403),
    "route53": (lambda c: c.list_hosted_zones(), "InvalidClientTokenId", INVALID, 403),
    "sqs": (lambda c: c.list_queues(), "InvalidClientTokenId", INVALID, 403),
    "ec2": (lambda c: c.describe_vpcs(), "AuthFailure",
            "AWS was not able to validate the provided access credentials", 401),
    "s3": (lambda c: c.list_buckets(), "InvalidAccessKeyId",
           "The AWS Access Key Id you provided does not exist in our records.", 403),
    "dynamodb": (lambda c: c.list_tables(), "UnrecognizedClientException", INVALID, 400),
    "kms": (lambda c: c.list_keys(), "UnrecognizedClientException", INVALID, 400),
    "secretsmanager": (lambda c: c.list_secrets(), "UnrecognizedClientException", INVALID, 400),
    "ssm": (lambda c: c.describe_parameters(), "UnrecognizedClientException", INVALID, 400),
}


@pytest.fixture
def key(iam):
    iam.create_user(UserName="ann")
    return iam.create_access_key(UserName="ann")["AccessKey"]


def of(clients, service, key):
    return clients(service, access_key=key["AccessKeyId"], secret=key["SecretAccessKey"],
                   token=key.get("SessionToken"))


@pytest.mark.parametrize("service", CALLS)
def test_a_deleted_key_is_refused(iam, clients, key, service):
    call, code, message, status = CALLS[service]
    iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    with fails(code, message, status):
        call(of(clients, service, key))


def test_a_deleted_key_signs_no_url(iam, clients, key, bucket):
    iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    for version in ("s3", "s3v4"):
        s3 = clients("s3", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"],
                     signature_version=version, s3={"addressing_style": "path"})
        url = s3.generate_presigned_url("list_objects", Params={"Bucket": bucket})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url, timeout=10)
        assert caught.value.code == 403
        assert b"InvalidAccessKeyId" in caught.value.read()


def test_the_keys_of_a_deleted_user(iam, clients, key):
    session = of(clients, "sts", key).get_session_token()["Credentials"]
    assert of(clients, "sts", session).get_caller_identity()["Arn"].endswith(":user/ann")
    with fails("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409):
        iam.delete_user(UserName="ann")
    iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="ann")
    iam.create_user(UserName="ann")
    for gone in (key, session):
        with fails("InvalidClientTokenId", INVALID, 403):
            of(clients, "sts", gone).get_caller_identity()


def test_sessions_are_no_access_keys(iam, clients, key):
    """They count for no quota, and are not listed."""
    of(clients, "sts", key).get_session_token()
    iam.create_access_key(UserName="ann")
    assert len(iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]) == 2


def test_keys_that_nobody_made_go_on_as_root(clients):
    for alien in ("test", "AKIAIOSFODNN7EXAMPLE", "ASIAQNZGKIQY56JQ7WML"):
        identity = clients("sts", access_key=alien).get_caller_identity()
        assert identity["Arn"] == "arn:aws:iam::123456789012:root"
