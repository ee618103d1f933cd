"""Which requests of web pages get through, by what browsers send with them."""

import pytest
from botocore.exceptions import ClientError

PRESIGNED = ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test/20261129/us-east-1/{}/aws4_request"
             "&X-Amz-Date=20261129T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=00")
FORGED = "/?Action=CreateUser&UserName=evil&Version=2010-05-08&" + PRESIGNED.format("iam")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"}
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"

STRANGE_HOSTS = ["evil.example.com", "evil.example.com:4566", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example.",
                 "localhost.evil.example.:4566", "amazonaws.com.evil.example", "evilamazonaws.com", "s3.amazonaws.com.evil.example:80",
                 "127.0.0.1.nip.io", "[::1].evil.example", "[evil.example]", "user@localhost", "127.0.0.1:80:evil.example", "localhost:x",
                 "keep.s3.evil.example", "vpce-1.evil.example", "xcorp.example", "corp.example", "app.example", "a..localhost", "::1",
                 "1.2.3.4.5", "évil.localhost".encode()]
KNOWN_HOSTS = ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST", "localhost.", "[::1]:{port}", "192.168.7.9:4566", "0.0.0.0", "cloud",
               "my_container-1:4566", "keep.localhost:{port}", "keep.s3.localhost", "s3.amazonaws.com", "keep.s3.eu-west-1.amazonaws.com:4566",
               "s3.cn-north-1.amazonaws.com.cn", "vpce-0123.localhost", "s3.us-east-1.api.aws", "host.docker.internal:4566",
               "cloud.example", "Cloud.Example.:4566", "a.b.corp.example", "s3.localhost.localstack.cloud:4566"]


@pytest.mark.parametrize("host", STRANGE_HOSTS, ids=lambda h: repr(h).replace(":", ""))
def test_a_host_name_that_may_be_a_strangers(cloud, host):
    status, _, body = cloud.ask("GET", "/_mainstay/health", {"Host": host})
    assert status == 403 and b"--allow-host" in body
    assert cloud.ask("POST", "/moto-api/reset", {"Host": host}, b"")[0] == 403
    assert cloud.is_whole()


def test_host_names_that_are_nobodys(cloud):
    for host in KNOWN_HOSTS:
        assert cloud.ask("GET", "/_mainstay/health", {"Host": host.format(port=cloud.port)})[0] == 200, host


# What a page elsewhere makes a browser send: an origin, or none and what else tells.
FOREIGN = {
    "origin": {"Origin": "https://evil.example"},
    "origin-marked": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "null": {"Origin": "null"},
    "beside": {"Origin": "http://127.0.0.1.evil.example:{port}"},
    "prefix": {"Origin": "http://localhost.evil.example"},
    "suffix": {"Origin": "http://evillocalhost"},
    "user": {"Origin": "http://localhost@evil.example"},
    "extension": {"Origin": "chrome-extension://abcdefghijklmnop"},
    "named-scheme": {"Origin": "http://app.example"},
    "named-port": {"Origin": "https://app.example:8443"},
    "aws": {"Origin": "https://evil-bucket.s3.amazonaws.com"},
    "two": {"Origin": ["http://localhost:3000", "https://evil.example"]},
    "list": {"Origin": "http://localhost:3000 https://evil.example"},
    "empty": {"Origin": ""},
    "unmarked-origin": {"Sec-Fetch-Site": "cross-site"},
    "unknown-site": {"Sec-Fetch-Site": "elsewhere"},
    "capitals": {"Sec-Fetch-Site": "Cross-Site"},
    "navigation": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"},
    "referer": {"Sec-Fetch-Site": "cross-site", "Referer": "https://evil.example/localhost"},
    "referer-alone": {"Referer": "https://evil.example/"},
}


def filled(headers, port):
    return {k: [o.format(port=port) for o in v] if isinstance(v, list) else v.format(port=port) for k, v in headers.items()}


