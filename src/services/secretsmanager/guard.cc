// What decisions about requests ask Secrets Manager: a secret's policy and tags.
#include "cloud/authorization.hh"

#include "cloud/cloud.hh"
#include "cloud/condition_keys.hh"

#include "services/secretsmanager/handlers.hh"

namespace mainstay::secretsmanager {

namespace {

// secretsmanager:KmsKeyArn, of whatever names the key.
void add_key_arn(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (!in.has("KmsKeyId")) return;
  auto key = call.cloud.invoke(
      cloud::Caller::service_principal(call.account, "secretsmanager.amazonaws.com"), call.account,
      call.region, "kms", "DescribeKey", Value::map({{"KeyId", in["KmsKeyId"]}}));
  const std::string arn =
      key.has_value() ? (*key)["KeyMetadata"]["Arn"].as_string() : in["KmsKeyId"].as_string();
  authorization.request.context.set("secretsmanager:KmsKeyArn", arn);
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  add_key_arn(call, in, authorization);
  if (!in.has("SecretId")) return {};
  auto secret = find_secret(call, in["SecretId"]);
  if (!secret.has_value()) return {};  // the handler has the words for that
  authorization.request.resource = (*secret)["ARN"].as_string();
  authorization.resource_tags((*secret)["Tags"], "secretsmanager");
  cloud::ConditionKeys::table().add_of_resource(authorization, call, *secret);
  if (!secret->has("_Policy")) return {};
  return authorization.add(policy::Kind::resource,
                           "policy of secret " + (*secret)["Name"].as_string(),
                           (*secret)["_Policy"].as_string());
}

}  // namespace mainstay::secretsmanager
