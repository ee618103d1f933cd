// The checksums that S3 and its SDKs send: x-amz-checksum-* and Content-MD5.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/http_message.hh"

namespace mainstay::wire {

// Base64 of the checksum, big-endian for CRCs. algorithm in any case: crc32, crc32c, crc64nvme,
// sha1, sha256, md5; nothing for another.
std::optional<std::string> checksum(std::string_view algorithm, std::string_view data);

// Checks every checksum header against the body. Errors as S3's: BadDigest where it differs,
// InvalidDigest and InvalidRequest where it is malformed; 400.
Status check_checksums(const Headers& headers, std::string_view body);

}  // namespace mainstay::wire
