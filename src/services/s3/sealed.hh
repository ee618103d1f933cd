// Bytes sealed under a data key in pieces, so that any place is read without the rest: each piece
// is a nonce, AES-256-GCM's ciphertext of so many plain bytes (the last: fewer), and its tag; its
// number is authenticated with it.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::s3 {

inline constexpr size_t sealed_piece_bytes = 1 << 20;     // plain
inline constexpr size_t sealed_overhead_bytes = 12 + 16;  // nonce and tag

std::string seal_piece(std::string_view plain, std::string_view key, size_t number);
// Error "DecryptFailed".
Result<std::string> open_piece(std::string_view sealed, std::string_view key, size_t number);
// What was sealed whole, as earlier versions did.
Result<std::string> open_whole(std::string_view sealed, std::string_view key);

}  // namespace mainstay::s3
