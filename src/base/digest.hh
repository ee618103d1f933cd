// Hashes, MACs and authenticated encryption, all OpenSSL's. Digests are raw bytes: see hex_encode.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay {

std::string md5(std::string_view data);
std::string sha1(std::string_view data);
std::string sha256(std::string_view data);
std::string hmac_sha256(std::string_view key, std::string_view data);
uint32_t crc32(std::string_view data, uint32_t before = 0);   // zlib's
uint32_t crc32c(std::string_view data, uint32_t before = 0);  // Castagnoli
uint64_t crc64nvme(std::string_view data, uint64_t before = 0);

// A hash fed piece by piece; name "md5", "sha1" or "sha256".
class Digest {
 public:
  explicit Digest(const char* name);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void update(std::string_view data);
  std::string finish();

 private:
  void* context_;
};

// Equal, in time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

// Bytes from the operating system's generator, for keys and secrets.
std::string secure_random(size_t bytes);
// The same, as a seed for a Random whose numbers need not come again.
uint64_t secure_seed();

// AES-256-GCM: key 32 bytes, nonce 12; the result ends in the 16-byte tag.
std::string aes_gcm_seal(std::string_view key, std::string_view nonce, std::string_view plain,
                         std::string_view associated);
// Error "DecryptFailed" where key, nonce, data or associated data do not belong together.
Result<std::string> aes_gcm_open(std::string_view key, std::string_view nonce,
                                 std::string_view sealed, std::string_view associated);

}  // namespace mainstay
