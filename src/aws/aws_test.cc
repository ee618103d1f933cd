#include <doctest/doctest.h>

#include "aws/client.hh"
#include "aws/endpoints.hh"
#include "aws/profiles.hh"

using namespace mainstay;
using namespace mainstay::aws;

namespace {

constexpr const char* model_text = R"({
  "metadata": {"apiVersion":"2011-06-15","endpointPrefix":"sts","protocol":"query",
    "protocols":["query"],"serviceId":"STS","signatureVersion":"v4",
    "serviceFullName":"Test","xmlNamespace":"https://test/"},
  "operations": {
    "List": {"name":"List","http":{"method":"POST","requestUri":"/"},
      "input":{"shape":"ListInput"},"output":{"shape":"ListOutput","resultWrapper":"ListResult"}}},
  "shapes": {
    "ListInput":{"type":"structure","members":{"Token":{"shape":"Text"}}},
    "ListOutput":{"type":"structure","members":{"Items":{"shape":"Texts"},"Next":{"shape":"Text"}}},
    "Texts":{"type":"list","member":{"shape":"Text"}},
    "Text":{"type":"string"}}
})";

// Answers from a script, and keeps what it was sent.
struct Script : Transport {
  std::vector<Result<HttpResponse>> answers;
  std::vector<HttpRequest> sent;
  std::vector<http::Url> where;
  Result<HttpResponse> send(const HttpRequest& request, const http::Url& url,
                            const http::ClientOptions&) override {
    sent.push_back(request);
    where.push_back(url);
    if (sent.size() > answers.size()) return Error("ConnectFailed", "the script has ended");
    return answers[sent.size() - 1];
  }
};

HttpResponse page(const std::string& items, const std::string& next) {
  return {200,
          {},
          "<ListResponse><ListResult><Items>" + items + "</Items>" +
              (next.empty() ? "" : "<Next>" + next + "</Next>") + "</ListResult></ListResponse>"};
}

HttpResponse failure(int status, const std::string& code) {
  return {status,
          {},
          "<ErrorResponse><Error><Code>" + code +
              "</Code><Message>no</Message></Error></ErrorResponse>"};
}

struct Fixture {
  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::shared_ptr<SimulatedClock> clock = std::make_shared<SimulatedClock>(Time{1'700'000'000'000});
  ClientOptions options() {
    ClientOptions o;
    o.models = [](std::string_view) { return wire::Model::parse(model_text); };
    o.transport = script;
    o.clock = clock;
    o.credentials =
        std::make_shared<StaticCredentials>(Credentials{"AKIA", "secret", "", {}, "test"});
    o.region = "eu-west-1";
    return o;
  }
};

const Pages list_pages{"List", "Items", "Token", "Next"};

struct ChainFixture {
  SimulatedEnvironment environment;
  SimulatedFiles files;
  SimulatedClock clock{Time{1'700'000'000'000}};
  Profiles profiles;
  Script transport;
  std::vector<std::string> sts_calls;

  Result<Credentials> find(const std::string& profile = "") {
    profiles = Profiles::load(environment, files).value();
    CredentialContext context{
        environment,
        files,
        clock,
        profiles,
        transport,
        [&](std::string_view operation, const Value& input,
            const Credentials* signer) -> Result<Value> {
          sts_calls.push_back(std::string(operation) + " " + input["RoleArn"].as_string() + " by " +
                              (signer ? signer->access_key_id : "nobody"));
          return Value::map(
              {{"Credentials", Value::map({{"AccessKeyId", "ASIA"},
                                           {"SecretAccessKey", "s"},
                                           {"SessionToken", "t"},
                                           {"Expiration", clock.now() + 3'600'000}})}});
        }};
    return CredentialChain(context, profile).get();
  }
};

using Variables = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("a call is signed for its service and region, and its answer decoded") {
  Fixture f;
  f.script->answers = {page("<member>a</member>", "")};
  Client client(f.options());
  CHECK(client.call("sts", "List", Value::map())->at_path("Items.0") == "a");
  CHECK(f.script->where[0].to_string() == "https://sts.eu-west-1.amazonaws.com");
  const HttpRequest& sent = f.script->sent[0];
  CHECK(sent.headers.get("Host") == "sts.eu-west-1.amazonaws.com");
  CHECK(sent.headers.get("Authorization")
            .contains("Credential=AKIA/20231114/eu-west-1/sts/aws4_request"));
}

