#include "services/lambda/settings.hh"

#include <algorithm>
#include <array>
#include <set>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/role_session.hh"

namespace mainstay::lambda {
namespace {

constexpr size_t environment_bytes_max = 4096;
constexpr size_t layers_max = 5;

// "Lambda runtimes", "Deprecated runtimes": those that no function can be created or updated with.
constexpr std::array gone_runtimes = std::to_array<std::string_view>(
    {"nodejs",        "nodejs4.3",  "nodejs4.3-edge", "nodejs6.10",    "nodejs8.10",
     "nodejs10.x",    "nodejs12.x", "nodejs14.x",     "java8",         "python2.7",
     "python3.6",     "python3.7",  "dotnetcore1.0",  "dotnetcore2.0", "dotnetcore2.1",
     "dotnetcore3.1", "go1.x",      "ruby2.5",        "ruby2.7",       "provided"});
// As a recorded answer lists them, and those that botocore's model has had since.
constexpr std::array runtimes = std::to_array<std::string_view>(
    {"nodejs20.x",   "python3.14", "provided.al2023", "python3.12", "python3.13",   "nodejs24.x",
     "nodejs22.x",   "java25",     "python3.10",      "python3.11", "java21",       "ruby3.3",
     "ruby3.4",      "ruby3.2",    "python3.8",       "python3.9",  "java17",       "nodejs16.x",
     "dotnet10",     "dotnet8",    "java11",          "dotnet6",    "nodejs18.x",   "provided.al2",
     "java8.al2",    "nodejs26.x", "python3.15",      "ruby4.0",    "java8.al2023", "java11.al2023",
     "java17.al2023"});
// "Working with Lambda environment variables", "Reserved environment variables".
constexpr std::array reserved_variables = std::to_array<std::string_view>(
    {"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
     "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
     "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
     "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
     "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"});

template <class Table>
bool has(const Table& table, std::string_view word) {
  return std::find(table.begin(), table.end(), word) != table.end();
}

Status check_runtime(const std::string& runtime) {
  if (has(runtimes, runtime)) return {};
  if (has(gone_runtimes, runtime))
    return invalid_parameter("The runtime parameter of " + runtime +
                             " is no longer supported for creating or updating AWS Lambda "
                             "functions. We recommend you use a supported runtime while creating "
                             "or updating functions.");
  std::string all;
  for (std::string_view one : runtimes) all.append(all.empty() ? "" : ", ").append(one);
  return invalid_parameter("Value " + runtime +
                           " at 'runtime' failed to satisfy constraint: Member must satisfy enum "
                           "value set: [" +
                           all + "] or be a valid ARN");
}

Status check_environment(const Value& variables) {
  std::string reserved;
  for (const auto& [name, value] : variables.members())
    if (has(reserved_variables, name)) reserved += (reserved.empty() ? "" : ", ") + name;
  std::string start =
      "Lambda was unable to configure your environment variables because the "
      "environment variables you have provided ";
  if (!reserved.empty())
    return invalid_parameter(start +
                             "contains reserved keys that are currently not supported for "
                             "modification. Reserved keys used in this request: " +
                             reserved);
  std::string text = to_json(variables);
  if (text.size() > environment_bytes_max)
    return invalid_parameter(start + "exceeded the 4KB limit. String measured: " + text);
  return {};
}

// A layer's document as a function refers to it.
Result<Value> layer_reference(Call& call, const std::string& arn) {
  LayerName layer = parse_layer(arn);
  if (layer.region != call.region)
    return invalid_parameter(
        "Layers are not in the same region as the function. Layers are "
        "expected to be in region " +
        call.region + ".");
  if (layer.account != call.account) return not_here("layers of other accounts (" + arn + ")");
  const Value* found =
      call.find("layer_version", key_of(layer.name, std::to_string(layer.version)));
  if (!found) return invalid_parameter("Layer version " + arn + " does not exist.");
  return Value::map({{"Arn", arn}, {"CodeSize", (*found)["Code"]["Size"]}});
}

Result<Value> layer_references(Call& call, const Value& arns) {
  if (arns.size() > layers_max)
    return invalid_parameter("Cannot reference more than " + std::to_string(layers_max) +
                             " layers.");
  Value out = Value::list();
  std::map<std::string, std::string> seen;
  for (const Value& item : arns.items()) {
    const std::string& arn = item.as_string();
    TRY(Value reference, layer_reference(call, arn));
    auto [before, fresh] = seen.emplace(parse_layer(arn).name, arn);
    if (!fresh)
      return invalid_parameter(
          "Two different versions of the same layer are not allowed to be "
          "referenced in the same function. " +
          before->second + " and " + arn + " are versions of the same layer.");
    out.push_back(std::move(reference));
  }
  return out;
}

// What the function can reach is checked by whom it belongs to: EC2 has the words.
Result<Value> vpc_settings(Call& call, const Value& vpc) {
  Value out = Value::map({{"SubnetIds", Value::list()},
                          {"SecurityGroupIds", Value::list()},
                          {"VpcId", ""},
                          {"Ipv6AllowedForDualStack", false}});
  for (const auto& [name, value] : vpc.members()) out.set(name, value);
  if (vpc["SubnetIds"].empty()) return out;
  auto subnets = call.cloud.invoke(
      cloud::Caller::service_principal(call.account, service_principal_name), call.account,
      call.region, "ec2", "DescribeSubnets", Value::map({{"SubnetIds", vpc["SubnetIds"]}}));
  if (!subnets.has_value())
    return invalid_parameter(
        "Error occurred while DescribeSubnets. EC2 Error Code: " + subnets.error().code +
        ". EC2 Error Message: " + subnets.error().message);
  auto groups =
      call.cloud.invoke(cloud::Caller::service_principal(call.account, service_principal_name),
                        call.account, call.region, "ec2", "DescribeSecurityGroups",
                        Value::map({{"GroupIds", vpc["SecurityGroupIds"]}}));
  if (!groups.has_value())
    return invalid_parameter(
        "Error occurred while DescribeSecurityGroups. EC2 Error Code: " + groups.error().code +
        ". EC2 Error Message: " + groups.error().message);
  return out.set("VpcId", (*subnets)["Subnets"].at(0)["VpcId"]);
}

Value logging_settings(const Value& given, const Value& before, const std::string& function) {
  Value out = before.is_map() ? before : Value::map({{"LogFormat", "Text"}});
  for (const auto& [name, value] : given.members()) out.set(name, value);
  if (!out.has("LogGroup")) out.set("LogGroup", "/aws/lambda/" + function);
  bool is_json = out["LogFormat"].as_string() == "JSON";
  for (const char* level : {"ApplicationLogLevel", "SystemLogLevel"}) {
    if (is_json && !out.has(level)) out.set(level, "INFO");
    if (!is_json) out.erase(level);
  }
  return out;
}

// Members that are kept as they are given.
constexpr std::array plain_members = std::to_array<std::string_view>(
    {"Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "KMSKeyArn",
     "TracingConfig", "EphemeralStorage", "FileSystemConfigs", "Environment"});

}  // namespace

Status check_role(Call& call, const std::string& arn) {
  auto session = cloud::session_of_role(call.cloud, call.account, call.region,
                                        service_principal_name, arn, "awslambda");
  if (session.has_value()) return {};
  return invalid_parameter("The role defined for the function cannot be assumed by Lambda.");
}

Status refuse_unknown(const Value& in) {
  for (const char* member :
       {"ImageConfig", "CodeSigningConfigArn", "TenancyConfig", "CapacityProviderConfig",
        "DurableConfig", "RuntimeConfig", "AcceleratorConfig", "PublishTo"})
    if (in.has(member)) return not_here("the parameter " + std::string(member) + " of functions");
  if (in["PackageType"].as_string() == "Image")
    return not_here("functions from container images (give a ZIP file)");
  return {};
}

Status change_settings(Call& call, Value& config, const Value& in) {
  if (in.has("Runtime")) CHECK_OK(check_runtime(in["Runtime"].as_string()));
  if (in.has("Environment")) CHECK_OK(check_environment(in["Environment"]["Variables"]));
  if (in.has("Role")) CHECK_OK(check_role(call, in["Role"].as_string()));
  for (std::string_view member : plain_members)
    if (in.has(member)) config.set(member, in[member]);
  if (config["Environment"].is_map() && !config["Environment"].has("Variables"))
    config.erase("Environment");
  if (in.has("VpcConfig")) {
    TRY(Value vpc, vpc_settings(call, in["VpcConfig"]));
    config.set("VpcConfig", std::move(vpc));
  }
  if (in.has("Layers")) {
    TRY(Value layers, layer_references(call, in["Layers"]));
    config.erase("Layers");
    if (!layers.empty()) config.set("Layers", std::move(layers));
  }
  if (in.has("DeadLetterConfig")) {
    config.erase("DeadLetterConfig");
    if (!in["DeadLetterConfig"]["TargetArn"].as_string().empty())
      config.set("DeadLetterConfig", in["DeadLetterConfig"]);
  }
  if (in.has("SnapStart")) {
    Value snap = in["SnapStart"];
    config.set("SnapStart", snap.set("OptimizationStatus", "Off"));
  }
  config.set("LoggingConfig", logging_settings(in["LoggingConfig"], config["LoggingConfig"],
                                               config["_Name"].as_string()));
  return {};
}

Result<Value> new_settings(Call& call, const Value& in) {
  if (!in.has("Runtime") || !in.has("Handler"))
    return invalid_parameter(
        "Runtime and Handler are mandatory parameters for functions created "
        "with deployment packages.");
  Value config =
      Value::map({{"Description", ""},
                  {"Timeout", 3},
                  {"MemorySize", 128},
                  {"TracingConfig", Value::map({{"Mode", "PassThrough"}})},
                  {"Architectures", Value::list({"x86_64"})},
                  {"EphemeralStorage", Value::map({{"Size", 512}})},
                  {"SnapStart", Value::map({{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}})}});
  if (in.has("Architectures")) config.set("Architectures", in["Architectures"]);
  config.set("_Name", parse_function(in["FunctionName"].as_string()).name);
  CHECK_OK(change_settings(call, config, in));
  return config;
}

}  // namespace mainstay::lambda
