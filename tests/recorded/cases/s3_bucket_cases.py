"""S3: buckets and their configurations."""

import datetime
import json

from run import cases
from s3_support import bucket, objects

s3 = cases("s3/test_s3.py::TestS3::")
lifecycle = cases("s3/test_s3.py::TestS3BucketLifecycle::")
logging = cases("s3/test_s3.py::TestS3BucketLogging::")
website = cases("s3/test_s3.py::TestS3StaticWebsiteHosting::")
crud = cases("s3/test_s3_api.py::TestS3BucketCRUD::")
encryption = cases("s3/test_s3_api.py::TestS3BucketEncryption::")
tagging = cases("s3/test_s3_api.py::TestS3BucketObjectTagging::")
ownership = cases("s3/test_s3_api.py::TestS3BucketOwnershipControls::")
accelerate = cases("s3/test_s3_api.py::TestS3BucketAccelerateConfiguration::")
policy = cases("s3/test_s3_api.py::TestS3BucketPolicy::")


@s3
def bucket_availability(run):
    name = run.unique("missing")
    run.step("bucket-lifecycle", run.s3.get_bucket_lifecycle, Bucket=name)
    run.step("bucket-replication", run.s3.get_bucket_replication, Bucket=name)


@s3
def delete_bucket_no_such_bucket(run):
    run.step("expected_error", run.s3.delete_bucket, Bucket="does-not-exist-localstack-test")


@s3
def delete_bucket_policy(run):
    name = bucket(run)
    run.s3.delete_public_access_block(Bucket=name)
    run.s3.put_bucket_policy(Bucket=name, Policy=allowed(name))
    run.step("delete-bucket-policy", run.s3.delete_bucket_policy, Bucket=name)
    run.step("get-bucket-policy-no-such-bucket-policy", run.s3.get_bucket_policy, Bucket=name)


