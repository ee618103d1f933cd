"""S3: objects that are made of parts; keys of special characters; notifications."""

import base64

from run import cases
from s3_support import bucket

s3 = cases("s3/test_s3.py::TestS3::")
sums = cases("s3/test_s3.py::TestS3MultipartUploadChecksum::")
sse_c = cases("s3/test_s3.py::TestS3SSECEncryption::")
parts_api = cases("s3/test_s3_api.py::TestS3Multipart::")
listed = cases("s3/test_s3_list_operations.py::TestS3ListParts::")
PART = b"a" * (5 * 1024 * 1024 + 1)


def plain(run):
    """boto3 as it was before it sent checksums by itself; it has no code for some of them."""
    return run.client("s3", request_checksum_calculation="when_required", response_checksum_validation="when_required")


def people(run):
    owner = run.s3.list_buckets()["Owner"]["ID"]
    run.constants(**{"i-d": owner})
    run.ignore("DisplayName")


@s3
def multipart_complete_multipart_too_small(run):
    name = bucket(run)
    at = {"Bucket": name, "Key": "k", "UploadId": run.s3.create_multipart_upload(Bucket=name, Key="k")["UploadId"]}
    parts = [{"PartNumber": n, "ETag": run.step(f"upload-part{n}", run.s3.upload_part, PartNumber=n, Body=b"data", **at)["ETag"]}
             for n in (1, 2)]
    run.step("complete-exc-too-small", run.s3.complete_multipart_upload, MultipartUpload={"Parts": parts}, **at)
    run.step("complete-exc-no-parts", run.s3.complete_multipart_upload, **at)


