#include "services/lambda/lambda.hh"

#include "services/lambda/code.hh"
#include "services/lambda/handlers.hh"
#include "services/lambda/invoke.hh"
#include "services/lambda/mapping.hh"
#include "services/lambda/runner.hh"

namespace mainstay::lambda {
namespace {

std::vector<cloud::Operation> function_operations() {
  using cloud::reads, cloud::reads_unless, cloud::writes;
  return {writes("CreateFunction", create_function),
          reads("GetFunction", get_function),
          reads("GetFunctionConfiguration", get_function_configuration),
          reads("ListFunctions", list_functions),
          writes("DeleteFunction", delete_function),
          writes("UpdateFunctionCode", update_function_code),
          writes("UpdateFunctionConfiguration", update_function_configuration),
          writes("PublishVersion", publish_version),
          reads("ListVersionsByFunction", list_versions),
          writes("CreateAlias", create_alias),
          reads("GetAlias", get_alias),
          reads("ListAliases", list_aliases),
          writes("UpdateAlias", update_alias),
          writes("DeleteAlias", delete_alias),
          reads_unless("Invoke", invoke, is_event),
          reads_unless("InvokeWithResponseStream", invoke_with_stream, is_event),
          writes("AddPermission", add_permission),
          writes("RemovePermission", remove_permission),
          reads("GetPolicy", get_policy),
          writes("PutFunctionConcurrency", put_concurrency),
          reads("GetFunctionConcurrency", get_concurrency),
          writes("DeleteFunctionConcurrency", delete_concurrency),
          reads("GetAccountSettings", get_account_settings),
          writes("PutFunctionRecursionConfig", put_recursion),
          reads("GetFunctionRecursionConfig", get_recursion),
          reads("GetFunctionCodeSigningConfig", get_code_signing),
          reads("GetRuntimeManagementConfig", get_runtime_management),
          reads("GetProvisionedConcurrencyConfig", get_provisioned),
          reads("ListProvisionedConcurrencyConfigs", list_provisioned),
          writes("TagResource", tag_resource),
          writes("UntagResource", untag_resource),
          reads("ListTags", list_tags)};
}

std::vector<cloud::Operation> other_operations() {
  using cloud::reads, cloud::writes;
  return {writes("PublishLayerVersion", publish_layer_version),
          reads("GetLayerVersion", get_layer_version),
          reads("GetLayerVersionByArn", get_layer_version_by_arn),
          reads("ListLayers", list_layers),
          reads("ListLayerVersions", list_layer_versions),
          writes("DeleteLayerVersion", delete_layer_version),
          writes("AddLayerVersionPermission", add_layer_permission),
          writes("RemoveLayerVersionPermission", remove_layer_permission),
          reads("GetLayerVersionPolicy", get_layer_policy),
          writes("PutFunctionEventInvokeConfig", put_event_config),
          writes("UpdateFunctionEventInvokeConfig", update_event_config),
          reads("GetFunctionEventInvokeConfig", get_event_config),
          reads("ListFunctionEventInvokeConfigs", list_event_configs),
          writes("DeleteFunctionEventInvokeConfig", delete_event_config),
          writes("CreateFunctionUrlConfig", create_url),
          reads("GetFunctionUrlConfig", get_url),
          reads("ListFunctionUrlConfigs", list_urls),
          writes("UpdateFunctionUrlConfig", update_url),
          writes("DeleteFunctionUrlConfig", delete_url),
          writes("CreateEventSourceMapping", create_mapping),
          reads("GetEventSourceMapping", get_mapping),
          reads("ListEventSourceMappings", list_mappings),
          writes("UpdateEventSourceMapping", update_mapping),
          writes("DeleteEventSourceMapping", delete_mapping)};
}

}  // namespace

cloud::Service make_service(std::unique_ptr<backings::Functions> functions) {
  cloud::Service service;
  service.name = "lambda";
  service.account_of = account_of_request;
  service.guard = guard;
  service.answer_url = answer_code_url;
  service.background = std::make_shared<Runner>(std::move(functions));
  service.operations = function_operations();
  for (cloud::Operation& operation : other_operations()) service.operations.push_back(operation);
  service.indexes = {{"lambda", "version", "Name"},
                     {"lambda", "alias", "Function"},
                     {"lambda", "function", "IsReserved"},
                     {"lambda", "layer_version", "Name"},
                     {"lambda", "mapping", "Function"}};
  service.reactions = {{"run-event", run_event},
                       {"poll", poll},
                       {"take-messages", take_messages},
                       {"run-batch", run_batch}};
  service.calls = {"iam", "s3", "ec2", "sqs"};
  return service;
}

}  // namespace mainstay::lambda
