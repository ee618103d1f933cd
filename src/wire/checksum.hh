// The checksums that S3 and its SDKs send: x-amz-checksum-* and Content-MD5.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/http_message.hh"

namespace mainstay::wire {

// Base64 of the checksum, big-endian for CRCs. algorithm in any case: crc32, crc32c, crc64nvme,
// sha1, sha256, md5; nothing for another.
std::optional<std::string> checksum(std::string_view algorithm, std::string_view data);

// Several at once, over data that comes in pieces. Algorithms as above, in lower case.
class Checksums {
 public:
  explicit Checksums(const std::set<std::string>& algorithms);
  ~Checksums();
  Checksums(const Checksums&) = delete;
  Checksums& operator=(const Checksums&) = delete;
  void update(std::string_view data);
  void finish();
  // Base64, once finished; nothing for an algorithm that was not asked for.
  std::optional<std::string> find(std::string_view algorithm) const;

 private:
  class Running;
  std::map<std::string, std::unique_ptr<Running>, std::less<>> running_;
  std::map<std::string, std::string, std::less<>> finished_;
};

// What S3 computes of a body with these headers: MD5, and what is sent, announced as a trailer or
// asked for; CRC64NVME where none is.
std::set<std::string> checksums_of(const Headers& headers);

// Checks every checksum header against the body. Errors as S3's: BadDigest where it differs,
// InvalidDigest and InvalidRequest where it is malformed; 400.
Status check_checksums(const Headers& headers, std::string_view body);
Status check_checksums(const Headers& headers, const Checksums& of_body);

}  // namespace mainstay::wire
