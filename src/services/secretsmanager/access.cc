// What decisions about requests ask Secrets Manager: a secret's policy and tags.
#include "cloud/access.hh"

#include "services/secretsmanager/handlers.hh"

namespace mainstay::secretsmanager {

Status guard(Call& call, const Value& in, cloud::Access& access) {
  if (!in.has("SecretId")) return {};
  auto secret = find_secret(call, in["SecretId"]);
  if (!secret.has_value()) return {};  // the handler has the words for that
  access.request.resource = (*secret)["ARN"].as_string();
  access.resource_tags((*secret)["Tags"], "secretsmanager");
  if (!secret->has("_Policy")) return {};
  return access.add(policy::Kind::resource, "policy of secret " + (*secret)["Name"].as_string(),
                    (*secret)["_Policy"].as_string());
}

}  // namespace mainstay::secretsmanager
