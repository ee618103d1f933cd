#include "cli/stack/fake_cloudformation.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "wire/server.hh"

namespace mainstay::cli {
namespace {

Error missing(const std::string& name) {
  return aws_error("ValidationError", "Stack with id " + name + " does not exist");
}

std::string name_of(const std::string& name_or_id) {
  auto parts = split(name_or_id, "/");
  return parts.size() > 1 ? parts[1] : name_or_id;
}

Value outputs_of(const FakeStack& stack) {
  Value outputs = Value::list();
  auto root = parse_json(stack.body);
  if (!root) return outputs;
  for (const auto& [name, output] : (*root)["Outputs"].members())
    outputs.push_back(Value::map({{"OutputKey", name}, {"OutputValue", stack.id + "." + name}}));
  return outputs;
}

}  // namespace

size_t FakeCloudFormation::count(const std::string& operation) const {
  return static_cast<size_t>(std::ranges::count_if(
      log, [&](const std::string& line) { return line.starts_with(operation + " "); }));
}

HttpResponse FakeCloudFormation::handle(HttpRequest&& request) {
  std::scoped_lock lock(mutex_);
  std::string name;
  for (const std::string& pair : split(request.body, "&"))
    if (pair.starts_with("Action=")) name = pair.substr(7);
  const wire::Operation* operation = model_->operation(name);
  auto run = [&]() -> Result<Value> {
    if (!operation) return aws_error("InvalidAction", name);
    TRY(Value in, wire::decode_request(*model_, *operation, wire::Protocol::query, request));
    return answer(name, in);
  };
  auto out = run();
  if (!out) return wire::encode_error(*model_, operation, wire::Protocol::query, out.error(), "r");
  return wire::encode_response(*model_, *operation, wire::Protocol::query, *out, "r");
}

Result<Value> FakeCloudFormation::answer(const std::string& operation, const Value& in) {
  if (operation == "DescribeStacks") return describe(in);
  if (operation == "DescribeChangeSet") return change_sets_[in["ChangeSetName"].as_string()];
  if (operation == "DescribeEvents") return Value::map({{"OperationEvents", validation}});
  if (operation == "GetTemplate") {
    TRY(FakeStack * stack, find(in));
    return Value::map({{"TemplateBody", stack->body}});
  }
  if (operation == "DescribeStackEvents") {
    TRY(FakeStack * stack, find(in));
    List newest_first = stack->events.items();
    std::ranges::reverse(newest_first);
    return Value::map({{"StackEvents", std::move(newest_first)}});
  }
  log.push_back(operation + " " + name_of(in["StackName"].as_string()));
  if (operation == "CreateStack" || operation == "UpdateStack") return submit(operation, in);
  if (operation == "DeleteStack") return remove(in);
  if (operation == "CancelUpdateStack") return cancel(in);
  if (operation == "CreateChangeSet") return make_change_set(in);
  return end_change_set(operation, in);
}

Result<FakeStack*> FakeCloudFormation::find(const Value& in) {
  const std::string& asked = in["StackName"].as_string();
  std::string name = name_of(asked);
  bool by_id = asked != name;
  auto it = stacks.find(name);
  if (it != stacks.end() && (!by_id || it->second.id == asked)) return &it->second;
  auto gone = deleted.find(asked);
  if (by_id && gone != deleted.end()) return &gone->second;
  return missing(name);
}

Value FakeCloudFormation::described(const std::string& name, const FakeStack& stack) const {
  Value v = Value::map({{"StackName", name},
                        {"StackId", stack.id},
                        {"StackStatus", stack.status},
                        {"CreationTime", Time{}},
                        {"LastUpdatedTime", Time{stack.updates}},
                        {"Parameters", stack.parameters},
                        {"Tags", stack.tags},
                        {"Outputs", outputs_of(stack)}});
  return Value::map({{"Stacks", Value::list({std::move(v)})}});
}

Result<Value> FakeCloudFormation::describe(const Value& in) {
  const std::string& asked = in["StackName"].as_string();
  std::string name = name_of(asked);
  if (auto before = before_.find(name); asked == name && before != before_.end() && is_stale())
    return before->second ? Result<Value>(described(name, *before->second)) : missing(name);
  if (auto before = before_.find(name);
      asked != name && before != before_.end() && is_stale_by_id()) {
    bool was_there = before->second && before->second->id == asked;
    return was_there ? Result<Value>(described(name, *before->second)) : missing(name);
  }
  TRY(FakeStack * stack, find(in));
  if (stack->polls_left > 0 && --stack->polls_left == 0) {
    stack->status = stack->final_status;
    if (stack->status.contains("ROLLBACK"))
      event(*stack, name, "Other", "CREATE_FAILED", "Resource creation cancelled");
    event(*stack, name, "", stack->status, "");
    if (stack->status == "DELETE_COMPLETE") {
      FakeStack gone = *stack;
      deleted[gone.id] = gone;
      stacks.erase(name);
      if (asked == name) return missing(name);
      return described(name, gone);
    }
  }
  return described(name, *stack);
}

void FakeCloudFormation::event(FakeStack& stack, const std::string& name,
                               const std::string& resource, const std::string& status,
                               const std::string& reason) {
  bool own = resource.empty();
  Value v = Value::map({{"EventId", std::to_string(++events_)},
                        {"StackId", stack.id},
                        {"StackName", name},
                        {"LogicalResourceId", own ? name : resource},
                        {"ResourceType", own ? "AWS::CloudFormation::Stack" : "AWS::SNS::Topic"},
                        {"ResourceStatus", status},
                        {"ResourceStatusReason", reason},
                        {"Timestamp", Time{}}});
  if (!stack.token.empty()) v.set("ClientRequestToken", stack.token);
  stack.events.push_back(std::move(v));
}

void FakeCloudFormation::start(FakeStack& stack, const std::string& name, const std::string& verb) {
  bool bad = stack.body.contains(poison);
  stack.status = verb + "_IN_PROGRESS";
  stack.polls_left = polls;
  stack.updates += verb == "UPDATE" ? 1000 : 0;
  stack.final_status = verb + "_COMPLETE";
  event(stack, name, "", stack.status, "User Initiated");
  if (!bad) return;
  stack.final_status = verb == "CREATE" ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE";
  event(stack, name, "Bad", verb + "_FAILED", "Invalid request provided: it is bad");
}

Result<Value> FakeCloudFormation::cancel(const Value& in) {
  TRY(FakeStack * stack, find(in));
  stack->status = "UPDATE_ROLLBACK_IN_PROGRESS";
  stack->final_status = "UPDATE_ROLLBACK_COMPLETE";
  stack->polls_left = polls;
  event(*stack, name_of(in["StackName"].as_string()), "", stack->status, "User Initiated");
  return Value::map();
}

Result<Value> FakeCloudFormation::submit(const std::string& operation, const Value& in) {
  const std::string& name = in["StackName"].as_string();
  bool creating = operation == "CreateStack";
  if (creating && stacks.contains(name))
    return aws_error("AlreadyExistsException", "Stack [" + name + "] already exists");
  if (!creating && !stacks.contains(name)) return missing(name);
  before_[name] = creating ? std::nullopt : std::optional(stacks[name]);
  FakeStack& stack = stacks[name];
  if (creating)
    stack.id = "arn:aws:cloudformation:us-east-1:123456789012:stack/" + name + "/" +
               std::to_string(++made_);
  stack.token = in["ClientRequestToken"].as_string();
  stack.body = in["TemplateBody"].as_string();
  stack.parameters = in["Parameters"];
  stack.tags = in["Tags"];
  start(stack, name, creating ? "CREATE" : "UPDATE");
  return Value::map({{"StackId", stack.id}});
}

Result<Value> FakeCloudFormation::remove(const Value& in) {
  const std::string& asked = in["StackName"].as_string();
  std::string name = name_of(asked);
  auto it = stacks.find(name);
  if (it == stacks.end() || (asked != name && it->second.id != asked)) return Value::map();
  before_[name] = it->second;
  it->second.body.clear();
  it->second.token.clear();
  start(it->second, name, "DELETE");
  if (name == failed_delete) it->second.final_status = "DELETE_FAILED";
  return Value::map();
}

Result<Value> FakeCloudFormation::make_change_set(const Value& in) {
  TRY(FakeStack * stack, find(in));
  std::string id = "change-set-of-" + in["StackName"].as_string();
  bool same =
      stack->body == in["TemplateBody"].as_string() && stack->parameters == in["Parameters"];
  Value change = Value::map({{"Action", "Modify"},
                             {"LogicalResourceId", "Topic"},
                             {"ResourceType", "AWS::SNS::Topic"},
                             {"Replacement", "True"},
                             {"Scope", Value::list({"Properties"})}});
  change_sets_[id] = Value::map(
      {{"ChangeSetId", id},
       {"Status", same || refuses_change_sets ? "FAILED" : "CREATE_COMPLETE"},
       {"StatusReason", same                  ? "The submitted information didn't contain changes."
                        : refuses_change_sets ? "Validation failed"
                                              : ""},
       {"Changes",
        Value::list({Value::map({{"Type", "Resource"}, {"ResourceChange", std::move(change)}})})},
       {"Input", in}});
  return Value::map({{"Id", id}, {"StackId", stack->id}});
}

Result<Value> FakeCloudFormation::end_change_set(const std::string& operation, const Value& in) {
  const std::string& id = in["ChangeSetName"].as_string();
  auto it = change_sets_.find(id);
  if (it == change_sets_.end()) return aws_error("ChangeSetNotFound", "no change set " + id);
  Value input = it->second["Input"];
  change_sets_.erase(it);
  if (operation == "ExecuteChangeSet") CHECK_OK(submit("UpdateStack", input));
  return Value::map();
}

}  // namespace mainstay::cli
