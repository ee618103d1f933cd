"""S3: objects that come as forms, as browsers send them.

Words: recorded answers of S3 ("TestS3PresignedPost"), and "POST Object" and "Creating a POST policy" of the S3 API reference.
"""

import hashlib
import json
import re
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def post(endpoint, bucket):
    """post(fields, body, ...): (status, headers, text)."""
    def post(fields, body=b"content", url=None, file_name="a.txt", file_type=None, content_type=None):
        boundary = "----form7"
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]
        if body is not None:
            named = f'; filename="{file_name}"' if file_name else ""
            typed = f"Content-Type: {file_type}\r\n" if file_type else ""
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"{named}\r\n{typed}\r\n'.encode() + body + b"\r\n")
        request = urllib.request.Request(url or f"{endpoint}/{bucket}", data=b"".join(parts) + f"--{boundary}--\r\n".encode(),
                                         headers={"Content-Type": content_type or f"multipart/form-data; boundary={boundary}"})

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        try:
            with urllib.request.build_opener(Stay).open(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, dict(answer.headers), answer.read().decode()
    return post


def tag(text, name):
    found = re.search(f"<{name}>(.*?)</{name}>", text, re.S)
    return found and found.group(1).replace("&quot;", '"').replace("&#34;", '"')


def signed(s3, bucket, key="k", fields=None, conditions=None, expires=3600):
    return s3.generate_presigned_post(bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=expires)["fields"]


@pytest.fixture(params=["s3v4", "s3"])
def signer(request, clients):
    return clients("s3", s3={"addressing_style": "path"}, signature_version=request.param)


def test_round_trip(s3, signer, bucket, post):
    status, headers, text = post(signed(signer, bucket), b"something")
    assert (status, text) == (204, "")
    assert headers["ETag"] == f'"{hashlib.md5(b"something").hexdigest()}"' and headers["Location"].endswith(f"/{bucket}/k")
    head = s3.get_object(Bucket=bucket, Key="k")
    assert head["Body"].read() == b"something" and head["ContentType"] == "binary/octet-stream"


def test_fields_become_headers(s3, bucket, post):
    fields = {"Content-Type": "text/plain", "x-amz-meta-test-1": "m1", "x-amz-storage-class": "STANDARD_IA", "acl": "private",
              "Cache-Control": "no-cache",
              "tagging": "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>"}
    status, _, _ = post(signed(s3, bucket, "dir/${filename}", fields, [{name: value} for name, value in fields.items()]))
    assert status == 204
    head = s3.head_object(Bucket=bucket, Key="dir/a.txt")
    assert head["Metadata"] == {"test-1": "m1"} and head["StorageClass"] == "STANDARD_IA"
    assert head["ContentType"] == "text/plain" and head["CacheControl"] == "no-cache"
    assert s3.get_object_tagging(Bucket=bucket, Key="dir/a.txt")["TagSet"] == [{"Key": "a", "Value": "b c"}]


def test_a_file_without_a_name_leaves_the_key(s3, bucket, post):
    assert post(signed(s3, bucket, "as-field-${filename}"), b"{}", file_name=None)[0] == 204
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"] == "as-field-${filename}"


def test_what_is_answered(s3, bucket, post):
    def ask(**fields):
        return post(signed(s3, bucket, "a b", fields, [{name: value} for name, value in fields.items()]))
    assert ask(success_action_status="200")[::2] == (200, "")
    status, headers, text = ask(success_action_status="201")
    assert status == 201 and tag(text, "Bucket") == bucket and tag(text, "Key") == "a b"
    assert tag(text, "ETag") == headers["ETag"] and tag(text, "Location") == headers["Location"]
    assert ask(success_action_status="302")[0] == 204
    status, headers, _ = ask(success_action_redirect="http://localhost.test/done?x=1")
    etag = hashlib.md5(b"content").hexdigest()
    assert status == 303
    assert headers["Location"] == f"http://localhost.test/done?x=1&bucket={bucket}&key=a%20b&etag=%22{etag}%22"


def refused(answer, status, code, message, **more):
    assert answer[0] == status, answer
    assert (tag(answer[2], "Code"), tag(answer[2], "Message")) == (code, message)
    for name, value in more.items():
        assert tag(answer[2], name) == value


def test_conditions(s3, bucket, post):
    def given(conditions, body=b"content", **fields):
        return post({**signed(s3, bucket, "k", conditions=conditions), **fields}, body)
    assert given([["starts-with", "$x-amz-meta-a", "b"], ["content-length-range", 1, 10]], **{"x-amz-meta-a": "bc"})[0] == 204
    refused(given([["eq", "$success_action_redirect", "http://a"]], success_action_redirect="http://b"), 403, "AccessDenied",
            'Invalid according to Policy: Policy Condition failed: ["eq", "$success_action_redirect", "http://a"]')
    refused(given([["eq", "success_action_redirect", "http://a"]], success_action_redirect="http://a"), 403, "AccessDenied",
            'Invalid according to Policy: Policy Condition failed: ["eq", "success_action_redirect", "http://a"]')
    refused(given([{"a": "b", "c": "d"}]), 400, "InvalidPolicyDocument",
            "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
    refused(given([], **{"x-amz-meta-more": "x"}), 403, "AccessDenied",
            "Invalid according to Policy: Extra input fields: x-amz-meta-more")
    assert given([], **{"x-ignore-me": "x"})[0] == 204
    refused(given([["content-length-range", 0, 3]]), 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size",
            ProposedSize="7", MaxSizeAllowed="3")
    refused(given([["content-length-range", 8, 9]]), 400, "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size", ProposedSize="7", MinSizeAllowed="8")
    s3.delete_object(Bucket=bucket, Key="k")
    refused(post({**signed(s3, bucket, "k"), "key": "other"}), 403, "AccessDenied",
            'Invalid according to Policy: Policy Condition failed: ["eq", "$key", "k"]')
    refused(post(signed(s3, bucket, expires=-10)), 403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    refused(post({**signed(s3, bucket), "policy": "bm8="}), 400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_malformed(s3, clients, bucket, post):
    refused(post({}, content_type="application/json"), 412, "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            Condition="Bucket POST must be of the enclosure-type multipart/form-data")
    fields = signed(s3, bucket)
    refused(post({k: v for k, v in fields.items() if k != "key"}), 400, "InvalidArgument",
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
            ArgumentName="key", ArgumentValue="")
    latest = signed(clients("s3", signature_version="s3v4"), bucket)
    refused(post({k: v for k, v in latest.items() if k != "x-amz-signature"}), 400, "InvalidArgument",
            "Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified, please check the order of the fields.")
    refused(post(fields, None), 400, "InvalidArgument", "POST requires exactly one file upload per request.")
    refused(post({**fields, "x-ignore-a": "x" * 30_000}), 400, "MaxPostPreDataLengthExceeded",
            "Your POST request fields preceding the upload file were too large.")
    refused(post({**fields, "tagging": "no xml"}), 403, "AccessDenied", "Invalid according to Policy: Extra input fields: tagging")
    tagged = signed(s3, bucket, fields={"tagging": "no xml"}, conditions=[{"tagging": "no xml"}])
    refused(post(tagged), 400, "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema")
    odd = signed(s3, bucket, fields={"x-amz-storage-class": "FakeClass"}, conditions=[{"x-amz-storage-class": "FakeClass"}])
    refused(post(odd), 400, "InvalidStorageClass", "The storage class you specified is not valid", StorageClassRequested="FakeClass")
    missing = post(fields, url=None, content_type="multipart/form-data")
    refused(missing, 400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")


def test_without_a_signature_nobody_is_let_in(s3, bucket, post):
    refused(post({"key": "k"}), 403, "AccessDenied", "Access Denied")


def test_keys_that_were_made_here_must_sign(s3, iam, clients, bucket, post):
    iam.create_user(UserName="uploader")
    key = iam.create_access_key(UserName="uploader")["AccessKey"]
    user = clients("s3", key["AccessKeyId"], key["SecretAccessKey"], signature_version="s3v4")
    assert post(signed(user, bucket))[0] == 403
    iam.put_user_policy(UserName="uploader", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/up/*"}]}))
    assert post(signed(user, bucket, "up/k"))[0] == 204
    assert tag(post(signed(user, bucket, "k"))[2], "Code") == "AccessDenied"
    forged = clients("s3", key["AccessKeyId"], "x" * 40, signature_version="s3v4")
    assert tag(post(signed(forged, bucket, "up/k"))[2], "Code") == "SignatureDoesNotMatch"
    old = clients("s3", key["AccessKeyId"], key["SecretAccessKey"], signature_version="s3")
    assert tag(post(signed(old, bucket, "up/k"))[2], "Code") == "InvalidRequest"
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"s3:authType": "POST"}}}]}))
    assert tag(post(signed(user, bucket, "up/k"))[2], "Code") == "AccessDenied"


def test_it_is_a_post_that_queues_hear_of(s3, sqs, bucket, account, post):
    url = sqs.create_queue(QueueName="q", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})["QueueUrl"]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [
        {"QueueArn": f"arn:aws:sqs:us-east-1:{account}:q", "Events": ["s3:ObjectCreated:Post"]}]})
    sqs.purge_queue(QueueUrl=url)
    post(signed(s3, bucket))
    message, = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    assert json.loads(message["Body"])["Records"][0]["eventName"] == "ObjectCreated:Post"


def test_no_such_bucket(s3, endpoint, post):
    refused(post(signed(s3, "nobody-has-this-bucket"), url=f"{endpoint}/nobody-has-this-bucket"), 404, "NoSuchBucket",
            "The specified bucket does not exist")
