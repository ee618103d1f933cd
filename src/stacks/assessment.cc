#include "stacks/assessment.hh"

#include <algorithm>

namespace mainstay::stacks {
namespace {

// The deployed template by itself, under the deployed parameters.
Result<LocalVerdict> verdict_on(const std::string& body, const std::string& region,
                                const DeployedStack& deployed, const Knowledge& knowledge) {
  Rendered rendered;
  rendered.body = body;
  TRY(rendered.document,
      cfn::parse_document(body, "deployed template", cfn::ParseOptions::for_template()));
  Submission as_it_is;
  as_it_is.stack_name = deployed.name;
  for (const auto& [name, value] : deployed.parameters)
    as_it_is.parameters.push_back({name, value.to_text(), false});
  return local_verdict({nullptr, body, rendered, as_it_is, region}, knowledge);
}

ResourceChange removal_of(const std::string& id, const std::string& type, DataHeld data,
                          const std::string& fate) {
  ResourceChange change;
  change.action = "Remove";
  change.logical_id = id;
  change.type = type;
  change.seen_by = ResourceChange::SeenBy::us;
  change.data = data;
  change.old_copy = fate;
  return change;
}

// CloudFormation lists nested stacks in every update of their parent; that alone says nothing.
bool changes_inside(const ResourceChange& change) {
  auto by_us = [](const ResourceChange::Detail& d) { return d.source != "Automatic"; };
  return change.type == "AWS::CloudFormation::Stack" && change.action == "Modify" &&
         (change.seen_by != ResourceChange::SeenBy::cloud ||
          std::ranges::any_of(change.details, by_us));
}

// Tags give no access, and what a resource takes from another of the stack is the same placeholder
// in both templates that we compare.
bool missed_by_us(const ResourceChange& change) {
  if (change.seen_by != ResourceChange::SeenBy::cloud) return false;
  auto harmless = [](const ResourceChange::Detail& d) {
    return d.attribute == "Tags" || d.source.starts_with("Resource");
  };
  return change.details.empty() || !std::ranges::all_of(change.details, harmless);
}

// Why nothing is proved of the access that a change gives; "" where our own comparison stands.
std::string unproven_reason(const Assessment& assessment, const ResourceChange& change) {
  if (change.action == "Remove") return "";
  if (changes_inside(change)) return "what changes inside a nested stack is not compared";
  if (!may_give_access(change.type)) return "";
  if (!assessment.unchecked.empty())
    return "the templates could not be compared: " + assessment.unchecked;
  auto unseen = assessment.unseen.find(change.logical_id);
  if (unseen != assessment.unseen.end())
    return "it hangs on the parameter " + unseen->second + ", whose value is not seen";
  return missed_by_us(change) ? "only CloudFormation lists it" : "";
}

void add_unproven(Assessment& assessment) {
  for (const ResourceChange& change : assessment.changes) {
    std::string reason = unproven_reason(assessment, change);
    if (reason.empty() || std::ranges::find(assessment.gains, change.logical_id,
                                            &AccessGain::logical_id) != assessment.gains.end())
      continue;
    AccessGain gain;
    gain.holder = gain.logical_id = change.logical_id;
    gain.unproven = std::move(reason);
    assessment.gains.push_back(std::move(gain));
  }
}

}  // namespace

bool loses_data(const ResourceChange& change) {
  bool goes = change.action == "Remove" || change.may_replace() || changes_inside(change);
  bool kept = change.old_copy == "snapshot" || change.old_copy == "retain";
  return goes && change.data == DataHeld::yes && !kept;
}

bool leaves_data_behind(const ResourceChange& change) {
  return change.action == "Modify" && change.may_replace() && change.data != DataHeld::none &&
         !loses_data(change);
}

Result<Assessment> assess(DeployedTemplate& there, const DeployedStack& deployed,
                          const Rendered& rendered, const Submission& submission,
                          const std::string& region, const Knowledge& knowledge) {
  TRY(std::string body, there.body());
  Assessment out;
  auto zones = zone_standing({there.cloud(), deployed, body, &rendered, &submission});
  if (zones)
    out.zones = std::move(*zones);
  else
    out.zones_unread = zones.error().message;
  auto verdict =
      local_verdict({&deployed, body, rendered, submission, region, &out.zones}, knowledge);
  if (!verdict) {
    out.unchecked = verdict.error().message;
    return out;
  }
  out.gains = access_gains(verdict->before, verdict->after, knowledge);
  out.changed_outputs = std::move(verdict->changed_outputs);
  out.changes = std::move(verdict->changes);
  out.verdict = std::move(*verdict);
  out.unseen = unseen_resources(rendered, submission);
  add_unproven(out);
  return out;
}

Assessment assess_new(const Rendered& rendered, const Submission& submission,
                      const std::string& region, const Knowledge& knowledge) {
  Assessment out;
  auto verdict = local_verdict({nullptr, "", rendered, submission, region}, knowledge);
  if (!verdict) {
    out.unchecked = verdict.error().message;
    return out;
  }
  out.gains = access_gains({}, verdict->after, knowledge);
  out.verdict = std::move(*verdict);
  return out;
}

void join_verdicts(Assessment& assessment, std::vector<ResourceChange> change_set,
                   const Knowledge& knowledge) {
  for (ResourceChange& change : change_set) {
    change.data =
        data_held_by(change.logical_id, change.type, assessment.verdict.before, knowledge);
    if (assessment.unchecked.empty()) change.old_copy = old_copy_of(change, assessment.verdict);
  }
  assessment.changes = merge_changes(std::move(change_set), std::move(assessment.changes));
  add_unproven(assessment);
}

Result<std::vector<ResourceChange>> data_lost_with(const CloudFormation& cloud,
                                                   const DeployedStack& deployed,
                                                   const Knowledge& knowledge) {
  TRY(std::string body, cloud.template_body(deployed.id));
  std::vector<ResourceChange> lost;
  auto keep = [&](ResourceChange change) {
    if (loses_data(change)) lost.push_back(std::move(change));
  };
  auto verdict = verdict_on(body, cloud.region(), deployed, knowledge);
  if (verdict) {
    for (const cfn::ResolvedResource& r : verdict->after)
      keep(removal_of(r.id, r.type, data_held_by(r.id, r.type, verdict->after, knowledge),
                      fate_on_removal(r)));
    return lost;
  }
  // What can't be evaluated is taken at its worst.
  TRY(cfn::Document document,
      cfn::parse_document(body, "deployed template", cfn::ParseOptions::for_template()));
  for (const auto& [id, r] : document.root["Resources"].members())
    keep(removal_of(id, r["Type"].to_text(), data_held_by(id, r["Type"].to_text(), {}, knowledge),
                    "delete"));
  return lost;
}

void warn_of_properties(Session& session, const std::vector<cfn::ResolvedResource>& resources,
                        const cfn::Document& document) {
  if (session.options.offline) return;  // then they are findings
  for (const Error& fault : property_faults(resources, document, session.around.knowledge))
    session.warn_once(fault.to_string());
}

std::set<Consent> consents_for(const StackConfig& stack, const std::vector<ResourceChange>& changes,
                               const std::vector<AccessGain>& gains) {
  std::set<Consent> needed;
  if (stack.is_protected) needed.insert(Consent::protected_stack);
  if (!gains.empty()) needed.insert(Consent::access);
  for (const ResourceChange& change : changes) {
    if (loses_data(change)) needed.insert(Consent::data);
    if (leaves_data_behind(change)) needed.insert(Consent::replace);
  }
  return needed;
}

}  // namespace mainstay::stacks
