// Where a command goes: the embedded cloud in this process, an endpoint, or a real account.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "aws/client.hh"
#include "base/secrets.hh"
#include "host/surroundings.hh"
#include "stacks/session.hh"

namespace mainstay::cli {

struct TargetOptions {
  std::string endpoint;         // --endpoint
  std::string profile;          // --profile: a real account
  std::string account;          // --account: a real account, and it must be this one
  std::string region;           // --region
  std::string state_directory;  // --state: of the embedded cloud
  bool memory = false;          // --memory: an embedded cloud that keeps nothing
  // The command only looks: a state that another process is changing is shown as it is now.
  bool reads = false;
  // What is done is done to a copy that is in memory, and gone at the end. Only of the embedded
  // cloud. Error "RehearsalUnsupported" of others.
  bool rehearses = false;
};

// What is opened lives as long as the Target.
struct Target {
  enum class Kind : uint8_t { embedded, endpoint, account } kind = Kind::embedded;
  std::string where;  // "embedded cloud 123456789012 us-east-1"
  std::string region;
  // The same through runs, whoever asks: part of the addresses under which durations are kept; ""
  // where nothing is kept.
  std::string address;
  // By profile, "" for the run's own.
  std::function<Result<std::shared_ptr<aws::Client>>(const std::string& profile)> client;
  // By profile, what another program needs to go to the same place. Of the embedded cloud, a port
  // of this machine is opened when it is first asked for.
  std::function<Result<stacks::AwsAccess>(const std::string& profile)> access;
  // A profile is rehearsed as an account of its own; gives its id. Empty where profiles don't
  // count.
  std::function<Result<std::string>(const std::string& profile)> account_of;
  std::string notice;  // about the state that was opened, "" for none
  std::shared_ptr<void> holds;
};

struct TargetContext {
  const Environment& environment;
  const Files& files;
  std::shared_ptr<Clock> clock;
  std::stop_token stop;
  uint64_t seed = 0;
  Secrets* secrets = nullptr;  // told of credentials; may be null
};

// Errors: "StateLocked" where another process has the embedded cloud's state; "RegionMissing";
// "AccountMismatch"; those of credentials.
Result<Target> open_target(const TargetOptions& options, const TargetContext& context);

}  // namespace mainstay::cli
