#include "aws/credential_metadata.hh"

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::aws {
namespace {

constexpr size_t token_bytes_max = 64 * 1024;

http::ClientOptions near_by() {
  http::ClientOptions options;
  options.connect_ms_max = 1'000;
  options.total_ms_max = 2'000;
  options.response_bytes_max = 256 * 1024;
  options.use_proxy = false;
  return options;
}

Result<Credentials> read_answer(const HttpResponse& response, std::string source) {
  if (response.status != 200)
    return Error("CredentialsInvalid",
                 source + " answered with status " + std::to_string(response.status));
  TRY(Value answer, parse_json(response.body));
  Credentials found{answer["AccessKeyId"].as_string(), answer["SecretAccessKey"].as_string(),
                    answer["Token"].as_string(), parse_time(answer["Expiration"].as_string()),
                    source};
  if (found.access_key_id.empty() || found.secret_access_key.empty())
    return Error("CredentialsInvalid", source + " answered without keys");
  return found;
}

HttpRequest get_request(const http::Url& url) {
  HttpRequest request;
  request.path = url.path.empty() ? "/" : url.path;
  request.query = url.query;
  request.headers.set("Host", url.authority());
  return request;
}

bool may_get_token_over(const http::Url& url) {
  static constexpr std::string_view known[] = {"localhost",     "127.0.0.1",      "[::1]",
                                               "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
  return url.scheme == "https" || std::ranges::find(known, url.host) != std::end(known);
}

}  // namespace

Result<std::optional<Credentials>> from_container(const CredentialContext& context) {
  const Environment& environment = context.environment;
  std::string address = environment.text("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (auto relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
    address = "http://169.254.170.2" + *relative;
  if (address.empty()) return std::nullopt;
  TRY(http::Url url, http::parse_url(address));
  if (!may_get_token_over(url))
    return Error("CredentialsInvalid", "AWS_CONTAINER_CREDENTIALS_FULL_URI names " + url.host +
                                           ", which is neither https nor this host");
  HttpRequest request = get_request(url);
  std::string token = environment.text("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  std::string token_file = environment.text("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!token_file.empty()) {
    TRY(token, context.files.read(token_file, token_bytes_max));
  }
  if (!token.empty()) request.headers.set("Authorization", std::string(trim(token)));
  TRY(HttpResponse response, context.transport.send(request, url, near_by()));
  TRY(Credentials found, read_answer(response, "the container's credentials service"));
  return found;
}

Result<std::optional<Credentials>> from_instance(const CredentialContext& context) {
  const Environment& environment = context.environment;
  if (to_lower(environment.text("AWS_EC2_METADATA_DISABLED")) == "true") return std::nullopt;
  std::string address = environment.text("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  TRY(http::Url url, http::parse_url(address.empty() ? "http://169.254.169.254" : address));
  HttpRequest ask{"PUT", "/latest/api/token", "", {}, "", ""};
  ask.headers.set("Host", url.authority());
  ask.headers.set("X-aws-ec2-metadata-token-ttl-seconds", "21600");
  auto token = context.transport.send(ask, url, near_by());
  if (!token || token->status != 200) return std::nullopt;  // not an EC2 instance

  auto get = [&](std::string path) {
    HttpRequest request = get_request(url);
    request.path = std::move(path);
    request.headers.set("X-aws-ec2-metadata-token", token->body);
    return context.transport.send(request, url, near_by());
  };
  const std::string root = "/latest/meta-data/iam/security-credentials/";
  TRY(HttpResponse roles, get(root));
  if (roles.status != 200) return std::nullopt;  // an instance without a profile
  std::string role(trim(std::string_view(roles.body).substr(0, roles.body.find('\n'))));
  TRY(HttpResponse response, get(root + percent_encode(role)));
  TRY(Credentials found, read_answer(response, "the instance's role " + printable(role)));
  return found;
}

}  // namespace mainstay::aws
