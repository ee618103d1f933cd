#include "cli/target/target.hh"

#include <map>
#include <mutex>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/target/client_models.hh"
#include "cli/target/guarded_server.hh"
#include "embedded/embedded.hh"

namespace mainstay::cli {
namespace {

// The embedded cloud's default account; a key that is an account's id speaks for it.
constexpr const char* embedded_account = "123456789012";
constexpr const char* default_region = "us-east-1";
// Never resolved: the embedded cloud is called in process, but requests need a host.
constexpr const char* embedded_address = "http://127.0.0.1:4566";

aws::ClientOptions base_options(const TargetContext& context, const std::string& region) {
  aws::ClientOptions options;
  options.models = embedded_models();
  options.clock = context.clock;
  options.region = region;
  options.seed = context.seed;
  options.stop = context.stop;
  return options;
}

std::shared_ptr<aws::CredentialSource> account_keys() {
  return std::make_shared<aws::StaticCredentials>(
      aws::Credentials{embedded_account, "mainstay", "", std::nullopt, "embedded cloud"});
}

// Emulators are given words like "test", which must stay in names; AWS's secrets are longer.
void hide(Secrets* secrets, const std::string& secret) {
  constexpr size_t secret_key_size_min = 16;
  if (secrets && secret.size() >= secret_key_size_min) secrets->add(secret);
}

// Credentials as they come, told to whoever keeps them from being shown.
class HiddenCredentials : public aws::CredentialSource {
 public:
  HiddenCredentials(std::shared_ptr<aws::CredentialSource> inner, Secrets* secrets)
      : inner_(std::move(inner)), secrets_(secrets) {}
  Result<aws::Credentials> get() override {
    auto credentials = inner_->get();
    if (!credentials) return credentials;
    hide(secrets_, credentials->secret_access_key);
    hide(secrets_, credentials->session_token);
    return credentials;
  }

 private:
  std::shared_ptr<aws::CredentialSource> inner_;
  Secrets* secrets_;
};

// What stacks name with assume_role stands in a profile's place.
bool is_role(const std::string& profile) {
  return profile.starts_with("arn:");
}

// A role that the run's own credentials take on, again five minutes before that ends.
class AssumedRole : public aws::CredentialSource {
 public:
  AssumedRole(std::shared_ptr<aws::Client> own, std::shared_ptr<Clock> clock, std::string role,
              Secrets* secrets)
      : own_(std::move(own)), clock_(std::move(clock)), role_(std::move(role)), secrets_(secrets) {}
  Result<aws::Credentials> get() override {
    std::scoped_lock lock(mutex_);
    constexpr int64_t early_ms = 5 * 60 * 1000;
    if (kept_ && *kept_->expires - clock_->now() > early_ms) return *kept_;
    TRY(Value answer,
        own_->call("sts", "AssumeRole",
                   Value::map({{"RoleArn", role_}, {"RoleSessionName", "mainstay"}})));
    const Value& keys = answer["Credentials"];
    aws::Credentials credentials{
        keys["AccessKeyId"].as_string(), keys["SecretAccessKey"].as_string(),
        keys["SessionToken"].as_string(), keys["Expiration"].as_time(), "role " + role_};
    if (credentials.access_key_id.empty())
      return Error("CredentialsInvalid", "sts:AssumeRole gave no keys for " + role_);
    hide(secrets_, credentials.secret_access_key);
    hide(secrets_, credentials.session_token);
    kept_ = credentials;
    return credentials;
  }

