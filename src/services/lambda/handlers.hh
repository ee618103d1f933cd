// The operations, by the file that holds them.
#pragma once

#include "services/lambda/name.hh"

namespace mainstay::cloud {
class Authorization;
}

namespace mainstay::lambda {

#define LAMBDA_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// function_api.cc
LAMBDA_HANDLER(create_function);
LAMBDA_HANDLER(get_function);
LAMBDA_HANDLER(get_function_configuration);
LAMBDA_HANDLER(list_functions);
LAMBDA_HANDLER(delete_function);
LAMBDA_HANDLER(update_function_code);
LAMBDA_HANDLER(update_function_configuration);
// version_api.cc
LAMBDA_HANDLER(publish_version);
LAMBDA_HANDLER(list_versions);
LAMBDA_HANDLER(create_alias);
LAMBDA_HANDLER(get_alias);
LAMBDA_HANDLER(list_aliases);
LAMBDA_HANDLER(update_alias);
LAMBDA_HANDLER(delete_alias);
// permission_api.cc
LAMBDA_HANDLER(add_permission);
LAMBDA_HANDLER(remove_permission);
LAMBDA_HANDLER(get_policy);
// concurrency_api.cc
LAMBDA_HANDLER(put_concurrency);
LAMBDA_HANDLER(get_concurrency);
LAMBDA_HANDLER(delete_concurrency);
LAMBDA_HANDLER(get_account_settings);
LAMBDA_HANDLER(put_recursion);
LAMBDA_HANDLER(get_recursion);
// settings_api.cc
LAMBDA_HANDLER(get_code_signing);
LAMBDA_HANDLER(get_runtime_management);
LAMBDA_HANDLER(get_provisioned);
LAMBDA_HANDLER(list_provisioned);
// tag_api.cc
LAMBDA_HANDLER(tag_resource);
LAMBDA_HANDLER(untag_resource);
LAMBDA_HANDLER(list_tags);
// layer_api.cc
LAMBDA_HANDLER(publish_layer_version);
LAMBDA_HANDLER(get_layer_version);
LAMBDA_HANDLER(get_layer_version_by_arn);
LAMBDA_HANDLER(list_layers);
LAMBDA_HANDLER(list_layer_versions);
LAMBDA_HANDLER(delete_layer_version);
LAMBDA_HANDLER(add_layer_permission);
LAMBDA_HANDLER(remove_layer_permission);
LAMBDA_HANDLER(get_layer_policy);
// event_config_api.cc
LAMBDA_HANDLER(put_event_config);
LAMBDA_HANDLER(update_event_config);
LAMBDA_HANDLER(get_event_config);
LAMBDA_HANDLER(list_event_configs);
LAMBDA_HANDLER(delete_event_config);
// url_api.cc
LAMBDA_HANDLER(create_url);
LAMBDA_HANDLER(get_url);
LAMBDA_HANDLER(list_urls);
LAMBDA_HANDLER(update_url);
LAMBDA_HANDLER(delete_url);

#undef LAMBDA_HANDLER

// guard.cc
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::lambda
