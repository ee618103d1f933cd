// The operations, by the file that holds them.
#pragma once

#include "services/secretsmanager/secret.hh"

namespace mainstay::secretsmanager {

#define SECRETS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// value.cc
SECRETS_HANDLER(get_secret_value);
SECRETS_HANDLER(put_secret_value);
SECRETS_HANDLER(update_version_stage);
SECRETS_HANDLER(list_version_ids);
SECRETS_HANDLER(get_random_password);
// secret_api.cc
SECRETS_HANDLER(create_secret);
SECRETS_HANDLER(update_secret);
SECRETS_HANDLER(describe_secret);
SECRETS_HANDLER(delete_secret);
SECRETS_HANDLER(restore_secret);
SECRETS_HANDLER(list_secrets);
SECRETS_HANDLER(tag_resource);
SECRETS_HANDLER(untag_resource);
SECRETS_HANDLER(put_resource_policy);
SECRETS_HANDLER(get_resource_policy);
SECRETS_HANDLER(delete_resource_policy);

#undef SECRETS_HANDLER

// guard.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::secretsmanager
