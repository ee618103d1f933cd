"""Objects that are too long for memory: what is sent and read stays out of it."""

import base64
import hashlib
import http.client
import os
import pathlib
import re
import subprocess
import threading
import time
import zlib
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from helpers import fails

ROOT = pathlib.Path(__file__).resolve().parents[2]
MB = 1 << 20


class Server:
    """One of its own, whose memory is looked at."""

    def __init__(self, *flags):
        binary = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
        self.process = subprocess.Popen([binary, "cloud", "serve", "--port", "0", *flags], stdout=subprocess.PIPE, text=True)
        self.url = re.match(r"embedded cloud ready at (http://\S+) ", self.process.stdout.readline()).group(1)
        self.s3 = self.client("s3", s3={"addressing_style": "path"})

    def client(self, service, **settings):
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"total_max_attempts": 1}, read_timeout=120, **settings))

    def memory(self, what="VmRSS"):
        return int(re.search(rf"{what}:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text()).group(1)) << 10

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def on_disk(tmp_path):
    server = Server("--state", str(tmp_path / "state"))
    server.s3.create_bucket(Bucket="big")
    yield server
    server.stop()


class Pattern:
    """A file of so many bytes that differ from place to place."""

    BLOCK = os.urandom(MB)

    def __init__(self, size):
        self.size, self.at = size, 0

    def __len__(self):
        return self.size

    def read(self, n=-1):
        n = min(self.size - self.at, MB if n < 0 else n)
        start = self.at % MB
        piece = (self.BLOCK + self.BLOCK)[start:start + min(n, MB)]
        self.at += len(piece)
        return piece

    def seek(self, to, whence=0):
        self.at = to if whence == 0 else (self.size if whence == 2 else self.at) + to
        return self.at

    def tell(self):
        return self.at

    def md5(self):
        digest = hashlib.md5()
        self.seek(0)
        while piece := self.read(MB):
            digest.update(piece)
        self.seek(0)
        return digest.hexdigest()


@pytest.mark.parametrize("checksum", [{}, {"ChecksumAlgorithm": "SHA256"}, {"ChecksumAlgorithm": "SHA1"}], ids=str)
def test_a_long_object_comes_back_as_it_was_sent(s3, bucket, checksum):
    body = os.urandom(3 * MB + 17)
    s3.put_object(Bucket=bucket, Key="a", Body=body, Metadata={"a": "b"}, **checksum)
    got = s3.get_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert got["Body"].read() == body and got["Metadata"] == {"a": "b"} and got["ContentLength"] == len(body)
    assert got["ETag"].strip('"') == hashlib.md5(body).hexdigest()
    for first, last in [(0, 0), (MB - 1, MB), (5, 3 * MB), (3 * MB, None)]:
        part = s3.get_object(Bucket=bucket, Key="a", Range=f"bytes={first}-{'' if last is None else last}")["Body"].read()
        assert part == body[first:None if last is None else last + 1]
    assert s3.head_object(Bucket=bucket, Key="a")["ContentLength"] == len(body)


def test_what_was_sent_is_checked_though_nobody_holds_it(clients, iam, account, endpoint):
    """Signed by a user of this cloud: the hash of the body, and of each chunk."""
    iam.create_user(UserName="u")
    iam.attach_user_policy(UserName="u", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    settings = {"access_key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
    s3 = clients("s3", s3={"addressing_style": "path", "payload_signing_enabled": True}, **settings)
    bucket = f"checked-{account}"
    s3.create_bucket(Bucket=bucket)
    body = os.urandom(2 * MB)
    s3.put_object(Bucket=bucket, Key="a", Body=body)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == body

    def spoil(request, **_):
        request.body = b"x" + body[1:]

    s3.meta.events.register("before-send.s3.PutObject", spoil)
    with fails("XAmzContentSHA256Mismatch"):
        s3.put_object(Bucket=bucket, Key="b", Body=body)
    with fails("404"):
        s3.head_object(Bucket=bucket, Key="b")


def ask(endpoint, account, method, path, headers, body):
    at = urlsplit(endpoint)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=60)
    connection.request(method, path, body=body, headers={"Authorization": "AWS4-HMAC-SHA256 Credential=" + account + "/20261129/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00", **headers})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def chunked(body, size, trailer):
    out = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + size]), body[i:i + size]) for i in range(0, len(body), size))
    return out + b"0\r\n" + trailer + b"\r\n\r\n"


