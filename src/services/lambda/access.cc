// What decisions about requests ask Lambda: the policies of functions, versions and aliases, and
// tags.
#include "cloud/access.hh"

#include "base/json.hh"
#include "cloud/cloud.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"

namespace mainstay::lambda {
namespace {

Status add_policy(Call& call, const std::string& key, const std::string& what,
                  cloud::Access& access) {
  const Value* policy = call.find("policy", key);
  if (!policy) return {};
  Value document = Value::map({{"Version", "2012-10-17"}, {"Statement", (*policy)["Statements"]}});
  return access.add(policy::Kind::resource, "policy of " + what, to_json(document));
}

Status guard_layer(Call& call, const Value& in, cloud::Access& access) {
  LayerName layer = parse_layer((in.has("LayerName") ? in["LayerName"] : in["Arn"]).as_string());
  int64_t number = in.has("VersionNumber") ? in["VersionNumber"].as_int() : layer.version;
  access.request.resource =
      call.arn("layer:" + layer.name + (number ? ":" + std::to_string(number) : ""));
  const Value* version = call.find("layer_version", key_of(layer.name, std::to_string(number)));
  if (!version || !version->has("Statements")) return {};
  Value document = Value::map({{"Version", "2012-10-17"}, {"Statement", (*version)["Statements"]}});
  return access.add(policy::Kind::resource, "policy of layer " + layer.name, to_json(document));
}

// lambda:FunctionArn, which the operations of mappings and URLs have for the function they are
// about.
void add_function_arn(Call& call, const Value& in, cloud::Access& access) {
  const Value* mapping = in.has("UUID") ? call.find("mapping", in["UUID"].as_string()) : nullptr;
  if (!mapping && !in.has("FunctionName")) return;
  FunctionName named = parse_function(in["FunctionName"].as_string());
  if (!in.has("FunctionName")) {
    named.name = (*mapping)["Function"].as_string();
    named.qualifier = (*mapping)["Qualifier"].as_string();
  }
  access.request.context.set("lambda:FunctionArn", function_arn(call, named.name, named.qualifier));
}

// lambda:VpcIds, of the subnets that the request names.
void add_vpc(Call& call, const Value& in, cloud::Access& access) {
  const Value& subnets = in["VpcConfig"]["SubnetIds"];
  if (subnets.empty()) return;
  auto found = call.cloud.invoke(
      cloud::Caller::service_principal(call.account, "lambda.amazonaws.com"), call.account,
      call.region, "ec2", "DescribeSubnets", Value::map({{"SubnetIds", subnets}}));
  if (!found.has_value()) return;
  access.request.context.set("lambda:VpcIds", (*found)["Subnets"].at(0)["VpcId"].as_string());
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Access& access) {
  if (access.request.action == "iam:PassRole") return {};
  add_function_arn(call, in, access);
  add_vpc(call, in, access);
  if (in.has("LayerName") || (in.has("Arn") && !in.has("FunctionName")))
    return guard_layer(call, in, access);
  const Value& text = in.has("FunctionName") ? in["FunctionName"] : in["Resource"];
  if (!text.is_string()) return {};
  FunctionName named = parse_function(text.as_string());
  if (in.has("Qualifier")) named.qualifier = in["Qualifier"].as_string();
  access.request.resource = function_arn(call, named.name, named.qualifier);
  const Value* function = call.find("function", named.name);
  if (!function) return {};
  Value tags = Value::list();
  for (const auto& [key, value] : (*function)["Tags"].members())
    tags.push_back(Value::map({{"Key", key}, {"Value", value}}));
  access.resource_tags(tags);
  std::string qualifier = named.qualifier == latest ? "" : named.qualifier;
  return add_policy(call, key_of(named.name, qualifier), "function " + named.name, access);
}

}  // namespace mainstay::lambda
