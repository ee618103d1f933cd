// What the workflows need of CloudFormation's API, in plain types. One object per account and
// region; docs: CloudFormation API reference.
//
// Errors are AWS's. Threads: any.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.hh"
#include "stacks/config.hh"
#include "stacks/knowledge.hh"
#include "stacks/moves.hh"

namespace mainstay::stacks {

enum class StackPhase : uint8_t {
  in_progress,
  rolling_back,
  complete,     // and not failed
  failed,       // rolled back after an update, or stuck
  recreatable,  // never came up: can only be deleted
  in_review,    // empty, made by a change set that nobody has executed
  deleted,
};
StackPhase phase_of(std::string_view status);

struct DeployedStack {
  std::string name, id, status, status_reason, description, role_arn;
  Map parameters;  // to text; NoEcho ones are asterisks
  Map outputs;     // to text
  std::vector<Tag> tags;
  std::vector<std::string> notification_arns;
  bool termination_protection = false;
  bool is_nested = false;
  Time changed_at;  // created, or last updated
  StackPhase phase() const { return phase_of(status); }
};

struct ParameterValue {
  std::string key, value;
  bool use_previous = false;
};

// What is sent to create or update a stack, or to make a change set for it.
struct Submission {
  std::string stack_name;
  std::string template_body, template_url;  // one of them; none: the template that it has
  std::vector<ParameterValue> parameters;
  std::vector<Tag> tags;
  std::string role_arn, policy_body, token;
  std::vector<std::string> notification_arns;
  // Of a creation only.
  std::optional<bool> termination_protection = {};
  int64_t timeout_minutes = 0;
  std::string on_failure = "";
  // Of a change set that only imports: ResourcesToImport; null for others.
  Value imports = {};
  // Of a change set: drift-aware, so that it brings back what was changed by hand.
  bool reverts_drift = false;
};
// The same again, with the template still to be given.
Submission submission_as_deployed(const DeployedStack& stack);

struct StackEvent {
  std::string id, logical_id, physical_id, type, status, reason;
  Time time;
  bool is_stack = false;    // of the stack itself
  bool is_invalid = false;  // what was found before the operation began is why it ends
  std::string operation;
  bool starts_operation() const;
  bool failed() const { return status.ends_with("_FAILED"); }
};

struct ResourceChange {
  std::string action;  // Add, Modify, Remove
  std::string logical_id, physical_id, type;
  std::string replacement;  // True, False, Conditional or ""
  std::vector<std::string> scope;
  struct Detail {
    std::string attribute, name, requires_recreation, evaluation, source, causing_entity;
    std::string before, after;  // "" where not known
    bool certain = true;        // false: the value may turn out the same
  };
  std::vector<Detail> details;
  // Who says so: CloudFormation's change set, we by the templates and schemas, or both.
  enum class SeenBy : uint8_t { cloud, us, both } seen_by = SeenBy::cloud;
  // What becomes of the resource that goes, or of the old copy: "delete", "snapshot" or "retain";
  // "" where none goes, or nobody compared the templates.
  std::string old_copy = "";
  DataHeld data = DataHeld::none;
  bool may_replace() const { return replacement == "True" || replacement == "Conditional"; }
};

struct PropertyDrift {
  std::string path;              // "/DelaySeconds"
  std::string expected, actual;  // "" where there is none
  std::string kind;              // ADD, REMOVE, NOT_EQUAL
};

struct ResourceDrift {
  std::string logical_id, physical_id, type;
  std::string status;  // IN_SYNC, MODIFIED, DELETED, NOT_CHECKED
  std::vector<PropertyDrift> differences;
  bool has_drifted() const { return status == "MODIFIED" || status == "DELETED"; }
};

struct StackDrift {
  std::string status;  // DRIFTED, IN_SYNC
  std::vector<ResourceDrift> resources;
};

struct ChangeSet {
  std::string id;
  bool empty = false;  // failed, as there was nothing to change
  std::vector<ResourceChange> changes;
};

class CloudFormation {
 public:
  CloudFormation(std::shared_ptr<aws::Client> client, std::string region)
      : client_(std::move(client)), region_(std::move(region)) {}

