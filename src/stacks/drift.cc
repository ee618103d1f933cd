#include "stacks/drift.hh"

#include "stacks/run.hh"

namespace mainstay::stacks {
namespace {

struct Begun {
  StackDriftReport report;
  std::optional<CloudFormation> cloud;
  std::string detection;
};

Status begin(Session& session, const StackConfig& stack, Begun& begun) {
  TRY(begun.cloud, session.cloud_for(stack));
  begun.report.region = begun.cloud->region();
  TRY(auto deployed, begun.cloud->describe(begun.report.full_name));
  if (!deployed) {
    begun.report.skipped = "not deployed";
    return {};
  }
  TRY(begun.detection, begun.cloud->detect_drift(deployed->id));
  return {};
}

}  // namespace

Status drift_of(Session& session, const std::function<void(const StackDriftReport&)>& show) {
  TRY(auto names, outline(session.config, session.options.targets, false));
  std::vector<Begun> all;
  for (const std::string& name : names) {
    const StackConfig& stack = *session.config.find(name);
    Begun begun{{name, session.config.full_name(stack), "", {}, std::nullopt, ""}, {}, ""};
    if (!stack.enabled)
      begun.report.skipped = "disabled";
    else if (Status started = begin(session, stack, begun); !started)
      begun.report.error = started.error();
    all.push_back(std::move(begun));
  }
  for (Begun& begun : all) {
    if (!begun.detection.empty()) {
      auto drift = begun.cloud->drift_found(begun.detection, *session.around.clock,
                                            session.around.interruption.stop_waiting);
      if (drift)
        begun.report.drift = std::move(*drift);
      else
        begun.report.error = drift.error();
    }
    show(begun.report);
  }
  return {};
}

}  // namespace mainstay::stacks