@pytest.mark.parametrize("marks", FOREIGN.values(), ids=FOREIGN)
def test_a_page_from_elsewhere_changes_nothing(cloud, marks):
    marks = filled(marks, cloud.port)
    asked = [cloud.ask("POST", "/moto-api/reset", {**marks, "Content-Type": "text/plain"}, b""),
             cloud.ask("POST", "/moto-api/reset", {**marks, "X-Mainstay-Request": "1"}, b""),
             cloud.ask("GET", FORGED, marks),
             cloud.ask("POST", "/", {**marks, **FORM}, FORGED[2:].encode())]
    if "Referer" not in marks or len(marks) > 1:  # a program may say so to S3, for policies that ask it
        asked += [cloud.ask("GET", "/keep?" + PRESIGNED.format("s3"), marks),
                  cloud.ask("PUT", "/evil", {**marks, **SIGNED}, b""),
                  cloud.ask("DELETE", "/keep", {**marks, **SIGNED})]
    for status, headers, _ in asked:
        assert status == 403 and not [name for name in headers if name.startswith("access-control")]
    assert cloud.is_whole()


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000"])
@pytest.mark.parametrize("path", ["/moto-api/reset", "/_mainstay/clock"])
def test_what_is_the_programs_own_grants_no_preflight(cloud, path, origin, method):
    status, headers, _ = cloud.ask("OPTIONS", path, {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "x-mainstay-request"})
    assert status == 403 and "access-control-allow-origin" not in headers


def test_addresses_that_browsers_do_not_trust_get_no_marks(cloud):
    """An <img> of http://0.0.0.0:4566/ comes without Origin and Sec-Fetch-Site; a page can keep its Referer back."""
    host = {"Host": f"0.0.0.0:{cloud.port}", "User-Agent": BROWSER}
    assert cloud.ask("GET", FORGED, host)[0] == 403
    assert cloud.ask("GET", FORGED, {**host, "Referer": "https://evil.example/"})[0] == 403
    assert cloud.is_whole()
    assert cloud.ask("GET", "/keep?" + PRESIGNED.format("s3"), host)[0] == 200  # a link that was opened


def test_programs_that_reset_as_with_other_emulators(cloud):
    for headers in [{}, {"User-Agent": "node", "Sec-Fetch-Mode": "cors"}, {"User-Agent": "python-requests/2.32", "Accept": "*/*"},
                    {"User-Agent": BROWSER.split(" Apple")[0] + " WindowsPowerShell/5.1"}, {"X-Mainstay-Request": "1", "Origin": f"http://127.0.0.1:{cloud.port}"}]:
        cloud.s3.create_bucket(Bucket="more")
        status, _, body = cloud.ask("POST", "/moto-api/reset", headers, b"")
        assert (status, body) == (200, b'{"status":"ok"}'), headers
        assert cloud.s3.list_buckets()["Buckets"] == []


def test_a_page_of_this_machine_resets_nothing_by_mistake(cloud):
    for marks in [{"Origin": "http://localhost:3000"}, {"Sec-Fetch-Site": "same-origin"}, {"Referer": "http://localhost/"},
                  {"Origin": "https://app.example"}, {"Origin": f"http://127.0.0.1:{cloud.port}"}]:
        assert cloud.ask("POST", "/moto-api/reset", marks, b"")[0] == 403, marks
    assert cloud.is_whole()
    assert cloud.ask("GET", "/_mainstay/health", {"Sec-Fetch-Site": "none", "User-Agent": BROWSER})[0] == 200