def test_chunks_are_taken_apart_on_the_way(endpoint, account, bucket, s3):
    body = os.urandom(2 * MB + 3)
    crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big"))
    headers = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32",
               "x-amz-decoded-content-length": str(len(body)), "Content-Encoding": "aws-chunked"}
    for size in [8192, 65536, 100_003, MB]:
        status, text = ask(endpoint, account, "PUT", f"/{bucket}/a", headers, chunked(body, size, b"x-amz-checksum-crc32:" + crc))
        assert status == 200, text
        assert s3.get_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")["Body"].read() == body
    good = chunked(body, 65536, b"x-amz-checksum-crc32:" + crc)
    for sent, code in [(good.replace(crc, b"AAAAAA=="), "BadDigest"), (good[:-len(crc) - 300], "IncompleteBody"), (b"zz" + good, "IncompleteBody"),
                       (chunked(body, 65536, b"x-amz-meta-a:b"), "MalformedTrailerError"), (chunked(body[1:], 65536, b"x-amz-checksum-crc32:" + crc), "IncompleteBody")]:
        status, text = ask(endpoint, account, "PUT", f"/{bucket}/never", headers, sent)
        assert status == 400 and f"<Code>{code}</Code>" in text, text
    with fails("404"):
        s3.head_object(Bucket=bucket, Key="never")


def test_what_is_longer_than_a_put_may_be(endpoint, bucket):
    at = urlsplit(endpoint)
    for headers in [{"Content-Length": str((5 << 30) + 1)},
                    {"Content-Length": str((5 << 30) + 900), "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": str((5 << 30) + 1)}]:
        connection = http.client.HTTPConnection(at.hostname, at.port, timeout=60)
        connection.putrequest("PUT", f"/{bucket}/a")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 400 and "<Code>EntityTooLarge</Code>" in text and "<MaxSizeAllowed>5368709120</MaxSizeAllowed>" in text


