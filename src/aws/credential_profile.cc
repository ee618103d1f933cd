#include "aws/credential_profile.hh"

#include "aws/credential_metadata.hh"
#include "base/text.hh"

namespace mainstay::aws {
namespace {

constexpr int source_levels_max = 8;
constexpr size_t web_token_bytes_max = 64 * 1024;

Result<Credentials> of_answer(const Value& answer, std::string source) {
  const Value& c = answer["Credentials"];
  Credentials found{c["AccessKeyId"].as_string(), c["SecretAccessKey"].as_string(),
                    c["SessionToken"].as_string(), std::nullopt, std::move(source)};
  if (c["Expiration"].is_time()) found.expires = c["Expiration"].as_time();
  if (found.access_key_id.empty())
    return Error("CredentialsInvalid", "STS answered without credentials for " + found.source);
  return found;
}

std::string session_name(const CredentialContext& context,
                         const std::optional<std::string>& given) {
  return given.value_or("mainstay-" + std::to_string(context.clock.now().ms / 1000));
}

Result<Credentials> by_web_identity(const CredentialContext& context, const std::string& role,
                                    const std::string& token_file,
                                    const std::optional<std::string>& name) {
  TRY(std::string token, context.files.read(token_file, web_token_bytes_max));
  Value input = Value::map({{"RoleArn", role},
                            {"RoleSessionName", session_name(context, name)},
                            {"WebIdentityToken", trim(token)}});
  TRY(Value answer, context.call_sts("AssumeRoleWithWebIdentity", input, nullptr));
  return of_answer(answer, "web identity for " + role);
}

class ProfileReader {
 public:
  explicit ProfileReader(const CredentialContext& context) : context_(context) {}

  Result<std::optional<Credentials>> read(const std::string& profile, int level) const {
    CHECK_OK(refuse_unsupported(profile));
    if (level > source_levels_max)
      return Error("CredentialsInvalid",
                   "the source_profile settings lead round in a circle at \"" + profile + "\"");
    auto get = [&](const char* key) { return context_.profiles.get(profile, key); };
    // A profile may name itself as its source: then its own keys are meant.
    bool own_keys = level > 0 && get("source_profile") == profile;
    if (auto role = get("role_arn"); role && !own_keys) {
      TRY(Credentials assumed, assume(profile, *role, level));
      return assumed;
    }
    auto key = get("aws_access_key_id"), secret = get("aws_secret_access_key");
    if (key.has_value() != secret.has_value())
      return Error("CredentialsInvalid", "profile \"" + profile +
                                             "\" has only one of aws_access_key_id and "
                                             "aws_secret_access_key");
    if (!key) return std::nullopt;
    return Credentials{*key, *secret, get("aws_session_token").value_or(""), std::nullopt,
                       "profile " + profile};
  }

 private:
  Status refuse_unsupported(const std::string& profile) const {
    struct Unsupported {
      const char* key;
      const char* what;
    };
    static constexpr Unsupported unsupported[] = {
        {"sso_session", "IAM Identity Center (SSO)"},
        {"sso_start_url", "IAM Identity Center (SSO)"},
        {"credential_process", "credential_process"},
        {"mfa_serial", "a role that asks for an MFA code"}};
    for (const auto& [key, what] : unsupported)
      if (context_.profiles.get(profile, key))
        return Error("CredentialsUnsupported", "profile \"" + profile + "\" uses " + what +
                                                   ", which mainstay does not support yet")
            .with_hint("run `aws configure export-credentials --profile " + profile +
                       " --format env` and set the variables that it prints");
    return {};
  }

  Result<Credentials> assume(const std::string& profile, const std::string& role, int level) const {
    auto get = [&](const char* key) { return context_.profiles.get(profile, key); };
    if (auto file = get("web_identity_token_file"))
      return by_web_identity(context_, role, *file, get("role_session_name"));
    TRY(Credentials signer, source(profile, level));
    Value input = Value::map(
        {{"RoleArn", role}, {"RoleSessionName", session_name(context_, get("role_session_name"))}});
    if (auto id = get("external_id")) input.set("ExternalId", *id);
    if (auto text = get("duration_seconds"); text && parse_int(*text))
      input.set("DurationSeconds", *parse_int(*text));
    TRY(Value answer, context_.call_sts("AssumeRole", input, &signer));
    return of_answer(answer, "role " + role + " by profile " + profile);
  }

  Result<Credentials> source(const std::string& profile, int level) const {
    if (auto from = context_.profiles.get(profile, "source_profile")) {
      CHECK_OK(context_.profiles.require(*from));
      TRY(auto found, read(*from, level + 1));
      if (found) return *found;
      return Error("CredentialsMissing", "profile \"" + *from + "\", the source of \"" + profile +
                                             "\", has no credentials");
    }
    std::string kind = context_.profiles.get(profile, "credential_source").value_or("");
    Result<std::optional<Credentials>> found = std::optional<Credentials>();
    if (kind == "Environment")
      found = from_environment(context_);
    else if (kind == "EcsContainer")
      found = from_container(context_);
    else if (kind == "Ec2InstanceMetadata")
      found = from_instance(context_);
    else
      return Error("CredentialsInvalid", "profile \"" + profile +
                                             "\" has role_arn, but neither source_profile nor a "
                                             "credential_source of Environment, EcsContainer or "
                                             "Ec2InstanceMetadata");
    if (!found) return found.error();
    if (*found) return **found;
    return Error("CredentialsMissing", "the credential_source " + kind + " of profile \"" +
                                           profile + "\" has no credentials");
  }

  const CredentialContext& context_;
};

}  // namespace

Result<std::optional<Credentials>> from_profile(const CredentialContext& context,
                                                const std::string& profile) {
  return ProfileReader(context).read(profile, 0);
}

Result<std::optional<Credentials>> from_web_identity(const CredentialContext& context) {
  auto role = context.environment.get("AWS_ROLE_ARN");
  auto file = context.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!role || !file) return std::nullopt;
  TRY(Credentials found,
      by_web_identity(context, *role, *file, context.environment.get("AWS_ROLE_SESSION_NAME")));
  return found;
}

Result<std::optional<Credentials>> from_environment(const CredentialContext& context) {
  const Environment& environment = context.environment;
  std::string key = environment.text("AWS_ACCESS_KEY_ID");
  std::string secret = environment.text("AWS_SECRET_ACCESS_KEY");
  if (key.empty() && secret.empty()) return std::nullopt;
  if (key.empty() || secret.empty())
    return Error("CredentialsInvalid",
                 "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set");
  return Credentials{key, secret, environment.text("AWS_SESSION_TOKEN"), std::nullopt,
                     "environment variables"};
}

}  // namespace mainstay::aws