  // By name or id; nothing where there is none.
  Result<std::optional<DeployedStack>> describe(const std::string& name) const;
  // All of the region that are not deleted.
  Result<std::vector<DeployedStack>> all_stacks() const;
  // Ids of the stacks that export, by the export's name.
  Result<std::map<std::string, std::string>> exports() const;
  // Names of the stacks that import it.
  Result<std::vector<std::string>> importers(const std::string& exported) const;
  // Begins to detect drift; gives the detection's id.
  Result<std::string> detect_drift(const std::string& id) const;
  // Waits for what it finds. Errors: "DriftUnknown", "WaitTimeout", "Interrupted".
  Result<StackDrift> drift_found(const std::string& detection, Clock& clock,
                                 std::stop_token stop) const;
  Result<std::string> template_body(const std::string& name) const;
  // Types of what the stack has, by logical id.
  Result<std::map<std::string, std::string>> resources(const std::string& stack) const;
  // Of the submissions only names and templates are sent. Gives the refactor's id.
  Result<std::string> create_refactor(const std::vector<Submission>& stacks,
                                      const std::vector<ResourceMove>& moves) const;
  // What DescribeStackRefactor says once this member of it ("Status", "ExecutionStatus") is not in
  // progress any more. Errors: "WaitTimeout", "Interrupted".
  Result<Value> refactor_settled(const std::string& id, const char* member, Clock& clock,
                                 std::stop_token stop) const;
  // What it will do to resources.
  Result<std::vector<ResourceMove>> refactor_moves(const std::string& id) const;
  Status execute_refactor(const std::string& id) const;
  // The id of the stack.
  Result<std::string> create(const Submission& s) const;
  // False where AWS found nothing to update.
  Result<bool> update(const Submission& s) const;
  // Of an update under way: it is rolled back.
  Status cancel_update(const std::string& id) const;
  Status remove(const std::string& id, const std::string& role_arn) const;
  Status protect(const std::string& id, bool on) const;
  // Of a stack that is UPDATE_ROLLBACK_FAILED; without these resources, which are then taken for
  // rolled back.
  Status continue_rollback(const std::string& id, const std::vector<std::string>& without) const;
  // All that there are, oldest first.
  Result<std::vector<StackEvent>> events(const std::string& id) const;
  // Of the request that made the stack, by its first event; "" where it had none.
  Result<std::string> creation_token(const std::string& id) const;
  Status set_policy(const std::string& name, const std::string& policy) const;

  // The last operation's events, oldest first, only those after the one with id `after` if that is
  // among them.
  Result<std::vector<StackEvent>> last_operation(const std::string& id,
                                                 const std::string& after = "") const;

  // Makes a change set and waits until it is ready. It must be deleted or executed afterwards.
  // Error "NotSupported" where what answers does not know drift-aware ones.
  Result<ChangeSet> make_change_set(const Submission& s, bool is_new, const std::string& name,
                                    Clock& clock, std::stop_token stop) const;
  // By resource type of a template, the properties by which a resource is named for an import.
  Result<std::map<std::string, std::vector<std::string>>> identifiers(const Submission& s) const;
  // What CloudFormation's own validation of a change set says against it, a line each: "Bucket: its
  // bucket is not empty (...)". Source: CloudFormation API reference, "DescribeEvents".
  Result<std::vector<std::string>> validation_findings(const std::string& change_set) const;
  // The same of an operation on a stack, as events of its resources.
  Result<std::vector<StackEvent>> invalid_resources(const std::string& operation) const;
  Status delete_change_set(const std::string& id) const;
  Status execute_change_set(const std::string& id, const std::string& token) const;

  const std::string& region() const { return region_; }
  aws::Client& client() const { return *client_; }

 private:
  Result<Value> call(std::string_view operation, const Value& input) const {
    return client_->call("cloudformation", operation, input, region_);
  }
  Result<StackDrift> drifts(const Value& detection) const;
  Result<std::vector<ResourceChange>> changes_of(const std::string& id, bool with_values) const;

  std::shared_ptr<aws::Client> client_;
  std::string region_;
};

// A deployed stack's template, asked for when it is first needed. For one thread.
class DeployedTemplate {
 public:
  DeployedTemplate(const CloudFormation& cloud, std::string stack_id)
      : cloud_(cloud), stack_id_(std::move(stack_id)) {}
  const CloudFormation& cloud() const { return cloud_; }
  Result<std::string> body() {
    if (!body_) body_ = cloud_.template_body(stack_id_);
    return *body_;
  }

 private:
  const CloudFormation& cloud_;
  std::string stack_id_;
  std::optional<Result<std::string>> body_;
};

}  // namespace mainstay::stacks
