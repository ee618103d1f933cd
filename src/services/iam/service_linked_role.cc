// Service-linked roles: made for a service under the name and with the policies that it has on AWS
// (data/service_linked_roles.json; "Using service-linked roles", IAM user guide).
#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/recent.hh"
#include "data/archive.hh"
#include "services/iam/handlers.hh"
#include "services/iam/managed_policy.hh"

namespace mainstay::iam {
namespace {

// The services whose roles may have a suffix; all others refuse one (recorded on AWS for 45 of
// them; "CustomSuffix", CreateServiceLinkedRole, names Auto Scaling).
constexpr std::string_view with_suffix[] = {"autoscaling.amazonaws.com", "connect.amazonaws.com",
                                            "lexv2.amazonaws.com"};
constexpr const char* deletions = "service-linked-role-deletion";

const Value& known_roles() {
  static const Value roles = [] {
    auto text = data::read("service-linked-roles");
    auto read = text.has_value() ? parse_json(*text) : Result<Value>(text.error());
    return read.has_value() ? std::move(*read) : Value::map({});
  }();
  return roles;
}

// Of a service that the data does not know, after its principal, and without a policy.
std::string plain_name(const std::string& service) {
  std::string name = service.substr(0, service.find('.'));
  name[0] = static_cast<char>(std::toupper(name[0]));
  return "AWSServiceRoleFor" + name;
}

std::string trust_of(const std::string& service) {
  Value statement = Value::map({{"Effect", "Allow"},
                                {"Principal", Value::map({{"Service", service}})},
                                {"Action", "sts:AssumeRole"}});
  return to_json(Value::map({{"Version", "2012-10-17"}, {"Statement", Value::list({statement})}}));
}

Status attach_policies(Call& call, const std::string& role_name, const Value& policies) {
  TRY(Value document, get(call, role, Value::map({{"RoleName", role_name}})));
  for (const Value& name : policies.items()) {
    const std::string arn = "arn:aws:iam::aws:policy/aws-service-role/" + name.as_string();
    TRY(Value policy, find_policy(call, arn));
    document.member("_attached").push_back(arn);
    count_attachment(call, policy, +1);
  }
  put(call, role, document);
  return {};
}

}  // namespace

Result<Value> create_service_linked_role(Call& call, const Value& in) {
  const std::string& service = in["AWSServiceName"].as_string();
  if (!service.ends_with(".amazonaws.com") || service.starts_with("."))
    return aws_error("InvalidInput", "Service role name " + service + " is not valid.");
  if (in.has("CustomSuffix") && std::ranges::find(with_suffix, service) == std::end(with_suffix))
    return aws_error("InvalidInput", "Custom suffix is not allowed for " + service);
  const Value& known = known_roles()[service];
  std::string name = known.is_list() ? known.at(0).as_string() : plain_name(service);
  if (in.has("CustomSuffix")) name += "_" + in["CustomSuffix"].as_string();
  if (call.find("role", key_of(name)))
    return aws_error("InvalidInput",
                     "Service role name " + name +
                         " has been taken in this account, please try a different suffix.");
  Value request = Value::map({{"RoleName", name},
                              {"Path", "/aws-service-role/" + service + "/"},
                              {"AssumeRolePolicyDocument", trust_of(service)}});
  if (in.has("Description")) request.set("Description", in["Description"]);
  TRY(Value made, create_role(call, request));
  CHECK_OK(attach_policies(call, name, known.at(1)));
  return made;
}

// The services' resources are not looked at: none here uses such a role.
Result<Value> delete_service_linked_role(Call& call, const Value& in) {
  TRY(Value document, get(call, role, in));
  const std::string& path = document["Path"].as_string();
  if (!path.starts_with("/aws-service-role/"))
    return no_such_entity("The role with name " + in["RoleName"].as_string() +
                          " is not a service-linked role.");
  for (const Value& arn : document["_attached"].items()) {
    TRY(Value policy, find_policy(call, arn.as_string()));
    count_attachment(call, policy, -1);
  }
  const std::string& name = document["RoleName"].as_string();
  call.remove("role", key_of(name));
  std::string task = "task" + path + name + "/" + call.random.uuid();
  constexpr int64_t remembered_ms = 24LL * 3600 * 1000;
  cloud::remember(call, deletions, task, Value(true), call.now + remembered_ms);
  return Value::map({{"DeletionTaskId", task}});
}

Result<Value> get_service_linked_role_deletion_status(Call& call, const Value& in) {
  const std::string& task = in["DeletionTaskId"].as_string();
  if (cloud::recall(call, deletions, task).is_null())
    return no_such_entity("Deletion task " + task + " cannot be found.");
  return Value::map({{"Status", "SUCCEEDED"}});
}

}  // namespace mainstay::iam
