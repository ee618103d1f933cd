#include "wire/sigv4.hh"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.hh"

using namespace mainstay;
using namespace mainstay::wire;

namespace {

const Credentials credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), path.string());
  std::stringstream text;
  text << in.rdbuf();
  return replace_all(text.str(), "\r", "");
}

// "GET /path?query HTTP/1.1", headers with folded lines, a blank line and a body.
HttpRequest parse_request(const std::string& text) {
  HttpRequest request;
  size_t end = text.find("\n\n");
  if (end != std::string::npos) request.body = text.substr(end + 2);
  std::vector<std::string> lines = split(std::string_view(text).substr(0, end), "\n");
  size_t space = lines[0].find(' '), last = lines[0].rfind(' ');
  request.method = lines[0].substr(0, space);
  std::string uri = lines[0].substr(space + 1, last - space - 1);
  size_t question = uri.find('?');
  request.path = uri.substr(0, question);
  if (question != std::string::npos) request.query = uri.substr(question + 1);
  Headers headers;
  std::string name, value;
  auto flush = [&] {
    if (!name.empty()) headers.add(name, value);
  };
  for (size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    if (lines[i][0] == ' ') {
      value += "\n" + lines[i];
      continue;
    }
    flush();
    size_t colon = lines[i].find(':');
    name = lines[i].substr(0, colon);
    value = lines[i].substr(colon + 1);
  }
  flush();
  request.headers = headers;
  return request;
}

std::vector<std::filesystem::path> cases() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MAINSTAY_CORPUS "/sigv4"))
    if (entry.path().extension() == ".req") out.push_back(entry.path());
  return out;
}

std::filesystem::path with(std::filesystem::path path, const char* extension) {
  return path.replace_extension(extension);
}

std::optional<std::string> secret_of(std::string_view key) {
  if (key != credentials.access_key) return std::nullopt;
  return credentials.secret_key;
}

HttpRequest example() {
  HttpRequest request;
  request.path = "/a%20b/c";
  request.query = "x=1&empty";
  request.headers.add("Host", "example.amazonaws.com");
  return request;
}

const Time now = *parse_time("20150830T123600Z");

}  // namespace

TEST_CASE("every case of AWS's suite is signed as AWS signs it, and verifies") {
  size_t seen = 0;
  for (const auto& path : cases()) {
    INFO(path.string());
    ++seen;
    HttpRequest request = parse_request(read_file(path));
    HttpRequest signed_by_aws = parse_request(read_file(with(path, ".sreq")));
    Credentials c = credentials;
    c.session_token = signed_by_aws.headers.get("X-Amz-Security-Token");
    SignOptions options;
    std::string authorization = read_file(with(path, ".authz"));
    options.sign_token = authorization.find("x-amz-security-token") != std::string::npos;
    sign(request, c, "us-east-1", "service", now, options);
    CHECK(request.headers.get("Authorization") == authorization);
    Credential credential = parse_authorization(request).value();
    std::string canonical = read_file(with(path, ".creq"));
    std::string hash = canonical.substr(canonical.rfind('\n') + 1);
    CHECK(canonical_request(request, credential.signed_headers, hash, false) == canonical);
    CHECK(string_to_sign(canonical, "20150830T123600Z", credential.scope) ==
          read_file(with(path, ".sts")));
    // get-vanilla-with-session-token.sreq has another case's signature; its .authz has the right
    // one.
    signed_by_aws.headers.set("Authorization", authorization);
    auto verified = verify(signed_by_aws, secret_of, now);
    CHECK_MESSAGE(verified.has_value(), verified.error().message);
    signed_by_aws.headers.set("Host", "other.amazonaws.com");
    CHECK(verify(signed_by_aws, secret_of, now).error().code == "SignatureDoesNotMatch");
  }
  CHECK(seen == 34);
}

