#include "services/kms/crypto.hh"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace mainstay::kms {
namespace {

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(PKCS8_PRIV_KEY_INFO* p) const { PKCS8_PRIV_KEY_INFO_free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free>;

const unsigned char* raw(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* raw(std::string& s) {
  return reinterpret_cast<unsigned char*>(s.data());
}

Error failed(const char* what) {
  return Error("CryptoFailed", std::string("OpenSSL could not ") + what);
}

Result<Key> read_key(std::string_view der) {
  const unsigned char* at = raw(der);
  Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  if (!key) return failed("read a private key");
  return key;
}

// i2d writes a structure as DER: its size first, then the bytes.
template <class T>
std::string to_der(int (*i2d)(T, unsigned char**), T object) {
  int size = i2d(object, nullptr);
  std::string out(static_cast<size_t>(size > 0 ? size : 0), '\0');
  unsigned char* at = raw(out);
  if (size > 0) i2d(object, &at);
  return out;
}

Key generate(const Spec& spec) {
  if (spec.family == Family::rsa)
    return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<size_t>(spec.bits)));
  return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", std::string(spec.curve).c_str()));
}

bool set_digest(EVP_PKEY_CTX* ctx, const SigningAlgorithm& algorithm) {
  if (EVP_PKEY_CTX_set_signature_md(ctx, EVP_get_digestbyname(algorithm.digest)) <= 0) return false;
  if (!algorithm.pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0;
}

bool set_oaep(EVP_PKEY_CTX* ctx, const char* hash_name) {
  const EVP_MD* md = EVP_get_digestbyname(hash_name);
  return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) > 0 && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) > 0;
}

using Step = int (*)(EVP_PKEY_CTX*, unsigned char*, size_t*, const unsigned char*, size_t);

// EVP's two-call form: how much room, then the bytes.
Result<std::string> run(Step step, EVP_PKEY_CTX* ctx, std::string_view data, const char* what) {
  size_t size = 0;
  if (step(ctx, nullptr, &size, raw(data), data.size()) <= 0) return failed(what);
  std::string out(size, '\0');
  if (step(ctx, raw(out), &size, raw(data), data.size()) <= 0) return failed(what);
  out.resize(size);
  return out;
}

}  // namespace

Result<std::string> make_private_key(const Spec& spec) {
  Key key = generate(spec);
  if (!key) return failed("make a key pair");
  std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free> info(EVP_PKEY2PKCS8(key.get()));
  if (!info) return failed("write a private key");
  return to_der<const PKCS8_PRIV_KEY_INFO*>(i2d_PKCS8_PRIV_KEY_INFO, info.get());
}

Result<std::string> public_key_of(std::string_view private_key) {
  TRY(Key key, read_key(private_key));
  return to_der<const EVP_PKEY*>(i2d_PUBKEY, key.get());
}

Result<std::string> sign_digest(std::string_view private_key, const SigningAlgorithm& algorithm,
                                std::string_view digest) {
  TRY(Key key, read_key(private_key));
  Context ctx(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_sign_init(ctx.get()) <= 0 || !set_digest(ctx.get(), algorithm))
    return failed("prepare a signature");
  return run(EVP_PKEY_sign, ctx.get(), digest, "sign");
}

Result<bool> verify_digest(std::string_view private_key, const SigningAlgorithm& algorithm,
                           std::string_view digest, std::string_view signature) {
  TRY(Key key, read_key(private_key));
  Context ctx(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_verify_init(ctx.get()) <= 0 || !set_digest(ctx.get(), algorithm))
    return failed("prepare a verification");
  return EVP_PKEY_verify(ctx.get(), raw(signature), signature.size(), raw(digest), digest.size()) ==
         1;
}

Result<std::string> rsa_encrypt(std::string_view private_key, const char* hash_name,
                                std::string_view plain) {
  TRY(Key key, read_key(private_key));
  Context ctx(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_encrypt_init(ctx.get()) <= 0 || !set_oaep(ctx.get(), hash_name))
    return failed("prepare an encryption");
  return run(EVP_PKEY_encrypt, ctx.get(), plain, "encrypt");
}

Result<std::string> rsa_decrypt(std::string_view private_key, const char* hash_name,
                                std::string_view sealed) {
  TRY(Key key, read_key(private_key));
  Context ctx(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_decrypt_init(ctx.get()) <= 0 || !set_oaep(ctx.get(), hash_name))
    return failed("prepare a decryption");
  return run(EVP_PKEY_decrypt, ctx.get(), sealed, "decrypt");
}

std::string hash(const char* name, std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(data.data(), data.size(), raw(out), &size, EVP_get_digestbyname(name), nullptr);
  out.resize(size);
  return out;
}

std::string hmac(const char* name, std::string_view key, std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(EVP_get_digestbyname(name), key.data(), static_cast<int>(key.size()), raw(data), data.size(),
       raw(out), &size);
  out.resize(size);
  return out;
}

}  // namespace mainstay::kms
