// The operations, by the file that holds them.
#pragma once

#include "services/kms/key.hh"

namespace mainstay::kms {

#define KMS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// lifecycle.cc
KMS_HANDLER(create_key);
KMS_HANDLER(describe_key);
KMS_HANDLER(list_keys);
KMS_HANDLER(enable_key);
KMS_HANDLER(disable_key);
KMS_HANDLER(schedule_key_deletion);
KMS_HANDLER(cancel_key_deletion);
KMS_HANDLER(update_key_description);
// alias.cc
KMS_HANDLER(create_alias);
KMS_HANDLER(update_alias);
KMS_HANDLER(delete_alias);
KMS_HANDLER(list_aliases);
// policy.cc
KMS_HANDLER(get_key_policy);
KMS_HANDLER(put_key_policy);
KMS_HANDLER(list_key_policies);
// grant.cc
KMS_HANDLER(create_grant);
KMS_HANDLER(list_grants);
KMS_HANDLER(list_retirable_grants);
KMS_HANDLER(revoke_grant);
KMS_HANDLER(retire_grant);
// tag.cc
KMS_HANDLER(tag_resource);
KMS_HANDLER(untag_resource);
KMS_HANDLER(list_resource_tags);
Status check_tags(const Value& tags);
// rotation.cc
KMS_HANDLER(enable_key_rotation);
KMS_HANDLER(disable_key_rotation);
KMS_HANDLER(get_key_rotation_status);
KMS_HANDLER(rotate_key_on_demand);
KMS_HANDLER(list_key_rotations);
// encryption.cc
KMS_HANDLER(encrypt);
KMS_HANDLER(decrypt);
KMS_HANDLER(re_encrypt);
// data_key.cc
KMS_HANDLER(generate_data_key);
KMS_HANDLER(generate_data_key_without_plaintext);
KMS_HANDLER(generate_data_key_pair);
KMS_HANDLER(generate_data_key_pair_without_plaintext);
KMS_HANDLER(generate_random);
// signing.cc
KMS_HANDLER(sign);
KMS_HANDLER(verify);
KMS_HANDLER(generate_mac);
KMS_HANDLER(verify_mac);
KMS_HANDLER(get_public_key);

#undef KMS_HANDLER

// guard.cc
// Whose key a request of its own account re-encrypts to: an account's root is not free there.
std::string owner_of_destination(Call& call, const Value& in);
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::kms
