"""What clients do with their connections."""

import contextlib
import resource
import socket
from urllib.parse import urlsplit

import pytest


@pytest.mark.parametrize("bodies", [(b"", b""), (b"", b"x", b""), (b"x", b"")], ids=str)
def test_empty_bodies_that_wait_for_leave(clients, bucket, bodies):
    """botocore sends Expect: 100-continue with every put; without a 100 it takes the next answer for it, and hangs."""
    s3 = clients("s3", s3={"addressing_style": "path"}, read_timeout=10, max_pool_connections=1)
    for body in bodies:
        s3.put_object(Bucket=bucket, Key="a", Body=body)
        assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == body
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    for _ in range(2):
        s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"")


@pytest.fixture
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("begun", [b"GET /_mainstay/health HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /_mainstay/health HTTP/1.1\r\nHost: loc"],
                         ids=["idle", "header-unended"])
def test_connections_of_no_use_lock_nobody_out(clients, endpoint, bucket, many_descriptors, begun):
    at = urlsplit(endpoint)
    with contextlib.ExitStack() as stack:
        for _ in range(1100):
            connection = stack.enter_context(socket.create_connection((at.hostname, at.port), timeout=30))
            connection.sendall(begun)
            if begun.endswith(b"\r\n\r\n"):
                assert connection.recv(12) == b"HTTP/1.1 200"
        for _ in range(3):  # each with a connection of its own
            s3 = clients("s3", s3={"addressing_style": "path"}, connect_timeout=10, read_timeout=10)
            s3.put_object(Bucket=bucket, Key="a", Body=b"x" * 100_000)
            assert s3.get_object(Bucket=bucket, Key="a")["ContentLength"] == 100_000
            s3.close()
