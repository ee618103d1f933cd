// Key pairs and MACs by OpenSSL. Keys travel as DER: private ones PKCS #8, public ones
// SubjectPublicKeyInfo. Errors "CryptoFailed": what OpenSSL refused. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "services/kms/spec.hh"

namespace mainstay::kms {

Result<std::string> make_private_key(const Spec& spec);
Result<std::string> public_key_of(std::string_view private_key);

// `digest` is of the length that the algorithm wants.
Result<std::string> sign_digest(std::string_view private_key, const SigningAlgorithm& algorithm,
                                std::string_view digest);
Result<bool> verify_digest(std::string_view private_key, const SigningAlgorithm& algorithm,
                           std::string_view digest, std::string_view signature);

// RSAES-OAEP; `hash` is OpenSSL's name, for the label's hash and MGF1 both.
Result<std::string> rsa_encrypt(std::string_view private_key, const char* hash,
                                std::string_view plain);
Result<std::string> rsa_decrypt(std::string_view private_key, const char* hash,
                                std::string_view sealed);

std::string hash(const char* name, std::string_view data);
std::string hmac(const char* name, std::string_view key, std::string_view data);

}  // namespace mainstay::kms
