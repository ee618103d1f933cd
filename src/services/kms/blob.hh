// Ciphertexts of symmetric keys: they name the key and the material that made them, so that Decrypt
// needs no KeyId. Layout: "MSK1", length of the ARN (1 byte), the ARN, the material's id (32
// bytes), a nonce (12 bytes), AES-256-GCM. Everything before the nonce, and the encryption context,
// is authenticated.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::kms {

// "" where these bytes are not of this form.
std::string key_arn_in(std::string_view blob);
std::string seal(const Value& key, std::string_view plain, const Value& context);

struct Opened {
  std::string plain, material_id;
};
// Error InvalidCiphertextException.
Result<Opened> unseal(const Value& key, std::string_view blob, const Value& context);

}  // namespace mainstay::kms