TEST_CASE("what may pass is tried again, with waits; what won't is not") {
  struct Case {
    Result<HttpResponse> answer;
    size_t attempts;
  };
  const Case cases[] = {
      {failure(400, "Throttling"), 5},         {failure(503, "ServiceUnavailable"), 5},
      {Error("ConnectFailed", "no route"), 5}, {failure(400, "ExpiredToken"), 2},
      {failure(400, "ValidationError"), 1},    {failure(403, "AccessDenied"), 1}};
  for (const Case& c : cases) {
    Fixture f;
    f.script->answers.assign(10, c.answer);
    Client client(f.options());
    auto answer = client.call("sts", "List", Value::map());
    REQUIRE_FALSE(answer);
    CHECK(f.script->sent.size() == c.attempts);
    CHECK((f.clock->monotonic_ms() > 0) == (c.attempts > 1));
    CHECK(answer.error().to_string().contains("sts:List"));
  }
}

TEST_CASE("a refusal after a try that may have done the work names that try") {
  for (auto [status, code, named] :
       {std::tuple{500, "InternalFailure", true}, {400, "Throttling", false}}) {
    Fixture f;
    f.script->answers = {failure(status, code), failure(400, "AlreadyExists")};
    auto answer = Client(f.options()).call("sts", "List", Value::map());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == "AlreadyExists");
    CHECK(answer.error().to_string().contains("after a try that was answered") == named);
  }
}

TEST_CASE("pages are followed to the end, and a token that comes again is refused") {
  Fixture f;
  f.script->answers = {page("<member>a</member>", "1"), page("<member>b</member>", "2"),
                       page("<member>c</member>", "")};
  Client client(f.options());
  CHECK(client.list("sts", list_pages, Value::map())->size() == 3);
  CHECK(f.script->sent[2].body.contains("Token=2"));
  f.script->sent.clear();
  f.script->answers = {page("", "1"), page("", "1")};
  CHECK(client.list("sts", list_pages, Value::map()).error().code == "PageTokenRepeated");
}

TEST_CASE("an endpoint of one's own takes every service") {
  Fixture f;
  f.script->answers = {page("", "")};
  ClientOptions options = f.options();
  options.endpoint = http::parse_url("http://127.0.0.1:4566").value();
  Client client(options);
  REQUIRE(client.call("sts", "List", Value::map()));
  CHECK(f.script->where[0].to_string() == "http://127.0.0.1:4566");
}

