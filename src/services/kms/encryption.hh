// Encryption under a key, whatever its kind: what Encrypt, Decrypt, ReEncrypt and data keys share.
#pragma once

#include "services/kms/key.hh"

namespace mainstay::kms {

// {CiphertextBlob, KeyId, EncryptionAlgorithm} of `plain`.
Result<Value> encrypt_under(const Value& key, std::string_view plain, const std::string& algorithm,
                            const Value& context);

// What names a ciphertext and what it is said to be under.
struct Ciphertext {
  std::string_view blob;
  std::string key_name;  // "" where the blob must say
  std::string algorithm;
  const Value& context;
  std::string_view operation;
};
// {Plaintext, KeyId, EncryptionAlgorithm, KeyMaterialId}.
Result<Value> decrypt_with(Call& call, const Ciphertext& what);

}  // namespace mainstay::kms
