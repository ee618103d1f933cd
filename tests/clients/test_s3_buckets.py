"""S3: buckets and what is set on them."""

import json

from helpers import fails, names, tags


def test_bucket_lives_and_dies(s3, account):
    name = f"life-{account}"
    s3.create_bucket(Bucket=name)
    assert names(s3.list_buckets()["Buckets"], "Name") == [name]
    s3.head_bucket(Bucket=name)
    s3.delete_bucket(Bucket=name)
    with fails("404", status=404):
        s3.head_bucket(Bucket=name)


def test_missing_bucket(s3, account):
    with fails("NoSuchBucket", "The specified bucket does not exist", 404):
        s3.list_objects_v2(Bucket=f"none-{account}")


def test_names_are_checked(s3):
    with fails("InvalidBucketName", "The specified bucket is not valid."):
        s3.create_bucket(Bucket="Not-Valid")


def test_bucket_names_are_global(clients, bucket, account):
    other = clients("s3", access_key="222222222222")
    with fails("BucketAlreadyExists", status=409):
        other.create_bucket(Bucket=bucket)


def test_region_of_a_bucket(clients, account):
    name = f"west-{account}"
    west = clients("s3", region="us-west-2")
    with fails("IllegalLocationConstraintException"):
        west.create_bucket(Bucket=name)
    west.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    assert west.get_bucket_location(Bucket=name)["LocationConstraint"] == "us-west-2"


def test_bucket_with_objects_stays(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    with fails("BucketNotEmpty", "The bucket you tried to delete is not empty", 409):
        s3.delete_bucket(Bucket=bucket)


def test_policy(s3, bucket):
    with fails("NoSuchBucketPolicy", "The bucket policy does not exist", 404):
        s3.get_bucket_policy(Bucket=bucket)
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                 "Resource": f"arn:aws:s3:::{bucket}/secret/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
    s3.delete_bucket_policy(Bucket=bucket)
    with fails("NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=bucket)


def test_policy_must_be_json(s3, bucket):
    with fails("MalformedPolicy"):
        s3.put_bucket_policy(Bucket=bucket, Policy="not json")


def test_ownership(s3, bucket):
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == rules


def test_acls_are_off_unless_ownership_allows(s3, bucket):
    with fails("AccessControlListNotSupported", "The bucket does not allow ACLs"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"", ACL="public-read")


def test_public_access_block(s3, bucket):
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": True,
             "RestrictPublicBuckets": False}
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == block


def test_tags_of_a_bucket(s3, bucket):
    with fails("NoSuchTagSet", "The TagSet does not exist", 404):
        s3.get_bucket_tagging(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags(a="1")})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags(a="1")


def test_encryption_is_on_by_default(s3, bucket):
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_cors(s3, bucket):
    with fails("NoSuchCORSConfiguration", "The CORS configuration does not exist", 404):
        s3.get_bucket_cors(Bucket=bucket)
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules


def test_lifecycle(s3, bucket):
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"},
            "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [rule]
