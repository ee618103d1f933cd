#include "cli/dns/dns_run.hh"

namespace mainstay::cli {

Result<std::unique_ptr<dns::HostedZones>> DnsRun::open() {
  TRY(auto client, open_client());
  return std::make_unique<dns::HostedZones>(client, clock());
}

}  // namespace mainstay::cli
