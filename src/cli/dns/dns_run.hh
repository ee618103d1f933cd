// What every command about zones needs: the account where they are, and where answers go.
#pragma once

#include <memory>

#include "cli/target/client_run.hh"
#include "dns/hosted_zone.hh"

namespace mainstay::cli {

using DnsFlags = ClientFlags;

class DnsRun : public ClientRun {
 public:
  using ClientRun::ClientRun;

  // Opens the target, and says which.
  Result<std::unique_ptr<dns::HostedZones>> open();
};

}  // namespace mainstay::cli
