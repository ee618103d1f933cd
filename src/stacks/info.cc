#include "stacks/info.hh"

#include "stacks/run.hh"

namespace mainstay::stacks {

Result<std::vector<StackInfo>> info_of(Session& session) {
  TRY(auto names, outline(session.config, session.options.targets, false));
  std::vector<StackInfo> all;
  for (const std::string& name : names) {
    const StackConfig& stack = *session.config.find(name);
    StackInfo info{name, session.config.full_name(stack), "", stack.enabled, std::nullopt};
    if (stack.enabled) {
      TRY(CloudFormation cloud, session.cloud_for(stack));
      info.region = cloud.region();
      TRY(info.deployed, cloud.describe(info.full_name));
    }
    all.push_back(std::move(info));
  }
  return all;
}

}  // namespace mainstay::stacks
