#include "cloud/authorization_message.hh"

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "base/value.hh"

namespace mainstay::cloud {
namespace {

constexpr size_t key_size = 32, nonce_size = 12;

const std::string& sealing_key() {
  static const std::string key = secure_random(key_size);
  return key;
}

Value items(Value list) {
  return Value::map({{"items", std::move(list)}});
}

Value document_of(const policy::Request& request, const policy::Decision& decision) {
  Value conditions = Value::list();
  for (const policy::Context::Entry& entry : request.context.entries()) {
    Value values = Value::list();
    for (const std::string& value : entry.values) values.push_back(Value::map({{"value", value}}));
    conditions.push_back(Value::map({{"key", entry.key}, {"values", items(std::move(values))}}));
  }
  Value matched = Value::list();
  if (decision.policy)
    matched.push_back(Value::map({{"statementId", decision.rule->statement().sid},
                                  {"effect", decision.allowed() ? "ALLOW" : "DENY"},
                                  {"policy", decision.policy->name()}}));
  const std::string& arn = request.principal.arn;
  Value principal = Value::map({{"id", request.principal.unique_id},
                                {"name", arn.substr(arn.rfind('/') + 1)},
                                {"arn", arn}});
  return Value::map({{"allowed", decision.allowed()},
                     {"explicitDeny", decision.verdict == policy::Verdict::explicit_deny},
                     {"matchedStatements", items(std::move(matched))},
                     {"failures", items(Value::list())},
                     {"context", Value::map({{"principal", std::move(principal)},
                                             {"action", request.action},
                                             {"resource", request.resource},
                                             {"conditions", items(std::move(conditions))}})}});
}

}  // namespace

std::string encode_authorization(const policy::Request& request, const policy::Decision& decision) {
  std::string nonce = secure_random(nonce_size);
  std::string sealed =
      aes_gcm_seal(sealing_key(), nonce, to_json(document_of(request, decision)), "");
  return base64_encode(nonce + sealed);
}

Result<std::string> decode_authorization(std::string_view message) {
  Error invalid =
      aws_error("InvalidAuthorizationMessageException", "Invalid authorization message");
  auto bytes = base64_decode(message);
  if (!bytes || bytes->size() <= nonce_size) return invalid;
  auto plain = aes_gcm_open(sealing_key(), std::string_view(*bytes).substr(0, nonce_size),
                            std::string_view(*bytes).substr(nonce_size), "");
  if (!plain.has_value()) return invalid;
  return std::move(*plain);
}

}  // namespace mainstay::cloud