def test_parts_and_copies_of_what_is_long(s3, bucket):
    parts = [os.urandom(6 * MB), os.urandom(5 * MB), os.urandom(100)]
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    done = [{"PartNumber": i, "ETag": s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=i, Body=p)["ETag"]} for i, p in enumerate(parts, 1)]
    s3.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload={"Parts": done})
    whole = b"".join(parts)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "parts"})
    s3.delete_object(Bucket=bucket, Key="parts")
    got = s3.get_object(Bucket=bucket, Key="copy")
    assert got["Body"].read() == whole and got["ETag"].strip('"') == hashlib.md5(whole).hexdigest()
    assert s3.get_object(Bucket=bucket, Key="copy", Range=f"bytes={6 * MB - 10}-{6 * MB + 9}")["Body"].read() == whole[6 * MB - 10:6 * MB + 10]
    assert s3.head_object(Bucket=bucket, Key="copy", PartNumber=1)["ContentLength"] == len(whole)
    with fails("416"):
        s3.head_object(Bucket=bucket, Key="copy", PartNumber=2)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="again")["UploadId"]
    part = s3.upload_part_copy(Bucket=bucket, Key="again", UploadId=upload, PartNumber=1, CopySource={"Bucket": bucket, "Key": "copy"}, CopySourceRange=f"bytes=5-{7 * MB}")["CopyPartResult"]
    assert part["ETag"].strip('"') == hashlib.md5(whole[5:7 * MB + 1]).hexdigest()
    s3.complete_multipart_upload(Bucket=bucket, Key="again", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert s3.get_object(Bucket=bucket, Key="again")["Body"].read() == whole[5:7 * MB + 1]


def test_long_objects_under_a_key(s3, bucket):
    body = os.urandom(2 * MB + 5)
    s3.put_object(Bucket=bucket, Key="a", Body=body, ServerSideEncryption="aws:kms")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == body
    for first, last in [(0, 0), (MB - 3, MB + 3), (MB, 2 * MB + 4), (100, 2 * MB)]:
        assert s3.get_object(Bucket=bucket, Key="a", Range=f"bytes={first}-{last}")["Body"].read() == body[first:last + 1]
    s3.copy_object(Bucket=bucket, Key="plain", CopySource={"Bucket": bucket, "Key": "a"}, ServerSideEncryption="AES256")
    s3.copy_object(Bucket=bucket, Key="sealed", CopySource={"Bucket": bucket, "Key": "plain"}, ServerSideEncryption="aws:kms")
    for key in ["plain", "sealed"]:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body


def test_who_reads_goes_on_after_the_object_is_gone(s3, bucket):
    body = os.urandom(8 * MB)
    s3.put_object(Bucket=bucket, Key="a", Body=body)
    stream = s3.get_object(Bucket=bucket, Key="a")["Body"]
    first = stream.read(1000)
    s3.put_object(Bucket=bucket, Key="a", Body=b"other")
    s3.delete_object(Bucket=bucket, Key="a")
    assert first + stream.read() == body


def test_slow_readers_hold_nothing_in_memory(on_disk):
    """12 readers of 200 MB that have read only the beginning: less than 50 MB more."""
    body = Pattern(200 * MB)
    on_disk.s3.put_object(Bucket="big", Key="a", Body=body)
    before = on_disk.memory()
    readers = [on_disk.client("s3", s3={"addressing_style": "path"}).get_object(Bucket="big", Key="a")["Body"] for _ in range(12)]
    for reader in readers:
        assert len(reader.read(100_000)) == 100_000
    assert on_disk.memory() - before < 50 * MB
    digest = hashlib.md5(Pattern.BLOCK[:100_000])
    while piece := readers[0].read(MB):
        digest.update(piece)
    assert digest.hexdigest() == body.md5()


def test_long_uploads_and_copies_hold_nothing_in_memory(on_disk):
    before = on_disk.memory()
    size = 600 * MB
    threads = [threading.Thread(target=on_disk.s3.put_object, kwargs={"Bucket": "big", "Key": str(i), "Body": Pattern(size)}) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert on_disk.s3.head_object(Bucket="big", Key="1")["ETag"].strip('"') == Pattern(size).md5()
    on_disk.s3.copy_object(Bucket="big", Key="copy", CopySource={"Bucket": "big", "Key": "1"})
    on_disk.s3.copy_object(Bucket="big", Key="sealed", CopySource={"Bucket": "big", "Key": "1"}, ServerSideEncryption="aws:kms")
    assert on_disk.memory("VmHWM") - before < 64 * MB


def test_in_memory_an_objects_bytes_are_held_once():
    server = Server("--memory")
    try:
        server.s3.create_bucket(Bucket="big")
        before = server.memory()
        server.s3.put_object(Bucket="big", Key="a", Body=Pattern(200 * MB))
        server.s3.copy_object(Bucket="big", Key="b", CopySource={"Bucket": "big", "Key": "a"})
        server.s3.get_object(Bucket="big", Key="b")["Body"].read(10)
        assert server.memory("VmHWM") - before < 240 * MB
        server.s3.delete_object(Bucket="big", Key="a")
        server.s3.delete_object(Bucket="big", Key="b")
        until = time.time() + 10  # they go once the deletion is kept
        while server.memory() - before >= 60 * MB and time.time() < until:
            time.sleep(0.1)
        assert server.memory() - before < 60 * MB
    finally:
        server.stop()