TEST_CASE("S3's path is signed as it is sent") {
  // S3 API reference, "Authenticating Requests: GET Object" (its example's key and date).
  HttpRequest request;
  request.path = "/test.txt";
  request.headers = {{"Host", "examplebucket.s3.amazonaws.com"}, {"Range", "bytes=0-9"}};
  Credentials c{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  std::string signature = sign(request, c, "us-east-1", "s3", *parse_time("20130524T000000Z"));
  CHECK(signature == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("a presigned request is AWS's, and expires") {
  // S3 API reference, "Authenticating Requests: Using Query Parameters".
  HttpRequest request;
  request.path = "/test.txt";
  request.headers = {{"Host", "examplebucket.s3.amazonaws.com"}};
  Credentials c{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  Time then = *parse_time("20130524T000000Z");
  presign(request, c, "us-east-1", "s3", then, 86400);
  CHECK(
      request.query.ends_with("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
  auto secret = [&](std::string_view) { return std::optional(c.secret_key); };
  CHECK(verify(request, secret, then + 3'600'000).has_value());
  CHECK(verify(request, secret, then + 86'401'000).error().code == "AccessDenied");
  request.query += "&extra=1";
  CHECK(verify(request, secret, then).error().code == "SignatureDoesNotMatch");
}

TEST_CASE("whatever was signed verifies, for S3 and for others") {
  for (const char* service : {"s3", "ec2"})
    for (bool in_query : {false, true}) {
      HttpRequest request = example();
      if (in_query) {
        presign(request, credentials, "eu-west-1", service, now, 60);
      } else {
        sign(request, credentials, "eu-west-1", service, now);
      }
      auto verified = verify(request, secret_of, now);
      REQUIRE_MESSAGE(verified.has_value(), verified.error().message);
      CHECK(verified->credential.region == "eu-west-1");
      CHECK(verified->credential.presigned == in_query);
    }
}

TEST_CASE("what is wrong with a signature is said as AWS says it") {
  struct Wrong {
    const char* service;
    void (*change)(HttpRequest&);
    int64_t later_ms;
    const char* code;
  };
  const Wrong table[] = {
      {"ec2", [](HttpRequest& r) { r.headers.erase("Authorization"); }, 0,
       "MissingAuthenticationToken"},
      {"ec2", [](HttpRequest& r) { r.headers.set("Authorization", "Basic x"); }, 0,
       "IncompleteSignature"},
      {"ec2",
       [](HttpRequest& r) {
         r.headers.set("Authorization",
                       "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, "
                       "Signature=1");
       },
       0, "IncompleteSignature"},
      {"ec2", [](HttpRequest& r) { r.body = "changed"; }, 0, "SignatureDoesNotMatch"},
      {"s3", [](HttpRequest& r) { r.body = "changed"; }, 0, "XAmzContentSHA256Mismatch"},
      {"ec2", [](HttpRequest&) {}, 16 * 60 * 1000, "SignatureDoesNotMatch"},
      {"s3", [](HttpRequest&) {}, 16 * 60 * 1000, "RequestTimeTooSkewed"},
      {"s3", [](HttpRequest&) {}, -16 * 60 * 1000, "RequestTimeTooSkewed"},
      {"ec2", [](HttpRequest& r) { r.headers.erase("X-Amz-Date"); }, 0, "IncompleteSignature"},
  };
  for (const Wrong& wrong : table) {
    HttpRequest request = example();
    sign(request, credentials, "us-east-1", wrong.service, now);
    wrong.change(request);
    CHECK(verify(request, secret_of, now + wrong.later_ms).error().code == wrong.code);
  }
  auto nobody = [](std::string_view) { return std::optional<std::string>(); };
  HttpRequest request = example();
  sign(request, credentials, "us-east-1", "s3", now);
  CHECK(verify(request, nobody, now).error().code == "InvalidAccessKeyId");
  sign(request, credentials, "us-east-1", "iam", now);
  CHECK(verify(request, nobody, now).error().code == "InvalidClientTokenId");
}
