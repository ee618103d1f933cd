#include "wire/streaming.hh"

#include <doctest/doctest.h>

#include "base/text.hh"
#include "wire/checksum.hh"

using namespace mainstay;
using namespace mainstay::wire;

namespace {

const Credentials credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                              ""};
const Time then = *parse_time("20130524T000000Z");

std::optional<std::string> secret_of(std::string_view) {
  return credentials.secret_key;
}

// The request of S3's documentation, "Example: PUT Object" in chunks.
HttpRequest documented(const char* form) {
  HttpRequest request;
  request.method = "PUT";
  request.path = "/examplebucket/chunkObject.txt";
  request.headers = {{"Host", "s3.amazonaws.com"},
                     {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                     {"x-amz-content-sha256", form},
                     {"Content-Encoding", "aws-chunked"},
                     {"x-amz-decoded-content-length", "66560"},
                     {"Content-Length", "66824"}};
  SignOptions options;
  options.payload = Payload::as_header_says;
  sign(request, credentials, "us-east-1", "s3", then, options);
  return request;
}

Verified seed_of(const HttpRequest& request) {
  return verify(request, secret_of, then).value();
}

}  // namespace

TEST_CASE("the documented chunks have the documented signatures") {
  HttpRequest request = documented("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  Verified seed = seed_of(request);
  CHECK(seed.credential.signature ==
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
  std::string data(66560, 'a');
  request.body = pack_signed_chunks(data, 65536, seed);
  CHECK(request.body.starts_with(
      "10000;chunk-signature="
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n"));
  CHECK(request.body.ends_with(
      "0;chunk-signature="
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"));
  REQUIRE(unpack_streaming(request, &seed).has_value());
  CHECK(request.body == data);
  CHECK(!request.headers.has("Content-Encoding"));
}

TEST_CASE("a changed chunk, order or trailer is refused") {
  HttpRequest request = documented("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
  Verified seed = seed_of(request);
  std::string data(66560, 'a');
  request.headers.set("x-amz-trailer", "x-amz-checksum-crc32c");
  request.body =
      pack_signed_chunks(data, 65536, seed, "x-amz-checksum-crc32c", *checksum("crc32c", data));
  HttpRequest good = request;
  REQUIRE(unpack_streaming(good, &seed).has_value());
  CHECK(good.headers.get("x-amz-checksum-crc32c") == "sOO8/Q==");
  HttpRequest bad = request;
  bad.body[100] = 'b';
  CHECK(unpack_streaming(bad, &seed).error().code == "SignatureDoesNotMatch");
  bad = request;
  bad.body = replace_all(bad.body, "sOO8", "sOO9");
  CHECK(unpack_streaming(bad, &seed).error().code == "SignatureDoesNotMatch");
  CHECK(unpack_streaming(bad, nullptr).error().code == "BadDigest");
}

TEST_CASE("unsigned chunks carry every checksum as a trailer") {
  std::string data = "some data in two chunks";
  for (const char* algorithm : {"crc32", "crc32c", "crc64nvme", "sha1", "sha256"}) {
    HttpRequest request;
    request.headers = {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                       {"Content-Encoding", "gzip, aws-chunked"}};
    std::string name = std::string("x-amz-checksum-") + algorithm;
    request.headers.set("x-amz-trailer", name);
    request.body = pack_unsigned_chunks(data, 12, name, *checksum(algorithm, data));
    HttpRequest good = request;
    REQUIRE(unpack_streaming(good, nullptr).has_value());
    CHECK(good.body == data);
    CHECK(good.headers.get("Content-Encoding") == "gzip");
    request.body = pack_unsigned_chunks(data, 12, name, *checksum(algorithm, "other"));
    CHECK(unpack_streaming(request, nullptr).error().code == "BadDigest");
    request.body = pack_unsigned_chunks(data, 12, name, "x");
    CHECK(unpack_streaming(request, nullptr).error().code == "InvalidRequest");
  }
}

TEST_CASE("malformed streaming bodies are refused") {
  for (const char* body :
       {"", "5\r\nab", "zz\r\n", "2\r\nabXX0\r\n\r\n", "ffffffffffffffff\r\nab\r\n", "-1\r\n"}) {
    HttpRequest request;
    request.headers = {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}};
    request.body = body;
    CHECK(unpack_streaming(request, nullptr).error().code == "IncompleteBody");
  }
  HttpRequest request;
  request.headers = {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                     {"x-amz-decoded-content-length", "3"}};
  request.body = "2\r\nab\r\n0\r\n\r\n";
  CHECK(unpack_streaming(request, nullptr).error().code == "IncompleteBody");
  request.body = "3\r\nabc\r\n0\r\nno colon\r\n\r\n";
  CHECK(unpack_streaming(request, nullptr).error().code == "MalformedTrailerError");
}

TEST_CASE("trailers are the checksums that a header names, no others") {
  std::string body = pack_unsigned_chunks("data", 12, "x-amz-checksum-crc32", "rfPzYw==");
  auto code = [&](const char* declared, const std::string& sent) {
    HttpRequest request;
    request.headers = {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                       {"x-amz-trailer", declared}};
    request.body = sent;
    Status status = unpack_streaming(request, nullptr);
    return status.has_value() ? "" : status.error().code;
  };
  CHECK(code("X-Amz-Checksum-CRC32", body) == "");
  CHECK(code("", body) == "MalformedTrailerError");
  CHECK(code("x-amz-checksum-crc32c", body) == "MalformedTrailerError");
  CHECK(code("x-amz-checksum-crc32", "4\r\ndata\r\n0\r\n\r\n") == "MalformedTrailerError");
  for (const char* name : {"x-amz-acl", "x-amz-copy-source", "host"}) {
    std::string forged = std::string("4\r\ndata\r\n0\r\n") + name + ":x\r\n\r\n";
    CHECK(code("", forged) == "MalformedTrailerError");
    CHECK(code(name, forged) == "MalformedTrailerError");
  }
}
