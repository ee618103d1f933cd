#include "wire/checksum.hh"

#include <array>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::wire {
namespace {

constexpr std::string_view prefix = "x-amz-checksum-";

std::string big_endian(uint64_t n, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(n >> shift & 0xff);
  return out;
}

struct Algorithm {
  std::string_view name;
  std::string (*digest)(std::string_view);
};

constexpr std::array<Algorithm, 6> algorithms = {{
    {"crc32", [](std::string_view d) { return big_endian(crc32(d), 4); }},
    {"crc32c", [](std::string_view d) { return big_endian(crc32c(d), 4); }},
    {"crc64nvme", [](std::string_view d) { return big_endian(crc64nvme(d), 8); }},
    {"sha1", [](std::string_view d) { return sha1(d); }},
    {"sha256", [](std::string_view d) { return sha256(d); }},
    {"md5", [](std::string_view d) { return md5(d); }},
}};

Status check_one(std::string_view algorithm, std::string_view given, std::string_view body) {
  auto expected = checksum(algorithm, body);
  if (!expected || given == *expected) return {};
  bool is_md5 = algorithm == "md5";
  auto decoded = base64_decode(given);
  if (!decoded || decoded->size() != base64_decode(*expected)->size())
    return is_md5 ? aws_error("InvalidDigest", "The Content-MD5 you specified was invalid.")
                  : aws_error("InvalidRequest", "Value for x-amz-checksum-" +
                                                    std::string(algorithm) + " header is invalid.");
  return aws_error("BadDigest", is_md5 ? "The Content-MD5 you specified did not match what we "
                                         "received."
                                       : "The " + to_upper(algorithm) +
                                             " you specified did not match the calculated "
                                             "checksum.");
}

}  // namespace

std::optional<std::string> checksum(std::string_view algorithm, std::string_view data) {
  for (const Algorithm& a : algorithms)
    if (equals_ignoring_case(a.name, algorithm)) return base64_encode(a.digest(data));
  return std::nullopt;
}

Status check_checksums(const Headers& headers, std::string_view body) {
  for (const auto& [name, value] : headers) {
    std::string lower = to_lower(name);
    if (lower == "content-md5") CHECK_OK(check_one("md5", value, body));
    if (lower.starts_with(prefix))
      CHECK_OK(check_one(std::string_view(lower).substr(prefix.size()), trim(value), body));
  }
  return {};
}

}  // namespace mainstay::wire
