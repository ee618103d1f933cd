#include "stacks/diff.hh"

#include <algorithm>

#include "cfn/references.hh"
#include "graph/walk.hh"
#include "stacks/assessment.hh"
#include "stacks/fingerprint.hh"
#include "stacks/plan.hh"
#include "stacks/refusal.hh"
#include "stacks/upload.hh"

namespace mainstay::stacks {
namespace {

std::vector<ParameterDiff> diff_parameters(const std::optional<DeployedStack>& deployed,
                                           const Rendered& rendered, const Submission& submission) {
  std::vector<ParameterDiff> diffs;
  static const Map nothing;
  const Map& before = deployed ? deployed->parameters : nothing;
  for (const ParameterValue& p : submission.parameters) {
    const Value* old = before.find(p.key);
    if (p.use_previous || (old && *old == Value(p.value))) continue;
    bool hidden = is_hidden(rendered.document.root["Parameters"][p.key]);
    diffs.push_back({p.key, std::nullopt, hidden ? std::string(hidden_text) : p.value});
    if (old) diffs.back().before = old->to_text();
  }
  for (const auto& [name, value] : before)
    if (std::ranges::find(submission.parameters, name, &ParameterValue::key) ==
        submission.parameters.end())
      diffs.push_back({name, value.to_text(), std::nullopt});
  return diffs;
}

std::vector<ResourceChange> additions(const Value& root) {
  using SeenBy = ResourceChange::SeenBy;
  std::vector<ResourceChange> changes;
  for (const auto& [id, resource] : root["Resources"].members())
    changes.push_back({"Add", id, "", resource["Type"].as_string(), "", {}, {}, SeenBy::us});
  return changes;
}

// Delete, replace, change, add; by name within each.
int rank_of(const ResourceChange& change) {
  if (change.action == "Remove") return 0;
  if (change.action == "Add") return 3;
  return change.may_replace() ? 1 : 2;
}

class Differ {
 public:
  explicit Differ(Session& session) : session_(session) {}

  StackDiff diff(const StackConfig& stack) {
    StackDiff result;
    result.stack = stack.name;
    result.full_name = session_.config.full_name(stack);
    auto filled = fill(stack, result);
    if (!filled) {
      result.kind = StackDiff::Kind::failed;
      result.error = filled.error();
    }
    std::ranges::stable_sort(result.changes, [](const auto& a, const auto& b) {
      return std::pair(rank_of(a), a.logical_id) < std::pair(rank_of(b), b.logical_id);
    });
    return result;
  }

 private:
  Status fill(const StackConfig& stack, StackDiff& result) {
    auto skip = [&](const char* reason) {
      result.kind = StackDiff::Kind::skipped;
      result.reason = reason;
    };
    if (!stack.enabled) {
      skip("disabled");
      return {};
    }
    TRY(CloudFormation cloud, session_.cloud_for(stack));
    result.region = cloud.region();
    TRY(auto deployed, cloud.describe(result.full_name));
    if (deployed && stack.locked && !session_.options.force.contains(stack.name)) {
      session_.keep_outputs(result.full_name, deployed->outputs);
      skip("locked");
      return {};
    }
    bool in_review = deployed && deployed->phase() == StackPhase::in_review;
    bool recreatable = deployed && deployed->phase() == StackPhase::recreatable;
    if (in_review || recreatable) {
      result.notes.push_back("it is " + deployed->status + " and has to be created anew");
      result.recreates = recreatable;
      deployed.reset();
    }
    TRY(Value variables, session_.variables_of(stack));
    TRY(Rendered rendered, session_.render(stack, variables));
    for (const std::string& warning : rendered.warnings) session_.warn_once(warning);
    TRY(Submission submission, session_.submission_for(stack, rendered, variables, deployed));
    result.document = rendered.document;
    result.fingerprint = fingerprint(deployed, submission);
    result.awaits_outputs = has_unknown(submission);
    result.parameters = diff_parameters(deployed, rendered, submission);
    if (!deployed) {
      result.kind = StackDiff::Kind::created;
      CHECK_OK(refuse_if_bad(rendered, submission, cloud.region()));
      result.changes = additions(rendered.document.root);
      Assessment ours = assess_new(rendered, submission, cloud.region(), session_.around.knowledge);
      warn_of_properties(session_, ours.verdict.after, rendered.document);
      result.gains = std::move(ours.gains);
      result.resources = std::move(ours.verdict.after);
    } else {
      CHECK_OK(compare(stack, cloud, *deployed, rendered, submission, result));
    }
    keep_outputs(result, deployed);
    return {};
  }

  // Where templates are only to be seen, or are looked at closely anyway, nothing is refused.
  Status refuse_if_bad(const Rendered& rendered, const Submission& submission,
                       const std::string& region) const {
    if (session_.options.dumping || session_.options.offline) return {};
    auto refused = refusal_of(rendered, submission, region, session_.around.knowledge);
    return refused ? Status(std::move(*refused)) : Status();
  }

