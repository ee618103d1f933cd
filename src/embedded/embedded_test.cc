// The pipeline, through HTTP requests as clients send them, over real services.
#include "embedded/embedded.hh"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

#include "base/json.hh"
#include "base/random.hh"
#include "wire/sigv4.hh"

using namespace mainstay;

namespace {

std::unique_ptr<cloud::Cloud> open_cloud(const std::string& directory = "", bool strict = false) {
  cloud::CloudOptions options;
  options.state_directory = directory;
  options.strict = strict;
  options.seed = 7;
  auto cloud = embedded::open(options);
  REQUIRE_MESSAGE(cloud.has_value(), cloud.error().to_string());
  return std::move(*cloud);
}

std::string scope(std::string_view key, std::string_view service) {
  return "AWS4-HMAC-SHA256 Credential=" + std::string(key) + "/20260101/us-east-1/" +
         std::string(service) + "/aws4_request, SignedHeaders=host, Signature=0";
}

HttpRequest form(std::string_view service, std::string body, std::string_view key = "test") {
  HttpRequest request;
  request.method = "POST";
  request.headers = {{"Host", "localhost:4566"},
                     {"Content-Type", "application/x-www-form-urlencoded"},
                     {"Authorization", scope(key, service)}};
  request.body = std::move(body);
  return request;
}

HttpRequest rest(std::string method, std::string path, std::string query = "",
                 std::string body = "") {
  HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.query = std::move(query);
  request.headers = {{"Host", "localhost:4566"}, {"Authorization", scope("test", "s3")}};
  request.body = std::move(body);
  return request;
}

bool contains(const HttpResponse& response, std::string_view text) {
  return response.body.find(text) != std::string::npos;
}

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  size_t at = text.find(open);
  REQUIRE(at != std::string::npos);
  at += open.size();
  return text.substr(at, text.find(close, at) - at);
}

struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/mainstay-cloud-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

constexpr const char* who = "Action=GetCallerIdentity&Version=2011-06-15";

}  // namespace

TEST_CASE("the key decides the account: twelve digits are that account, others the default one") {
  auto cloud = open_cloud();
  CHECK(contains(cloud->handle(form("sts", who)), "arn:aws:iam::123456789012:root"));
  CHECK(
      contains(cloud->handle(form("sts", who, "210987654321")), "arn:aws:iam::210987654321:root"));
}

TEST_CASE("a key that was made here is its user, and must sign with its secret") {
  auto cloud = open_cloud();
  cloud->handle(form("iam", "Action=CreateUser&Version=2010-05-08&UserName=bob"));
  auto made = cloud->handle(form("iam", "Action=CreateAccessKey&Version=2010-05-08&UserName=bob"));
  std::string id = between(made.body, "<AccessKeyId>", "<"),
              secret = between(made.body, "<SecretAccessKey>", "<");
  auto forged = cloud->handle(form("sts", who, id));
  CHECK(contains(forged, "IncompleteSignature"));
  HttpRequest request = form("sts", who, id);
  request.headers.erase("Authorization");
  wire::sign(request, {id, secret, ""}, "us-east-1", "sts", cloud->now());
  auto answer = cloud->handle(request);
  CHECK(answer.status == 200);
  CHECK(contains(answer, "user/bob"));
  request.body += "&X=1";
  auto changed = cloud->handle(request);
  CHECK(changed.status == 403);
  CHECK(contains(changed, "SignatureDoesNotMatch"));
  cloud->handle(form(
      "iam",
      "Action=UpdateAccessKey&Version=2010-05-08&UserName=bob&Status=Inactive&AccessKeyId=" + id));
  CHECK(contains(cloud->handle(form("sts", who, id)), "InvalidClientTokenId"));
}

TEST_CASE("strict clouds refuse keys that were not made here") {
  auto cloud = open_cloud("", true);
  CHECK(contains(cloud->handle(form("sts", who)), "InvalidClientTokenId"));
  CHECK(contains(cloud->handle(form("sts", who, "123456789012")), "InvalidClientTokenId"));
}

TEST_CASE("strict clouds know accounts' roots by the secret that they were started with") {
  cloud::CloudOptions options;
  options.strict = true;
  options.root_secret = "right";
  auto cloud = embedded::open(options).value();
  auto status = [&](const std::string& secret) {
    HttpRequest request = form("sts", who, "123456789012");
    request.headers.erase("Authorization");
    wire::sign(request, {"123456789012", secret, ""}, "us-east-1", "sts", cloud->now());
    return cloud->handle(request).status;
  };
  CHECK(status("right") == 200);
  CHECK(status("wrong") == 403);
  CHECK(cloud->handle(form("sts", who, "123456789012")).status != 200);  // unsigned
}

TEST_CASE("what is not known is said in the caller's own protocol") {
  auto cloud = open_cloud();
  CHECK(contains(cloud->handle(form("sts", "Action=Nothing&Version=2011-06-15")),
                 "<Code>InvalidAction</Code>"));
  HttpRequest json = form("kinesis", "{}");
  json.headers.set("Content-Type", "application/x-amz-json-1.1");
  json.headers.set("X-Amz-Target", "Kinesis_20131202.ListStreams");
  auto answer = cloud->handle(json);
  CHECK(answer.status == 501);
  CHECK(parse_json(answer.body).value()["__type"].as_string().find("NotImplemented") !=
        std::string::npos);
  CHECK(contains(cloud->handle(form("nosuchservice", "Action=X")), "nosuchservice"));
  HttpRequest unsigned_request = form("sts", who);
  unsigned_request.headers.erase("Authorization");
  CHECK(contains(cloud->handle(unsigned_request), "MissingAuthenticationToken"));
}

