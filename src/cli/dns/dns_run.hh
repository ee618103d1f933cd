// What every command about zones needs: the account where they are, and where answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "cli/target/target.hh"
#include "dns/hosted_zone.hh"
#include "host/clock.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {

struct DnsFlags {
  TargetOptions target;
  std::string colour = "auto";
  bool json = false;
};

class DnsRun {
 public:
  explicit DnsRun(const DnsFlags& flags);

  // Opens the target, and says which.
  Result<std::unique_ptr<dns::HostedZones>> open();
  Exit fail(const Error& error);
  // The same for people and for programs.
  void line(std::string_view type, Value members, const std::string& text);
  RealFiles& files() { return files_; }
  const Style& style() const { return style_; }

 private:
  const DnsFlags& flags_;
  RealEnvironment environment_;
  RealFiles files_;
  Secrets secrets_;
  std::shared_ptr<RealClock> clock_ = std::make_shared<RealClock>();
  Style style_;
  std::unique_ptr<Ndjson> ndjson_;
  Target target_;
};

void add_dns_flags(CLI::App& command, DnsFlags& flags);

}  // namespace mainstay::cli