 private:
  std::shared_ptr<aws::Client> own_;
  std::shared_ptr<Clock> clock_;
  std::string role_;
  Secrets* secrets_;
  std::mutex mutex_;  // others wait for the role that is being taken on
  std::optional<aws::Credentials> kept_;
};

std::string local_region(const TargetOptions& options, const TargetContext& context) {
  return aws::region_of(options.region, "", context.environment, {}).value_or(default_region);
}

// Keys of the client for a profile, and an endpoint that is given or that `serve` opens.
std::function<Result<stacks::AwsAccess>(const std::string&)> access_through(
    const Target& target, std::function<Result<std::string>()> serve) {
  return [client = target.client, region = target.region,
          serve = std::move(serve)](const std::string& profile) -> Result<stacks::AwsAccess> {
    TRY(auto own, client(profile));
    TRY(aws::Credentials keys, own->options().credentials->get());
    stacks::AwsAccess access{"", keys.access_key_id, keys.secret_access_key, keys.session_token,
                             region};
    if (serve) {
      TRY(access.endpoint, serve());
    } else if (own->options().endpoint) {
      access.endpoint = own->options().endpoint->to_string();
    }
    return access;
  };
}

// The embedded cloud on a free port of the loopback interface, once somebody has to reach it there:
// programs that hooks start, functions, providers of custom resources.
class LocalPort {
 public:
  explicit LocalPort(std::shared_ptr<cloud::Cloud> cloud) : cloud_(std::move(cloud)) {}
  Result<std::string> url() {
    std::scoped_lock lock(mutex_);
    if (!server_) {
      ServePlan plan;
      plan.server.host = "127.0.0.1";
      plan.server.port = 0;
      plan.server.threads = 4;
      TRY(server_, GuardedServer::start(plan, *cloud_));
    }
    return server_->endpoint();
  }

 private:
  std::shared_ptr<cloud::Cloud> cloud_;
  std::mutex mutex_;
  std::unique_ptr<GuardedServer> server_;  // before the cloud
};

// The accounts of the embedded cloud that stand for the profiles of stacks: that of the profile's
// role, or of its sign-in; else one made from its name.
class RehearsedAccounts {
 public:
  RehearsedAccounts(aws::ClientOptions options, const TargetContext& context)
      : options_(std::move(options)), environment_(context.environment), files_(context.files) {}

  Result<std::string> account_of(const std::string& profile) {
    if (profile.empty()) return std::string(embedded_account);
    constexpr size_t account_part = 4;  // arn:aws:iam::ACCOUNT:role/NAME
    if (is_role(profile)) return split(profile, ":")[account_part];
    TRY(aws::Profiles profiles, aws::Profiles::load(environment_, files_));
    auto role = split(profiles.get(profile, "role_arn").value_or(""), ":");
    if (role.size() > account_part && !role[account_part].empty()) return role[account_part];
    if (auto account = profiles.get(profile, "sso_account_id")) return *account;
    std::string digits;
    for (unsigned char c : sha256("account of " + profile).substr(0, 11))
      digits += static_cast<char>('0' + c % 10);
    return "9" + digits;
  }

  Result<std::shared_ptr<aws::Client>> client(const std::string& profile) {
    TRY(std::string account, account_of(profile));
    std::scoped_lock lock(mutex_);
    auto& kept = clients_[account];
    if (!kept) {
      aws::ClientOptions options = options_;
      options.credentials = std::make_shared<aws::StaticCredentials>(
          aws::Credentials{account, "mainstay", "", std::nullopt, "embedded cloud"});
      kept = std::make_shared<aws::Client>(std::move(options));
    }
    return kept;
  }

