"""S3: who may reach a bucket from where, and metrics."""

from run import cases
from s3_support import bucket

metrics = cases("s3/test_s3_api.py::TestS3MetricsConfiguration::")
access = cases("s3/test_s3_api.py::TestS3PublicAccessBlock::")
cors = cases("s3/test_s3_cors.py::TestS3Cors::")


@metrics
def put_bucket_metrics_configuration(run):
    name, config = bucket(run), {"Id": run.unique("metrics"), "Filter": {"Prefix": "logs/"}}
    run.step("put_bucket_metrics_configuration", run.s3.put_bucket_metrics_configuration, Bucket=name, Id=config["Id"],
             MetricsConfiguration=config)
    run.step("get_bucket_metrics_configuration", run.s3.get_bucket_metrics_configuration, Bucket=name, Id=config["Id"])


@metrics
def get_bucket_metrics_configuration_not_exist(run):
    run.step("get_bucket_metrics_configuration", run.s3.get_bucket_metrics_configuration, Bucket=bucket(run), Id="x")


@access
def crud_public_access_block(run):
    name = bucket(run)
    run.step("get-default-public-access-block", run.s3.get_public_access_block, Bucket=name)
    run.step("put-public-access-block", run.s3.put_public_access_block, Bucket=name, PublicAccessBlockConfiguration={
        "BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": False})
    run.step("get-public-access-block", run.s3.get_public_access_block, Bucket=name)
    run.step("delete-public-access-block", run.s3.delete_public_access_block, Bucket=name)
    run.step("get-public-access-block-after-delete", run.s3.get_public_access_block, Bucket=name)
    run.step("idempotent-delete-public-access-block", run.s3.delete_public_access_block, Bucket=name)


@cors
def get_cors(run):
    name = bucket(run)
    run.step("get-cors-no-set", run.s3.get_bucket_cors, Bucket=name)
    run.s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]})
    run.step("get-cors-after-set", run.s3.get_bucket_cors, Bucket=name)


@cors
def put_cors_invalid_rules(run):
    name = bucket(run)
    run.step("put-cors-exc", run.s3.put_bucket_cors, Bucket=name, CORSConfiguration={
        "CORSRules": [{"AllowedOrigins": ["*", "https://test.com"], "AllowedMethods": ["MYMETHOD"]}]})
    run.step("put-cors-exc-empty", run.s3.put_bucket_cors, Bucket=name, CORSConfiguration={"CORSRules": []})
