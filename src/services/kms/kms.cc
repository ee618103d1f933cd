#include "services/kms/kms.hh"

#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

// An operation on a key that an AWS-managed alias may name for the first time.
cloud::Operation uses(std::string_view name, cloud::Handler handler) {
  return cloud::reads_unless(name, handler, makes_aws_key);
}

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "kms";
  service.has_resource_control = true;
  service.account_of = account_meant;
  service.owner_of = owner_of_destination;
  service.guard = guard;
  service.operations = {
      writes("CreateKey", create_key),
      uses("DescribeKey", describe_key),
      reads("ListKeys", list_keys),
      writes("EnableKey", enable_key),
      writes("DisableKey", disable_key),
      writes("ScheduleKeyDeletion", schedule_key_deletion),
      writes("CancelKeyDeletion", cancel_key_deletion),
      writes("UpdateKeyDescription", update_key_description),
      writes("CreateAlias", create_alias),
      writes("UpdateAlias", update_alias),
      writes("DeleteAlias", delete_alias),
      reads("ListAliases", list_aliases),
      reads("GetKeyPolicy", get_key_policy),
      writes("PutKeyPolicy", put_key_policy),
      reads("ListKeyPolicies", list_key_policies),
      writes("CreateGrant", create_grant),
      reads("ListGrants", list_grants),
      reads("ListRetirableGrants", list_retirable_grants),
      writes("RevokeGrant", revoke_grant),
      writes("RetireGrant", retire_grant),
      writes("TagResource", tag_resource),
      writes("UntagResource", untag_resource),
      reads("ListResourceTags", list_resource_tags),
      writes("EnableKeyRotation", enable_key_rotation),
      writes("DisableKeyRotation", disable_key_rotation),
      reads("GetKeyRotationStatus", get_key_rotation_status),
      writes("RotateKeyOnDemand", rotate_key_on_demand),
      reads("ListKeyRotations", list_key_rotations),
      uses("Encrypt", encrypt),
      uses("Decrypt", decrypt),
      uses("ReEncrypt", re_encrypt),
      uses("GenerateDataKey", generate_data_key),
      uses("GenerateDataKeyWithoutPlaintext", generate_data_key_without_plaintext),
      uses("GenerateDataKeyPair", generate_data_key_pair),
      uses("GenerateDataKeyPairWithoutPlaintext", generate_data_key_pair_without_plaintext),
      reads("GenerateRandom", generate_random),
      uses("Sign", sign),
      uses("Verify", verify),
      uses("GenerateMac", generate_mac),
      uses("VerifyMac", verify_mac),
      uses("GetPublicKey", get_public_key)};
  service.indexes = {{"kms", "alias", "TargetKeyId"},
                     {"kms", "grant", "KeyId"},
                     {"kms", "grant", "RetiringPrincipal"},
                     {"kms", "grant", "_Token"}};
  return service;
}

}  // namespace mainstay::kms
