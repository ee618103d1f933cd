#include "services/secretsmanager/secretsmanager.hh"

#include "services/secretsmanager/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::secretsmanager {
namespace {

// A secret may be another account's, by its ARN.
std::string account_of_secret(const Value& in) {
  auto arn = wire::parse_arn(in["SecretId"].as_string());
  return arn.has_value() ? arn->account : "";
}

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "secretsmanager";
  service.has_resource_control = true;
  service.calls = {"kms"};
  service.account_of = account_of_secret;
  service.guard = guard;
  service.operations = {writes("CreateSecret", create_secret),
                        writes("UpdateSecret", update_secret),
                        reads("DescribeSecret", describe_secret),
                        writes("DeleteSecret", delete_secret),
                        writes("RestoreSecret", restore_secret),
                        reads("ListSecrets", list_secrets),
                        writes("GetSecretValue", get_secret_value),
                        writes("PutSecretValue", put_secret_value),
                        writes("UpdateSecretVersionStage", update_version_stage),
                        reads("ListSecretVersionIds", list_version_ids),
                        reads("GetRandomPassword", get_random_password),
                        writes("TagResource", tag_resource),
                        writes("UntagResource", untag_resource),
                        writes("PutResourcePolicy", put_resource_policy),
                        reads("GetResourcePolicy", get_resource_policy),
                        writes("DeleteResourcePolicy", delete_resource_policy)};
  return service;
}

}  // namespace mainstay::secretsmanager
