"""What several test files use."""

import contextlib

import pytest
from botocore.exceptions import ClientError


@contextlib.contextmanager
def fails(code, message=None, status=None):
    """The block must end in AWS's error of this code; message is the whole text, or an end of it
    that begins with '...'."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    # EC2's refusals end in a message for DecodeAuthorizationMessage, another each time.
    error["Message"] = error.get("Message", "").split(". Encoded authorization failure message: ")[0]
    assert error["Code"] == code, error
    if message is not None and message.startswith("..."):
        assert error["Message"].endswith(message[3:]), error
    elif message is not None:
        assert error["Message"] == message
    if status is not None:
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def names(items, member):
    return [item[member] for item in items]


def tags(**pairs):
    return [{"Key": k, "Value": v} for k, v in pairs.items()]


def described(ec2, *ids, **more):
    """Instances, out of all pages and reservations."""
    pages = ec2.get_paginator("describe_instances").paginate(InstanceIds=list(ids), **more)
    return [i for page in pages for r in page["Reservations"] for i in r["Instances"]]


def first_as_id(value):
    """For parametrize's ids: texts without what a test's name may not have, nothing for the rest."""
    if not isinstance(value, str) or len(value) > 60:
        return ""
    return value.replace(":", "").replace("\n", " ")