def allowed(name):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Action": "s3:GetObject", "Effect": "Allow", "Resource": f"arn:aws:s3:::{name}/*", "Principal": {"AWS": "*"}}]})


@s3
def put_bucket_policy(run):
    name = bucket(run)
    run.s3.delete_public_access_block(Bucket=name)
    run.step("put-bucket-policy", run.s3.put_bucket_policy, Bucket=name, Policy=allowed(name))
    run.step("get-bucket-policy", run.s3.get_bucket_policy, Bucket=name)


@s3
def get_bucket_policy(run):
    name = bucket(run)
    run.step("get-bucket-policy-no-such-bucket-policy", run.s3.get_bucket_policy, Bucket=name)
    run.s3.delete_public_access_block(Bucket=name)
    run.s3.put_bucket_policy(Bucket=name, Policy=allowed(name))
    run.step("get-bucket-policy", run.s3.get_bucket_policy, Bucket=name)
    run.step("get-bucket-policy-with-expected-bucket-owner", run.s3.get_bucket_policy, Bucket=name, ExpectedBucketOwner=run.account)
    run.step("get-bucket-policy-with-expected-bucket-owner-error", run.s3.get_bucket_policy, Bucket=name, ExpectedBucketOwner="000000000002")


@s3
def get_bucket_policy_invalid_account_id(run):
    run.step("get-bucket-policy-invalid-bucket-owner", run.s3.get_bucket_policy, Bucket=bucket(run), ExpectedBucketOwner=run.param)


@s3
def put_bucket_policy_invalid_account_id(run):
    name = bucket(run)
    run.step("put-bucket-policy-invalid-bucket-owner", run.s3.put_bucket_policy, Bucket=name, Policy=allowed(name),
             ExpectedBucketOwner=run.param)


@s3
def s3_request_payer(run):
    name = bucket(run)
    run.step("put-bucket-request-payment", run.s3.put_bucket_request_payment, Bucket=name,
             RequestPaymentConfiguration={"Payer": "Requester"})
    run.step("get-bucket-request-payment", run.s3.get_bucket_request_payment, Bucket=name)


@s3
def put_bucket_inventory_config_order(run):
    name, target = bucket(run), bucket(run)

    def put(id):
        run.s3.put_bucket_inventory_configuration(Bucket=name, Id=id, InventoryConfiguration={
            "Id": id, "Destination": {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{target}", "Format": "CSV"}},
            "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}})
    for id in ("test-1", "z-test", "a-test"):
        put(id)
    run.step("list-inventory-config", run.s3.list_bucket_inventory_configurations, Bucket=name)
    run.step("del-inventory-config", run.s3.delete_bucket_inventory_configuration, Bucket=name, Id="z-test")
    run.step("list-inventory-config-after-del", run.s3.list_bucket_inventory_configurations, Bucket=name)


@s3
def s3_analytics_configurations(run):
    name = bucket(run)

    def config(id, prefix):
        return {"Id": id, "Filter": {"Prefix": prefix}, "StorageClassAnalysis": {"DataExport": {
            "OutputSchemaVersion": "V_1", "Destination": {"S3BucketDestination": {
                "Format": "CSV", "Bucket": f"arn:aws:s3:::{name}", "Prefix": "test"}}}}}
    first, second = "config_with_storage_analysis_1", "config_with_storage_analysis_2"
    put, get = run.s3.put_bucket_analytics_configuration, run.s3.get_bucket_analytics_configuration
    run.step("put_config_with_storage_analysis_err", put, Bucket=name, Id="different-id", AnalyticsConfiguration=config(first, "test_ls"))
    run.step("put_config_with_storage_analysis_1", put, Bucket=name, Id=first, AnalyticsConfiguration=config(first, "test_ls"))
    run.step("get_config_with_storage_analysis_1", get, Bucket=name, Id=first)
    put(Bucket=name, Id=first, AnalyticsConfiguration=config(first, "test_ls_2"))
    run.step("get_config_with_storage_analysis_2", get, Bucket=name, Id=first)
    put(Bucket=name, Id=second, AnalyticsConfiguration=config(second, "test_ls_3"))
    run.step("get_config_with_storage_analysis_3", get, Bucket=name, Id=second)
    run.step("list_config_with_storage_analysis_1", run.s3.list_bucket_analytics_configurations, Bucket=name)
    run.s3.delete_bucket_analytics_configuration(Bucket=name, Id=second)
    run.step("list_config_with_storage_analysis_2", run.s3.list_bucket_analytics_configurations, Bucket=name)
    run.step("get_config_with_storage_analysis_err", get, Bucket=name, Id=second)
    run.step("delete_config_with_storage_analysis_err", run.s3.delete_bucket_analytics_configuration, Bucket=name, Id=second)


def expiring(run, name, rules):
    run.s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    run.step("get-bucket-lifecycle-conf", run.s3.get_bucket_lifecycle_configuration, Bucket=name)


def rule(id, prefix="", days=7, **more):
    return {"ID": id, "Filter": {"Prefix": prefix}, "Status": "Enabled", "Expiration": {"Days": days}, **more}


@lifecycle
def delete_bucket_lifecycle_configuration(run):
    name = bucket(run)
    run.step("get-bucket-lifecycle-exc-1", run.s3.get_bucket_lifecycle_configuration, Bucket=name)
    run.step("delete-bucket-lifecycle-no-bucket", run.s3.delete_bucket_lifecycle, Bucket=name)
    expiring(run, name, [rule("wholebucket")])
    run.s3.delete_bucket_lifecycle(Bucket=name)
    run.step("get-bucket-lifecycle-exc-2", run.s3.get_bucket_lifecycle_configuration, Bucket=name)


@lifecycle
def delete_lifecycle_configuration_on_bucket_deletion(run):
    name = bucket(run)
    expiring(run, name, [rule("wholebucket")])
    run.s3.delete_bucket(Bucket=name)
    run.s3.create_bucket(Bucket=name)
    run.step("get-bucket-lifecycle-exc", run.s3.get_bucket_lifecycle_configuration, Bucket=name)


@lifecycle
def put_bucket_lifecycle_conf_exc(run):
    name = bucket(run)

    def refused(step, **rule):
        run.step(step, run.s3.put_bucket_lifecycle_configuration, Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    seven = {"Days": 7}
    refused("missing-id", Expiration=seven, Status="Enabled")
    refused("missing-filter", Expiration=seven, ID="wholebucket", Status="Enabled")
    refused("missing-noncurrent-version-expiration-data", ID="wholebucket", Filter={"Prefix": ""}, Status="Enabled",
            NoncurrentVersionExpiration={})
    refused("wrong-filter-and-plus-prefix", ID="wholebucket", Expiration=seven, Status="Enabled", Filter={
        "And": {"Prefix": "test", "Tags": [{"Key": "testlifecycle", "Value": "positive"}]}, "Prefix": ""})
    refused("wrong-filter-and-and-object-size", ID="wholebucket", Expiration=seven, Status="Enabled", Filter={
        "ObjectSizeGreaterThan": 500, "Prefix": "test"})
    refused("wrong-data-no-midnight", ID="wholebucket", Status="Enabled", Filter={"Prefix": "foo"}, Expiration={
        "Date": datetime.datetime(2030, 1, 1, 2, 2, 2)})
    refused("duplicate-tag-keys", ID="wholebucket", Expiration=seven, Status="Enabled", Filter={
        "And": {"Tags": [{"Key": "testlifecycle", "Value": "a"}, {"Key": "testlifecycle", "Value": "b"}]}})
    refused("expired-delete-marker-and-days", ID="wholebucket", Status="Enabled", Filter={"Prefix": ""}, Expiration={
        "Days": 1, "ExpiredObjectDeleteMarker": True})


@lifecycle
def bucket_lifecycle_configuration_object_expiry(run):
    name = bucket(run)
    run.ignore("Expiration")
    expiring(run, name, [rule("rule_number_one")])
    objects(run, name, "k", body=b"test")
    run.step("head-object-expiry", run.s3.head_object, Bucket=name, Key="k")
    run.step("get-object-expiry", run.s3.get_object, Bucket=name, Key="k")


@lifecycle
def bucket_lifecycle_configuration_object_expiry_versioned(run):
    name = bucket(run, versioned=True)
    run.ignore("Expiration")
    expiring(run, name, [{"ID": "rule2", "Filter": {}, "Status": "Enabled", "Expiration": {"Days": 7},
                          "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}])
    first = run.s3.put_object(Bucket=name, Key="k", Body="test")["VersionId"]
    run.step("head-object-expiry", run.s3.head_object, Bucket=name, Key="k")
    second = run.s3.put_object(Bucket=name, Key="k", Body="test")["VersionId"]
    run.step("head-object-expiry-current-without-version-id", run.s3.head_object, Bucket=name, Key="k")
    run.step("head-object-expiry-current-with-version-id", run.s3.head_object, Bucket=name, Key="k", VersionId=second)
    run.step("head-object-expiry-noncurrent", run.s3.head_object, Bucket=name, Key="k", VersionId=first)


@lifecycle
def bucket_lifecycle_multiple_rules(run):
    name = bucket(run)
    run.ignore("Expiration")
    expiring(run, name, [rule("rule_one", "testobject"), rule("rule_two", "test", 3), rule("rule_three", "t", 5)])
    for step, key in (("put-object-match-both-rules", "testobject1"), ("put-object-match-rule-2", "test"),
                      ("put-object-no-match", "no-match")):
        answer = run.step(step, run.s3.put_object, Bucket=name, Key=key, Body=b"test")
        assert ("Expiration" in answer) == (key != "no-match"), answer


@lifecycle
def bucket_lifecycle_object_size_rules(run):
    name = bucket(run)
    run.ignore("Expiration", "ETag", "ChecksumCRC32")
    expiring(run, name, [{**rule("rule_one", days=3), "Filter": {"ObjectSizeGreaterThan": 20}},
                         {**rule("rule_two", days=5), "Filter": {"ObjectSizeLessThan": 10}}])
    for step, size in (("put-object-match-rule-1", 22), ("put-object-match-rule-2", 9), ("put-object-no-match", 15)):
        answer = run.step(step, run.s3.put_object, Bucket=name, Key=step, Body=b"a" * size)
        assert ("Expiration" in answer) == (size != 15), answer


@logging
def put_bucket_logging(run):
    name, target = bucket(run), bucket(run)
    run.constants(**{"owner-id": run.s3.list_buckets()["Owner"]["ID"]})
    run.step("get-bucket-logging-default", run.s3.get_bucket_logging, Bucket=name)
    run.step("get-bucket-default-acl", run.s3.get_bucket_acl, Bucket=name)
    run.step("put-bucket-logging", run.s3.put_bucket_logging, Bucket=name, BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log"}})
    run.step("get-bucket-logging", run.s3.get_bucket_logging, Bucket=name)
    run.step("put-bucket-logging-delete", run.s3.put_bucket_logging, Bucket=name, BucketLoggingStatus={})


@logging
def put_bucket_logging_wrong_target(run):
    name, far = bucket(run), run.unique("far")
    run.client("s3", region="us-west-2").create_bucket(Bucket=far, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

    def put(target):
        return dict(Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log"}})
    run.step("put-bucket-logging-different-regions", run.s3.put_bucket_logging, **put(far))
    run.step("put-bucket-logging-non-existent-bucket", run.s3.put_bucket_logging, **put(run.unique("missing")))


@website
def crud_website_configuration(run):
    name = bucket(run)
    run.step("get-no-such-website-config", run.s3.get_bucket_website, Bucket=name)
    run.step("del-no-such-website-config", run.s3.delete_bucket_website, Bucket=name)
    run.step("put-website-config", run.s3.put_bucket_website, Bucket=name, WebsiteConfiguration={
        "IndexDocument": {"Suffix": "index.html"}})
    run.step("get-website-config", run.s3.get_bucket_website, Bucket=name)


@crud
def delete_bucket_with_objects(run):
    name = bucket(run)
    objects(run, name, "k")
    run.step("delete-with-obj", run.s3.delete_bucket, Bucket=name)
    run.step("delete-obj", run.s3.delete_object, Bucket=name, Key="k")
    run.step("delete-bucket", run.s3.delete_bucket, Bucket=name)


@tagging
def bucket_tagging_crud(run):
    name = bucket(run)

    def put(step, *tags):
        run.step(step, run.s3.put_bucket_tagging, Bucket=name, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]})
    run.step("get-bucket-tags-empty", run.s3.get_bucket_tagging, Bucket=name)
    put("put-bucket-tags", ("tag1", "tag1"), ("tag2", ""))
    run.step("get-bucket-tags", run.s3.get_bucket_tagging, Bucket=name)
    put("put-bucket-tags-overwrite", ("tag3", "tag3"))
    run.step("get-bucket-tags-overwritten", run.s3.get_bucket_tagging, Bucket=name)
    run.step("delete-bucket-tags", run.s3.delete_bucket_tagging, Bucket=name)


@tagging
def bucket_tagging_exc(run):
    name = run.unique("missing")
    run.step("get-no-bucket-tags", run.s3.get_bucket_tagging, Bucket=name)
    run.step("delete-no-bucket-tags", run.s3.delete_bucket_tagging, Bucket=name)
    run.step("put-no-bucket-tags", run.s3.put_bucket_tagging, Bucket=name, Tagging={"TagSet": []})


@tagging
def create_bucket_with_tags_exc(run):
    def refused(step, *tags):
        run.step(step, run.s3.create_bucket, Bucket=run.unique("bucket"), CreateBucketConfiguration={"Tags": list(tags)})
    refused("tags-key-aws-prefix", {"Key": "aws:prefix", "Value": "value"})
    refused("tags-key-aws-bad-key", {"Key": "test,test2", "Value": "value"})
    refused("tags-key-aws-bad-value", {"Key": "test", "Value": "value1,value2"})
    refused("tags-key-none", {"Value": "value"})
    refused("tags-value-none", {"Key": "test"})
    refused("tags-key-aws-duplicated-key", {"Key": "test", "Value": "value"}, {"Key": "test", "Value": "value2"})


@tagging
def create_bucket_with_tags_us_east_1_idempotency(run):
    name = run.unique("bucket")

    def create(step, *configuration):
        more = {"CreateBucketConfiguration": configuration[0]} if configuration else {}
        run.step(step, run.s3.create_bucket, Bucket=name, **more)
    same = {"Tags": [{"Key": "tag1", "Value": "value1"}]}
    create("create-bucket-with-tags", same)
    run.step("get-bucket-tags", run.s3.get_bucket_tagging, Bucket=name)
    create("create-bucket-with-same-tags", same)
    create("create-bucket-different-tags", {"Tags": [{"Key": "tag1", "Value": "value2"}]})
    create("create-bucket-with-no-tags")
    run.step("get-bucket-tags-after-re-create", run.s3.get_bucket_tagging, Bucket=name)
    create("create-bucket-with-empty-tags", {"Tags": []})
    run.step("get-bucket-tags-after-create-empty", run.s3.get_bucket_tagging, Bucket=name)


@tagging
def tagging_validation(run):
    name = bucket(run)
    objects(run, name, "k")
    twice = [{"Key": "Key1", "Value": "Val1"}, {"Key": "Key1", "Value": "Val1"}]
    odd = {"Key": "Key1,Key2", "Value": "Val1"}
    for kind, put in (("bucket", run.s3.put_bucket_tagging), ("object", run.s3.put_object_tagging)):
        more = {"Key": "k"} if kind == "object" else {}

        def refused(step, *tags):
            run.step(f"put-{kind}-tags-{step}", put, Bucket=name, Tagging={"TagSet": list(tags)}, **more)
        refused("duplicate-keys", *twice)
        refused("invalid-key" if kind == "bucket" else "invalid-field", odd)
        if kind == "bucket":
            refused("invalid-value", {"Key": "Key1", "Value": "Val1,Val2"})
        refused("aws-prefixed", {"Key": "aws:prefixed", "Value": "Val1"})
        refused("none-key", {"Value": "Val1"})
        refused("none-value", {"Key": "Key1"})


@ownership
def bucket_ownership_controls_exc(run):
    name = bucket(run)
    run.step("default-ownership", run.s3.get_bucket_ownership_controls, Bucket=name)

    def put(step, *rules):
        run.step(step, run.s3.put_bucket_ownership_controls, Bucket=name, OwnershipControls={"Rules": list(rules)})
    put("put-ownership-multiple-rules", {"ObjectOwnership": "BucketOwnerPreferred"}, {"ObjectOwnership": "ObjectWriter"})
    put("put-ownership-wrong-value", {"ObjectOwnership": "RandomValue"})
    put("put-ownership-empty-rule")
    run.step("ownership-wrong-value-at-creation", run.s3.create_bucket, Bucket=run.unique("b"), ObjectOwnership="RandomValue")
    run.step("ownership-non-value-at-creation", run.s3.create_bucket, Bucket=run.unique("b"), ObjectOwnership="")


@accelerate
def bucket_acceleration_configuration_exc(run):
    def put(step, name, status):
        run.step(step, run.s3.put_bucket_accelerate_configuration, Bucket=name, AccelerateConfiguration={"Status": status})
    name = bucket(run)
    put("put-bucket-accelerate-config-lowercase", name, "enabled")
    put("put-bucket-accelerate-config-random", name, "random")
    put("put-bucket-accelerate-config-dot-bucket", bucket(run, name=run.unique("a.b")), "Enabled")


@policy
def bucket_policy_exc(run):
    name = bucket(run)
    for step, text in (("put-empty-bucket-policy", ""), ("put-bucket-policy-randomstring", "invalid json"),
                       ("put-bucket-policy-empty-json", "{}")):
        run.step(step, run.s3.put_bucket_policy, Bucket=name, Policy=text)