@s3
def multipart_key_validation(run):
    name = bucket(run)
    upload = run.s3.create_multipart_upload(Bucket=name, Key="test-multipart")["UploadId"]
    at = {"Bucket": name, "Key": "test-wrong-key", "UploadId": upload}
    run.step("upload-part-wrong-key-name", run.s3.upload_part, PartNumber=1, Body=b"x", **at)
    run.step("list-parts-wrong-key-name", run.s3.list_parts, **at)
    run.step("complete-multipart-wrong-key-name", run.s3.complete_multipart_upload, MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": "x"}]}, **at)
    run.step("abort-multipart-wrong-key-name", run.s3.abort_multipart_upload, **at)


def made_of_parts(run, kind, **type):
    """The steps that both kinds of checksum share; what is gone on with."""
    people(run)
    client, member, key = plain(run), f"Checksum{kind}", "test-multipart-checksum"
    name = bucket(run, name=run.unique("bucket"))
    run.constants(bucket=name)
    run.ignore("Bucket")
    upload = run.step("create-mpu-checksum", client.create_multipart_upload, Bucket=name, Key=key, ChecksumAlgorithm=kind,
                      **type)["UploadId"]
    at = {"Bucket": name, "Key": key, "UploadId": upload}
    parts = []
    for n, body in enumerate((PART, PART, b"a" * 10)):
        answer = run.step(f"upload-part-{n}", client.upload_part, PartNumber=n + 1, Body=body, **at)
        parts.append({"PartNumber": n + 1, "ETag": answer["ETag"], member: answer[member]})
    run.step("list-parts", client.list_parts, **at)
    return client, at, parts, member


def after_it(run, client, at):
    where = {"Bucket": at["Bucket"], "Key": at["Key"]}
    run.ignore("Body")
    run.step("get-object-with-checksum", client.get_object, ChecksumMode="ENABLED", **where)
    run.step("head-object-with-checksum", client.head_object, ChecksumMode="ENABLED", **where)
    run.step("get-object-attrs", client.get_object_attributes, ObjectAttributes=["Checksum", "ETag", "ObjectParts"], **where)
    run.step("get-object-part-checksum", client.get_object, PartNumber=3, ChecksumMode="ENABLED", **where)
    run.step("copy-obj-checksum", client.copy_object, Bucket=at["Bucket"], Key="copy", CopySource=f"{at['Bucket']}/{at['Key']}")
    run.step("get-copy-object-attrs", client.get_object_attributes, Bucket=at["Bucket"], Key="copy",
             ObjectAttributes=["Checksum", "ETag"])


def wrong_part(run, parts, member):
    """The recorded wrong part is one of three, another each time."""
    number = int(run.recorded["complete-multipart-wrong-parts-checksum"]["Error"]["PartNumber"])
    other = next(p[member] for p in parts if p[member] != parts[number - 1][member])
    return [{**p, member: other} if p["PartNumber"] == number else p for p in parts]


@sums
def complete_multipart_parts_checksum_composite(run):
    client, at, parts, member = made_of_parts(run, run.param)
    run.step("complete-multipart-no-checksum", client.complete_multipart_upload, MultipartUpload={
        "Parts": [{k: p[k] for k in ("PartNumber", "ETag")} for p in parts]}, **at)
    run.step("complete-multipart-wrong-parts-checksum", client.complete_multipart_upload, MultipartUpload={
        "Parts": wrong_part(run, parts, member)}, **at)
    run.step("complete-multipart-checksum", client.complete_multipart_upload, MultipartUpload={"Parts": parts}, **at)
    after_it(run, client, at)


@sums
def complete_multipart_parts_checksum_full_object(run):
    client, at, parts, member = made_of_parts(run, run.param, ChecksumType="FULL_OBJECT")
    run.step("complete-multipart-wrong-parts-checksum", client.complete_multipart_upload, MultipartUpload={
        "Parts": wrong_part(run, parts, member)}, **at)
    run.step("complete-multipart-checksum", client.complete_multipart_upload, MultipartUpload={"Parts": parts}, **at)
    after_it(run, client, at)


@sums
def multipart_checksum_type_compatibility(run):
    kind, algorithm = run.param.split("-")
    step = next(iter(run.recorded))
    run.ignore("Bucket", "Key")
    run.step(step, run.s3.create_multipart_upload, Bucket=bucket(run), Key="k", ChecksumAlgorithm=algorithm, ChecksumType=kind)


@sums
def multipart_checksum_type_default_for_checksum(run):
    run.ignore("Bucket", "Key")
    run.step("create-mpu-default-checksum-type", run.s3.create_multipart_upload, Bucket=bucket(run), Key="k",
             ChecksumAlgorithm=run.param)


@sums
def multipart_upload_part_checksum_exception(run):
    name, member, client = bucket(run), f"Checksum{run.param}", plain(run)
    at = {"Bucket": name, "Key": "k", "PartNumber": 1, "Body": b"abc",
          "UploadId": client.create_multipart_upload(Bucket=name, Key="k", ChecksumAlgorithm=run.param)["UploadId"]}
    size = {"CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32}[run.param]
    run.step("put-wrong-checksum-no-b64", client.upload_part, **{member: "test"}, **at)
    run.step("put-wrong-checksum-value", client.upload_part, **{member: base64.b64encode(b"0" * size).decode()}, **at)


@sums
def multipart_size_validation(run):
    name = bucket(run)
    at = {"Bucket": name, "Key": "test-multipart-size"}
    run.ignore("Bucket")
    at["UploadId"] = run.step("create-mpu", run.s3.create_multipart_upload, **at)["UploadId"]
    run.ignore("ChecksumCRC32", "ETag", "ChecksumCRC64NVME")
    parts = [{"PartNumber": 1, "ETag": run.step("upload-part", run.s3.upload_part, PartNumber=1, Body=b"test", **at)["ETag"]}]
    complete = run.s3.complete_multipart_upload
    run.step("complete-multipart-wrong-size", complete, MultipartUpload={"Parts": parts}, MpuObjectSize=5, **at)
    run.step("complete-multipart-good-size", complete, MultipartUpload={"Parts": parts}, MpuObjectSize=4, **at)
    run.step("get-object-attrs", run.s3.get_object_attributes, Bucket=name, Key=at["Key"], ObjectAttributes=["Checksum", "ETag"])


@sse_c
def multipart_upload_sse_c(run):
    people(run)
    name = bucket(run)
    run.ignore("Bucket", "ETag", "SSECustomerKeyMD5", "Body", "ChecksumCRC32")
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"0123456789abcdef0123456789abcdef"}
    at = {"Bucket": name, "Key": "test-sse-c-multipart"}
    at["UploadId"] = run.step("create-mpu-sse-c", run.s3.create_multipart_upload, **key, **at)["UploadId"]
    parts = [{"PartNumber": n + 1, "ETag": run.step(f"upload-part-{n}", run.s3.upload_part, PartNumber=n + 1, Body=PART, **key,
                                                    **at)["ETag"]} for n in range(3)]
    run.step("list-parts", run.s3.list_parts, **at)
    run.step("complete-multipart-checksum", run.s3.complete_multipart_upload, MultipartUpload={"Parts": parts}, **at)
    run.step("get-obj-sse-c", run.s3.get_object, Bucket=name, Key=at["Key"], **key)
    run.step("get-obj-no-sse-c-param", run.s3.get_object, Bucket=name, Key=at["Key"])


@parts_api
def upload_part_copy_range(run):
    people(run)
    name = bucket(run)
    run.ignore("Bucket")
    run.step("put-src-object", run.s3.put_object, Bucket=name, Key="src", Body="0123456789")
    at = {"Bucket": name, "Key": "test-upload-part-copy"}
    at["UploadId"] = run.step("create-multipart", run.s3.create_multipart_upload, **at)["UploadId"]
    copy = dict(CopySource=f"{name}/src", **at)
    for number, text in ((1, "0-8"), (2, "1-1"), (3, "0-0")):
        run.step(f"upload-part-copy-{number}", run.s3.upload_part_copy, PartNumber=number, CopySourceRange=f"bytes={text}", **copy)
    run.step("list-parts", run.s3.list_parts, **at)
    for step in run.recorded:
        if step.startswith("upload-part-copy-range-exc-"):
            text = step.removeprefix("upload-part-copy-range-exc-")
            run.step(step, run.s3.upload_part_copy, PartNumber=1, CopySourceRange=f"bytes={text}", **copy)
    run.step("upload-part-copy-wrong-format", run.s3.upload_part_copy, PartNumber=1, CopySourceRange="0-8", **copy)


@parts_api
def upload_part_copy_no_copy_source_range(run):
    people(run)
    name = bucket(run)
    run.ignore("Bucket")
    run.step("put-src-object", run.s3.put_object, Bucket=name, Key="src", Body="0123456789")
    at = {"Bucket": name, "Key": "test-upload-part-copy"}
    at["UploadId"] = run.step("create-multipart", run.s3.create_multipart_upload, **at)["UploadId"]
    run.step("upload-part-copy", run.s3.upload_part_copy, PartNumber=1, CopySource=f"{name}/src", **at)
    run.step("list-parts", run.s3.list_parts, **at)


@listed
def list_parts_empty_part_number_marker(run):
    people(run)
    name = bucket(run)
    run.ignore("Bucket")
    at = {"Bucket": name, "Key": "test-list-part-empty-marker"}
    at["UploadId"] = run.s3.create_multipart_upload(**at)["UploadId"]
    run.s3.upload_part(Body=b"data", PartNumber=1, **at)
    run.step("list-parts-empty-marker", run.s3.list_parts, PartNumberMarker="", **at)


notifications = cases("s3/test_s3_notifications_lambda.py::TestS3NotificationsToLambda::")
topics = cases("s3/test_s3_notifications_sns.py::TestS3NotificationsToSns::")


def invalid_target(run, member, arn, wrong, right):
    name = bucket(run)

    def put(target, **more):
        return dict(Bucket=name, NotificationConfiguration={member: [{"Id": "id123", arn: target, "Events": ["s3:ObjectCreated:*"]}]}, **more)
    ask = run.s3.put_bucket_notification_configuration
    run.step("invalid_not_skip", ask, **put(wrong))
    run.step("invalid_skip", ask, **put(wrong, SkipDestinationValidation=True))
    if "lambda-does-not-exist" in run.recorded:
        run.step("lambda-does-not-exist", ask, **put(right))
    ask(**put(right, SkipDestinationValidation=True))
    run.step("skip_destination_validation", run.s3.get_bucket_notification_configuration, Bucket=name)


@notifications
def invalid_lambda_arn(run):
    invalid_target(run, "LambdaFunctionConfigurations", "LambdaFunctionArn", "invalid-queue",
                   f"arn:aws:lambda:us-east-1:{run.account}:function:my-lambda")


@topics
def invalid_topic_arn(run):
    invalid_target(run, "TopicConfigurations", "TopicArn", "invalid-topic", f"arn:aws:sns:us-east-1:{run.account}:my-topic")


@s3
def put_get_object_special_character(run):
    name = bucket(run)
    where = {"Bucket": name, "Key": run.param}
    run.step("put-object-special-char", run.s3.put_object, Body=b"test", **where)
    run.step("list-object-special-char", run.s3.list_objects_v2, Bucket=name)
    run.step("get-object-special-char", run.s3.get_object, **where)
    run.step("del-object-special-char", run.s3.delete_object, **where)
