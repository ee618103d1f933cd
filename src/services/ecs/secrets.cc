#include "services/ecs/secrets.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/role_session.hh"
#include "wire/arn.hh"

namespace mainstay::ecs {
namespace {

Error failed(const std::string& store, const Error& why) {
  return Error("ResourceInitializationError",
               "unable to pull secrets or registry auth: execution resource retrieval failed: "
               "unable to retrieve secret" +
                   std::string(store == "ssm" ? "s from ssm: " : " from asm: ") + why.code + ": " +
                   why.message);
}

class Reader {
 public:
  Reader(cloud::Cloud& cloud, const cloud::Place& place, const cloud::Caller& caller)
      : cloud_(cloud), place_(place), caller_(caller) {}

  // valueFrom: the ARN or the name of a parameter, or a secret's ARN with, behind it,
  // ":json-key:version-stage:version-id".
  Result<std::string> read(const std::string& from) {
    auto arn = wire::parse_arn(from);
    bool is_secret = arn.has_value() && arn->service == "secretsmanager";
    const std::string store = is_secret ? "secretsmanager" : "ssm";
    auto found = is_secret ? secret(from) : parameter(arn.has_value() ? *arn : wire::Arn{}, from);
    if (!found.has_value()) return failed(store, found.error());
    return *found;
  }

 private:
  Result<Value> ask(const std::string& region, const char* service, const char* operation,
                    Value in) {
    return cloud_.invoke(caller_, place_.account, region.empty() ? place_.region : region, service,
                         operation, std::move(in));
  }

  Result<std::string> parameter(const wire::Arn& arn, const std::string& from) {
    std::string name = from;
    if (arn.resource.starts_with("parameter/")) name = arn.resource.substr(9);
    TRY(Value answer, ask(arn.region, "ssm", "GetParameters",
                          Value::map({{"Names", Value::list({name})}, {"WithDecryption", true}})));
    if (answer["Parameters"].empty())
      return Error("InvalidParameters", "invalid parameters: " + name);
    return answer["Parameters"].at(0)["Value"].as_string();
  }

  Result<std::string> secret(const std::string& from) {
    auto parts = split(from, ":");
    constexpr size_t plain_parts = 7;  // arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME
    auto part = [&](size_t i) { return i < parts.size() ? parts[i] : std::string(); };
    std::vector<std::string> plain(parts.begin(),
                                   parts.begin() + std::min(plain_parts, parts.size()));
    Value in = Value::map({{"SecretId", join(plain, ":")}});
    if (!part(8).empty()) in.set("VersionStage", part(8));
    if (!part(9).empty()) in.set("VersionId", part(9));
    TRY(Value answer, ask(part(3), "secretsmanager", "GetSecretValue", std::move(in)));
    const std::string& text = answer["SecretString"].as_string();
    if (part(7).empty()) return text;
    auto json = parse_json(text);
    if (!json.has_value() || !json->has(part(7)))
      return Error("ResourceNotFound",
                   "retrieved secret from Secrets Manager did not contain json key " + part(7));
    return (*json)[part(7)].to_text();
  }

  cloud::Cloud& cloud_;
  const cloud::Place& place_;
  const cloud::Caller& caller_;
};

}  // namespace

Result<Secrets> read_secrets(cloud::Cloud& cloud, const cloud::Place& place,
                             const Value& definition) {
  Secrets out;
  bool has_any = false;
  for (const Value& container : definition["containerDefinitions"].items())
    has_any = has_any || !container["secrets"].empty();
  if (!has_any) return out;
  auto caller =
      cloud::session_of_role(cloud, place.account, place.region, "ecs-tasks.amazonaws.com",
                             definition["executionRoleArn"].as_string(), "ecs-agent");
  if (!caller.has_value()) return failed("ssm", caller.error());
  Reader reader(cloud, place, *caller);
  for (const Value& container : definition["containerDefinitions"].items())
    for (const Value& one : container["secrets"].items()) {
      TRY(std::string value, reader.read(one["valueFrom"].as_string()));
      out[container["name"].as_string()][one["name"].as_string()] = std::move(value);
    }
  return out;
}

}  // namespace mainstay::ecs
