#include "cli/dns/dns_run.hh"

#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::cli {

void add_dns_flags(CLI::App& command, DnsFlags& flags) {
  CLI::Option* endpoint =
      command.add_option("--endpoint", flags.target.endpoint, "URL of anything that speaks AWS");
  command.add_option("-p,--profile", flags.target.profile, "A real account, by this AWS profile")
      ->excludes(endpoint);
  command.add_option("--account", flags.target.account, "A real account, and it must be this one")
      ->excludes(endpoint);
  command.add_option("-r,--region", flags.target.region, "Region");
  command.add_option("--state", flags.target.state_directory, "Folder of the embedded cloud");
  command.add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--json", flags.json, "One JSON object a line on standard output");
}

DnsRun::DnsRun(const DnsFlags& flags)
    : flags_(flags), style_(style_for(flags.colour, terminal_of(1, environment_), environment_)) {
  if (!flags.json) return;
  ndjson_ = std::make_unique<Ndjson>(*clock_, hex_encode(secure_random(6)));
  ndjson_->hide(secrets_);
  ndjson_->add(stdout);
}

Result<std::unique_ptr<dns::HostedZones>> DnsRun::open() {
  uint64_t seed = 0;
  std::string bytes = secure_random(sizeof seed);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&seed));
  TRY(target_, open_target(flags_.target, {environment_, files_, clock_, {}, seed, &secrets_}));
  if (ndjson_)
    ndjson_->line("target", Value::map({{"where", target_.where}, {"region", target_.region}}));
  else
    fmt::print(stderr, "{}\n", only_colours(target_.where));
  TRY(auto client, target_.client(""));
  return std::make_unique<dns::HostedZones>(client, clock_);
}

Exit DnsRun::fail(const Error& said) {
  Error error = secrets_.redacted(said);
  if (ndjson_)
    ndjson_->error(error);
  else
    fmt::print(stderr, "{}", error_text(error, files_, style_));
  return exit_of(error);
}

void DnsRun::line(std::string_view type, Value members, const std::string& text) {
  if (ndjson_) return ndjson_->line(type, std::move(members));
  std::string shown = only_colours(secrets_.redacted_text(text));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

}  // namespace mainstay::cli
