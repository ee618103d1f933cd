// What each key spec can do, as data (KMS developer guide, "Key spec reference").
#pragma once

#include <string_view>
#include <vector>

#include "base/value.hh"

namespace mainstay::kms {

enum class Family { symmetric, rsa, ec, hmac };

struct Spec {
  std::string_view name;
  Family family;
  int bits;                              // of an RSA modulus, else of the key
  std::string_view curve;                // OpenSSL's name
  std::vector<std::string_view> usages;  // the first is the default; empty: must be given
  std::vector<std::string_view> encryption, signing, mac;

  bool allows(std::string_view usage) const;
};

// nullptr for one that is not supported here.
const Spec* find_spec(std::string_view name);

// How a signing algorithm works.
struct SigningAlgorithm {
  std::string_view name;
  const char* digest;  // OpenSSL's name
  size_t digest_bytes;
  bool pss = false;  // else PKCS #1 v1.5, or ECDSA
};
const SigningAlgorithm* find_signing(std::string_view name);

// "SHA256" of "HMAC_SHA_256" and of "RSAES_OAEP_SHA_256".
const char* digest_of(std::string_view algorithm);

}  // namespace mainstay::kms
