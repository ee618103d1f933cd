// What decisions about requests ask CloudFormation: which stack a request is about, however it
// names it, and the stack's tags.
#include "cloud/authorization.hh"

#include "formation/handlers.hh"
#include "formation/records.hh"
#include "formation/requests.hh"

namespace mainstay::formation {
namespace {

std::string stack_named(const Call& call, const Value& in) {
  if (in.has("StackName")) return in["StackName"].as_string();
  if (in.has("ChangeSetName")) {
    auto set = find_change_set(call, in);
    return set.has_value() ? (*set)["StackId"].as_string() : "";
  }
  return in.has("PhysicalResourceId")
             ? stack_of_physical(call, in["PhysicalResourceId"].as_string())
             : "";
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (authorization.resource_type != "stack") return {};
  auto stack = find_stack(call, stack_named(call, in));
  if (!stack.has_value()) return {};  // the handler has the words for that
  authorization.request.resource = (*stack)["StackId"].as_string();
  authorization.resource_tags((*stack)["Tags"]);
  return {};
}

}  // namespace mainstay::formation
