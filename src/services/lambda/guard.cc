// What decisions about requests ask Lambda: the policies of functions, versions and aliases, and
// tags.
#include "cloud/authorization.hh"

#include "base/json.hh"
#include "cloud/cloud.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"

namespace mainstay::lambda {
namespace {

Status add_policy(Call& call, const std::string& key, const std::string& what,
                  cloud::Authorization& authorization) {
  const Value* policy = call.find("policy", key);
  if (!policy) return {};
  Value document = Value::map({{"Version", "2012-10-17"}, {"Statement", (*policy)["Statements"]}});
  return authorization.add(policy::Kind::resource, "policy of " + what, to_json(document));
}

Status guard_layer(Call& call, const Value& in, cloud::Authorization& authorization) {
  LayerName layer = parse_layer((in.has("LayerName") ? in["LayerName"] : in["Arn"]).as_string());
  int64_t number = in.has("VersionNumber") ? in["VersionNumber"].as_int() : layer.version;
  authorization.request.resource =
      call.arn("layer:" + layer.name + (number ? ":" + std::to_string(number) : ""));
  const Value* version = call.find("layer_version", key_of(layer.name, std::to_string(number)));
  if (!version || !version->has("Statements")) return {};
  Value document = Value::map({{"Version", "2012-10-17"}, {"Statement", (*version)["Statements"]}});
  return authorization.add(policy::Kind::resource, "policy of layer " + layer.name,
                           to_json(document));
}

// lambda:FunctionArn, which the operations of mappings and URLs have for the function they are
// about.
void add_function_arn(Call& call, const Value& in, cloud::Authorization& authorization) {
  const Value* mapping = in.has("UUID") ? call.find("mapping", in["UUID"].as_string()) : nullptr;
  if (!mapping && !in.has("FunctionName")) return;
  FunctionName named = parse_function(in["FunctionName"].as_string());
  if (!in.has("FunctionName")) {
    named.name = (*mapping)["Function"].as_string();
    named.qualifier = (*mapping)["Qualifier"].as_string();
  }
  authorization.request.context.set("lambda:FunctionArn",
                                    function_arn(call, named.name, named.qualifier));
}

// lambda:VpcIds, of the subnets that the request names.
void add_vpc(Call& call, const Value& in, cloud::Authorization& authorization) {
  const Value& subnets = in["VpcConfig"]["SubnetIds"];
  if (subnets.empty()) return;
  auto found = call.cloud.invoke(
      cloud::Caller::service_principal(call.account, "lambda.amazonaws.com"), call.account,
      call.region, "ec2", "DescribeSubnets", Value::map({{"SubnetIds", subnets}}));
  if (!found.has_value()) return;
  authorization.request.context.set("lambda:VpcIds",
                                    (*found)["Subnets"].at(0)["VpcId"].as_string());
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (authorization.request.action == "iam:PassRole") return {};
  add_function_arn(call, in, authorization);
  add_vpc(call, in, authorization);
  if (in.has("LayerName") || (in.has("Arn") && !in.has("FunctionName")))
    return guard_layer(call, in, authorization);
  const Value& text = in.has("FunctionName") ? in["FunctionName"] : in["Resource"];
  if (!text.is_string()) return {};
  FunctionName named = parse_function(text.as_string());
  if (in.has("Qualifier")) named.qualifier = in["Qualifier"].as_string();
  authorization.request.resource = function_arn(call, named.name, named.qualifier);
  const Value* function = call.find("function", named.name);
  if (!function) return {};
  Value tags = Value::list();
  for (const auto& [key, value] : (*function)["Tags"].members())
    tags.push_back(Value::map({{"Key", key}, {"Value", value}}));
  authorization.resource_tags(tags);
  std::string qualifier = named.qualifier == latest ? "" : named.qualifier;
  return add_policy(call, key_of(named.name, qualifier), "function " + named.name, authorization);
}

}  // namespace mainstay::lambda
