// Keys and sessions that are over, by a clock that the test moves.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

#include "cloud/cloud.hh"
#include "embedded/embedded.hh"
#include "store/store.hh"
#include "wire/sigv4.hh"

using namespace mainstay;

namespace {

constexpr const char* account = "111122223333";

struct Fixture {
  std::string folder;
  Time now{1'800'000'000'000};
  std::unique_ptr<cloud::Cloud> cloud;

  Fixture() {
    char name[] = "/tmp/mainstay-keys-XXXXXX";
    folder = ::mkdtemp(name);
    reopen();
  }
  ~Fixture() {
    cloud.reset();
    std::filesystem::remove_all(folder);
  }

  void reopen() {
    cloud.reset();
    cloud::CloudOptions options;
    options.state_directory = folder;
    options.now = [this] { return now; };
    cloud = embedded::open(options).value();
  }

  Value session() {
    return cloud
        ->invoke(cloud::Caller::root_of(account), account, "us-east-1", "sts", "GetSessionToken",
                 Value::map({{"DurationSeconds", 900}}))
        .value()["Credentials"];
  }

  HttpResponse ask(HttpRequest request, const Value& keys, const std::string& service) {
    request.headers.set("Host", "localhost:4566");
    wire::sign(request,
               {keys["AccessKeyId"].as_string(), keys["SecretAccessKey"].as_string(),
                keys["SessionToken"].as_string()},
               "us-east-1", service, now);
    return cloud->handle(request);
  }
};

HttpRequest form(std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = std::move(body);
  return request;
}

HttpRequest json(const char* target) {
  HttpRequest request = form("{}");
  request.headers = {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", target}};
  return request;
}

HttpRequest get(const char* path) {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  return request;
}

struct Refusal {
  const char* service;
  HttpRequest request;
  int status;
  const char* code;
  const char* words;
};

std::vector<Refusal> refusals() {
  const char* expired = "The security token included in the request is expired";
  return {
      {"sts", form("Action=GetCallerIdentity&Version=2011-06-15"), 403, "ExpiredToken<", expired},
      {"ec2", form("Action=DescribeVpcs&Version=2016-11-15"), 400, "RequestExpired<",
       "Request has expired."},
      {"s3", get("/"), 400, "ExpiredToken<", "The provided token has expired."},
      {"route53", get("/2013-04-01/hostedzone"), 403, "ExpiredToken<", expired},
      {"dynamodb", json("DynamoDB_20120810.ListTables"), 400, "ExpiredTokenException\"", expired},
      {"sqs", json("AmazonSQS.ListQueues"), 403, "ExpiredToken\"", expired}};
}

void check_expired(Fixture& f, const Value& keys) {
  for (Refusal& refusal : refusals()) {
    HttpResponse answer = f.ask(refusal.request, keys, refusal.service);
    INFO(answer.body);
    CHECK(answer.status == refusal.status);
    CHECK(answer.body.contains(refusal.code));
    CHECK(answer.body.contains(refusal.words));
  }
}

const HttpRequest who = form("Action=GetCallerIdentity&Version=2011-06-15");

}  // namespace

TEST_CASE("a session that expired is refused in each protocol, remembered or forgotten") {
  Fixture f;
  Value keys = f.session();
  f.now = f.now + 899'000;
  CHECK(f.ask(who, keys, "sts").status == 200);
  f.now = f.now + 1'000;
  REQUIRE(f.cloud->credentials().find(keys["AccessKeyId"].as_string()));
  check_expired(f, keys);
  f.session();
  REQUIRE_FALSE(f.cloud->credentials().find(keys["AccessKeyId"].as_string()));
  check_expired(f, keys);
  Value tokenless = keys;
  tokenless.erase("SessionToken");
  CHECK(f.ask(who, tokenless, "sts").body.contains("InvalidClientTokenId"));
}

TEST_CASE("a session of another state is refused: it never was one here") {
  Fixture f, other;
  CHECK(f.ask(who, other.session(), "sts").body.contains("InvalidClientTokenId"));
}

TEST_CASE("what was issued before ids had a check works, and its session is never forgotten") {
  Fixture f;
  Value key = Value::map({{"AccessKeyId", "AKIARTX3GSDSQAAFAAAA"},
                          {"SecretAccessKey", "secret"},
                          {"Account", account},
                          {"Arn", "arn:aws:iam::111122223333:user/old"},
                          {"UserId", "AIDAOLD"},
                          {"Kind", "user"},
                          {"Status", "Active"}});
  Value session = key;
  session.set("AccessKeyId", "ASIARTX3GSDSQAAFAAAA")
      .set("SessionToken", "old")
      .set("Expiration", f.now + 1'000);
  REQUIRE(f.cloud->credentials().put(key));
  REQUIRE(f.cloud->credentials().put(session));
  f.reopen();
  CHECK(f.ask(who, key, "sts").body.contains("user/old"));
  CHECK(f.ask(who, session, "sts").body.contains("user/old"));
  f.now = f.now + 1'000'000;
  f.session();
  check_expired(f, session);
  REQUIRE(f.cloud->credentials().remove(key["AccessKeyId"].as_string()));
  CHECK(f.cloud->credentials().keys_of_user(account, key["Arn"].as_string()).empty());
  f.reopen();
  CHECK(f.ask(who, key, "sts").body.contains("InvalidClientTokenId"));
}

// The answer is forgotten as by a kill between the key's change and the user's.
TEST_CASE("a key that is made again for the same token is the same key") {
  Fixture f;
  auto invoke = [&](const char* operation, const char* once) {
    return f.cloud->invoke(cloud::Caller::root_of(account), account, "us-east-1", "iam", operation,
                           Value::map({{"UserName", "ann"}}), once);
  };
  REQUIRE(invoke("CreateUser", "").has_value());
  Value made = invoke("CreateAccessKey", "token").value();
  f.cloud->forget_answers(account, "us-east-1", {{"token", "iam", Value()}});
  CHECK(invoke("CreateAccessKey", "token").value() == made);
  CHECK(invoke("CreateAccessKey", "another").value() != made);
  CHECK(invoke("ListAccessKeys", "").value()["AccessKeyMetadata"].size() == 2);
}
