"""Deleting objects: many at once, on condition, and with some of the keys refused."""

from helpers import fails
from test_enforcement import allow, deny, user  # noqa: F401


def test_deleting_many(s3, bucket):
    for key in ("a", "b", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]})
    assert sorted(d["Key"] for d in answer["Deleted"]) == ["a", "b"]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["c"]


def test_deleting_on_condition(s3, bucket):
    """S3 user guide, "How to perform conditional deletes"."""
    etag = s3.put_object(Bucket=bucket, Key="a", Body=b"1")["ETag"]
    with fails("PreconditionFailed", status=412):
        s3.delete_object(Bucket=bucket, Key="a", IfMatch='"0"')
    with fails("PreconditionFailed", status=412):
        s3.delete_object(Bucket=bucket, Key="absent", IfMatch="*")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [
        {"Key": "absent", "ETag": "*"}, {"Key": "a", "ETag": etag}]})
    assert [d["Key"] for d in answer["Deleted"]] == ["a"]
    assert [(e["Key"], e["Code"]) for e in answer["Errors"]] == [("absent", "PreconditionFailed")]

def test_deleting_many_is_decided_for_each_key(clients, user, account, bucket):
    """S3 API reference, DeleteObjects: a response of 200 with an Error for each key that failed."""
    s3 = clients("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    versions = {key: s3.put_object(Bucket=bucket, Key=key, Body=b"")["VersionId"]
                for key in ("mine/a", "mine/b", "yours/a", "tagged")}
    arn = f"arn:aws:s3:::{bucket}"
    bob = user("bob", allow("s3:DeleteObject", f"{arn}/*"),
               allow("s3:DeleteObjectVersion", f"{arn}/mine/b"),
               deny("s3:DeleteObject", f"{arn}/yours/*"),
               deny("s3:DeleteObject", f"{arn}/tag*"))("s3")
    answer = bob.delete_objects(Bucket=bucket, Delete={"Objects": [
        {"Key": "mine/a"}, {"Key": "yours/a"}, {"Key": "tagged"}, {"Key": "absent"},
        {"Key": "mine/a", "VersionId": versions["mine/a"]},
        {"Key": "mine/b", "VersionId": versions["mine/b"]}]})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert [(d["Key"], d.get("VersionId")) for d in answer["Deleted"]] == [
        ("mine/a", None), ("absent", None), ("mine/b", versions["mine/b"])]
    who = f"User: arn:aws:iam::{account}:user/bob is not authorized to perform: "
    assert [(e["Key"], e.get("VersionId"), e["Code"], e["Message"]) for e in answer["Errors"]] == [
        ("yours/a", None, "AccessDenied", f'{who}s3:DeleteObject on resource: "{arn}/yours/a" with '
         "an explicit deny in an identity-based policy"),
        ("tagged", None, "AccessDenied", f'{who}s3:DeleteObject on resource: "{arn}/tagged" with '
         "an explicit deny in an identity-based policy"),
        ("mine/a", versions["mine/a"], "AccessDenied", f"{who}s3:DeleteObjectVersion on resource: "
         f'"{arn}/mine/a" because no identity-based policy allows the s3:DeleteObjectVersion '
         "action")]
    left = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert left == ["tagged", "yours/a"]


def test_deleting_many_quietly_tells_refusals_only(clients, user, bucket):
    s3 = clients("s3")
    for key in ("a", "b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    eve = user("eve", allow("s3:DeleteObject", f"arn:aws:s3:::{bucket}/a"))("s3")
    answer = eve.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": [
        {"Key": "a"}, {"Key": "b"}]})
    assert "Deleted" not in answer
    assert [(e["Key"], e["Code"]) for e in answer["Errors"]] == [("b", "AccessDenied")]
    answer = eve.delete_objects(Bucket=bucket, BypassGovernanceRetention=True, Delete={
        "Objects": [{"Key": "a"}]})
    assert "s3:BypassGovernanceRetention" in answer["Errors"][0]["Message"]
