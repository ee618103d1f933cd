#include "services/s3/sealed.hh"

#include "base/digest.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t nonce_size = 12;

Result<std::string> open_with(std::string_view sealed, std::string_view key,
                              std::string_view associated) {
  if (sealed.size() < sealed_overhead_bytes)
    return Error("DecryptFailed", "a sealed piece is too short", 500);
  return aes_gcm_open(key, sealed.substr(0, nonce_size), sealed.substr(nonce_size), associated);
}

}  // namespace

std::string seal_piece(std::string_view plain, std::string_view key, size_t number) {
  std::string nonce = secure_random(nonce_size);
  return nonce + aes_gcm_seal(key, nonce, plain, std::to_string(number));
}

Result<std::string> open_piece(std::string_view sealed, std::string_view key, size_t number) {
  return open_with(sealed, key, std::to_string(number));
}

Result<std::string> open_whole(std::string_view sealed, std::string_view key) {
  return open_with(sealed, key, "");
}

}  // namespace mainstay::s3
