#include "cli/target/client_run.hh"

#include "base/digest.hh"

namespace mainstay::cli {

void add_client_flags(CLI::App& command, ClientFlags& flags) {
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

Result<std::shared_ptr<aws::Client>> ClientRun::open_client(std::stop_token stop) {
  TRY(target_, open_target(flags_.target,
                           {environment(), files(), clock(), stop, secure_seed(), &secrets()}));
  say_target(target_.where, target_.region);
  return target_.client("");
}

}  // namespace mainstay::cli
