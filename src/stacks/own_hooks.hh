// stacker's hooks, under its names: https://stacker.readthedocs.io/en/latest/config.html#hooks
#pragma once

#include <optional>
#include <string>

#include "stacks/session.hh"

namespace mainstay::stacks {

struct HookCall {
  Session& session;
  const Value& args;
  aws::Client& client;
  std::string region;
  StackConfig place;  // no stack: the run's own account and region

  Result<Value> call(std::string_view service, std::string_view operation,
                     const Value& input) const {
    return client.call(service, operation, input, region);
  }
};

// What a hook gives where it worked: a map for data_key, or true. Error "HookFailed".
using OwnHook = Result<Value> (*)(const HookCall& call);

// By "stacker.hooks.route53.create_domain", runway's "runway.cfngin.hooks..." or
// "route53.create_domain"; null where there is none. Hint: of a near name, "" for none.
OwnHook find_own_hook(const std::string& path);
std::string near_own_hook(const std::string& path);
// It is ours, and does nothing but call AWS: no commands, no files written.
bool stays_in_aws(const std::string& path);

Error hook_error(const std::string& why);

Result<Value> create_domain(const HookCall& call);
Result<Value> run_command(const HookCall& call);
Result<Value> ensure_keypair_exists(const HookCall& call);
Result<Value> create_ecs_service_role(const HookCall& call);
Result<Value> ensure_server_cert_exists(const HookCall& call);
Result<Value> create_clusters(const HookCall& call);
Result<Value> upload_lambda_functions(const HookCall& call);

}  // namespace mainstay::stacks