 private:
  aws::ClientOptions options_;
  const Environment& environment_;
  const Files& files_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<aws::Client>> clients_;
};

void rehearse_accounts(Target& target, aws::ClientOptions options, const TargetContext& context) {
  auto accounts = std::make_shared<RehearsedAccounts>(std::move(options), context);
  target.client = [accounts](const std::string& profile) { return accounts->client(profile); };
  target.account_of = [accounts](const std::string& profile) {
    return accounts->account_of(profile);
  };
}

// is_ours: a cloud of this program, whose accounts are those that keys name.
Result<Target> open_endpoint(const TargetOptions& options, const TargetContext& context,
                             bool is_ours) {
  TRY(http::Url url, http::parse_url(options.endpoint));
  while (url.path.ends_with('/')) url.path.pop_back();
  Target target;
  target.kind = Target::Kind::endpoint;
  target.region = local_region(options, context);
  target.where = "endpoint " + url.to_string() + " " + target.region;
  target.address = "endpoint " + url.to_string();
  aws::ClientOptions client = base_options(context, target.region);
  client.endpoint = url;
  client.transport = std::make_shared<aws::HttpTransport>();
  std::string key = context.environment.text("AWS_ACCESS_KEY_ID");
  client.credentials = key.empty() ? account_keys()
                                   : std::make_shared<aws::StaticCredentials>(aws::Credentials{
                                         key, context.environment.text("AWS_SECRET_ACCESS_KEY"),
                                         context.environment.text("AWS_SESSION_TOKEN"),
                                         std::nullopt, "environment variables"});
  if (is_ours && key.empty()) {
    rehearse_accounts(target, std::move(client), context);
  } else {
    auto shared = std::make_shared<aws::Client>(std::move(client));
    target.client = [shared](const std::string&) -> Result<std::shared_ptr<aws::Client>> {
      return shared;
    };
  }
  target.access = access_through(target, nullptr);
  return target;
}

Result<Target> open_embedded(const TargetOptions& options, const TargetContext& context) {
  cloud::CloudOptions cloud_options;
  if (!options.memory) cloud_options.state_directory = options.state_directory;
  if (!options.memory && options.state_directory.empty()) {
    TRY(cloud_options.state_directory, embedded::default_state_directory(context.environment));
  }
  cloud_options.owner = "process " + std::to_string(process_id()) + ", mainstay";
  std::string directory = cloud_options.state_directory;
  cloud_options.is_snapshot = options.rehearses && !options.memory;
  cloud_options.is_fork = options.rehearses;
  auto opened = embedded::open(cloud_options);
  std::string notice;
  if (options.rehearses && !opened.has_value() && opened.error().code == "StateMissing") {
    // Nothing was ever done there: the copy is of a new account.
    cloud_options.is_snapshot = false;
    cloud_options.state_directory.clear();
    opened = embedded::open(cloud_options);
  }
  if (!opened.has_value() && opened.error().code == "StateLocked") {
    if (auto endpoint = embedded::serving_endpoint(directory)) {
      // `mainstay cloud serve` has the state: the same cloud, through its port.
      TargetOptions served = options;
      served.endpoint = *endpoint;
      return open_endpoint(served, context, true);
    }
    if (options.reads) {
      cloud_options.is_snapshot = true;
      notice = opened.error().message + "; this is how it is now";
      opened = embedded::open(std::move(cloud_options));
    }
  }
  if (!opened.has_value()) return opened.error();
  std::shared_ptr<cloud::Cloud> cloud = std::move(*opened);
  Target target;
  target.region = local_region(options, context);
  target.where = "embedded cloud " + std::string(embedded_account) + " " + target.region;
  if (options.rehearses) target.where = "copy of the " + target.where;
  if (!directory.empty() && !options.rehearses) target.address = "embedded " + directory;
  aws::ClientOptions client = base_options(context, target.region);
  client.endpoint = http::parse_url(embedded_address).value();
  client.transport = std::make_shared<aws::InProcessTransport>(
      [cloud](HttpRequest&& request) { return cloud->handle(std::move(request)); });
  rehearse_accounts(target, std::move(client), context);
  auto port = std::make_shared<LocalPort>(cloud);
  cloud->listens_when_asked([to = std::weak_ptr(port)] {
    auto here = to.lock();
    return here && here->url().has_value();
  });
  target.access = access_through(target, [port] { return port->url(); });
  target.notice = notice.empty() ? cloud->store().notice() : notice;
  target.holds = cloud;
  return target;
}

// A real account: a client for each profile that stacks name.
class AccountClients : public std::enable_shared_from_this<AccountClients> {
 public:
  AccountClients(aws::ClientOptions options, TargetContext context, aws::Profiles profiles,
                 std::string own_profile)
      : options_(std::move(options)),
        context_(std::move(context)),
        profiles_(std::move(profiles)),
        own_profile_(std::move(own_profile)) {}

  Result<std::shared_ptr<aws::Client>> client(const std::string& asked) {
    std::string profile = asked.empty() ? own_profile_ : asked;
    std::shared_ptr<aws::Client> own;
    if (is_role(profile)) {
      TRY(own, client(""));
    }
    std::scoped_lock lock(mutex_);
    auto& kept = clients_[profile];
    if (!kept) {
      if (!profile.empty() && !own) CHECK_OK(profiles_.require(profile));
      aws::ClientOptions options = options_;
      if (own)
        options.credentials =
            std::make_shared<AssumedRole>(own, options_.clock, profile, context_.secrets);
      else
        options.credentials = chain(profile);
      kept = std::make_shared<aws::Client>(std::move(options));
    }
    return kept;
  }

