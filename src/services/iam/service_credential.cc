// Names and passwords of a user for one service: CodeCommit and Keyspaces ("Use IAM with
// CodeCommit", IAM user guide; the words are recorded on AWS). A user's are a member of its
// document, _service_credentials: as they are shown, with their passwords.
#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

constexpr const char* kept = "_service_credentials";
constexpr size_t credentials_max = 2;  // of a user for a service
constexpr size_t password_bytes = 33;

// Bedrock's and CloudWatch's are API keys of another shape, which nothing here would take.
Status check_service(const std::string& service) {
  if (service == "bedrock.amazonaws.com" || service == "logs.amazonaws.com")
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not implement API keys for " + service, 501);
  if (service == "codecommit.amazonaws.com" || service == "cassandra.amazonaws.com") return {};
  return no_such_entity("No such service " + service +
                        " is supported for Service Specific Credentials");
}

Value without_password(Value credential) {
  credential.erase("ServicePassword");
  return credential;
}

// The one that a request names, in its user's document. Valid as long as that is.
Result<Value*> find_credential(Value& owner, const Value& in) {
  if (owner.has(kept))
    for (Value& credential : owner.member(kept).make_list())
      if (credential["ServiceSpecificCredentialId"] == in["ServiceSpecificCredentialId"])
        return &credential;
  return no_such_entity("No such credential " + in["ServiceSpecificCredentialId"].as_string() +
                        " exists");
}

}  // namespace

Result<Value> create_service_specific_credential(Call& call, const Value& in) {
  TRY(Value owner, get(call, user, in));
  const std::string& service = in["ServiceName"].as_string();
  CHECK_OK(check_service(service));
  if (!owner.has(kept)) owner.set(kept, Value::list());
  const List& all = owner[kept].items();
  auto same = std::ranges::count_if(
      all, [&](const Value& one) { return one["ServiceName"].as_string() == service; });
  if (static_cast<size_t>(same) >= credentials_max)
    return aws_error("LimitExceeded",
                     "Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2", 409);
  std::string name = owner["UserName"].as_string() + (same > 0 ? "+1" : "") + "-at-" + call.account;
  Value made = Value::map({{"CreateDate", Time{call.now.ms / 1000 * 1000}},
                           {"ServiceName", service},
                           {"ServiceUserName", name},
                           {"ServicePassword", base64_encode(secure_random(password_bytes))},
                           {"ServiceSpecificCredentialId", unique_id(call, "ACCA")},
                           {"UserName", owner["UserName"]},
                           {"Status", "Active"}});
  owner.member(kept).push_back(made);
  put(call, user, owner);
  return Value::map({{"ServiceSpecificCredential", std::move(made)}});
}

Result<Value> list_service_specific_credentials(Call& call, const Value& in) {
  TRY(Value owner, get(call, user, in));
  if (in.has("ServiceName")) CHECK_OK(check_service(in["ServiceName"].as_string()));
  Value out = Value::list();
  for (const Value& one : owner[kept].items())
    if (!in.has("ServiceName") || one["ServiceName"] == in["ServiceName"])
      out.push_back(without_password(one));
  return Value::map({{"ServiceSpecificCredentials", std::move(out)}});
}

Result<Value> update_service_specific_credential(Call& call, const Value& in) {
  TRY(Value owner, get(call, user, in));
  TRY(Value * credential, find_credential(owner, in));
  credential->set("Status", in["Status"]);
  put(call, user, owner);
  return Value::map({});
}

Result<Value> reset_service_specific_credential(Call& call, const Value& in) {
  TRY(Value owner, get(call, user, in));
  TRY(Value * credential, find_credential(owner, in));
  credential->set("ServicePassword", base64_encode(secure_random(password_bytes)));
  Value out = Value::map({{"ServiceSpecificCredential", *credential}});
  put(call, user, owner);
  return out;
}

Result<Value> delete_service_specific_credential(Call& call, const Value& in) {
  TRY(Value owner, get(call, user, in));
  TRY(Value * credential, find_credential(owner, in));
  std::erase(owner.member(kept).make_list(), Value(*credential));
  put(call, user, owner);
  return Value::map({});
}

}  // namespace mainstay::iam