  Status compare(const StackConfig& stack, const CloudFormation& cloud,
                 const DeployedStack& deployed, const Rendered& rendered, Submission& submission,
                 StackDiff& result) {
    DeployedTemplate there(cloud, deployed.id);
    TRY(bool unchanged, is_unchanged(there, deployed, rendered, submission));
    if (unchanged) {
      TRY(std::string body, there.body());
      auto zones = zone_standing({cloud, deployed, body, nullptr, nullptr});
      if (zones) result.zones = std::move(*zones);
      return {};
    }
    result.kind = StackDiff::Kind::updated;
    const Knowledge& knowledge = session_.around.knowledge;
    TRY(Assessment ours, assess(there, deployed, rendered, submission, cloud.region(), knowledge));
    warn_of_properties(session_, ours.verdict.after, rendered.document);
    result.zones = std::move(ours.zones);
    if (!ours.zones_unread.empty())
      result.notes.push_back("what Fn::GetAZs answers was not compared: " + ours.zones_unread);
    if (!ours.unchecked.empty())
      result.notes.push_back("not checked against the schemas: " + ours.unchecked);
    CHECK_OK(upload_if_needed(session_, stack, cloud, submission));
    auto set =
        cloud.make_change_set(submission, false, "mainstay-diff-" + session_.around.run_id,
                              *session_.around.clock, session_.around.interruption.stop_waiting);
    if (!set && has_unknown(submission)) {
      result.notes.push_back(
          "CloudFormation can't tell yet, as it needs values of stacks that would change first: " +
          set.error().message);
    } else if (!set) {
      return set.error();
    } else {
      if (!set->empty && knowledge.validates)
        if (auto findings = cloud.validation_findings(set->id))
          for (std::string& finding : *findings)
            result.notes.push_back("CloudFormation: " + std::move(finding));
      CHECK_OK(cloud.delete_change_set(set->id));
      join_verdicts(ours, set->changes, knowledge);
      if (set->empty) result.kind = StackDiff::Kind::unchanged;
    }
    if (result.kind == StackDiff::Kind::unchanged) return {};
    result.changes = std::move(ours.changes);
    result.gains = std::move(ours.gains);
    result.any_output_may_change = !ours.unchecked.empty();
    result.changed_outputs = std::move(ours.changed_outputs);
    result.consents = consents_for(stack, result.changes, result.gains);
    return {};
  }

  // Later stacks see the outputs as they are, unless what they are made of would change.
  void keep_outputs(const StackDiff& result, const std::optional<DeployedStack>& deployed) {
    Map outputs;
    for (const auto& [name, output] : result.document.root["Outputs"].members()) {
      const Value* now = deployed ? deployed->outputs.find(name) : nullptr;
      bool stays = now && !result.any_output_may_change && !result.changed_outputs.contains(name) &&
                   !refers_to_replaced(output["Value"], result.changes);
      outputs.set(name, stays ? *now : Value(unknown_output(result.stack, name)));
    }
    session_.keep_outputs(result.full_name, outputs);
  }

  static bool refers_to_replaced(const Value& v, const std::vector<ResourceChange>& changes) {
    auto references = cfn::find_references(v, {});
    if (!references) return true;
    return std::ranges::any_of(*references, [&](const cfn::Reference& reference) {
      auto change = std::ranges::find(changes, reference.name, &ResourceChange::logical_id);
      return change != changes.end() && change->may_replace();
    });
  }

  Session& session_;
};

}  // namespace

Status diff_all(Session& session, const std::function<void(const StackDiff&)>& show) {
  TRY(graph::Dag whole, plan_of(session.config));
  TRY(graph::Dag plan, limit_to(whole, session.options.targets));
  Differ differ(session);
  // One after the other: later stacks need what earlier ones would give.
  graph::Walk walk(plan, 1);
  while (auto node = walk.next()) {
    if (session.around.interruption.begin_nothing.stop_requested())
      return Error("Interrupted", "interrupted");
    const StackConfig* stack = session.config.find(plan.name(*node));
    StackDiff diff;
    if (stack) diff = differ.diff(*stack);
    if (stack) show(diff);
    for (graph::Node lost : walk.finish(*node, diff.kind != StackDiff::Kind::failed)) {
      const StackConfig* dependent = session.config.find(plan.name(lost));
      if (!dependent) continue;
      StackDiff skipped;
      skipped.kind = StackDiff::Kind::skipped;
      skipped.stack = dependent->name;
      skipped.full_name = session.config.full_name(*dependent);
      skipped.reason = "dependency has failed";
      show(skipped);
    }
  }
  return {};
}

}  // namespace mainstay::stacks