TEST_CASE("endpoints follow the partition, and some services have one for all regions") {
  struct Case {
    const char *prefix, *region, *host, *signing_region;
  };
  const Case cases[] = {
      {"ec2", "us-west-2", "ec2.us-west-2.amazonaws.com", "us-west-2"},
      {"ec2", "cn-north-1", "ec2.cn-north-1.amazonaws.com.cn", "cn-north-1"},
      {"iam", "eu-west-1", "iam.amazonaws.com", "us-east-1"},
      {"route53", "eu-west-1", "route53.amazonaws.com", "us-east-1"},
      {"iam", "us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
  };
  for (const Case& c : cases) {
    Endpoint endpoint = endpoint_of(c.prefix, c.region).value();
    CHECK(endpoint.url.host == c.host);
    CHECK(endpoint.signing_region == c.signing_region);
  }
  for (const char* bad : {"", "x", "evil.com/-", "EU-WEST-1"})
    CHECK(endpoint_of("ec2", bad).error().code == "RegionInvalid");
}

TEST_CASE("buckets go into the host where their name allows it") {
  auto moved = [](const char* path) {
    HttpRequest request;
    request.path = path;
    http::Url url = http::parse_url("https://s3.eu-west-1.amazonaws.com").value();
    move_bucket_to_host(request, url);
    return url.host + request.path;
  };
  CHECK(moved("/bucket/a/b") == "bucket.s3.eu-west-1.amazonaws.com/a/b");
  CHECK(moved("/bucket") == "bucket.s3.eu-west-1.amazonaws.com/");
  CHECK(moved("/my.bucket/a") == "s3.eu-west-1.amazonaws.com/my.bucket/a");
  CHECK(moved("/") == "s3.eu-west-1.amazonaws.com/");
}

TEST_CASE("the profile files are read as the AWS tools read them") {
  auto sections = parse_profiles(
      "# comment\n[default]\nregion = eu-west-1 # here\n[profile dev]\ns3 =\n  x = 1\n"
      "Role_Arn=arn\n[ 'odd name' ]\na=b\n",
      "config");
  REQUIRE(sections);
  CHECK(sections->at("default").at("region") == "eu-west-1");
  CHECK(sections->at("dev").at("role_arn") == "arn");
  CHECK_FALSE(sections->at("dev").contains("x"));
  CHECK(sections->at("odd name").at("a") == "b");
  CHECK(parse_profiles("a=b\n", "config").error().at.line == 1);
  CHECK(parse_profiles("[x]\nnonsense\n", "config").error().at.line == 2);
  CHECK(parse_profiles("[x\n", "config").error().code == "ProfileFileInvalid");
}

TEST_CASE("regions come from flag, variables, profile, in this order") {
  Profiles profiles({{"dev", {{"region", "eu-west-1"}}}});
  SimulatedEnvironment none, some(Variables{{"AWS_DEFAULT_REGION", "us-west-2"}});
  CHECK(region_of("a-b", "dev", some, profiles) == "a-b");
  CHECK(region_of("", "dev", some, profiles) == "us-west-2");
  CHECK(region_of("", "dev", none, profiles) == "eu-west-1");
  CHECK_FALSE(region_of("", "x", none, profiles));
}

TEST_CASE(
    "credentials come from variables before the default profile, but not before a named one") {
  ChainFixture f;
  f.environment = SimulatedEnvironment(
      Variables{{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"HOME", "/h"}});
  f.files
      .write("/h/.aws/credentials",
             "[default]\naws_access_key_id=AKDEF\naws_secret_access_key=s\n"
             "[dev]\naws_access_key_id=AKDEV\naws_secret_access_key=s\n")
      .value();
  CHECK(f.find()->access_key_id == "AKENV");
  CHECK(f.find("dev")->access_key_id == "AKDEV");
  CHECK(f.find("dve").error().hint == "did you mean \"dev\"?");
  f.environment = SimulatedEnvironment(Variables{{"HOME", "/h"}});
  CHECK(f.find()->access_key_id == "AKDEF");
}

TEST_CASE("a role is assumed with its source's keys") {
  ChainFixture f;
  f.environment = SimulatedEnvironment(Variables{{"HOME", "/h"}});
  f.files
      .write("/h/.aws/config",
             "[profile base]\naws_access_key_id=AKBASE\naws_secret_access_key=s\n"
             "[profile mid]\nrole_arn=mid\nsource_profile=base\n"
             "[profile top]\nrole_arn=top\nsource_profile=mid\n"
             "[profile a]\nrole_arn=a\nsource_profile=b\n"
             "[profile b]\nrole_arn=b\nsource_profile=a\n"
             "[profile sso]\nsso_start_url=https://x\n")
      .value();
  CHECK(f.find("top")->access_key_id == "ASIA");
  CHECK(f.sts_calls ==
        std::vector<std::string>{"AssumeRole mid by AKBASE", "AssumeRole top by ASIA"});
  CHECK(f.find("a").error().message.contains("circle"));
  CHECK(f.find("sso").error().code == "CredentialsUnsupported");
}

TEST_CASE("web identity, container and instance are asked in turn") {
  ChainFixture f;
  f.environment = SimulatedEnvironment(
      Variables{{"AWS_ROLE_ARN", "web"}, {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}});
  f.files.write("/token", "jwt\n").value();
  CHECK(f.find()->session_token == "t");
  CHECK(f.sts_calls[0] == "AssumeRoleWithWebIdentity web by nobody");

  ChainFixture container;
  container.environment =
      SimulatedEnvironment(Variables{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}});
  container.transport.answers = {
      HttpResponse{200, {}, R"({"AccessKeyId":"ASIAC","SecretAccessKey":"s","Token":"t",
                   "Expiration":"2033-01-01T00:00:00Z"})"}};
  CHECK(container.find()->access_key_id == "ASIAC");
  container.environment =
      SimulatedEnvironment(Variables{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.com/"}});
  CHECK(container.find().error().code == "CredentialsInvalid");

  ChainFixture instance;
  instance.transport.answers = {
      HttpResponse{200, {}, "token"}, HttpResponse{200, {}, "my-role\n"},
      HttpResponse{200, {}, R"({"AccessKeyId":"ASIAI","SecretAccessKey":"s","Token":"t"})"}};
  CHECK(instance.find()->access_key_id == "ASIAI");
  CHECK(instance.transport.sent[2].path == "/latest/meta-data/iam/security-credentials/my-role");

  ChainFixture none;
  CHECK(none.find().error().code == "CredentialsMissing");
}
