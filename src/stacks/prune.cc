#include "stacks/prune.hh"

#include <algorithm>

namespace mainstay::stacks {
namespace {

constexpr std::string_view namespace_tags[] = {"stacker_namespace", "cfngin_namespace"};

bool has_namespace_tag(const DeployedStack& stack, const std::string& name_space) {
  return std::ranges::any_of(stack.tags, [&](const Tag& tag) {
    return std::ranges::find(namespace_tags, tag.key) != std::end(namespace_tags) &&
           tag.value == name_space;
  });
}

// AWS tells of a deleted stack by its id for 90 days (CloudFormation API reference,
// "DescribeStacks"); by its name, a moment may pass until a new one is there.
constexpr int64_t day_ms = 24 * 3600 * 1000, told_of_ms = 90 * day_ms, settles_ms = 3600 * 1000;

class PruneFinder {
 public:
  PruneFinder(const Session& session, const CloudFormation& cloud, const KeptStack& kept)
      : session_(session), cloud_(cloud), kept_(kept) {}

  Result<ToPrune> find() {
    if (!kept_.id.empty()) {
      TRY(auto by_id, cloud_.describe(kept_.id));
      if (by_id && by_id->phase() != StackPhase::deleted)
        return ToPrune{std::move(by_id), "", false};
      // Where it is gone, the same run may have made it anew.
      if (!by_id && age_ms() < told_of_ms)
        return ToPrune{std::nullopt, "left alone: AWS does not know its id at the moment", false};
    }
    TRY(auto by_name, cloud_.describe(kept_.address));
    if (!by_name) return gone();
    TRY(bool ours, is_ours(*by_name));
    if (ours) return ToPrune{std::move(by_name), "", false};
    if (!kept_.id.empty() || !kept_.tokens.empty())
      return ToPrune{std::nullopt, "gone already; what has its name now is another stack", true};
    return ToPrune{std::nullopt, "left alone: nothing proves that this configuration made it",
                   false};
  }

 private:
  int64_t age_ms() const { return session_.around.clock->now() - kept_.noted; }

  ToPrune gone() const {
    bool sure = !kept_.id.empty() || kept_.tokens.empty() || age_ms() > settles_ms;
    return {std::nullopt,
            sure ? "stack does not exist"
                 : "stack does not exist (yet): its creation was asked for within the last hour",
            sure};
  }

  Result<bool> is_ours(const DeployedStack& stack) const {
    if (stack.id == kept_.id) return true;
    if (kept_.tokens.empty())
      return kept_.id.empty() && has_namespace_tag(stack, session_.config.name_space);
    TRY(std::string token, cloud_.creation_token(stack.id));
    return std::ranges::find(kept_.tokens, token) != kept_.tokens.end();
  }

  const Session& session_;
  const CloudFormation& cloud_;
  const KeptStack& kept_;
};

}  // namespace

Config pruned_config(const Config& config, const PersistentGraph& graph) {
  Config gone;
  gone.name_space = config.name_space;
  gone.delimiter = config.delimiter;
  gone.service_role = config.service_role;
  gone.directory = config.directory;
  gone.document = config.document;
  for (const std::string& name : left_behind(graph, config)) {
    const KeptStack& kept = graph.stacks.at(name);
    StackConfig stack;
    stack.name = name;
    if (!kept.address.empty()) stack.stack_name = kept.address;
    stack.region = kept.region;
    stack.profile = kept.profile;
    stack.is_protected = kept.is_protected;
    for (const std::string& other : kept.needs)
      if (!config.find(other) && graph.stacks.contains(other))
        stack.requires_stacks.push_back(other);
    gone.stacks.push_back(std::move(stack));
  }
  return gone;
}

Result<ToPrune> find_to_prune(const Session& session, const StackConfig& stack,
                              const CloudFormation& cloud) {
  auto kept = session.around.graph->known(stack.name);
  if (!kept) return ToPrune{std::nullopt, "not in the persistent graph", false};
  if (kept->address.empty()) kept->address = session.config.full_name(stack);
  return PruneFinder(session, cloud, *kept).find();
}

Result<RunResult> prune(Session& session) {
  return take_down(session);
}

}  // namespace mainstay::stacks
