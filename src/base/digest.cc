#include "base/digest.hh"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <zlib.h>

#include <array>
#include <bit>
#include <cstring>

namespace mainstay {
namespace {

std::string digest(const EVP_MD* kind, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(data.data(), data.size(), out, &size, kind, nullptr);
  return std::string(reinterpret_cast<char*>(out), size);
}

const unsigned char* raw(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

// Row k has the checksums of each byte with k zero bytes behind it, so that eight bytes are looked
// up at once ("slicing-by-8": Kounavis and Berry, "A Systematic Approach to Building High
// Performance Software-Based CRC Generators", 2005).
template <class Word, Word polynomial>
constexpr auto reflected_tables() {
  std::array<std::array<Word, 256>, 8> tables{};
  for (unsigned i = 0; i < 256; ++i) {
    Word word = i;
    for (int bit = 0; bit < 8; ++bit) word = word & 1 ? word >> 1 ^ polynomial : word >> 1;
    tables[0][i] = word;
  }
  for (size_t row = 1; row < tables.size(); ++row)
    for (unsigned i = 0; i < 256; ++i) {
      Word word = tables[row - 1][i];
      tables[row][i] = tables[0][word & 0xff] ^ word >> 8;
    }
  return tables;
}

static_assert(std::endian::native == std::endian::little);

template <class Word, Word polynomial>
Word reflected_crc(std::string_view data, Word before) {
  static constexpr auto tables = reflected_tables<Word, polynomial>();
  Word word = ~before;
  const unsigned char *at = raw(data), *end = at + data.size();
  for (; end - at >= 8; at += 8) {
    uint64_t next;
    std::memcpy(&next, at, sizeof next);
    next ^= word;
    auto part = [next](auto& table, int byte) { return table[next >> 8 * byte & 0xff]; };
    word = part(tables[7], 0) ^ part(tables[6], 1) ^ part(tables[5], 2) ^ part(tables[4], 3) ^
           part(tables[3], 4) ^ part(tables[2], 5) ^ part(tables[1], 6) ^ part(tables[0], 7);
  }
  for (; at != end; ++at) word = tables[0][(word ^ *at) & 0xff] ^ word >> 8;
  return ~word;
}

struct CipherContext {
  EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
  ~CipherContext() { EVP_CIPHER_CTX_free(ctx); }
};

constexpr size_t tag_size = 16;

}  // namespace

// Fetched once: OpenSSL would look an algorithm up by its name for every short text (crypto(7),
// "Implicit fetching").
std::string md5(std::string_view data) {
  static const EVP_MD* const kind = EVP_MD_fetch(nullptr, "MD5", nullptr);
  return digest(kind, data);
}
std::string sha1(std::string_view data) {
  static const EVP_MD* const kind = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return digest(kind, data);
}
std::string sha256(std::string_view data) {
  static const EVP_MD* const kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest(kind, data);
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(data), data.size(), out, &size);
  return std::string(reinterpret_cast<char*>(out), size);
}

uint32_t crc32(std::string_view data, uint32_t before) {
  return static_cast<uint32_t>(::crc32_z(before, raw(data), data.size()));
}

uint32_t crc32c(std::string_view data, uint32_t before) {
  return reflected_crc<uint32_t, 0x82f63b78>(data, before);
}

uint64_t crc64nvme(std::string_view data, uint64_t before) {
  return reflected_crc<uint64_t, 0x9a6c9329ac4bc9b5>(data, before);
}

Digest::Digest(const char* name) {
  auto* ctx = EVP_MD_CTX_new();
  EVP_DigestInit_ex(ctx, EVP_get_digestbyname(name), nullptr);
  context_ = ctx;
}

Digest::~Digest() {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_));
}

void Digest::update(std::string_view data) {
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data.data(), data.size());
}

std::string Digest::finish() {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), out, &size);
  return std::string(reinterpret_cast<char*>(out), size);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string secure_random(size_t bytes) {
  std::string out(bytes, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(bytes));
  return out;
}

uint64_t secure_seed() {
  uint64_t seed = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof seed);
  return seed;
}

std::string aes_gcm_seal(std::string_view key, std::string_view nonce, std::string_view plain,
                         std::string_view associated) {
  CipherContext c;
  int n = 0;
  std::string out(plain.size() + tag_size, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  EVP_EncryptInit_ex(c.ctx, EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce));
  EVP_EncryptUpdate(c.ctx, nullptr, &n, raw(associated), static_cast<int>(associated.size()));
  EVP_EncryptUpdate(c.ctx, to, &n, raw(plain), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(c.ctx, to + n, &n);
  EVP_CIPHER_CTX_ctrl(c.ctx, EVP_CTRL_GCM_GET_TAG, tag_size, to + plain.size());
  return out;
}

Result<std::string> aes_gcm_open(std::string_view key, std::string_view nonce,
                                 std::string_view sealed, std::string_view associated) {
  Error failed("DecryptFailed", "the data was not encrypted with this key and context");
  if (key.size() != 32 || nonce.size() != 12 || sealed.size() < tag_size) return failed;
  CipherContext c;
  int n = 0;
  size_t size = sealed.size() - tag_size;
  std::string out(size, '\0'), tag(sealed.substr(size));
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  EVP_DecryptInit_ex(c.ctx, EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce));
  EVP_DecryptUpdate(c.ctx, nullptr, &n, raw(associated), static_cast<int>(associated.size()));
  EVP_DecryptUpdate(c.ctx, to, &n, raw(sealed), static_cast<int>(size));
  EVP_CIPHER_CTX_ctrl(c.ctx, EVP_CTRL_GCM_SET_TAG, tag_size, tag.data());
  if (EVP_DecryptFinal_ex(c.ctx, to + n, &n) != 1) return failed;
  return out;
}

}  // namespace mainstay
