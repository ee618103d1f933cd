"""S3 Object Lock: what holds a version, until when, and who may take that away.

The codes and words are recorded on AWS (TestS3ObjectLockRetention, TestS3ObjectLockLegalHold); the rules are those of
"Locking objects with Object Lock", S3 user guide.
"""

import datetime
import json

import pytest
from guarded_support import keys_of
from helpers import fails

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
LATER, LATEST = NOW + datetime.timedelta(days=10), NOW + datetime.timedelta(days=20)
LOCKED = "Access Denied because object protected by object lock."


@pytest.fixture
def locked(s3, account):
    name = f"locked-{account}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def put(s3, bucket, **more):
    return s3.put_object(Bucket=bucket, Key="k", Body=b"x", **more)["VersionId"]


def retention(mode, until):
    return {"Mode": mode, "RetainUntilDate": until}


def test_compliance_yields_to_nobody(s3, locked):
    version = put(s3, locked, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=LATER)
    one = {"Bucket": locked, "Key": "k", "VersionId": version}
    for more in [{}, {"BypassGovernanceRetention": True}]:
        with fails("AccessDenied", LOCKED, 403):
            s3.delete_object(**one, **more)
        for less in [retention("COMPLIANCE", NOW + datetime.timedelta(days=1)), retention("GOVERNANCE", LATEST), {}]:
            with fails("AccessDenied", LOCKED, 403):
                s3.put_object_retention(**one, Retention=less, **more)
    s3.put_object_retention(**one, Retention=retention("COMPLIANCE", LATEST))
    assert s3.get_object_retention(**one)["Retention"] == retention("COMPLIANCE", LATEST)
    assert s3.delete_object(Bucket=locked, Key="k")["DeleteMarker"] is True  # a marker is not a deletion


def test_governance_yields_to_who_bypasses_it(s3, locked):
    version = put(s3, locked, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=LATER)
    one = {"Bucket": locked, "Key": "k", "VersionId": version}
    for less in [retention("GOVERNANCE", NOW + datetime.timedelta(days=1)), {}]:
        with fails("AccessDenied", LOCKED):
            s3.put_object_retention(**one, Retention=less)
    with fails("AccessDenied", LOCKED):
        s3.delete_object(**one)
    answer = s3.delete_objects(Bucket=locked, Delete={"Objects": [{"Key": "k", "VersionId": version}]})
    assert answer["Errors"][0]["Message"] == LOCKED
    s3.put_object_retention(**one, Retention=retention("GOVERNANCE", LATEST))
    s3.put_object_retention(**one, Retention=retention("GOVERNANCE", LATER), BypassGovernanceRetention=True)
    s3.delete_object(**one, BypassGovernanceRetention=True)


def test_who_may_bypass_governance(s3, locked, clients, iam):
    version = put(s3, locked, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=LATER)
    iam.create_user(UserName="ann")
    rights = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:DeleteObjectVersion", "s3:DeleteObject"], "Resource": "*"}]}
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(rights))
    own = keys_of(clients, "ann")("s3", s3={"addressing_style": "path"})
    one = {"Bucket": locked, "Key": "k", "VersionId": version, "BypassGovernanceRetention": True}
    with fails("AccessDenied"):
        own.delete_object(**one)
    rights["Statement"][0]["Action"].append("s3:BypassGovernanceRetention")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(rights))
    own.delete_object(**one)


def test_a_hold_has_no_end_and_no_bypass(s3, locked):
    version = put(s3, locked)
    one = {"Bucket": locked, "Key": "k", "VersionId": version}
    with fails("NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration", 404):
        s3.get_object_legal_hold(**one)
    s3.put_object_legal_hold(**one, LegalHold={"Status": "ON"})
    assert s3.get_object_legal_hold(**one)["LegalHold"] == {"Status": "ON"}
    assert s3.head_object(**one)["ObjectLockLegalHoldStatus"] == "ON"
    for more in [{}, {"BypassGovernanceRetention": True}]:
        with fails("AccessDenied", LOCKED):
            s3.delete_object(**one, **more)
    s3.put_object_legal_hold(**one, LegalHold={"Status": "OFF"})
    s3.delete_object(**one)


