#include "cli/access/access_run.hh"

#include <fmt/core.h>

#include "access/action_names.hh"
#include "access/fetch.hh"
#include "base/digest.hh"
#include "base/random.hh"
#include "base/text.hh"
#include "cli/target/client_models.hh"
#include "data/archive.hh"

namespace mainstay::cli {
namespace {

std::shared_ptr<aws::Client> with_credentials(const aws::Client& like, aws::Credentials keys) {
  aws::ClientOptions options = like.options();
  options.credentials = std::make_shared<aws::StaticCredentials>(std::move(keys));
  return std::make_shared<aws::Client>(std::move(options));
}

Result<std::string> account_at(aws::Client& client) {
  TRY(Value who, client.call("sts", "GetCallerIdentity", Value::map()));
  return who["Account"].as_string();
}

}  // namespace

Result<std::string> embedded_managed_policy(const std::string& arn) {
  return data::read("managed-policies/" + arn.substr(arn.rfind('/') + 1));
}

void add_access_output_flags(CLI::App& command, AccessFlags& flags) {
  command.add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--json", flags.json, "One JSON object a line on standard output");
  command.add_option("--json-into", flags.json_into,
                     "The same into this file, beside the text for people");
}

void add_access_source_flags(CLI::App& command, AccessFlags& flags) {
  flags.target.reads = true;
  CLI::Option* from = command.add_option(
      "--from", flags.from, "A file that `mainstay access fetch --save` wrote, or of your own");
  command
      .add_option("-p,--profile", flags.profiles,
                  "A real account, by this AWS profile; may be repeated")
      ->allow_extra_args(false)
      ->excludes(from);
  command
      .add_option("--account", flags.accounts,
                  "Only these accounts; else the organization's; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--role", flags.role,
                     "A role's name, assumed in accounts that no --profile is of");
  command.add_option("-r,--region", flags.target.region, "Region of keys and tables");
  command.add_option("--endpoint", flags.target.endpoint, "URL of anything that speaks AWS")
      ->excludes(from);
  command.add_option("--state", flags.target.state_directory, "Folder of the embedded cloud");
  command.add_flag("--memory", flags.target.memory, "An embedded cloud that keeps nothing");
  add_access_output_flags(command, flags);
}

void add_context_flag(CLI::App& command, AccessFlags& flags) {
  command
      .add_option("--context", flags.context,
                  "KEY=VALUE of the request, as aws:SourceIp=10.0.0.1; may be repeated")
      ->allow_extra_args(false);
}

AccessRun::AccessRun(const AccessFlags& flags)
    : flags_(flags), style_(style_for(flags.colour, terminal_of(1, environment_), environment_)) {
  if (!flags.json && flags.json_into.empty()) return;
  ndjson_ = std::make_shared<Ndjson>(*clock_, hex_encode(secure_random(6)));
  ndjson_->hide(secrets_);
  if (flags.json) ndjson_->add(stdout);
  if (flags.json_into.empty()) return;
  if (Status added = ndjson_->add_file(flags.json_into); !added)
    note("warning: nothing is written there: " + added.error().message);
}

Result<policy::Context> AccessRun::context() const {
  std::map<std::string, std::vector<std::string>> given;
  for (const std::string& pair : flags_.context) {
    size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error("UsageInvalid", "--context " + pair + " is not KEY=VALUE");
    given[pair.substr(0, equals)].push_back(pair.substr(equals + 1));
  }
  policy::Context context;
  for (const auto& [key, values] : given) {
    if (values.size() == 1)
      context.set(key, values[0]);
    else
      context.set_list(key, values);
  }
  return context;
}

Result<access::Snapshot> AccessRun::from_file() {
  TRY(std::string text, files_.read(flags_.from, access::snapshot_bytes_max));
  auto snapshot = access::read_snapshot(text);
  if (!snapshot) return Error(snapshot.error()).because(flags_.from);
  std::string where = "file " + flags_.from;
  if (!snapshot->taken.empty()) where += ", taken " + snapshot->taken + " from " + snapshot->source;
  if (ndjson_) ndjson_->line("target", Value::map({{"where", where}}));
  note(where);
  return snapshot;
}

Status AccessRun::open_profiles(const TargetContext& context) {
  for (const std::string& profile : flags_.profiles) {
    TargetOptions options = flags_.target;
    options.profile = profile;
    TRY(Target target, open_target(options, context));
    TRY(auto client, target.client(""));
    TRY(std::string account, account_at(*client));
    if (own_account_.empty()) own_account_ = account;
    clients_[account] = client;
    targets_.push_back(std::move(target));
  }
  return {};
}

Status AccessRun::open_targets() {
  TargetContext context{environment_, files_, clock_, {}, secure_seed(), &secrets_};
  if (!flags_.profiles.empty()) {
    CHECK_OK(open_profiles(context));
  } else {
    TRY(Target target, open_target(flags_.target, context));
    TRY(auto client, target.client(""));
    TRY(own_account_, account_at(*client));
    clients_[own_account_] = client;
    targets_.push_back(std::move(target));
  }
  for (const Target& target : targets_) {
    if (ndjson_)
      ndjson_->line("target", Value::map({{"where", target.where}, {"region", target.region}}));
    note(target.where);
    if (!target.notice.empty()) warn(target.notice);
  }
  return {};
}

// Real accounts are entered by a role; elsewhere twelve digits as a key are an account's root.
Result<std::shared_ptr<aws::Client>> AccessRun::assumed(const std::string& account) {
  aws::Client& own = *clients_.at(own_account_);
  if (targets_.front().kind != Target::Kind::account && flags_.role.empty())
    return with_credentials(own, {account, "mainstay", "", std::nullopt, "account " + account});
  if (flags_.role.empty())
    return Error("CredentialsMissing", "no way into account " + account)
        .with_hint("give a --profile of it, or the --role to assume there");
  TRY(Value answer,
      own.call("sts", "AssumeRole",
               Value::map({{"RoleArn", "arn:aws:iam::" + account + ":role/" + flags_.role},
                           {"RoleSessionName", "mainstay-access"}})));
  const Value& keys = answer["Credentials"];
  for (const char* secret : {"SecretAccessKey", "SessionToken"})
    secrets_.add(keys[secret].as_string());
  return with_credentials(
      own,
      {keys["AccessKeyId"].as_string(), keys["SecretAccessKey"].as_string(),
       keys["SessionToken"].as_string(), std::nullopt, "role " + flags_.role + " in " + account});
}

Result<std::shared_ptr<aws::Client>> AccessRun::client(const std::string& account) {
  if (targets_.empty()) CHECK_OK(open_targets());
  auto& kept = clients_[account.empty() ? own_account_ : account];
  if (!kept) {
    TRY(kept, assumed(account));
  }
  return kept;
}

Result<access::Snapshot> AccessRun::from_target() {
  CHECK_OK(open_targets());
  access::FetchOptions options;
  options.client = [this](const std::string& account) { return client(account); };
  options.accounts = flags_.accounts;
  if (options.accounts.empty() && flags_.profiles.size() > 1)
    for (const auto& [account, client] : clients_) options.accounts.push_back(account);
  options.whole_organization =
      targets_.front().kind != Target::Kind::account || !flags_.role.empty();
  options.source = targets_.front().where;
  options.now = clock_->now();
  options.knows_policy = [](const std::string& arn) {
    return embedded_managed_policy(arn).has_value();
  };
  return access::fetch(options);
}

Result<access::Snapshot> AccessRun::snapshot() {
  auto snapshot = flags_.from.empty() ? from_target() : from_file();
  if (!snapshot) return snapshot;
  for (const std::string& what : snapshot->unread) warn("not read: " + what);
  return snapshot;
}

Status AccessRun::open() {
  TRY(access::Snapshot read, snapshot());
  TRY(world_, access::World::make(std::move(read), embedded_managed_policy));
  for (const std::string& arn : world_->unknown_policies())
    warn("the policy " + arn +
         " is not known: answers lack what it allows and denies (as a boundary, it is taken to "
         "allow nothing)");
  return {};
}

Exit AccessRun::fail(const Error& said) {
  Error error = secrets_.redacted(said);
  if (ndjson_) ndjson_->error(error);
  if (!flags_.json) fmt::print(stderr, "{}", error_text(error, files_, style_));
  return exit_of(error);
}

void AccessRun::print(const std::string& text) const {
  if (flags_.json) return;
  std::string shown = only_colours(secrets_.redacted_text(text));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

void AccessRun::warn(const std::string& text) const {
  if (ndjson_) ndjson_->line("warning", Value::map({{"message", text}}));
  note("warning: " + one_line(text));
}

void AccessRun::warn_of_unknown_action(const actions::ActionTable& table,
                                       const std::string& action) const {
  if (Status known = access::require_action(table, action); !known)
    warn(known.error().message + ", as far as this program knows; " + known.error().hint);
}

void AccessRun::note(const std::string& text) const {
  if (!flags_.json) fmt::print(stderr, "{}\n", only_colours(secrets_.redacted_text(text)));
}

}  // namespace mainstay::cli
