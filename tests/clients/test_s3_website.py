"""S3: buckets served as websites ("Hosting a static website using Amazon S3", user guide; pages of errors recorded)."""

import http.client
import json
import re
import urllib.parse

import pytest


@pytest.fixture
def ask(endpoint, bucket):
    """ask(path, ...): the answer of the bucket's website host, redirects not followed."""
    def ask(path="/", method="GET", host=None, headers=None):
        at = urllib.parse.urlsplit(endpoint)
        connection = http.client.HTTPConnection(at.hostname, at.port, timeout=30)
        connection.request(method, path, headers={"Host": host or f"{bucket}.s3-website-us-east-1.amazonaws.com", **(headers or {})})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer
    return ask


@pytest.fixture
def site(s3, bucket):
    """A bucket whose objects everybody may read, and whose keys nobody may list."""
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": f"arn:aws:s3:::{bucket}/*"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}]}))

    def site(**more):
        s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}, **more})
    return site


def put(s3, bucket, **pages):
    for name, text in pages.items():
        s3.put_object(Bucket=bucket, Key=name.replace("__", "/").replace("_", "."), Body=text.encode(), ContentType="text/html")


def shape(text):
    return re.sub(r"(RequestId|HostId): [^<]*", r"\1: <id>", text)


def page(title, *lines):
    items = "".join(f"<li>{line}</li>\n" for line in lines)
    return (f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<ul>\n{items}"
            "<li>RequestId: <id></li>\n<li>HostId: <id></li>\n</ul>\n")


END = "<hr/>\n</body>\n</html>\n"


def test_pages(s3, bucket, site, ask):
    site()
    put(s3, bucket, index_html="home", docs__index_html="docs", a_html="a")
    for path, text in (("/", "home"), ("/index.html", "home"), ("/docs/", "docs"), ("/a.html", "a")):
        answer = ask(path)
        assert (answer.status, answer.text, answer.headers["Content-Type"]) == (200, text, "text/html")
    moved = ask("/docs")
    assert (moved.status, moved.headers["Location"]) == (302, "/docs/")
    head = ask("/a.html", "HEAD")
    assert (head.status, head.text, head.headers["Content-Length"]) == (200, "", "1")
    assert ask("/a.html", headers={"If-None-Match": head.headers["ETag"]}).status == 304
    assert ask("/a.html", host=f"{bucket}.s3-website.localhost").text == "a"
    assert ask("/a.html", host=f"{bucket}.s3-website.eu-central-1.amazonaws.com").text == "a"


def test_what_is_not_there(s3, bucket, site, ask):
    gone = ask("/", host="nobody-has-this.s3-website-us-east-1.amazonaws.com")
    assert gone.status == 404
    assert shape(gone.text) == page("404 Not Found", "Code: NoSuchBucket", "Message: The specified bucket does not exist",
                                    "BucketName: nobody-has-this") + END
    assert shape(ask("/").text) == page("404 Not Found", "Code: NoSuchWebsiteConfiguration", "Message: The specified bucket does not "
                                        "have a website configuration", f"BucketName: {bucket}") + END
    site()
    missing = page("404 Not Found", "Code: NoSuchKey", "Message: The specified key does not exist.", "Key: index.html")
    assert shape(ask("/").text) == missing + END
    site(ErrorDocument={"Key": "error.html"})
    assert shape(ask("/").text) == missing + (
        "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n<li>Code: NoSuchKey</li>\n"
        "<li>Message: The specified key does not exist.</li>\n<li>Key: error.html</li>\n</ul>\n") + END
    put(s3, bucket, error_html="sorry")
    answer = ask("/none")
    assert (answer.status, answer.text) == (404, "sorry")
    refused = ask("/index.html", "DELETE")
    assert refused.status == 405
    assert shape(refused.text) == page("405 Method Not Allowed", "Code: MethodNotAllowed", "Message: The specified method is not "
                                       "allowed against this resource.", "Method: DELETE", "ResourceType: OBJECT") + END


def test_only_what_everybody_may_read(s3, bucket, ask):
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    put(s3, bucket, index_html="secret")
    answer = ask("/")
    assert answer.status == 403 and "secret" not in answer.text and "<li>Code: AccessDenied</li>" in answer.text


def test_redirects(s3, bucket, site, ask):
    host = f"{bucket}.s3-website-us-east-1.amazonaws.com"
    site(RoutingRules=[
        {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}},
        {"Condition": {"KeyPrefixEquals": "away/"}, "Redirect": {"HostName": "example.com", "Protocol": "https", "HttpRedirectCode": "302"}},
        {"Condition": {"HttpErrorCodeReturnedEquals": "404"}, "Redirect": {"ReplaceKeyWith": "lost.html"}}])
    put(s3, bucket, old__a_html="never seen")
    s3.put_object(Bucket=bucket, Key="short", Body=b"", WebsiteRedirectLocation="/long/way")
    for path, status, where in (("/old/a.html", 301, f"http://{host}/new/a.html"), ("/away/x", 302, "https://example.com/away/x"),
                                ("/none", 301, f"http://{host}/lost.html"), ("/short", 301, "/long/way")):
        answer = ask(path)
        assert (answer.status, answer.headers["Location"]) == (status, where), path
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"RedirectAllRequestsTo": {"HostName": "example.org", "Protocol": "https"}})
    answer = ask("/any/page")
    assert (answer.status, answer.headers["Location"]) == (301, "https://example.org/any/page")


@pytest.mark.parametrize("configuration, code", [
    ({"ErrorDocument": {"Key": "e"}}, "InvalidArgument"), ({"IndexDocument": {"Suffix": "a/b"}}, "InvalidArgument"),
    ({"IndexDocument": {"Suffix": "i"}, "RedirectAllRequestsTo": {"HostName": "x"}}, "InvalidArgument"),
    ({"IndexDocument": {"Suffix": "i"}, "RoutingRules": [{"Redirect": {"Protocol": "ftp"}}]}, "InvalidRequest"),
    ({"IndexDocument": {"Suffix": "i"}, "RoutingRules": [{"Condition": {"HttpErrorCodeReturnedEquals": "200"}, "Redirect": {
        "HostName": "x"}}]}, "InvalidRequest")])
def test_what_is_no_website(s3, bucket, configuration, code):
    with pytest.raises(s3.exceptions.ClientError) as caught:
        s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=configuration)
    assert caught.value.response["Error"]["Code"] == code
