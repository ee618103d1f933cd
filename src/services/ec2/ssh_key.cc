#include "services/ec2/ssh_key.hh"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::ec2 {
namespace {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;

std::string ssh_number(uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
          static_cast<char>(n)};
}
std::string ssh_string(std::string_view bytes) {
  return ssh_number(static_cast<uint32_t>(bytes.size())) + std::string(bytes);
}

// A zero byte in front keeps a number positive (RFC 4251, mpint).
std::string ssh_integer(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::unique_ptr<BIGNUM, KeyDeleter> owned(number);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  bool negative = !bytes.empty() && (bytes[0] & 0x80) != 0;
  return ssh_string(negative ? '\0' + bytes : bytes);
}

std::string public_line(std::string_view type, std::string_view blob, std::string_view comment) {
  return std::string(type) + " " + base64_encode(blob) + " " + std::string(comment);
}

std::string pem_of(const EVP_PKEY* key) {
  std::unique_ptr<BIO, KeyDeleter> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string openssh_pem(std::string_view bytes) {
  constexpr size_t line_length = 70;
  std::string text = base64_encode(bytes), pem = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  for (size_t at = 0; at < text.size(); at += line_length)
    pem += text.substr(at, line_length) + "\n";
  return pem + "-----END OPENSSH PRIVATE KEY-----\n";
}

}  // namespace

std::string colons(std::string_view digest) {
  std::string out;
  for (size_t i = 0; i < digest.size(); ++i)
    out += (i ? ":" : "") + hex_encode(digest.substr(i, 1));
  return out;
}

// The fingerprint of an RSA key that EC2 made is the SHA-1 of the private key's DER form.
SshKey generate_rsa_key(std::string_view comment) {
  constexpr size_t bits = 2048;
  Key key(EVP_RSA_gen(bits));
  unsigned char* der = nullptr;
  int length = i2d_PrivateKey(key.get(), &der);
  std::string digest =
      sha1(std::string_view(reinterpret_cast<char*>(der), static_cast<size_t>(length)));
  OPENSSL_free(der);
  std::string blob = ssh_string("ssh-rsa") + ssh_integer(key.get(), OSSL_PKEY_PARAM_RSA_E) +
                     ssh_integer(key.get(), OSSL_PKEY_PARAM_RSA_N);
  return {pem_of(key.get()), public_line("ssh-rsa", blob, comment), colons(digest)};
}

// That of an ED25519 key is the SHA-256 of the public key.
SshKey generate_ed25519_key(std::string_view comment) {
  constexpr std::string_view type = "ssh-ed25519";
  constexpr size_t key_bytes = 32, block_bytes = 8;
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  std::string secret(key_bytes, '\0'), open(key_bytes, '\0');
  size_t size = key_bytes;
  EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(secret.data()), &size);
  EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(open.data()), &size);
  std::string blob = ssh_string(type) + ssh_string(open);
  std::string digest = sha256(blob);
  std::string check = digest.substr(0, 4);  // twice the same, by which a reader knows it decrypted
  std::string section = check + check + ssh_string(type) + ssh_string(open) +
                        ssh_string(secret + open) + ssh_string(comment);
  for (char pad = 1; section.size() % block_bytes != 0; ++pad) section += pad;
  std::string whole = std::string("openssh-key-v1") + '\0' + ssh_string("none") +
                      ssh_string("none") + ssh_string("") + ssh_number(1) + ssh_string(blob) +
                      ssh_string(section);
  return {openssh_pem(whole), public_line(type, blob, comment), base64_encode(digest)};
}

}  // namespace mainstay::ec2