HONEST = [{"Origin": "http://localhost:3000"}, {"Origin": "https://localhost"}, {"Origin": "http://127.0.0.1:8080"}, {"Origin": "http://[::1]:5173"},
          {"Origin": "http://shop.localhost"}, {"Origin": "https://app.example"}, {"Origin": "http://127.0.0.1:{port}"},
          {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-site"},
          {"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost:3000/shop"}]


@pytest.mark.parametrize("marks", HONEST, ids=lambda m: str(list(m.values())[-1]).replace(":", ""))
def test_pages_that_may(cloud, marks):
    marks = filled(marks, cloud.port)
    status, headers, _ = cloud.ask("GET", "/?Action=GetCallerIdentity&Version=2011-06-15&" + PRESIGNED.format("sts"), marks)
    assert status == 200
    if "Origin" not in marks:
        return
    assert headers["access-control-allow-origin"] == marks["Origin"] and headers["vary"] == "Origin"
    status, headers, _ = cloud.ask("OPTIONS", "/", {**marks, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-amz-target",
                                                    "Access-Control-Request-Private-Network": "true"})
    assert status == 200 and headers["access-control-allow-origin"] == marks["Origin"]
    assert headers["access-control-allow-headers"] == "authorization,x-amz-target"
    assert "POST" in headers["access-control-allow-methods"] and headers["access-control-allow-private-network"] == "true"


RULES = [{"AllowedOrigins": ["https://*.shop.example"], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["content-*", "X-Amz-Meta-Note"],
          "ExposeHeaders": ["ETag", "x-amz-version-id"], "MaxAgeSeconds": 3000},
         {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]
REFUSED = ("CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
           "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")


@pytest.fixture
def shop(cloud):
    cloud.s3.create_bucket(Bucket="shop")
    cloud.s3.put_object(Bucket="shop", Key="a", Body=b"goods")
    cloud.s3.put_bucket_cors(Bucket="shop", CORSConfiguration={"CORSRules": RULES})
    return cloud


# Headers and words as S3 was recorded to send them (the s3_cors cases of the recorded corpus).
@pytest.mark.parametrize("host, path", [(None, "/shop/a"), ("shop.s3.amazonaws.com", "/a"), ("shop.s3.localhost:4566", "/a")])
def test_preflights_of_a_bucket(shop, host, path):
    def ask(origin, method, headers=None):
        asked = {"Origin": origin, "Access-Control-Request-Method": method, **({"Access-Control-Request-Headers": headers} if headers else {}), **({"Host": host} if host else {})}
        return shop.ask("OPTIONS", path, {k: v for k, v in asked.items() if v})

    status, headers, body = ask("https://www.shop.example", "PUT", "Content-Type,x-amz-meta-NOTE")
    assert (status, body) == (200, b"")
    assert {k: v for k, v in headers.items() if k.startswith("access-control")} == {
        "access-control-allow-origin": "https://www.shop.example", "access-control-allow-methods": "GET, PUT",
        "access-control-allow-headers": "content-type, x-amz-meta-note", "access-control-expose-headers": "ETag, x-amz-version-id",
        "access-control-max-age": "3000", "access-control-allow-credentials": "true"}
    assert headers["vary"] == "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
    status, headers, _ = ask("https://anyone.example", "GET")
    assert status == 200 and headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in headers
    for origin, method, asked in [("https://anyone.example", "PUT", None), ("https://www.shop.example", "DELETE", None),
                                  ("https://www.shop.example", "PUT", "authorization"), ("http://www.shop.example", "PUT", None),
                                  ("https://www.shop.example.evil.example", "PUT", None), ("null", "PUT", None), ("http://localhost:3000", "PUT", None)]:
        status, headers, body = ask(origin, method, asked)
        assert status == 403 and "access-control-allow-origin" not in headers
        assert f"<Code>AccessForbidden</Code><Message>{REFUSED}</Message><Method>{method}</Method><ResourceType>OBJECT</ResourceType>" in body.decode()
    status, _, body = ask(None, "PUT")
    assert status == 400 and b"<Message>Insufficient information. Origin request header needed.</Message>" in body


def test_preflights_of_buckets_without_rules_and_of_none(cloud):
    asked = {"Origin": "https://www.shop.example", "Access-Control-Request-Method": "PUT"}
    status, _, body = cloud.ask("OPTIONS", "/keep/a", asked)
    assert status == 403 and b"<Message>CORSResponse: CORS is not enabled for this bucket.</Message>" in body
    for host, path in [(None, "/missing/a"), ("missing.s3.localhost", "/a")]:
        status, _, body = cloud.ask("OPTIONS", path, {**asked, **({"Host": host} if host else {})})
        assert status == 403 and b"<Message>CORSResponse: Bucket not found</Message>" in body and b"<Method>OPTIONS</Method>" in body


def test_what_a_buckets_rules_let_in(shop):
    page = {"Origin": "https://www.shop.example", "Sec-Fetch-Site": "cross-site", **SIGNED}
    status, headers, _ = shop.ask("PUT", "/shop/new", page, b"x")
    assert status == 200 and headers["access-control-allow-origin"] == "https://www.shop.example"
    status, headers, body = shop.ask("GET", "/shop/a", {**page, "Origin": "https://anyone.example"})
    assert (status, body, headers["access-control-allow-origin"]) == (200, b"goods", "*")
    # Without the rule's headers: a page of this machine is served, and can't read it, as on AWS.
    status, headers, _ = shop.ask("PUT", "/shop/new", {**page, "Origin": "http://localhost:3000"}, b"x")
    assert status == 200 and "access-control-allow-origin" not in headers
    # An image of the bucket on a page whose origin may.
    assert shop.ask("GET", "/shop/a", {"Sec-Fetch-Site": "cross-site", "Referer": "https://www.shop.example/", **SIGNED})[0] == 200
    assert shop.ask("GET", "/shop/a")[1].get("access-control-allow-origin") is None


def test_what_a_buckets_rules_do_not_let_in(shop):
    rules = [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT", "POST", "DELETE", "HEAD"], "AllowedHeaders": ["*"]}]
    shop.s3.put_bucket_cors(Bucket="shop", CORSConfiguration={"CORSRules": rules})
    shop.s3.put_object(Bucket="keep", Key="secret", Body=b"secret")
    page = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert shop.ask("PUT", "/shop/x", {**page, **SIGNED}, b"x")[0] == 200
    for method, path, more in [
            ("PUT", "/shop?policy", SIGNED), ("DELETE", "/shop", SIGNED), ("PUT", "/shop/?acl", SIGNED), ("PUT", "/evil/x", SIGNED), ("GET", "/keep/secret", SIGNED),
            ("PUT", "/shop/stolen", {**SIGNED, "x-amz-copy-source": "/keep/secret"}), ("PUT", "/shop/stolen", {**SIGNED, "x-amz-copy-source": "keep%2Fsecret"}),
            ("GET", "/shop" + FORGED[1:], {}), ("POST", "/shop", FORM), ("POST", "/shop/x", {"X-Amz-Target": "TrentService.CreateKey"}),
            ("POST", "/shop/x", {"Authorization": SIGNED["Authorization"].replace("/s3/", "/route53/")}), ("GET", "/", SIGNED)]:
        body = FORGED[2:].encode() if more is FORM else None if method == "GET" else b""
        assert shop.ask(method, path, {**page, **more}, body)[0] == 403, (method, path)
    assert shop.is_whole()


def test_rules_that_s3_refuses(cloud):
    base = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}
    for rule, code, message in [
            ({**base, "AllowedMethods": ["MYMETHOD"]}, "InvalidRequest", "Found unsupported HTTP method in CORS config. Unsupported method is MYMETHOD"),
            ({**base, "AllowedOrigins": ["http://*.*.example"]}, "InvalidRequest", 'AllowedOrigin "http://*.*.example" can not have more than one wildcard.'),
            ({**base, "ExposeHeaders": ["*"]}, "InvalidRequest", 'ExposeHeader "*" contains wildcard. We currently do not support wildcard for ExposeHeader.')]:
        with pytest.raises(ClientError) as caught:
            cloud.s3.put_bucket_cors(Bucket="keep", CORSConfiguration={"CORSRules": [rule]})
        assert (caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]) == (code, message)
    for rules in [[], [{"AllowedMethods": ["GET"], "AllowedOrigins": []}]]:
        with pytest.raises(ClientError) as caught:
            cloud.s3.put_bucket_cors(Bucket="keep", CORSConfiguration={"CORSRules": rules})
        assert caught.value.response["Error"]["Code"] == "MalformedXML"
