#include "services/kms/blob.hh"

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::kms {
namespace {

constexpr std::string_view magic = "MSK1";
constexpr size_t id_size = 32, nonce_size = 12;

// AWS gives no words with it.
Error invalid() {
  return aws_error("InvalidCiphertextException", "");
}

std::string header(const std::string& arn, const std::string& material_id) {
  return std::string(magic) + static_cast<char>(arn.size()) + arn +
         hex_decode(material_id).value_or("");
}

std::string associated(const std::string& head, const Value& context) {
  return head + (context.empty() ? "{}" : to_canonical_json(context));
}

}  // namespace

std::string key_arn_in(std::string_view blob) {
  if (!blob.starts_with(magic) || blob.size() <= magic.size()) return "";
  size_t size = static_cast<unsigned char>(blob[magic.size()]);
  if (blob.size() < magic.size() + 1 + size + id_size + nonce_size) return "";
  return std::string(blob.substr(magic.size() + 1, size));
}

std::string seal(const Value& key, std::string_view plain, const Value& context) {
  const Value& current = key["_Materials"].items().back();
  std::string head = header(key["Arn"].as_string(), current["KeyMaterialId"].as_string());
  std::string nonce = secure_random(nonce_size);
  return head + nonce +
         aes_gcm_seal(current["Bytes"].as_bytes(), nonce, plain, associated(head, context));
}

Result<Opened> unseal(const Value& key, std::string_view blob, const Value& context) {
  std::string arn = key_arn_in(blob);
  if (arn.empty() || arn != key["Arn"].as_string()) return invalid();
  size_t id_at = magic.size() + 1 + arn.size();
  std::string id = hex_encode(blob.substr(id_at, id_size));
  for (const Value& m : key["_Materials"].items()) {
    if (m["KeyMaterialId"].as_string() != id) continue;
    auto plain = aes_gcm_open(m["Bytes"].as_bytes(), blob.substr(id_at + id_size, nonce_size),
                              blob.substr(id_at + id_size + nonce_size),
                              associated(header(arn, id), context));
    if (!plain.has_value()) return invalid();
    return Opened{std::move(*plain), id};
  }
  return invalid();
}

}  // namespace mainstay::kms