TEST_CASE("a dry run checks everything and changes nothing") {
  auto cloud = open_cloud();
  const char* create = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/16";
  auto dry = cloud->handle(form("ec2", std::string(create) + "&DryRun=true"));
  CHECK(dry.status == 412);
  CHECK(contains(dry, "DryRunOperation"));
  auto bad = cloud->handle(
      form("ec2", "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/8&DryRun=true"));
  CHECK(contains(bad, "InvalidVpc.Range"));
  CHECK(!contains(cloud->handle(form("ec2", "Action=DescribeVpcs&Version=2016-11-15")),
                  "10.0.0.0/16"));
  CHECK(cloud->handle(form("ec2", create)).status == 200);
  CHECK(contains(cloud->handle(form("ec2", "Action=DescribeVpcs&Version=2016-11-15")),
                 "10.0.0.0/16"));
}

TEST_CASE("accounts and regions do not see each other") {
  auto cloud = open_cloud();
  cloud->handle(form("ec2", "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.9.0.0/16"));
  const char* list = "Action=DescribeVpcs&Version=2016-11-15";
  CHECK(!contains(cloud->handle(form("ec2", list, "210987654321")), "10.9.0.0/16"));
  HttpRequest elsewhere = form("ec2", list);
  elsewhere.headers.set("Authorization",
                        "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/ec2/aws4_request, "
                        "SignedHeaders=host, Signature=0");
  CHECK(!contains(cloud->handle(elsewhere), "10.9.0.0/16"));
}

TEST_CASE("everything is there after the cloud is opened again, and gone after a reset") {
  Folder folder;
  std::string vpcs;
  {
    auto cloud = open_cloud(folder.path);
    cloud->handle(rest("PUT", "/bucket-a"));
    cloud->handle(rest("PUT", "/bucket-a/key", "", std::string(200'000, 'x')));
    vpcs = cloud->handle(form("ec2", "Action=DescribeVpcs&Version=2016-11-15")).body;
  }
  auto cloud = open_cloud(folder.path);
  CHECK(cloud->handle(rest("GET", "/bucket-a/key")).body == std::string(200'000, 'x'));
  auto again = cloud->handle(form("ec2", "Action=DescribeVpcs&Version=2016-11-15"));
  CHECK(between(again.body, "<vpcId>", "<") == between(vpcs, "<vpcId>", "<"));
  HttpRequest reset;
  reset.method = "POST";
  reset.path = "/moto-api/reset";
  CHECK(cloud->handle(reset).status == 200);
  CHECK(cloud->handle(rest("GET", "/bucket-a/key")).status == 404);
  CHECK(cloud->handle(form("ec2", "Action=DescribeVpcs&Version=2016-11-15")).status == 200);
}

TEST_CASE("ten thousand mutated requests are answered, each with a status") {
  auto cloud = open_cloud();
  Random random(20261123);
  std::vector<HttpRequest> seeds = {
      form("ec2",
           "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/"
           "16&TagSpecification.1.ResourceType=vpc"
           "&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b"),
      form("ec2",
           "Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=*&"
           "MaxResults=5"),
      form("iam",
           "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%"
           "22Statement%22%3A%5B%5D%7D"),
      form("sts", who),
      rest("PUT", "/bucket-b"),
      rest("PUT", "/bucket-b/k", "", "data"),
      rest("GET", "/bucket-b", "list-type=2&prefix=a&delimiter=%2F&max-keys=3"),
      rest("POST", "/bucket-b", "delete", "<Delete><Object><Key>k</Key></Object></Delete>"),
      rest("PUT", "/bucket-b", "versioning",
           "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")};
  HttpRequest zone = rest("POST", "/2013-04-01/hostedzone", "",
                          "<CreateHostedZoneRequest><Name>a.com</Name><CallerReference>1</"
                          "CallerReference></CreateHostedZoneRequest>");
  zone.headers.set("Authorization", scope("test", "route53"));
  seeds.push_back(zone);
  auto mutate = [&](std::string& text) {
    size_t at = random.below(text.size() + 1);
    switch (random.below(4)) {
      case 0:
        text.insert(at, 1, static_cast<char>(random.below(256)));
        break;
      case 1:
        if (at < text.size()) text.erase(at, 1 + random.below(8));
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
        break;
      default:
        text.insert(at, text.substr(random.below(text.size() + 1), 12));
        break;
    }
  };
  int errors = 0;
  for (int i = 0; i < 10'000; ++i) {
    HttpRequest request = seeds[random.below(seeds.size())];
    for (uint64_t n = 1 + random.below(4); n > 0; --n) {
      std::string authorization(request.headers.get("Authorization"));
      switch (random.below(5)) {
        case 0:
          mutate(request.path);
          break;
        case 1:
          mutate(request.query);
          break;
        case 2:
          mutate(authorization);
          request.headers.set("Authorization", authorization);
          break;
        default:
          mutate(request.body);
      }
    }
    HttpResponse response = cloud->handle(request);
    CHECK(response.status >= 200);
    CHECK_MESSAGE(response.status != 500, request.path, "?", request.query, " ", request.body,
                  " -> ", response.body);
    errors += response.status >= 400;
  }
  CHECK(errors > 1000);
}
