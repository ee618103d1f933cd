#include "stacks/plan.hh"

#include "base/text.hh"
#include "stacks/lookup_text.hh"

namespace mainstay::stacks {
namespace {

using Names = std::vector<std::string>;

class Planner {
 public:
  explicit Planner(const Config& config) : config_(config) {}

  Result<graph::Dag> plan() {
    for (const StackConfig& stack : config_.stacks) dag_.add(stack.name);
    for (const TargetConfig& target : config_.targets) dag_.add(target.name);
    for (const HookConfig& hook : config_.hooks)
      if (!hook.node.empty()) dag_.add(hook.node);
    for (const HookConfig& hook : config_.hooks)
      if (!hook.node.empty())
        CHECK_OK(edges(hook.node, hook.requires_stacks, hook.required_by,
                       [&](const char*) { return config_.document.at(hook.at); }));
    for (const StackConfig& stack : config_.stacks) {
      CHECK_OK(edges(stack.name, stack.requires_stacks, stack.required_by,
                     [&](const char* key) { return config_.at(stack, key); }));
      if (stack.enabled) CHECK_OK(lookup_edges(stack));
    }
    for (const TargetConfig& target : config_.targets)
      CHECK_OK(edges(target.name, target.requires_stacks, target.required_by,
                     [&](const char*) { return config_.document.at(cfn::Path{"targets"}); }));
    if (auto order = dag_.order(); !order) return std::move(order.error()).where(place_of_cycle());
    return std::move(dag_);
  }

 private:
  template <class PlaceOf>
  Status edges(const std::string& name, const Names& needs, const Names& needed_by,
               PlaceOf place_of) {
    for (const std::string& other : needs) CHECK_OK(edge(name, other, name, place_of("requires")));
    for (const std::string& other : needed_by)
      CHECK_OK(edge(other, name, name, place_of("required_by")));
    return {};
  }

  Status lookup_edges(const StackConfig& stack) {
    auto names = output_dependencies(stack.variables);
    if (!names) return std::move(names.error()).where(config_.at(stack, "variables"));
    for (const std::string& other : *names)
      CHECK_OK(edge(stack.name, other, stack.name, config_.at(stack, "variables")));
    return {};
  }

  Status edge(const std::string& from, const std::string& to, const std::string& said_by,
              Position where) {
    TRY(graph::Node a, node(from, said_by, where));
    TRY(graph::Node b, node(to, said_by, where));
    dag_.depend(a, b);
    return {};
  }

  Result<graph::Node> node(const std::string& name, const std::string& said_by, Position where) {
    auto found = dag_.find(name);
    if (found) return found;
    Error error("ConfigInvalid", "\"" + printable(said_by) + "\" speaks of a stack \"" +
                                     printable(name) + "\" that is not in the configuration");
    error.hint = found.error().hint;
    return std::move(error).where(std::move(where));
  }

  Position place_of_cycle() const {
    for (graph::Node n : dag_.a_cycle())
      if (const StackConfig* stack = config_.find(dag_.name(n))) return config_.at(*stack);
    return config_.document.at(cfn::Path{"targets"});
  }

  const Config& config_;
  graph::Dag dag_;
};

}  // namespace

Result<graph::Dag> plan_of(const Config& config) {
  return Planner(config).plan();
}

Result<graph::Dag> limit_to(const graph::Dag& plan, const std::set<std::string>& targets) {
  if (targets.empty()) return plan;
  std::vector<graph::Node> nodes;
  for (const std::string& name : targets) {
    auto found = plan.find(name);
    if (!found) {
      Error error("UsageInvalid", "there is no stack or target \"" + printable(name) + "\"");
      error.hint = found.error().hint;
      return error;
    }
    nodes.push_back(*found);
  }
  return plan.with_dependencies(nodes);
}

}  // namespace mainstay::stacks