 private:
  std::shared_ptr<aws::CredentialSource> chain(const std::string& profile) {
    aws::CredentialContext chain{
        context_.environment, context_.files, *options_.clock, profiles_, *options_.transport, {}};
    chain.call_sts = [this](std::string_view operation, const Value& input,
                            const aws::Credentials* signer) {
      return aws::Client(options_).call_as(signer, "sts", operation, input);
    };
    return std::make_shared<HiddenCredentials>(
        std::make_shared<aws::CredentialChain>(std::move(chain), profile), context_.secrets);
  }

  aws::ClientOptions options_;
  TargetContext context_;
  aws::Profiles profiles_;
  std::string own_profile_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<aws::Client>> clients_;
};

// AWS_ENDPOINT_URL or the profile's endpoint_url (AWS SDKs and Tools Reference Guide,
// "Service-specific endpoints"); nothing where they are unset or to be ignored.
Result<std::optional<http::Url>> configured_endpoint(const TargetContext& context,
                                                     const aws::Profiles& profiles,
                                                     const std::string& profile) {
  if (context.environment.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true")
    return std::nullopt;
  std::string text = context.environment.text("AWS_ENDPOINT_URL");
  if (text.empty()) text = profiles.get(profile, "endpoint_url").value_or("");
  if (text.empty()) return std::nullopt;
  TRY(http::Url url, http::parse_url(text));
  while (url.path.ends_with('/')) url.path.pop_back();
  return url;
}

Result<Target> open_account(const TargetOptions& options, const TargetContext& context) {
  TRY(aws::Profiles profiles, aws::Profiles::load(context.environment, context.files));
  std::string profile = aws::profile_name(options.profile, context.environment);
  if (!options.profile.empty()) CHECK_OK(profiles.require(profile));
  auto region = aws::region_of(options.region, profile, context.environment, profiles);
  if (!region)
    return Error("RegionMissing", "no region is given for the account")
        .with_hint("give one with -r, AWS_REGION, or the profile's region");
  Target target;
  target.kind = Target::Kind::account;
  target.region = *region;
  aws::ClientOptions client = base_options(context, *region);
  client.transport = std::make_shared<aws::HttpTransport>();
  TRY(client.endpoint, configured_endpoint(context, profiles, profile));
  std::string by_way_of = client.endpoint ? " by way of " + client.endpoint->to_string() : "";
  auto clients = std::make_shared<AccountClients>(std::move(client), context, std::move(profiles),
                                                  options.profile);
  target.client = [clients](const std::string& asked) { return clients->client(asked); };
  target.access = access_through(target, nullptr);
  TRY(auto own, target.client(""));
  TRY(Value who, own->call("sts", "GetCallerIdentity", Value::map()));
  const std::string& account = who["Account"].as_string();
  if (!options.account.empty() && options.account != account)
    return Error("AccountMismatch",
                 "the credentials are of account " + account + ", not of " + options.account);
  target.address = "account " + account;
  target.where = "account " + account + " " + *region + " as " + who["Arn"].as_string() + by_way_of;
  return target;
}

}  // namespace

Result<Target> open_target(const TargetOptions& options, const TargetContext& context) {
  bool is_elsewhere =
      !options.endpoint.empty() || !options.profile.empty() || !options.account.empty();
  if (options.rehearses && is_elsewhere)
    return Error("RehearsalUnsupported", "only the embedded cloud can be copied to rehearse on")
        .with_hint("`mainstay diff` says what would change there");
  for (const char* name : {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
    hide(context.secrets, context.environment.text(name));
  if (!options.endpoint.empty()) return open_endpoint(options, context, false);
  if (!options.profile.empty() || !options.account.empty()) return open_account(options, context);
  return open_embedded(options, context);
}

}  // namespace mainstay::cli
