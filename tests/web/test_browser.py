"""The same in a real Chromium: a hostile page that tries all it can, and an honest one that uploads.

Chromium resolves every name to this machine (--host-resolver-rules), as a stranger's name server would
for its own. Pages report to the server that they came from; nothing leaves the machine."""

import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import pytest

CHROMIUM = os.environ.get("MAINSTAY_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * 127.0.0.1"]
PAGES = pathlib.Path(__file__).resolve().parent / "pages"


class Site:
    """Serves the pages, takes what they report, and lets a cloud answer all else once it is told of one."""

    def __init__(self):
        self.report, self.came, self.cloud = None, threading.Event(), None
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                page = PAGES / self.path.split("?")[0].lstrip("/")
                if self.path == "/report":
                    site.report = json.loads(body)
                    site.came.set()
                    self.give(204, b"")
                elif page.parent == PAGES and page.is_file():
                    self.give(200, page.read_bytes())
                elif site.cloud:
                    status, _, body = site.cloud.ask(self.command, self.path, dict(self.headers), body or None)
                    self.give(status, body)
                else:
                    self.give(404, b"")

            do_GET = do_POST = do_PUT = answer

            def give(self, status, body):
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def visit(site, url):
    """What the page at the URL reported."""
    site.came.clear()
    with tempfile.TemporaryDirectory(prefix="mainstay-chromium-", ignore_cleanup_errors=True) as profile:
        with open(f"{profile}/log", "w") as log:
            browser = subprocess.Popen([CHROMIUM, *FLAGS, f"--user-data-dir={profile}/profile", url], stdout=log, stderr=log)
        try:
            assert site.came.wait(60), f"the page reported nothing: {pathlib.Path(profile, 'log').read_text()[-2000:]}"
        finally:
            browser.terminate()
            browser.wait(timeout=20)
    return site.report


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example"])
def test_a_hostile_page(cloud, site, host):
    report = visit(site, f"http://{host}:{site.port}/hostile.html?cloud={cloud.port}")
    assert report["tried"] == 16 and report["read"] == [], report
    assert cloud.is_whole()


def test_a_name_that_was_made_to_point_here(cloud, site):
    """DNS rebinding: once the page is there, its name and port lead to the cloud."""
    site.cloud = cloud
    report = visit(site, f"http://evil.example:{site.port}/rebinding.html")
    assert report == {"reset": 403, "health": 403, "list": 403, "put": 403}
    assert cloud.is_whole()
    assert visit(site, f"http://localhost:{site.port}/rebinding.html")["health"] == 200  # the name made the difference


def test_an_honest_upload(cloud, site):
    cloud.s3.create_bucket(Bucket="shop")
    cloud.s3.delete_public_access_block(Bucket="shop")
    cloud.s3.put_bucket_policy(Bucket="shop", Policy=json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}}))
    rules = [{"AllowedOrigins": [f"http://www.shop.example:{site.port}"], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"]}]
    cloud.s3.put_bucket_cors(Bucket="shop", CORSConfiguration={"CORSRules": rules})
    url = cloud.s3.generate_presigned_url("put_object", Params={"Bucket": "shop", "Key": "a", "ContentType": "text/plain"})
    report = visit(site, f"http://www.shop.example:{site.port}/upload.html?{url}")
    etag = hashlib.md5(b"from a page").hexdigest()
    assert report == {"put": 200, "etag": f'"{etag}"', "got": 200}
    assert cloud.s3.get_object(Bucket="shop", Key="a")["Body"].read() == b"from a page"


def test_a_page_of_this_machine_calls_any_service(cloud, site):
    report = visit(site, f"http://localhost:{site.port}/local.html?cloud={cloud.port}")
    assert report["queue"].endswith("/from-a-page") and report["reset"] != 200, report
    assert cloud.client("sqs").list_queues()["QueueUrls"]
    assert cloud.is_whole()
