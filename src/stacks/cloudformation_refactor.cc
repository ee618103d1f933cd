// Stack refactoring. Source: CloudFormation API reference, "CreateStackRefactor",
// "DescribeStackRefactor", "ListStackRefactorActions", "ExecuteStackRefactor".
#include <algorithm>

#include "stacks/cloudformation.hh"

namespace mainstay::stacks {
namespace {

std::string stack_name_of(const std::string& name_or_id) {
  if (!name_or_id.starts_with("arn:")) return name_or_id;
  size_t from = name_or_id.find('/') + 1;
  return name_or_id.substr(from, name_or_id.rfind('/') - from);
}

ResourcePlace place_of(const Value& v) {
  return {stack_name_of(v["StackName"].as_string()), v["LogicalResourceId"].as_string()};
}

Value location_of(const ResourcePlace& place) {
  return Value::map({{"StackName", place.stack}, {"LogicalResourceId", place.id}});
}

}  // namespace

Result<std::string> CloudFormation::create_refactor(const std::vector<Submission>& stacks,
                                                    const std::vector<ResourceMove>& moves) const {
  Value definitions = Value::list(), mappings = Value::list();
  for (const Submission& s : stacks) {
    Value definition = Value::map({{"StackName", s.stack_name}});
    if (s.template_url.empty())
      definition.set("TemplateBody", s.template_body);
    else
      definition.set("TemplateURL", s.template_url);
    definitions.push_back(std::move(definition));
  }
  for (const ResourceMove& move : moves)
    mappings.push_back(
        Value::map({{"Source", location_of(move.from)}, {"Destination", location_of(move.to)}}));
  TRY(Value made, call("CreateStackRefactor", Value::map({{"StackDefinitions", definitions},
                                                          {"ResourceMappings", mappings}})));
  return made["StackRefactorId"].as_string();
}

Result<Value> CloudFormation::refactor_settled(const std::string& id, const char* member,
                                               Clock& clock, std::stop_token stop) const {
  constexpr int64_t first_wait_ms = 15, wait_ms_max = 5'000, patience_ms = 60 * 60'000;
  int64_t wait_ms = first_wait_ms, deadline_ms = clock.monotonic_ms() + patience_ms;
  while (true) {
    TRY(Value now, call("DescribeStackRefactor", Value::map({{"StackRefactorId", id}})));
    if (!now[member].as_string().ends_with("_IN_PROGRESS")) return now;
    if (clock.monotonic_ms() > deadline_ms)
      return Error("WaitTimeout", "the stack refactor " + id + " was not over after an hour");
    if (!clock.sleep_ms(wait_ms, stop))
      return Error("Interrupted", "interrupted while waiting for the stack refactor " + id);
    wait_ms = std::min(wait_ms * 2, wait_ms_max);
  }
}

Result<std::vector<ResourceMove>> CloudFormation::refactor_moves(const std::string& id) const {
  constexpr aws::Pages pages{"ListStackRefactorActions", "StackRefactorActions", "NextToken",
                             "NextToken"};
  TRY(List actions,
      client_->list("cloudformation", pages, Value::map({{"StackRefactorId", id}}), region_));
  std::vector<ResourceMove> moves;
  for (const Value& action : actions)
    if (action["Entity"].as_string() == "RESOURCE")
      moves.push_back({place_of(action["ResourceMapping"]["Source"]),
                       place_of(action["ResourceMapping"]["Destination"]), ""});
  return moves;
}

Status CloudFormation::execute_refactor(const std::string& id) const {
  CHECK_OK(call("ExecuteStackRefactor", Value::map({{"StackRefactorId", id}})));
  return {};
}

Result<std::map<std::string, std::string>> CloudFormation::resources(
    const std::string& stack) const {
  constexpr aws::Pages pages{"ListStackResources", "StackResourceSummaries", "NextToken",
                             "NextToken"};
  TRY(List all,
      client_->list("cloudformation", pages, Value::map({{"StackName", stack}}), region_));
  std::map<std::string, std::string> types;
  for (const Value& r : all) {
    const std::string& status = r["ResourceStatus"].as_string();
    if (status != "DELETE_COMPLETE" && status != "DELETE_SKIPPED")
      types[r["LogicalResourceId"].as_string()] = r["ResourceType"].as_string();
  }
  return types;
}

}  // namespace mainstay::stacks
