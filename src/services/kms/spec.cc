#include "services/kms/spec.hh"

#include <algorithm>

namespace mainstay::kms {
namespace {

using Names = std::vector<std::string_view>;

const Names oaep{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"};
const Names rsa_signing{"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384",
                        "RSASSA_PKCS1_V1_5_SHA_512", "RSASSA_PSS_SHA_256",
                        "RSASSA_PSS_SHA_384",        "RSASSA_PSS_SHA_512"};
const Names rsa_usages{"SIGN_VERIFY", "ENCRYPT_DECRYPT"};

Spec rsa(std::string_view name, int bits) {
  return {name, Family::rsa, bits, "", rsa_usages, oaep, rsa_signing, {}};
}
Spec ec(std::string_view name, int bits, std::string_view curve, std::string_view algorithm) {
  return {name, Family::ec, bits, curve, {"SIGN_VERIFY"}, {}, {algorithm}, {}};
}
Spec hmac(std::string_view name, int bits, std::string_view algorithm) {
  return {name, Family::hmac, bits, "", {"GENERATE_VERIFY_MAC"}, {}, {}, {algorithm}};
}

const std::vector<Spec>& specs() {
  static const std::vector<Spec> all{{"SYMMETRIC_DEFAULT",
                                      Family::symmetric,
                                      256,
                                      "",
                                      {"ENCRYPT_DECRYPT"},
                                      {"SYMMETRIC_DEFAULT"},
                                      {},
                                      {}},
                                     rsa("RSA_2048", 2048),
                                     rsa("RSA_3072", 3072),
                                     rsa("RSA_4096", 4096),
                                     ec("ECC_NIST_P256", 256, "P-256", "ECDSA_SHA_256"),
                                     ec("ECC_NIST_P384", 384, "P-384", "ECDSA_SHA_384"),
                                     ec("ECC_NIST_P521", 521, "P-521", "ECDSA_SHA_512"),
                                     ec("ECC_SECG_P256K1", 256, "secp256k1", "ECDSA_SHA_256"),
                                     hmac("HMAC_224", 224, "HMAC_SHA_224"),
                                     hmac("HMAC_256", 256, "HMAC_SHA_256"),
                                     hmac("HMAC_384", 384, "HMAC_SHA_384"),
                                     hmac("HMAC_512", 512, "HMAC_SHA_512")};
  return all;
}

constexpr SigningAlgorithm signing_algorithms[] = {{"RSASSA_PKCS1_V1_5_SHA_256", "SHA256", 32},
                                                   {"RSASSA_PKCS1_V1_5_SHA_384", "SHA384", 48},
                                                   {"RSASSA_PKCS1_V1_5_SHA_512", "SHA512", 64},
                                                   {"RSASSA_PSS_SHA_256", "SHA256", 32, true},
                                                   {"RSASSA_PSS_SHA_384", "SHA384", 48, true},
                                                   {"RSASSA_PSS_SHA_512", "SHA512", 64, true},
                                                   {"ECDSA_SHA_256", "SHA256", 32},
                                                   {"ECDSA_SHA_384", "SHA384", 48},
                                                   {"ECDSA_SHA_512", "SHA512", 64}};

}  // namespace

bool Spec::allows(std::string_view usage) const {
  return std::find(usages.begin(), usages.end(), usage) != usages.end();
}

const Spec* find_spec(std::string_view name) {
  for (const Spec& s : specs())
    if (s.name == name) return &s;
  return nullptr;
}

const SigningAlgorithm* find_signing(std::string_view name) {
  for (const SigningAlgorithm& a : signing_algorithms)
    if (a.name == name) return &a;
  return nullptr;
}

const char* digest_of(std::string_view algorithm) {
  if (algorithm.ends_with("SHA_224")) return "SHA224";
  if (algorithm.ends_with("SHA_256")) return "SHA256";
  if (algorithm.ends_with("SHA_384")) return "SHA384";
  if (algorithm.ends_with("SHA_512")) return "SHA512";
  return "SHA1";
}

}  // namespace mainstay::kms
