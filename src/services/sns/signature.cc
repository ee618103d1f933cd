#include "services/sns/signature.hh"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::sns {
namespace {

constexpr unsigned key_bits = 2048;
constexpr long valid_s = 366L * 24 * 3600;
constexpr std::string_view path_begin = "/SimpleNotificationService-", path_end = ".pem";

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free_it(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

std::string pem_of(X509* certificate) {
  std::unique_ptr<BIO, Free<BIO_free_all>> out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate);
  char* bytes = nullptr;
  long size = BIO_get_mem_data(out.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

Certificate self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_s);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("sns.amazonaws.com"), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

struct Signer {
  Key key{EVP_RSA_gen(key_bits)};
  std::string pem = pem_of(self_signed(key.get()).get());
  std::string path =
      std::string(path_begin) + hex_encode(sha256(pem)).substr(0, 32) + std::string(path_end);
};

const Signer& signer() {
  static const Signer made;
  return made;
}

std::string signature_of(const std::string& text, const EVP_MD* digest) {
  std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  std::string out(static_cast<size_t>(EVP_PKEY_get_size(signer().key.get())), '\0');
  size_t size = out.size();
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, signer().key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    return "";
  out.resize(size);
  return base64_encode(out);
}

// A line for the name and one for the value of each member that is there, in this order.
std::string text_to_sign(const Value& message) {
  std::string out;
  for (const char* name : {"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token",
                           "TopicArn", "Type"})
    if (message[name].is_string())
      out += std::string(name) + "\n" + message[name].as_string() + "\n";
  return out;
}

}  // namespace

void sign_message(Value& message, std::string_view version, const std::string& base_url) {
  if (version.empty()) return;
  // One message goes to many subscriptions, signed the same.
  thread_local std::string last_text, last_signature;
  std::string text = std::string(version) + text_to_sign(message);
  if (text != last_text) {
    last_signature =
        signature_of(text.substr(version.size()), version == "2" ? EVP_sha256() : EVP_sha1());
    last_text = text;
  }
  message.set("SignatureVersion", version)
      .set("Signature", last_signature)
      .set("SigningCertURL", base_url + signer().path);
}

std::optional<std::string> certificate_at(std::string_view path) {
  if (!path.starts_with(path_begin) || path != signer().path) return std::nullopt;
  return signer().pem;
}

}  // namespace mainstay::sns
