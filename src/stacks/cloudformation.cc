#include "stacks/cloudformation.hh"

#include <algorithm>

namespace mainstay::stacks {
namespace {

struct StatusPhase {
  std::string_view status;
  StackPhase phase;
};

// CloudFormation user guide, "Stack status codes". A stack whose update was rolled back is whole,
// but the update has failed; it may be updated again.
constexpr StatusPhase phases[] = {
    {"CREATE_COMPLETE", StackPhase::complete},
    {"UPDATE_COMPLETE", StackPhase::complete},
    {"IMPORT_COMPLETE", StackPhase::complete},
    {"IMPORT_ROLLBACK_COMPLETE", StackPhase::failed},
    {"UPDATE_ROLLBACK_COMPLETE", StackPhase::failed},
    {"CREATE_FAILED", StackPhase::recreatable},
    {"ROLLBACK_FAILED", StackPhase::recreatable},
    {"ROLLBACK_COMPLETE", StackPhase::recreatable},
    {"UPDATE_FAILED", StackPhase::failed},
    {"UPDATE_ROLLBACK_FAILED", StackPhase::failed},
    {"IMPORT_ROLLBACK_FAILED", StackPhase::failed},
    {"DELETE_FAILED", StackPhase::failed},
    {"DELETE_COMPLETE", StackPhase::deleted},
    {"REVIEW_IN_PROGRESS", StackPhase::in_review},
};

std::vector<std::string> to_texts(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& item : list.items()) texts.push_back(item.as_string());
  return texts;
}

bool does_not_exist(const Error& error) {
  return error.code == "ValidationError" && error.message.contains("does not exist");
}

bool nothing_to_change(std::string_view reason) {
  return reason.contains("didn't contain changes") || reason.contains("No updates are to be");
}

DeployedStack stack_of(const Value& v) {
  DeployedStack stack;
  stack.name = v["StackName"].as_string();
  stack.id = v["StackId"].as_string();
  stack.status = v["StackStatus"].as_string();
  stack.status_reason = v["StackStatusReason"].as_string();
  stack.description = v["Description"].as_string();
  stack.role_arn = v["RoleARN"].as_string();
  stack.termination_protection = v["EnableTerminationProtection"].as_bool();
  stack.is_nested = !v["ParentId"].as_string().empty();
  stack.changed_at = v["LastUpdatedTime"].as_time(v["CreationTime"].as_time());
  stack.notification_arns = to_texts(v["NotificationARNs"]);
  for (const Value& p : v["Parameters"].items())
    stack.parameters.set(p["ParameterKey"].as_string(), p["ParameterValue"].to_text());
  for (const Value& o : v["Outputs"].items())
    stack.outputs.set(o["OutputKey"].as_string(), o["OutputValue"].to_text());
  for (const Value& t : v["Tags"].items())
    stack.tags.push_back({t["Key"].as_string(), t["Value"].as_string()});
  return stack;
}

StackEvent event_of(const Value& v) {
  StackEvent event;
  event.id = v["EventId"].as_string();
  event.logical_id = v["LogicalResourceId"].as_string();
  event.physical_id = v["PhysicalResourceId"].as_string();
  event.type = v["ResourceType"].as_string();
  event.status = v["ResourceStatus"].as_string();
  event.reason = v["ResourceStatusReason"].as_string();
  event.time = v["Timestamp"].as_time();
  event.is_invalid = v["DetailedStatus"].as_string() == "VALIDATION_FAILED";
  event.operation = v["OperationId"].as_string();
  event.is_stack =
      event.type == "AWS::CloudFormation::Stack" && event.logical_id == v["StackName"].as_string();
  return event;
}

ResourceChange change_of(const Value& v) {
  ResourceChange change;
  change.action = v["Action"].as_string();
  change.logical_id = v["LogicalResourceId"].as_string();
  change.physical_id = v["PhysicalResourceId"].as_string();
  change.type = v["ResourceType"].as_string();
  change.replacement = v["Replacement"].as_string();
  change.scope = to_texts(v["Scope"]);
  for (const Value& d : v["Details"].items())
    change.details.push_back(
        {d["Target"]["Attribute"].as_string(), d["Target"]["Name"].as_string(),
         d["Target"]["RequiresRecreation"].as_string(), d["Evaluation"].as_string(),
         d["ChangeSource"].as_string(), d["CausingEntity"].as_string(),
         d["Target"]["BeforeValue"].as_string(), d["Target"]["AfterValue"].as_string(),
         d["Evaluation"].as_string() == "Static"});
  return change;
}

Value input_of(const Submission& s) {
  Value input = Value::map({{"StackName", s.stack_name}});
  input.set("Capabilities", Value::list({"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}));
  Value parameters = Value::list();
  for (const ParameterValue& p : s.parameters) {
    Value parameter = Value::map({{"ParameterKey", p.key}});
    if (p.use_previous)
      parameter.set("UsePreviousValue", true);
    else
      parameter.set("ParameterValue", p.value);
    parameters.push_back(std::move(parameter));
  }
  input.set("Parameters", std::move(parameters));
  Value tags = Value::list();
  for (const Tag& t : s.tags) tags.push_back(Value::map({{"Key", t.key}, {"Value", t.value}}));
  input.set("Tags", std::move(tags));
  if (!s.template_url.empty())
    input.set("TemplateURL", s.template_url);
  else if (!s.template_body.empty())
    input.set("TemplateBody", s.template_body);
  else
    input.set("UsePreviousTemplate", true);
  if (!s.role_arn.empty()) input.set("RoleARN", s.role_arn);
  if (!s.notification_arns.empty())
    input.set("NotificationARNs", Value::texts(s.notification_arns));
  return input;
}

// Change sets take neither of these.
Value with_policy_and_token(Value input, const Submission& s) {
  if (!s.policy_body.empty()) input.set("StackPolicyBody", s.policy_body);
  if (!s.token.empty()) input.set("ClientRequestToken", s.token);
  return input;
}

}  // namespace

Submission submission_as_deployed(const DeployedStack& stack) {
  Submission s;
  s.stack_name = stack.name;
  for (const auto& [key, value] : stack.parameters) s.parameters.push_back({key, "", true});
  s.tags = stack.tags;
  s.role_arn = stack.role_arn;
  s.notification_arns = stack.notification_arns;
  return s;
}

StackPhase phase_of(std::string_view status) {
  auto known = std::ranges::find(phases, status, &StatusPhase::status);
  if (known != std::end(phases)) return known->phase;
  return status.contains("ROLLBACK") ? StackPhase::rolling_back : StackPhase::in_progress;
}

bool StackEvent::starts_operation() const {
  return is_stack && (status == "CREATE_IN_PROGRESS" || status == "UPDATE_IN_PROGRESS" ||
                      status == "DELETE_IN_PROGRESS" || status == "IMPORT_IN_PROGRESS");
}

Result<std::optional<DeployedStack>> CloudFormation::describe(const std::string& name) const {
  auto answer = call("DescribeStacks", Value::map({{"StackName", name}}));
  if (!answer && does_not_exist(answer.error())) return std::nullopt;
  if (!answer) return answer.error();
  const Value& stacks = (*answer)["Stacks"];
  if (stacks.empty()) return std::nullopt;
  return stack_of(stacks.at(0));
}

Result<std::vector<DeployedStack>> CloudFormation::all_stacks() const {
  constexpr aws::Pages pages{"DescribeStacks", "Stacks", "NextToken", "NextToken"};
  TRY(List all, client_->list("cloudformation", pages, Value::map(), region_));
  std::vector<DeployedStack> stacks;
  for (const Value& v : all) stacks.push_back(stack_of(v));
  return stacks;
}

Result<std::map<std::string, std::string>> CloudFormation::exports() const {
  constexpr aws::Pages pages{"ListExports", "Exports", "NextToken", "NextToken"};
  TRY(List all, client_->list("cloudformation", pages, Value::map(), region_));
  std::map<std::string, std::string> by_name;
  for (const Value& v : all) by_name[v["Name"].as_string()] = v["ExportingStackId"].as_string();
  return by_name;
}

Result<std::vector<std::string>> CloudFormation::importers(const std::string& exported) const {
  constexpr aws::Pages pages{"ListImports", "Imports", "NextToken", "NextToken"};
  auto all =
      client_->list("cloudformation", pages, Value::map({{"ExportName", exported}}), region_);
  // "Export 'x' is not imported by any stack."
  if (!all && all.error().message.contains("not imported")) return std::vector<std::string>{};
  if (!all) return all.error();
  return to_texts(Value(std::move(*all)));
}

Result<std::string> CloudFormation::template_body(const std::string& name) const {
  TRY(Value answer, call("GetTemplate", Value::map({{"StackName", name}})));
  return answer["TemplateBody"].as_string();
}

Result<std::string> CloudFormation::create(const Submission& s) const {
  Value input = with_policy_and_token(input_of(s), s);
  if (s.termination_protection) input.set("EnableTerminationProtection", *s.termination_protection);
  if (s.timeout_minutes > 0) input.set("TimeoutInMinutes", s.timeout_minutes);
  if (!s.on_failure.empty()) input.set("OnFailure", s.on_failure);
  TRY(Value answer, call("CreateStack", input));
  return answer["StackId"].as_string();
}

Result<bool> CloudFormation::update(const Submission& s) const {
  auto answer = call("UpdateStack", with_policy_and_token(input_of(s), s));
  if (!answer && nothing_to_change(answer.error().message)) return false;
  if (!answer) return answer.error();
  return true;
}

Status CloudFormation::cancel_update(const std::string& id) const {
  CHECK_OK(call("CancelUpdateStack", Value::map({{"StackName", id}})));
  return {};
}

Status CloudFormation::remove(const std::string& id, const std::string& role_arn) const {
  Value input = Value::map({{"StackName", id}});
  if (!role_arn.empty()) input.set("RoleARN", role_arn);
  CHECK_OK(call("DeleteStack", input));
  return {};
}

Status CloudFormation::protect(const std::string& id, bool on) const {
  CHECK_OK(call("UpdateTerminationProtection",
                Value::map({{"StackName", id}, {"EnableTerminationProtection", on}})));
  return {};
}

Status CloudFormation::continue_rollback(const std::string& id,
                                         const std::vector<std::string>& without) const {
  Value input = Value::map({{"StackName", id}});
  if (!without.empty()) input.set("ResourcesToSkip", Value::texts(without));
  CHECK_OK(call("ContinueUpdateRollback", input));
  return {};
}

namespace {
constexpr aws::Pages event_pages{"DescribeStackEvents", "StackEvents", "NextToken", "NextToken"};
}

Result<std::vector<StackEvent>> CloudFormation::events(const std::string& id) const {
  TRY(List pages,
      client_->list("cloudformation", event_pages, Value::map({{"StackName", id}}), region_));
  std::vector<StackEvent> all;
  for (const Value& v : pages) all.push_back(event_of(v));
  std::ranges::reverse(all);
  return all;
}

Result<std::string> CloudFormation::creation_token(const std::string& id) const {
  TRY(List events,
      client_->list("cloudformation", event_pages, Value::map({{"StackName", id}}), region_));
  return events.empty() ? "" : events.back()["ClientRequestToken"].as_string();
}

Status CloudFormation::set_policy(const std::string& name, const std::string& policy) const {
  CHECK_OK(call("SetStackPolicy", Value::map({{"StackName", name}, {"StackPolicyBody", policy}})));
  return {};
}

Result<std::vector<StackEvent>> CloudFormation::last_operation(const std::string& id,
                                                               const std::string& after) const {
  std::vector<StackEvent> events;  // newest first, as they are handed out
  Value input = Value::map({{"StackName", id}});
  for (bool more = true; more;) {
    TRY(Value page, call("DescribeStackEvents", input));
    for (const Value& v : page["StackEvents"].items()) {
      StackEvent event = event_of(v);
      more = event.id != after && !event.starts_operation();
      if (event.id != after) events.push_back(std::move(event));
      if (!more) break;
    }
    const std::string& next = page["NextToken"].as_string();
    more = more && !next.empty() && next != input["NextToken"].as_string();
    input.set("NextToken", next);
  }
  std::ranges::reverse(events);
  return events;
}

Result<ChangeSet> CloudFormation::make_change_set(const Submission& s, bool is_new,
                                                  const std::string& name, Clock& clock,
                                                  std::stop_token stop) const {
  Value input = input_of(s);
  input.set("ChangeSetName", name);
  input.set("ChangeSetType", is_new ? "CREATE" : "UPDATE");
  if (is_new && !s.on_failure.empty()) input.set("OnStackFailure", s.on_failure);
  if (!s.imports.is_null()) {
    input.set("ChangeSetType", "IMPORT");
    input.set("ResourcesToImport", s.imports);
  }
  if (s.reverts_drift) input.set("DeploymentMode", "REVERT_DRIFT");
  TRY(Value made, call("CreateChangeSet", input));
  ChangeSet set{made["Id"].as_string(), false, {}};
  const Value by_id = Value::map({{"ChangeSetName", set.id}});
  constexpr int64_t first_wait_ms = 10, wait_ms_max = 3'000, patience_ms = 10 * 60'000;
  int64_t wait_ms = first_wait_ms, deadline_ms = clock.monotonic_ms() + patience_ms;
  while (true) {
    TRY(Value now, call("DescribeChangeSet", by_id));
    const std::string& status = now["Status"].as_string();
    const std::string& reason = now["StatusReason"].as_string();
    bool is_over = status == "CREATE_COMPLETE" || status == "FAILED";
    if (is_over && s.reverts_drift && now["DeploymentMode"].as_string() != "REVERT_DRIFT") {
      (void)delete_change_set(set.id).has_value();
      return Error("NotSupported", "what answers here does not know drift-aware change sets");
    }
    if (status == "CREATE_COMPLETE") break;
    set.empty = status == "FAILED" && nothing_to_change(reason);
    if (set.empty) return set;
    bool waiting = status == "CREATE_PENDING" || status == "CREATE_IN_PROGRESS";
    Error error("ChangeSetFailed", "the change set is " + status + ": " + reason);
    // Not everything that speaks for CloudFormation knows of it.
    if (!waiting)
      if (auto findings = validation_findings(set.id))
        for (const std::string& finding : *findings) error.message += "; " + finding;
    if (waiting && clock.monotonic_ms() > deadline_ms)
      error = Error("WaitTimeout", "the change set was not ready after 10 minutes");
    else if (waiting && clock.sleep_ms(wait_ms, stop)) {
      wait_ms = std::min(wait_ms * 2, wait_ms_max);
      continue;
    } else if (waiting)
      error = Error("Interrupted", "interrupted while waiting for a change set");
    (void)delete_change_set(set.id).has_value();  // what went wrong before is what counts
    return error;
  }
  TRY(set.changes, changes_of(set.id, s.reverts_drift));
  return set;
}

Result<std::vector<ResourceChange>> CloudFormation::changes_of(const std::string& id,
                                                               bool with_values) const {
  static constexpr aws::Pages pages{"DescribeChangeSet", "Changes", "NextToken", "NextToken"};
  Value input = Value::map({{"ChangeSetName", id}});
  if (with_values) input.set("IncludePropertyValues", true);
  TRY(List changes, client_->list("cloudformation", pages, input, region_));
  std::vector<ResourceChange> all;
  for (const Value& v : changes) all.push_back(change_of(v["ResourceChange"]));
  return all;
}

Result<std::map<std::string, std::vector<std::string>>> CloudFormation::identifiers(
    const Submission& s) const {
  Value input = s.template_url.empty() ? Value::map({{"TemplateBody", s.template_body}})
                                       : Value::map({{"TemplateURL", s.template_url}});
  TRY(Value summary, call("GetTemplateSummary", input));
  std::map<std::string, std::vector<std::string>> keys;
  for (const Value& one : summary["ResourceIdentifierSummaries"].items())
    keys[one["ResourceType"].as_string()] = to_texts(one["ResourceIdentifiers"]);
  return keys;
}

Status CloudFormation::delete_change_set(const std::string& id) const {
  CHECK_OK(call("DeleteChangeSet", Value::map({{"ChangeSetName", id}})));
  return {};
}

Status CloudFormation::execute_change_set(const std::string& id, const std::string& token) const {
  Value input = Value::map({{"ChangeSetName", id}});
  if (!token.empty()) input.set("ClientRequestToken", token);
  CHECK_OK(call("ExecuteChangeSet", input));
  return {};
}

}  // namespace mainstay::stacks