def test_the_buckets_default(s3, locked):
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3}}})
    one = {"Bucket": locked, "Key": "k", "VersionId": put(s3, locked)}
    kept = s3.get_object_retention(**one)["Retention"]
    assert kept["Mode"] == "COMPLIANCE" and datetime.timedelta(days=2, hours=23) < kept["RetainUntilDate"] - NOW < datetime.timedelta(days=3, hours=1)
    with fails("AccessDenied", LOCKED):
        s3.delete_object(**one)
    upload = s3.create_multipart_upload(Bucket=locked, Key="parts")["UploadId"]
    part = s3.upload_part(Bucket=locked, Key="parts", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    s3.complete_multipart_upload(Bucket=locked, Key="parts", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]})
    assert s3.head_object(Bucket=locked, Key="parts")["ObjectLockMode"] == "COMPLIANCE"


def test_locks_do_not_go_with_a_copy(s3, locked):
    put(s3, locked, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=LATER, ObjectLockLegalHoldStatus="ON")
    s3.copy_object(Bucket=locked, Key="copy", CopySource=f"{locked}/k")
    head = s3.head_object(Bucket=locked, Key="copy")
    assert not any(member.startswith("ObjectLock") for member in head)


BOTH = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"


@pytest.mark.parametrize("lock, code, words", [
    ({"ObjectLockMode": "GOVERNANCE"}, "InvalidArgument", BOTH), ({"ObjectLockRetainUntilDate": LATER}, "InvalidArgument", BOTH),
    ({"ObjectLockMode": "BAD-VALUE", "ObjectLockRetainUntilDate": LATER}, "InvalidArgument", "Unknown wormMode directive."),
    ({"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": NOW - datetime.timedelta(days=1)}, "InvalidArgument", "The retain until date must be in the future!")])
def test_headers_that_are_no_lock(s3, locked, lock, code, words):
    for write in [lambda: s3.put_object(Bucket=locked, Key="k", Body=b"x", **lock), lambda: s3.create_multipart_upload(Bucket=locked, Key="k", **lock)]:
        with fails(code, words, 400):
            write()


def test_a_bucket_without_object_lock(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    one, words = {"Bucket": bucket, "Key": "k"}, "Bucket is missing Object Lock Configuration"
    for call in [lambda: s3.get_object_retention(**one), lambda: s3.get_object_legal_hold(**one), lambda: s3.put_object_retention(**one, Retention=retention("GOVERNANCE", LATER)),
                 lambda: s3.put_object_legal_hold(**one, LegalHold={"Status": "ON"}), lambda: s3.put_object(**one, ObjectLockLegalHoldStatus="ON")]:
        with fails("InvalidRequest", words, 400):
            call()
    with fails("InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration", 409):
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})


@pytest.mark.parametrize("rule", [{"Mode": "GOVERNANCE"}, {"Mode": "GOVERNANCE", "Days": 1, "Years": 1}, {"Mode": "X", "Days": 1}])
def test_defaults_that_are_none(s3, locked, rule):
    with fails("MalformedXML"):
        s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}})


@pytest.mark.parametrize("wrong", [{"Mode": "GOVERNANCE"}, {"RetainUntilDate": LATER}, {"Mode": "X", "RetainUntilDate": LATER}])
def test_retentions_that_are_none(s3, locked, wrong):
    put(s3, locked)
    with fails("MalformedXML"):
        s3.put_object_retention(Bucket=locked, Key="k", Retention=wrong)
    with fails("NoSuchKey"):
        s3.put_object_retention(Bucket=locked, Key="other", Retention=retention("GOVERNANCE", LATER))
